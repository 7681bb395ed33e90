"""`newswarc schedule` and `newswarc jobs`, as from a shell, without any scheduler at work."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from crawler.jobs.folder import children_in, runs_in
from crawler.jobs.worker import STOP_SECONDS
from tests.support.commands import LONGEST

SITE = """
domains = ["paper.example"]
feeds = ["https://paper.example/rss"]
[schedule]
every = "6 h"
quiet = "01:00-05:00"
"""


@pytest.fixture
def paper(tmp_path, newswarc, monkeypatch):
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "paper.toml").write_text(SITE)
    monkeypatch.setenv("NEWSWARC_SITES", str(tmp_path / "sites"))


def test_what_is_scheduled_and_when(newswarc, paper):
    (row,) = json.loads(newswarc("schedule", "show", "--json").out)
    assert row["site"] == "paper"
    assert row["schedule"] == {"every": "6 h", "quiet": "01:00-05:00"}
    assert not row["paused"]
    assert "every 6 h, quiet 01:00-05:00" in newswarc("schedule", "show").out
    assert "6 h" in newswarc("sites", "paper").out


def test_a_run_is_asked_for_once(newswarc, paper):
    told = "paper: queued as run 1; 'newswarc schedule run' starts it, if it is not at work already\n"
    assert newswarc("jobs", "run", "paper").out == told
    assert newswarc("jobs", "run", "paper").out == "paper: a run is queued or under way\n"
    (run,) = json.loads(newswarc("jobs", "list", "--json").out)
    assert (run["state"], run["cause"], run["collection"]) == ("queued", "asked", "paper")
    assert json.loads(newswarc("jobs", "show", "1").out) == run
    assert "queued" in newswarc("jobs", "list").out


def test_a_site_is_paused_and_resumed(newswarc, paper):
    starts = "its schedule starts runs"
    assert newswarc("jobs", "resume", "paper").out == f"paper: was not paused; {starts}\n"
    held = "paper: paused; no run starts by itself until 'newswarc jobs resume paper'\n"
    assert newswarc("jobs", "pause", "paper").out == held
    assert json.loads(newswarc("schedule", "show", "--json").out)[0]["paused"]
    assert newswarc("jobs", "resume", "paper").out == f"paper: resumed; {starts}\n"
    assert not json.loads(newswarc("schedule", "show", "--json").out)[0]["paused"]


def test_a_site_without_a_schedule_has_none_to_go_on_with(newswarc):
    said = newswarc("jobs", "resume", "newsroom").out
    assert said == "newsroom: was not paused; its site file has no [schedule]: none starts by itself\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("jobs", "run", "nobody"), 2, "no site 'nobody'; there are"),
        (("jobs", "show", "7"), 2, "no run 7 in"),
        (("jobs", "log", "7"), 2, "no run 7 in"),
        (("schedule", "install"), 2, "say what it is for: --systemd or --cron"),
        (("schedule", "run", "--at-once", "0"), 2, "'--at-once': 0"),
        (("schedule", "run", "--metrics", "99999"), 2, "'--metrics': 99999 is not in the range"),
        (
            ("schedule", "run", "--metrics", "0", "--metrics-host", "192.0.2.9"),  # RFC 5737: nobody's
            2,
            "'--metrics': 192.0.2.9, port 0: Cannot assign requested address; give an address of this machine",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(newswarc, paper, arguments, status, said):
    done = newswarc(*arguments)
    assert (done.status, done.out) == (status, "")
    assert said in done.one_line


def test_a_scheduler_without_a_scheduled_site_says_how_one_is_made(newswarc, monkeypatch):
    monkeypatch.setattr("crawler.jobs.scheduler.Scheduler.run", lambda _: None)
    done = newswarc("schedule", "run")
    assert done.status == 0
    assert "No site has a [schedule] in its site file; 'newswarc schedule --help' shows one.\n" in done.err


@pytest.mark.parametrize("told", [True, False])
def test_a_scheduler_that_tells_nobody_says_so(newswarc, paper, monkeypatch, told):
    """As one of a unit does that was printed without the addresses, which hold passwords."""
    monkeypatch.setattr("crawler.jobs.scheduler.Scheduler.run", lambda _: None)
    monkeypatch.setattr("crawler.cli.schedule.configured", lambda: print if told else None)
    assert ("nobody is told what goes wrong" in newswarc("schedule", "run").err) is not told


@pytest.mark.parametrize("days", ["0", "a year", "1.5", "9999999"])
def test_a_time_for_which_no_history_can_be_kept(newswarc, paper, monkeypatch, days):
    monkeypatch.setenv("NEWSWARC_KEEP_RUNS", days)
    done = newswarc("schedule", "run")
    assert done.status == 2
    assert f"NEWSWARC_KEEP_RUNS: {days} is no number of days from 1 to 36500" in done.one_line


def test_who_only_looks_needs_no_folder_to_write_into(newswarc, monkeypatch):
    """Nobody may write into /sys, root neither."""
    monkeypatch.setenv("NEWSWARC_HOME", "/sys/nowhere")
    assert newswarc("jobs", "list").out.startswith("No runs yet")
    assert newswarc("alerts", "list").out == "Nothing is wrong.\n"
    assert newswarc("schedule", "show").status == 0
    asked = newswarc("jobs", "run", "newsroom")
    assert asked.status == 1
    assert "; make it writable or choose another place" in asked.one_line


def test_of_no_runs_it_says_of_which_site(newswarc, paper):
    newswarc("jobs", "run", "newsroom")
    assert newswarc("jobs", "list", "--site", "paper").out.startswith("No runs of paper yet; ")
    assert "no site 'papre'; there are" in newswarc("jobs", "list", "--site", "papre").one_line


def test_a_terminal_of_80_columns_cuts_nothing_off(newswarc, tmp_path, monkeypatch):
    """What is too wide is folded: addresses and names anywhere, a time between its day and its hour."""
    name = "the-evening-courier-of-new-quay-and-upper-dray"
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / f"{name}.toml").write_text(SITE)
    monkeypatch.setenv("NEWSWARC_SITES", str(tmp_path / "sites"))
    monkeypatch.setenv("COLUMNS", "80")
    newswarc("jobs", "run", name)
    (run,) = json.loads(newswarc("jobs", "list", "--json").out)
    day, hour = run["due"][:10], run["due"][11:16]
    for command in (("jobs", "list"), ("schedule", "show"), ("status",), ("sites",)):
        lines = [line for line in newswarc(*command).out.splitlines() if not line.startswith("No collections")]
        assert max(map(len, lines)) <= 80, command
        assert "…" not in "".join(lines), command
    head, first, second, *_ = (line.split() for line in newswarc("jobs", "list").out.splitlines())
    assert (head[-1], day in first, hour in second) == ("captures", True, True)


def test_a_table_in_a_pipe_has_a_line_a_row(newswarc, paper, tmp_path, monkeypatch):
    """Nothing of a site's schedule is folded or left out."""
    monkeypatch.delenv("COLUMNS")
    hours = ",".join(str(hour) for hour in range(24))
    (tmp_path / "sites" / "paper.toml").write_text(SITE.replace('every = "6 h"', f'cron = "0 {hours} * * 1,2,3,4,5,6"'))
    head, line = newswarc("schedule", "show").out.splitlines()
    assert head.split() == ["site", "next", "due", "(UTC)", "schedule"]
    assert line.rstrip().endswith(f"cron 0 {hours} * * 1,2,3,4,5,6, quiet 01:00-05:00")


def test_a_run_without_a_log_says_so(newswarc, paper):
    newswarc("jobs", "run", "paper")
    done = newswarc("jobs", "log", "1")
    assert done.status == 1
    assert "run 1 is queued and has written no log here yet; try again later" in done.one_line


@pytest.mark.parametrize(
    ("ending", "status", "says"),
    [
        (
            {"status": None, "problem": "died 5 times: without a word", "failed": True},
            0,
            "died 5 times: without a word\n",
        ),
        ({"status": 0, "summary": {"log": None, "finish_reason": "nothing due"}}, 1, "no log here; nothing was due"),
        ({"status": 0, "summary": {"log": "/gone.log"}}, 1, "no log here; 'newswarc jobs show 1' shows what is known"),
    ],
    ids=["failed", "nothing-due", "gone"],
)
def test_a_run_that_ended_without_a_log_is_not_waited_for(newswarc, paper, tmp_path, ending, status, says):
    newswarc("jobs", "run", "paper")
    with closing(runs_in(tmp_path / "collections")) as runs:
        begun = runs.begin(runs.of(1))
        children_in(tmp_path / "collections").complaints(begun).parent.mkdir(exist_ok=True)
        children_in(tmp_path / "collections").complaints(begun).touch()
        runs.end(begun, **ending)
    done = newswarc("jobs", "log", "1")
    assert (done.status, says in done.out + done.err) == (status, True)


def test_the_log_of_a_run_is_where_it_was_crawled(newswarc, paper, tmp_path):
    newswarc("jobs", "run", "paper")
    with closing(runs_in(tmp_path / "collections")) as runs:
        runs.begin(runs.of(1), place="north:/srv/collections#5e11a7")
    done = newswarc("jobs", "log", "1")
    assert "run 1 is running and has written no log here yet; it was begun in north:/srv/collections" in done.one_line


def test_the_line_for_cron_is_a_command_of_the_shell(newswarc, paper, tmp_path, monkeypatch):
    (tmp_path / "a 100% folder").mkdir()
    monkeypatch.chdir(tmp_path / "a 100% folder")
    line = newswarc("schedule", "install", "--cron").out
    moment, command = line[:10], line[10:].replace("\\%", "%")
    assert moment == "* * * * * "
    asked = command.replace(" schedule run --at-once 2 --unless-running) 2>&1 | logger -t newswarc", " --version)")
    shown = subprocess.run(["sh", "-c", asked], capture_output=True, text=True, check=False)
    assert shown.stdout.startswith("newswarc, version "), shown.stderr
    assert f"NEWSWARC_SITES={tmp_path / 'sites'}" in shlex.split(command)


def test_the_line_for_cron_starts_one_scheduler(newswarc, paper, tmp_path):
    """With next to nothing in its environment, as cron has it; a minute later, another one ends at once.

    What they say goes to syslog, here to a file.
    """
    said = tmp_path / "syslog"
    (logger := tmp_path / "bin" / "logger").parent.mkdir()
    logger.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(said))}\nexec cat >> {shlex.quote(str(said))}\n')
    logger.chmod(0o755)
    line = newswarc("schedule", "install", "--cron").out.removeprefix("* * * * * ").replace("\\%", "%")
    bare = {"PATH": f"{logger.parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    with subprocess.Popen(["/bin/sh", "-c", line], env=bare, cwd="/", start_new_session=True) as scheduler:
        try:
            with closing(runs_in(tmp_path / "collections")) as runs:
                deadline = time.monotonic() + LONGEST
                while "paper" not in runs.timetable.due():
                    assert scheduler.poll() is None
                    assert time.monotonic() < deadline, "it looked at no schedule"
                    time.sleep(0.1)
            second = subprocess.run(["/bin/sh", "-c", line], env=bare, cwd="/", capture_output=True, timeout=LONGEST)
            assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")
            lines = said.read_text().splitlines()
            assert lines.count("-t newswarc") == 2
            assert f"1 scheduled site, collections in {tmp_path / 'collections'}; Ctrl-C stops." in lines
            assert not [line for line in lines if "another scheduler" in line]
        finally:
            os.killpg(scheduler.pid, signal.SIGTERM)
        assert scheduler.wait(LONGEST) in (0, -signal.SIGTERM), "the shell's own end, if it waits for the scheduler"


def test_the_unit_for_systemd_names_folder_and_settings(newswarc, paper, tmp_path):
    unit = newswarc("schedule", "install", "--systemd", "--at-once", "3").out
    assert f"WorkingDirectory={tmp_path}\n" in unit
    assert f'Environment="NEWSWARC_SITES={tmp_path / "sites"}"\n' in unit
    assert "-m crawler schedule run --at-once 3\n" in unit


def test_the_unit_leaves_crawls_their_time_to_end(newswarc, paper):
    """Before systemd kills what is left."""
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", newswarc("schedule", "install", "--systemd").out, re.MULTILINE)
    assert int(seconds) >= STOP_SECONDS + 10


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze (Debian: systemd)")
def test_systemd_finds_nothing_wrong_with_the_unit(newswarc, paper, tmp_path, monkeypatch):
    odd = tmp_path / 'a 100% "folder'
    odd.mkdir()
    monkeypatch.chdir(odd)
    monkeypatch.setenv("NEWSWARC_CONTACT", 'https://news.example/?q=1%20"x"$HOME\\')
    unit = tmp_path / "newswarc.service"
    unit.write_text(newswarc("schedule", "install", "--systemd").out)
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert (said.returncode, unit.name in said.stderr) == (0, False), said.stderr


@pytest.mark.parametrize("form", ["--systemd", "--cron"])
def test_what_keeps_it_running_has_what_it_needs_but_no_secret(newswarc, paper, monkeypatch, form):
    monkeypatch.setenv("NEWSWARC_ALERTS", "/etc/newswarc/alerts")
    monkeypatch.setenv("NEWSWARC_DATABASE", "postgresql+psycopg://news@db.example/news")
    said = newswarc("schedule", "install", form)
    assert "NEWSWARC_ALERTS=/etc/newswarc/alerts" in said.out
    assert "NEWSWARC_DATABASE=postgresql+psycopg://news@db.example/news" in said.out
    assert said.err == ""
    monkeypatch.setenv("NEWSWARC_ALERTS", "mailto://desk:secret@news.example")
    monkeypatch.setenv("NEWSWARC_DATABASE", "postgresql+psycopg://news:secret@db.example/news")
    said = newswarc("schedule", "install", form)
    assert "secret" not in said.out + said.err
    for name in ("NEWSWARC_ALERTS", "NEWSWARC_DATABASE"):
        assert f"{name} holds a password or key and is left out" in said.err


SECRET = {"PGPASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
OTHERS = {"NEWSWARC_COLLECTION", "NEWSWARC_TOKEN"}
"""For `scrapy crawl`, and for readers: no scheduler asks for them."""


@pytest.mark.parametrize("form", ["--systemd", "--cron"])
def test_all_variables_of_the_reference_reach_the_service_or_are_told_as_left_out(newswarc, paper, monkeypatch, form):
    reference = (Path(__file__).parents[3] / "docs" / "reference.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| (`[A-Z_`, ]+`) \|", reference, re.MULTILINE)
    variables = {name for cell in named for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert variables > SECRET | OTHERS
    for name in variables - {"NEWSWARC_SITES"}:
        monkeypatch.setenv(name, f"of-{name}")
    said = newswarc("schedule", "install", form)
    for name in variables - {"NEWSWARC_SITES"} - SECRET - OTHERS:
        assert f"{name}=of-{name}" in said.out
    for name in SECRET:
        assert name not in said.out
        assert f"{name} holds a password or key and is left out" in said.err
