"""The findings as a table, with the goals."""

from __future__ import annotations

READINGS_GOAL = 1.5
PAGE_TIMES, PAGE_PLUS = 3, 0.030
KEPT = {"audit", "access", "backup", "writers", "kill"}
PAGED = {"lists", "search", "tasks"}


def ms(seconds: float) -> str:
    """Milliseconds."""
    return f"{seconds * 1000:9.1f} ms"


def verdict(good: bool) -> str:
    """Pass or miss."""
    return "pass" if good else "MISS"


def lines(result: dict) -> list[str]:
    """The table of one database."""
    built = result["built"]
    kinds = ", ".join(f"{n} {key}" for key, n in built["records"].items() if n > 500)
    found = [
        "",
        f"== {result['database']}, {built['total']} records ({kinds}); {result['mib']} MiB; built in {built['seconds']} s ==",
        f"others' work on the machine (load average at start and end): {', '.join(map(str, result.get('load', [])))}",
        "",
    ]
    for part, data in result["parts"].items():
        if "error" in data:
            found.append(f"{part:44} ERROR {data['error']}")
            continue
        shape = _readings if part == "readings" else _pages if part in PAGED else LINES.get(part, _single)
        found += shape(part, data["result"])
        found.append(f"{'':44} peak memory {data['peak_mib']} MiB, of them {data['start_mib']} after the start")
        if part in {"readings", *PAGED}:
            found.append("")
    return found


def _readings(part: str, data: dict) -> list[str]:
    rows = data["measures"]
    ours, hand = sum(r["ours"] for r in rows), sum(r["by_hand"] for r in rows)
    sent, ratio = sum(r["queries"] for r in rows), ours / hand
    more = [r["measure"] for r in rows if r["queries"] > 1]
    found = [
        f"the plan's {len(rows)} readings, against SQL by hand   {ms(ours)} : {ms(hand)} = {ratio:5.2f}   goal {READINGS_GOAL}   {verdict(ratio <= READINGS_GOAL)}",
        f"   queries: {sent} for {len(rows)} measures   goal: one each   {verdict(not more)}" + (f" (more: {'; '.join(more)})" if more else ""),
        f"   figures equal to those by hand: {len(rows) - len(data['wrong'])} of {len(rows)}",
        f"   the same readings the first time in a process, their statements still to be built: {ms(data['first'])}",
        f"   the same readings with evidence, as the board asks: {ms(data['with_evidence'])}",
        "   furthest from the SQL by hand:",
    ]  # fmt: skip
    for row in sorted(rows, key=lambda r: r["by_hand"] - r["ours"])[:10]:
        found.append(f"      {row['measure']:38} {ms(row['ours'])} : {ms(row['by_hand'])} = {row['ours'] / row['by_hand']:6.1f}")
    return found


def page_good(row: dict) -> bool:
    """Whether a page is at most 3 × its bare SQL plus 30 ms."""
    return row["ours"] <= PAGE_TIMES * row["bare"] + PAGE_PLUS


def _pages(part: str, rows: list[dict]) -> list[str]:
    found = [f"{part}: page, bare SQL, what is over 3 × plus 30 ms, processor time of the page"]
    for row in rows:
        over = max(0.0, row["ours"] - PAGE_TIMES * row["bare"] - PAGE_PLUS)
        found.append(
            f"   {row['page']:52} {ms(row['ours'])} : {ms(row['bare'])}  over {ms(over)}  {verdict(page_good(row))}  {ms(row['processor'])}"
            f"   {row['records']} records, {row['queries']} queries"
        )
    return found


def _reports(part: str, rows: list[dict]) -> list[str]:
    from .reports import lines

    return lines(rows)


def _catalogue(part: str, rows: list[dict]) -> list[str]:
    from .catalogue import lines

    return lines(rows)


LINES = {"reports": _reports, "catalogue": _catalogue}


def _single(part: str, data: dict) -> list[str]:
    if part in KEPT:
        return [f"{part:44} " + ", ".join(f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}" for name, value in data.items())]
    return [f"{part:44} {ms(data['ours'])}   {data['queries']} queries, {data['kib']} KiB"]


def failures(result: dict) -> list[str]:
    """What makes the bench fail: wrong figures, parts that did not run. A missed goal is told in the table and does not."""
    where, found = f"{result['database']}, {result['size']}", []
    for part, data in result["parts"].items():
        if "error" in data:
            found.append(f"{where}, {part}: {data['error']}")
        elif part == "readings":
            found += [f"{where}: {w['measure']} is {w['ours']}, by hand {w['by_hand']}" for w in data["result"]["wrong"]]
        elif part in PAGED:
            found += [f"{where}: {row['page']}: {row['wrong']}" for row in data["result"] if row.get("wrong")]
    return found
