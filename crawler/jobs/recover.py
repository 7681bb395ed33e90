"""Articles of a crawl that died: what was archived is extracted, what was committed is written to the items' files."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from archives.cdxj import Capture
from archives.collection import Collection, WritableCollection
from archives.counted import counted
from archives.errors import ArchiveError
from archives.recover import PutRight
from archives.recover import recover as recover_archive
from archives.reindex import Forgotten
from archives.runs import RunCompleted
from archives.schema import articles_table, captures_table, of_url, sightings_table
from crawler.capture.collection import repeats_last
from crawler.capture.crawl_log import complete_reports
from crawler.discovery.url import address_of
from crawler.frontier import Frontier, State
from crawler.frontier.losses import ask_for_lost
from crawler.frontier.stories import Stories
from crawler.frontier.tables import LEDGER
from crawler.items import Article, as_item
from crawler.jobs.filters import HTML
from crawler.jobs.items import ItemsCompleted, complete_items, write_missing
from crawler.jobs.reread import article_of, item_of
from crawler.jobs.restored import ArticlesRestored, restore_articles
from crawler.pipelines.pages import state_of
from crawler.pipelines.story import ArticleAt, named_address, tells_another_story
from crawler.revisits import DEFAULT
from crawler.sites import Site, site_at, site_for_url
from crawler.spiders.loader import spider_for

NOT_MODIFIED = 304
NEWEST = 3
"""Files in which who begins a crawl looks for pages that the last one had not come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesExtracted:
    """What became of captured pages that a dead crawl had not come to."""

    articles: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    """Reason for which there is no article → how many."""

    def __str__(self) -> str:
        others = ", ".join(f"{count} {reason}" for reason, count in self.others.items())
        done = f"{counted(self.articles, 'archived article')} extracted"
        return f"{done}; no articles: {others}" if others else done


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """What is to be captured anew, as its captures are lost."""

    urls: int

    def __str__(self) -> str:
        return f"{counted(self.urls, 'article')} whose captures are lost: the next crawl asks for them again"


def recover(
    path: Path,
    sites: Mapping[str, Site],
    *,
    reindex: bool = False,
    gone: str | None = None,
    database: str | None = None,
    store: str | None = None,
    progress: Callable[[Path], object] = lambda _: None,
) -> tuple[PutRight | AskedAgain | ArticlesRestored | PagesExtracted | ItemsCompleted | RunCompleted, ...]:
    """Put a collection right whose crawl died, in all its parts; returns what was done.

    With `reindex` or `gone`, as `archives.recover` has them, lost captures are forgotten, and their articles asked for
    again; with `reindex` every line of items is held against the catalog, too. ArchiveError: CollectionLocked while a
    crawl is at work; StorageFailed, if there is no room for it.
    """
    done = recover_archive(path, reindex=reindex, gone=gone, database=database, store=store, progress=progress)
    with Collection.open(path, write=True, create=False, database=database) as collection:
        is_loss = any(isinstance(one, Forgotten) for one in done)
        lost = ask_for_lost(collection.catalog.engine, datetime.now(UTC)) if is_loss else 0
        asked = [AskedAgain(urls=lost)] if lost else []
        return (*done, *asked, *recover_items(collection, sites, every=reindex))


def recover_items(
    collection: WritableCollection, sites: Mapping[str, Site], *, every: bool = False, newest: bool = False
) -> Iterator[ArticlesRestored | PagesExtracted | ItemsCompleted | RunCompleted]:
    """Extract what was archived and not come to; write what items' files and reports of dead crawls lack.

    What a lost catalog had is taken back from the items' files, and else from the pages; what one that is there lacks,
    from the files if `every` line is to be seen, and what all files lack, from the catalog. Pages are looked for in all
    WARC files of the folder, or in the `newest`, where the last crawl has left them.
    """

    def anew(capture: Capture, name: str) -> dict[str, Any] | None:
        return item_of(collection, capture, sites.get(name))

    is_lost = _is_lost(collection)
    if every or is_lost:
        yield from restore_articles(collection)
    left = _without_article(collection, sites) if is_lost else _unsettled(collection, sites, newest=newest)
    found = Counter(_settle(collection, capture, site) for capture, site in left)
    articles = found.pop("", 0)
    if articles or found:
        yield PagesExtracted(articles=articles, others=dict(found))
    yield from complete_items(collection, anew)
    if articles or every:
        yield from write_missing(collection, anew)
    yield from complete_reports(collection)


def _is_lost(collection: WritableCollection) -> bool:
    """Whether the catalog was lost, or there never was a crawl: it has neither articles nor a ledger."""
    engine = collection.catalog.engine
    with collection.catalog.reading() as connection:
        has_article = connection.execute(sa.select(articles_table.c.id).limit(1)).first()
    return has_article is None and not sa.inspect(engine).has_table(LEDGER.name)


def _without_article(collection: WritableCollection, sites: Mapping[str, Site]) -> Iterator[tuple[Capture, Site]]:
    """Whole pages that showed no article, with the sites that they are of."""
    rendered = collection.catalog.rendered()
    for capture in list(filter(is_whole_page, collection.captures())):
        site = site_for_url(sites.values(), capture.url) or site_at(capture.url)
        if _is_read(capture, site, rendered) and collection.catalog.sighting(capture.record_id) is None:
            yield capture, site


def _unsettled(
    collection: WritableCollection, sites: Mapping[str, Site], *, newest: bool
) -> list[tuple[Capture, Site]]:
    """Whole pages that no article came of, where the ledger does not know of that capture, with who asked for them."""
    engine, captures = collection.catalog.engine, captures_table.c
    if not sa.inspect(engine).has_table(LEDGER.name):
        return []
    news = sa.or_(
        LEDGER.c.state == "pending",
        sa.and_(LEDGER.c.state.in_(("captured", "unchanged")), captures.date > LEDGER.c.last_seen),
    )
    query = (
        sa.select(captures.record_id, captures.url, captures.warc, LEDGER.c.site)
        .join_from(LEDGER, captures_table, of_url(LEDGER.c.url))
        .outerjoin(sightings_table, sightings_table.c.record_id == captures.record_id)
        .where(sightings_table.c.record_id.is_(None), news)
        .order_by(captures.id)
    )
    if newest:
        names = [path.name for path in collection.layout.sealed_warcs()[-NEWEST:]]
        query = query.where(captures.warc.in_(names))
    with engine.connect() as connection:
        rows = [row for row in connection.execute(query) if collection.layout.warc_path(row.warc).exists()]
    if not rows:
        return []
    found = ((collection.catalog.by_record_id(row.record_id), _site(sites, row.site, row.url)) for row in rows)
    rendered = collection.catalog.rendered()
    return [
        (capture, site)
        for capture, site in found
        if capture and is_whole_page(capture) and _is_read(capture, site, rendered)
    ]


def _is_read(capture: Capture, site: Site, rendered: set[str]) -> bool:
    """Whether articles are to come of a capture: not of a document that was, or has yet to be, rendered."""
    return capture.kind == "rendition" or not (site.render or capture.record_id in rendered)


def _site(sites: Mapping[str, Site], name: str, url: str) -> Site:
    return sites.get(name) or site_at(url, name=name)


def is_whole_page(capture: Capture) -> bool:
    """Whether a crawl would have looked for an article in it; after a 304 it looks at what was archived earlier."""
    good = 200 <= capture.status < 300 or capture.status == NOT_MODIFIED
    return good and capture.method == "GET" and capture.truncated is None and capture.mime.lower() in HTML


def _settle(collection: WritableCollection, capture: Capture, site: Site) -> str:
    """Do for a page what the crawl would have done; returns why it is no article, '' if it is one."""
    catalog, times = collection.catalog, site.politeness.recheck_after or DEFAULT
    frontier = Frontier(catalog.engine, site=site.name, revisits=times, on_move=catalog.move_article)
    try:
        found = article_of(collection, capture, site)
    except ArchiveError:
        return "unreadable"  # stays pending: the next crawl asks for it in full
    if isinstance(found, Article):
        reason = _known_elsewhere(found, site, frontier.stories, catalog.article)
        if reason is None:
            sighting = catalog.put_article(as_item(found))
            is_known = frontier.was_had(capture.url) and repeats_last(collection, capture) and not sighting.first
            state: State = "unchanged" if is_known else "captured"
            frontier.settle(capture.url, state, seen=True, changed=sighting.first)
    else:
        reason = found.reason
        if state_of(reason) == "gone":
            removal = {"record_id": capture.record_id, "date": capture.date, "reason": reason}
            catalog.put_removal(capture.url, **removal)
        frontier.settle(capture.url, state_of(reason), reason, seen=True)
    frontier.flush()
    return reason or ""


def _known_elsewhere(article: Article, site: Site, stories: Stories, article_at: ArticleAt) -> str | None:
    """Why the article is not to be committed under its address, as in `crawler.pipelines.story`; None if it is."""
    url, canonical = address_of(article.url), named_address(article, spider_for(site)().is_article)
    if canonical is None or tells_another_story(article, canonical, stories, article_at):
        return None
    if stories.known_address(url, canonical) is not None:
        return "duplicate"
    if stories.better_address(url, canonical) is not None:
        return "left to the next crawl, which asks for another address of the story"
    stories.stand(url, canonical)
    return None
