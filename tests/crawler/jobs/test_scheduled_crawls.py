"""Real crawls that a real scheduler starts, and what holds when one of them is killed."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom
from tests.support.commands import BIN, QUICK, environment_in, run, settle_newsroom

LONGEST = 90


@pytest.fixture
def paper(tmp_path):
    """A newspaper of some stories, and its site, which is crawled every few seconds, slowly."""
    with Newsroom(articles=12, **{**QUICK, "crawl_delay": 0.05}) as newsroom:
        settle_newsroom(tmp_path, newsroom.url.removeprefix("http://"), name="paper")
        site = tmp_path / "sites" / "paper.toml"
        site.write_text(f'{site.read_text()}\n[schedule]\nevery = "2 s"\n')
        yield newsroom


@contextmanager
def scheduler(folder):
    """`newswarc schedule run`, ended when the block ends if it has not ended by then."""
    with (folder / "scheduler.log").open("ab") as log:
        process = subprocess.Popen(
            [BIN / "newswarc", "schedule", "run"],
            cwd=folder,
            env=environment_in(folder),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield process
    finally:
        end(process)


def runs(folder):
    listed = run(folder, "newswarc", "jobs", "list", "--json")
    assert listed.status == 0, listed.err
    return json.loads(listed.out)


def wait_for(folder, wanted):
    """The runs, once they are as wanted."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        if (found := runs(folder)) and wanted(found):
            return found
        time.sleep(0.3)
    raise AssertionError((runs(folder), (folder / "scheduler.log").read_text()[-2000:]))


def wait_for_readers(paper, pages=10):
    """Until the newspaper was asked for some pages."""
    deadline = time.monotonic() + LONGEST
    while len(paper.exchanges) < pages:
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.05)


def wait_for_account(folder, wanted):
    """Until the first crawl has told that it did as wanted."""
    account, deadline = folder / "collections" / ".jobs" / "1-1.so-far", time.monotonic() + LONGEST
    while not ((done := json.loads(account.read_bytes())) and wanted(done)):
        assert time.monotonic() < deadline, done
        time.sleep(0.05)


def articles(folder):
    files = (folder / "collections" / "paper" / "items").glob("*.jsonl")
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return Counter(json.loads(line)["capture"]["record_id"] for line in lines)


def end(process, with_signal=signal.SIGTERM):
    process.send_signal(with_signal)
    return process.wait(LONGEST)


def crawls_of(folder):
    """Processes that crawl into the folder's collection."""
    listed = subprocess.run(
        ["pgrep", "-f", f"crawler crawl paper --collection {folder}"], capture_output=True, text=True
    )
    return [int(number) for number in listed.stdout.split()]


def under_way(found):
    return found[0]["state"] == "running"


def ended(found):
    return found[0]["state"] in ("done", "failed") or len(found) > 1


@pytest.mark.timeout(200)
def test_a_site_is_crawled_again_and_again_and_ctrl_c_is_a_good_end(tmp_path, paper):
    with scheduler(tmp_path) as process:
        found = wait_for(tmp_path, lambda found: sum(one["state"] == "done" for one in found) >= 2)
        assert end(process, signal.SIGINT) == 0
    first, second = [one for one in reversed(found) if one["state"] == "done"][:2]
    assert (first["cause"], first["status"], first["problem"]) == ("schedule", 0, None)
    assert first["summary"]["articles"] > 12
    assert second["summary"]["revisits"] > 0
    log = run(tmp_path, "newswarc", "jobs", "log", str(first["id"]))
    assert "Spider closed (finished)" in log.out
    assert crawls_of(tmp_path) == []


@pytest.mark.timeout(200)
def test_a_crawl_outlives_its_scheduler_and_the_next_one_finds_it(tmp_path, paper):
    with scheduler(tmp_path) as process:
        wait_for(tmp_path, under_way)
        wait_for_readers(paper)
        process.kill()
        process.wait()
    assert crawls_of(tmp_path)
    with scheduler(tmp_path):
        found = wait_for(tmp_path, ended)
    first = found[-1]
    assert (first["state"], first["attempts"]) == ("done", 1)
    assert "at_least" not in first["summary"]
    assert first["summary"]["articles"] == len(Path(first["summary"]["items"]).read_bytes().splitlines())
    assert set(articles(tmp_path).values()) == {1}


def killed_once(tmp_path):
    """The run of a crawl that was killed when it had captured a few stories, as it has ended."""
    with scheduler(tmp_path):
        wait_for(tmp_path, under_way)
        wait_for_account(tmp_path, lambda done: done["new"] > 1)
        for number in crawls_of(tmp_path):
            os.kill(number, signal.SIGKILL)
        found = wait_for(tmp_path, ended)
    return found[-1]


@pytest.mark.timeout(200)
def test_a_crawl_that_is_killed_is_gone_on_with_and_what_it_did_is_counted(tmp_path, paper):
    first = killed_once(tmp_path)
    assert (first["state"], first["attempts"]) == ("done", 2)
    assert not list((tmp_path / "collections" / ".jobs").glob("1-*")), "in years there would be millions"
    told, known = first["summary"], run(tmp_path, "newswarc", "status", "paper", "--json")
    assert told["announced"] >= sum(json.loads(known.out)[0]["ledger"].values())
    assert (told["at_least"], told["finish_reason"]) == (True, "finished")
    assert 1 < told["new"] <= told["articles"] <= len(articles(tmp_path))
    assert set(articles(tmp_path).values()) == {1}
    assert run(tmp_path, "newswarc", "verify", "paper", "--deep").status == 0


@pytest.mark.timeout(200)
def test_a_crawl_that_is_killed_is_gone_on_with_for_what_is_left_of_its_budget(tmp_path, paper):
    site = tmp_path / "sites" / "paper.toml"
    slowly = site.read_text().replace("delay = 0.0", "delay = 0.2")
    site.write_text(f"{slowly}max_pages = 8\n")
    first = killed_once(tmp_path)
    assert (first["state"], first["attempts"], first["status"]) == ("done", 2, 0)
    told = first["summary"]
    assert sum(told["outcomes"].values()) - told["skipped"]["budget"] == 8


@pytest.mark.timeout(200)
def test_a_reboot_loses_nothing(tmp_path, paper):
    """Scheduler and crawl are gone at once; a site file was broken meanwhile, which is told, and is no hindrance."""
    with scheduler(tmp_path) as process:
        wait_for(tmp_path, under_way)
        wait_for_readers(paper)
        process.send_signal(signal.SIGSTOP)
        for number in crawls_of(tmp_path):
            os.kill(number, signal.SIGKILL)
        process.kill()
        process.wait()
    (tmp_path / "sites" / "broken.toml").write_text("domains =")
    with scheduler(tmp_path):
        run(tmp_path, "newswarc", "jobs", "pause", "paper")
        found = wait_for(tmp_path, ended)
        told = run(tmp_path, "newswarc", "alerts", "list", "--json")
    assert (told.status, "broken.toml: not TOML" in told.out) == (1, True)
    (tmp_path / "sites" / "broken.toml").unlink()
    first = found[-1]
    assert (first["state"], first["attempts"], first["status"]) == ("done", 2, 0)
    assert set(articles(tmp_path).values()) == {1}
    assert run(tmp_path, "newswarc", "verify", "paper", "--deep").status == 0


def test_a_second_scheduler_is_refused(tmp_path, paper):
    with scheduler(tmp_path):
        wait_for(tmp_path, bool)
        done = run(tmp_path, "newswarc", "schedule", "run")
    assert done.status == 2
    assert "another scheduler is at work" in done.one_line
