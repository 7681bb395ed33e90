"""The ledger as a crawl uses it: each announced story has one row, and is in exactly one state, with its reason.

A story's row goes by the address under which it is asked for. Others that are announced for it are variants, which are
known for as long as the row is: what its address alone tells, and what redirects and pages have said.

Rows are written in batches, so a crash loses at most the last second's states; the captures themselves are safe, and
the next crawl asks again.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from archives.errors import ArchiveError
from crawler.discovery import Announced
from crawler.discovery.url import form_rank, story_key
from crawler.frontier.entry import HAD, Entry, State, stamp
from crawler.frontier.hosts import Hosts
from crawler.frontier.looks import Looks
from crawler.frontier.reading import read_entries
from crawler.frontier.rows import Rows, upsert
from crawler.frontier.sources import Sources
from crawler.frontier.tables import LEDGER, TIMES, counts_by_state, first_announcements, leads_to
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
    `before_writing` is called before states are written, and commits what they tell of.
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
    ) -> None:
        self._engine = engine
        self._rows = Rows(engine, on_fault, before_writing)
        self._looks = Looks(revisits, now)
        self._site = site
        self._now = now
        self._began = None if began is None else stamp(began)
        self._asked: set[str] = set()
        self._led_to: defaultdict[str, list[str]] = defaultdict(list)
        """Target of redirects that is not had yet → addresses that led there in this crawl."""
        self.announced = 0
        """Stories that were announced for the first time, in this crawl."""
        self.hosts = Hosts(engine, self._rows.database, site)
        self.sources = Sources(engine, self._rows.database, site=site, polling=polling, now=now)

    def announce(
        self, found: Iterable[Announced], *, source: str, judge: Callable[[Announced], str | None] = lambda _: None
    ) -> list[Announced]:
        """Write down what a source announced; returns what is to be asked for now, each URL once a crawl.

        `judge` gives the reason for which a URL is skipped without being asked for, or None.
        """
        batch = sorted({one.url: one for one in found}.values(), key=lambda one: form_rank(one.url))
        known, of_story = self._known(batch)
        due: list[Announced] = []
        for one in batch:
            story, reason = story_key(one.url), one.refused or judge(one)
            entry = known.get(one.url) or self._met(one.url, of_story.get(story), reason)
            if entry is None:
                entry = self._new_entry(one, story)
                self.announced += 1
            of_story[entry.story] = entry
            self._note_announcement(one, source, entry)
            if entry.url == one.url:
                self._judge(entry, reason)
                if one.url not in self._asked and self._is_due(entry, one):
                    self._rows.hold(entry)
                    due.append(one)
                entry.date = one.date or entry.date
            self._rows.write(entry)
        due = [one for one in due if self._rows.going_by(one.url) is not None]  # of one story the address that is left
        self.flush()  # what is asked for now is in the ledger already, if the crawl dies: recovery looks there for it
        order = {one.url: place for place, one in enumerate(found)} if isinstance(found, list | tuple) else {}
        return sorted(due, key=lambda one: order.get(one.url, 0))

    def _known(self, batch: Iterable[Announced]) -> tuple[dict[str, Entry], dict[str, Entry]]:
        """What is known by the URLs, and what by their stories: those that are to be found under their URLs first."""
        by_url = self._rows.by_url(one.url for one in batch)
        by_url = {url: entry for url, entry in by_url.items() if entry.site == self._site or entry.url == url}
        by_story = self._of_site(story_key(one.url) for one in batch)
        entries = {**by_story, **{entry.url: entry for entry in by_url.values()}}
        last = sorted(entries.values(), key=lambda entry: entry.leads)
        return by_url, {entry.story: entry for entry in last}

    def _of_site(self, stories: Iterable[str]) -> dict[str, Entry]:
        """URL → its entry, of this site's that are of one of the stories."""
        found = self._rows.by_story(stories)
        return {url: entry for url, entry in found.items() if entry.site == self._site}

    def _met(self, url: str, entry: Entry | None, reason: str | None) -> Entry | None:
        """The entry of a story that is announced under a new address: it goes by that, if it was not to be had."""
        if entry is not None and not entry.leads and reason is None:
            self._go_by(entry, url)
        return entry

    def _go_by(self, entry: Entry, url: str) -> None:
        entry.state, entry.reason, entry.next_look = "pending", None, self._stamp()
        entry.last_seen, entry.looks, entry.failures = None, 0, 0
        self._rows.rename(entry, url)

    def known(self, urls: Iterable[str]) -> int:
        """How many of the URLs were announced before."""
        return self._rows.count(urls)

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

    def _note_announcement(self, one: Announced, source: str, entry: Entry) -> None:
        now = entry.last_announced = self._stamp()
        self._rows.note_announcement(
            {
                "url": one.url,
                "source": source,
                "kind": one.kind,
                "title": one.title,
                "date": one.date,
                "first_announced": now,
                "last_announced": now,
            },
            entry,
        )

    def _judge(self, entry: Entry, reason: str | None) -> None:
        if entry.last_seen is not None or entry.url in self._asked:
            return
        if reason is not None:
            entry.state, entry.reason, entry.next_look = "skipped", reason, None
        elif entry.state == "skipped" and leads_to(entry.reason) is None:
            entry.state, entry.reason, entry.next_look = "pending", None, self._stamp()

    def _is_due(self, entry: Entry, one: Announced) -> bool:
        if self._is_settled(entry):
            return False
        looked_at = entry.last_seen is not None or entry.state == "failed"
        changed = looked_at and one.date is not None and one.date != entry.date
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
        which = sa.and_(LEDGER.c.site == self._site, LEDGER.c.next_look <= self._stamp(), unsettled)
        found = self._rows.first(which, LEDGER.c.next_look, limit)
        due = [entry for entry in found if entry.url not in self._asked]
        for entry in due:
            self._rows.hold(entry)
        return [entry.url for entry in due]

    def plan_looks(self) -> None:
        """Take up what came out within the site's times, if these are others than those by which it was planned last.

        A look that is due stays so, and none is put off.
        """
        revisits, times = self._looks.revisits, {"site": self._site, "after": str(self._looks.revisits)}
        with self._rows.database() as connection:
            known = connection.execute(sa.select(TIMES.c.after).where(TIMES.c.site == self._site)).scalar()
        if known == times["after"]:
            return
        came_out = sa.func.coalesce(LEDGER.c.since, LEDGER.c.first_announced)
        was_there = LEDGER.c.state.in_(("captured", "unchanged", "gone"))
        which = sa.and_(LEDGER.c.site == self._site, was_there, came_out > stamp(self._now() - revisits.span))
        for entry in self._rows.first(which, LEDGER.c.url):
            planned = self._looks.next(entry)
            if planned is not None and (entry.next_look is None or planned < entry.next_look):
                entry.next_look = planned
                self._rows.write(entry)
        self.flush()
        with self._rows.database() as connection, connection.begin():
            connection.execute(upsert(self._engine, TIMES), times)

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

    def settle(
        self,
        url: str,
        state: State,
        reason: str | None = None,
        *,
        seen: bool = False,
        changed: bool = False,
    ) -> bool:
        """Write down what became of a URL that was asked for; returns whether it is the first that was seen of it.

        `seen`: a response for it was captured; `changed`: a reader would see another story than in the last one.
        """
        led_here = self._led_to.pop(url, ()) if state in HAD else ()
        for other in led_here:
            self.meet(other, url)
        entry = self._rows.release(url) or self._rows.going_by(url)
        if entry is None:  # a variant by now
            return False
        for other in led_here:
            self._note_announcement(Announced(url=url, kind="redirect"), other, entry)
        is_first = seen and entry.last_seen is None
        entry.since = self._looks.since(entry, state, changed=changed)
        entry.state, entry.reason = state, reason
        if seen:
            entry.last_seen = self._stamp()
        entry.looks = entry.looks + 1 if state == "unchanged" else 0
        entry.failures = entry.failures + 1 if state == "failed" else 0
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

    def story_of(self, canonical: str, url: str) -> str | None:
        """The other URL under which the story with that canonical address is in the ledger already, if any."""
        for entry in self._of_site([story_key(canonical)]).values():
            if entry.url != url and entry.leads:
                return entry.url
        return None

    def same_story(self, url: str, canonical: str) -> None:
        """Note that the page at `url` says its story is the one at `canonical`."""
        entry = self._rows.going_by(url)
        if entry is not None:
            entry.story = story_key(canonical)
            self._rows.write(entry)

    def meet(self, url: str, other: str) -> None:
        """Have the row that goes by `url` be one with that of the story at the `other` address, or else go by that."""
        entry = self._rows.going_by(url)
        if entry is None:
            return
        by_story = self._of_site([story_key(other)]).values()
        had = (found for found in by_story if found.state in HAD)
        lead = self._rows.by_url([other]).get(other) or next(had, entry)
        if lead.site != entry.site:
            return
        if lead.url != url:
            lead.first_announced = min(lead.first_announced, entry.first_announced)
            lead.last_announced = max(lead.last_announced, entry.last_announced)
            lead.date = lead.date or entry.date
            self._rows.join(entry, lead)
        elif other != url:
            entry.story = story_key(other)
            self._go_by(entry, other)

    def follow(self, url: str, target: str) -> bool:
        """Note that `url` leads to a target; returns whether that is to be looked at, as it was not asked for yet.

        They are one story once the target is had, and not before: it may be a page for all that cannot be had now.
        """
        entry = self._rows.by_url([target]).get(target)
        if entry is not None and entry.state in HAD:
            self.meet(url, target)
        else:
            self._led_to[target].append(url)
        is_open = target not in self._asked and (entry is None or entry.url in {url, target})
        self._asked.add(target)
        return is_open

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
