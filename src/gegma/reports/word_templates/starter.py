"""A template to begin with: the looks of the built-in report, with the tags in it."""

from __future__ import annotations

import io

from docx.oxml.ns import qn

from gegma.reports import docx_parts as parts
from gegma.reports import docx_styles as styles
from gegma.reports.content import ANNEX_WIDTHS
from gegma.reports.docx_paper import Cell, Paper, row_of
from gegma.reports.words import Words

from .fields import PROGRESS

WIDE = 267


def make(key: str, lang: str, columns: list[str]) -> bytes:
    """The starting template of a report as .docx. columns: headers of the plan's own columns, for the progress report."""
    return _Starter(lang).write(key, columns)


class _Starter(Paper):
    def __init__(self, lang: str):
        words = Words(lang)
        super().__init__({"lang": lang, "words": {key: words[key] for key in ("contents", "page")}, "plan_title": "{{ title }}"}, [])
        self.all_words = words

    def write(self, key: str, columns: list[str]) -> bytes:
        styles.prepare(self.document, self.report["lang"], True)
        self.document.core_properties.language = styles.LANGUAGE_TAGS[self.report["lang"]]
        self.upright(self.document.sections[0])
        self._loop("line in organisation", ("{{ line }}", "Organisation"))
        self._line("{{ title }}", "Title")
        self._line("{{ subtitle }}", "Subtitle")
        if key == PROGRESS:
            self._line(f"{self.all_words['period']}:\t{{{{ period.words }}}} ({{{{ period.from }}}} – {{{{ period.to }}}})", "Fact")
            self._line(f"{self.all_words['made_on']}:\t{{{{ made_on }}}}", "Fact")
        else:
            self._loop("fact in facts", ("{{ fact.label }}:\t{{ fact.text }}", "Fact"))
        self._contents()
        self.sideways()
        self._progress(columns) if key == PROGRESS else self._paper()
        self.head_and_foot()
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _line(self, text: str, style: str = "Body Text") -> None:
        self.say(parts.plain(text, style))

    def _loop(self, over: str, *inner: tuple[str, str]) -> None:
        self._line(f"{{%p for {over} %}}")
        for text, style in inner:
            self._line(text, style)
        self._line("{%p endfor %}")

    def _contents(self) -> None:
        self._line(self.all_words["contents"], "TOC Heading")
        paragraph = parts.empty("toc 1")
        parts.field(paragraph, 'TOC \\o "1-3" \\h \\z', "…")
        self.say(paragraph)

    def _rows(self, widths: list[float], columns: list[str], over: str, cells: list[str], name: str) -> None:
        """A table whose middle row is repeated."""
        mark = lambda text: [Cell([parts.plain(text, "Table text")], span=len(widths))]  # noqa: E731
        rows = [mark(f"{{%tr for {over} %}}"), [Cell([parts.plain(text, "Table text")]) for text in cells], mark("{%tr endfor %}")]
        self.table("Report table", widths, columns, rows, name)

    # -- the reports of the catalogue ----------------------------------------------------------------------------------

    def _paper(self) -> None:
        self._line("{%p for part in parts %}")
        self._line("{%p if part.heading %}")
        self.heading("{{ part.heading }}", 1, new_page=False)
        self._line("{%p endif %}")
        self._loop("text in part.texts", ("{{ text }}", "Body Text"))
        self._loop("point in part.points", ("{{ point }}", "List Bullet"))
        self._loop("figure in part.figures", ("{{ figure.label }}: {{ figure.value }}", "Body Text"))
        self._line("{%p for table in part.tables %}")
        self._line("{{ table.title }}", "Caption")
        self._any_columns()
        self._line("{%p endfor %}")
        self._line("{%p endfor %}")

    def _any_columns(self) -> None:
        """A table with as many columns as the report has: cells are repeated as well as rows."""
        width = WIDE / 3
        cells = lambda each, over, style: [Cell([parts.plain(text, style)]) for text in (f"{{%tc for {each} in {over} %}}", f"{{{{ {each} }}}}", "{%tc endfor %}")]  # noqa: E731
        mark = lambda text: [Cell([parts.plain(text, "Table text")], span=3)]  # noqa: E731
        rows = [mark("{%tr for row in table.rows %}"), cells("cell", "row.cells", "Table text"), mark("{%tr endfor %}")]
        self.table("Report table", [width] * 3, [], [], "")
        table = [node for node in self.document.element.body if node.tag == qn("w:tbl")][-1]
        table.append(row_of(cells("column", "table.columns", "Table head"), [width] * 3, header=True))
        for row in rows:
            table.append(row_of(row, [width] * 3))
        properties = table.find(qn("w:tblPr"))
        properties.remove(properties.find(qn("w:tblLayout")))

    # -- the progress report -------------------------------------------------------------------------------------------

    def _progress(self, columns: list[str]) -> None:
        words = self.all_words
        self.heading(words["summary"], 1, new_page=False)
        self._loop("sentence in sentences", ("{{ sentence }}", "Body Text"))
        self._rows([120, 40, 40], [words["status"], words["number_of"], words["share"]], "status in statuses",
                   ["{{ status.label }}", "{{ status.count }}", "{{ status.share }}"], words["summary"])  # fmt: skip
        self.heading(words["divisions"], 1, new_page=False)
        self._rows([140, 40, 40, 40], [words["division"], words["activities"], words["indicators"], words["progress"]], "division in divisions",
                   ["{{ division.code }}. {{ division.title }}", "{{ division.activities }}", "{{ division.indicators }}", "{{ division.progress }}"], words["divisions"])  # fmt: skip
        self.heading(words["plan"], 1, new_page=False)
        self._line("{%p for section in sections %}")
        self.heading("{{ section.code }}. {{ section.title }}", 2, new_page=False)
        self._line("{%p if section.activities %}")
        lines = "{% for indicator in activity.indicators %}{% if indicator.label %}{{ indicator.label }}) {% endif %}{{ indicator.text }} – {{ indicator.value }}{% if not loop.last %}; {% endif %}{% endfor %}"
        partners = "{% for partner in activity.partners %}{{ partner }}{% if not loop.last %}; {% endif %}{% endfor %}"
        self._rows([62, 80, 24, 38, 33, 30], [*columns[:2], columns[2], columns[3], words["done_in_period"], words["status"]], "activity in section.activities",
                   ["{{ activity.code }}. {{ activity.text }}", lines, "{{ activity.deadline }}", partners, "{{ activity.done }}", "{{ activity.status }}"],
                   words["plan"])  # fmt: skip
        self._line("{%p endif %}")
        self._line("{%p endfor %}")
        self.heading(words["annex"], 1, new_page=False)
        self._line("{%p for entry in evidence %}")
        self._line("{{ entry.activity }} · {{ entry.measure }}", "Annex heading")
        self._line(f"{words['register']}: {{{{ entry.register }}}}. {words['definition']}: {{{{ entry.definition }}}}", "Definition")
        self._rows(list(ANNEX_WIDTHS), [words[key] for key in ("number", "name", "date", "state", "evidence")], "record in entry.records",
                   [f"{{{{ record.{key} }}}}" for key in ("number", "title", "date", "state", "files")], words["annex"])  # fmt: skip
        self._line("{%p endfor %}")
