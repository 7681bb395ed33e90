"""Prose from the language banks: sentences with slots, drawn so that the same number always gives the same story."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

FIGURES = {"years": (15, 61), "dozens": (15, 96), "hundreds": (110, 890), "thousands": (4, 96)}
"""Numbers that are drawn anew for every sentence, and their bounds."""


@dataclass(frozen=True, slots=True)
class Bank:
    """The sentences of one language."""

    language: str
    agencies: tuple[str, ...]
    staff: tuple[str, ...]
    photographers: tuple[str, ...]
    months: tuple[str, ...]
    day_form: str
    sections: dict[str, str]
    slots: dict[str, list[Any]]
    shared: dict[str, list[str]]
    topics: tuple[dict[str, Any], ...]


@cache
def bank(language: str) -> Bank:
    """The bank of a language: 'en', 'ru', 'de', 'ja' or 'ar'."""
    content = tomllib.loads((files("crawler.newsroom") / "banks" / f"{language}.toml").read_text(encoding="utf-8"))
    return Bank(
        language=language,
        agencies=tuple(content["agencies"]),
        staff=tuple(content["staff"]),
        photographers=tuple(content["photographers"]),
        months=tuple(content["months"]),
        day_form=content["day_form"],
        sections=content["sections"],
        slots=content["slots"],
        shared=content["shared"],
        topics=tuple(content["topic"]),
    )


class Writer:
    """Writes one story's sentences: slots are filled once, sentences do not repeat."""

    def __init__(self, language: str, topic: int, seed: str, base: str) -> None:
        self.bank = bank(language)
        self.topic = self.bank.topics[topic % len(self.bank.topics)]
        self.random = Random(seed)  # noqa: S311 - prose, not secrets
        self._slots = _cast(self.bank, self.random, base)
        self._decks: dict[str, list[str]] = {}

    def headline(self) -> str:
        """A headline of the topic."""
        return self._fill(self.random.choice(self.topic["headlines"]))

    def other_headline(self, title: str) -> str:
        """A headline of the same topic in other words."""
        choices = [text for text in map(self._fill, self.topic["headlines"]) if text != title]
        return self.random.choice(choices)

    def standfirst(self) -> str:
        """Two lines under the headline."""
        return self._fill(self.random.choice(self.topic["standfirsts"]))

    def lead(self) -> str:
        """The first paragraph."""
        return self._fill(self.random.choice(self.topic["leads"]))

    def sentence(self, deck: str) -> str:
        """The next sentence of a deck (`details`, `quotes`, `background`, `headings` …); no repeats until all are used."""
        if not self._left(deck):
            del self._decks[deck]
        self._left(deck)
        return self._fill(self._decks[deck].pop())

    def paragraph(self, deck: str, sentences: int) -> str:
        """Up to so many sentences of a deck as one paragraph; empty once all have been used."""
        gap = "" if self.bank.language == "ja" else " "
        return gap.join(self.sentence(deck) for _ in range(min(sentences, self._left(deck))))

    def _left(self, deck: str) -> int:
        """How many sentences of a deck have not been used."""
        if deck not in self._decks:
            cards = [*self.topic.get(deck, ()), *self.bank.shared.get(deck, ())]
            self.random.shuffle(cards)
            self._decks[deck] = cards
        return len(self._decks[deck])

    def credit(self) -> str:
        """Photographer and agency or paper."""
        return f"{self.random.choice(self.bank.photographers)} / {self.random.choice(self.bank.agencies)}"

    def place(self) -> str:
        """The place where the story happens."""
        return self._slots["place"]

    def _fill(self, sentence: str) -> str:
        return sentence.format_map(self._slots | self._figures())

    def _figures(self) -> dict[str, str]:
        return {name: str(self.random.randrange(*bounds)) for name, bounds in FIGURES.items()}


def _cast(prose: Bank, random: Random, base: str) -> dict[str, str]:
    slots = {name: random.choice(choices) for name, choices in prose.slots.items()}
    others = [place for place in prose.slots["place"] if place != slots["place"]]
    cast = {"base": base, "n": str(5 * random.randint(3, 98)), "m": str(random.randint(5, 9))}
    for name, chosen in (*slots.items(), ("place2", random.choice(others))):
        if isinstance(chosen, dict):  # a place with its cases, e.g. {nom = "Сельмарк", in = "в Сельмарке"}
            cast |= {f"{name}_{case}": form for case, form in chosen.items()}
            cast[name] = chosen["nom"]
        else:
            cast[name] = chosen
    cast["Body"] = cast["body"][0].upper() + cast["body"][1:]
    cast["lastname"] = cast["person"].split()[-1]
    cast["expertlast"] = cast["expert"].split()[-1]
    return cast
