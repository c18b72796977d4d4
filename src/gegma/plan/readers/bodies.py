"""Several bodies in one cell: split where sure, left whole and told where not."""

from __future__ import annotations

import re

from .blocks import SOFT_BREAK
from .cells import LETTER, PLAIN_CODE, lines_of, outside_brackets
from .words import ends_in_connector, is_blank_mark, squeeze, strip_bullet

# Head nouns of Georgian names stand last; compared without white space, since narrow columns break words.
_HEADS_KA = (
    "სამინისტრო|სამსახური|სააგენტო|დეპარტამენტი|სამმართველო|განყოფილება|აპარატი|ცენტრი|პროკურატურა|საბჭო|კომიტეტი|ბიურო|"
    "აკადემია|უნივერსიტეტი|ინსტიტუტი|კომისია|პარლამენტი|სასამართლო|მერია|საკრებულო|ადმინისტრაცია|ფონდი|ორგანიზაცია|"
    "ორგანიზაციები|უწყება|უწყებები|დანაყოფი|დანაყოფები|პოლიცია|პალატა|ასოციაცია|ბანკი|მუზეუმი|ინსპექცია|ოფისი|საელჩო|"
    "წარმომადგენლობა|მთავრობა|სსიპ|აიპ|ააიპ|კურატორი|მოადგილე|სტრუქტურები|პარტნიორები|დონორები|სამინისტროები|"
    "მუნიციპალიტეტი|მუნიციპალიტეტები|სკოლა|კოლეჯი|ევროკომისია|ევროკავშირი|ჯგუფი|შტაბი|ფედერაცია|კავშირი|საზოგადოება|კორპუსი"
)
_HEAD_KA = re.compile(rf"(?:{_HEADS_KA})(?:\([^()]*\))?$")
_HEAD_EN = re.compile(
    r"\b(?:ministr(?:y|ies)|agenc(?:y|ies)|services?|offices?|departments?|divisions?|units?|cent(?:re|er)s?|councils?|committees?|"
    r"commissions?|bureau|academy|universit(?:y|ies)|institutes?|courts?|parliament|administration|funds?|organi[sz]ations?|authorit(?:y|ies)|"
    r"police|association|bank|secretariat|embass(?:y|ies)|delegation|municipalit(?:y|ies)|government|ngos?|board|ombudsman|directorate|"
    r"inspectorate|prosecution|lepl|union|chamber|donors?|partners|federation|corps)\b",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z]?[A-Z&+\-/’']*[A-Z&a-z]{0,2}s?(?:\d+)?(?:\s?\([^()]*\))?")


def split_bodies(text: str) -> tuple[list[str], list[str]]:
    """(bodies named in a cell, pieces whose commas were left alone because they may belong to a name).

    Line feeds and semicolons part bodies. A comma parts them only where every piece is plainly a body: each ends in
    (Georgian) or holds (English) a word such as ministry, agency, service, or all are acronyms. Commas in brackets
    never part.
    """
    bodies: list[str] = []
    doubts: list[str] = []
    for line in _whole_lines(text):
        for piece in outside_brackets(line, ";"):
            parts = outside_brackets(piece, ",")
            if len(parts) > 1 and not are_bodies(parts):
                if not _is_one_name(parts):
                    doubts.append(squeeze(piece))
                parts = [piece]
            bodies.extend(parts)
    cleaned = (squeeze(body).strip(" ,;.") if not body.rstrip().endswith("etc.") else squeeze(body) for body in bodies)
    kept = [body for body in cleaned if body and not is_blank_mark(body)]
    return list(dict.fromkeys(kept)), doubts


def are_bodies(parts: list[str]) -> bool:
    """Whether every one of the pieces between commas is surely a body of its own."""
    stripped = [squeeze(part).strip(" .;") for part in parts if squeeze(part).strip(" .;")]
    return bool(stripped) and (
        all(_ACRONYM.fullmatch(part) for part in stripped) or all(_is_body(part) for part in stripped)
    )


def _is_one_name(parts: list[str]) -> bool:
    """`განათლების, მეცნიერების, კულტურისა და სპორტის სამინისტრო`: genitives before one head noun."""
    *before, last = [re.sub(r"\s+", "", part).rstrip(".;") for part in parts]
    return all(part.endswith(("ის", "ისა", "თა", "ებს")) and not _HEAD_KA.search(part) for part in before) and bool(_HEAD_KA.search(last))


def _is_body(part: str) -> bool:
    if re.search(r"[ა-ჰ]", part):
        return bool(_HEAD_KA.search(re.sub(r"[\s\-–]+", "", part).rstrip("."))) or part.startswith(("სსიპ", "ა(ა)იპ", "სსდ"))
    words = part.split()
    starts_small = words[0][:1].islower()
    return not starts_small and (bool(_HEAD_EN.search(part)) or bool(_ACRONYM.fullmatch(part)))


def _whole_lines(text: str) -> list[str]:
    """Lines of a cell, a line that plainly goes on joined with the next."""
    out: list[str] = []
    for raw in lines_of(text):
        line, bullet = strip_bullet(raw.lstrip(SOFT_BREAK))
        marked = LETTER.match(line) if bullet is False and re.match(r"\s*\(?[^\W\d_]\)", line) else PLAIN_CODE.match(line)
        if marked:
            line = line[marked.end() :]
        before = out[-1] if out else ""
        goes_on = not bullet and not marked and before and (
            ends_in_connector(before)
            or before.count("(") > before.count(")")
            or (line[:1].isascii() and line[:1].islower())
            or line[:1] in "(,/)–"
        )
        if goes_on:
            out[-1] = f"{before} {line}"
        else:
            out.append(line)
    return out

