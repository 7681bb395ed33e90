"""What the archive holds and how it came there: sites with their ledgers, runs, and the captures of an address."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response

from archives.errors import CollectionMissing
from archives.runs import current_report, runs
from crawler.jobs.ledger import SiteLedger, Sums
from crawler.reading_room.asked import CollectionName, Day, PageNumber, Url
from crawler.reading_room.charts import BarChart, by_day, months, shares
from crawler.reading_room.library import Shelf
from crawler.reading_room.missing import Missing
from crawler.reading_room.rendering import page
from crawler.reading_room.room import InRoom
from crawler.reading_room.routes.finding import newest_of
from crawler.reading_room.words import phrase

routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
RUNS = 30
"""Runs of a page."""
LISTED = 200
"""Captures of an address that are listed at once."""
STATES = ("captured", "unchanged", "pending", "skipped", "gone", "failed")


@dataclass(frozen=True, slots=True)
class Held:
    """A site, and what is held of it."""

    shelf: Shelf
    site: str
    title: str
    articles: int
    ledger: Sums | None
    """None, if it was never crawled into this collection."""
    days: BarChart | None


@dataclass(frozen=True, slots=True)
class Ran:
    """A run, as its report tells."""

    shelf: Shelf
    report: dict[str, Any]

    @property
    def outcomes(self) -> dict[str, int]:
        """State → how many stories the run settled so."""
        counts: Counter[str] = Counter()
        for site in self.report["sites"]:
            for outcome, count in site["outcomes"].items():
                counts[outcome.partition(":")[0]] += count
        return dict(counts)


@routes.get("/sites", summary="Sites, with how many articles came out each day")
def sites(room: InRoom) -> Response:
    """The sites of all collections, with their ledgers."""
    found = [held(shelf, site) for shelf in room.library for site in sites_of(shelf)]
    return page("sites.html", room, found=found, states=STATES, shares=shares)


@routes.get("/site/{site}", summary="A site: its ledger, and its articles day by day")
def site(room: InRoom, site: Annotated[str, Path(max_length=300)], name: CollectionName = None) -> Response:
    """What became of every story that the site ever announced, and how many articles came out each day."""
    shelves = [shelf for shelf in room.library.chosen(name) if site in sites_of(shelf)]
    if not shelves:
        raise Missing(f"No site {site} in these collections", "See the list of sites.")
    shelf = shelves[0]
    told: dict[str, Any] = {"held": held(shelf, site), "cards": newest_of(shelf, site, 6)}
    return page("site.html", room, states=STATES, shares=shares, **told)


def sites_of(shelf: Shelf) -> list[str]:
    """Sites that have articles, those with the most first."""
    return [site for site in shelf.search.sites() if site]


def held(shelf: Shelf, site: str) -> Held:
    """What is held of a site."""
    articles = shelf.search.sites().get(site, 0)
    return Held(shelf, site, shelf.title_of(site), articles, ledger_of(shelf, site), by_day(shelf.search.days(site)))


def ledger_of(shelf: Shelf, site: str) -> Sums | None:
    """How a site's ledger stands; None, if there is none."""
    try:
        ledger = SiteLedger(shelf.collection.catalog.engine, site)
    except CollectionMissing:
        return None
    return ledger.sums(datetime.now(UTC).isoformat(timespec="microseconds"))


@routes.get("/runs", summary="Runs, the newest first")
def list_runs(room: InRoom, number: PageNumber = 1) -> Response:
    """The runs of the collections: when, of which sites, how each ended."""
    by_shelf = [_newest_runs(shelf) for shelf in room.library]
    newest = heapq.merge(*by_shelf, key=lambda one: str(one.report["began"]), reverse=True)
    start = (number - 1) * RUNS
    found = list(islice(newest, start, start + RUNS + 1))
    told: dict[str, Any] = {"states": STATES, "shares": shares, "number": number, "more": len(found) > RUNS}
    return page("runs.html", room, found=found[:RUNS], **told)


def _newest_runs(shelf: Shelf) -> Iterator[Ran]:
    return (Ran(shelf, report) for _, _, report in runs(shelf.collection.layout, newest_first=True))


@routes.get("/run/{job}", summary="A run: what it asked for, and what came")
def run(room: InRoom, job: Annotated[str, Path(max_length=100)], name: CollectionName = None) -> Response:
    """Hosts, media types, status codes, seeds, and what became of URLs."""
    found = ran(room.library.shelf(name), job)
    codes = [{**row, "meaning": row["meaning"] or phrase(row["status"])} for row in found.report["status_codes"]]
    return page("run.html", room, ran=found, codes=codes, states=STATES, shares=shares)


def ran(shelf: Shelf, job: str) -> Ran:
    """A run; Missing, if there is none of that name."""
    report = current_report(shelf.collection.layout, job)
    if report is None:
        raise Missing(f"{shelf.name} has no run {job}", "See the list of runs.")
    return Ran(shelf, report)


@routes.get("/calendar", summary="When an address was captured")
def calendar(room: InRoom, url: Url, name: CollectionName = None, day: Day = None) -> Response:
    """Every capture of an address, by month and day, each with its replay; of many, those of one day are listed."""
    shelf = room.library.shelf(name)
    captures = shelf.captures(url)
    if not captures:
        advice = f"{url}: an address must be as it was asked for, letter by letter."
        raise Missing(f"No capture of this address in {shelf.name}", advice)
    days = {date: list(some) for date, some in groupby(captures, key=lambda capture: capture.date[:10])}
    many = len(captures) > LISTED
    if many:
        chosen = day.isoformat() if day else max(days)
        days = {chosen: days.get(chosen, [])}
    told: dict[str, Any] = {"months": months(captures), "days": days, "many": many, "count": len(captures)}
    return page("calendar.html", room, shelf=shelf, url=url, is_article=bool(shelf.articles_of([url])), **told)
