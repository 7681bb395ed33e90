"""The ledger, told to people: every story that was ever announced for a site, by whom, and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from archives.collection import Collection
from archives.database import place_of
from archives.errors import CollectionMissing
from archives.handover import sites_of
from archives.schema import captures_table
from crawler.frontier import State, brief
from crawler.frontier.source import Source
from crawler.frontier.tables import ANNOUNCEMENTS, HOSTS, LEDGER, SOURCES, entry_column, ledger_columns

_VALIDATORS = ("etag", "last_modified")
_OF_ANNOUNCEMENT = ("url", "source", "kind", "title", "first_announced", "last_announced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How a site's ledger stands."""

    site: str
    announced: int
    """Stories; the states add up to it."""
    addresses: int
    """URLs under which they were announced, or are found."""
    states: dict[State, int]
    reasons: dict[State, dict[str, int]]
    """Per state, its reasons without the URLs in them, e.g. {'failed': {'time-out': 2}}; most frequent first."""
    due: int
    """Stories that the next crawl will ask for."""

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


class SiteLedger:
    """One site's part of the ledger in a database, for reading; CollectionMissing if there is no such site in it."""

    def __init__(self, engine: sa.Engine, site: str) -> None:
        self._engine = engine
        self._site = site
        sites = sites_in(engine)
        if site not in sites:
            known = f"it has {', '.join(sorted(sites))}" if sites else "it has none"
            where = place_of(engine.url)
            raise CollectionMissing(
                f"{where}: no ledger of a site '{site}'; {known}; name the --collection that has it"
            )

    def sums(self, now: str) -> Sums:
        """Counted by state and reason; `now` as the ledger stamps moments, '2024-06-11T10:00:00.000000+00:00'."""
        of_site = LEDGER.c.site == self._site
        grouped = sa.select(LEDGER.c.state, LEDGER.c.reason, sa.func.count()).where(of_site)
        due = sa.select(sa.func.count()).where(of_site, LEDGER.c.next_look <= now)
        entry = entry_column(self._engine)
        announced = (
            sa.select(sa.func.count(entry.distinct()), sa.func.count(ANNOUNCEMENTS.c.url.distinct()))
            .join_from(ANNOUNCEMENTS, LEDGER, LEDGER.c.url == entry)
            .where(of_site)
        )
        states: Counter[State] = Counter()
        reasons: defaultdict[State, Counter[str]] = defaultdict(Counter)
        with self._engine.connect() as connection:
            for state, reason, count in connection.execute(grouped.group_by(LEDGER.c.state, LEDGER.c.reason)):
                states[state] += count
                if reason:
                    reasons[state][brief(reason)] += count
            asked = connection.execute(due).scalar_one()
            stories, addresses = connection.execute(announced).one()
        return Sums(
            site=self._site,
            announced=stories,
            addresses=addresses,
            states=dict(sorted(states.items())),
            reasons={state: dict(counts.most_common()) for state, counts in sorted(reasons.items())},
            due=asked,
        )

    def _validators(self, row: sa.RowMapping) -> dict[str, Any]:
        distrusted = urlsplit(row["url"]).netloc in self._distrusted
        return {**{name: row[name] for name in _VALIDATORS}, "distrusted": distrusted}

    @cached_property
    def _distrusted(self) -> frozenset[str]:
        if not sa.inspect(self._engine).has_table(HOSTS.name):
            return frozenset()
        with self._engine.connect() as connection:
            return frozenset(connection.execute(sa.select(HOSTS.c.host).where(HOSTS.c.site == self._site)).scalars())

    def sources(self) -> list[Source]:
        """The site's feeds, sitemaps and sections, as their polls have shown them, those due next first."""
        if not sa.inspect(self._engine).has_table(SOURCES.name):
            return []
        query = sa.select(SOURCES).where(SOURCES.c.site == self._site).order_by(SOURCES.c.next_poll, SOURCES.c.url)
        with self._engine.connect() as connection:
            return [Source(**row._asdict()) for row in connection.execute(query)]

    def urls(self, state: State | None = None) -> Iterator[dict[str, Any]]:
        """Each story, by the URL that it goes by, as plain data.

        Its row; its further URLs under `variants`; the `etag` and `last_modified` of its last capture, and whether
        their host is `distrusted`, as it was caught lying; and under `announced_by` the sources, the first one first.
        """
        announcement = [ANNOUNCEMENTS.c[name].label(f"by_{name}") for name in _OF_ANNOUNCEMENT]
        query = (
            sa.select(*ledger_columns(self._engine), *announcement, *_validators(self._engine))
            .join_from(LEDGER, ANNOUNCEMENTS, LEDGER.c.url == entry_column(self._engine), isouter=True)
            .where(LEDGER.c.site == self._site)
            .order_by(LEDGER.c.url, ANNOUNCEMENTS.c.first_announced, ANNOUNCEMENTS.c.url)
        )
        if state is not None:
            query = query.where(LEDGER.c.state == state)
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=500).execute(query).mappings()
            for _, of_url in groupby(rows, key=lambda row: row["url"]):
                announced = list(of_url)
                yield {
                    **{column.name: announced[0][column.name] for column in LEDGER.columns},
                    "variants": sorted({row["by_url"] for row in announced if row["by_url"]} - {announced[0]["url"]}),
                    **self._validators(announced[0]),
                    "announced_by": [_announcement(row) for row in announced if row["by_source"]],
                }


def _validators(engine: sa.Engine) -> list[sa.ColumnElement[Any]]:
    """What the last capture of a URL came with."""
    if not sa.inspect(engine).has_table(captures_table.name):
        return [sa.null().label(name) for name in _VALIDATORS]
    newest = captures_table.c.date.desc()
    of_url = captures_table.c.url == LEDGER.c.url
    return [
        sa.select(captures_table.c[name]).where(of_url).order_by(newest).limit(1).scalar_subquery().label(name)
        for name in _VALIDATORS
    ]


def _announcement(row: sa.RowMapping) -> dict[str, Any]:
    return {name: row[f"by_{name}"] for name in _OF_ANNOUNCEMENT}


def site_names(path: Path, database: str | None = None) -> set[str]:
    """Names of the sites of a collection: those that have articles in it, or announced anything."""
    with Collection.open(path, database=database) as collection:
        return {*sites_of(collection.catalog), *sites_in(collection.catalog.engine)}


def sites_in(engine: sa.Engine) -> set[str]:
    """Names of the sites that have announced anything."""
    if not sa.inspect(engine).has_table(LEDGER.name):
        return set()
    with engine.connect() as connection:
        return set(connection.execute(sa.select(LEDGER.c.site).distinct()).scalars())
