"""What somebody searches for."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from archives.search.document import folded
from archives.search.query import Query, parse
from archives.search.words import UNSEEN

Order = Literal["relevance", "date"]
_LABELLED = "SELECT 1 FROM search_labels WHERE document = d.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Words and filters; what is not given is not asked for."""

    text: str = ""
    """As a person writes it, see `archives.search.query.parse`."""
    site: str | None = None
    author: str | None = None
    section: str | None = None
    tag: str | None = None
    language: str | None = None
    """BCP 47; only the language itself counts."""
    since: date | None = None
    """The first day on which it may have come out, in UTC."""
    until: date | None = None
    """The last one."""
    changed_since: date | None = None
    """The day since when its last change was captured."""
    order: Order = "relevance"

    @property
    def query(self) -> Query | None:
        """What the text index is asked for; None, if for nothing."""
        return parse(self.text)

    @property
    def hopeless(self) -> bool:
        """Whether words were given, and none that could be found."""
        return bool(self.text.strip()) and self.query is None

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """The filters as SQL on `search_documents` as `d`, with their values."""
        plain = {
            "d.site = :site": ("site", self.site),
            "d.language = :language": ("language", (self.language or "").partition("-")[0].lower() or None),
            "d.day >= :since": ("since", self.since and self.since.isoformat()),
            "d.day <= :until": ("until", self.until and self.until.isoformat()),
            "d.changed >= :changed": ("changed", self.changed_since and self.changed_since.isoformat()),
        }
        found = {sql: pair for sql, pair in plain.items() if pair[1] is not None}
        clauses, values = list(found), dict(found.values())
        for kind in ("author", "section", "tag"):
            if (label := getattr(self, kind)) is not None:
                clauses.append(f"EXISTS ({_LABELLED} AND kind = '{kind}' AND folded = :{kind})")
                values[kind] = folded(label)
        return clauses, {name: UNSEEN.sub("", str(value)) for name, value in values.items()}
