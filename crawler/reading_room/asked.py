"""Parameters that several addresses have: each is checked before anything is looked up."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from w3lib.url import safe_url_string

from archives.search.wanted import Order, Wanted

LONGEST_URL = 8_000
PAGE = 20
LAST_PAGE = 500


def _none_if_empty(value: Any) -> Any:  # noqa: ANN401  # whatever was sent
    return None if isinstance(value, str) and not value.strip() else value


Empty = BeforeValidator(_none_if_empty)
"""A field of a form that was left empty is as good as not there."""
Label = Annotated[Annotated[str, Field(max_length=300)] | None, Empty]
Day = Annotated[date | None, Empty]

CollectionName = Annotated[
    Annotated[str, Field(max_length=255)] | None,
    Empty,
    Query(alias="in", description="A collection; not needed if only one is open."),
]


def as_sent(url: str) -> str:
    """An address as a crawl asks for it, if it is written with letters, as pages show it (RFC 3987, § 3.1)."""
    if url.isascii():
        return url
    try:
        return safe_url_string(url)
    except ValueError:
        return url


Url = Annotated[
    str,
    AfterValidator(as_sent),
    Query(min_length=1, max_length=LONGEST_URL, description="Address of an article or a capture."),
]
RecordId = Annotated[
    str, Query(min_length=1, max_length=300, description="WARC-Record-ID, e.g. `<urn:uuid:…>`.", alias="record")
]
Revision = Annotated[
    Annotated[int, Field(ge=1, le=1_000_000)] | None,
    Empty,
    Query(description="Number of a revision; by default the last."),
]


PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE, alias="page", description="Number of a page.")]


class SearchedFor(BaseModel):
    """What a search form sends."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    q: str = Field("", max_length=1_000, description='Words; `"in a row"`, `begin*`, `-without`, `title:word`.')
    collection: Label = Field(None, alias="in", description="A collection; by default all that are open.")
    site: Label = Field(None, description="Name of a site.")
    author: Label = Field(None, description="An author's name, without regard to case and accents.")
    section: Label = Field(None, description="A section, likewise.")
    tag: Label = Field(None, description="A tag, likewise.")
    language: Label = Field(None, description="BCP 47, e.g. `en`.")
    since: Day = Field(None, description="First day of publication, in UTC.")
    until: Day = Field(None, description="Last day of publication.")
    changed_since: Day = Field(None, description="Day since when a change was captured.")
    sort: Order = Field("relevance", description="Without words, the newest come first in any case.")
    page: int = Field(1, ge=1, le=LAST_PAGE, description=f"Of {PAGE} articles.")

    @property
    def wanted(self) -> Wanted:
        """The same for the search."""
        named = ("site", "author", "section", "tag", "language", "since", "until", "changed_since")
        return Wanted(text=self.q, order=self.sort, **{name: getattr(self, name) for name in named})

    @property
    def start(self) -> int:
        """Number of the page's first hit."""
        return (self.page - 1) * PAGE

    def query(self, **changes: Any) -> str:  # noqa: ANN401  # values of any field
        """The same search, with changes and whatever else is given, as the query of an address."""
        told = self.model_copy(update=changes).model_dump(by_alias=True, exclude_defaults=True, mode="json")
        told |= {name: value for name, value in changes.items() if name not in type(self).model_fields}
        return urlencode({name: value for name, value in told.items() if value is not None})

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by field."""
        kept = self.model_dump(exclude={"q", "collection", "sort", "page"}, exclude_none=True, mode="json")
        return {name: str(value) for name, value in kept.items()}


Searched = Annotated[SearchedFor, Query()]
