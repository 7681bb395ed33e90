"""What a crawl amounts to: Scrapy's statistics → figures, and a verdict in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from operator import add
from pathlib import Path
from typing import Any, TypeVar

from crawler.jobs.run_row import Summary
from crawler.sites import Site

FAILED = "failed"
"""The finish reason of a crawl that a fault of ours ended."""
INTERRUPTED = "shutdown"
"""Scrapy's finish reason of a crawl that Ctrl-C or SIGTERM ended."""
TIME_UP = "closespider_timeout"
"""Scrapy's finish reason of a crawl whose time was up."""
BYTES_UP = "bytes_up"
"""The finish reason of a crawl that had received as many bytes as it may."""
ARCHIVE_FAILED = "archive_failed"
"""The finish reason of a crawl that could not archive."""
CUT_OFF = "cut off"
"""The finish reason of a crawl that was killed."""
NOTHING_DUE = "nothing due"
"""The finish reason of a crawl that was to ask for no more than what was due, and so did not begin."""

Stats = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a crawl did. Figures are of this crawl; `ledger`: in which states all stories of its sites are."""

    job: str
    """Names the crawl's files, e.g. '20240611T100000Z'."""
    sites: tuple[str, ...] = ()
    collection: Path | None
    """This and the next three are None where nothing was captured and nothing is left."""
    items: Path | None
    """JSON lines, one article each."""
    log: Path | None
    reports: Path | None
    """Folder of the crawl log and the reports."""
    requests: int = 0
    """That the crawl had to make, whether or not they could be made."""
    pages: int = 0
    """Responses that came, whatever their status, without requisites."""
    captures: int = 0
    """Exchanges archived: responses, revisits and torn ones."""
    revisits: int = 0
    articles: int = 0
    announced: int = 0
    """Stories that were announced for the first time."""
    new: int = 0
    """Articles that were captured for the first time."""
    changed: int = 0
    """Articles that a reader would see changed."""
    coverage: Mapping[str, int] = field(default_factory=dict)
    """Field → in how many of `articles` it is: title, byline, date_published, body."""
    requisites: int = 0
    """Pictures, style sheets, scripts and fonts that came for articles; in `captures` too."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """By reason, e.g. {'time-out': 1, 'status 500': 2}."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """By reason, e.g. {'no body': 1, 'budget': 2}; what was not asked for but for the budget is not among them."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Stories settled by this crawl, by state: captured, unchanged, skipped, failed, gone."""
    ledger: Mapping[str, int] = field(default_factory=dict)
    sources_failed: int = 0
    """Feeds, sitemaps and sections that could not be had or read."""
    sources_polled: int = 0
    """Of which something came that could be read."""
    sources_overflowed: tuple[str, ...] = ()
    """Those of which some news may have been missed, as nothing in them was known any more."""
    sources_unusable: tuple[str, ...] = ()
    """One line for each of them that came and is no source, or was named and cannot be had: where, what, what next."""
    fruitless: tuple[str, ...] = ()
    """One line for each site in which no article was found: why, what next."""
    bytes: int = 0
    """Received."""
    seconds: float = 0.0
    finish_reason: str = "finished"
    """'finished', 'shutdown' (interrupted), 'closespider_timeout' (max_time), 'bytes_up' (max_bytes), 'nothing due',
    'archive_failed' (also where a worker's lease had run out) …"""
    repaired: tuple[str, ...] = ()
    """One line for each thing that an earlier crawl had left unfinished, and that was put right before this one."""
    unsent: str | None = None
    """How many WARC files did not come to the store, and why; the next crawl sends them."""
    problem: str | None = None
    """The one line that says why, where the crawl did not finish, found nothing, or could not write an item."""

    @property
    def explained(self) -> bool:
        """Whether it says without the log why nothing was captured, if so."""
        return self.finish_reason == INTERRUPTED or (self.problem is not None and self.finish_reason != FAILED)


def as_row(summary: RunSummary) -> dict[str, Any]:
    """The summary as plain JSON values."""
    paths = ("collection", "items", "log", "reports")
    return {key: str(value) if value and key in paths else value for key, value in asdict(summary).items()}


def nothing_due(collection: Path, sites: Sequence[Site]) -> RunSummary:
    """The summary of a crawl that had nothing to ask for: it has no files."""
    return RunSummary(
        job="",
        sites=tuple(site.name for site in sites),
        collection=collection,
        items=None,
        log=None,
        reports=None,
        finish_reason=NOTHING_DUE,
    )


def summed_up(
    begun: RunSummary, sites: Sequence[Site], stats: Sequence[Stats], *, seconds: float, completed: bool
) -> RunSummary:
    """The summary with the figures of every site that was crawled; not `completed`, if no site was closed in order."""
    total: Counter[str] = Counter()
    for one in stats:
        total.update({key: value for key, value in one.items() if isinstance(value, int)})
    reasons = [begun.finish_reason, *map(_finish_reason, stats)]
    reasons += [] if completed else [INTERRUPTED]
    fruitless = tuple(filter(None, (why_fruitless(site, one) for site, one in zip(sites, stats, strict=False))))
    return replace(
        begun,
        sites=tuple(site.name for site in sites),
        requests=total["scheduler/enqueued"],
        pages=total["downloader/response_count"] - total["requisites/captured"],
        captures=total["archive/captures"],
        revisits=total["archive/revisits"],
        articles=total["item_scraped_count"],
        announced=total["ledger/announced"],
        new=total["articles/new"],
        changed=total["articles/changed"],
        coverage=_below(total, "coverage/"),
        requisites=total["requisites/captured"],
        failed=_below(total, "outcome/failed/"),
        skipped=_below(total, "outcome/skipped/"),
        outcomes=_by_state(total),
        ledger=_below(total, "ledger/state/"),
        sources_failed=total["sources/failed"] + total["sources/unreadable"],
        sources_polled=total["sources/polled"],
        sources_overflowed=tuple(url for one in stats for url in one.get("sources/overflowed", ())),
        sources_unusable=tuple(line for one in stats for line in one.get("sources/unusable", ())),
        fruitless=fruitless,
        bytes=total["downloader/response_bytes"],
        seconds=seconds,
        finish_reason=next((one for one in reasons if one != "finished"), "finished"),
        unsent=stats[-1].get("store/unsent") if stats else None,
        problem=next(filter(None, [begun.problem, *failures(stats), *fruitless]), None),
    )


_ADDED = tuple(fact.name for fact in fields(RunSummary) if fact.type in (int, float))
_COUNTED = ("coverage", "failed", "skipped", "outcomes")
_LISTED = ("sources_overflowed", "sources_unusable")
AT_LEAST = "at_least"
"""Key of a run's summary: true, if a crawl of it was killed, and what that did in its last second is not counted."""
UNKNOWN: Summary = dict.fromkeys((*_ADDED, *_COUNTED, *_LISTED))
"""Of a crawl of which nobody knows what it did."""


def joined(earlier: Summary | None, later: Summary | None) -> Summary | None:
    """The summary of a run that took several crawls, as each said it: figures are of all, the end is of the last.

    Of a crawl that did nothing there is none. A figure that is not known of one of them is None.
    """
    if not earlier:
        return later or None
    if not later:
        return {**earlier, "log": None}
    figures = {name: _joined(earlier.get(name, 0), later.get(name, 0), add) for name in _ADDED}
    counts = {name: _joined(earlier.get(name, {}), later.get(name, {}), _added) for name in _COUNTED}
    lists = {name: _joined(earlier.get(name, ()), later.get(name, ()), _listed) for name in _LISTED}
    least = {AT_LEAST: True} if earlier.get(AT_LEAST) or later.get(AT_LEAST) else {}
    return {**later, **figures, **counts, **lists, **least}


def is_whole(summary: Summary | None) -> bool:
    """Whether a run's figures are of all that it did."""
    said = summary or {}
    return not said.get(AT_LEAST) and all(said.get(name, 0) is not None for name in _ADDED)


def figures_of(summary: Summary | None) -> Summary:
    """A run's summary without what nobody knows."""
    return {name: value for name, value in (summary or {}).items() if value is not None}


def _joined(one: T | None, other: T | None, join: Callable[[T, T], T]) -> T | None:
    return None if one is None or other is None else join(one, other)


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}


def _listed(one: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys([*one, *other]))


def _finish_reason(stats: Stats) -> str:
    """Why the crawl of a site ended: it was finished, too, if nothing was left to be asked for when its time was up."""
    reason = str(stats.get("finish_reason"))
    queued = stats.get("scheduler/enqueued", 0) - stats.get("scheduler/dequeued", 0)
    has_begun = stats.get("sources/polled", 0) or stats.get("ledger/asked", 0)
    is_done = has_begun and not queued and not stats.get("ledger/state/pending", 0)
    return "finished" if reason in (TIME_UP, BYTES_UP) and is_done else reason


def failures(stats: Sequence[Stats]) -> Iterator[str]:
    """One line for each crawl that could not archive, and for each that could not write an item into its file."""
    for key in ("archive/failure", "items/failure"):
        yield from (str(one[key]) for one in stats if key in one)


def why_fruitless(site: Site, stats: Stats) -> str | None:
    """Why a crawl that came to its end found no article in the site, now or earlier; None if it did."""
    known = sum(count for state, count in _below(stats, "ledger/state/").items() if state != "skipped")
    if stats.get("finish_reason") != "finished":
        return None
    if known:
        return _why_silent(site, stats)
    if stats.get("ledger/asked"):
        return None
    for line in stats.get("sources/unusable", ()):
        return str(line)
    elsewhere = Counter(_below(stats, "elsewhere/"))
    if elsewhere:
        ((host, _),) = elsewhere.most_common(1)
        return (
            f"{site.origin}/: its links lead to articles on {host}, which is out of scope; crawl that address, or name "
            "both hosts in a site file"
        )
    return f"{site.origin}/: no article was found; give the address of a feed or a section, or write a site file"


def _why_silent(site: Site, stats: Stats) -> str | None:
    """Why a crawl of a site whose articles are known found nothing at all; None if it did."""
    polled = stats.get("sources/polled", 0)
    if not polled or stats.get("sources/announced"):
        return None
    return f"{site.origin}/: none of {polled} sources announces anything any more; 'newswarc sites check' tells more"


def _below(total: Stats, prefix: str) -> dict[str, int]:
    return {key.removeprefix(prefix): value for key, value in sorted(total.items()) if key.startswith(prefix)}


def _by_state(total: Mapping[str, int]) -> dict[str, int]:
    states: Counter[str] = Counter()
    for key, value in total.items():
        if key.startswith("outcome/"):
            states[key.split("/")[1]] += value
    return dict(sorted(states.items()))
