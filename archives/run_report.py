"""What a run amounts to, as librarians look for it: hosts, media types, status codes, seeds, and what became of URLs.

All of it is counted from the run's crawl log, in memory that grows with the number of hosts alone. The names of the
files and their columns are those of Heritrix's reports where it has such.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archives.crawl_log import REDIRECT, ROBOTS, STATUS_WORDS, Fetch
from archives.in_place import put_in_place

REPORT = "report.json"

_COUNTED = {"exchanges", "bytes", "revisits", "failed", "robots"}
_TABLES = (
    ("hosts-report.txt", "hosts", ("exchanges", "bytes", "revisits", "failed", "robots", "host")),
    ("mimetype-report.txt", "mime_types", ("exchanges", "bytes", "mime")),
    ("responsecode-report.txt", "status_codes", ("exchanges", "status", "meaning")),
)

DIED = "died"
"""The finish reason of a crawl that could not say how it ended: it was killed, or had no power or no room any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRun:
    """The crawl of one site in a run."""

    name: str
    seeds: tuple[str, ...] = ()
    """The feeds, sitemaps, sections and pages that it started from."""
    finish_reason: str | None = None
    """'finished', 'shutdown', 'died' …; None as long as it goes on."""
    states: Mapping[str, int] = field(default_factory=dict)
    """State in the ledger → how many URLs are in it at the end, of all that were ever announced for the site."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """State and reason, e.g. 'failed: time-out' → how many URLs this run settled so; of a run that died, none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run: who crawled what, and how it ended."""

    job: str
    began: str
    """As WARC-Date has it, to the microsecond."""
    collection: str
    software: str
    sites: tuple[SiteRun, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether all of it came to an end, a good one or not."""
        return all(site.finish_reason for site in self.sites)


@dataclass(slots=True)
class Tally:
    """Exchanges that have something in common."""

    exchanges: int = 0
    bytes: int = 0
    revisits: int = 0
    failed: int = 0
    """Without a response."""
    robots: int = 0
    """Not asked for, because robots.txt says so."""

    def add(self, fetch: Fetch) -> None:
        """Count a line in."""
        if fetch.status == ROBOTS:
            self.robots += 1
            return
        self.exchanges += 1
        self.bytes += fetch.size or 0
        self.revisits += any(note.startswith("warcRevisit") for note in fetch.annotations)
        self.failed += fetch.status < 0


@dataclass(slots=True)
class Seed:
    """A seed, and how it answered last."""

    site: str
    status: int | None = None
    """None, if it was not asked for."""
    redirect: str | None = None
    """Where it led to in the end."""


class Counts:
    """A crawl log, counted line by line."""

    def __init__(self, run: Run, fetches: Iterable[Fetch]) -> None:
        self.all = Tally()
        self.archived = 0
        self.hosts: dict[str, Tally] = {}
        self.mimes: dict[str, Tally] = {}
        self.statuses: Counter[int] = Counter()
        self.seeds = {seed: Seed(site.name) for site in run.sites for seed in site.seeds}
        self.first = self.last = ""
        self._led_to: dict[str, str] = {}
        for fetch in fetches:
            self._add(fetch)

    def _add(self, fetch: Fetch) -> None:
        self.first, self.last = self.first or fetch.logged, fetch.logged
        self.all.add(fetch)
        self.archived += fetch.warc is not None
        self.hosts.setdefault(urlsplit(fetch.url).netloc, Tally()).add(fetch)
        if fetch.status > 0:
            self.mimes.setdefault(fetch.mime or "unk", Tally()).add(fetch)
        self.statuses[fetch.status] += 1
        if not fetch.path.strip(REDIRECT):
            self._add_seed(fetch)

    def _add_seed(self, fetch: Fetch) -> None:
        """A seed itself, or what it redirects to."""
        seed = self._led_to.get(fetch.via or "", fetch.via or "") if fetch.path else fetch.url
        found = self.seeds.setdefault(seed, Seed(fetch.source or ""))
        if fetch.path:
            self._led_to[fetch.url] = seed
            found.redirect = fetch.url
        else:
            found.status = fetch.status


def report_of(run: Run, fetches: Iterable[Fetch]) -> dict[str, Any]:
    """The whole report as plain JSON values; of a run that goes on, so far."""
    counts = Counts(run, fetches)
    return {
        "job": run.job,
        "began": run.began,
        "collection": run.collection,
        "software": run.software,
        "first": counts.first or None,
        "last": counts.last or None,
        **asdict(counts.all),
        "archived": counts.archived,
        "sites": [asdict(site) for site in run.sites],
        "hosts": [{"host": host, **asdict(tally)} for host, tally in _most_first(counts.hosts)],
        "mime_types": [
            {"mime": mime, "exchanges": tally.exchanges, "bytes": tally.bytes}
            for mime, tally in _most_first(counts.mimes)
        ],
        "status_codes": [
            {"status": status, "exchanges": count, "meaning": STATUS_WORDS.get(status)}
            for status, count in sorted(counts.statuses.items(), key=lambda one: (-one[1], one[0]))
        ],
        "seeds": [{"seed": url, **asdict(seed)} for url, seed in counts.seeds.items()],
    }


def _most_first(tallies: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(tallies.items(), key=lambda one: (-one[1].exchanges, one[0]))


def text_reports(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """File name and content of each report that is read by people."""
    yield "crawl-report.txt", _summary(report)
    yield "sites-report.txt", _table("[#urls] [state|outcome] [site] [what]", _site_rows(report["sites"]))
    for name, part, columns in _TABLES:
        header = " ".join(f"[#{one}]" if one in _COUNTED else f"[{one}]" for one in columns)
        yield name, _table(header, ([row[one] for one in columns] for row in report[part]))
    yield "seeds-report.txt", _table("[code] [status] [seed] [redirect] [site]", map(_seed_row, report["seeds"]))


def _site_rows(sites: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    for site in sites:
        for kind in ("states", "outcomes"):
            for what, count in site[kind].items():
                yield [count, kind.removesuffix("s"), site["name"], what]


def _seed_row(seed: Mapping[str, Any]) -> list[Any]:
    crawled = "NOTCRAWLED" if seed["status"] is None or seed["status"] < 0 else "CRAWLED"
    return [seed["status"], crawled, seed["seed"], seed["redirect"], seed["site"]]


def _table(header: str, rows: Iterable[Iterable[Any]]) -> str:
    lines = (" ".join("-" if value in (None, "") else str(value) for value in row) for row in rows)
    return "".join(f"{line}\n" for line in (header, *lines))


def _summary(report: Mapping[str, Any]) -> str:
    seeds = report["seeds"]
    asked = sum(seed["status"] is not None for seed in seeds)
    facts = {
        "Run": report["job"],
        "Began": report["began"],
        "Collection": report["collection"],
        "Software": report["software"],
        "Sites": ", ".join(f"{site['name']} ({site['finish_reason'] or 'going on'})" for site in report["sites"]),
        "First exchange": report["first"],
        "Last exchange": report["last"],
        "Seeds asked for": f"{asked:,} of {len(seeds):,}",
        "Hosts": f"{len(report['hosts']):,}",
        "Exchanges": f"{report['exchanges']:,}",
        "Archived": f"{report['archived']:,}",
        "Revisits": f"{report['revisits']:,}",
        "Without a response": f"{report['failed']:,}",
        "Forbidden by robots.txt": f"{report['robots']:,}",
        "Bytes of bodies": f"{report['bytes']:,}",
    }
    return "".join(f"{name}: {fact if fact is not None else '-'}\n" for name, fact in facts.items())


def write_reports(folder: Path, report: Mapping[str, Any]) -> None:
    """Put a run's reports into its folder, each whole or not at all; what says that it ended comes last."""
    for name, text in text_reports(report):
        _put(folder / name, text)
    write_report(folder, report)


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """Put the report that programs read into a run's folder."""
    _put(folder / REPORT, json.dumps(report, ensure_ascii=False, indent=2) + "\n")


def _put(path: Path, text: str) -> None:
    with put_in_place(path, advice="make room, and the next crawl writes it") as out:
        out.write(text.encode())


def read_run(folder: Path) -> tuple[Run, dict[str, Any]] | None:
    """A run and its report as far as that was written; None, if the folder is no run's."""
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        sites = tuple(SiteRun(**{**site, "seeds": tuple(site["seeds"])}) for site in report["sites"])
        told = {name: report[name] for name in ("job", "began", "collection", "software")}
        run = Run(**told, sites=sites)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return run, report
