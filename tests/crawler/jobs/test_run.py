"""One crawl in one process: its summary, its files, its limits, and how it ends when it is interrupted."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archives.errors import StorageFailed
from crawler.jobs.run import crawl, site_of
from crawler.sites import SiteError, load_sites
from tests.support.commands import run_script

DAY = "/2024/06/11"
CRAWL = Path(__file__).with_name("crawl_once.py")


def crawl_once(folder, *targets, **options):
    """The summary of a crawl, in a process of its own."""
    said = run_script([CRAWL, "a collection", *targets], folder, dict(os.environ), given=options)
    assert said.status == 0, said.err[-3000:]
    assert said.err == "", "a crawl is quiet: its log is a file"
    return json.loads(said.out)


def test_unknown_site_is_crawled_by_what_it_says_of_itself(tmp_path, paper, answer):
    """Feeds by link, sitemaps by robots.txt, articles by the front page: nobody configured anything."""
    advertised = '<link rel="alternate" type="application/rss+xml" href="/feeds/all">'
    front = f'<html><head>{advertised}</head><a href="{DAY}/front-story-of-today">x</a><a href="/about">About</a>'
    paper.put("/", answer(front.encode()))
    paper.put_feed("/feeds/all", paper.put_article(f"{DAY}/feed-story-of-today"))
    paper.put_robots("User-agent: *\nSitemap: /maps/news.xml\n")
    url = paper.put_article(f"{DAY}/map-story-of-today")
    paper.put("/maps/news.xml", answer(f"<urlset><url><loc>{url}</loc></url></urlset>".encode()))
    paper.put_article(f"{DAY}/front-story-of-today")
    summary = crawl_once(tmp_path, paper.base)
    assert summary["articles"] == 3
    assert summary["outcomes"] == {"captured": 3}
    assert summary["ledger"] == {"captured": 3}
    assert summary["failed"] == {}
    assert summary["finish_reason"] == "finished"
    assert summary["problem"] is None
    assert summary["captures"] == summary["pages"] == len(paper.asked)
    assert summary["told"][0]["articles"] == 3
    assert Path(tmp_path, summary["log"]).read_text().count("Traceback") == 0
    lines = Path(tmp_path, summary["items"]).read_text().splitlines()
    assert len(lines) == 3
    assert (tmp_path / "out.jsonl").read_text().splitlines() == lines


def test_site_that_advertises_nothing_is_tried_at_the_usual_addresses(tmp_path, paper, answer):
    paper.put("/", answer(b"<html><p>Welcome"))
    paper.put_feed("/feed", paper.put_article(f"{DAY}/feed-story-of-today"))
    assert crawl_once(tmp_path, paper.base)["articles"] == 1


def test_address_of_one_article_is_all_that_is_crawled(tmp_path, paper):
    story = paper.put_article(f"{DAY}/feed-story-of-today")
    paper.put_robots("User-agent: *\nSitemap: /maps/news.xml\n")
    assert crawl_once(tmp_path, story)["articles"] == 1
    assert set(paper.asked) == {"/robots.txt", f"{DAY}/feed-story-of-today", "/favicon.ico"}


def test_address_of_a_feed_is_read_as_a_feed(tmp_path, paper):
    feed = paper.put_feed("/some/feed", paper.put_article(f"{DAY}/feed-story-of-today"))
    assert crawl_once(tmp_path, feed)["articles"] == 1


def test_several_targets_one_after_the_other(tmp_path, paper):
    one = paper.put_article(f"{DAY}/one-story-of-today")
    other = paper.put_article(f"{DAY}/other-story-of-today")
    summary = crawl_once(tmp_path, one, other)
    assert summary["articles"] == 2
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2


def test_budget(tmp_path, paper):
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(5)]
    summary = crawl_once(tmp_path, paper.put_feed("/feed", *urls), max_pages=2)
    assert summary["articles"] == 2
    assert summary["outcomes"] == {"captured": 2, "skipped": 3}


def test_time_limit(tmp_path, paper):
    """The crawl stops; what was not reached stays pending for the next one."""
    paper.put_robots("User-agent: *\nCrawl-delay: 1\n")
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(40)]
    summary = crawl_once(tmp_path, paper.put_feed("/feed", *urls), max_time=3)
    assert summary["finish_reason"] == "closespider_timeout"
    assert summary["ledger"]["pending"] > 0
    assert sum(summary["ledger"].values()) == 40


def test_interrupt_closes_cleanly(tmp_path, paper):
    """Control-C while a host rests: no waiting for it, the WARC is sealed, the ledger and the summary are written."""
    paper.put_robots("User-agent: *\nCrawl-delay: 0.1\n")
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(3)]
    paper.answers[f"{DAY}/story-number-2-of-today"] = [
        type(paper.answers["/robots.txt"][0])(b"", 429, {"Retry-After": "110"})
    ]
    command = [sys.executable, "-W", "error", CRAWL, "a collection", paper.put_feed("/feed", *urls)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    process.stdin.write("{}")
    process.stdin.close()
    process.stdin = None
    waited = time.monotonic() + 20
    while f"{DAY}/story-number-2-of-today" not in paper.asked and time.monotonic() < waited:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    summary = json.loads(out)
    assert summary["finish_reason"] == "shutdown"
    assert summary["articles"] == 2
    assert sum(summary["ledger"].values()) == 3
    archive = tmp_path / "a collection" / "archive"
    assert [path.name for path in archive.iterdir() if path.name.endswith(".open")] == []


@pytest.mark.parametrize(
    ("target", "says"),
    [
        pytest.param("nosuch", "nosuch: neither a site nor an address; use one of bbc, ", id="unknown-name"),
        pytest.param("https://n.example/" + "x" * 20_000, "URL of 20018 characters", id="20000-characters"),
        pytest.param("https://n.example/\x07", "URL with control characters", id="control-character"),
        pytest.param("ftp://n.example/", "ftp scheme", id="ftp"),
        pytest.param("https://", "URL without a host", id="no-host"),
    ],
)
def test_bad_target_is_one_clear_line(target, says):
    with pytest.raises(SiteError) as error:
        site_of(target, load_sites())
    message = str(error.value)
    assert says in message
    assert message.isprintable()
    assert len(message) < 400


def test_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed, match="choose another folder"):
        crawl(["https://n.example/"], collection=tmp_path / "file")


def test_address_within_a_configured_site_has_its_rules():
    sites = load_sites()
    assert site_of("https://www.bbc.com/", sites).feeds
    lone = site_of("https://www.bbc.com/news/articles/c0abcdefgh1o", sites)
    assert (lone.name, lone.seeds, lone.feeds) == ("bbc", ("https://www.bbc.com/news/articles/c0abcdefgh1o",), ())
