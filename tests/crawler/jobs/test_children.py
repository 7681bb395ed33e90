"""How crawls are started as processes of their own, and how they are ended."""

import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest

from archives.collection import Collection
from crawler.cli.crawl import Bounds, crawl
from crawler.jobs.children import Children, Ended
from crawler.jobs.folder import runs_in
from crawler.jobs.summary import UNKNOWN
from crawler.sites.schedule import Schedule


class Crawl:
    """A crawl at work that takes its time to end."""

    def __init__(self, seconds):
        self.seconds, self.waited, self.signals = seconds, 0.0, []

    def poll(self):
        return -9 if signal.SIGKILL in self.signals else None

    def send_signal(self, sig):
        self.signals.append(sig)

    def kill(self):
        self.signals.append(signal.SIGKILL)

    def wait(self, timeout=None):
        if timeout is None or self.seconds <= timeout:
            return -9 if signal.SIGKILL in self.signals else 130
        self.waited += timeout
        time.sleep(timeout)
        raise subprocess.TimeoutExpired("crawl", timeout)


@pytest.fixture
def started(tmp_path):
    """Starts a site's run by its schedule, as a process that is given; the arguments of its command."""
    with closing(runs_in(tmp_path)) as runs:
        commands = []

        def start(site, schedule=None, *, children, process, cause="schedule"):
            run = runs.begin(runs.of(runs.queue(site, site, cause=cause)))
            children.processes.append(process)
            children.start(run, schedule)
            return commands[-1]

        def spawn(arguments, out, err):
            commands.append(arguments)
            return children.processes.pop(0)

        children = Children(tmp_path / "said", tmp_path, spawn=spawn)
        children.processes = []
        yield lambda *of, process=None, **how: start(*of, children=children, process=process, **how), children


def bounds(arguments):
    """What `newswarc crawl` understands of its arguments."""
    return crawl.make_context("crawl", list(arguments)).params


def test_the_budget_of_a_schedule_bounds_its_crawls(started):
    start, _ = started
    schedule = Schedule(every=timedelta(hours=1), max_pages=7, max_bytes=5_000_000, max_minutes=1.5)
    read = bounds(start("paper", schedule))
    asked = Bounds(max_pages=read["max_pages"], max_bytes=read["max_bytes"], max_time=read["max_time"])
    assert asked == Bounds(max_pages=7, max_bytes=5_000_000, max_time=90.0)
    assert (read["targets"], read["due"]) == (("paper",), True)


def test_a_run_that_is_gone_on_with_has_what_is_left_of_its_budget(tmp_path):
    commands = []
    children = Children(tmp_path / "said", tmp_path, spawn=lambda arguments, out, err: commands.append(arguments))
    with closing(runs_in(tmp_path)) as runs:
        run = runs.begin(runs.of(runs.queue("paper", "paper", cause="schedule")))
        done = {"outcomes": {"captured": 7}, "bytes": 3_000_000, "seconds": 30}
        again = runs.begin(runs.put_back(run, is_death=True, summary=done))
        children.start(again, Schedule(every=timedelta(hours=1), max_pages=7, max_bytes=5_000_000, max_minutes=1.5))
    read = bounds(commands[-1])
    assert (read["max_pages"], read["max_bytes"], read["max_time"]) == (0, 2_000_000, 60.0)


def test_without_a_budget_there_is_none(started):
    start, _ = started
    read = bounds(start("paper", Schedule(every=timedelta(hours=1)), cause="asked"))
    assert (read["max_pages"], read["max_bytes"], read["max_time"], read["due"]) == (None, None, None, False)


@pytest.mark.parametrize(("says", "summary"), [("print('{}')", {}), ("pass", None)], ids=["all", "nothing"])
def test_a_crawl_that_another_one_started_goes_on_until_its_process_is_gone(tmp_path, says, summary):
    """From its first moment, when it has not begun to write, to its last, when it has let go of its collection."""

    def spawn(_, out, err):
        says_once_it_may = [sys.executable, "-c", f"input(); {says}"]
        return subprocess.Popen(says_once_it_may, stdin=subprocess.PIPE, stdout=out, stderr=err)

    with closing(runs_in(tmp_path)) as runs:
        run = runs.begin(runs.of(runs.queue("paper", "paper", cause="asked")))
        first, second = (Children(tmp_path / "said", tmp_path, spawn=spawn) for _ in range(2))
        first.start(run, None)
        with first._processes[run.id] as process:
            assert second.ended(run) is None
            process.communicate(b"\n")
        assert second.ended(run) == Ended(status=None, summary=summary, fault=None)


def test_a_crawl_of_an_earlier_version_goes_on_while_it_writes(tmp_path):
    """It holds no lock on what it says, only on its collection."""
    with closing(runs_in(tmp_path)) as runs:
        run = runs.begin(runs.of(runs.queue("paper", "paper", cause="asked")))
        said = tmp_path / "said" / f"{run.id}-{run.attempts}.json"
        said.parent.mkdir()
        said.touch()
        children = Children(said.parent, tmp_path)
        with Collection.open(tmp_path / "paper", write=True):
            assert children.ended(run) is None
            said.write_text("{}")
            assert children.ended(run) == Ended(status=None, summary={}, fault=None)
            said.write_text("")
        assert children.ended(run) == Ended(status=None, summary=None, fault=None, so_far=UNKNOWN)


@pytest.mark.parametrize(
    ("wrote", "had_done"), [(None, {}), ('{"new": 3}', {"new": 3}), ('{"new"', UNKNOWN)], ids=["nothing", "3", "torn"]
)
def test_of_a_crawl_that_is_killed_what_it_told_last_is_known(started, tmp_path, wrote, had_done):
    start, children = started
    arguments = start("paper", process=Crawl(0))
    account = bounds(arguments)["so_far"]
    assert account.parent == tmp_path / "said"
    if wrote is not None:
        account.write_text(wrote)
    children._processes[1].kill()
    with closing(runs_in(tmp_path)) as runs:
        assert children.ended(runs.of(1)) == Ended(status=-9, summary=None, fault=None, so_far=had_done)


@pytest.mark.parametrize(
    ("lease", "ended"), [(60, None), (None, Ended(status=None, summary=None, fault=None))], ids=["leased", "alone"]
)
def test_of_a_run_that_was_begun_and_not_started_the_lease_tells(tmp_path, lease, ended):
    """Another process of the disk may be about to start it; where there is none, its scheduler was killed."""
    with closing(runs_in(tmp_path)) as runs:
        run = runs.begin(runs.of(runs.queue("paper", "paper", cause="asked")))
        assert Children(tmp_path / "said", tmp_path, lease=lease).ended(run) == ended


def test_all_crawls_that_are_stopped_have_one_deadline(started):
    """Each is interrupted at once; what needs longer is killed, and the others end as they like."""
    start, children = started
    crawls = [Crawl(seconds) for seconds in (60, 60, 0, 60)]
    for number, process in enumerate(crawls):
        start(f"paper-{number}", process=process)
    children.stop(0.2)
    assert sum(process.waited for process in crawls) <= 0.2
    slow, quick = [signal.SIGTERM, signal.SIGKILL], [signal.SIGTERM]
    assert [process.signals for process in crawls] == [slow, slow, quick, slow]
