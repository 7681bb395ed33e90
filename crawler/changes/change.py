"""Two items of one article → what changed, and what kind of change it is."""

from dataclasses import asdict, dataclass
from typing import Any

from archives.seen import changed_fields
from crawler.changes.fields import FieldChange, Item, field_changes
from crawler.changes.kinds import Kind, kinds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a reader sees changed between two captures of an article; empty, if nothing."""

    kinds: tuple[Kind, ...]
    """What kind of change it is, the gravest first: a new headline may come with a silent edit."""
    fields: tuple[FieldChange, ...]

    @property
    def kind(self) -> Kind | None:
        """The gravest; None if nothing changed."""
        return self.kinds[0] if self.kinds else None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"kind": self.kind, "kinds": list(self.kinds), "fields": [asdict(change) for change in self.fields]}


def compare(old: Item, new: Item) -> Change:
    """What a reader sees changed from one item to the other, noise left out (see `archives.seen`).

    Beside what changed stands the date of modification, if it moved with it.
    """
    names = changed_fields(old, new)
    told = [*names, "date_modified"] if names else []
    return Change(kinds=kinds_of(old, new, names), fields=tuple(field_changes(old, new, told)))
