"""What one sees of crawls: live on a terminal, and in `newswarc status`."""

import json
import os
import pty
import re
import subprocess
import threading

from prometheus_client import CollectorRegistry, generate_latest
from rich.console import Console

from crawler.cli.progress import View
from crawler.jobs.folder import incidents_in, only_scheduler, runs_in
from crawler.jobs.metrics import Figures
from crawler.jobs.progress import Host, Progress
from tests.support.commands import BIN, environment_in, run

NO_SCHEDULER = "\nNo scheduler is at work; 'newswarc schedule run' is one.\n"


def progress(**facts):
    plain = {"asked": 0, "settled": 0, "articles": 0, "pages": 0, "bytes": 0, "queued": 0, "hosts": (), "titles": ()}
    return Progress(**{"site": "paper", **plain, **facts})


def shown(view, told):
    console = Console(width=80, color_system=None)
    with console.capture() as captured:
        console.print(view.of(told))
    return captured.get()


def test_a_view_tells_pages_rate_queue_hosts_and_titles():
    clock = [100.0]
    view = View(now=lambda: clock[0])
    shown(view, progress())
    clock[0] += 5
    hosts = (
        Host(name="news.example", active=1, queued=7, delay=0.5, resting=0.0),
        Host(name="slow.example", active=0, queued=2, delay=0.5, resting=42.0),
    )
    told = shown(
        view, progress(pages=40, queued=12, bytes=2_500_000, hosts=hosts, titles=("Ferry sails", "Bridge opens"))
    )
    for part in ("paper", "0:05", "40 pages", "8.0 pages/s", "12 queued", "2.5 MB", "every 0.5 s", "rests for 42 s",
                 "7 waiting", "Ferry sails", "Bridge opens"):  # fmt: skip
        assert part in told
    clock[0] += 60
    assert "0.0 pages/s" in shown(view, progress(pages=40))


def test_a_view_of_a_large_crawl_has_two_lines_in_80_columns():
    far = {"asked": 900_000, "settled": 800_000, "articles": 700_000, "pages": 1_000_000, "queued": 99_999}
    told = shown(View(), progress(**far, bytes=10**12, site="the-evening-courier"))
    assert told.strip().count("\n") == 1


def test_a_crawl_on_a_terminal_shows_how_it_goes(tmp_path, paper):
    links = [paper.put_article(f"/2024/06/11/story-{name}-of-the-day") for name in "abcdef"]
    paper.put_feed("/rss", *links)
    (tmp_path / "sites").mkdir()
    host = paper.base.removeprefix("http://")
    (tmp_path / "sites" / "paper.toml").write_text(
        f'domains = ["{host}"]\nallow_private = true\nfeeds = ["{paper.base}/rss"]\n[politeness]\ndelay = 0.1\n'
    )
    ours, theirs = pty.openpty()
    said = []
    environment = {**environment_in(tmp_path), "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [BIN / "newswarc", "crawl", "paper", "--max-pages", "4", "--json"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=theirs,
    ) as crawl:  # fmt: skip
        os.close(theirs)
        reader = threading.Thread(target=read_all, args=(ours, said))
        reader.start()
        out = crawl.stdout.read()
    reader.join()
    seen = b"".join(said).decode()
    assert json.loads(out)["articles"] == 4
    assert {tuple(map(int, pair)) for pair in re.findall(r"(\d+) of (\d+) settled", seen)} <= FAR
    for part in ("pages/s", "queued", "127.0.0.1", "story-a-of-the-day"):
        assert part in seen


FAR = {(settled, asked) for asked in range(5) for settled in range(asked + 1)}
"""What is over the budget is not asked for, and so not settled either."""


def read_all(terminal, into):
    try:
        while piece := os.read(terminal, 4096):
            into.append(piece)
    except OSError:  # the other side is gone
        os.close(terminal)


def test_status_tells_schedule_running_jobs_and_last_results(tmp_path):
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "paper.toml").write_text(
        'domains = ["news.example"]\nfeeds = ["https://news.example/rss"]\n[schedule]\nevery = "1 h"\n'
    )
    runs = runs_in(tmp_path / "collections")
    ended = runs.begin(runs.of(runs.queue("paper", "paper", cause="schedule")))
    runs.end(ended, status=1, problem="time-out", summary={"new": 4, "changed": 2, "articles": 6})
    begun = runs.begin(runs.of(runs.queue("paper", "paper", cause="asked")))
    (site,) = json.loads(run(tmp_path, "newswarc", "status", "--json").out)["sites"]
    assert (site["site"], site["paused"], site["running"]["run"]) == ("paper", False, begun.id)
    assert site["next_due"]
    assert (site["last"]["run"], site["last"]["new"], site["last"]["problem"]) == (ended.id, 4, "time-out")
    told = run(tmp_path, "newswarc", "status", COLUMNS="160").out
    for part in ("running since", "done 20", "time-out", NO_SCHEDULER):
        assert part in told
    assert [line for line in told.splitlines() if line != line.rstrip()] == [], "in a pipe, nothing is behind a table"
    assert NO_SCHEDULER not in run(tmp_path, "newswarc", "jobs", "list").out, "nothing waits for one"
    runs.queue("other", "other", cause="asked")
    assert NO_SCHEDULER in run(tmp_path, "newswarc", "jobs", "list").out
    with only_scheduler(tmp_path / "collections", runs):
        for command in (["status"], ["jobs", "list"]):
            assert NO_SCHEDULER not in run(tmp_path, "newswarc", *command).out


def test_a_crawl_by_hand_is_among_the_runs_once_it_has_ended(tmp_path, paper):
    story = paper.put_article("/2024/06/11/a-story-of-the-day")
    feed = paper.put_feed("/rss", story)
    (tmp_path / "sites").mkdir()
    host = paper.base.removeprefix("http://")
    (tmp_path / "sites" / "paper.toml").write_text(
        f'domains = ["{host}"]\nallow_private = true\nfeeds = ["{feed}"]\n[politeness]\ndelay = 0\n'
    )
    assert run(tmp_path, "newswarc", "crawl", "paper").status == 0
    paper.put_body("/rss", "text/plain", b"no feed any more")
    assert run(tmp_path, "newswarc", "crawl", "paper").status == 1
    assert run(tmp_path, "newswarc", "crawl", "paper", "--collection", str(tmp_path / "elsewhere")).status == 1
    second, first = json.loads(run(tmp_path, "newswarc", "jobs", "list", "--json").out)
    assert (first["cause"], first["state"], first["status"], first["problem"]) == ("by hand", "done", 0, None)
    assert (first["summary"]["new"], first["started"] < first["ended"]) == (1, True)
    assert (second["status"], second["problem"].startswith(feed)) == (1, True)
    assert "Spider closed (finished)" in run(tmp_path, "newswarc", "jobs", "log", "1").out
    assert "by hand" in run(tmp_path, "newswarc", "jobs", "list").out
    (site,) = json.loads(run(tmp_path, "newswarc", "status", "--json").out)["sites"]
    assert (site["last"]["run"], site["next_due"]) == (2, None)


def test_an_address_that_is_crawled_by_hand_is_no_run_of_its_site(tmp_path, paper):
    """That nothing is there says nothing of the site."""
    story = paper.put_article("/2024/06/11/a-story-of-the-day")
    feed = paper.put_feed("/rss", story)
    host = paper.base.removeprefix("http://")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "paper.toml").write_text(
        f'domains = ["{host}"]\nallow_private = true\nfeeds = ["{feed}"]\n[politeness]\ndelay = 0\n'
    )
    assert run(tmp_path, "newswarc", "crawl", "paper").status == 0
    gone = f"{paper.base}/2024/06/11/a-story-that-is-not-there"
    assert run(tmp_path, "newswarc", "crawl", gone, "--collection", "bad").status == 1
    assert [one["site"] for one in json.loads(run(tmp_path, "newswarc", "jobs", "list", "--json").out)] == [
        gone,
        "paper",
    ]
    (site,) = json.loads(run(tmp_path, "newswarc", "status", "--json").out)["sites"]
    assert (site["site"], site["last"]["run"]) == ("paper", 1)
    runs, incidents = runs_in(tmp_path / "collections"), incidents_in(tmp_path / "collections")
    registry = CollectorRegistry()
    registry.register(Figures(runs, incidents, tmp_path))
    figures = generate_latest(registry).decode()
    assert 'newswarc_last_run_good{site="paper"} 1.0' in figures
    assert gone not in figures
