"""A site file for an address that nobody configured, from what a trial found there.

It has no patterns of article addresses: a sample cannot tell which others there are, and what they left out would be
missed. Without them, likeness judges.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.discovery.url import normalised
from crawler.extraction import parse
from crawler.extraction.document import Document
from crawler.extraction.linked_data import texts, types
from crawler.frontier.source import Source
from crawler.jobs.trial import Trial

_MOST = 12
"""Sources of one kind that are proposed."""
_IN_LINE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What to write, and from which sources it comes."""

    name: str
    title: str
    feeds: tuple[Source, ...]
    sitemaps: tuple[Source, ...]
    sections: tuple[Source, ...]
    language: str | None
    origin: str
    domains: tuple[str, ...]
    seeds: tuple[str, ...]
    allow_private: bool

    @property
    def toml(self) -> str:
        """The site file."""
        addresses = {"seeds": self.seeds}
        for key, sources in (("feeds", self.feeds), ("sitemaps", self.sitemaps), ("sections", self.sections)):
            addresses[key] = tuple(source.url for source in sources)
        lines = [
            f"# Written from what was found at {self.origin}/; 'newswarc sites check' tries it.",
            f"title = {_text(self.title)}",
            f"domains = {_list(self.domains)}",
            *(f"{key} = {_list(urls)}" for key, urls in addresses.items() if urls),
        ]
        lines += [f"language = {_text(self.language)}"] if self.language else []
        lines += ["allow_private = true"] if self.allow_private else []
        return "\n".join([*lines, "", "[schedule]", 'every = "15 min"', ""])


def propose(trial: Trial, *, allow_private: bool) -> Proposal | None:
    """The site file for what was found; None, if no source of it is of any use."""
    useful = [source for source in trial.sources if _is_useful(source, trial)]
    feeds = [source for source in useful if source.kind == "feed"]
    sitemaps = [source for source in useful if source.kind in ("index", "news_sitemap", "sitemap")]
    heads = {source.url for source in sitemaps if source.kind == "index"}
    sitemaps = [source for source in sitemaps if source.parent not in heads]
    sections = [] if feeds or sitemaps else [source for source in useful if source.kind == "section"]
    if not (feeds or sitemaps or sections):
        return None
    announcing = {source.url for source in useful}
    return Proposal(
        name=trial.site.name,
        title=_title(trial),
        feeds=tuple(feeds[:_MOST]),
        sitemaps=tuple(sitemaps[:_MOST]),
        sections=tuple(sections[:_MOST]),
        language=_language(trial),
        origin=trial.site.origin,
        domains=trial.site.domains,
        seeds=tuple(url for url in trial.site.seeds if normalised(url) in announcing),
        allow_private=allow_private,
    )


def _is_useful(source: Source, trial: Trial) -> bool:
    if source.polled is None or source.problem or not source.announced:
        return False
    wanted = ("captured", "failed", "pending", "skipped: budget")
    announced = trial.outcomes.get(source.url) or ()
    return source.kind == "index" or any(reason.startswith(wanted) for reason in announced)


def _title(trial: Trial) -> str:
    """What the site calls itself: in its front page's data, its feeds, its front page's title; else its host."""
    front = parse(trial.front[1], trial.front[0], trial.front[2]) if trial.front else None
    declared, shown = (_names_in(front), front.root.xpath("string(//head/title)")) if front else ((), "")
    named = (" ".join(str(name).split()) for name in (*declared, *trial.feed_titles, shown))
    text = next(filter(None, named), None)
    return re.split(r"\s+[|–—-]\s+", text)[0][:80] if text else trial.site.title


def _names_in(front: Document) -> Iterator[str]:
    """The site's name as metadata and linked data of its front page have it, the surest first."""
    yield front.meta_content("og:site_name") or ""
    for node in front.linked_data:
        yield from texts(node, "name") if "WebSite" in types(node) else ()
    for node in front.linked_data:
        yield from texts(node, "publisher")


def _language(trial: Trial) -> str | None:
    languages = Counter(item["language"] for item in trial.items if item["language"])
    found = languages.most_common(1)
    return found[0][0] if found and found[0][1] * 2 > len(trial.items) else None


def _list(values: Sequence[str]) -> str:
    in_line = f"[{', '.join(map(_text, values))}]"
    return in_line if len(in_line) <= _IN_LINE else "[\n" + "".join(f"    {_text(one)},\n" for one in values) + "]"


def _text(text: str) -> str:
    """A basic string of TOML (https://toml.io/en/v1.0.0#string)."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"
