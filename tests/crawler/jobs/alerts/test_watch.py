"""Incidents are told once, and once when they are over, to whom the user names."""

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archives.collection import Collection
from archives.database import open_database
from archives.layout import Layout
from crawler.discovery import Announced
from crawler.frontier import Frontier
from crawler.jobs.alerts.incidents import CALM, Incidents
from crawler.jobs.alerts.notifier import AlertsUnusable, Message, Sent, notifier
from crawler.jobs.alerts.watch import Watch
from crawler.jobs.runs import Runs
from crawler.jobs.site_files import SiteFiles
from crawler.sites import BrokenFiles, SiteError, site_at
from tests.support.commands import free_port
from tests.support.inbox import open_inbox

GOOD = {"articles": 3, "outcomes": {"captured": 3}, "sources_polled": 1}
SITE = site_at("https://paper.example/")
NOTHING = {"articles": 0, "outcomes": {}, "sources_polled": 0, "sources_failed": 1}


class World:
    """A history of runs, and who is told of what is wrong in it."""

    def __init__(self, folder, database):
        self.folder, self.now = folder, datetime(2031, 3, 2, 8, tzinfo=UTC)
        self.engine = open_database(database, write=True)
        self.told, self.kinds, self.reachable, self.room = [], [], True, 0
        self.sites, self.place = {"paper": SITE, "other": SITE}, None

    def send(self, said):
        if self.reachable:
            self.told.append((said.title, said.text))
            self.kinds.append(said.kind)
        return Sent(taken=int(self.reachable))

    @property
    def runs(self):
        return Runs(self.engine)

    @property
    def incidents(self):
        return Incidents(self.engine, now=lambda: self.now)

    def look(self, *sites):
        """As a scheduler does that has just been started."""
        now, files = lambda: self.now, SiteFiles(self.read_sites)
        files.look()
        how = {"send": self.send, "room": self.room, "place": self.place}
        Watch(self.runs, self.incidents, self.folder, sites=files, now=now, **how).look(sites)
        self.now += timedelta(minutes=1)

    def read_sites(self):
        if isinstance(self.sites, Exception):
            raise self.sites
        return self.sites

    def end_run(self, summary, site="paper", status=0):
        number = self.runs.queue(site, site, cause="schedule")
        run = self.runs.begin(self.runs.of(number))
        self.runs.end(run, status=status, summary=summary)
        self.look(site)


@pytest.fixture
def world(tmp_path, database):
    made = World(tmp_path, database)
    yield made
    made.engine.dispose()


def test_an_incident_is_told_once_and_once_when_it_is_over(world):
    for summary in (GOOD, NOTHING, NOTHING, NOTHING, GOOD, GOOD):
        world.end_run(summary)
    (title, text), (over_title, over_text) = world.told
    assert world.kinds == ["failure", "success"]
    assert title == "newswarc: 1 alert (paper)"
    assert text.startswith("paper: run 2 found nothing: ")
    assert over_title == "newswarc: recovered (paper)"
    assert over_text.startswith("Over since 2031-03-02T08:04:00+00:00: paper: nothing: run 2 found nothing")
    assert "newswarc sites check" in text
    assert "newswarc sites check" not in over_text, "there is nothing to be done any more"


def test_what_comes_and_goes_is_one_incident_and_over_once_it_stays_away(world):
    """As where one of two sources fails, and is not asked for in each run."""
    alert, recovered = "newswarc: 1 alert (paper)", "newswarc: recovered (paper)"
    for summary in (NOTHING, GOOD) * 20:
        world.end_run(summary)
    assert [title for title, _ in world.told] == [alert, recovered, alert]
    assert world.told[-1][1].startswith("paper: run 3 found nothing: ")
    assert (len(world.incidents.recent(10)), world.incidents.open()) == (1, [])
    world.now += CALM
    world.look()
    assert [title for title, _ in world.told[3:]] == [recovered]
    world.end_run(NOTHING)
    world.now += CALM
    world.end_run(GOOD)
    assert [title for title, _ in world.told[4:]] == [alert, recovered]


def test_an_incident_that_comes_back_later_is_another_one(world):
    world.end_run(NOTHING)
    world.end_run(GOOD)
    world.now += CALM
    world.end_run(NOTHING)
    assert [title for title, _ in world.told] == [
        "newswarc: 1 alert (paper)",
        "newswarc: recovered (paper)",
        "newswarc: 1 alert (paper)",
    ]
    assert len(world.incidents.recent(10)) == 2


def test_what_could_not_be_sent_is_sent_later(world):
    world.reachable = False
    world.end_run(NOTHING)
    world.end_run(NOTHING, site="other")
    world.reachable = True
    world.look()
    assert [title for title, _ in world.told] == ["newswarc: 2 alerts (paper, other)"]
    world.look()
    assert len(world.told) == 1


def test_what_was_over_before_anybody_could_be_told_is_not_told(world):
    world.reachable = False
    world.end_run(NOTHING)
    world.end_run(GOOD)
    world.reachable = True
    world.look()
    assert world.told == []


def test_incidents_of_one_site_say_nothing_of_another(world):
    world.end_run(NOTHING)
    world.end_run(GOOD, site="other")
    assert [(one.site, one.kind) for one in world.incidents.open()] == [("paper", "nothing")]


def test_a_ledger_that_cannot_be_read_keeps_nobody_from_being_told(world):
    """Neither of what runs show of its site, nor of other sites; and it is looked at again."""
    with Collection.open(world.folder / "paper", write=True):
        pass
    Layout(world.folder / "paper").catalog.write_bytes(b"no database " * 1000)
    with pytest.raises(SQLAlchemyError):
        world.end_run(NOTHING)
    number = world.runs.queue("other", "other", cause="schedule")
    world.runs.end(world.runs.begin(world.runs.of(number)), status=0, summary=NOTHING)
    with pytest.raises(SQLAlchemyError):
        world.look("paper", "other")
    assert [title for title, _ in world.told] == ["newswarc: 1 alert (paper)", "newswarc: 1 alert (other)"]


def test_a_run_that_nobody_takes_is_told_until_somebody_does(world):
    """Whatever runs of other sites, and its own that ended before, show."""
    world.end_run(NOTHING)
    runs = Runs(world.engine, now=lambda: world.now)
    number = runs.queue("paper", "paper", cause="schedule")
    world.look("paper", "other")
    assert len(world.told) == 1
    world.now += timedelta(hours=2)
    world.look("paper", "other")
    world.look()
    assert [(one.site, one.kind) for one in world.incidents.open()] == [("paper", "nothing"), ("paper", "waiting")]
    assert world.told[1:] == [("newswarc: 1 alert (paper)", world.told[-1][1])]
    assert "run 2 waits since 2031-03-02T08:01; is a worker at work that has the site's file?" in world.told[-1][1]
    run = runs.begin(runs.of(number))
    world.look()
    assert world.told[-1][0] == "newswarc: recovered (paper)"
    world.now += timedelta(hours=2)
    runs.put_back(run)
    world.look()
    assert [one.kind for one in world.incidents.open()] == ["nothing"]


def test_a_run_that_does_not_come_to_its_end_is_told_until_it_does(world):
    """A first one may take a day or two, and others twice as long as the longest before."""
    runs = Runs(world.engine, now=lambda: world.now)
    run = runs.begin(runs.of(runs.queue("paper", "paper", cause="schedule")))
    for hours, told in ((47, 0), (2, 1), (5, 1)):
        world.now += timedelta(hours=hours)
        world.look()
        assert len(world.told) == told
    assert "run 1 is at work since 2031-03-02T08:00, and none before took as long" in world.told[0][1]
    runs.end(run, status=0, summary=GOOD)
    world.look("paper")
    runs.begin(runs.of(runs.queue("paper", "paper", cause="schedule")))
    world.now += timedelta(hours=50)
    world.look()
    assert [title for title, _ in world.told] == ["newswarc: 1 alert (paper)", "newswarc: recovered (paper)"]


def test_stories_that_runs_do_not_come_to_are_told(world):
    """They may do less than there is to do; what was announced lately may wait, and what is in the archive, too."""
    folder = Layout(world.folder / "paper")
    with Collection.open(folder.root, write=True) as collection:
        frontier = Frontier(collection.catalog.engine, site="paper", now=lambda: world.now)
        found = [Announced(url=f"https://paper.example/{number}", kind="feed") for number in range(30)]
        frontier.announce(found, source="https://paper.example/rss")
        for one in found[:15]:
            frontier.settle(one.url, "captured", seen=True, changed=True)
        for one in found[20:]:
            frontier.leave(one.url)
        frontier.flush()
    world.end_run(GOOD)
    assert world.told == []
    world.now += timedelta(days=2)
    world.end_run(GOOD)
    ((_, text),) = world.told
    assert text.startswith("paper: 15 stories were never asked for, announced since 2031-03-02T08:00; let runs do more")


def test_little_room_is_told_without_any_run(world):
    world.room = 10**18
    world.look()
    ((_, text),) = world.told
    assert "GB are free; make room" in text
    world.room = 1
    world.look()
    assert world.told[-1][0] == "newswarc: recovered (machines and files)"


def test_there_is_enough_room_again_with_a_tenth_more(world, monkeypatch):
    """Lest each file that comes or goes is told."""
    world.room, titles = 1000, []
    for free in (1000, 999, 1000, 1099, 1100, 1000, 999):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        world.look()
        titles.append(len(world.told))
    assert titles == [0, 1, 1, 1, 2, 2, 3]


@pytest.fixture
def shared(tmp_path, postgres):
    made = World(tmp_path, postgres.database())
    yield made
    made.engine.dispose()


def test_little_room_on_a_workers_disk_is_told(shared):
    """Until there is more, or the worker was not heard of for a day; once, where the scheduler crawls itself."""
    shared.room, shared.place = 1000, "desk:/srv/collections#ab12"
    for place, free in (("one:/data#cd34", 999), ("two:/data#ef56", 5000), (shared.place, 10)):
        shared.runs.places.note(place, free)
    shared.look()
    shared.look()
    ((_, text),) = shared.told
    assert text == "one:/data#cd34: 0.0 GB are free; make room, or crawls will stop when there is none"
    shared.runs.places.note("one:/data#cd34", 1100)
    shared.runs.places.note("two:/data#ef56", 999)
    shared.look()
    begun, over = shared.told[-1][1].splitlines()
    assert begun.startswith("two:/data#ef56: 0.0 GB are free; make room")
    assert over.endswith("disk: one:/data#cd34: 0.0 GB are free")
    with shared.engine.begin() as connection:
        connection.execute(sa.text("UPDATE places SET heard = heard - INTERVAL '25 hours'"))
    shared.look()
    assert shared.incidents.open() == []


def test_a_broken_site_file_is_told_until_it_is_mended(world):
    known = world.sites
    world.sites = BrokenFiles({"bad": SiteError("sites/bad.toml: feeds: is str; write a list")}, known)
    world.look()
    world.look()
    world.sites = known
    world.look()
    (_, text), (title, _) = world.told
    assert text == "sites/bad.toml: feeds: is str; write a list"
    assert title == "newswarc: recovered (machines and files)"


def test_what_was_wrong_with_a_site_that_was_removed_is_over_and_that_is_said(world):
    """Not as long as a file cannot be read, which may be its."""
    world.end_run(NOTHING)
    world.end_run(NOTHING, site="other")
    world.sites = BrokenFiles({"x": SiteError("x.toml: broken")}, {"other": SITE})
    world.look()
    assert {one.site for one in world.incidents.open()} == {"paper", "other", ""}
    world.sites = {"other": SITE}
    world.look()
    assert [one.site for one in world.incidents.open()] == ["other"]
    assert ", and paper is no configured site any more" in world.told[-1][1]
    world.look()
    assert len(world.told) == 4


@pytest.fixture
def inbox():
    with open_inbox() as opened:
        yield opened


pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it


@pytest.fixture
def apprise():
    return pytest.importorskip("apprise", reason="alerts are sent by Apprise; pip install 'newswarc[alerts]'")


def test_messages_arrive_where_apprise_sends_them(apprise, inbox, tmp_path):
    address, came = inbox
    file = tmp_path / "who"
    file.write_text(f"# the desk\n{address}\n\n")
    for configured in (address, str(file)):
        said = Message(title="A title", text="A text", kind="failure")
        assert notifier(configured)(said) == Sent(taken=1)
    assert [(one["title"], one["message"], one["type"]) for one in came] == [("A title", "A text", "failure")] * 2


def test_what_is_too_long_for_one_message_comes_in_several(apprise, inbox):
    """As when a network is gone, and a hundred sites with it: a chat room takes 4,000 characters, and refuses more."""
    address, came = inbox
    lines = [f"paper-{number}: run {number} found nothing: connection refused" for number in range(200)]
    room = address.replace("json://", "mmost://") + "abcdefghijklmnop"
    said = Message(title="newswarc: 200 alerts", text="\n".join(lines), kind="failure")
    assert notifier(room)(said) == Sent(taken=1)
    assert all(len(one["text"]) <= 4_000 for one in came)
    said = "\n".join(one["text"] for one in came)
    assert [line for line in lines if line not in said] == []


def test_an_address_that_cannot_be_reached_has_no_other_told_twice(apprise, inbox, world, caplog):
    address, came = inbox
    world.send = notifier(f"json://secret:word@127.0.0.1:{free_port()}/ {address}")
    world.end_run(NOTHING)
    world.look()
    world.look()
    assert [one["title"] for one in came] == ["newswarc: 1 alert (paper)"]
    assert [line for line in caplog.messages if "took no message" in line] == [
        "NEWSWARC_ALERTS: address 1 (json:) took no message; see 'newswarc alerts test'"
    ]
    assert "secret" not in caplog.text


def test_nobody_is_told_where_nobody_is_named():
    assert notifier(None) is notifier(" ") is None


@pytest.mark.parametrize(
    ("configured", "said"),
    [
        ("nosuch://secret@host", "Apprise cannot use a 'nosuch:' address"),
        ("/nowhere/at/all", "No such file or directory; name a file"),
    ],
)
def test_what_cannot_be_used_is_one_line_without_secrets(apprise, configured, said):
    with pytest.raises(AlertsUnusable) as fault:
        notifier(configured)
    assert said in str(fault.value)
    assert "secret" not in str(fault.value)
