"""Machines that share one queue: each has a disk and a worker, which can be killed, stopped and continued."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from archives.collection import Collection
from archives.database import open_database
from archives.verify import verify
from crawler.jobs.re_extractor import re_extractor
from crawler.jobs.runs import Run, Runs
from crawler.newsroom import Newsroom
from crawler.sites import load_sites
from tests.support.commands import BIN, Said, environment_in, run
from tests.support.postgres import Postgres

DELAY = 0.1
"""Seconds that each newspaper wants between two requests."""
SITE = """domains = ["{host}"]
feeds = ["{url}/rss/news", "{url}/rss/opinion", "{url}/rss/de"]
allow_private = true
timezone = "Europe/Berlin"
[schedule]
every = "30 d"
collection = "{collection}"
[politeness]
delay = {delay}
recheck_after = 0
"""
SLACK = 0.5
"""Seconds by which a request may come late, and the next ones not."""
LONGEST = 200
NONE: Mapping[str, str] = MappingProxyType({})


class TimedNewsroom(Newsroom):
    """A newspaper that knows when it was asked."""

    def __init__(self, **how) -> None:
        super().__init__(crawl_delay=0, **how)
        self.asked: list[float] = []
        note = self._server.note

        def timed(served) -> None:
            self.asked.append(time.monotonic())
            note(served)

        self._server.note = timed

    @property
    def busiest(self) -> float:
        """In how short a time it was asked 20 times more, at its busiest: fewer requests have no rate to speak of."""
        assert len(self.asked) > 20, f"{self.url} was asked only {len(self.asked)} times"
        return min(last - first for first, last in zip(self.asked, self.asked[20:], strict=False))


class Machine:
    """A disk and a worker."""

    def __init__(self, folder: Path, sites: Path, database: str, store: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = {"NEWSWARC_SITES": str(sites), "NEWSWARC_DATABASE": database, **store}
        self._worker: subprocess.Popen[bytes] | None = None
        folder.mkdir()

    @property
    def home(self) -> Path:
        return self.folder / "collections"

    def start(self, *options: str, command: tuple[str, ...] = ("worker",)) -> None:
        """Have the worker begin, or a scheduler."""
        program = [BIN / "newswarc", *command, *options]
        with (self.folder / "worker.log").open("ab") as log:
            environment = environment_in(self.folder, **self._environment)
            self._worker = subprocess.Popen(program, cwd=self.folder, env=environment, stderr=log)

    def run(self, *arguments: str) -> Said:
        """A command on this machine, to its end."""
        return run(self.folder, "newswarc", *arguments, **self._environment)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the worker and its crawls, as if it were to the machine."""
        found = subprocess.run(["pgrep", "-f", f"crawler crawl .*{self.home}/"], capture_output=True, text=True)
        for process in (self._worker.pid, *map(int, found.stdout.split())):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def die(self) -> None:
        """Be without power, as far as its processes are concerned."""
        if self._worker is not None:
            self.signal(signal.SIGKILL)
            self._worker.wait()
            self._worker = None

    def drain(self) -> int | None:
        """Have the worker end in order; its exit status, None if it was not at work."""
        if self._worker is None:
            return None
        self._worker.send_signal(signal.SIGTERM)
        status, self._worker = self._worker.wait(LONGEST), None
        return status

    def said(self) -> str:
        """What the worker and its crawls said."""
        told = [self.folder / "worker.log", *self.home.glob(".jobs/*.err")]
        return "\n".join(path.read_text() for path in told if path.exists())


class World:
    """Newspapers, a database server, perhaps a store, and machines that crawl them."""

    def __init__(self, folder: Path, postgres: Postgres, store: Mapping[str, str]) -> None:
        self.folder = folder
        self.postgres = postgres
        self.database = postgres.database()
        self.store = store
        """Variables that name it."""
        self.machines: dict[str, Machine] = {}
        self.papers: dict[str, TimedNewsroom] = {}
        self.sites = folder / "sites"
        self.sites.mkdir()
        self.runs = Runs(open_database(self.database, write=True))
        self._cursors: dict[str, str] = {}
        self.handed_over: Counter[str] = Counter()
        """URL of a story → how often exports gave it, each of which went on where the one before had ended."""

    def add_paper(self, name: str, paper: TimedNewsroom, *, collection: str) -> None:
        host = paper.url.removeprefix("http://")
        site = SITE.format(host=host, url=paper.url, collection=collection, delay=DELAY)
        (self.sites / f"{name}.toml").write_text(site)
        self.papers[name] = paper

    def queue_all(self) -> None:
        """Ask for a run of each site."""
        for name, collection in self._crawled_into():
            self.runs.queue(name, collection, cause="asked")

    def queue_one_each(self) -> int:
        """Ask for a run of one site of each collection; returns how many."""
        chosen = {collection: name for name, collection in self._crawled_into()}
        for collection, name in chosen.items():
            self.runs.queue(name, collection, cause="asked")
        return len(chosen)

    def _crawled_into(self) -> list[tuple[str, str]]:
        """Site and its collection, of all."""
        known = load_sites(self.sites)
        return [(name, known[name].schedule.collection) for name in self.papers]

    def hand_over(self) -> None:
        """Export what came into each collection since it was exported last."""
        for path in {path.name: path for path in self.collections()}.values():
            file, since = self.folder / "handed-over.jsonl", self._cursors.get(path.name, "0")
            command = ("export", str(path), "--since", since, "-o", str(file), "--json")
            done = run(self.folder, "newswarc", *command, NEWSWARC_DATABASE=self.database)
            assert done.status == 0, done.err
            self._cursors[path.name] = json.loads(done.out)["cursor"]
            with file.open(encoding="utf-8") as lines:
                self.handed_over.update(address(json.loads(line)) for line in lines)

    def add_machine(self, name: str) -> Machine:
        self.machines[name] = Machine(self.folder / name, self.sites, self.database, self.store)
        return self.machines[name]

    def until(self, wanted: Callable[[list[Run]], object], *, longest: float = LONGEST) -> list[Run]:
        """The runs, once they are as wanted."""
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            if wanted(found := self.runs.recent(limit=1000)):
                return found
            time.sleep(0.05)
        raise AssertionError((found, {name: machine.said()[-3000:] for name, machine in self.machines.items()}))

    def at_work(self, machine: Machine) -> Run:
        """A run whose crawl on that machine is in the midst of asking, for the first time, once there is one."""

        def begun() -> list[Run]:
            here = [run for run in self.runs.running() if str(machine.home) in str(run.place)]
            return [run for run in here if 3 < len(self.papers[run.site].asked) < 9]

        self.until(lambda _: begun())
        return next(iter(begun()), None) or self.at_work(machine)

    def freeze(self, machine: Machine) -> Run:
        """Stop a machine's processes in the midst of a crawl; returns the run."""
        run = self.at_work(machine)
        machine.signal(signal.SIGSTOP)
        if self.runs.of(run.id).state == "running":
            return run
        machine.signal(signal.SIGCONT)
        return self.freeze(machine)

    def collections(self) -> list[Path]:
        """The folders of all collections on all disks."""
        return [path.parent for machine in self.machines.values() for path in sorted(machine.home.glob("*/archive"))]


def as_one_machine_gives(world: World) -> Counter[str]:
    """Assert that the articles are those of one machine, each once, that all holds, and nobody was asked too often.

    Exports that followed each other gave each of them once, too. Returns how many articles there are of each story.
    """
    for some in (list(world.papers)[start : start + 5] for start in range(0, len(world.papers), 5)):
        alone = run(world.folder, "newswarc", "crawl", *some, "--collection", "alone", NEWSWARC_SITES=str(world.sites))
        assert alone.status == 0, alone.err
    wanted = stories([(world.folder / "collections" / "alone", None)])
    assert set(wanted.values()) == set(Counter(address(json.loads(story)) for story in wanted).values()) == {1}
    everywhere = world.collections()
    assert stories({path.name: (path, world.database) for path in everywhere}.values()) == wanted
    assert sum(world.handed_over.values()) > 0, "nothing was exported while crawls went on"
    world.hand_over()
    assert world.handed_over == Counter(address(json.loads(story)) for story in wanted)
    extract = re_extractor(list(load_sites(world.sites).values()))
    for path in everywhere:
        found = [str(one) for one in verify(path, extract=extract, database=world.database)]
        assert found == [], found
    assert {count for path in everywhere for count in lines(path).values()} == {1}
    for name, paper in world.papers.items():
        assert paper.busiest > 20 * DELAY - SLACK, name
    return wanted


def stories(collections: Iterable[tuple[Path, str | None]]) -> Counter[str]:
    """A story, as JSON → how many articles there are of it, in collections and their databases.

    It is all that is known of it but when, by what record and as which revision it came.
    """
    found: Counter[str] = Counter()
    for path, database in collections:
        with Collection.open(path, database=database) as collection:
            told = ({**item, "capture": None, "revision": None} for item in collection.catalog.articles())
            found.update(json.dumps(item, sort_keys=True) for item in told)
    return found


def address(item: Mapping[str, Any]) -> str:
    """By what a story is known."""
    return item["canonical_url"] or item["url"]


def lines(path: Path) -> Counter[str]:
    """Record id → how many lines the items' files of a folder have of it."""
    found = (line for file in path.glob("items/*.jsonl") for line in file.read_text(encoding="utf-8").splitlines())
    return Counter(json.loads(line)["capture"]["record_id"] for line in found)


def is_torn(path: Path) -> bool:
    """Whether a crawl of the collection in a folder goes on, or has left something to be put right."""
    return any(path.glob("archive/*.open")) or any(path.glob("items/*.open"))


@contextmanager
def world(
    folder: Path, postgres: Postgres, *, papers: int, articles: int, collections: int, store: Mapping[str, str] = NONE
):
    """A world of so many newspapers and collections, which ends with the block; `store` are variables that name one."""
    with ExitStack() as stack:
        made = World(folder, postgres, store)
        stack.callback(made.runs.close)
        for number in range(papers):
            paper = stack.enter_context(TimedNewsroom(articles=articles, seed=number + 1))
            made.add_paper(f"paper{number}", paper, collection=f"news{number % collections}")
        try:
            yield made
        finally:
            for machine in made.machines.values():
                machine.die()
