"""An article over time: its captures, any two of them compared, and what changed lately."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from crawler.changes import Kind, compare
from crawler.jobs.history import NotFound, Timeline
from crawler.reading_room.asked import CollectionName, Empty, Searched, Url
from crawler.reading_room.comparison import passages_of
from crawler.reading_room.library import Shelf, no_article
from crawler.reading_room.missing import Missing
from crawler.reading_room.recent import recent_changes
from crawler.reading_room.rendering import page
from crawler.reading_room.room import InRoom

routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

Side = Annotated[
    Annotated[str, Field(max_length=40)] | None,
    Empty,
    Query(description="Number of a revision, or the beginning of a capture's time."),
]


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
    fields = [(field, list(passages_of(field))) for field in change.fields]
    asked: dict[str, Any] = {"shelf": shelf, "timeline": timeline, "view": view, "older": older, "newer": newer}
    return page("diff.html", room, old=old, new=new, change=change, fields=fields, **asked)


@routes.get("/changes", summary="What changed lately")
def changes(room: InRoom, asked: Searched, kind: Annotated[Kind | None, Empty] = None) -> Response:
    """The last changes that were seen in the articles that `/search` with the same parameters finds."""
    found = recent_changes(room.library.chosen(asked.collection), asked.wanted, kind)
    return page("changes.html", room, found=found, asked=asked, kind=kind)


def timeline_of(shelf: Shelf, url: str) -> Timeline:
    """The article of an address over time; Missing, if there is none."""
    try:
        return Timeline(shelf.collection, url)
    except NotFound:
        raise no_article(shelf.name, url) from None


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
