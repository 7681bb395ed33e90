"""The ledger's rows as a crawl works with them: what it holds itself, the rest in the database, written in batches."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archives.database import Faults
from archives.errors import ArchiveError
from crawler.discovery import Announced
from crawler.frontier.entry import Entry
from crawler.frontier.tables import ANNOUNCEMENTS, ANNOUNCEMENTS_KEY, LEDGER, join_rows, prepare

_BATCH = 500
_FLUSH_SECONDS = 1.0


@dataclass(slots=True)
class _Unwritten:
    entries: dict[str, Entry] = field(default_factory=dict)
    announcements: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    of_story: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Story → URLs of entries that are of it, or were."""
    joined: dict[str, str] = field(default_factory=dict)
    """Address of a row that is none any more → address of the row that it is one with now."""

    def __len__(self) -> int:
        return len(self.entries) + len(self.announcements) + len(self.joined)


class Rows:
    """Entries by URL and by story. Where the database fails, `on_fault` is told, and what is unwritten is kept.

    `before_writing` is called before states are written: what they tell of must be there if the crawl dies then.
    """

    def __init__(
        self, engine: sa.Engine, on_fault: Callable[[ArchiveError], None], before_writing: Callable[[], object]
    ) -> None:
        self._engine = engine
        self._before_writing = before_writing
        self._faults = Faults(engine)
        self._on_fault = on_fault
        self._unwritten = _Unwritten()
        self._in_hand: dict[str, Entry] = {}
        self._of_story: defaultdict[str, set[str]] = defaultdict(set)
        """Story → URLs in hand that are of it, or were."""
        self._address: dict[str, str] = {}
        """Variant → address that the row of its story goes by, of variants that this crawl has met."""
        self._flushed_at = time.monotonic()
        with self._faults:
            prepare(engine)

    @contextmanager
    def database(self) -> Iterator[sa.Connection]:
        """A connection; its faults are told before they are raised as ArchiveError."""
        try:
            with self._faults, self._engine.connect() as connection:
                yield connection
        except ArchiveError as fault:
            self._on_fault(fault)
            raise

    def by_url(self, urls: Iterable[str]) -> dict[str, Entry]:
        """URL → its story's entry, of those that have one: it may go by another address of which this is a variant."""
        wanted = set(urls)
        found = self._by_address(wanted, {})
        if unknown := sorted(wanted - found.keys()):
            self._address |= self._variants(unknown)
            rows = {entry.url: entry for entry in found.values()}
            found |= self._by_address((url for url in unknown if url in self._address), rows)
        return found

    def _by_address(self, urls: Iterable[str], rows: dict[str, Entry]) -> dict[str, Entry]:
        """URL → its story's entry; `rows` are those that were found already, so that a row has one entry."""
        addresses = {url: self._address_of(url) for url in urls}
        wanted = set(addresses.values())
        held = {url: entry for url in wanted if (entry := self._held(url) or rows.get(url)) is not None}
        there = held | self._stored(LEDGER.c.url, sorted(wanted - held.keys()))
        return {url: there[address] for url, address in addresses.items() if address in there}

    def _address_of(self, url: str) -> str:
        while url in self._address:
            url = self._address[url]
        return url

    def _variants(self, urls: list[str]) -> dict[str, str]:
        """URL → address that its story's row goes by, of those that the database knows as variants."""
        found: dict[str, str] = {}
        with self.database() as connection:
            for start in range(0, len(urls), _BATCH):
                some = ANNOUNCEMENTS.c.url.in_(urls[start : start + _BATCH])
                query = sa.select(ANNOUNCEMENTS.c.url, ANNOUNCEMENTS.c.entry).where(some)
                found |= {url: address for url, address in connection.execute(query) if address != url}
        return found

    def going_by(self, url: str) -> Entry | None:
        """The entry that goes by a URL; None, if none does, or if that is a variant."""
        entry = self.by_url([url]).get(url)
        return entry if entry is not None and entry.url == url else None

    def by_story(self, stories: Iterable[str]) -> dict[str, Entry]:
        """URL → its entry, of all that are of one of the stories."""
        wanted = set(stories)
        indexes = (self._of_story, self._unwritten.of_story)
        held = {url: self._held(url) for story in wanted for index in indexes for url in index.get(story, ())}
        stored = self._stored(LEDGER.c.story, sorted(wanted))
        return stored | {url: entry for url, entry in held.items() if entry is not None and entry.story in wanted}

    def first(self, which: sa.ColumnElement[bool], order: sa.Column[Any], limit: int) -> list[Entry]:
        """The entries of which something holds, in the order of a column, at most so many."""
        query = sa.select(LEDGER).where(which).order_by(order).limit(limit)
        with self.database() as connection:
            rows = [Entry(**row._asdict()) for row in connection.execute(query)]
        return [self._held(entry.url) or entry for entry in rows]

    def count(self, urls: Iterable[str], which: sa.ColumnElement[bool]) -> int:
        """How many of the URLs have an announcement of which something holds."""
        self.flush()
        wanted = list(dict.fromkeys(urls))
        found = 0
        with self.database() as connection:
            for start in range(0, len(wanted), _BATCH):
                some = ANNOUNCEMENTS.c.url.in_(wanted[start : start + _BATCH])
                distinct = sa.func.count(ANNOUNCEMENTS.c.url.distinct())
                found += connection.execute(sa.select(distinct).where(some, which)).scalar_one()
        return found

    def _held(self, url: str) -> Entry | None:
        return self._unwritten.entries.get(url) or self._in_hand.get(url)

    def _stored(self, column: sa.Column[str], values: list[str]) -> dict[str, Entry]:
        """Entries of the database that are not held."""
        if not values:
            return {}
        found: dict[str, Entry] = {}
        with self.database() as connection:
            for start in range(0, len(values), _BATCH):
                query = sa.select(LEDGER).where(column.in_(values[start : start + _BATCH]))
                for row in connection.execute(query):
                    if self._held(row.url) is None and row.url not in self._address:
                        found[row.url] = Entry(**row._asdict())
        return found

    def hold(self, entry: Entry) -> None:
        """Keep an entry at hand."""
        self._in_hand[entry.url] = entry
        self._of_story[entry.story].add(entry.url)

    def release(self, url: str) -> Entry | None:
        """An entry that was kept at hand, and no longer is."""
        entry = self._in_hand.pop(url, None)
        if entry is not None and (urls := self._of_story.get(entry.story)):
            urls.discard(url)
            if not urls:
                del self._of_story[entry.story]
        return entry

    def is_unsettled(self, url: str) -> bool:
        """Whether an entry goes by the URL that is at hand still, or pending."""
        entry = self.going_by(url)
        return entry is not None and (entry.url in self._in_hand or entry.state == "pending")

    def write(self, entry: Entry) -> None:
        """Put an entry among those that are to be written."""
        self._unwritten.entries[entry.url] = entry
        self._address.pop(entry.url, None)
        self._unwritten.of_story[entry.story].add(entry.url)
        if len(self._unwritten) >= _BATCH or time.monotonic() - self._flushed_at > _FLUSH_SECONDS:
            self.flush()

    def join(self, entry: Entry, other: Entry) -> None:
        """Have the row of an entry end; what was announced for it is of another one's, which is written, too."""
        self._end(entry, other.url)
        self.write(other)

    def rename(self, entry: Entry, url: str) -> None:
        """Have the row of an entry go by another address; that it went by is a variant now."""
        self._end(entry, url)
        entry.url = url
        self.write(entry)

    def _end(self, entry: Entry, address: str) -> None:
        self._in_hand.pop(entry.url, None)
        self._unwritten.entries.pop(entry.url, None)
        self._unwritten.joined.pop(address, None)
        self._unwritten.joined[entry.url] = address
        self._address.pop(address, None)
        self._address[entry.url] = address

    def note_announcement(self, one: Announced, source: str, entry: Entry, now: str) -> None:
        """Put an announcement by a source, that is of an entry, among those that are to be written."""
        self._unwritten.announcements[one.url, source] = {
            "url": one.url,
            "source": source,
            "kind": one.kind,
            "title": one.title,
            "date": one.date,
            "first_announced": now,
            "last_announced": now,
        }
        if one.url != entry.url:
            self._address[one.url] = entry.url

    def was_announced(self, url: str, *, by: str) -> bool:
        """Whether a source announced a URL, or a page named it."""
        if (url, by) in self._unwritten.announcements:
            return True
        query = sa.select(ANNOUNCEMENTS.c.url).where(ANNOUNCEMENTS.c.url == url, ANNOUNCEMENTS.c.source == by)
        with self.database() as connection:
            return connection.execute(query).first() is not None

    def flush(self) -> None:
        """Put what is not written yet into the database; all writers in one order, so that none waits for another's."""
        unwritten = self._unwritten
        self._flushed_at = time.monotonic()
        if not len(unwritten):
            return
        entries = [entry.as_row() for _, entry in sorted(unwritten.entries.items())]
        announced = [
            {**row, "entry": self._address_of(row["url"])} for _, row in sorted(unwritten.announcements.items())
        ]
        with self.database() as connection:
            self._before_writing()
            with connection.begin():
                self._put(connection, entries, announced)
                join_rows(connection, {url: self._address_of(url) for url in unwritten.joined})
        self._unwritten = _Unwritten()

    def _put(
        self, connection: sa.Connection, entries: list[dict[str, Any]], announcements: list[dict[str, Any]]
    ) -> None:
        if entries:
            connection.execute(upsert(self._engine, LEDGER), entries)
        if announcements:
            connection.execute(upsert(self._engine, ANNOUNCEMENTS, kept={"kind", "first_announced"}), announcements)


def upsert(engine: sa.Engine, table: sa.Table, *, kept: Collection[str] = ()) -> sa.Insert:
    """A statement that inserts a row, or changes the one of the same key; `kept` columns keep their first value."""
    on_server = engine.dialect.name == "postgresql"
    insert = postgresql.insert(table) if on_server else sqlite.insert(table)
    key = [column.name for column in table.primary_key.columns]
    changed = {
        column.name: insert.excluded[column.name] for column in table.columns if column.name not in {*key, *kept}
    }
    unique = ANNOUNCEMENTS_KEY.expressions if on_server and table is ANNOUNCEMENTS else key
    updated: sa.Insert = insert.on_conflict_do_update(index_elements=unique, set_=changed)
    return updated
