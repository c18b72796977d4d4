"""The rules about templates, styles, scripts: functions from a text to what breaks them, [(line, what)]."""

import re

GEORGIAN = re.compile(r"[\u10a0-\u10ff\u1c90-\u1cbf]")
GEORGIAN_WORD = re.compile(f"{GEORGIAN.pattern}{{2,}}")
# Names that stand on the page in every language alike; a language is named in itself.
NAMES = {
    "ქართული",
    "ქარ",
    "English",
    "Gegma",
    "EN",
    "Ctrl",
    "Alt",
    "Shift",
    "Enter",
    "Esc",
    "Word",
    "Excel",
    "PDF",
    "CSV",
    "API",
    "JSON",
    "DOCX",
    "XLSX",
}

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|<!--.*?-->", re.S)
TRANSLATED_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.S)
VERBATIM_CODE = re.compile(r"<(script|style|code|kbd|pre)\b[^>]*>.*?</\1>", re.S | re.I)
# {% block card_class %}broad{% endblock %}, {% block page_kind %}…: words for the stylesheet
CLASS_BLOCK = re.compile(r"\{%\s*block\s+\w+_(?:class|kind)\s*%\}.*?\{%\s*endblock\b.*?%\}", re.S)
TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
SPOKEN_ATTRIBUTE = re.compile(
    r"""\b(?:placeholder|title|alt|label|aria-label|aria-description|aria-roledescription|data-confirm)\s*=\s*(["'])(.*?)\1""",
    re.S | re.I,
)
# \x00 stands where template code was, also inside a tag: <{% if x %}a{% else %}button{% endif %} class="y">
HTML_TAG = re.compile(r"""<[!/]?\x00*[a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*>""", re.S)
ENTITY = re.compile(r"&#?\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
PASSED_WORDS = re.compile(r"\{%\s*(?:include|with)\b(.*?)%\}", re.S)
LITERAL_ARGUMENT = re.compile(r"""\b\w+=(["'])(.*?)\1(\|[^\s%]*)?""", re.S)

INLINE = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*=\s*[\"'{]", re.I),
    "an inline script": re.compile(
        r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/(?:ld\+)?json)[^>]*>", re.I
    ),
    "an event handler in the page": re.compile(r"[\s\"'](?:on[a-z]+|hx-on[:\-][\w:\-]*)\s*=\s*[\"'{]", re.I),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.I),
}
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off\b")
STYLE_BANS = {
    "text-transform (Georgian has no capitals)": re.compile(r"text-transform\s*:", re.I),
    "letter-spacing (breaks Georgian words apart)": re.compile(
        r"letter-spacing\s*:(?!\s*(?:0|normal)\s*[;}])", re.I
    ),
    "italics (Georgian has none)": re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.I),
    "an address elsewhere": re.compile(r"url\(\s*[\"']?(?:https?:)?//|@import", re.I),
}
SCRIPT_BANS = {
    "upper case (Georgian has none)": re.compile(r"\.to(?:Locale)?UpperCase\b"),
    "code from text (refused by the content security policy)": re.compile(r"\beval\s*\(|\bnew\s+Function\b"),
    "inline style attribute (refused by the content security policy)": re.compile(
        r"setAttribute\(\s*[\"']style"
    ),
}
TEMPLATE_BANS = {"upper case (Georgian has none)": re.compile(r"\|\s*upper\b")}


def _blank(match: re.Match) -> str:
    """As many line breaks as were there, so that the lines that follow keep their numbers."""
    return "\x00" + "\n" * match[0].count("\n")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def matches(text: str, bans: dict[str, re.Pattern]) -> list[tuple[int, str]]:
    """Where a pattern is found, comments left out."""
    bare = re.sub(r"/\*.*?\*/", _blank, COMMENT.sub(_blank, text), flags=re.S)
    return sorted(
        (_line(bare, found.start()), f"{what}: {found[0].strip()[:60]}")
        for what, pattern in bans.items()
        for found in pattern.finditer(bare)
    )


def georgian(text: str, pattern: re.Pattern = GEORGIAN_WORD) -> list[tuple[int, str]]:
    """Lines with Georgian words outside comments: they belong in the catalogue. One letter is no word."""
    bare = re.sub(r"/\*.*?\*/|^\s*//.*?$", _blank, COMMENT.sub(_blank, text), flags=re.S | re.M)
    return [
        (number, f"Georgian in the source, not in the catalogue: {line.strip()[:60]}")
        for number, line in enumerate(bare.splitlines(), 1)
        if pattern.search(re.sub("|".join(NAMES), "", line))
    ]


def untranslated(text: str) -> list[tuple[int, str]]:
    """Words that a reader would see or hear, in a template, outside every translation tag."""
    bare = text
    for pattern in (COMMENT, TRANSLATED_BLOCK, VERBATIM_CODE, CLASS_BLOCK):
        bare = pattern.sub(_blank, bare)
    found = []

    def look(words: str, line: int, where: str) -> None:
        left = [w for w in WORD.findall(ENTITY.sub(" ", words)) if w not in NAMES]
        if left:
            found.append((line, f"untranslated {where}: {' '.join(words.split())[:60]}"))

    for tag in PASSED_WORDS.finditer(bare):
        for literal in LITERAL_ARGUMENT.finditer(tag[1]):
            # One lower-case word is a name for the machine (tone="late"); more than that is said to a person.
            if re.search(r"\w\s+\w|^[A-Z][a-z]", literal[2]) and not tag[1][: literal.start(1)].endswith(
                "_("
            ):
                look(literal[2], _line(bare, tag.start(1) + literal.start()), "argument")
    shown = TEMPLATE_CODE.sub(_blank, bare)
    for attribute in SPOKEN_ATTRIBUTE.finditer(shown):
        look(attribute[2], _line(shown, attribute.start()), "attribute")
    for number, line in enumerate(HTML_TAG.sub(_blank, shown).splitlines(), 1):
        look(line, number, "text")
    return sorted(found)
