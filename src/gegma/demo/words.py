"""The words of the demo year: read from the example's files, put together in Georgian and English."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LETTERS = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
# The official romanisation, without apostrophes, as passports have it; same order as the letters.
ROMAN = (
    *("a", "b", "g", "d", "e", "v", "z", "t", "i", "k", "l", "m", "n", "o", "p", "zh", "r", "s", "t", "u"),
    *("p", "k", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", "j", "h"),
)
LATIN = dict(zip(LETTERS, ROMAN, strict=True))


@dataclass(frozen=True)
class Phrase:
    """The same words in both languages; of is the Georgian genitive where the rule does not give it."""

    ka: str
    en: str
    of: str = ""

    def facts(self, name: str) -> tuple[dict[str, str], dict[str, str]]:
        """What templates may put in under this name: Georgian, English."""
        return {name: self.ka, f"{name}_of": self.of or genitive(self.ka)}, {name: self.en}


def genitive(text: str) -> str:
    """The Georgian genitive of a phrase whose last word carries the case."""
    if text[-1] in "აე":
        return text[:-1] + "ის"
    if text[-1] in "ოუ":
        return text + "ს"
    return text + ("ს" if text[-1] == "ი" else "ის")


def latin(name: str) -> str:
    """A Georgian name in Latin letters, as in a passport."""
    return " ".join("".join(LATIN.get(c, c) for c in word).capitalize() for word in name.split())


def say(template: list[str], **phrases: Phrase) -> Phrase:
    """A template [Georgian, English] with phrases put in."""
    georgian: dict[str, str] = {}
    english: dict[str, str] = {}
    for name, phrase in phrases.items():
        in_georgian, in_english = phrase.facts(name)
        georgian |= in_georgian
        english |= in_english
    return Phrase(template[0].format(**georgian), template[1].format(**english))


class Words:
    """The texts of an example folder, drawn from by chance."""

    def __init__(self, folder: Path, rng: random.Random):
        self.rng = rng
        self.texts: dict[str, Any] = read(folder / "texts.yaml")
        self.areas = list(self.texts["topics"])

    def topic(self, areas: tuple[str, ...] = ()) -> Phrase:
        """A topic of one of the areas, or of any."""
        area = self.rng.choice(areas or self.areas)
        return Phrase(*self.rng.choice(self.texts["topics"][area]))

    def title(self, group: str, kind: str, **phrases: Phrase) -> Phrase:
        """A title for a record of this kind; a topic is drawn where none is given. Templates that lack a phrase are passed over."""
        phrases.setdefault("topic", self.topic())
        known = {f"{{{n}{case}}}" for n in phrases for case in ("", "_of")}
        fitting = [t for t in self.texts[group][kind] if not _asked(t[0]) - known]
        return say(self.rng.choice(fitting), **phrases)

    def name(self, sex: str) -> str:
        """An invented name."""
        return f"{self.rng.choice(self.texts['first_names'][sex])} {self.rng.choice(self.texts['last_names'])}"


def _asked(template: str) -> set[str]:
    return {"{" + part.split("}")[0] + "}" for part in template.split("{")[1:]}


def read(file: Path) -> Any:
    """A YAML file of the example."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))
