"""Field by field: what a field was, and what it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; both values as in the items, None where there is none."""

    field: str
    old: Any
    new: Any


def field_changes(old: Item, new: Item, names: Iterable[str]) -> list[FieldChange]:
    """Those of the named fields that differ between two items, in the order of the names."""
    return [FieldChange(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]
