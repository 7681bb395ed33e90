"""Runs and sources of a site → what is wrong with it. Pure: the past is an argument, and so is the time.

Spidermon's monitors see the statistics of the one crawl that they end; silence, fields that get lost and rising shares
show only against the past of all runs, also while no crawl runs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from crawler.frontier import BUDGET, HAD, ROBOTS, TAKEN_DOWN
from crawler.frontier.source import Source
from crawler.jobs.runs import Run, Summary
from crawler.jobs.summary import figures_of
from crawler.sites import Schedule

Kind = Literal[
    "failed",
    "nothing",
    "coverage",
    "unread",
    "challenges",
    "silent",
    "source",
    "overflow",
    "behind",
    "waiting",
    "endless",
    "disk",
    "file",
]
KINDS: Mapping[Kind, str] = {
    "failed": "a run failed, or ended with something bad",
    "nothing": "a run came to nothing: no source could be read, and no page captured",
    "coverage": "a field that articles had is missing in many: the pages may have been redesigned",
    "unread": "many more pages than before come to no article: they may have been redesigned, or have moved",
    "challenges": "a rising share of pages is behind challenges, walls and refusals",
    "silent": "a source announces nothing new for much longer than it ever did",
    "source": "a source cannot be had or read, again and again",
    "overflow": "a feed's window rolled over between two polls",
    "behind": "stories wait for a day to be asked for the first time: runs may not ask for as many as are announced",
    "waiting": "a run waits for an hour, and when the next one is due: no worker has its site file, or all are busy",
    "endless": "a run is at work for a day, and for much longer than any before: it may have come to a stand",
    "disk": "there is little room left for the collections",
    "file": "a site file cannot be used, and its site is not crawled until it is mended",
}

_FEWEST = 10
"""Shares of fewer say nothing."""
_FEWEST_PAGES, _MANY_UNREAD = 30, 0.4
"""Of any page an article may not come, and by chance of several in a row: it takes more to tell that."""
_USUAL = 0.6
"""A field that fewer of the articles have is no rule of the site's."""
_DROP = 0.3
"""By so much a field's share falls, or the share of walls rises, until somebody is told."""
_WALLS = ("challenge", "consent wall", "status 401", "status 403", "status 429")
_NOT_LOOKED_AT = (BUDGET, ROBOTS, TAKEN_DOWN, "duplicate")
_FEWEST_LULLS = 5
_LULLS = 2.0
"""A source is silent after so many times its longest lull,"""
_SHORTEST_SILENCE = timedelta(hours=6)
"""and never sooner than this."""
_MANY_FAILURES = 5
_WAIT = timedelta(hours=1)
"""So long a run may wait at least: where there is more to do than workers can, many wait for a while."""
_LONG, _MUCH_LONGER = timedelta(days=1), 2
BEHIND = timedelta(days=1)
"""So long after it was announced a story is asked for, unless runs may not do as much as there is to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    kind: Kind
    subject: str
    """What of the site: a field, a source's address; '' if the site as a whole."""
    text: str
    """One line: what is wrong, and what next."""


Count = Callable[[Summary], int]
Since = Mapping[tuple[Kind, str], str]
"""Kind and subject of what is known to be wrong → since when: what came after that is no past to compare with."""


def findings(
    runs: Sequence[Run], sources: Iterable[Source], now: datetime, *, since: Since | None = None
) -> Iterator[Finding]:
    """All that is wrong with a site, given its runs that have ended, the newest first, and its sources."""
    yield from _last_run(runs)
    yield from _coverage(runs, since or {})
    yield from _unread(runs, since or {})
    yield from _challenges(runs, since or {})
    for source in sources:
        yield from _source(source, now)


def waiting(run: Run, schedule: Schedule | None, now: datetime) -> Iterator[Finding]:
    """What is wrong with a run that is in the queue: nothing for an hour, and until the next one of its site is due."""
    since = datetime.fromisoformat(run.queued or run.due)
    following = schedule.next_after(since, site=run.site) if schedule else since
    if now >= max(following, since + _WAIT):
        what = f"run {run.id} waits since {since.isoformat()[:16]}; is a worker at work that has the site's file?"
        yield Finding(kind="waiting", subject="", text=f"{what} see 'newswarc jobs list'")


def endless(run: Run, earlier: Iterable[Run], now: datetime) -> Iterator[Finding]:
    """What is wrong with a run that is under way: it takes much longer than any of those before, and than a day."""
    longest = max((_length(one, datetime.fromisoformat(one.ended)) for one in earlier if one.ended), default=_LONG)
    if run.started and _length(run, now) > max(_MUCH_LONGER * longest, _LONG):
        what = f"run {run.id} is at work since {run.started[:16]}, and none before took as long"
        yield Finding(kind="endless", subject="", text=f"{what}; see what its log in {run.collection}/logs says last")


def _length(run: Run, end: datetime) -> timedelta:
    return end - datetime.fromisoformat(run.started or run.due)


def behind(count: int, oldest: str) -> Iterator[Finding]:
    """What is wrong with a site of whose stories so many were not asked for within a day, the oldest since then."""
    if count >= _FEWEST:
        what = f"{count:,} stories were never asked for, announced since {oldest[:16]}"
        text = f"{what}; let runs do more, in [schedule], or leave old ones alone by sitemap_age in [limits]"
        yield Finding(kind="behind", subject="", text=text)


def _last_run(runs: Sequence[Run]) -> Iterator[Finding]:
    if not runs:
        return
    last, said = runs[0], runs[0].summary
    if said is not None and came_to_nothing(figures_of(said)):
        why = last.problem or "no source could be read, and no page captured"
        text = f"run {last.id} found nothing: {why}; see 'newswarc sites check {last.site}'"
        yield Finding(kind="nothing", subject="", text=text)
    elif last.state == "failed" or last.status not in (0, None):
        text = f"run {last.id}: {last.problem or 'ended badly'}; see 'newswarc jobs log {last.id}'"
        yield Finding(kind="failed", subject="", text=text)


def came_to_nothing(summary: Mapping[str, Any]) -> bool:
    """Whether a run asked for something, and all of it failed; not of a few stories alone, which failed before."""
    outcomes = summary.get("outcomes", {})
    came = summary.get("sources_polled", 0) + sum(count for state, count in outcomes.items() if state != "failed")
    failed = outcomes.get("failed", 0) >= _FEWEST or summary.get("sources_failed") or summary.get("fruitless")
    return bool(failed) and not came


def _coverage(runs: Sequence[Run], since: Since) -> Iterator[Finding]:
    """A field's share in the newest articles against its share in those before."""
    told = [run for run in runs if figures_of(run.summary).get("articles")]
    for field in sorted({name for run in told for name in figures_of(run.summary).get("coverage", {})}):
        newest, before = _split(told, _articles, _FEWEST, since.get(("coverage", field)))
        if _sum(newest, _articles) < _FEWEST or _sum(before, _articles) < 2 * _FEWEST:
            continue
        was, now = (_share(part, field) for part in (before, newest))
        if was >= _USUAL and was - now >= _DROP:
            text = f"{field} is in {now:.0%} of the newest articles and was in {was:.0%}; see 'newswarc explain' of one"
            yield Finding(kind="coverage", subject=field, text=text)


def _unread(runs: Sequence[Run], since: Since) -> Iterator[Finding]:
    """The share of pages that come to no article in the newest against that before; walls are told by themselves."""
    looked = [run for run in runs if _looked_at(figures_of(run.summary))]
    newest, before = _split(looked, _looked_at, _FEWEST_PAGES, since.get(("unread", "")))
    if _sum(newest, _looked_at) < _FEWEST_PAGES or _sum(before, _looked_at) < 2 * _FEWEST_PAGES:
        return
    was, now = (1 - _ratio(part, _read, _looked_at) for part in (before, newest))
    if now - was >= _MANY_UNREAD:
        text = f"{now:.0%} of the newest pages come to no article and {was:.0%} did before"
        yield Finding(kind="unread", subject="", text=f"{text}; see 'newswarc ledger {runs[0].site}' for reasons")


def _challenges(runs: Sequence[Run], since: Since) -> Iterator[Finding]:
    settled = [run for run in runs if _settled(figures_of(run.summary))]
    newest, before = _split(settled, _settled, _FEWEST, since.get(("challenges", "")))
    if _sum(newest, _settled) < _FEWEST:
        return
    was, now = (_ratio(part, _walls, _settled) for part in (before, newest))
    if now - was >= _DROP:
        text = f"{now:.0%} of the newest pages are behind challenges or walls and {was:.0%} were before; ask less often"
        yield Finding(kind="challenges", subject="", text=text)


def _source(source: Source, now: datetime) -> Iterator[Finding]:
    if source.failures >= _MANY_FAILURES and not source.dead:
        text = f"{source.url}: {source.problem}, {source.failures} times in a row; see 'newswarc sites check'"
        yield Finding(kind="source", subject=source.url, text=text)
    if source.dead and source.parent is None:
        text = f"{source.url}: gone since {source.dead[:10]} ({source.problem}); take it out of the site file"
        yield Finding(kind="source", subject=source.url, text=text)
    if source.overflowed is not None and source.overflowed == source.polled:
        text = f"{source.url}: feed window overflowed; poll it more often, in [schedule] and [polling]"
        yield Finding(kind="overflow", subject=source.url, text=text)
    if _is_silent(source, now):
        text = f"{source.url}: nothing new since {(source.news or '')[:16]}; see 'newswarc sites check'"
        yield Finding(kind="silent", subject=source.url, text=text)


def _is_silent(source: Source, now: datetime) -> bool:
    """Sections and plain sitemaps may rest, and what is not polled says nothing."""
    if source.kind not in ("feed", "news_sitemap", "section") or source.news is None or source.lulls < _FEWEST_LULLS:
        return False
    longest = max(_LULLS * source.lull, _SHORTEST_SILENCE.total_seconds())
    polled = datetime.fromisoformat(source.polled or source.news)
    return (min(now, polled) - datetime.fromisoformat(source.news)).total_seconds() > longest


def _split(runs: Sequence[Run], count: Count, fewest: int, since: str | None) -> tuple[list[Summary], list[Summary]]:
    """Summaries of the newest runs with enough to count, and of those before them, and before that moment."""
    told = [figures_of(run.summary) for run in runs]
    enough = next((n for n in range(1, len(told) + 1) if _sum(told[:n], count) >= fewest), len(told))
    before = zip(runs[enough:], told[enough:], strict=True)
    return told[:enough], [said for run, said in before if since is None or (run.started or "") < since]


def _sum(summaries: Iterable[Summary], count: Count) -> int:
    return sum(map(count, summaries))


def _ratio(summaries: Sequence[Summary], some: Count, all_: Count) -> float:
    total = _sum(summaries, all_)
    return _sum(summaries, some) / total if total else 0.0


def _share(summaries: Sequence[Summary], field: str) -> float:
    return _ratio(summaries, lambda said: int(said.get("coverage", {}).get(field, 0)), _articles)


def _articles(said: Summary) -> int:
    return int(said.get("articles", 0))


def _settled(said: Summary) -> int:
    return sum(said.get("outcomes", {}).values())


def _walls(said: Summary) -> int:
    return sum(said.get("failed", {}).get(wall, 0) for wall in _WALLS)


def _read(said: Summary) -> int:
    return sum(said.get("outcomes", {}).get(state, 0) for state in HAD)


def _looked_at(said: Summary) -> int:
    """How many addresses were looked at that may tell a story which is no other one's."""
    skipped: Mapping[str, int] = said.get("skipped", {})
    return _settled(said) - _walls(said) - sum(skipped.get(reason, 0) for reason in _NOT_LOOKED_AT)
