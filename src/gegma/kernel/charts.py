"""Charts as SVG text: one drawing for the page, the PDF and (through PNG) Word.

Presentation attributes only, no style attribute and no script, so that a strict content security policy keeps
them. Every chart starts at zero, carries its figures on the marks, and says its message in <title> and its data in
<desc>. theme="page" takes the text colour of the page around it (light or dark; the chart-… classes let a
stylesheet repaint the rest), theme="print" has fixed colours for paper. Sizes are in CSS pixels.
"""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from gegma.kernel import fonts
from gegma.kernel.numbers import number, percent

# tone → (ink, quiet ground): a state is read from its word and figure; colour only repeats it.
TONES = {
    "done": ("#0b5c3e", "#dff1e8"),
    "mostly": ("#3b5d0c", "#eaf3d3"),
    "partly": ("#6b4400", "#fff0cc"),
    "soon": ("#6b4400", "#fff0cc"),
    "going": ("#0f4a85", "#e1edf8"),
    "late": ("#8f1d1d", "#fbe3e3"),
    "none": ("#3d4854", "#e8ebef"),
}
# How the strip of a tone is cut, so that it is known on a page without colours: whole, upright cuts, one cut along.
CUTS = {"done": "", "mostly": "1.5 8", "partly": "1.5 4.5", "soon": "1.5 4.5", "going": "2 2", "late": "along", "none": "3 1"}
BRAND = "#1456a0"
_PAPER_INK = "#16202b"
_FACE = ", ".join((fonts.FAMILY, *fonts.FALLBACKS, "sans-serif"))

Item = dict  # {"label": str, "value": number or None, "text": its figure in words, "target": number or None}


def tone(name: str) -> tuple[str, str]:
    """Ink and ground of a tone; an unknown one is shown as «none»."""
    return TONES.get(name, TONES["none"])


# ------------------------------------------------------------------ text


def wrap(text: str, size: float, width: float, lines: int = 2, heavy: bool = False) -> list[str]:
    """`text` in at most `lines` lines of `width`; what does not fit ends in «…». Never empty, never too wide."""
    words, found, line = _pieces(text, size, width, heavy), [], ""
    for word, glued in words:
        joined = word if not line else line + ("" if glued else " ") + word
        if fonts.text_width(joined, size, heavy) <= width or not line:
            line = joined
        else:
            found.append(line)
            line = word
    found.append(line)
    if len(found) > lines:
        last = found[lines - 1] + "…"
        while len(last) > 1 and fonts.text_width(last, size, heavy) > width:
            last = last[:-2].rstrip() + "…"
        found = [*found[: lines - 1], last]
    return found


def _pieces(text: str, size: float, width: float, heavy: bool) -> list[tuple[str, bool]]:
    """Words, those wider than the line cut into pieces; the flag says: no space before this piece."""
    pieces = []
    for word in text.split():
        glued = False
        while len(word) > 1 and fonts.text_width(word, size, heavy) > width:
            end = len(word) - 1
            while end > 1 and fonts.text_width(word[:end], size, heavy) > width:
                end -= 1
            pieces.append((word[:end], glued))
            word, glued = word[end:], True
        pieces.append((word, glued))
    return pieces


class _Drawing:
    """Collects the marks of one chart."""

    def __init__(self, theme: str):
        if theme not in ("page", "print"):
            raise ValueError(f"Theme «{theme}» is not known here: use page or print.")
        self.ink = "currentColor" if theme == "page" else _PAPER_INK
        self.marks: list[str] = []

    def text(self, x, y, words, size=13, *, anchor="start", heavy=False, ink=None, kind="text", full=""):
        weight = ' font-weight="bold"' if heavy else ""
        mark = (
            f'<text class="chart-{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
            f'{weight} fill="{ink or self.ink}">{escape(words)}</text>'
        )
        # The whole label, where only its beginning is drawn, is one hover away.
        self.marks.append(f"<g><title>{escape(full)}</title>{mark}</g>" if full and full != words else mark)

    def rect(self, x, y, width, height, kind, fill, more=""):
        self.marks.append(
            f'<rect class="chart-{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
            f'height="{height:.1f}" fill="{fill}"{more}/>'
        )

    def line(self, x1, y1, x2, y2, kind, stroke=None, width=1, more=""):
        self.marks.append(
            f'<line class="chart-{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{stroke or self.ink}" stroke-width="{width}"{more}/>'
        )

    def grid(self, x1, y, x2):
        self.line(x1, y, x2, y, "grid", more=' stroke-opacity="0.18"')

    def svg(self, kind: str, width: float, height: float, title: str, desc: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart chart-{kind}" role="img" '
            f'aria-label={quoteattr(title)} viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" font-family="{_FACE}"><title>{escape(title)}</title>'
            f"<desc>{escape(desc)}</desc>{''.join(self.marks)}</svg>"
        )


def _figure(item: Item, lang: str) -> str:
    """The figure on the mark: the caller's words, else the number; a missing one is a dash, never a zero."""
    return item.get("text") or (number(item["value"], lang) if item.get("value") is not None else "–")


def _told(items: Sequence[Item], lang: str) -> str:
    return "; ".join(f"{item['label']}: {_figure(item, lang)}" for item in items)


def _ceiling(values: Sequence[float]) -> float:
    """A round number at or above the largest value, so that gridlines have round names."""
    top = max([value for value in values if value is not None and value > 0], default=0)
    if top <= 0:
        return 1.0
    step = 1.0
    while step * 10 <= top:
        step *= 10
    while step > top:
        step /= 10
    if top == 1:
        return 2.0  # half of one is nothing that could be counted
    return next(step * factor for factor in (1, 2, 4, 6, 8, 10) if step * factor >= top)


# ------------------------------------------------------------------ the charts


def status_bar(items: Sequence[dict], *, title: str, desc: str = "", lang: str = "ka", width: int = 640,
               theme: str = "page") -> str:
    """One stacked bar of counts by status, with a legend that carries the words and counts.

    items: {"label", "count", "tone"} in the scale's own order; a count of 0 stays in the legend.
    """
    draw, total, height = _Drawing(theme), sum(item["count"] for item in items), 34
    shown = [item for item in items if item["count"]]
    draw.rect(0.5, 0.5, width - 1, height - 1, "empty", "none", f' stroke="{draw.ink}" stroke-opacity="0.25"')
    # A sliver of one among a thousand is still to be seen: at least 3 px each, taken from the wide ones.
    widths = [max(3.0, width * item["count"] / total) for item in shown]
    spare = sum(widths) - width
    wide = sum(w for w in widths if w > 24) or 1
    widths = [w - spare * w / wide if w > 24 else w for w in widths]
    x = 0.0
    for item, w in zip(shown, widths, strict=True):
        ink, ground = tone(item["tone"])
        count = number(item["count"], lang)
        gap = 1.5 if w > 4 else 0
        draw.rect(x, 0, w - gap, height, f"fill-{item['tone']}", ground)
        draw.rect(x, height - 6, w - gap, 6, f"strip-{item['tone']}", ink)
        _cuts(draw, x, height - 6, w - gap, 6, item["tone"])
        if fonts.text_width(count, 15, True) + 6 < w - gap:
            draw.text(x + (w - gap) / 2, 20, count, 15, anchor="middle", heavy=True, ink=ink,
                      kind=f"ink-{item['tone']}")
        x += w
    bottom = _legend(draw, items, total, height + 12, width, lang)
    told = "; ".join(f"{item['label']}: {number(item['count'], lang)}" for item in items)
    return draw.svg("status", width, bottom, title, desc or told)


def _cuts(draw, x: float, y: float, width: float, height: float, name: str) -> None:
    """What tells a tone from another where there is no colour: its strip is whole, or cut, the more often the less is done."""
    dashes = CUTS.get(name, CUTS["none"])
    if dashes and width > 4:
        thick, pattern = (height, f' stroke-dasharray="{dashes}"') if " " in dashes else (height / 3, "")
        draw.line(x, y + height / 2, x + width, y + height / 2, "cut", tone(name)[1], round(thick, 1), pattern)


def _legend(draw, items, total, top, width, lang) -> float:
    """Swatch, word, count; as many to a row as fit. Returns the y where the chart ends."""
    x, y, size, row = 0.0, top, 13, 21
    for item in items:
        count = number(item["count"], lang)
        if total and item["count"]:
            count += f" ({percent(100 * item['count'] / total, lang)})"
        tail = fonts.text_width(count, size, True)
        label = wrap(item["label"], size, width - 16 - 5 - tail, 1)[0]
        wide = 16 + fonts.text_width(label, size) + 5 + tail
        if x and x + wide > width:
            x, y = 0.0, y + row
        draw.rect(x, y + 2, 10, 10, f"strip-{item['tone']}", tone(item["tone"])[0])
        _cuts(draw, x, y + 2, 10, 10, item["tone"])
        draw.text(x + 16, y + 12, label, size, full=item["label"])
        draw.text(x + 16 + fonts.text_width(label, size) + 5, y + 12, count, size, heavy=True)
        x += wide + 20
    return y + row


def bars(items: Sequence[Item], *, title: str, desc: str = "", lang: str = "ka", width: int = 640,
         maximum: float | None = None, target: float | None = None, target_text: str = "",
         theme: str = "page") -> str:
    """Horizontal bars from zero, label before and figure behind each; a target as a dark line.

    items: {"label", "value", "text"?, "target"?, "tone"?}; maximum fixes the scale (100 for percentages);
    target draws one line for all, named by target_text; an item's own "target" is a tick on its bar.
    A value above the scale fills it, its figure tells the truth.
    """
    draw, size = _Drawing(theme), 13
    goals = [item.get("target") for item in items] + [target]
    values = [item["value"] for item in items]
    top = maximum or max([v for v in [*values, *goals] if v is not None and v > 0], default=1)
    tail = max([fonts.text_width(_figure(item, lang), size, True) for item in items], default=0) + 8
    label_width = min(width * 0.42, max([fonts.text_width(item["label"], size) for item in items], default=0) + 2)
    left = label_width + 10
    scale = max(width - left - tail, 20) / top
    y = 2.0
    for item in items:
        lines = wrap(item["label"], size, label_width, 3)
        height = max(26, 18 * len(lines) + 6)
        for i, words in enumerate(lines):
            draw.text(0, y + height / 2 + 4.5 + 18 * (i - (len(lines) - 1) / 2), words, size, full=item["label"])
        bar = max(0.0, min(item["value"] or 0, top)) * scale
        fill = tone(item["tone"])[0] if item.get("tone") else BRAND
        draw.rect(left, y + height / 2 - 8, top * scale, 16, "ground", draw.ink, ' fill-opacity="0.07"')
        draw.rect(left, y + height / 2 - 8, bar, 16, f"strip-{item['tone']}" if item.get("tone") else "bar", fill)
        end = left + bar
        if item.get("target") is not None:
            at = left + min(item["target"], top) * scale
            draw.line(at, y + height / 2 - 11, at, y + height / 2 + 11, "target", width=2.5)
        for goal in (item.get("target"), target):
            # The figure does not stand on the target's line.
            at = left + min(goal, top) * scale if goal is not None else 0
            if end <= at < end + tail:
                end = at
        draw.text(end + 6, y + height / 2 + 4.5, _figure(item, lang), size, heavy=True)
        y += height
    if target is not None:
        at = left + min(target, top) * scale
        draw.line(at, 0, at, y + 2, "target", width=2, more=' stroke-dasharray="5 3"')
        y = _under(draw, at, y + 16, target_text or number(target, lang), width)
    draw.line(left, 0, left, y if target is None else y - 20, "axis", more=' stroke-opacity="0.5"')
    return draw.svg("bars", width, max(y + 2, 10), title, desc or _told(items, lang))


def _under(draw, at, y, words, width, size=12) -> float:
    """A word under a mark at `at`, pushed inside the drawing. Returns the y below it."""
    words_shown = wrap(words, size, width, 1)[0]
    half = fonts.text_width(words_shown, size) / 2
    draw.text(min(max(at, half), width - half), y, words_shown, size, anchor="middle", full=words)
    return y + 6


def columns(items: Sequence[Item], *, title: str, desc: str = "", lang: str = "ka", width: int = 640,
            height: int = 200, target: float | None = None, target_text: str = "", theme: str = "page") -> str:
    """Upright bars from zero, one for each month or quarter; the figure on top, the name underneath."""
    draw, size = _Drawing(theme), 12
    top = _ceiling([item["value"] for item in items] + [target])
    left, right, above, below = _axis_width(top, lang), 4, 22 if target is None else 40, 24
    scale = (height - above - below) / top
    base = height - below
    _gridlines(draw, top, scale, base, left, width - right, lang)
    slot = (width - left - right) / max(len(items), 1)
    every = _every([item["label"] for item in items], size, slot, right + slot / 2)
    figures = [_figure(item, lang) for item in items]
    tight = any(fonts.text_width(figure, size, True) + 2 > slot for figure in figures)
    highest = max(range(len(items)), key=lambda i: items[i]["value"] or 0, default=0)
    for i, item in enumerate(items):
        middle = left + slot * (i + 0.5)
        tall = max(0.0, item["value"] or 0) * scale
        draw.rect(middle - slot * 0.32, base - tall, slot * 0.64, tall, "bar", BRAND)
        if not tight or i == highest:
            half = fonts.text_width(figures[i], size, True) / 2
            at = min(max(middle, left + half), width - half)
            draw.text(at, base - tall - 5, figures[i], size, anchor="middle", heavy=True)
        if i % every == 0:
            _label(draw, middle, base + 16, item["label"], slot * every, width, size)
    _goal(draw, target, target_text, scale, base, left, width - right, lang)
    draw.line(left, base, width - right, base, "axis", more=' stroke-opacity="0.6"')
    return draw.svg("columns", width, height, title, desc or _told(items, lang))


def line(items: Sequence[Item], *, title: str, desc: str = "", lang: str = "ka", width: int = 640,
         height: int = 200, target: float | None = None, target_text: str = "", theme: str = "page") -> str:
    """A trend from zero; the last figure stands at its point; a missing value breaks the line, it is no zero."""
    draw, size = _Drawing(theme), 12
    top = _ceiling([item["value"] for item in items] + [target])
    tail = max([fonts.text_width(_figure(item, lang), size, True) for item in items], default=0) + 10
    left, right, above, below = _axis_width(top, lang), max(tail, 4), 22 if target is None else 40, 24
    scale = (height - above - below) / top
    base = height - below
    _gridlines(draw, top, scale, base, left, width - right, lang)
    span = (width - left - right - 12) / max(len(items) - 1, 1)
    at = [(left + 6 + span * i, base - max(0.0, item["value"] or 0) * scale) for i, item in enumerate(items)]
    for run in _runs(items):
        path = " ".join(f"{at[i][0]:.1f},{at[i][1]:.1f}" for i in run)
        draw.marks.append(
            f'<polyline class="chart-line" points="{path}" fill="none" stroke="{BRAND}" stroke-width="2.5"/>'
        )
        for i in run:
            draw.marks.append(
                f'<circle class="chart-dot" cx="{at[i][0]:.1f}" cy="{at[i][1]:.1f}" r="3" fill="{BRAND}"/>'
            )
    known = [i for i, item in enumerate(items) if item["value"] is not None]
    if known:
        x, y = at[known[-1]]
        draw.text(x + 7, y + 4, _figure(items[known[-1]], lang), size, heavy=True)
    every = _every([item["label"] for item in items], size, span, min(left, right) + 6)
    for i, item in enumerate(items):
        if i % every == 0:
            _label(draw, at[i][0], base + 16, item["label"], max(span * every, 24), width, size)
    _goal(draw, target, target_text, scale, base, left, width - right, lang)
    draw.line(left, base, width - right, base, "axis", more=' stroke-opacity="0.6"')
    return draw.svg("line", width, height, title, desc or _told(items, lang))


def spark(values: Sequence[float | None], *, title: str, desc: str = "", lang: str = "ka", width: int = 96,
          height: int = 24, theme: str = "page") -> str:
    """A trend the size of a word: no axis, no figures (they stand beside it), the last point marked."""
    draw = _Drawing(theme)
    top = max([v for v in values if v is not None and v > 0], default=1)
    span = (width - 8) / max(len(values) - 1, 1)
    at = [(4 + span * i, height - 4 - max(0.0, v or 0) / top * (height - 8)) for i, v in enumerate(values)]
    items = [{"label": "", "value": value} for value in values]
    draw.line(2, height - 3, width - 2, height - 3, "axis", more=' stroke-opacity="0.3"')
    for run in _runs(items):
        path = " ".join(f"{at[i][0]:.1f},{at[i][1]:.1f}" for i in run)
        draw.marks.append(
            f'<polyline class="chart-line" points="{path}" fill="none" stroke="{BRAND}" stroke-width="1.8"/>'
        )
    known = [i for i, value in enumerate(values) if value is not None]
    if known:
        x, y = at[known[-1]]
        draw.marks.append(f'<circle class="chart-dot" cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{BRAND}"/>')
    told = desc or ", ".join(number(v, lang) if v is not None else "–" for v in values)
    return draw.svg("spark", width, height, title, told)


def progress(value: float | None, *, title: str, desc: str = "", lang: str = "ka", target: float | None = None,
             width: int = 120, height: int = 10, theme: str = "page") -> str:
    """A thin bar of 0–100 per cent with a tick where one should be by now. The figure stands beside it.

    More than 100 fills the bar; the <desc> keeps the true figure. None draws the empty bar.
    """
    draw = _Drawing(theme)
    part = max(0.0, min(value or 0, 100)) / 100
    draw.rect(0, 2, width, height - 4, "ground", draw.ink, ' fill-opacity="0.12"')
    draw.rect(0, 2, width * part, height - 4, "bar", BRAND)
    if target is not None:
        at = min(max(1.0, width * min(target, 100) / 100), width - 1)
        draw.line(at, 0, at, height, "target", width=2)
    return draw.svg("progress", width, height, title, desc or (percent(value, lang) if value is not None else "–"))


# ------------------------------------------------------------------ what columns and lines share


def _axis_width(top: float, lang: str) -> float:
    return max(fonts.text_width(number(top * part, lang), 12) for part in (0, 0.5, 1)) + 8


def _gridlines(draw, top, scale, base, left, right, lang):
    for part in (0, 0.5, 1):
        y = base - top * part * scale
        draw.grid(left, y, right)
        draw.text(left - 6, y + 4, number(top * part, lang), 12, anchor="end", kind="axis-text")


def _every(labels: Sequence[str], size: float, slot: float, margin: float) -> int:
    """Name each mark, or every second, third, … where the names would run into one another.

    margin: from the outermost marks to the edge; a wider name there is pushed inwards and needs room for that."""
    widest = min(max([fonts.text_width(label, size) for label in labels], default=0), 90) + 6
    need = widest if widest / 2 <= margin else 2 * widest
    return max(1, math.ceil(need / max(slot, 1)))


def _label(draw, x, y, label, room, width, size):
    words = wrap(label, size, max(min(room - 4, width), 12), 1)[0]
    half = fonts.text_width(words, size) / 2
    draw.text(min(max(x, half), width - half), y, words, size, anchor="middle", full=label)


def _goal(draw, target, words, scale, base, left, right, lang):
    """The target: a dark dashed line, named at the top, where no mark can stand in the way."""
    if target is None:
        return
    dashes = ' stroke-dasharray="5 3"'
    draw.line(left, base - target * scale, right, base - target * scale, "target", width=2, more=dashes)
    draw.line(left, 9, left + 22, 9, "target", width=2, more=dashes)
    words = words or number(target, lang)
    draw.text(left + 28, 13, wrap(words, 12, right - left - 28, 1)[0], 12, full=words)


def _runs(items: Sequence[Item]) -> list[list[int]]:
    """Stretches without a gap."""
    runs: list[list[int]] = [[]]
    for i, item in enumerate(items):
        if item["value"] is None:
            runs.append([])
        else:
            runs[-1].append(i)
    return [run for run in runs if run]
