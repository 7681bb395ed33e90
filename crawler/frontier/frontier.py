"""The ledger as a crawl uses it: each announced story has one row, and is in exactly one state, with its reason.

Rows are written in batches, so a crash loses at most the last second's states; the captures themselves are safe, and
the next crawl asks again.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from archives.errors import ArchiveError
from crawler.discovery import Announced
from crawler.frontier.announcing import Announcing
from crawler.frontier.entry import BUDGET, HAD, Entry, State, stamp
from crawler.frontier.hosts import Hosts
from crawler.frontier.looks import Looks
from crawler.frontier.planning import heed_clock, take_up_times
from crawler.frontier.reading import read_entries
from crawler.frontier.rows import Rows
from crawler.frontier.sources import Sources
from crawler.frontier.stories import Stories
from crawler.frontier.tables import LEDGER, counts_by_state, first_announcements
from crawler.revisits import DEFAULT, Revisits
from crawler.sites.polling import EACH_KIND, Polling

_DOUBTED_LOOK, _DOUBTED_PART = 3, 4
_LONGEST_REST = timedelta(days=1)


def _nobody(_: ArchiveError) -> None:
    """Who is told of faults where nobody asked to be."""


class Frontier:
    """The ledger of one site's URLs, for the length of a crawl. Its tables lie in the catalog's database.

    `began` is when the job began that this crawl goes on with: what it has settled since is not asked for again.
    Where the database fails, `on_fault` is told before the ArchiveError is raised; what is unwritten is kept.
    `before_writing` is called before states are written, and commits what they tell of. `on_move` is called with the
    address that a story which was had went by, and the one that it goes by from now on.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        site: str,
        revisits: Revisits = DEFAULT,
        polling: Polling = EACH_KIND,
        began: datetime | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_fault: Callable[[ArchiveError], None] = _nobody,
        before_writing: Callable[[], object] = lambda: None,
        on_move: Callable[[str, str], object] = lambda *_: None,
    ) -> None:
        self._engine = engine
        self._rows = Rows(engine, on_fault, before_writing)
        self._looks = Looks(revisits, now)
        self._site = site
        self._now = now
        self._began = None if began is None else stamp(began)
        self._asked: set[str] = set()
        self._looked_at: set[str] = set()
        self.stories = Stories(self._rows, site, self._stamp, on_move)
        self._announcing = Announcing(
            self._rows,
            self.stories,
            site=site,
            asked=self._asked,
            began=self._began,
            each_time=revisits.each_time,
            now=self._stamp,
        )
        self.hosts = Hosts(engine, self._rows.database, site)
        self.sources = Sources(engine, self._rows.database, site=site, polling=polling, now=now)

    @property
    def announced(self) -> int:
        """Stories that were announced for the first time, in this crawl."""
        return self._announcing.count

    def announce(
        self, found: Iterable[Announced], *, source: str, judge: Callable[[Announced], str | None] = lambda _: None
    ) -> list[Announced]:
        """Write down what a source announced; returns what is to be asked for now, each URL once a crawl.

        `judge` gives the reason for which a URL is skipped without being asked for, or None.
        """
        return self._announcing.announce(found, source=source, judge=judge)

    def known(self, urls: Iterable[str], *, source: str, polled: str | None) -> int:
        """How many of the URLs were announced before: by others than the source, or by it until it was polled last."""
        return self._announcing.known(urls, source=source, polled=polled)

    def due(self, limit: int = 10_000) -> list[str]:
        """What earlier crawls left to be asked for, or to be looked at again, soonest first."""
        self.flush()
        unsettled = sa.or_(LEDGER.c.state == "pending", LEDGER.c.next_look < self._began) if self._began else sa.true()
        which = sa.and_(LEDGER.c.site == self._site, LEDGER.c.next_look <= self._stamp(), unsettled)
        found = self._rows.first(which, LEDGER.c.next_look, limit)
        due = [entry for entry in found if entry.url not in self._asked]
        for entry in due:
            self._rows.hold(entry)
        return [entry.url for entry in due]

    def plan_looks(self) -> None:
        """Have due what a clock that was ahead put off, and plan by the site's times, if these are others now."""
        self.flush()
        if self.sources.were_ahead():
            with self._rows.database() as connection, connection.begin():
                heed_clock(connection, self._site, self._stamp())
        with self._rows.database() as connection, connection.begin():
            take_up_times(connection, self._site, self._looks, self._now())

    def ask(self, url: str) -> bool:
        """Take the URL in hand; False if its story was asked for already in this crawl."""
        entry = self._rows.by_url([url]).get(url)
        addresses = {url} if entry is None else {url, entry.url}
        if addresses & self._asked:
            return False
        self._asked |= addresses
        if entry is not None:
            self._rows.hold(entry)
            if entry.state in ("skipped", "failed", "gone"):
                entry.state, entry.reason = "pending", None
                self._rows.write(entry)
        return True

    def leave(self, url: str) -> bool:
        """Leave a URL that is due for want of budget: skipped, if nothing came of it yet, and else in the state it has.

        False if it was asked for, or left, already in this crawl.
        """
        if url in self._asked:
            return False
        self._asked.add(url)
        entry = self._rows.release(url) or self._rows.going_by(url)
        if entry is None:
            return False
        if entry.state == "pending" and not entry.was_had:
            entry.state, entry.reason = "skipped", BUDGET
        entry.next_look = self._stamp()
        self._rows.write(entry)
        return True

    def ask_instead(self, url: str) -> bool:
        """Take a URL in hand that a page named as its story's own; False if it was asked for already in this crawl."""
        if url in self._asked:
            return False
        self._asked.add(url)
        entry = self._rows.going_by(url)
        if entry is not None:
            self._rows.hold(entry)
        return True

    def is_under_way(self, url: str) -> bool:
        """Whether a URL was asked for in this crawl, and nothing came of it yet."""
        waiting = (url, *self.stories.led_to(url))
        return url in self._asked and any(map(self._rows.is_unsettled, waiting))

    def take(self, url: str) -> bool:
        """Look at the page that came at an address; False if one was looked at before in this crawl."""
        is_first = url not in self._looked_at
        self._looked_at.add(url)
        self._asked.add(url)
        return is_first

    def put_aside(self, url: str, reason: str) -> None:
        """Ask for a URL no more, though it was due; it is skipped, unless its story is in the archive."""
        entry = self._rows.release(url) or self._rows.going_by(url)
        if entry is not None:
            if not entry.was_had:
                entry.state, entry.reason = "skipped", reason
            entry.next_look = None
            self._rows.write(entry)

    def doubts(self, url: str) -> bool:
        """Whether a URL is to be asked for in full, to see whether its validators tell when it changes.

        A quarter of those that were found unchanged three times are, once.
        """
        entry = self._rows.by_url([url]).get(url)
        return entry is not None and entry.looks == _DOUBTED_LOOK and zlib.crc32(url.encode()) % _DOUBTED_PART == 0

    def distrust(self, url: str) -> None:
        """Note that an article had changed under the validator that it had before."""
        self.hosts.distrust(urlsplit(url).netloc, url, self._stamp())

    def was_seen(self, url: str) -> bool:
        """Whether a response for the URL was ever captured, as far as the ledger knows."""
        entry = self._rows.by_url([url]).get(url)
        return entry is not None and entry.last_seen is not None

    def was_had(self, url: str) -> bool:
        """Whether the URL's story was ever captured."""
        entry = self._rows.by_url([url]).get(url)
        return entry is not None and entry.was_had

    def settle(
        self,
        url: str,
        state: State,
        reason: str | None = None,
        *,
        seen: bool = False,
        changed: bool = False,
    ) -> bool | None:
        """Write down what became of a URL that was asked for; returns whether nothing of its story was had before.

        None, where no story goes by that URL (any more).

        `seen`: a response for it was captured; `changed`: a reader would see another story than in the last one.
        """
        if state in HAD:
            self.stories.arrive(url)
        entry = self._rows.release(url) or self._rows.going_by(url)
        if entry is None:  # a variant by now
            return None
        is_first = not entry.was_had
        entry.since = self._looks.since(entry, state, changed=changed)
        entry.state, entry.reason = state, reason
        if seen:
            entry.last_seen = self._stamp()
        entry.looks = entry.looks + 1 if state == "unchanged" else 0
        entry.failures = entry.failures + 1 if state == "failed" or (state == "gone" and is_first) else 0
        entry.next_look = self._looks.next(entry)
        self._rows.write(entry)
        return is_first

    def postpone(self, url: str, seconds: float) -> None:
        """Ask for a URL no sooner than in so many seconds, a day at most: its host wants to be left alone."""
        entry = self._rows.release(url) or self._rows.going_by(url)
        if entry is not None and entry.next_look is not None:
            rested = self._now() + min(timedelta(seconds=seconds), _LONGEST_REST)
            entry.next_look = max(entry.next_look, stamp(rested))
            self._rows.write(entry)

    def counts(self) -> dict[str, int]:
        """How many of the site's stories are in which state; they add up to the number announced."""
        self.flush()
        with self._rows.database() as connection:
            return counts_by_state(connection, self._site)

    def announcers(self, urls: Sequence[str]) -> dict[str, tuple[str, str]]:
        """URL → source and kind of its first announcement."""
        with self._rows.database() as connection:
            return {url: (row.source, row.kind) for url, row in first_announcements(connection, urls).items()}

    def entries(self) -> Iterator[Entry]:
        """Every row of the site, by URL."""
        self.flush()
        yield from read_entries(self._engine, self._site)

    def flush(self) -> None:
        """Put what is not written yet into the database."""
        self._rows.flush()

    def _stamp(self) -> str:
        return stamp(self._now())
