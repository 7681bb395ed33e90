"""How things stand, for whoever watches over the reading room."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response

from archives.counted import counted
from archives.errors import ArchiveError
from archives.replay import answers
from crawler import __version__
from crawler.reading_room.library import Shelf
from crawler.reading_room.room import InRoom, Room

OK, UNREADABLE = 200, 503
"""For whoever looks at the status alone; with the second, readers are better sent elsewhere (RFC 9110, 15.6.4)."""
routes = APIRouter(tags=["JSON"])


@routes.get(
    "/health",
    summary="Whether all parts are at work",
    responses={UNREADABLE: {"description": "A collection cannot be read."}},
)
def health(room: InRoom, response: Response) -> dict[str, Any]:
    """`status` is `ok`, or `degraded` by what `problems` tells, a line each; and what the collections hold."""
    holdings = {shelf.name: holding(shelf) for shelf in room.library}
    problems = [*without_replay(room), *(line for name, held in holdings.items() for line in wrong(name, held))]
    response.status_code = UNREADABLE if any("fault" in held for held in holdings.values()) else OK
    replay = room.replay_url
    return {
        "status": "degraded" if problems else "ok",
        "problems": problems,
        "version": __version__,
        "replay": replay,
        "why_no_replay": None if replay else room.why_no_replay,
        "collections": holdings,
    }


def holding(shelf: Shelf) -> dict[str, Any]:
    """How much a collection holds; the `fault`, if it cannot be read."""
    try:
        return {
            "articles": shelf.collection.catalog.count_articles(),
            "searchable": shelf.search.possible,
            "waiting": shelf.search.waiting(),
        }
    except ArchiveError as fault:
        return {"fault": str(fault)}


def wrong(name: str, held: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a collection."""
    if "fault" in held:
        yield f"{name} cannot be read: {held['fault']}"
    elif not held["searchable"]:
        yield f"{name} has no search index; the next crawl makes it, if SQLite has FTS5 here"
    elif held["waiting"]:
        yield f"{name}: {counted(held['waiting'], 'article')} not searchable yet; a crawl under way or the next does it"


def without_replay(room: Room) -> Iterator[str]:
    """Why captures are not replayed, if they are meant to be."""
    address = room.replay_url
    if room.replay and address is None:
        yield room.why_no_replay
    elif address and not answers(address):
        yield f"{address}: the replay server does not answer; see whether it is at work"
