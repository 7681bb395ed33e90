"""What a verification says: findings, and how much it looked at."""

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold."""

    file: str
    offset: int | None
    """In the file; None where the finding is about the file as a whole or about a row."""
    what: str
    next: str = ""
    """What to do about it; '' if there is nothing to do but to know."""
    because_of: str = field(default="", repr=False)
    """The WARC file in whose loss it has its cause; '' if it has another."""
    of: str = field(default="", repr=False)
    """What it is about, to count it by, e.g. 'item'."""

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at {self.offset}"
        return f"{place}: {self.what}" + (f"; {self.next}" if self.next else "")


@dataclass(slots=True, kw_only=True)
class Checked:
    """How much was looked at, counted while a verification goes on."""

    files: int = 0
    records: int = 0
    captures: int = 0
    """Indexed captures of collections, each held against its row and its line."""
    items: int = 0
    """Items of collections, each held against its capture."""
    elsewhere: int = 0
    """WARC files of collections that are in other folders of theirs, and were not looked at."""
    unfinished: int = 0
    """What does not hold yet in files that a crawl is writing, and is no finding."""

    def add(self, other: "Checked") -> None:
        """Count what was looked at elsewhere."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
