"""A trial: sites are crawled a little, into a collection that is thrown away, and what came is looked at."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from archives.collection import Collection
from archives.errors import ArchiveError
from crawler.discovery.feeds import feed_title
from crawler.discovery.url import normalised
from crawler.frontier import brief
from crawler.frontier.source import Source
from crawler.frontier.tables import ANNOUNCEMENTS, LEDGER, SOURCES
from crawler.jobs.progress import Progress
from crawler.jobs.run import crawl
from crawler.sites import Site

_SECONDS = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of a site in a trial."""

    site: Site
    sources: tuple[Source, ...]
    """Those that were polled, and those that were found and not polled yet."""
    outcomes: Mapping[str, Counter[str]]
    """Source → state and reason of what it announced, e.g. 'skipped: out of scope' → how many."""
    items: tuple[Mapping[str, Any], ...]
    """Articles, as lines of items have them."""
    pages: tuple[tuple[str, bytes, str], ...]
    """URL, content and media type of the articles' pages."""
    front: tuple[str, bytes, str] | None
    """The same of the front page, if it came."""
    feed_titles: tuple[str, ...]
    """What those of its feeds that came are called."""
    problem: str | None
    """Why nothing came, if so."""


def try_out(
    sites: Sequence[Site], *, pages: int, allow_private: bool, progress: Callable[[Progress], None] | None = None
) -> list[Trial]:
    """Crawl each site until so many of its articles were asked for. Once a process, as `crawl`."""
    with TemporaryDirectory(prefix="newswarc-") as folder:
        path = Path(folder, "trial")
        Collection.open(path, write=True).close()  # which stays, even if nothing can be captured
        summary = crawl(
            sites,
            collection=path,
            max_pages=pages,
            max_time=_SECONDS * len(sites),
            due_only=True,  # of an index, only the newest sitemaps
            allow_private=allow_private,
            settings={"NEWSWARC_REQUISITES": "none", "NEWSWARC_DATABASE": None},
            progress=progress,
        )
        with Collection.open(path) as collection:
            items = [json.loads(line) for line in _lines(collection.layout.items)]
            return [_trial(site, collection, items, summary.problem) for site in sites]


def _lines(folder: Path) -> list[str]:
    return [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]


def _trial(site: Site, collection: Collection, items: Iterable[Mapping[str, Any]], problem: str | None) -> Trial:
    own = tuple(item for item in items if item["site"] == site.name)
    found = (_page(collection, item["url"]) for item in own)
    sources = _sources(collection, site)
    feeds = (_page(collection, source.url) for source in sources if source.kind == "feed")
    return Trial(
        site=site,
        sources=sources,
        outcomes=_outcomes(collection, site),
        items=own,
        pages=tuple(page for page in found if page is not None),
        front=_page(collection, normalised(f"{site.origin}/")),
        feed_titles=tuple(title for feed in feeds if feed and (title := feed_title(feed[1]))),
        problem=problem,
    )


def _page(collection: Collection, url: str) -> tuple[str, bytes, str] | None:
    capture = collection.latest(url)
    try:
        return None if capture is None else (url, collection.payload(capture), capture.mime)
    except ArchiveError:
        return None


def _sources(collection: Collection, site: Site) -> tuple[Source, ...]:
    query = sa.select(SOURCES).where(SOURCES.c.site == site.name).order_by(SOURCES.c.found)
    if not sa.inspect(collection.catalog.engine).has_table(SOURCES.name):
        return ()
    with collection.catalog.engine.connect() as connection:
        return tuple(Source(**row._asdict()) for row in connection.execute(query))


def _outcomes(collection: Collection, site: Site) -> Mapping[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if not sa.inspect(collection.catalog.engine).has_table(LEDGER.name):
        return found
    query = (
        sa.select(ANNOUNCEMENTS.c.source, LEDGER.c.state, LEDGER.c.reason)
        .join_from(ANNOUNCEMENTS, LEDGER, LEDGER.c.url == ANNOUNCEMENTS.c.entry)
        .where(LEDGER.c.site == site.name)
    )
    with collection.catalog.engine.connect() as connection:
        for source, state, reason in connection.execute(query):
            found[source][": ".join(filter(None, (state, brief(reason))))] += 1
    return found
