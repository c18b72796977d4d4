"""Charts: nothing overflows, zero is the base, figures and words are there, no style and no script."""

import re

import pytest
from lxml import etree

from gegma.kernel import charts, fonts

NS = "{http://www.w3.org/2000/svg}"
LONG = [
    "პროექტების მართვის სამმართველო",
    "საერთაშორისო სამართლებრივი თანამშრომლობის სამმართველო",
    "საერთაშორისო ურთიერთობების დეპარტამენტის საერთო პასუხისმგებლობაში შემავალი საკითხების განყოფილება",
    "A" * 200,
]
MONTHS = ["იან", "თებ", "მარ", "აპრ", "მაი", "ივნ", "ივლ", "აგვ", "სექ", "ოქტ", "ნოე", "დეკ"]
STATUSES = [
    {"label": "სრულად შესრულდა", "count": 31, "tone": "done"},
    {"label": "უმეტესად შესრულდა", "count": 9, "tone": "mostly"},
    {"label": "ნაწილობრივ შესრულდა", "count": 0, "tone": "partly"},
    {"label": "განხორციელების პროცესშია", "count": 1, "tone": "going"},
    {"label": "არ შესრულდა", "count": 2, "tone": "late"},
    {"label": "<შეუფასებელი> & \"სხვა\"", "count": 957, "tone": "something new"},
]


def items(values, labels=MONTHS, **more):
    return [{"label": label, "value": value, **more} for label, value in zip(labels, values, strict=False)]


def every_chart(width, theme):
    big = [10**9, 0, None, 5, 1234567.891, 3, 0.5, 8, 1, 2, 3, 4]
    yield charts.status_bar(STATUSES, title="ა & <ბ>", width=width, theme=theme)
    yield charts.bars(items([88, 100, None, 0], LONG), title="t", maximum=100, target=80,
                      target_text="სამიზნე მაჩვენებელი: 80%", width=width, theme=theme)
    yield charts.bars(items([5000, 17, 3, 1], LONG, target=4000), title="t", width=width, theme=theme)
    yield charts.columns(items(big), title="t", target=7e8, target_text="სამიზნე მაჩვენებელი", width=width, theme=theme)
    yield charts.columns(items([1] * 60, [f"კვარტალი {n}" for n in range(60)]), title="t", width=width, theme=theme)
    yield charts.line(items(big), title="t", target=2e9, width=width, theme=theme)
    yield charts.line(items([None, None]), title="t", width=width, theme=theme)
    yield charts.spark([1, None, 3, 900], title="t", theme=theme)
    yield charts.progress(140, title="t", target=80, theme=theme)
    for empty in (charts.bars, charts.columns, charts.line):
        yield empty([], title="t", width=width, theme=theme)
    yield charts.spark([], title="t", theme=theme)
    yield charts.progress(None, title="t", theme=theme)
    yield charts.status_bar([], title="t", width=width, theme=theme)


def texts(root):
    """(words, left, right, baseline, size) of every piece of text, by the font's own widths."""
    for node in root.iter(f"{NS}text"):
        size, x = float(node.get("font-size")), float(node.get("x"))
        wide = fonts.text_width(node.text, size, node.get("font-weight") == "bold")
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[node.get("text-anchor")]
        yield node.text, left, left + wide, float(node.get("y")), size


@pytest.mark.parametrize("theme", ["page", "print"])
@pytest.mark.parametrize("width", [280, 420, 640, 1000])
def test_nothing_overflows_and_no_texts_collide(width, theme):
    for svg in every_chart(width, theme):
        root = etree.fromstring(svg)
        _, _, wide, high = map(float, root.get("viewBox").split())
        placed = list(texts(root))
        for words, left, right, y, size in placed:
            assert left >= -0.6 and right <= wide + 0.6, (words, left, right, wide)
            assert y - size * 0.8 >= -0.6 and y + size * 0.3 <= high + 0.6, (words, y, high)
        for i, (words, left, right, y, _) in enumerate(placed):
            for other, left2, right2, y2, _ in placed[i + 1:]:
                assert abs(y - y2) >= 10 or right <= left2 + 0.6 or right2 <= left + 0.6, (words, other)
        for rect in root.iter(f"{NS}rect"):
            assert float(rect.get("x")) >= 0
            assert float(rect.get("x")) + float(rect.get("width")) <= wide + 0.6
            assert float(rect.get("y")) + float(rect.get("height")) <= high + 0.6


def test_attributes_only_and_named():
    for svg in every_chart(640, "page"):
        root = etree.fromstring(svg)
        assert root.get("role") == "img" and root.get("aria-label")
        assert [child.tag for child in root[:2]] == [f"{NS}title", f"{NS}desc"]
        assert not re.search(r"\bstyle=|<style|<script|\bid=|\bon\w+=|href", svg)


def test_page_takes_the_page_colour_and_print_does_not():
    assert "currentColor" in charts.bars(items([1]), title="t")
    for svg in every_chart(640, "print"):
        assert "currentColor" not in svg
    with pytest.raises(ValueError, match="page or print"):
        charts.bars([], title="t", theme="dark")


def test_lengths_are_in_proportion_from_zero():
    root = etree.fromstring(charts.bars(items([25, 50, 100], LONG), title="t", maximum=100))
    wide = [float(r.get("width")) for r in root.iter(f"{NS}rect") if r.get("class") == "chart-bar"]
    assert wide[1] == pytest.approx(2 * wide[0], abs=0.2) and wide[2] == pytest.approx(4 * wide[0], abs=0.4)
    root = etree.fromstring(charts.columns(items([3, 6]), title="t"))
    high = [float(r.get("height")) for r in root.iter(f"{NS}rect") if r.get("class") == "chart-bar"]
    assert high[1] == pytest.approx(2 * high[0], abs=0.2)


def test_status_bar_shows_the_smallest_and_says_every_count():
    root = etree.fromstring(charts.status_bar(STATUSES, title="t", width=640))
    strips = [r for r in root.iter(f"{NS}rect") if r.get("height") == "6.0"]
    assert len(strips) == 5  # the status with none has no part, only its place in the legend
    assert sum(float(r.get("width")) for r in strips) == pytest.approx(640, abs=10)
    assert all(float(r.get("width")) >= 1.5 for r in strips)
    told = root.findtext(f"{NS}desc")
    assert all(f"{s['label']}: {s['count']}" in told for s in STATUSES)
    shown = " ".join(words for words, *_ in texts(root))
    assert all(s["label"] in shown for s in STATUSES)


def test_without_colours_the_statuses_are_told_apart():
    """Each status has its own cut in the bar and the same one in the legend, and its words; inks stand out from their grounds in grey."""
    root = etree.fromstring(charts.status_bar([{"label": t, "count": 20, "tone": t} for t in charts.CUTS if t != "soon"], title="t", theme="print"))
    cuts = [line.get("stroke-dasharray") for line in root.iter(f"{NS}line")]
    assert len(cuts) == 2 * 5 and len(set(cuts)) == 5 and cuts[:5] == cuts[5:]  # «done» is whole
    assert len({charts.CUTS[name] for name in charts.CUTS if name != "soon"}) == 6

    def grey(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        return sum(w * (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4) for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    for ink, ground in charts.TONES.values():
        assert (grey(ground) + 0.05) / (grey(ink) + 0.05) > 4.5


def test_a_missing_value_is_a_gap_and_a_dash_never_a_zero():
    root = etree.fromstring(charts.line(items([1, 2, None, 4, 5]), title="t"))
    assert len(root.findall(f"{NS}polyline")) == 2 and len(root.findall(f"{NS}circle")) == 4
    assert "მარ: –" in root.findtext(f"{NS}desc")
    assert "–" in [words for words, *_ in texts(etree.fromstring(charts.bars(items([None, 1]), title="t")))]


def test_a_cut_label_keeps_its_whole_text():
    root = etree.fromstring(charts.bars(items([1, 2, 3, 4], LONG), title="t", width=300))
    assert LONG[2] in [node.text for node in root.iter(f"{NS}title")]


@pytest.mark.parametrize("lines", [1, 2, 5])
@pytest.mark.parametrize("width", [1, 20, 90, 400])
def test_wrap_never_exceeds_and_loses_nothing_it_does_not_mark(lines, width):
    for text in [*LONG, "", "   ", "ა", "one two three four five six seven"]:
        found = charts.wrap(text, 13, width, lines)
        assert 1 <= len(found) <= lines
        assert all(fonts.text_width(line, 13) <= width or len(line) <= 1 for line in found)
        if not found[-1].endswith("…"):
            assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_texts_are_figures_in_the_readers_language():
    assert "1\u00a0234,5" in charts.bars(items([1234.5]), title="t", lang="ka")
    assert "1,234.5" in charts.bars(items([1234.5]), title="t", lang="en")
