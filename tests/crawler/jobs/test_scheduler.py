"""When the scheduler starts what, by a clock that the test moves; crawls are scripted."""

import errno
from datetime import UTC, datetime, timedelta

import pytest

from archives.database import open_database
from archives.errors import StorageFailed
from archives.lock import BEING_WRITTEN
from crawler.jobs.alerts.watch import PAST
from crawler.jobs.children import Ended
from crawler.jobs.runs import Runs
from crawler.jobs.scheduler import Scheduler
from crawler.jobs.site_files import SiteFiles
from crawler.jobs.worker import MOST_DEATHS, Worker
from crawler.sites import BrokenFiles, SiteError, read_site

DONE = Ended(status=0, summary={"articles": 3}, fault=None)
KILLED = Ended(status=-9, summary=None, fault=None)
INTERRUPTED = Ended(status=130, summary={"finish_reason": "shutdown"}, fault="interrupted")
MINUTE = timedelta(minutes=1)


class Crawls:
    """Crawls that go on until the test says how they ended."""

    def __init__(self):
        self.started, self.endings, self.busy = [], {}, set()

    def start(self, run, schedule):
        self.started.append((run.site, schedule and schedule.max_pages))

    def ended(self, run):
        return self.endings.pop(run.site, None)

    def is_busy(self, run):
        return run.collection in self.busy

    def forget_but(self, runs):
        pass

    def forget_ended(self, run):
        pass

    def stop(self, seconds):
        self.endings |= dict.fromkeys((site for site, _ in self.started), Ended(status=130, summary={}, fault=None))


class World:
    """A scheduler, its clock, and what it sees."""

    def __init__(self, database):
        self.now = datetime(2031, 3, 2, 8, 0, 1, tzinfo=UTC)
        self.sites = {}
        self.crawls = Crawls()
        self.runs = Runs(open_database(database, write=True))
        self.restart()

    def restart(self, **how):
        now = lambda: self.now  # noqa: E731
        sites = SiteFiles(self.read_sites, now=now)
        worker = Worker(self.runs, self.crawls, sites, at_once=2, now=now)
        self.scheduler = Scheduler(self.runs, worker, sites, now=now, **how)

    def read_sites(self):
        if isinstance(self.sites, Exception):
            raise self.sites
        return self.sites

    def add(self, name, schedule):
        text = f'domains = ["{name}.example"]\nseeds = ["https://{name}.example/"]\n{schedule}'
        self.sites[name] = read_site(text.encode(), f"{name}.toml")

    def pass_by(self, length, step=MINUTE / 2):
        until = self.now + length
        while self.now < until:
            self.now += step
            self.scheduler.step()

    @property
    def started(self):
        return [site for site, _ in self.crawls.started]


@pytest.fixture
def world(database):
    made = World(database)
    yield made
    made.runs.close()


HOURLY = '[schedule]\ncron = "30 * * * *"\nmax_pages = 7\n'


def test_a_run_starts_when_it_is_due_with_its_budget(world):
    world.add("paper", HOURLY)
    world.pass_by(29 * MINUTE)
    assert world.started == []
    world.pass_by(2 * MINUTE)
    assert world.crawls.started == [("paper", 7)]


def test_runs_of_one_site_do_not_overlap_and_missed_ones_are_one(world):
    world.add("paper", HOURLY)
    world.pass_by(5 * 60 * MINUTE)
    assert world.started == ["paper"]
    world.crawls.endings["paper"] = DONE
    world.pass_by(60 * MINUTE)
    assert world.started == ["paper"] * 2


def test_runs_are_forgotten_in_the_end(world):
    """Not the newest, nor the last that failed; how many there were stays known."""
    for site in ("paper", "other"):
        number = world.runs.queue(site, site, cause="asked")
        world.runs.end(world.runs.begin(world.runs.of(number)), status=2, failed=True)
    for _ in range(PAST + 5):
        world.runs.note("paper", "paper", started=world.now, status=0, problem=None, summary={})
    before, counts = world.runs.recent(limit=10**6), world.runs.counts()
    world.restart(keep=timedelta(days=36_500))
    world.pass_by(MINUTE)
    assert world.runs.recent(limit=10**6) == before
    world.restart()
    world.pass_by(120 * MINUTE)
    assert world.runs.recent(limit=10**6) == before[:PAST] + before[-2:]
    assert (
        world.runs.counts() == counts == {("paper", "failed"): 1, ("paper", "done"): PAST + 5, ("other", "failed"): 1}
    )
    world.runs.note("paper", "paper", started=world.now, status=0, problem=None, summary={})
    world.pass_by(120 * MINUTE)
    assert world.runs.counts()["paper", "done"] == PAST + 6


def looks_of(world, **how):
    """What the scheduler's looks are given from now on, but for those at no site; `fail` is called before."""
    looked, fail = [], how.get("fail", lambda: None)

    def look(sites):
        fail()
        looked.extend([sorted(sites)] if sites else [])

    world.restart(look=look)
    return looked


def test_a_run_that_ended_while_no_scheduler_was_there_is_looked_at_once(world):
    world.add("paper", HOURLY)
    world.pass_by(31 * MINUTE)
    world.crawls.endings["paper"] = DONE
    looked = looks_of(world)
    world.pass_by(25 * MINUTE)
    assert looked == [["paper"]]
    looked = looks_of(world)
    world.pass_by(5 * MINUTE)
    assert looked == []


def test_what_cannot_be_written_or_started_for_a_while_is_outlasted(world, caplog):
    """As on a full disk: with it the scheduler, and so all sites, would stand still until somebody comes."""
    world.add("paper", HOURLY)
    started, full, since = world.crawls.start, True, set()

    def start(run, schedule):
        since.add(run.queued)
        if full:
            raise OSError(errno.ENOSPC, "No space left on device", "1-1.json")
        started(run, schedule)

    def sleep(_):
        nonlocal full
        world.now += MINUTE
        full = world.now.minute < 45
        if world.now.hour == 9:
            raise KeyboardInterrupt

    world.crawls.start = start
    looks = []
    world.restart(look=lambda _: looks.append(full and since))
    with pytest.raises(KeyboardInterrupt):
        world.scheduler.run(sleep=sleep)
    (run,) = world.runs.recent()
    assert (world.started, run.deaths) == (["paper"], 0)
    assert (len(since), any(looks)) == (1, True), "what waits for long is told"
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert told == ["[Errno 28] No space left on device: '1-1.json'"]


def test_a_run_whose_end_could_not_be_looked_at_is_looked_at_a_minute_later(world):
    faults = [StorageFailed("the server is away")]

    def fail():
        if world.runs.last_ended() and faults:
            raise faults.pop()

    world.add("paper", HOURLY)
    looked = looks_of(world, fail=fail)
    world.pass_by(31 * MINUTE)
    world.crawls.endings["paper"] = DONE
    world.pass_by(MINUTE / 2)
    assert (looked, faults) == ([], [])
    world.pass_by(MINUTE / 2)
    assert looked == []
    world.pass_by(MINUTE / 2)
    assert looked == [["paper"]]


def test_a_crawl_by_hand_is_looked_at_by_nobody(world):
    looked = looks_of(world)
    world.runs.note("paper", "paper", started=world.now, status=1, problem="nothing", summary={})
    world.pass_by(2 * MINUTE)
    assert looked == []


def test_while_nobody_looked_several_runs_were_missed(world):
    world.add("paper", HOURLY)
    world.pass_by(MINUTE)
    world.now += timedelta(hours=9)
    world.restart()
    world.scheduler.step()
    assert world.started == ["paper"]
    assert world.runs.timetable.due()["paper"] == datetime(2031, 3, 2, 17, 30, tzinfo=UTC)


def test_at_most_so_many_run_at_once_and_never_two_into_one_collection(world):
    for name in ("a", "b"):
        world.add(name, HOURLY + 'collection = "both"\n')
    for name in ("c", "d", "e"):
        world.add(name, HOURLY)
    world.pass_by(31 * MINUTE)
    assert len(world.started) == 2
    for _ in range(4):
        for run in world.runs.running():
            world.crawls.endings[run.site] = DONE
        collections = [run.collection for run in world.runs.running()]
        assert len(set(collections)) == len(collections)
        world.pass_by(MINUTE)
    assert sorted(world.started) == ["a", "b", "c", "d", "e"]


def test_a_collection_that_somebody_writes_to_is_waited_for(world):
    world.add("paper", HOURLY)
    world.crawls.busy = {"paper"}
    world.pass_by(40 * MINUTE)
    assert world.started == []
    world.crawls.busy = set()
    world.pass_by(MINUTE)
    assert world.started == ["paper"]


def test_a_paused_site_is_left_alone_and_catches_up_at_once(world):
    world.add("paper", HOURLY)
    world.runs.timetable.pause("paper")
    world.pass_by(3 * 60 * MINUTE)
    assert world.started == []
    world.runs.timetable.resume("paper")
    world.pass_by(MINUTE)
    assert world.started == ["paper"]


def test_a_crawl_that_dies_is_gone_on_with_but_not_for_ever(world):
    world.add("paper", HOURLY)
    world.runs.queue("paper", "paper", cause="asked")
    for attempt in range(1, MOST_DEATHS + 1):
        world.pass_by(MINUTE)
        assert len(world.started) == attempt
        world.crawls.endings["paper"] = KILLED
    world.scheduler.step()
    (run,) = world.runs.recent()
    assert (run.state, run.attempts) == ("failed", MOST_DEATHS)
    assert run.problem == f"died {MOST_DEATHS} times: without a word"


def test_crawls_that_are_stopped_in_order_have_not_died(world):
    """As with each new version of workers, which come more often than deaths."""
    world.add("paper", HOURLY)
    world.runs.queue("paper", "paper", cause="asked")
    for ended in [INTERRUPTED] * MOST_DEATHS + [KILLED] * (MOST_DEATHS - 1) + [INTERRUPTED]:
        world.pass_by(MINUTE)
        world.crawls.endings["paper"] = ended
    world.pass_by(MINUTE)
    (run,) = world.runs.recent()
    assert (run.state, run.attempts, run.deaths) == ("running", 2 * MOST_DEATHS + 1, MOST_DEATHS - 1)
    world.crawls.endings["paper"] = KILLED
    world.pass_by(MINUTE)
    assert world.runs.recent()[0].problem == f"died {MOST_DEATHS} times: without a word"


@pytest.mark.parametrize(
    ("ended", "state", "problem"),
    [
        pytest.param(DONE, "done", None, id="well"),
        pytest.param(Ended(status=1, summary={"articles": 0}, fault="no article"), "done", "no article", id="bad"),
        pytest.param(Ended(status=2, summary=None, fault="no such site"), "failed", "no such site", id="usage"),
    ],
)
def test_how_a_run_ended_is_kept(world, ended, state, problem):
    world.add("paper", HOURLY)
    world.runs.queue("paper", "paper", cause="asked")
    world.pass_by(MINUTE)
    world.crawls.endings["paper"] = ended
    world.pass_by(MINUTE)
    (run,) = world.runs.recent()
    assert (run.state, run.status, run.problem, run.summary) == (state, ended.status, problem, ended.summary)


def test_a_clock_that_is_set_back_makes_nobody_wait(world):
    world.add("paper", HOURLY)
    world.pass_by(MINUTE)
    world.now -= timedelta(days=30)
    world.pass_by(61 * MINUTE)
    assert world.started == ["paper"]


def test_a_changed_schedule_holds_within_a_minute(world):
    world.add("paper", '[schedule]\ncron = "0 0 1 1 *"\n')
    world.pass_by(MINUTE)
    world.add("paper", HOURLY)
    world.pass_by(30 * MINUTE)
    assert world.started == ["paper"]


def test_a_site_file_that_breaks_meanwhile_stops_nothing(world, caplog):
    world.add("paper", HOURLY)
    world.pass_by(MINUTE)
    world.sites = SiteError("paper.toml: feeds: is int; write a list")
    world.pass_by(30 * MINUTE)
    assert world.started == ["paper"]
    assert "paper.toml: feeds: is int; write a list; going on with the site files as they were" in caplog.text


def test_a_site_whose_file_is_broken_is_left_out_and_waited_for(world, caplog):
    """From the start, too, as after a reboot: the others are crawled, and the file is told of once."""
    world.add("paper", HOURLY)
    world.runs.queue("other", "other", cause="asked")
    fault = SiteError("other.toml: feeds: is int; write a list")
    world.sites = BrokenFiles({"other": fault}, world.sites)
    world.pass_by(40 * MINUTE)
    assert world.started == ["paper"]
    assert caplog.messages.count(f"{fault}; going on without the site until the file is mended") == 1
    world.sites = dict(world.sites.others)
    world.add("other", "")
    world.pass_by(2 * MINUTE)
    assert world.started == ["paper", "other"]


def test_nothing_is_started_where_no_site_file_can_be_read(world):
    world.sites = SiteError("sites: no folder of site files")
    with pytest.raises(SiteError, match="no folder of site files"):
        world.scheduler.step()


def test_a_clock_that_is_set_forward_has_each_run_once(world):
    world.add("paper", HOURLY)
    world.pass_by(MINUTE)
    world.now += timedelta(days=30)
    world.pass_by(2 * MINUTE)
    assert world.started == ["paper"]
    world.crawls.endings["paper"] = DONE
    world.pass_by(61 * MINUTE)
    assert world.started == ["paper"] * 2
    assert len(world.runs.recent()) == 2


@pytest.mark.parametrize("why", ["missed", "busy"])
def test_what_was_due_before_the_quiet_hours_begins_after_them(world, why):
    """Whether no scheduler was there, or the crawls of others were at work, until they had begun."""
    world.add("paper", '[schedule]\ncron = "30 * * * *"\nquiet = "09:00-12:00"\n')
    world.pass_by(10 * MINUTE)
    if why == "missed":
        world.now += 60 * MINUTE
        world.restart()
    else:
        world.crawls.busy.add("paper")
        world.pass_by(60 * MINUTE)
        world.crawls.busy.clear()
    world.pass_by(datetime(2031, 3, 2, 11, 59, tzinfo=UTC) - world.now)
    assert world.started == []
    world.pass_by(2 * MINUTE)
    assert world.started == ["paper"]


def test_a_run_that_is_due_while_another_is_at_work_begins_when_that_ends(world):
    """Or a paper that is crawled daily would miss a day; and however many are due meanwhile, they are one."""
    looked = []
    world.restart(has_work=lambda site, _: looked.append(site.name) or True)
    world.add("paper", '[schedule]\ncron = "30 * * * *"\n')
    world.runs.queue("paper", "paper", cause="asked")
    world.pass_by(3 * 60 * MINUTE + 10 * MINUTE)
    assert (world.started, looked) == (["paper"], []), "it is looked for work once it may begin"
    world.crawls.endings["paper"] = DONE
    world.pass_by(2 * MINUTE)
    world.crawls.endings["paper"] = DONE
    world.pass_by(5 * MINUTE)
    assert [run.cause for run in world.runs.recent()] == ["schedule", "asked"]
    assert (world.started, looked) == (["paper"] * 2, ["paper"])
    world.pass_by(20 * MINUTE)
    assert world.started == ["paper"] * 3


@pytest.mark.parametrize("left", ["", "[politeness]\ndelay = 1\n"], ids=["no-file", "no-schedule"])
def test_a_site_that_has_no_schedule_any_more_is_not_due(world, left):
    """As figures for Prometheus tell; as long as some file cannot be read, it may be its, and will be due again."""
    world.add("paper", HOURLY)
    world.add("other", HOURLY)
    world.pass_by(2 * MINUTE)
    world.runs.timetable.pause("paper")
    known = dict(world.sites)
    world.sites = BrokenFiles({"paper": SiteError("paper.toml: broken")}, {"other": known["other"]})
    world.pass_by(2 * MINUTE)
    assert world.runs.timetable.due().keys() == {"paper", "other"}
    world.sites = {"other": known["other"]}
    if left:
        world.add("paper", left)
    world.pass_by(2 * MINUTE)
    assert (world.runs.timetable.due().keys(), world.runs.timetable.paused()) == ({"other"}, {"paper"})


def test_a_run_that_somebody_asks_for_begins_at_any_hour(world):
    world.add("paper", '[schedule]\ncron = "30 * * * *"\nquiet = "08:00-12:00"\n')
    world.runs.queue("paper", "paper", cause="asked")
    world.pass_by(MINUTE)
    assert world.started == ["paper"]
    world.crawls.endings["paper"] = KILLED
    world.pass_by(MINUTE)
    assert world.started == ["paper"] * 2


def test_a_run_begins_late_by_its_jitter_and_never_in_quiet_hours(world):
    """08:00 to 12:00 are quiet; each site begins at a moment of its own after them, and then each hour."""
    names = [f"paper-{letter}" for letter in "abcdefgh"]
    for name in names:
        world.add(name, '[schedule]\ncron = "0 * * * *"\njitter = "20 min"\nquiet = "08:00-12:00"\n')
    moments = {name: [] for name in names}
    while world.now < datetime(2031, 3, 2, 14, 30, tzinfo=UTC):
        before = len(world.started)
        world.pass_by(MINUTE / 2)
        for name in world.started[before:]:
            moments[name].append(world.now)
            world.crawls.endings[name] = DONE
    hours = {name: [moment.hour for moment in began] for name, began in moments.items()}
    assert hours == {name: [12, 13, 14] for name in names}
    begun = [[moment.minute for moment in began] for began in moments.values()]
    assert max(map(max, begun)) <= 21
    assert len({first for first, *_ in begun}) > 4
    assert all(len(set(minutes)) > 1 for minutes in begun), "it differs from run to run"


def test_a_site_that_is_gone_fails_with_a_line(world):
    world.runs.queue("paper", "paper", cause="asked")
    world.scheduler.step()
    (run,) = world.runs.recent()
    assert (run.state, run.problem) == ("failed", "paper is no configured site any more")


def test_interrupted_runs_are_put_back(world):
    world.add("paper", HOURLY)
    world.runs.queue("paper", "paper", cause="asked")

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.scheduler.run(sleep=interrupt)
    (run,) = world.runs.recent()
    assert (run.state, run.attempts, run.deaths) == ("queued", 1, 0)


def test_a_run_that_is_interrupted_has_the_figures_of_all_its_crawls(world):
    world.add("paper", HOURLY)
    world.pass_by(31 * MINUTE)
    for articles in (4, 2):
        told = {"finish_reason": "shutdown", "articles": articles, "outcomes": {"captured": articles}}
        world.crawls.endings["paper"] = Ended(status=130, summary=told, fault="interrupted")
        world.pass_by(MINUTE)
    world.crawls.endings["paper"] = KILLED
    world.pass_by(MINUTE)
    world.crawls.endings["paper"] = DONE
    world.pass_by(MINUTE)
    (run,) = world.runs.recent()
    assert (run.state, run.attempts, run.summary["articles"]) == ("done", 4, 4 + 2 + DONE.summary["articles"])
    assert run.summary["outcomes"] == {"captured": 6}


def test_what_had_to_be_killed_when_it_was_stopped_has_not_died(world):
    world.add("paper", HOURLY)
    world.pass_by(31 * MINUTE)
    world.crawls.stop = lambda _: world.crawls.endings.update(paper=KILLED)
    world.scheduler._worker.stop()
    (run,) = world.runs.recent()
    assert (run.state, run.deaths) == ("queued", 0)


def test_a_run_that_would_ask_for_nothing_is_left_out(world):
    """It costs no process, and the site stays on its schedule."""
    has_work = []
    world.add("paper", HOURLY)
    world.restart(has_work=lambda site, collection: (site.name, collection) in has_work)
    world.pass_by(125 * MINUTE)
    assert world.started == []
    has_work.append(("paper", "paper"))
    world.pass_by(60 * MINUTE)
    assert world.started == ["paper"]


def test_a_crawl_that_another_one_kept_from_its_collection_is_started_again(world):
    """As after a scheduler that was killed before its crawl had begun to write."""
    world.add("paper", HOURLY)
    world.pass_by(31 * MINUTE)
    said = f"collections/paper: {BEING_WRITTEN}; wait for it or choose another"
    world.crawls.endings["paper"] = Ended(status=2, summary=None, fault=said)
    world.pass_by(MINUTE)
    assert world.started == ["paper", "paper"]
    world.crawls.endings["paper"] = DONE
    world.pass_by(MINUTE)
    (run,) = world.runs.recent()
    assert (run.state, run.attempts) == ("done", 2)
