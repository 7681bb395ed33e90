"""`newswarc alerts`, and what a crawl says of itself."""

import json

import pytest

from crawler.jobs.alerts.checks import Finding
from crawler.jobs.folder import incidents_in
from tests.support.commands import run
from tests.support.paper import Answer, article


def test_what_is_wrong_is_listed_and_is_the_verdict(tmp_path):
    good = run(tmp_path, "newswarc", "alerts", "list")
    assert (good.status, good.out) == (0, "Nothing is wrong.\n")
    incidents = incidents_in(tmp_path / "collections")
    incidents.update("paper", [Finding(kind="silent", subject="x", text="x: nothing new")])
    bad = run(tmp_path, "newswarc", "alerts", "list", "--json")
    ((incident,), status) = (json.loads(bad.out), bad.status)
    assert (status, incident["site"], incident["kind"], incident["closed"]) == (1, "paper", "silent", None)
    mistyped = run(tmp_path, "newswarc", "alerts", "close", "paper", "papier")
    assert (mistyped.status, "no incident of 'papier' is open" in mistyped.one_line) == (2, True)
    assert run(tmp_path, "newswarc", "alerts", "list").status == 1, "nothing was closed"
    closed = run(tmp_path, "newswarc", "alerts", "close", "paper")
    assert (closed.status, closed.out) == (0, "paper: 1 incident closed\n")
    assert run(tmp_path, "newswarc", "alerts", "list").status == 0
    assert "nothing new" in run(tmp_path, "newswarc", "alerts", "list", "--all").out


def test_a_test_that_nobody_would_get_is_refused(tmp_path):
    done = run(tmp_path, "newswarc", "alerts", "test")
    assert done.status == 2
    assert "NEWSWARC_ALERTS is not set; give it Apprise URLs" in done.one_line


def test_a_scheduler_that_could_tell_nobody_does_not_start(tmp_path):
    done = run(tmp_path, "newswarc", "schedule", "run", NEWSWARC_ALERTS="/nowhere/at/all")
    assert done.status == 2
    assert "/nowhere/at/all: No such file or directory" in done.one_line


@pytest.fixture
def site(tmp_path, paper):
    (tmp_path / "sites").mkdir()
    host = paper.base.removeprefix("http://")
    (tmp_path / "sites" / "paper.toml").write_text(
        f'domains = ["{host}"]\nallow_private = true\nfeeds = ["{paper.base}/rss"]\n[politeness]\ndelay = 0\n'
        "recheck_after = 0\n"
    )


def crawl(folder):
    done = run(folder, "newswarc", "crawl", "paper", "--json")
    return done, json.loads(done.out)


def test_a_run_tells_what_is_new_what_changed_and_what_articles_lack(tmp_path, paper, site):
    (tmp_path / "sites" / "broken.toml").write_text("another site's, which has nothing to do with it")
    links = [paper.put_article(f"/2024/06/11/story-{name}-of-the-day") for name in "abc"]
    paper.put_feed("/rss", *links[:2])
    _, first = crawl(tmp_path)
    assert (first["announced"], first["new"], first["changed"]) == (2, 2, 0)
    assert first["coverage"] == {"body": 2, "byline": 0, "date_published": 2, "title": 2}
    paper.put_feed("/rss", *links)
    edited = article("/2024/06/11/story-a-of-the-day").replace(b"ferry", b"tram")
    paper.put("/2024/06/11/story-a-of-the-day", Answer(edited))
    _, second = crawl(tmp_path)
    assert (second["announced"], second["new"], second["changed"], second["sources_polled"]) == (1, 1, 1, 1)


def test_a_feed_that_was_emptied_does_not_look_like_success(tmp_path, paper, site):
    paper.put_feed("/rss", paper.put_article("/2024/06/11/a-story-of-the-day"))
    assert crawl(tmp_path)[0].status == 0
    paper.put_feed("/rss")
    done, said = crawl(tmp_path)
    assert done.status == 1
    assert "none of 1 sources announces anything any more" in done.one_line
    assert said["problem"] in done.one_line
