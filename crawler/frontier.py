"""What to fetch, when, and what became of it: the ledger of every announced URL.

Each announced URL has one row and is in exactly one state, with its reason. Rows are written in batches, so a crash
loses at most the last second's states; the captures themselves are safe, and the next crawl asks again.
"""

import time
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archives.catalog import Faults
from archives.errors import ArchiveError
from crawler.discovery import Announced
from crawler.discovery.url import form_rank, story_key
from crawler.ledger_tables import (
    ANNOUNCEMENTS,
    LEDGER,
    counts_by_state,
    first_announcements,
    ledger_columns,
    prepare,
)
from crawler.revisits import DEFAULT, Revisits

State = Literal["pending", "captured", "unchanged", "skipped", "failed", "gone"]

BUDGET = "budget"
"""The reason of a URL that was skipped because the crawl had asked for as many pages as it may."""

TAKEN_DOWN = "taken down"
"""The reason of a URL that was skipped because the collection blocks it, until that is undone."""

_BATCH = 500
_FLUSH_SECONDS = 1.0
_WAIT_WHEN_GONE = timedelta(hours=12)
"""At least: what is gone is seldom back within hours."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One row of the ledger."""

    url: str
    site: str
    story: str
    """What all addresses of the story share."""
    first_announced: str
    last_announced: str
    state: State = "pending"
    reason: str | None = None
    """Why it is in that state, e.g. 'duplicate of https://…', 'status 500', 'time-out'."""
    date: str | None = None
    """As announced."""
    last_seen: str | None = None
    """When a response for it was last captured."""
    next_look: str | None = None
    """When to ask for it again; None: never."""
    looks: int = 0
    """How often in a row it was found unchanged."""
    since: str | None = None
    """When its article came out or changed last, from which further looks are counted; None, if none was captured."""


@dataclass(slots=True)
class _Unwritten:
    entries: dict[str, Entry] = field(default_factory=dict)
    announcements: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries) + len(self.announcements)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nobody(_: ArchiveError) -> None:
    """Who is told of faults where nobody asked to be."""


class Frontier:
    """The ledger of one site's URLs, for the length of a crawl. Its tables lie in the catalog's database.

    `began` is when the job began that this crawl goes on with: what it has settled since is not asked for again.
    Where the database fails, `on_fault` is told before the ArchiveError is raised; what is unwritten is kept.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        site: str,
        revisits: Revisits = DEFAULT,
        began: datetime | None = None,
        now: Callable[[], datetime] = _utc_now,
        on_fault: Callable[[ArchiveError], None] = _nobody,
    ) -> None:
        self._engine = engine
        self._faults = Faults(engine.url.render_as_string().removeprefix("sqlite:///"))
        self._on_fault = on_fault
        self._site = site
        self._revisits = revisits
        self._now = now
        self._began = None if began is None else self._stamp(began)
        self._unwritten = _Unwritten()
        self._in_hand: dict[str, Entry] = {}  # asked for in this crawl and not settled yet
        self._asked: set[str] = set()
        self._flushed_at = time.monotonic()
        with self._faults:
            prepare(engine)

    def announce(
        self, found: Iterable[Announced], *, source: str, judge: Callable[[Announced], str | None] = lambda _: None
    ) -> list[Announced]:
        """Write down what a source announced; returns what is to be asked for now, each URL once a crawl.

        `judge` gives the reason for which a URL is skipped without being asked for, or None.
        """
        batch = sorted({one.url: one for one in found}.values(), key=lambda one: form_rank(one.url))
        stories = {one.url: story_key(one.url) for one in batch}
        known = self._entries("url", [one.url for one in batch])
        leads = {entry.story: entry.url for entry in self._entries("story", stories.values()).values() if _leads(entry)}
        due: list[Announced] = []
        for one in batch:
            entry = known.get(one.url) or self._new_entry(one, stories[one.url])
            lead = leads.setdefault(entry.story, one.url)
            self._note_announcement(one, source)
            entry.last_announced = self._stamp()
            self._judge(entry, one.refused or judge(one), lead)
            if one.url not in self._asked and self._is_due(entry, one):
                self._in_hand[one.url] = entry
                due.append(one)
            entry.date = one.date or entry.date
            self._write(entry)
        self.flush()  # what is asked for now is in the ledger already, if the crawl dies: recovery looks there for it
        order = {one.url: place for place, one in enumerate(found)} if isinstance(found, list | tuple) else {}
        return sorted(due, key=lambda one: order.get(one.url, 0))

    def _new_entry(self, one: Announced, story: str) -> Entry:
        now = self._stamp()
        return Entry(
            url=one.url,
            site=self._site,
            story=story,
            first_announced=now,
            last_announced=now,
            date=one.date,
            next_look=now,
        )

    def _judge(self, entry: Entry, reason: str | None, lead: str) -> None:
        if entry.last_seen is not None or entry.url in self._asked:
            return
        if reason is None and lead != entry.url:
            reason = f"duplicate of {lead}"
        if reason is not None:
            entry.state, entry.reason, entry.next_look = "skipped", reason, None
        elif entry.state == "skipped" and not (entry.reason or "").startswith(("duplicate", "redirects")):
            entry.state, entry.reason, entry.next_look = "pending", None, self._stamp()

    def _is_due(self, entry: Entry, one: Announced | None = None) -> bool:
        if self._is_settled(entry):
            return False
        changed = one is not None and entry.last_seen is not None and one.date != entry.date and one.date is not None
        if entry.next_look is None:
            return changed and entry.state != "skipped"
        return changed or entry.next_look <= self._stamp()

    def _is_settled(self, entry: Entry) -> bool:
        """Whether an earlier run of the same job is done with it."""
        return self._began is not None and entry.state != "pending" and (entry.next_look or "") >= self._began

    def due(self, limit: int = 10_000) -> list[str]:
        """What earlier crawls left to be asked for, or to be looked at again, soonest first."""
        self.flush()
        unsettled = sa.or_(LEDGER.c.state == "pending", LEDGER.c.next_look < self._began) if self._began else sa.true()
        with self._database() as connection:
            rows = connection.execute(
                sa.select(LEDGER.c.url)
                .where(LEDGER.c.site == self._site, LEDGER.c.next_look <= self._stamp(), unsettled)
                .order_by(LEDGER.c.next_look)
                .limit(limit)
            )
            return [url for (url,) in rows if url not in self._asked]

    def ask(self, url: str) -> bool:
        """Take the URL in hand; False if it was asked for already in this crawl."""
        if url in self._asked:
            return False
        self._asked.add(url)
        entry = self._entries("url", [url]).get(url)
        if entry is not None:
            self._in_hand[url] = entry
            if entry.state in ("skipped", "failed", "gone"):
                entry.state, entry.reason = "pending", None
                self._write(entry)
        return True

    def settle(
        self,
        url: str,
        state: State,
        reason: str | None = None,
        *,
        seen: bool = False,
        changed: bool = False,
    ) -> None:
        """Write down what became of a URL that was asked for.

        `seen`: a response for it was captured; `changed`: a reader would see another story than in the last one.
        """
        entry = self._in_hand.pop(url, None) or self._entries("url", [url]).get(url)
        if entry is None:
            return
        entry.since = self._since(entry, state, changed=changed)
        entry.state, entry.reason = state, reason
        if seen:
            entry.last_seen = self._stamp()
        entry.looks = entry.looks + 1 if state == "unchanged" else 0
        entry.next_look = self._next_look(entry)
        self._write(entry)

    def _since(self, entry: Entry, state: State, *, changed: bool) -> str | None:
        """From when on looks are counted, given what the entry was and what it is now.

        From its publication, as far as it was announced; anew where the story changed, or is gone.
        """
        was_there = entry.state in ("captured", "unchanged")
        match state:
            case "captured" | "unchanged" if entry.last_seen is None:
                return min(self._stamp(), _moment(entry.date) or self._stamp())
            case "captured" if changed:
                return self._stamp()
            case "gone" if was_there:
                return self._stamp()
            case "captured" | "unchanged" | "gone":
                return entry.since or entry.first_announced
            case _:
                return entry.since

    def _next_look(self, entry: Entry) -> str | None:
        now = self._now()
        match entry.state:
            case "captured" | "unchanged":
                return self._revisit(entry, now)
            case "gone":
                return self._revisit(entry, now + _WAIT_WHEN_GONE)
            case "skipped" if entry.reason not in (BUDGET, TAKEN_DOWN, "robots.txt"):
                return None
            case _:
                return self._stamp(now)

    def _revisit(self, entry: Entry, now: datetime) -> str | None:
        due = self._revisits.next(datetime.fromisoformat(entry.since or entry.first_announced), now)
        return None if due is None else self._stamp(due)

    def story_of(self, canonical: str, url: str) -> str | None:
        """The other URL under which the story with that canonical address is in the ledger already, if any."""
        story = story_key(canonical)
        for entry in self._entries("story", [story]).values():
            if entry.url != url and _leads(entry):
                return entry.url
        return None

    def same_story(self, url: str, canonical: str) -> None:
        """Note that the page at `url` says its story is the one at `canonical`."""
        entry = self._entries("url", [url]).get(url)
        if entry is not None:
            entry.story = story_key(canonical)
            self._write(entry)

    def counts(self) -> dict[str, int]:
        """How many of the site's URLs are in which state; they add up to the number announced."""
        self.flush()
        with self._database() as connection:
            return counts_by_state(connection, self._site)

    def announcers(self, urls: Sequence[str]) -> dict[str, tuple[str, str]]:
        """URL → source and kind of its first announcement."""
        with self._database() as connection:
            return {url: (row.source, row.kind) for url, row in first_announcements(connection, urls).items()}

    def entries(self) -> Iterator[Entry]:
        """Every row of the site, by URL."""
        self.flush()
        yield from read_entries(self._engine, self._site)

    def _entries(self, column: Literal["url", "story"], values: Iterable[str]) -> dict[str, Entry]:
        wanted = set(values)
        held = ChainMap(self._unwritten.entries, self._in_hand)
        if column == "url":
            found = {url: held[url] for url in wanted if url in held}
            missing = sorted(wanted - found.keys())
        else:
            found = {entry.url: entry for entry in held.values() if entry.story in wanted}
            missing = sorted(wanted)
        if not missing:
            return found
        with self._database() as connection:
            for start in range(0, len(missing), _BATCH):
                query = sa.select(LEDGER).where(LEDGER.c[column].in_(missing[start : start + _BATCH]))
                for row in connection.execute(query):
                    if row.url not in held:
                        found[row.url] = Entry(**row._asdict())
        return found

    def _note_announcement(self, one: Announced, source: str) -> None:
        now = self._stamp()
        self._unwritten.announcements[one.url, source] = {
            "url": one.url,
            "source": source,
            "kind": one.kind,
            "title": one.title,
            "date": one.date,
            "first_announced": now,
            "last_announced": now,
        }

    def _write(self, entry: Entry) -> None:
        self._unwritten.entries[entry.url] = entry
        if len(self._unwritten) >= _BATCH or time.monotonic() - self._flushed_at > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Put what is not written yet into the database."""
        unwritten = self._unwritten
        self._flushed_at = time.monotonic()
        if not len(unwritten):
            return
        entries = [_as_row(entry) for entry in unwritten.entries.values()]
        with self._database() as connection, connection.begin():
            if entries:
                kept = {"url", "first_announced"}
                connection.execute(_upsert(self._engine, LEDGER, ["url"], kept), entries)
            if unwritten.announcements:
                kept = {"url", "source", "kind", "first_announced"}
                rows = list(unwritten.announcements.values())
                connection.execute(_upsert(self._engine, ANNOUNCEMENTS, ["url", "source"], kept), rows)
        self._unwritten = _Unwritten()

    @contextmanager
    def _database(self) -> Iterator[sa.Connection]:
        try:
            with self._faults, self._engine.connect() as connection:
                yield connection
        except ArchiveError as fault:
            self._on_fault(fault)
            raise

    def _stamp(self, moment: datetime | None = None) -> str:
        return (moment or self._now()).astimezone(UTC).isoformat(timespec="microseconds")


def read_entries(
    engine: sa.Engine,
    site: str | None = None,
    *,
    urls: Collection[str] | None = None,
    stories: Collection[str] | None = None,
) -> Iterator[Entry]:
    """Rows of the ledger by URL: all, or those of a site, of some URLs, of some stories.

    Nothing if the collection was never crawled into.
    """
    if not sa.inspect(engine).has_table(LEDGER.name):
        return
    query = sa.select(*ledger_columns(engine)).order_by(LEDGER.c.url)
    if site is not None:
        query = query.where(LEDGER.c.site == site)
    for column, wanted in ((LEDGER.c.url, urls), (LEDGER.c.story, stories)):
        if wanted is not None:
            query = query.where(column.in_(wanted))
    with engine.connect() as connection:
        for row in connection.execute(query):
            yield Entry(**row._asdict())


def _moment(date: str | None) -> str | None:
    """An announced date as the ledger stamps moments; a day begins at midnight, UTC; None, if it cannot be read."""
    try:
        there = datetime.fromisoformat(date or "")
        aware = there if there.tzinfo else there.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return None


def brief(reason: str | None) -> str:
    """A reason without the URL in it: what is counted together."""
    return (reason or "").split(" of http")[0].split(" to http")[0]


def _leads(entry: Entry) -> bool:
    """Whether the story is to be found under this URL."""
    return entry.state in ("pending", "captured", "unchanged") or (entry.state == "skipped" and entry.reason == BUDGET)


def _as_row(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


def _upsert(engine: sa.Engine, table: sa.Table, key: list[str], kept: set[str]) -> sa.Insert:
    insert = postgresql.insert(table) if engine.dialect.name == "postgresql" else sqlite.insert(table)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in kept}
    updated: sa.Insert = insert.on_conflict_do_update(index_elements=key, set_=changed)
    return updated
