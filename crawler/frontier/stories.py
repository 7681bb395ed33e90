"""Which addresses are of one story, by what their forms, redirects and pages say.

A story's row goes by the address under which it is asked for; its other addresses are variants, which are known for as
long as the row is. An address that leads to another is one with that once the other is had, and not before: a redirect
may lead to a page for all that cannot be had now, and a page may name an address that is none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from crawler.discovery import Announced
from crawler.discovery.url import form_rank, story_key
from crawler.frontier.entry import HAD, Entry
from crawler.frontier.rows import Rows


class Stories:
    """The stories of one site. `now` gives the time as the ledger stamps it."""

    def __init__(self, rows: Rows, site: str, now: Callable[[], str]) -> None:
        self._rows = rows
        self._site = site
        self._now = now
        self._led_to: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        """Target → address that led there in this crawl, before it was had → whether the page there named it."""

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
            lead.absorb(entry)
            self._rows.join(entry, lead)
        elif other != url:
            entry.story = story_key(other)
            self.go_by(entry, other)

    def known_address(self, url: str, canonical: str) -> str | None:
        """The other address of the story whose page, at `url`, names a canonical one, if any; they are one now."""
        addresses = (url, *self.led_to(url))
        for entry in self._of_site([story_key(canonical)]).values():
            if entry.url not in addresses and entry.is_good:
                for address in addresses:
                    self.join(address, entry.url)
                return entry.url
        return None

    def is_untried(self, canonical: str, *, named_by: str) -> bool:
        """Whether the address that a page names is plainer than its own, and was never asked for because of that."""
        by = (named_by, *self.led_to(named_by))
        is_plainer = form_rank(canonical) < form_rank(named_by)
        return is_plainer and not any(self._rows.was_announced(canonical, by=address) for address in by)

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
        if entry is not None and entry.state in HAD:
            self.join(url, target)
        else:
            self._led_to[target] |= dict.fromkeys((url, *self.led_to(url)), is_named)

    def led_to(self, target: str) -> tuple[str, ...]:
        """The addresses that led to a target in this crawl."""
        return tuple(self._led_to.get(target, ()))

    def arrive(self, target: str) -> None:
        """A target is had: it is of one story with what led there."""
        for url in self.led_to(target):
            self.join(url, target)
        for url in self.led_to(target):
            self._note(target, by=url)

    def give_up(self, target: str) -> dict[str, str]:
        """A target cannot be had: address that led there and waits for it → the reason to settle it with.

        What a page named is a variant of its story all the same, and was tried: see `is_untried`.
        """
        waiting = {}
        for url, is_named in self._led_to.get(target, {}).items():
            if self._rows.is_unsettled(url):
                waiting[url] = f"duplicate of {target}" if is_named else f"redirects to {target}"
            if is_named:
                self._note(target, by=url)
        return waiting

    def _note(self, target: str, *, by: str) -> None:
        """Write down that an address led to a target, of whose story it is."""
        entry = self._rows.by_url([by]).get(by)
        if entry is not None:
            self._rows.note_announcement(Announced(url=target, kind="redirect"), by, entry, self._now())
