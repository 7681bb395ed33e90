"""Articles over time: found by any address of the story, each look at them, what changed from one to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archives.collection import Collection
from archives.errors import ArchiveError
from archives.history import ArticleCapture, History, StoredArticle
from archives.revisions import record_id_of
from crawler.changes import Change, Kind, compare
from crawler.discovery.url import clean_url, normalised, story_key
from crawler.frontier import Entry, read_addresses, read_entries
from crawler.frontier.tables import target_in
from crawler.items import Rejected, as_item
from crawler.jobs.reread import article_of
from crawler.sites import Site

Item = dict[str, Any]

_FURTHEST = 5
"""Addresses that lead on to another."""


class NotFound(Exception):
    """There is no such article, revision or capture; its text is one line: what, and what next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One capture of an article, and what it showed."""

    capture: ArticleCapture
    change: Change | None
    """What changed since the look before; None where nothing did."""
    what: str
    """In a few words, e.g. 'first capture', 'unchanged', 'removed: status 410', 'no article: status 503'."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        named = ("date", "record_id", "url", "status", "revision")
        change = self.change or Change(kinds=(), fields=())
        return {**{name: getattr(self.capture, name) for name in named}, "what": self.what, **change.as_json()}


class Timeline:
    """One article of a collection over time."""

    def __init__(self, collection: Collection, url: str) -> None:
        """NotFound, if the collection has no article that is known by this address.

        The collection must stay open for as long as captures are asked for.
        """
        self._collection = collection
        history = History(collection.catalog)
        self.entries = _entries(collection, url)
        """What the ledger knows of the story, the address that was asked for first."""
        self._addresses = read_addresses(collection.catalog.engine, [entry.url for entry in self.entries])
        article = history.article([url, normalised(url), *self.addresses])
        if article is None:
            advice = "name the --collection that has it, or see 'newswarc ledger SITE --urls'"
            raise NotFound(f"{url}: {collection.layout.root} has no article of this address; {advice}")
        self.article: StoredArticle = article
        self.revisions = history.revisions(article)
        self.captures = history.captures(article)

    @property
    def addresses(self) -> list[str]:
        """All addresses of the story that the ledger knows, those that its rows go by first."""
        variants = [url for known in self._addresses.values() for url in known]
        return list(dict.fromkeys([*self._addresses, *variants]))

    @property
    def entry(self) -> Entry | None:
        """The ledger's row of the address by which the article is known."""
        url = normalised(self.article.url)
        return next((entry for entry in self.entries if url in self._addresses[entry.url]), None)

    def looks(self) -> Iterator[Look]:
        """Each capture in order, and what changed."""
        shown: int | None = None
        gone = False
        for capture in self.captures:
            if capture.revision is None:
                gone = gone or capture.removed is not None
                yield _look_at_nothing(capture, gone=gone)
                continue
            kinds: tuple[Kind, ...] = ("restored",) if gone else ()
            change = Change(kinds=kinds, fields=())
            if shown is not None and capture.revision != shown:
                found = compare(self.revisions[shown], self.revisions[capture.revision])
                change = Change(kinds=(*kinds, *found.kinds), fields=found.fields)
            what = ", ".join(change.kinds) or ("first capture" if shown is None else "unchanged")
            yield Look(capture=capture, change=change if change.kinds else None, what=what)
            shown, gone = capture.revision, False

    @property
    def latest(self) -> Item:
        """What the last revision says."""
        return self.revisions[max(self.revisions)]

    def item(self, named: str, sites: Mapping[str, Site]) -> Item:
        """What a revision or a capture says: by the revision's number, or by the beginning of the capture's time.

        NotFound, if there is none, or there are several.
        """
        if named.isdecimal() and len(named) < len("2024"):
            return self._revision(int(named))
        found = [capture for capture in self.captures if _digits(capture.date).startswith(_digits(named))]
        if len(found) != 1 or not _digits(named):
            times = ", ".join(capture.date for capture in found or self.captures)
            what = "several captures" if found and _digits(named) else "no revision or capture"
            raise NotFound(f"{named}: {what} of this article; name one of the times {times}")
        return self._captured(found[0], sites)

    def _revision(self, number: int) -> Item:
        if number not in self.revisions:
            known = ", ".join(map(str, self.revisions))
            raise NotFound(f"{number}: no revision of this article; there are {known}")
        return self.revisions[number]

    def _captured(self, looked: ArticleCapture, sites: Mapping[str, Site]) -> Item:
        """The item of a capture: the revision's own, or extracted from the capture's bytes."""
        item = self.revisions.get(looked.revision or 0)
        if item is not None and record_id_of(item) == looked.record_id:
            return item
        capture = self._collection.catalog.by_record_id(looked.record_id)
        try:
            found = article_of(self._collection, capture, sites.get(self.article.site or "")) if capture else None
        except ArchiveError as fault:
            raise NotFound(f"{looked.date}: {fault}") from fault
        if found is None or isinstance(found, Rejected):
            why = f"status {looked.status}" if found is None or looked.status != 200 else found.reason
            raise NotFound(f"{looked.date}: no article in this capture ({why}); name another one")
        return {**as_item(found), "revision": looked.revision}


def _look_at_nothing(capture: ArticleCapture, *, gone: bool) -> Look:
    if capture.removed is not None:
        change = Change(kinds=("removed",), fields=())
        return Look(capture=capture, change=change, what=f"removed: {capture.removed}")
    what = f"status {capture.status}"
    return Look(capture=capture, change=None, what=f"still gone: {what}" if gone else f"no article: {what}")


def _digits(date: str) -> str:
    """Of a time as '2024-06-11T10:00:00Z' or '20240611100000' what can be compared."""
    return "".join(filter(str.isdecimal, date))


def _entries(collection: Collection, url: str) -> list[Entry]:
    """The ledger's rows of an address, of those that it leads to, and of the same story."""
    engine = collection.catalog.engine
    found: dict[str, Entry] = {}
    wanted = {url, normalised(clean_url(url) or url)}
    for _ in range(_FURTHEST):
        rows = [entry for entry in read_entries(engine, urls=wanted) if entry.url not in found]
        found |= {entry.url: entry for entry in rows}
        wanted = {target for entry in rows if (target := target_in(entry.reason))}
        if not wanted:
            break
    stories = {story_key(url), *(entry.story for entry in found.values())}
    found |= {entry.url: entry for entry in read_entries(engine, stories=stories) if entry.url not in found}
    return list(found.values())
