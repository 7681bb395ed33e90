"""What sources announce: it is written down at once, each story in one row; some of it is to be asked for now."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

import sqlalchemy as sa

from crawler.discovery import Announced
from crawler.discovery.url import form_rank, story_key
from crawler.frontier.entry import HAD, Entry, is_later
from crawler.frontier.rows import Rows
from crawler.frontier.stories import Stories
from crawler.frontier.tables import ANNOUNCEMENTS, target_in


class Announcing:
    """The announcements of one site in a crawl. `now` gives the time as the ledger stamps it.

    `asked` are the addresses that the crawl has in hand by then. What was settled since the job `began` is not due.
    """

    def __init__(
        self,
        rows: Rows,
        stories: Stories,
        *,
        site: str,
        asked: AbstractSet[str],
        began: str | None,
        each_time: bool,
        now: Callable[[], str],
    ) -> None:
        self._rows = rows
        self._stories = stories
        self._site = site
        self._asked = asked
        self._began = began
        self._each_time = each_time
        self._stamp = now
        self.count = 0
        """Stories that were announced for the first time."""

    def announce(
        self, found: Iterable[Announced], *, source: str, judge: Callable[[Announced], str | None] = lambda _: None
    ) -> list[Announced]:
        """Write down what a source announced; returns what is to be asked for now, each URL once a crawl.

        `judge` gives the reason for which a URL is skipped without being asked for, or None.
        """
        batch = sorted({one.url: one for one in found}.values(), key=lambda one: form_rank(one.url))
        known, of_story = self._stories.known(batch)
        due: list[Announced] = []
        for one in batch:
            story, reason = story_key(one.url), one.refused or judge(one)
            entry = known.get(one.url) or of_story.get(story)
            if entry is None:
                entry = self._new_entry(one, story)
                self.count += 1
            elif entry.url != one.url and reason is None and self._makes_way(entry, one, is_new=one.url not in known):
                self._stories.go_by(entry, one.url)
            of_story[entry.story] = entry
            self._rows.note_announcement(one, source, entry, self._stamp())
            if not self._is_own(entry, reason):
                continue
            entry.last_announced = self._stamp()
            if entry.url == one.url:
                self._judge(entry, reason)
                if one.url not in self._asked and self._is_due(entry, one):
                    self._rows.hold(entry)
                    due.append(one)
                if entry.date is None or is_later(one.date, entry.date):
                    entry.date = one.date
            self._rows.write(entry)
        due = [one for one in due if self._rows.going_by(one.url) is not None]  # of one story the address that is left
        self._rows.flush()  # if the crawl dies, what is asked for now is in the ledger: recovery looks there for it
        order = {one.url: place for place, one in enumerate(found)} if isinstance(found, list | tuple) else {}
        return sorted(due, key=lambda one: order.get(one.url, 0))

    def known(self, urls: Iterable[str], *, source: str, polled: str | None) -> int:
        """How many of the URLs were announced before: by others than the source, or by it until it was polled last.

        What a crawl wrote down of a poll and was killed before that was done is as new to the next one.
        """
        by_others = ANNOUNCEMENTS.c.source != source
        before = sa.or_(by_others, ANNOUNCEMENTS.c.first_announced <= polled) if polled else by_others
        return self._rows.count(urls, before)

    def _makes_way(self, entry: Entry, one: Announced, *, is_new: bool) -> bool:
        """Whether a story is to go by another of its addresses, as that is announced.

        By the better form of one that was never asked for; or by any, once what cannot be had is due.
        """
        if entry.is_good and (entry.state != "pending" or entry.last_seen is not None or entry.url in self._asked):
            return False
        if form_rank(one.url) < form_rank(entry.url) and is_new:
            return True
        was_refused = entry.state == "skipped" and entry.last_seen is None
        return not entry.is_good and (was_refused or self._is_due(entry, one))

    def _is_own(self, entry: Entry, reason: str | None) -> bool:
        """Whether the entry is this site's, or another's that has refused it, so that it is this one's from now on."""
        if entry.site != self._site and reason is None and entry.state == "skipped" and entry.last_seen is None:
            entry.site = self._site
        return entry.site == self._site

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

    def _judge(self, entry: Entry, reason: str | None) -> None:
        if entry.last_seen is not None or entry.url in self._asked:
            return
        if reason is not None:
            entry.state, entry.reason, entry.next_look = "skipped", reason, None
        elif entry.state == "skipped" and target_in(entry.reason) is None:
            entry.state, entry.reason, entry.next_look = "pending", None, self._stamp()

    def _is_due(self, entry: Entry, one: Announced) -> bool:
        if self._is_settled(entry):
            return False
        looked_at = entry.last_seen is not None or entry.state == "failed"
        changed = looked_at and is_later(one.date, entry.date)
        if entry.next_look is None:
            again = changed or (self._each_time and entry.state in HAD)
            return again and (entry.state != "skipped" or entry.may_be_read)
        return changed or entry.next_look <= self._stamp()

    def _is_settled(self, entry: Entry) -> bool:
        """Whether an earlier run of the same job is done with it."""
        return self._began is not None and entry.state != "pending" and (entry.next_look or "") >= self._began
