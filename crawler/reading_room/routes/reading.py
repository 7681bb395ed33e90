"""Reading one article: its page, its pictures, its record, its Markdown, and whether it is still as archived."""

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from archives.http import parse
from archives.warc.reader import read_record
from archives.warcs import opened
from crawler.export.markdown import file_name, to_markdown
from crawler.reading_room.asked import CollectionName, RecordId, Revision, Url
from crawler.reading_room.library import PICTURES, Read, Shelf
from crawler.reading_room.missing import Missing
from crawler.reading_room.prose import to_html
from crawler.reading_room.rendering import address, article_address, page
from crawler.reading_room.room import InRoom
from crawler.reading_room.verifying import verify_capture

routes = APIRouter(tags=["pages"])
LARGEST_PICTURE = 30_000_000
"""Bytes."""
FIELDS = {
    "title": "Headline",
    "canonical_url": "Canonical address",
    "byline": "Byline",
    "authors": "Authors",
    "date_published": "Published",
    "date_modified": "Modified",
    "body": "Text",
    "description": "Standfirst",
    "images": "Pictures",
    "related_links": "Related links",
    "section": "Section",
    "tags": "Tags",
    "language": "Language",
    "access": "Access",
    "kind": "Kind",
}
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_NO_PAGE = "default-src 'none'; sandbox"
"""The policy of what is no page of ours: a browser that opens it does nothing with it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a story."""

    image: dict[str, Any]
    shown: str | None
    """Where it is shown; None, if it was not archived."""


@dataclass(frozen=True, slots=True)
class Related:
    """A related link."""

    link: dict[str, Any]
    archived: str | None
    """Where the article is read, or else its captures are; None, if the collection does not have it."""


@routes.get("/article", response_class=HTMLResponse, summary="An article, with where each part of it comes from")
def article(room: InRoom, url: Url, name: CollectionName = None, revision: Revision = None) -> Response:
    """The text as it was extracted, with its pictures from the archive, and its provenance."""
    read = room.library.shelf(name).article(url, revision)
    shelf, item = read.shelf, read.item
    links = item.get("related_links") or []
    places = places_of(shelf, {link["url"] for link in links})
    body = to_html(item.get("body_markdown") or item.get("body") or "", partial(places_of, shelf))
    capture = item["capture"]
    return page(
        "article.html",
        room,
        read=read,
        item=item,
        body=body,
        signed=signed(item),
        pictures=_pictures(read),
        related=[Related(link, places.get(link["url"])) for link in links],
        sources=[(FIELDS.get(field, field.replace("_", " ")), rule) for field, rule in item.get("sources", {}).items()],
        replayed=room.replayed(shelf.name, item["url"], capture["date"]),
    )


def places_of(shelf: Shelf, urls: Set[str]) -> dict[str, str]:
    """Where those of some addresses are read that are articles here, and where the captures of others are."""
    articles = shelf.articles_of(urls)
    captured = shelf.captured(urls - articles)
    return {
        **{url: article_address(shelf.name, url) for url in articles},
        **{url: address("/calendar", in_=shelf.name, url=url) for url in captured},
    }


def signed(item: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The byline in pieces: (text, author's name or None); authors that it does not name come behind it."""
    names = [author["name"] for author in item.get("authors") or ()]
    line = item.get("byline") or ""
    named = [name for name in names if name in line]
    pattern = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    pieces = (
        [(part, part if part in named else None) for part in re.split(f"({pattern})", line) if part] if named else []
    )
    others = [(name, name) for name in names if name not in named]
    return [*(pieces or ([(line, None)] if line else [])), *others]


def _pictures(read: Read) -> list[Picture]:
    images = read.item.get("images") or []
    held = read.shelf.pictures(image["url"] for image in images)
    near = read.item["capture"]["date"]
    return [
        Picture(
            image,
            address("/picture", in_=read.shelf.name, url=image["url"], near=near) if image["url"] in held else None,
        )
        for image in images
    ]


@routes.get(
    "/picture",
    summary="A picture from the archive",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in PICTURES}}},
)
def picture(
    room: InRoom, url: Url, name: CollectionName = None, near: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The bytes of a picture as archived next after a time, if they are those of a picture."""
    shelf = room.library.shelf(name)
    capture = shelf.picture(url, near)
    exchange = shelf.collection.exchange(capture)
    content = parse(exchange.response, limit=LARGEST_PICTURE).body
    if not (content.startswith(_BEGINNINGS) or content[4:8] == b"ftyp"):
        raise Missing("What is archived there is no picture", "Its bytes are in the record.")
    headers = {"Content-Security-Policy": _NO_PAGE, "Cache-Control": "private, max-age=300"}
    mime = capture.mime if capture.mime in PICTURES else "image/png"
    return Response(content, media_type=mime, headers=headers)


@routes.get("/article.md", response_class=PlainTextResponse, summary="An article as Markdown")
def markdown(room: InRoom, url: Url, name: CollectionName = None, revision: Revision = None) -> Response:
    """The article as `newswarc export --format markdown` writes it."""
    read = room.library.shelf(name).article(url, revision)
    headers = {"Content-Disposition": f'inline; filename="{file_name(read.item)}"', "Content-Security-Policy": _NO_PAGE}
    return Response(to_markdown(read.item), media_type="text/markdown; charset=utf-8", headers=headers)


@routes.get(
    "/record",
    summary="A WARC record as it is in its file",
    response_class=Response,
    responses={200: {"content": {"application/warc": {}}}},
)
def record(room: InRoom, record_id: RecordId, name: CollectionName = None) -> Response:
    """The record's own bytes, a gzip member that is a WARC file by itself."""
    shelf = room.library.shelf(name)
    capture = shelf.capture(record_id)
    with opened(shelf.collection.warcs.source_at(capture, alone=True)) as file:
        found = read_record(file, capture.offset)
        file.seek(capture.offset)
        content = file.read(found.end - capture.offset)
    gzipped = ".gz" if content.startswith(b"\x1f\x8b") else ""
    named = f"{capture.timestamp}-{capture.record_id.strip('<>').rpartition(':')[2]}.warc{gzipped}"
    headers = {"Content-Disposition": f'attachment; filename="{named}"', "Content-Security-Policy": _NO_PAGE}
    return Response(content, media_type="application/warc", headers=headers)


@routes.get("/verify", response_class=HTMLResponse, summary="Whether a capture is still as it was archived")
def verify(room: InRoom, record_id: RecordId, name: CollectionName = None) -> Response:
    """Reads the record again, recomputes its digests, extracts the article anew and compares."""
    shelf = room.library.shelf(name)
    capture = shelf.capture(record_id)
    item = shelf.collection.catalog.item_of(record_id)
    return page("verify.html", room, shelf=shelf, capture=capture, item=item, checks=verify_capture(shelf, capture))


@routes.get("/at", response_class=HTMLResponse, summary="Where an address is to be found")
def at(room: InRoom, url: Url, name: CollectionName = None) -> Response:
    """Leads from a replayed page to its article, or, if it is none, to the calendar of its captures."""
    shelf = room.library.shelf(name)
    try:
        return RedirectResponse(article_address(shelf.name, shelf.article(url).article.url), 303)
    except Missing:
        return RedirectResponse(address("/calendar", in_=shelf.name, url=url), 303)
