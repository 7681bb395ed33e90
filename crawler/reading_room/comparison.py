"""A field of two revisions side by side: rows of kept and changed words, and what may be left out of sight."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from crawler.changes import FieldChange, Part, paragraphs, word_changes
from crawler.reading_room.words import moment

DATES = {"date_published", "date_modified"}
WHOLE = {*DATES, "section", "access", "kind", "language"}
"""Fields whose values are compared as wholes."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a comparison: a paragraph, or a whole value."""

    parts: list[Part]

    @property
    def same(self) -> bool:
        """Whether nothing changed in it."""
        return all(part.kept for part in self.parts)

    @property
    def old(self) -> list[Part]:
        """What was there before."""
        return [part for part in self.parts if part.old]

    @property
    def new(self) -> list[Part]:
        """What is there since."""
        return [part for part in self.parts if part.new]


@dataclass(frozen=True, slots=True)
class Passage:
    """Rows of a comparison that belong together: changed ones with what stands beside them, or others."""

    rows: list[Row]
    aside: bool
    """Whether nothing changed there or next to it."""


def passages_of(field: FieldChange) -> Iterator[Passage]:
    """A field that changed; rows are put aside that have no change in them and none beside them, a few at a time."""
    rows = list(_rows(field))
    near = [any(not row.same for row in rows[max(0, at - 1) : at + 2]) for at in range(len(rows))]
    for is_near, group in groupby(range(len(rows)), key=near.__getitem__):
        some = [rows[at] for at in group]
        yield Passage(some, aside=not is_near and len(some) > 1)


def _rows(field: FieldChange) -> Iterator[Row]:
    old, new = field.old, field.new
    if isinstance(old, list) or isinstance(new, list):
        for one in old or []:
            kept = one in (new or [])
            yield Row([Part(_label(one), _label(one) if kept else "", kept=kept)])
        come = (one for one in new or [] if one not in (old or []))
        yield from (Row([Part("", _label(one), kept=False)]) for one in come)
    elif field.field in WHOLE or old is None or new is None:
        yield Row([Part(_value(field.field, old), _value(field.field, new), kept=False)])
    else:
        yield from (Row(parts) for parts in paragraphs(word_changes(old, new)))


def _value(field: str, value: object) -> str:
    return moment(str(value or "")) if field in DATES else str(value or "")


def _label(entry: object) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    return ", ".join(str(value) for value in entry.values() if value and value is not True)
