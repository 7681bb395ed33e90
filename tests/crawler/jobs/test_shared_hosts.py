"""Sites that share a host are crawled one after the other, whoever crawls them: so a host is asked at one rate."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from archives.database import open_database
from crawler.jobs.children import Ended
from crawler.jobs.runs import Runs
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.worker import Worker
from crawler.sites import Scope, read_site

PAPER = 'domains = ["paper.example"]\nseeds = ["https://paper.example/{0}"]\n'
SITES = {
    "news": PAPER.format("news"),
    "sport": PAPER.format("sport"),
    "magazine": 'domains = ["weekend.paper.example"]\nseeds = ["https://weekend.paper.example/"]\n',
    "agency": 'domains = ["agency.example"]\nfeeds = ["https://agency.example/rss", "https://paper.example/wire"]\n',
    "other": 'domains = ["other.example"]\nseeds = ["https://other.example/"]\n',
}
SHARING = {"news", "sport", "magazine", "agency"}


@pytest.fixture
def known():
    return {name: read_site(text.encode(), f"{name}.toml") for name, text in SITES.items()}


@pytest.fixture
def runs(database):
    with closing(Runs(open_database(database, write=True))) as opened:
        yield opened


class Crawls:
    """Crawls of all workers, each of which ends when the test says so."""

    def __init__(self):
        self.at_work, self.done = {}, []

    def start(self, run, schedule):
        self.at_work[run.id] = run.site
        assert len(SHARING & set(self.at_work.values())) <= 1, self.at_work

    def ended(self, run):
        return None if run.id in self.at_work else Ended(status=0, summary={}, fault=None)

    def is_busy(self, run):
        return False

    def forget_but(self, runs):
        return False

    def forget_ended(self, run):
        self.done.append(run.site)


def test_sites_that_share_a_host_take_turns(runs, known):
    """Four share one, of which one as a subdomain and one by a feed there; the fifth does not wait for them."""
    crawls, sites = Crawls(), SiteFiles(lambda: known)
    sites.look()
    workers = [Worker(runs, crawls, sites, at_once=5, place=place, lease=60) for place in ("here", "there")]
    for name in known:
        runs.queue(name, name, cause="asked")
    turns = []
    while len(crawls.done) < len(known):
        for worker in workers:
            worker.note_ended()
            worker.take()
        turns.append(sorted(crawls.at_work.values()))
        crawls.at_work.clear()
        assert len(turns) < 10
    assert turns[:4] == [["news", "other"], ["sport"], ["magazine"], ["agency"]]


def test_what_waits_for_two_hosts_is_not_overtaken_for_ever(runs, known):
    """Who was queued later does not get a host that the one before it waits for."""
    crawls, sites = Crawls(), SiteFiles(lambda: known)
    sites.look()
    worker = Worker(runs, crawls, sites, at_once=5, place="here")
    known["both"] = read_site(
        b'domains = ["paper.example", "other.example"]\nseeds = ["https://paper.example/"]\n', "both.toml"
    )
    for name in ("news", "both", "other"):
        runs.queue(name, name, cause="asked")
    worker.take()
    assert list(crawls.at_work.values()) == ["news"]
    crawls.at_work.clear()
    worker.note_ended()
    worker.take()
    assert list(crawls.at_work.values()) == ["both"]


def test_of_many_that_begin_at_once_one_has_the_host(runs, known, database):
    queued = [runs.of(runs.queue(name, name, cause="asked")) for name in sorted(SHARING)]
    together = threading.Barrier(len(queued), timeout=30)

    def begin(run):
        with closing(Runs(open_database(database, write=True))) as shared:
            together.wait()
            return shared.begin(run, reach=known[run.site].reach, place=run.site, lease=60)

    for count in range(len(queued), 0, -1):
        with ThreadPoolExecutor(len(queued)) as pool:
            begun = [run for run in pool.map(begin, queued) if run]
        assert (len(begun), len(runs.waiting())) == (1, count - 1)
        runs.end(begun[0], status=0)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("paper.example", "paper.example", True),
        ("paper.example", "www.paper.example", True),
        ("newspaper.example", "paper.example", False),
        ("paper.example:8080", "paper.example:8080", True),
        ("paper.example:8080", "paper.example:8081", False),
        ("paper.example:8080", "www.paper.example", True),
        ("[::1]", "[::1]:80", True),
        ("[::1]:80", "[::1]:81", False),
    ],
)
def test_names_that_an_address_may_have_in_common(one, other, meet):
    assert Scope((one,)).meets(Scope((other,))) is Scope((other,)).meets(Scope((one,))) is meet
