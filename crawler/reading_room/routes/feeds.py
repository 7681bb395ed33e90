"""Feeds of what is new: articles and changes, of everything, a site or a search (RFC 4287)."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from crawler.changes import Kind
from crawler.reading_room.asked import Empty, Searched
from crawler.reading_room.recent import recent_changes
from crawler.reading_room.rendering import render
from crawler.reading_room.room import InRoom

ATOM = "application/atom+xml"
LENGTH = 50
"""Entries of a feed."""


class Atom(Response):
    """An Atom feed."""

    media_type = ATOM


routes = APIRouter(tags=["feeds"], default_response_class=Atom)


@routes.get("/feed.atom", summary="The newest articles of a search as an Atom feed")
def articles(request: Request, room: InRoom, asked: Searched) -> Response:
    """What `/search` with the same parameters finds, the newest first."""
    newest = asked.model_copy(update={"sort": "date"})
    findings = room.library.find(newest.wanted, asked.collection, most=LENGTH)
    base = str(request.base_url).rstrip("/")
    return Atom(render("feed.xml", room, base=base, asked=asked, found=findings.found, itself=_itself(request, base)))


@routes.get("/changes.atom", summary="What changed lately as an Atom feed")
def changes(request: Request, room: InRoom, asked: Searched, kind: Annotated[Kind | None, Empty] = None) -> Response:
    """The last changes that were seen in the articles that `/search` with the same parameters finds."""
    found = recent_changes(room.library.chosen(asked.collection), asked.wanted, kind)
    base = str(request.base_url).rstrip("/")
    told = {"base": base, "asked": asked, "kind": kind, "itself": _itself(request, base)}
    return Atom(render("changes.xml", room, found=found, **told))


def _itself(request: Request, base: str) -> str:
    query = request.url.query
    return f"{base}{request.url.path}?{query}" if query else f"{base}{request.url.path}"
