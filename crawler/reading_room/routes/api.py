"""The same for programs, as JSON."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from archives.history import Cursor
from crawler.changes import Kind, compare
from crawler.items import Article
from crawler.jobs.changes import changes as changes_since
from crawler.reading_room.asked import CollectionName, Label, RecordId, Revision, Searched, Url
from crawler.reading_room.library import Found
from crawler.reading_room.missing import Missing
from crawler.reading_room.room import InRoom
from crawler.reading_room.routes.comparing import Side, sides, timeline_of
from crawler.reading_room.routes.finding import LabelKind
from crawler.reading_room.routes.holdings import ledger_of, ran, sites_of
from crawler.reading_room.verifying import verify_capture

routes = APIRouter(prefix="/api", tags=["JSON"], default_response_class=JSONResponse)


@routes.get("/search", summary="Search the articles")
def search(
    room: InRoom, asked: Searched, most: Annotated[int, Query(ge=1, le=100, description="Hits of a page.")] = 20
) -> dict[str, Any]:
    """`total` hits (`more`: there are more than that), and those of the page asked for."""
    findings = room.library.find(asked.wanted, asked.collection, start=(asked.page - 1) * most, most=most)
    return {"total": findings.total, "more": findings.more, "hits": [_hit(one) for one in findings.found]}


def _hit(found: Found) -> dict[str, Any]:
    hit = found.hit
    return {
        "collection": found.shelf.name,
        "site": hit.site,
        **hit.card,
        "captured": hit.captured,
        "changed": hit.changed,
        "snippet": hit.snippet and hit.snippet.replace("\x02", "").replace("\x03", ""),
    }


@routes.get("/article", summary="An article", response_model=Article)
def article(room: InRoom, url: Url, name: CollectionName = None, revision: Revision = None) -> JSONResponse:
    """The item of a revision, as `newswarc export --format jsonl` writes it."""
    return JSONResponse(room.library.shelf(name).article(url, revision).item)


@routes.get("/revisions", summary="An article over time")
def revisions(room: InRoom, url: Url, name: CollectionName = None) -> dict[str, Any]:
    """Each capture of the article, which revision it showed, and what changed."""
    timeline = timeline_of(room.library.shelf(name), url)
    captures = [look.as_json() for look in timeline.looks()]
    return {"url": timeline.article.url, "site": timeline.article.site, "captures": captures}


@routes.get("/diff", summary="What changed between two revisions")
def diff(
    room: InRoom,
    url: Url,
    name: CollectionName = None,
    older: Annotated[Side, Query(alias="from")] = None,
    newer: Annotated[Side, Query(alias="to")] = None,
) -> dict[str, Any]:
    """Field by field, with the kinds of change."""
    shelf = room.library.shelf(name)
    old, new = sides(shelf, timeline_of(shelf, url), older, newer)
    return {"url": url, "old": old["capture"], "new": new["capture"], **compare(old, new).as_json()}


@routes.get("/captures", summary="All captures of an address")
def captures(room: InRoom, url: Url, name: CollectionName = None) -> list[dict[str, Any]]:
    """In order of time, with where each is in the WARC files, and where it is replayed."""
    shelf = room.library.shelf(name)
    return [{**asdict(one), "replay": room.replayed(shelf.name, one.url, one.date)} for one in shelf.captures(url)]


@routes.get("/changes", summary="What changed, from a cursor on")
def changes(
    room: InRoom,
    name: CollectionName = None,
    since: Annotated[
        str, Query(pattern=r"^[0-9]{1,18}\.[0-9]{1,18}$", description="`cursor` of the last line read.")
    ] = "0.0",
    site: Label = None,
    kind: Annotated[list[Kind] | None, Query()] = None,
    most: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[dict[str, Any]]:
    """As `newswarc changes` gives it: each once, oldest first."""
    shelf = room.library.shelf(name)
    found = changes_since(shelf.collection, Cursor.parse(since), site=site, kinds=kind or ())
    return [one for one, _ in zip(found, range(most), strict=False)]


@routes.get("/labels/{kind}", summary="Authors, sections or tags")
def labels(
    room: InRoom, kind: Annotated[LabelKind, Path()], name: CollectionName = None, site: Label = None
) -> dict[str, list[dict[str, Any]]]:
    """By collection, those with the most articles first."""
    chosen = room.library.chosen(name)
    return {shelf.name: [asdict(one) for one in shelf.search.labels(kind, site=site)] for shelf in chosen}


@routes.get("/sites", summary="Sites and their ledgers")
def sites(room: InRoom) -> list[dict[str, Any]]:
    """What became of all that each site announced."""
    found = []
    for shelf in room.library:
        for site in sites_of(shelf):
            ledger = ledger_of(shelf, site)
            counts = {"articles": shelf.search.sites()[site], "days": shelf.search.days(site)}
            found.append({"collection": shelf.name, "site": site, "ledger": ledger and ledger.as_json(), **counts})
    return found


@routes.get("/run/{job}", summary="The report of a run")
def run(room: InRoom, job: Annotated[str, Path(max_length=100)], name: CollectionName = None) -> dict[str, Any]:
    """As `newswarc report --json` gives it."""
    return ran(room.library.shelf(name), job).report


@routes.get("/verify", summary="Whether a capture is still as it was archived")
def verify(room: InRoom, record_id: RecordId, name: CollectionName = None) -> list[dict[str, Any]]:
    """Each thing that was checked."""
    shelf = room.library.shelf(name)
    return [asdict(check) for check in verify_capture(shelf, shelf.capture(record_id))]


def not_there(fault: Missing) -> JSONResponse:
    """What is asked for and not there, for programs."""
    return JSONResponse({"detail": fault.what, "advice": fault.advice}, 404)
