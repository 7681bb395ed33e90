"""An article over time: its captures, any two of them compared, and what changed lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from crawler.changes import FieldChange, Kind, Part, compare, paragraphs, word_changes
from crawler.jobs.history import NotFound, Timeline
from crawler.reading_room.asked import CollectionName, Empty, Label, Url
from crawler.reading_room.library import Shelf
from crawler.reading_room.missing import Missing
from crawler.reading_room.recent import MOST, recent_changes
from crawler.reading_room.rendering import page
from crawler.reading_room.room import InRoom

routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

Side = Annotated[
    Annotated[str, Field(max_length=40)] | None,
    Empty,
    Query(description="Number of a revision, or the beginning of a capture's time."),
]
WHOLE = {"date_published", "date_modified", "section", "access", "kind", "language"}
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


@routes.get("/revisions", summary="An article over time")
def revisions(room: InRoom, url: Url, name: CollectionName = None) -> Response:
    """Each capture of an article, which revision it showed, and what kind of change there was."""
    shelf = room.library.shelf(name)
    timeline = timeline_of(shelf, url)
    looks = list(timeline.looks())
    return page("revisions.html", room, shelf=shelf, timeline=timeline, looks=looks, many=len(timeline.revisions) > 1)


@routes.get("/diff", summary="Two revisions of an article, side by side or in one text")
def diff(
    room: InRoom,
    url: Url,
    name: CollectionName = None,
    older: Annotated[Side, Query(alias="from")] = None,
    newer: Annotated[Side, Query(alias="to")] = None,
    view: Literal["inline", "side"] = "inline",
) -> Response:
    """Field by field and word by word; by default the last revision and the one before it."""
    shelf = room.library.shelf(name)
    timeline = timeline_of(shelf, url)
    old, new = sides(shelf, timeline, older, newer)
    change = compare(old, new)
    fields = [(field, list(passages(list(rows_of(field))))) for field in change.fields]
    values: dict[str, Any] = {
        "shelf": shelf,
        "timeline": timeline,
        "old": old,
        "new": new,
        "change": change,
        "fields": fields,
    }
    return page("diff.html", room, view=view, older=older, newer=newer, **values)


@routes.get("/changes", summary="What changed lately")
def changes(
    room: InRoom, name: CollectionName = None, site: Label = None, kind: Annotated[Kind | None, Empty] = None
) -> Response:
    """The last changes that were seen in articles, named by their kind."""
    found = [one for shelf in room.library.chosen(name) for one in recent_changes(shelf, site=site, kind=kind)]
    found.sort(key=lambda one: str(one.told["date"]), reverse=True)
    return page("changes.html", room, found=found[:MOST], name=name, site=site, kind=kind)


def timeline_of(shelf: Shelf, url: str) -> Timeline:
    """The article of an address over time; Missing, if there is none."""
    try:
        return Timeline(shelf.collection, url)
    except NotFound:
        raise Missing(f"{shelf.name} has no article of {url}", "It may be in another collection.") from None


def sides(
    shelf: Shelf, timeline: Timeline, older: str | None, newer: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two items that are compared; Missing, if one is not there."""
    numbers = sorted(timeline.revisions)
    try:
        new = timeline.item(newer or str(numbers[-1]), shelf.sites)
        before = [number for number in numbers if number < (new["revision"] or 0)]
        return timeline.item(older or str((before or numbers)[-1]), shelf.sites), new
    except NotFound as fault:
        raise Missing("No such revision or capture", str(fault)) from None


def rows_of(field: FieldChange) -> Iterator[Row]:
    """A field that changed, in rows."""
    old, new = field.old, field.new
    if isinstance(old, list) or isinstance(new, list):
        for one in old or []:
            kept = one in (new or [])
            yield Row([Part(label_of(one), label_of(one) if kept else "", kept=kept)])
        come = (one for one in new or [] if one not in (old or []))
        yield from (Row([Part("", label_of(one), kept=False)]) for one in come)
    elif field.field in WHOLE or old is None or new is None:
        yield Row([Part(str(old or ""), str(new or ""), kept=False)])
    else:
        yield from (Row(parts) for parts in paragraphs(word_changes(old, new)))


def passages(rows: list[Row]) -> Iterator[Passage]:
    """The rows, those put aside that have no change in them and none beside them, if there are a few in a row."""
    near = [any(not row.same for row in rows[max(0, at - 1) : at + 2]) for at in range(len(rows))]
    for is_near, group in groupby(range(len(rows)), key=near.__getitem__):
        some = [rows[at] for at in group]
        yield Passage(some, aside=not is_near and len(some) > 1)


def label_of(entry: object) -> str:
    """An author, a picture or a tag on one line."""
    if not isinstance(entry, dict):
        return str(entry)
    return ", ".join(str(value) for value in entry.values() if value and value is not True)
