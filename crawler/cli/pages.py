"""What `newswarc extract` asks of archived pages, and says of them: which are read, and how; and which could not be."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from crawler.cli.grouped import grouped
from crawler.cli.options import DAY, known_sites
from crawler.jobs.filters import PageFilter, primary
from crawler.sites import Site

DAMAGED = "what is around it was read; restore the file from a copy"
MOST_REASONS = 5
"""Of the reasons why pages were left out, so many are told."""


class _Pattern(click.ParamType[re.Pattern[str]]):
    name = "REGEX"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> re.Pattern[str]:
        try:
            return re.compile(str(value))
        except re.error as exc:
            self.fail(f"{value!r}: {exc}; see https://docs.python.org/3/library/re.html", param, ctx)


class _Language(click.ParamType[str]):
    name = "TAG"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The primary subtag."""
        text = str(value)
        language = primary(text) if _TAG.fullmatch(text) else ""
        if not (language and is_language(language)):
            advice = "name each with a --language of its own" if "," in text else f"write {likely_tag(text)}"
            self.fail(f"{text!r} is no language tag; {advice}", param, ctx)
        return language


_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{1,8}){0,8}", re.IGNORECASE)
"""BCP 47 (RFC 5646, 2.1): a primary subtag, and what narrows it down."""


def is_language(subtag: str) -> bool:
    """Whether it may be an article's primary subtag: of two letters all are known, and three are for who has no two."""
    from babel import Locale
    from babel.core import get_global

    others = get_global("language_aliases")
    if len(subtag) == 2:
        return subtag in Locale("en").languages or subtag in others
    return len(others.get(subtag, "")) != 2


def likely_tag(text: str) -> str:
    """The primary subtag that somebody means who writes a longer code or an English name; else an example."""
    from babel import Locale
    from babel.core import get_global

    meant = text.strip().lower()
    named = {name.lower(): tag for tag, name in Locale("en").languages.items()}
    return str(get_global("language_aliases").get(meant) or named.get(meant) or "en or en-GB, of which en counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How pages are read."""

    truncated: bool
    """Also those whose capture broke off."""
    no_sites: bool
    """By generic rules only."""
    jobs: int
    """Processes that extract."""

    def sites(self) -> tuple[Site, ...]:
        """The sites whose rules are followed."""
        return () if self.no_sites else tuple(known_sites().values())


def filter_of(
    mimes: Sequence[str],
    statuses: Sequence[int],
    match: re.Pattern[str] | None,
    languages: Sequence[str],
    since: datetime | None,
    until: datetime | None,
) -> PageFilter:
    """What the options ask for; UsageError, if no day is both since the one and until the other."""
    if since and until and since > until:
        what = f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}; no capture is of such a day, swap them"
        raise click.UsageError(what)
    return PageFilter(
        mimes=frozenset(map(str.lower, mimes)) or None,
        statuses=frozenset(statuses) or None,
        url=match,
        languages=frozenset(languages) or None,
        since=f"{since:%Y-%m-%d}" if since else None,
        until=f"{until:%Y-%m-%d}" if until else None,
    )


filter_options = grouped(
    "filters",
    filter_of,
    click.option(
        "--mime", "mimes", multiple=True, metavar="TYPE", help="Only pages of this media type; may be repeated."
    ),
    click.option("--status", "statuses", multiple=True, type=int, help="Only responses with this status."),
    click.option("--match", type=_Pattern(), help="Only URLs in which this is found."),
    click.option(
        "--language",
        "languages",
        multiple=True,
        type=_Language(),
        help="Only articles in this language, e.g. en; en-GB is en, too. May be repeated.",
    ),
    click.option("--since", type=DAY, help="Only captures of this day or later, e.g. 2031-03-02."),
    click.option("--until", type=DAY, help="Only captures of this day or earlier."),
)
"""The argument `filters`, a PageFilter."""
reading_options = grouped(
    "reading",
    Reading,
    click.option("--truncated", is_flag=True, help="Also from captures that broke off: their text may, too."),
    click.option("--no-sites", is_flag=True, help="Generic rules only: leave site files aside."),
    click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to extract with."),
)
"""The argument `reading`, a Reading."""


def complain(line: object) -> None:
    """One line on standard error; where it does not say what next, a copy helps."""
    what = str(line)
    click.echo(f"newswarc: {what}" if ";" in what else f"newswarc: {what}; {DAMAGED}", err=True)


def left_out(reasons: Counter[str]) -> str:
    """How many pages were left out, and why: the most frequent reasons, and how many pages had others; '' if none."""
    told = reasons.most_common(MOST_REASONS)
    others = reasons.total() - sum(count for _, count in told)
    listed = ", ".join(f"{count:,} {reason}" for reason, count in told)
    return (f"left out: {listed}" if told else "") + (f", and {others:,} more" if others else "")
