"""The collections that are read in the reading room."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from archives.cdxj import Capture
from archives.collection import Collection
from archives.history import History, StoredArticle
from archives.schema import articles_table, captures_table, removals_table, revisions_table, sightings_table
from archives.search.results import Hit, Search
from archives.search.wanted import Wanted
from archives.tracking import untracked
from crawler.items import Article, as_item
from crawler.reading_room.missing import Missing
from crawler.sites import Site

Item = dict[str, Any]

_articles, _captures, _removals = articles_table.c, captures_table.c, removals_table.c
_revisions, _shown = revisions_table.c, sightings_table.c
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")
"""Media types that are shown: in none of them is anything that could run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that was found, and where."""

    shelf: "Shelf"
    hit: Hit


@dataclass(frozen=True, slots=True)
class Gone:
    """An article that was not there any more."""

    date: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article as one of its revisions has it."""

    shelf: "Shelf"
    article: StoredArticle
    item: Item
    latest: int
    """The number of its last revision."""
    captures: int
    """How many captures showed the article."""
    removed: Gone | None
    """That it was gone when it was looked at last; None, if it was not."""


class Shelf:
    """One collection, open for reading."""

    def __init__(self, collection: Collection, sites: Mapping[str, Site]) -> None:
        self.collection = collection
        self.name = collection.layout.name
        self.search = Search(collection.catalog)
        self.sites = sites

    def title_of(self, site: str | None) -> str:
        """How a site is called."""
        known = self.sites.get(site or "")
        return (known and known.title) or site or "No site"

    def article(self, url: str, revision: int | None = None) -> Read:
        """The article of an address, as a revision has it, by default the last one; Missing, if there is none."""
        stored = History(self.collection.catalog).article([url])
        if stored is None:
            raise no_article(self.name, url)
        numbered = select(_revisions.revision, _revisions.item).where(_revisions.article_id == stored.number)
        last = select(func.max(_revisions.revision)).where(_revisions.article_id == stored.number)
        shown = select(func.count()).select_from(sightings_table).where(_shown.article_id == stored.number)
        with self.collection.catalog.reading() as connection:
            latest = connection.execute(last).scalar_one()
            row = connection.execute(numbered.where(_revisions.revision == (revision or latest))).first()
            captures = connection.execute(shown).scalar_one()
            removed = _removal(connection, stored.number)
        if row is None:
            raise Missing(f"No revision {revision} of this article", f"{self.name} has {latest:,} of {url}")
        item = {**_BLANK, **json.loads(row.item)}
        if item["capture"] is None:
            raise Missing("This was not read from an archive", f"There are no bytes behind {url} that could be shown.")
        return Read(shelf=self, article=stored, item=item, latest=latest, captures=captures, removed=removed)

    def articles_of(self, urls: Iterable[str]) -> set[str]:
        """Those of the addresses that are articles here."""
        keys = {url: untracked(url) for url in urls}
        query = select(_articles.url).where(_articles.url.in_(set(keys.values())))
        with self.collection.catalog.reading() as connection:
            known = set(connection.execute(query).scalars()) if keys else set()
        return {url for url, key in keys.items() if key in known}

    def captured(self, urls: Set[str]) -> set[str]:
        """Those of the addresses that were captured, letter by letter."""
        query = select(_captures.url).distinct().where(_captures.url.in_(urls), _captures.kind != "rendition")
        with self.collection.catalog.reading() as connection:
            return set(connection.execute(query).scalars()) if urls else set()

    def pictures(self, urls: Iterable[str]) -> set[str]:
        """Those of the addresses whose pictures can be shown."""
        query = select(_captures.url).distinct().where(_captures.url.in_(set(urls)), *_SHOWN)
        with self.collection.catalog.reading() as connection:
            return set(connection.execute(query).scalars())

    def picture(self, url: str, near: str = "") -> Capture:
        """The capture of a picture that is next after a time, else the last one; Missing, if there is none."""
        query = select(_captures.record_id, _captures.date).where(_captures.url == url, *_SHOWN)
        with self.collection.catalog.reading() as connection:
            rows = connection.execute(query.order_by(_captures.date)).all()
        after = next((row for row in rows if row.date >= near), rows[-1] if rows else None)
        return self.capture(after.record_id if after else "")

    def capture(self, record_id: str) -> Capture:
        """The capture of a record; Missing, if there is none."""
        capture = self.collection.catalog.by_record_id(record_id)
        if capture is None:
            raise Missing(
                f"{self.name} has no such capture", "It may have been taken down, or never have been archived."
            )
        return capture

    def captures(self, url: str) -> list[Capture]:
        """All captures of exactly this address, in order of time."""
        found = self.collection.captures(url)
        return sorted((one for one in found if one.kind != "rendition"), key=lambda one: one.date)


def no_article(collection: str, url: str) -> Missing:
    """What is told of an address that leads to no article."""
    told = f"{url} may be in another collection, known by another address, or not archived."
    return Missing(f"No article of this address in {collection}", told)


def _removal(connection: Connection, article: int) -> Gone | None:
    if not inspect(connection).has_table(removals_table.name):
        return None  # a catalog of old
    query = (
        select(_removals.date, _removals.reason).where(_removals.article_id == article).order_by(_removals.id.desc())
    )
    row = connection.execute(query.limit(1)).first()
    return Gone(row.date, row.reason) if row is not None and row.reason is not None else None


_BLANK = as_item(Article(url=""))
"""What an item of old may lack."""
_SHOWN = (_captures.mime.in_(PICTURES), _captures.status.in_((200, 304)), _captures.truncated.is_(None))


class Library:
    """Several collections, each by its name."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self.shelves = {shelf.name: shelf for shelf in shelves}

    @classmethod
    def open(cls, paths: Sequence[Path], *, sites: Mapping[str, Site], database: str | None = None) -> "Library":
        """Open collections for reading; CollectionMissing, if there is none in a folder."""
        return cls([Shelf(Collection.open(path, database=database), sites) for path in paths])

    def close(self) -> None:
        """Let go of all of them."""
        for shelf in self.shelves.values():
            shelf.collection.close()

    def __iter__(self) -> Iterator[Shelf]:
        return iter(self.shelves.values())

    def shelf(self, name: str | None) -> Shelf:
        """The collection of a name, or the only one; Missing, if there is none."""
        if name is None and len(self.shelves) == 1:
            return next(iter(self))
        found = self.shelves.get(name or "")
        if found is None:
            known = ", ".join(self.shelves)
            raise Missing(f"No collection {name} is open here" if name else "Which collection?", f"There are: {known}.")
        return found

    def chosen(self, name: str | None) -> list[Shelf]:
        """The collection of a name; all, if none is named."""
        return [self.shelf(name)] if name else list(self)

    def find(self, wanted: Wanted, name: str | None = None, *, start: int = 0, most: int = 20) -> "Findings":
        """What is found in one collection or in all of them."""
        shelves = self.chosen(name)
        if len(shelves) == 1:
            results = shelves[0].search.find(wanted, start=start, most=most)
            found = tuple(Found(shelf=shelves[0], hit=hit) for hit in results.hits)
            return Findings(total=results.total, more=results.more, found=found)
        per_shelf = [(shelf, shelf.search.find(wanted, most=start + most)) for shelf in shelves]
        rows = [[Found(shelf=shelf, hit=hit) for hit in results.hits] for shelf, results in per_shelf]
        by_date = wanted.order == "date" or wanted.query is None
        merged = (
            sorted(chain.from_iterable(rows), key=lambda one: one.hit.moment, reverse=True)
            if by_date
            else [one for group in zip_longest(*rows) for one in group if one is not None]
        )
        return Findings(
            total=sum(results.total for _, results in per_shelf),
            more=any(results.more for _, results in per_shelf),
            found=tuple(merged[start : start + most]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found in one or several collections."""

    total: int
    more: bool
    """Whether there are more than `total`."""
    found: tuple[Found, ...]


def name_of_two(paths: Iterable[Path]) -> str | None:
    """A name that two of the collections have; None, if none."""
    names = Counter(path.resolve().name for path in paths)
    return next((name for name, times in names.items() if times > 1), None)
