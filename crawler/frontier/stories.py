"""Which addresses are of one story, by what their forms, redirects and pages say.

A story's row goes by the address under which it is asked for; its other addresses are variants, which are known for as
long as the row is. An address that leads to another is one with that once the other is had, and not before: a redirect
may lead to a page for all that cannot be had now, and a page may name an address that is none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from crawler.discovery import Announced
from crawler.discovery.url import form_rank, story_key
from crawler.frontier.entry import HAD, TAKEN_DOWN, Entry, State
from crawler.frontier.rows import Rows

_PATIENCE = 2
"""So often a page waits in vain for what it names and fails, before it stands for its story itself."""


class Stories:
    """The stories of one site. `now` gives the time as the ledger stamps it.

    `on_move` is called with the address that a story which was had went by, and the one that it goes by from now on.
    """

    def __init__(self, rows: Rows, site: str, now: Callable[[], str], on_move: Callable[[str, str], object]) -> None:
        self._rows = rows
        self._site = site
        self._now = now
        self._on_move = on_move
        self._led_to: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        """Target → address that led straight there in this crawl, before it was had → whether its page named it."""
        self._lost: dict[str, tuple[State, str | None]] = {}
        """What became of addresses that were not had in this crawl."""

    def known(self, batch: Iterable[Announced]) -> tuple[dict[str, Entry], dict[str, Entry]]:
        """What is known by the URLs, and what by their stories: of several entries one whose address is good."""
        by_url = self._rows.by_url(one.url for one in batch)
        by_url = {url: entry for url, entry in by_url.items() if entry.site == self._site or entry.url == url}
        by_story = self._of_site(story_key(one.url) for one in batch)
        entries = {**by_story, **{entry.url: entry for entry in by_url.values()}}
        last = sorted(entries.values(), key=lambda entry: entry.is_good)
        return by_url, {entry.story: entry for entry in last}

    def _of_site(self, stories: Iterable[str]) -> dict[str, Entry]:
        """URL → its entry, of this site's that are of one of the stories."""
        found = self._rows.by_story(stories)
        return {url: entry for url, entry in found.items() if entry.site == self._site}

    def go_by(self, entry: Entry, url: str) -> None:
        """Have a story's row go by another address, which is to be asked for: that it went by is a variant now."""
        self._move(entry, url)
        entry.state, entry.reason, entry.next_look, entry.looks = "pending", None, self._now(), 0
        self._rows.rename(entry, url)

    def join(self, url: str, other: str) -> None:
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
            if lead.reason != TAKEN_DOWN:
                self._move(entry, lead.url)
            lead.absorb(entry)
            self._rows.join(entry, lead)
        elif other != url:
            entry.story = story_key(other)
            self.go_by(entry, other)

    def _move(self, entry: Entry, url: str) -> None:
        if entry.was_had:
            self._on_move(entry.url, url)

    def had_elsewhere(self, url: str, canonical: str) -> list[str]:
        """Other addresses at which a story was had whose page, at `url`, names a canonical address."""
        return [entry.url for entry in self._others(url, canonical) if entry.state in HAD]

    def part(self, url: str) -> None:
        """Have an address that leads to another lead nowhere: its page tells another story."""
        for led in self._led_to.values():
            led.pop(url, None)

    def known_address(self, url: str, canonical: str) -> str | None:
        """Where else the story was had whose page, at `url`, names a canonical address, if it was; they are one now."""
        for entry in self._others(url, canonical):
            if entry.state in HAD or entry.reason == TAKEN_DOWN:
                for address in (url, *self.led_to(url)):
                    self.join(address, entry.url)
                return entry.url
        return None

    def better_address(self, url: str, canonical: str) -> str | None:
        """The address at which the story may be had yet whose page, at `url`, names a canonical one.

        Another of its addresses that is still to be asked for; or the canonical one, if that is plainer and was never
        asked for because of this page. None, if this page is to stand for its story.
        """
        other = next((entry.url for entry in self._others(url, canonical) if entry.is_good), None)
        if other is not None or form_rank(canonical) >= form_rank(url) or self._rows.going_by(canonical) is not None:
            return other
        named_by = (url, *self.led_to(url))
        return None if any(self._rows.was_announced(canonical, by=address) for address in named_by) else canonical

    def _others(self, url: str, canonical: str) -> list[Entry]:
        """The entries of a story that have not led to the page at `url`, which names the canonical address."""
        own = (url, *self.led_to(url))
        return [entry for entry in self._of_site([story_key(canonical)]).values() if entry.url not in own]

    def stand(self, url: str, canonical: str) -> None:
        """Have the page at `url` stand for the story with the canonical address that it names."""
        self.arrive(url)
        entry = self._rows.going_by(url)
        if entry is not None:
            entry.story = story_key(canonical)
            self._rows.write(entry)

    def follow(self, url: str, target: str, *, is_named: bool = False) -> None:
        """Note that `url` leads to a target, by a redirect, or as the page there names it as its canonical address."""
        entry = self._rows.by_url([target]).get(target)
        if entry is not None and entry.state in HAD and entry.url != url:
            self.join(url, target)
        else:
            self._led_to[target][url] = is_named

    def led_to(self, target: str) -> tuple[str, ...]:
        """The addresses that led to a target in this crawl, by way of others too."""
        return tuple(self._ways_to(target))

    def _ways_to(self, target: str) -> dict[str, bool]:
        """Address that led to a target → whether the last step there was that a page named it."""
        found: dict[str, bool] = {}
        steps = list(self._led_to.get(target, {}).items())
        for url, is_named in steps:
            if url not in found and url != target:
                found[url] = is_named
                steps += dict.fromkeys(self._led_to.get(url, ()), is_named).items()
        return found

    def arrive(self, target: str) -> None:
        """A target is had: it is of one story with what led there."""
        led_here = self.led_to(target)
        entry = self._rows.by_url([target]).get(target) if led_here else None
        if entry is not None and entry.url != target and entry.state not in HAD:
            self.go_by(entry, target)
        for url in led_here:
            self.join(url, target)
        for url in led_here:
            self._note(target, by=url)

    def give_up(self, target: str, state: State, reason: str | None) -> dict[str, tuple[State, str]]:
        """A target is not to be had: address that led there and waits for it → what it is to be settled as.

        What a page named is a variant of its story all the same, and was tried: see `better_address`.
        """
        self._lost[target] = state, reason
        waiting: dict[str, tuple[State, str]] = {}
        for url, is_named in self._ways_to(target).items():
            entry = self._rows.going_by(url)
            if entry is None:
                continue
            if self._rows.is_unsettled(url) or (state == "gone" and entry.reason == f"redirects to {target}"):
                waiting[url] = ("failed", f"duplicate of {target}") if is_named else self.lost_with(target)
            if is_named and (state != "failed" or entry.failures >= _PATIENCE):
                self._note(target, by=url)
        return waiting

    def lost_with(self, target: str) -> tuple[State, str]:
        """What becomes of an address that redirects to a target that is not had: it is gone as that is, or failed."""
        state, reason = self._lost.get(target, (None, None))
        return ("gone", reason) if state == "gone" and reason else ("failed", f"redirects to {target}")

    def _note(self, target: str, *, by: str) -> None:
        """Write down that an address led to a target, which is of its story, unless that has a row of its own."""
        entry = self._rows.by_url([by]).get(by)
        if entry is not None and (entry.url == target or self._rows.going_by(target) is None):
            self._rows.note_announcement(Announced(url=target, kind="redirect"), by, entry, self._now())
