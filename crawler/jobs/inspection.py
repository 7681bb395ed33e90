"""What a trial says of a site file: which of its sources and selectors work, and what broke."""

from collections.abc import Iterator
from dataclasses import dataclass

from archives.counted import counted
from crawler.discovery.url import normalised
from crawler.extraction import parse, start
from crawler.extraction.selectors import selected
from crawler.frontier.source import Source
from crawler.jobs.trial import Trial
from crawler.sites import Site

_UNWANTED = tuple(
    f"skipped: {why}" for why in ("out of scope", "not an article's address", "rejected by the site file", "too old")
)
_ALWAYS_THERE = ("title", "body")
"""Fields that each article has: a selector that finds none is broken. Others may have nothing to find."""
_MANY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """On one part of a site."""

    site: str
    part: str
    """E.g. 'feed', 'selector title', 'articles'."""
    subject: str
    """An address, or selectors."""
    good: bool
    told: str
    """What was found; of what is bad, what next, too."""


def verdicts(trial: Trial) -> Iterator[Verdict]:
    """One on each source that the site file names, on the articles, and on the selectors of each field."""
    known = {source.url: source for source in trial.sources}
    for part, url in _named(trial.site):
        yield _on_source(trial, part, url, known.get(normalised(url)))
    yield _on_articles(trial)
    yield from _on_selectors(trial)


def _named(site: Site) -> Iterator[tuple[str, str]]:
    for part, urls in (
        ("feed", site.feeds),
        ("sitemap", site.sitemaps),
        ("seed", site.seeds),
        ("section", site.sections),
    ):
        yield from ((part, url) for url in urls)


def _on_source(trial: Trial, part: str, url: str, source: Source | None) -> Verdict:
    good, told = _source_told(trial, url, source)
    return Verdict(site=trial.site.name, part=part, subject=url, good=good, told=told)


def _source_told(trial: Trial, url: str, source: Source | None) -> tuple[bool, str]:
    if source is None or source.polled is None:
        return False, "was not asked for: the trial ended before; try again, or look at robots.txt"
    if source.problem:
        return False, f"{source.problem}; mend the address, or take it out"
    if source.kind == "index":
        return True, f"an index of {counted(source.announced, 'sitemap')}"
    outcomes = dict(trial.outcomes.get(normalised(url)) or {})
    unwanted = {reason: count for reason, count in outcomes.items() if reason in _UNWANTED}
    kind = source.kind.replace("_", " ")
    size = f"a {kind} of {counted(source.announced, 'URL')}"
    if not source.announced:
        return False, f"a {kind} that announces nothing; look at it in a browser"
    if outcomes and sum(unwanted.values()) == sum(outcomes.values()):
        why = ", ".join(f"{count:,} {reason.removeprefix('skipped: ')}" for reason, count in unwanted.items())
        return (
            False,
            f"{size}, none of which is wanted ({why}); mend the patterns",
        )
    return True, size


def _on_articles(trial: Trial) -> Verdict:
    count = len(trial.items)
    dated = sum(bool(item["date_published"]) for item in trial.items)
    signed = sum(bool(item["byline"]) for item in trial.items)
    if not count:
        told = f"none was found: {trial.problem or 'no page that was asked for is one'}; see 'newswarc explain URL'"
    else:
        told = f"{count} read, {dated} with a date, {signed} with a byline"
    return Verdict(site=trial.site.name, part="articles", subject=trial.site.origin, good=count > 0, told=told)


def _on_selectors(trial: Trial) -> Iterator[Verdict]:
    rules = trial.site.rules()
    if not trial.pages:
        return
    pages = [start(parse(content, url, kind), rules) for url, content, kind in trial.pages]
    for field, selectors in rules.selectors.items():
        hits = sum(next(selected(page, field), None) is not None for page in pages)
        broken = hits == 0 and (field in _ALWAYS_THERE or (len(pages) >= _MANY and field.startswith("date")))
        told = f"finds something on {hits} of {len(pages)} pages"
        told += "; mend it, or end it with valid_until and write what holds now" if broken else ""
        yield Verdict(
            site=trial.site.name,
            part=f"selector {field}",
            subject=" , ".join(selectors),
            good=not broken,
            told=told,
        )
