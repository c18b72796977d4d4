/* What pages do beyond HTML: shortcuts, dates said in words, searchable selects, rows, drafts. Everything here
   helps; nothing here is needed to read, fill in and send a form. Words come from #words, so that they are translated.
   Keys are compared by event.code: a Georgian keyboard types «კ» where a Latin one types «k». */
"use strict";
(() => {
  const doc = document, body = doc.body, html = doc.documentElement;
  const words = doc.getElementById("words")?.dataset ?? {};
  const $ = (selector, root = doc) => root.querySelector(selector);
  const $$ = (selector, root = doc) => [...root.querySelectorAll(selector)];
  const fill = (text, values) => (text || "").replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const make = (tag, className, text) => Object.assign(doc.createElement(tag), { className, textContent: text ?? "" });

  /* Colours: kept in a cookie, so that the server paints the next page right at once. */
  const showTheme = () => $$("[data-theme-set]").forEach((button) =>
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === (html.dataset.theme ?? ""))));
  const setTheme = (theme) => {
    if (theme) html.dataset.theme = theme; else delete html.dataset.theme;
    doc.cookie = `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
    showTheme();
  };
  $$(".needs-script").forEach((part) => { part.hidden = false; });
  showTheme();

  /* Menus ------------------------------------------------------------------------------------------------ */
  const closeMenus = (except) => $$("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  doc.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.menu") && event.target.open) closeMenus(event.target);
  }, true);
  const moveInMenu = (event, menu) => {
    const items = $$("a, button, input", menu).filter((item) => item.offsetParent);
    const here = items.indexOf(doc.activeElement);
    const next = items[(here + (event.code === "ArrowDown" ? 1 : items.length - 1)) % items.length] ?? items[0];
    if (!next || doc.activeElement?.matches("input:not([type=checkbox])")) return;
    event.preventDefault();
    next.focus();
  };

  /* Keys ------------------------------------------------------------------------------------------------- */
  doc.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey, target = event.target;
    const menu = target.closest?.("details.menu[open]");
    if (event.code === "Escape" && menu) { menu.open = false; $("summary", menu).focus(); return; }
    if (menu && (event.code === "ArrowDown" || event.code === "ArrowUp")) { moveInMenu(event, menu); return; }
    if (control && !event.shiftKey && !event.altKey && event.code === "KeyK") {
      const input = $$("[data-search]").find((field) => field.offsetParent), link = $("[data-search-link]");
      if (input) { event.preventDefault(); input.focus(); input.select(); } else if (link) { event.preventDefault(); link.click(); }
    }
    if (event.altKey && !control && event.code === "KeyN") {
      const fresh = $("[data-new]");
      if (fresh) { event.preventDefault(); fresh.open = true; $("a", fresh)?.focus(); }
    }
    if (control && event.code === "Enter") {
      const form = target.closest?.("form[method=post]");
      if (form) { event.preventDefault(); form.requestSubmit($("button.primary:not([type=button])", form) ?? undefined); }
    }
    if (control && event.code === "Semicolon" && target.matches?.("input[data-date]")) {
      event.preventDefault();
      const [year, month, day] = (body.dataset.today || new Date().toLocaleDateString("sv")).split("-");
      target.value = `${day}.${month}.${year}`;
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  /* Dates: the day said back in words; a form that could be read two ways is asked about (as the server does). */
  const WEEKDAYS = (words.weekdays || "").split(","), MONTHS = (words.months || "").split(",");
  const inWords = (date) => `${WEEKDAYS[(date.getUTCDay() + 6) % 7]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  const makeDay = (year, month, day) => {
    if (year < 100) year += year < 70 ? 2000 : 1900;
    const date = new Date(Date.UTC(year, month - 1, day));
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
  };
  const readDate = (text) => {
    let found;
    if ((found = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/))) return { date: makeDay(+found[1], +found[2], +found[3]) };
    if ((found = text.match(/^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})\.?$/))) return { date: makeDay(+found[3], +found[2], +found[1]) };
    if ((found = text.match(/^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/))) {
      const [a, b, year] = [+found[1], +found[2], +found[3]];
      if (a <= 12 && b <= 12 && a !== b) return { ask: [makeDay(year, b, a), makeDay(year, a, b)] };
      return { date: b > 12 ? makeDay(year, a, b) : makeDay(year, b, a) };
    }
    return { date: null };
  };
  const two = (number) => String(number).padStart(2, "0");
  const echo = (input, finished) => {
    let place = $(`[data-weekday-for="${input.id}"]`);
    if (!place && input.closest(".filters, td")) place = make("span"); // no room there: the day is only written out in full
    if (!place) {
      place = make("span", "weekday");
      place.dataset.weekdayFor = input.id;
      place.setAttribute("aria-live", "polite");
      input.after(place);
    }
    const text = input.value.trim(), { date, ask } = text ? readDate(text) : {};
    place.classList.toggle("ask", Boolean(text && !date && (ask || finished)));
    if (date && finished) input.value = `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.${date.getUTCFullYear()}`;
    if (date) place.textContent = inWords(date);
    else if (ask) place.textContent = fill(words.dateAsk, { first: inWords(ask[0]), second: inWords(ask[1]) });
    else place.textContent = text && finished ? words.dateWrong : "";
  };

  /* Searchable selects: the library comes only to pages that have one. Latin letters find Georgian names too. */
  const LATIN = "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h".split(" ");
  const latin = (text) => text.toLowerCase().replace(/[\u10d0-\u10f0]/g, (letter) => LATIN[letter.charCodeAt(0) - 0x10d0]);
  let library;
  const loadPicks = () => library ??= new Promise((done, failed) => {
    const script = Object.assign(doc.createElement("script"), { src: body.dataset.pickSrc, onload: done, onerror: failed });
    doc.head.append(script);
  });
  /* Too many records for one page: what fits is asked for while typing; the server says what the person may see. */
  const lookUp = (url) => ({
    preload: "focus", loadThrottle: 250, shouldLoad: () => true, score: () => () => 1,
    load(query, done) {
      fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
        .then((answer) => answer.json())
        .then(({ results }) => { this.clearOptions((option) => this.items.includes(option.value)); done(results.map(({ id, text }) => ({ value: String(id), text, latin: latin(text) }))); })
        .catch(() => done());
    },
  });
  const makePick = (select) => {
    if (select.tomselect || select.closest("template")) return;
    const label = $(`label[for="${select.id}"]`), many = select.multiple;
    const pick = new window.TomSelect(select, {
      plugins: many ? { remove_button: { title: words.pickRemove, label: "×" } } : {},
      maxOptions: 300, searchField: ["text", "latin"], sortField: [{ field: "$score" }, { field: "$order" }], hidePlaceholder: true, closeAfterSelect: !many,
      allowEmptyOption: !select.required, selectOnTab: true, refreshThrottle: 0, ...(select.dataset.pickUrl ? lookUp(select.dataset.pickUrl) : {}),
      onInitialize() { Object.values(this.options).forEach((option) => { option.latin = latin(option.text || ""); }); },
      render: { no_results: () => make("div", "no-results", words.pickNone) },
    });
    const list = pick.dropdown_content, input = pick.control_input;
    if (label) list.setAttribute("aria-label", label.firstChild.textContent.trim());
    if (select.getAttribute("aria-describedby")) input.setAttribute("aria-describedby", select.getAttribute("aria-describedby"));
    if (select.required) { select.required = false; input.setAttribute("aria-required", "true"); }
  };
  const picks = (root) => {
    const found = $$("select[data-pick]", root);
    if (found.length && body.dataset.pickSrc) loadPicks().then(() => found.forEach(makePick), () => {});
  };

  /* Rows of a table in a form: a new one is the <template> with its number put in. */
  const addRow = (button) => {
    const template = doc.getElementById(button.dataset.addRow);
    const total = doc.getElementById(`id_${template.dataset.prefix}-TOTAL_FORMS`);
    const copy = template.content.cloneNode(true), holder = doc.createElement("tbody");
    holder.append(copy);
    holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.firstElementChild;
    $("tbody", doc.getElementById(template.dataset.table)).append(row);
    enhance(row);
    window.htmx?.process(row);
    $("input:not([type=hidden]), select, textarea", row)?.focus();
    total.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Drafts: what was typed stays in this browser until the server says it is saved. */
  const DAYS = 7, draftName = (form) => `gegma:draft:${body.dataset.user}:${form.dataset.draft}`;
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* storage is closed: there is no draft */ } },
    dropAll: () => { try { Object.keys(localStorage).filter((key) => key.startsWith("gegma:draft:")).forEach(store.drop); } catch { /* the same */ } },
  };
  const kept = (element) => element.name && !element.name.startsWith("_") && !element.disabled && !["password", "file", "submit", "button"].includes(element.type)
    && (element.type !== "hidden" || element.name.endsWith("-TOTAL_FORMS"));
  const values = (form) => {
    const result = {};
    for (const element of form.elements) {
      if (!kept(element)) continue;
      const list = result[element.name] ??= [];
      if (element.type === "checkbox" || element.type === "radio") { if (element.checked) list.push(element.value); }
      else if (element.multiple) list.push(...[...element.selectedOptions].map((option) => option.value));
      else list.push(element.value.replaceAll("\r\n", "\n"));
    }
    return result;
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const putBack = (form, saved) => {
    for (const button of $$("[data-add-row]", form)) {
      const key = `${doc.getElementById(button.dataset.addRow).dataset.prefix}-TOTAL_FORMS`;
      while (saved[key] && Number(form.elements[key].value) < Number(saved[key][0])) addRow(button);
    }
    const seen = {};
    for (const element of form.elements) {
      const value = saved[element.name];
      if (!kept(element) || !value || element.type === "hidden") continue;
      if (element.type === "checkbox" || element.type === "radio") element.checked = value.includes(element.value);
      else if (element.multiple) { for (const option of element.options) option.selected = value.includes(option.value); element.tomselect?.sync(); }
      else {
        const index = seen[element.name] = (seen[element.name] ?? -1) + 1;
        element.value = value[index] ?? "";
        element.tomselect?.sync();
      }
      if (element.matches("[data-date]")) echo(element, true);
    }
  };
  const clock = (time) => {
    const at = new Date(time);
    return `${two(at.getDate())}.${two(at.getMonth() + 1)}, ${two(at.getHours())}:${two(at.getMinutes())}`;
  };
  const offer = (form, key, draft) => {
    const notice = make("div", "notice warning"), text = make("div", "", `${fill(words.draftFound, { time: clock(draft.at) })} `);
    const back = make("button", "", words.draftRestore), drop = make("button", "", words.draftDrop);
    notice.setAttribute("role", "status");
    back.type = drop.type = "button";
    back.onclick = () => { putBack(form, draft.values); form.dispatchEvent(new Event("input", { bubbles: true })); notice.remove(); };
    drop.onclick = () => { store.drop(key); notice.remove(); };
    text.append(back, " ", drop);
    notice.append(text);
    form.prepend(notice);
  };
  /* Where the form says so, the server keeps it too: a few seconds after it was typed, and at once when the page goes away. */
  const SECONDS = 3, sent = new Set(); // forms that are sent keep nothing any more
  const serverDraft = (form, place) => {
    let timer = 0, before = "";
    const send = (keepalive) => {
      clearTimeout(timer);
      timer = 0;
      const data = new URLSearchParams();
      for (const [name, list] of Object.entries(values(form))) for (const value of list) data.append(name, value);
      data.append("version", form.elements.version?.value ?? "");
      if (sent.has(form) || String(data) === before) return;
      const now = String(data);
      fetch(form.dataset.draftUrl, { method: "POST", body: data, keepalive, redirect: "manual", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } })
        .then((answer) => { if (answer.status === 204) { before = now; if (place) place.textContent = fill(words.draftServer, { time: clock(Date.now()) }); } })
        .catch(() => {}); // the server is away: the browser has it, and the next letter tries again
    };
    doc.addEventListener("visibilitychange", () => { if (timer && doc.visibilityState === "hidden") send(true); });
    form.addEventListener("submit", () => { clearTimeout(timer); timer = 0; sent.add(form); });
    return () => { timer ||= setTimeout(send, SECONDS * 1000); };
  };
  const unsaved = new Set();
  let signingOut = false; // what was typed last is not kept while the answer to signing out is awaited
  const watch = (form) => {
    if (form.watched) return;
    form.watched = true;
    const key = draftName(form), first = values(form), draft = store.get(key), place = $(".draft-state", form);
    const returned = Boolean($(".error-summary", form) ?? $(".error-summary"));
    if (draft && (Date.now() - draft.at > DAYS * 864e5 || same(draft.values, first))) store.drop(key);
    else if (draft && key === lost) { putBack(form, draft.values); form.prepend(Object.assign(make("div", "notice info", words.draftBack), { role: "status" })); }
    else if (draft && !returned) offer(form, key, draft);
    if (returned) unsaved.add(form);
    const onServer = form.dataset.draftUrl ? serverDraft(form, place) : () => {};
    let timer;
    const keep = () => {
      if (signingOut) return;
      const now = values(form);
      if (same(now, first) && !returned) { unsaved.delete(form); return; }
      unsaved.add(form);
      const at = Date.now();
      if (store.set(key, { at, values: now }) && place) place.textContent = fill(words.draftKept, { time: clock(at) });
      onServer();
    };
    const soon = () => { clearTimeout(timer); timer = setTimeout(keep, 600); };
    form.addEventListener("input", () => { signingOut = false; unsaved.add(form); soon(); });
    form.addEventListener("change", soon);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      keep();
      unsaved.delete(form);
      try { sessionStorage.setItem("gegma:sent", key); } catch { /* the draft is then offered once more */ }
    });
  };
  /* A draft goes only when the page after sending says that it was saved: not after an error or a lost session. Where the answer was the
     page of signing in, what was sent is put back when the form comes again. Returns the name of such a draft. */
  const settle = () => {
    try {
      const key = sessionStorage.getItem("gegma:sent"), away = sessionStorage.getItem("gegma:lost");
      sessionStorage.removeItem("gegma:sent");
      if (body.dataset.page !== "app") { if (key) sessionStorage.setItem("gegma:lost", key); return ""; }
      sessionStorage.removeItem("gegma:lost");
      if (away) return away;
      if (key && $(".notices .success")) store.drop(key);
    } catch { /* no session storage: nothing was noted */ }
    return "";
  };
  const lost = settle();
  addEventListener("beforeunload", (event) => {
    for (const form of unsaved) if (form.isConnected) { event.preventDefault(); event.returnValue = ""; return; }
  });

  /* One click, one choice -------------------------------------------------------------------------------- */
  doc.addEventListener("click", (event) => {
    const target = event.target.closest?.("button, a, summary") ?? event.target;
    if (!event.target.closest?.("details.menu")) closeMenus();
    const data = target.dataset ?? {};
    if ("themeSet" in data) setTheme(data.themeSet);
    else if (data.addRow) addRow(target);
    else if ("print" in data) window.print();
    else if (data.copy) navigator.clipboard?.writeText(data.copy).then(() => { target.textContent = words.copied; });
    else if (data.fillLogin) {
      const form = $("form[data-login]");
      form.elements.login.value = data.fillLogin;
      form.elements.password.value = data.fillPassword;
      $("button.primary", form).focus();
    } else if (target.matches?.("a[href^='#']")) reveal(target.hash.slice(1), event);
  });
  /* A field named in the error summary may stand in a closed tab, a closed part or behind a searchable select. */
  const reveal = (id, event) => {
    const field = id && doc.getElementById(id);
    if (!field) return;
    const panel = field.closest(".lang-panel");
    if (panel) $(panel.matches(".panel-second") ? ".tab-second" : ".tab-first", panel.parentElement).checked = true;
    for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    if (field.matches("input, select, textarea")) {
      event.preventDefault();
      if (field.tomselect) field.tomselect.focus(); else field.focus();
    }
  };
  doc.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("input[data-date]")) echo(target, true);
    if (target.matches("[data-submit]")) target.form.requestSubmit();
    const picked = target.type === "checkbox" && $(".picked", target.closest(".filter") ?? doc.createElement("i"));
    if (picked) picked.textContent = $$(":checked", target.closest(".menu-body")).map((box) => box.parentElement.textContent.trim()).join(", ") || picked.dataset.all;
    if (target.dataset.checkAll) $$(`input[name="${target.dataset.checkAll}"]`, target.closest(target.dataset.within || "html")).forEach((box) => { box.checked = target.checked; });
  });
  doc.addEventListener("input", (event) => {
    if (event.target.matches("input[data-date]")) echo(event.target, false);
  });
  doc.addEventListener("submit", (event) => { if (event.target.matches("[data-signout]")) { signingOut = true; store.dropAll(); } });
  doc.addEventListener("dragover", (event) => { const drop = event.target.closest?.(".drop"); if (drop) { event.preventDefault(); drop.classList.add("over"); } });
  doc.addEventListener("dragleave", (event) => event.target.closest?.(".drop")?.classList.remove("over"));
  doc.addEventListener("drop", (event) => {
    const drop = event.target.closest?.(".drop"), input = drop && $("input[type=file]", drop);
    if (!input) return;
    event.preventDefault();
    drop.classList.remove("over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  /* Required fields in a closed tab: open it, or the browser cannot show what is missing. */
  doc.addEventListener("invalid", (event) => reveal(event.target.id, { preventDefault() {} }), true);
  /* What a person typed into a field, or types now, stays when the server proposes anew. */
  doc.addEventListener("htmx:oobBeforeSwap", (event) => {
    const typed = event.target.id?.startsWith("field-") && $("input:not([type=hidden]), textarea", event.target);
    if (typed && !typed.closest(".ts-wrapper") && (typed === doc.activeElement || typed.value !== typed.defaultValue)) event.detail.shouldSwap = false;
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) doc.addEventListener(name, () => {
    if ($("#failed")) return;
    const notice = Object.assign(make("div", "notice error", words.failed), { id: "failed" });
    notice.setAttribute("role", "alert");
    $("main")?.prepend(notice);
  });

  const enhance = (root) => {
    $$("input[data-date]", root).forEach((input) => { if (input.value) echo(input, false); });
    picks(root);
    (root.matches?.("form[data-draft]") ? [root] : $$("form[data-draft]", root)).forEach(watch);
  };
  enhance(doc);
  ($(".error-summary") ?? $("form[data-focus] :is(input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea)"))?.focus();
  doc.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
})();
