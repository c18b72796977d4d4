"""What a column holds, told by its header in Georgian or English, or named by a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .blocks import Cell
from .dates import due_dates
from .words import fold, squeeze

ROLES = (
    "code", "section", "activity", "indicator", "deadline", "start", "responsible", "partners", "comments", "result", "mark", "other",
)  # fmt: skip
CORE = frozenset(["activity", "indicator", "deadline", "responsible", "partners", "comments"])
HEADER_LETTERS_MAX = 120

# Read in this order; the first that matches decides. A Georgian header's head noun stands last and an English one's
# first, so the narrow meanings (comment, status, budget, type) are asked before the wide one (activity). Compared with
# white space removed, since headers are often broken over lines in mid-word.
_RULES: list[tuple[str, str]] = [
    ("comments", r"კომენტარ|შენიშვნ|comment|remark|^notes?$|დამატებითიინფორმაცია|additionalinformation|განმარტება"),
    ("other", r"სტატუს|მდგომარეობ|status|completed|achieved|მიღწეული"),
    ("other", r"ვერიფიკაცი|დადასტურებისწყარო|ინფორმაციისწყარო|მონაცემთაწყარო|verification|datasource|sourceofdata|evidence|^sources?$"),
    ("other", r"ბიუჯეტ|დაფინანს|თანხა|ღირებულ|ხარჯ|budget|funding|funds|cost|finance|financial|donor|დონორ"),
    ("other", r"რისკ|\brisk|assumption|დაშვება"),
    ("indicator", r"ინდიკატორ(?!.*(?:საბაზის|სამიზნე|ტიპი))|indicator(?!s?(?:type|baseline|code|no$))|^kpis?$|performancemeasure"),
    ("other", r"საბაზის|სამიზნე|baseline|target|benchmark|ინდიკატორის|indicator"),
    ("indicator", r"მაჩვენებ|საზომ|^metrics?$|performancetarget"),
    ("partners", r"თანაპასუხისმგებ|თანაშემსრულებ|თანამონაწილე|პარტნიორ|სხვაუწყება|სხვაორგანიზაცი|სხვადაწესებულებ|დამხმარე|"
                 r"მხარდამჭერ|ჩართულ|მონაწილე|partner|coresponsib|coexecut|supporting|support(?:ive)?agenc|other(?:agenc|institution|"
                 r"bod|organi[sz]ation|ministr|unit|stakeholder|entit|responsible)|involved|stakeholder|participating|cooperating|contributing"),
    ("responsible", r"პასუხისმგებ|შემსრულებ|განმახორციელებ|აღმასრულებ|მთავარიუწყება|წამყვანიუწყება|responsib|owner|leadagenc|leadinst|"
                    r"leadunit|leadbod|leadministr|leadorgani|^lead$|leading|implementingag|implementingen|implementer|implementingbod|"
                    r"implementingunit|implementinginst|implementingorg|executing|executor|incharge|accountable|^უწყება$|^უწყებები$|^agency$|^who$|focalpoint"),
    ("start", r"^დაწყებ|დაწყებისთარიღი|დაწყებისვადა|^start|startdate|begin"),
    ("deadline", r"ვადა|ვადებ|ვადის|თარიღ|დასრულებ|პერიოდ|დროშიგანაწილ|^დრო$|დროისმონაკვეთ|deadline|timeframe|timeline|timing|^time$|duedate|^due$|"
                 r"schedule|period|enddate|^end$|^date|completiondate|^when$|timelimit|^term$|^terms$|^year$|^წელი$|^finish"),
    ("other", r"progress|მიმდინარეობ|შესრულების|პროგრეს|განხორციელების(?:ანგარიშ|შედეგ)"),
    ("other", r"ტიპი|^სახეობა|კატეგორია|^type|type$|category|პრიორიტეტულობა"),
    ("code", r"^(?:№|n|no|nr|nn|ნომერი|რიგითინომერი|რიგითი|კოდი|code|number|id|ref|refno|რიგ|pp|აქტივობისნომერი|საქმიანობისნომერი|"
             r"აქტივობისკოდი|საქმიანობისკოდი|ღონისძიებისნომერი|activityno|activitynumber|activitycode|activityid|itemno|item|serialno|srno|sno|პუნქტი)$"),
    ("result", r"შედეგ|result|output|outcome|deliverable|პროდუქტ"),
    ("activity", r"საქმიანობ|აქტივობ|ღონისძიებ|ქმედებ|activit|^(?:key|main|planned|proposed|specific)?actions?$|actionstobetaken|^measures?$|"
                 r"plannedmeasure|^(?:key)?tasks?$|intervention|^what$|milestone|action(?:item|step|description|point|/activ)|^steps?$|დაგეგმილისამუშაო|"
                 r"შესასრულებელისამუშაო|^სამუშაო$|გასატარებელი|descriptionofaction|descriptionofmeasure|^actiontitle"),
    ("section", r"მიზან|მიზნ|ამოცან|პრიორიტეტ|მიმართულებ|კომპონენტ|^თავი|\bgoal|goals?$|goal|objective|priorit|pillar|component|^chapter|^section|^direction|^area"),
]  # fmt: skip
_COMPILED = [(role, re.compile(pattern)) for role, pattern in _RULES]
# Used only where no column of the table was recognised as the activity.
_FALLBACK_ACTIVITY = re.compile(r"^(?:ამოცანა|ამოცანები|დასახელება|აღწერა|შინაარსი|objectives?|description|title|name|content|measure|action)")


@dataclass
class Column:
    """One column of a table: its header as printed, what it holds, and whether a person said so."""

    index: int
    header: str
    role: str  # one of ROLES; "" where the header was not recognised
    named: bool = False
    rank: int = 0  # for section columns: their order from the left


@dataclass
class Layout:
    """The columns of one table, by grid index."""

    columns: list[Column]
    folded: tuple[str, ...] = ()
    certain: bool = True
    used_rows: int = 1
    widths: int = 0
    extra: dict[str, str] = field(default_factory=dict)

    def of(self, role: str) -> list[int]:
        """Grid indexes of the columns with a role, from the left."""
        return [c.index for c in self.columns if c.role == role]

    def first(self, role: str) -> int | None:
        """The leftmost column with this role, counted from 0, or None."""
        found = self.of(role)
        return found[0] if found else None

    def unrecognised(self) -> list[Column]:
        """The columns with a header whose role is not known."""
        return [c for c in self.columns if not c.role and c.header]


def recognise(header: str) -> str:
    """The role a header names, or ""."""
    text = squeeze(header).lower()
    if not text or len(text) > HEADER_LETTERS_MAX:
        return ""
    if text in ("№", "#", "n", "n°", "nº", "№/№", "п/п", "№ п/п"):
        return "code"
    flat = fold(text.replace("№", "n"))
    if not flat:
        return ""
    for role, pattern in _COMPILED:
        if pattern.search(flat):
            return role
    return ""


def is_mark_header(header: str) -> bool:
    """Whether a header is itself a time (I კვ., Q3, March, 2018): a chart column in which a mark says when."""
    text = squeeze(header)
    if not text or len(text) > 30:
        return False
    if re.fullmatch(r"(?i)(?:iv|iii|ii|i)", text):
        return True
    return bool(due_dates(text, 2000))


class Override:
    """What a person said about columns: {header text or index from 0: role}."""

    def __init__(self, given: dict | None):
        self.by_index: dict[int, str] = {}
        self.by_header: dict[str, str] = {}
        for key, role in (given or {}).items():
            role = {"partner": "partners", "comment": "comments", "owner": "responsible", "": "other"}.get(role, role)
            if role not in ROLES:
                raise ValueError(f"{role!r} is no kind of column; use one of {', '.join(ROLES)}")
            if isinstance(key, int) or (isinstance(key, str) and key.strip().isdecimal()):
                self.by_index[int(key)] = role
            else:
                self.by_header[fold(key)] = role

    def __bool__(self) -> bool:
        return bool(self.by_index or self.by_header)

    def role(self, index: int, header: str) -> str | None:
        """What a person said about this column, by its header or else by its place; None where nothing."""
        return self.by_header.get(fold(header)) if fold(header) in self.by_header else self.by_index.get(index)


def header_layout(cells: list[Cell], override: Override, *, first_in_table: bool, all_bold: bool) -> Layout | None:
    """The layout a row of cells declares, or None when the row is no header.

    A header has at least two recognised headers (one of them an activity, indicator, deadline, body or comment) and
    they are at least half of its cells; or one recognised, when it is the table's first full row or all bold; or
    holds a header that a person named.
    """
    filled = [(i, c) for i, c in enumerate(cells) if c.text.strip() and not c.covered]
    if len(filled) < 2 or any(len(squeeze(c.text)) > HEADER_LETTERS_MAX for _, c in filled):
        return None
    named = any(fold(c.text) in override.by_header for _, c in filled)
    own = [c for c in cells if not c.covered]
    while own and not own[-1].text.strip():
        own.pop()  # empty columns at the right edge say nothing
    gaps = len(own) - len(filled)
    mean = sum(len(squeeze(c.text)) for _, c in filled) / len(filled)
    if not named and (gaps > 0.4 * len(own) or mean > 55):
        return None
    roles = {i: recognise(c.text) for i, c in filled}
    core = {r for r in roles.values() if r in CORE or r == "result"}
    known = sum(bool(r) for r in roles.values())
    marks = sum(is_mark_header(c.text) for _, c in filled)
    enough = len(core) >= 2 and (known + marks) * 2 >= len(filled)
    starts_with_code = any(re.match(r"\s*\d+\.\d", c.text) for _, c in filled)
    alone = bool(core & {"activity", "indicator"}) and (first_in_table or all_bold) and not starts_with_code
    if alone:
        alone = all(len(squeeze(c.text)) <= 60 for _, c in filled)
    if not (enough or alone or named):
        return None
    return build([c.text if not c.covered else "" for c in cells], override, cells)


def build(headers: list[str], override: Override, cells: list[Cell] | None = None) -> Layout:
    """A layout from header texts, with a person's word first."""
    columns = []
    for index, header in enumerate(headers):
        told = override.role(index, header)
        columns.append(Column(index, squeeze(header), told or recognise(header), told is not None))
    layout = Layout(columns, tuple(fold(h) for h in headers))
    _mark_columns(layout)
    _one_activity(layout)
    for rank, column in enumerate(c for c in columns if c.role == "section"):
        column.rank = rank
    return layout


def merge_headers(cells: list[Cell], below: list[Cell]) -> list[str]:
    """Header texts of two rows: what stands under a merged header is `top / below`."""
    headers, top = [], ""
    for index, cell in enumerate(cells):
        if not cell.covered:
            top = squeeze(cell.text)
        under = below[index] if index < len(below) else Cell()
        sub = squeeze(under.text) if not under.covered else ""
        spans = cell.colspan > 1 or cell.covered == "left"
        headers.append(f"{top} / {sub}" if sub and top and spans else sub or (top if not cell.covered else ""))
    return headers


def has_subheader(cells: list[Cell], below: list[Cell]) -> bool:
    """Whether the row below a header belongs to it: filled only where the header is merged across."""
    spanned = {i for i, c in enumerate(cells) if c.colspan > 1 or c.covered == "left"}
    filled = {i for i, c in enumerate(below) if c.text.strip() and not c.covered}
    return bool(spanned) and len(filled) >= 2 and filled <= spanned and all(len(below[i].text) <= 60 for i in filled)


def build_two(cells: list[Cell], below: list[Cell], override: Override) -> Layout:
    """A layout from a header of two rows; the lower word decides, else the upper."""
    headers = merge_headers(cells, below)
    layout = build(headers, override)
    for column in layout.columns:
        under = below[column.index] if column.index < len(below) else Cell()
        if column.named or not under.text.strip():
            continue
        lower = recognise(under.text)
        upper = recognise(column.header.split(" / ")[0])
        if lower:
            column.role = "partners" if (upper, lower) == ("responsible", "other") else lower
        elif is_mark_header(under.text) or (upper == "deadline" and re.fullmatch(r"(?i)(?:iv|iii|ii|i|[1-4])", under.text.strip())):
            column.role = "mark"
        elif upper:
            column.role = upper
    layout.used_rows = 2
    _one_activity(layout)
    return layout


def _mark_columns(layout: Layout) -> None:
    marks = [c for c in layout.columns if not c.named and c.role in ("", "deadline") and is_mark_header(c.header)]
    if len(marks) >= 2:
        for column in marks:
            column.role = "mark"


def _one_activity(layout: Layout) -> None:
    """Exactly one column is the activity: a person's, else the first; a broader header serves where none is."""
    activities = [c for c in layout.columns if c.role == "activity"]
    if not activities:
        spare = [c for c in layout.columns if not c.named and c.role in ("", "section")]
        # With results or goals and no activity at all the table is a framework of results, not of activities.
        fallback = next((c for c in reversed(spare) if _FALLBACK_ACTIVITY.search(fold(c.header))), None)
        if fallback and not layout.of("result"):
            fallback.role = "activity"
        return
    keep = next((c for c in activities if c.named), activities[0])
    for column in activities:
        if column is not keep and not column.named:
            column.role = "other"
