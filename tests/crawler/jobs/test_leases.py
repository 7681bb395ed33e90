"""Who may crawl a site, and for how long: runs are begun once, leases end, and what comes too late is refused."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, make_url

from archives.cdxj import Capture
from archives.collection import Collection
from archives.database import open_database
from archives.digests import Digest
from archives.errors import LeaseLost
from archives.exchange import Exchange, message
from archives.surt import surt
from archives.writing import Writing
from crawler.frontier import Frontier
from crawler.jobs import lease as leases
from crawler.jobs.children import Ended
from crawler.jobs.folder import SchedulerAtWork, has_scheduler, incidents_in, only_scheduler, runs_in, worker_in
from crawler.jobs.lease import Lease
from crawler.jobs.runs import Runs
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.summary import UNKNOWN
from crawler.jobs.worker import MOST_DEATHS, Worker
from crawler.sites import read_site

STORY = "https://paper.example/story"


@pytest.fixture
def url(postgres):
    return postgres.database()


@pytest.fixture
def runs(url):
    with closing(Runs(open_database(url, write=True))) as opened:
        yield opened


@pytest.fixture
def clock(monkeypatch):
    """The machine's clock, which the test moves."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(leases, "_clock", lambda: Clock.now)
    return Clock


def queued(runs, site="paper"):
    return runs.of(runs.queue(site, "paper", cause="asked"))


def begun(runs, *, seconds=60.0):
    return runs.begin(queued(runs), place="here", lease=seconds)


def lapse(runs, run):
    """Let the server's time pass."""
    runs.renew(run.id, run.attempts, -1)


def exchange(url=STORY):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    return Exchange(
        url=url, started=datetime.now(UTC), request=b"GET / HTTP/1.1\r\n\r\n", response=message(head + b"x")
    )


def capture(number):
    return Capture(
        url=STORY, surt=surt(STORY), timestamp="20240611120000", date="2024-06-11T12:00:00.000000Z", warc="x.warc.gz",
        offset=number, length=1, record_id=f"<urn:x:{number}>", payload_digest=Digest("sha1:A"), status=200,
        mime="text/html", kind="response",
    )  # fmt: skip


def test_a_run_is_begun_by_one_of_many(runs, url):
    run = queued(runs)

    def begin(place):
        with closing(Runs(open_database(url, write=True))) as shared:
            return shared.begin(run, place=place, lease=60)

    with ThreadPoolExecutor(8) as pool:
        found = [one for one in pool.map(begin, "abcdefgh") if one]
    assert [(one.place, one.attempts) for one in found] == [(runs.of(run.id).place, 1)]


def test_a_site_is_queued_once_whoever_asks(runs, url):
    def ask(_):
        with closing(Runs(open_database(url, write=True))) as shared:
            return shared.queue("paper", "paper", cause="asked")

    with ThreadPoolExecutor(8) as pool:
        assert len([number for number in pool.map(ask, range(8)) if number]) == 1


def test_who_was_overtaken_can_do_nothing_to_a_run(runs):
    late = begun(runs)
    assert runs.lapsed() == []
    lapse(runs, late)
    (seen,) = runs.lapsed()
    again = runs.begin(runs.put_back(seen), place="there", lease=60)
    assert (runs.put_back(late), runs.end(late, status=0), runs.renew(late.id, late.attempts, 60)) == (
        None,
        None,
        False,
    )
    assert runs.of(late.id) == again
    assert runs.end(again, status=0).state == "done"


def test_what_a_crawl_said_before_a_power_cut_keeps_no_run_from_its_end(runs):
    """Files that were written to then may end in zeros, and the worker looked at the run again and again."""
    ended = runs.end(begun(runs), status=1, problem="The disk \0\0", summary={"problem": "The disk \0\0"})
    assert (ended.state, ended.problem, ended.summary) == ("done", "The disk ", {"problem": "The disk \0\0"})


def test_a_lease_is_renewed_while_the_crawl_lives(runs):
    run = begun(runs, seconds=1)
    with Lease(runs, run.id, run.attempts, 1) as lease:
        threading.Event().wait(2)
        assert (lease.loss, runs.lapsed()) == (None, [])
    threading.Event().wait(1.1)
    assert runs.lapsed() == [run]


def test_a_crawl_that_comes_too_late_does_not_begin(runs):
    run = begun(runs)
    lapse(runs, run)
    with pytest.raises(LeaseLost, match="its lease has run out"), Lease(runs, run.id, run.attempts, 60):
        pass


def test_a_crawl_that_was_stopped_past_its_lease_writes_nothing(runs, url, clock, tmp_path):
    """Not even to its own file, and whoever asks is told so, for ever."""
    run = begun(runs)
    with Lease(runs, run.id, run.attempts, 60) as lease:
        collection = Collection.open(tmp_path / "paper", write=Writing(lease=lease), database=url)
        collection.archive(exchange())
        (warc,) = collection.layout.open_warcs()
        size = warc.stat().st_size
        clock.now += 60
        for write in (lambda: collection.archive(exchange()), collection.flush):
            with pytest.raises(LeaseLost):
                write()
        clock.now -= 60
        assert lease.loss is not None
        with pytest.raises(LeaseLost):
            collection.close()
        assert warc.stat().st_size == size
    with Collection.open(tmp_path / "paper", write=True, database=url) as collection:
        (repair,) = collection.repairs
        assert (repair.indexed, repair.cut) == (1, 0)


@pytest.mark.parametrize("overtaken", [True, False], ids=["by another", "by nobody yet"])
def test_what_is_committed_too_late_is_refused_by_the_server(runs, url, tmp_path, overtaken):
    """Stopped between its look at the clock and the commit: catalog and ledger stay as the next crawl finds them."""
    run = begun(runs)
    with Lease(runs, run.id, run.attempts, 60) as lease:
        collection = Collection.open(tmp_path / "paper", write=Writing(lease=lease), database=url)
        ledger = Frontier(collection.catalog.engine, site="paper")
        collection.catalog.add(capture(1))
        lapse(runs, run)
        if overtaken:
            runs.begin(runs.put_back(run), place="there", lease=60)
        with pytest.raises(LeaseLost):
            collection.catalog.flush()
        with pytest.raises(LeaseLost):
            ledger.sources.find("https://paper.example/rss", "feed")
        with pytest.raises(LeaseLost):
            collection.close()
    with Collection.open(tmp_path / "paper", database=url) as collection:
        assert collection.catalog.count_captures() == 0
        assert list(Frontier(collection.catalog.engine, site="paper").sources) == []


class Crawls:
    """Crawls that go on until the test says how they ended."""

    def __init__(self):
        self.started, self.endings = [], {}

    def start(self, run, schedule):
        self.started.append((run.id, run.attempts))

    def ended(self, run):
        return self.endings.pop((run.id, run.attempts), None)

    def is_busy(self, run):
        return False

    def forget_but(self, runs):
        return False

    def forget_ended(self, run):
        pass


@pytest.fixture
def worker(runs):
    """Makes a worker of a place; `crawls` are those that it started."""
    site = read_site(b'domains = ["paper.example"]\nseeds = ["https://paper.example/"]\n', "paper.toml")

    def worker(place):
        sites = SiteFiles(lambda: {"paper": site})
        sites.look()
        made = Worker(runs, Crawls(), sites, place=place, lease=60)
        made.crawls = made._children
        return made

    return worker


def test_another_worker_goes_on_with_what_nobody_hears_of(runs, worker):
    here, there = worker("here"), worker("there")
    run = queued(runs)
    here.take()
    there.note_ended()
    there.take()
    assert (here.crawls.started, there.crawls.started) == ([(run.id, 1)], [])
    lapse(runs, runs.of(run.id))
    there.note_ended()
    there.take()
    assert there.crawls.started == [(run.id, 2)]
    here.crawls.endings[run.id, 1] = here.crawls.endings[run.id, 2] = Ended(status=0, summary={}, fault=None)
    here.note_ended()
    assert runs.of(run.id).state == "running"
    there.crawls.endings[run.id, 2] = Ended(status=0, summary={"articles": 3}, fault=None)
    there.note_ended()
    assert (runs.of(run.id).state, runs.of(run.id).summary) == ("done", {**UNKNOWN}), "here may have done anything"


def test_a_worker_tells_what_room_it_has(runs, tmp_path):
    worker = worker_in(tmp_path, runs, SiteFiles(dict), at_once=1)
    assert runs.places.all() == []
    worker.take()
    (noted,) = runs.places.all()
    assert noted.place == worker.place
    assert noted.free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.05)


def test_nobody_goes_on_for_ever(runs, worker):
    here = worker("here")
    run = queued(runs)
    for attempt in range(1, MOST_DEATHS + 1):
        here.take()
        assert here.crawls.started[-1] == (run.id, attempt)
        lapse(runs, runs.of(run.id))
        here.note_ended()
    assert runs.of(run.id).problem == f"died {MOST_DEATHS} times: nothing was heard of it any more"


def test_a_crawl_that_could_not_archive_is_gone_on_with(runs, worker):
    """The server may have been away for a moment, or another machine may have more room."""
    here = worker("here")
    run = queued(runs)
    here.take()
    said = {"finish_reason": "archive_failed", "problem": "the server closed the connection"}
    here.crawls.endings[run.id, 1] = Ended(status=1, summary=said, fault=said["problem"])
    here.note_ended()
    here.take()
    assert here.crawls.started == [(run.id, 1), (run.id, 2)]


def test_a_site_that_this_machine_does_not_know_is_left_to_others(runs, worker):
    here = worker("here")
    run = queued(runs, "unheard-of")
    here.take()
    assert (here.crawls.started, runs.of(run.id).state) == ([], "queued")


def test_whether_a_scheduler_is_at_work_is_known_on_each_machine(runs, url, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    with closing(runs_in(there, url)) as others:
        assert not has_scheduler(there, others)
        with only_scheduler(here, runs):
            assert has_scheduler(there, others)
        assert not has_scheduler(there, others)
    with closing(runs_in(there)) as alone:
        assert not has_scheduler(there, alone)
        with only_scheduler(there, alone):
            assert has_scheduler(there, alone)
        assert not has_scheduler(there, alone)


def test_a_scheduler_is_still_the_only_one_when_the_server_was_started_anew(runs, url, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    with closing(runs_in(there, url)) as others, only_scheduler(here, runs) as make_sure:
        end_sessions(url)
        assert not has_scheduler(there, others)
        make_sure()
        assert has_scheduler(there, others)
        with pytest.raises(SchedulerAtWork, match="another scheduler is at work"), only_scheduler(there, others):
            pass


def test_of_two_schedulers_one_ends_when_the_server_has_forgotten_which_it_was(runs, url, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    with closing(runs_in(there, url)) as others, only_scheduler(here, runs) as make_sure:
        end_sessions(url)
        with only_scheduler(there, others):
            with pytest.raises(SchedulerAtWork, match="another scheduler is at work"):
                make_sure()
            assert has_scheduler(there, others)


def end_sessions(url):
    """As a server does that is started anew."""
    engine, others = open_database(url, write=True), "pid <> pg_backend_pid() AND datname = current_database()"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
    engine.dispose()


def test_a_collection_named_as_the_role_is_splits_no_queue(url, tmp_path):
    """PostgreSQL looks first into a schema that has the name of the role, which is the collection's, too."""
    with closing(runs_in(tmp_path, url)) as before:
        run = before.begin(queued(before), place="here", lease=60.0)
        Collection.open(tmp_path / make_url(url).username, write=True, database=url).close()
        with closing(runs_in(tmp_path, url)) as after, closing(incidents_in(tmp_path, url)):
            assert after.running() == [run]
            assert after.end(run, status=0)
            assert queued(after).id == run.id + 1
        assert before.of(run.id).state == "done"
    engine = open_database(url, write=False)
    assert [name for name in ("runs", "incidents") if inspect(engine).has_table(name, schema="newswarc")] == []
    engine.dispose()
