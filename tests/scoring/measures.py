"""How near an extracted field comes to what is known of the page: 0 for a miss, 1 for a hit, and what lies between."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

RUN = 4
"""Words in a shingle, as the public article extraction benchmark has it."""
SAME_INSTANT = 60
"""Seconds within which two moments are one."""
_ALIKE = {
    **dict.fromkeys(map(ord, "‘’‚‛′`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»‹›"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two multisets have in common."""

    hits: int
    extra: int
    missed: int

    @classmethod
    def of(cls, wanted: Counter[Hashable], got: Counter[Hashable]) -> "Overlap":
        """Of what is wanted and what was found."""
        hits = (wanted & got).total()
        return cls(hits, got.total() - hits, wanted.total() - hits)

    @property
    def precision(self) -> float:
        """The share of what was found that is wanted; of nothing, whether nothing is missed."""
        found = self.hits + self.extra
        return self.hits / found if found else float(not self.missed)

    @property
    def recall(self) -> float:
        """The share of what is wanted that was found; of nothing, whether nothing is too much."""
        wanted = self.hits + self.missed
        return self.hits / wanted if wanted else float(not self.extra)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return harmonic(self.precision, self.recall)


def harmonic(precision: float, recall: float) -> float:
    """The harmonic mean; 0 of two noughts."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def words(text: str | None) -> list[str]:
    """Runs of word characters, as they stand."""
    return _WORD.findall(text or "")


def shingles(text: str | None) -> Counter[Hashable]:
    r"""Every run of four words, as a multiset; a text of fewer words is one run."""
    found = words(text)
    return Counter(tuple(found[start : start + RUN]) for start in range(max(1, len(found) - RUN + 1)) if found)


def body(golds: Iterable[str], got: str | None) -> tuple[Overlap, bool]:
    """The overlap in shingles with the nearest of the acceptable bodies, and whether the words are its words."""
    found, text = shingles(got), words(got)
    return max(((Overlap.of(shingles(gold), found), words(gold) == text) for gold in golds), key=lambda one: one[0].f1)


def word_f1(gold: str, got: str | None) -> float:
    """The F1 of the words in lower case, wherever they stand."""
    return Overlap.of(Counter(words(gold.lower())), Counter(words((got or "").lower()))).f1


def folded(text: str | None) -> str:
    """Without case, and with white space, quotation marks and dashes made plain."""
    plain = unicodedata.normalize("NFKC", text or "").translate(_ALIKE)
    return " ".join(plain.casefold().split())


def title_exact(gold: str, got: str | None) -> bool:
    """Whether the title is the known one."""
    return folded(gold) == folded(got)


def title_shown(gold: str, got: str | None, headings: Iterable[str]) -> bool:
    """Whether the title is known or, where no heading shows the known one, is one that is shown, kicker or not."""
    if title_exact(gold, got):
        return True
    shown, title = [folded(heading) for heading in headings], folded(got)
    printed = any(heading == title or heading.endswith(f" {title}") for heading in shown)
    return printed and len(title) >= 10 and folded(gold) not in shown


def names(authors: Iterable[object] | None) -> Counter[Hashable]:
    """The authors' names, given as such or as objects with a name, each once."""
    told = (author.get("name") if isinstance(author, dict) else author for author in authors or ())
    return Counter({folded(str(name)) for name in told if name} - {""})


def same_day(gold: str, got: str | None) -> bool:
    """Whether both are the same day in the zone of the known date."""
    known, found = moment(gold), moment(got)
    if known is None or found is None:
        return False
    if known.tzinfo and found.tzinfo:
        found = found.astimezone(known.tzinfo)
    return known.date() == found.date()


def same_instant(gold: str, got: str | None) -> bool | None:
    """Whether both are the same moment, a lost zone being a miss; None where the known date is a day alone."""
    known, found = moment(gold), moment(got)
    if known is None or not tells_time(gold):
        return None
    if found is None or not tells_time(got) or (known.tzinfo and not found.tzinfo):
        return False
    if not known.tzinfo:
        found = found.replace(tzinfo=None)
    return abs((found - known).total_seconds()) < SAME_INSTANT


def moment(text: str | None) -> datetime | None:
    """An ISO 8601 date as it stands; None of anything else."""
    try:
        return datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None


def tells_time(text: str | None) -> bool:
    """Whether there is more than the day."""
    return len((text or "").strip()) > len("2031-03-02")


def link_key(url: str | None) -> tuple[str, str]:
    """By what two addresses are the same story: host and path."""
    parts = urlsplit(url or "")
    return parts.netloc.lower().removeprefix("www."), unquote(parts.path).rstrip("/")
