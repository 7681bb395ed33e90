"""What a crawl committed, and what is extracted again from its bytes, are the same: whatever the site."""

import json
from pathlib import Path

import pytest

from tests.support.commands import run

DASHES = str.maketrans(".:", "--")
STORY = "/2024/06/11/a-story-of-the-harbour"


@pytest.fixture
def crawl(tmp_path):
    """Runs a program in the folder."""

    def crawl(program, *arguments):
        done = run(tmp_path, program, "crawl", *arguments, NEWSWARC_CONTACT="me@example.org")
        assert done.status == 0, done.err

    return crawl


def test_an_article_of_a_site_that_nobody_configured(newswarc, crawl, paper, page, answer):
    """Also after a second crawl, which found it changed."""
    before, after = answer(page(STORY)), answer(page(STORY).replace(b"harbour master", b"night watchman"))
    story = paper.put(STORY, before, after)
    for _ in range(2):
        crawl("newswarc", story, "--allow-private", "--collection", "paper")
    exported, extracted = newswarc("export", "paper", "--revisions"), newswarc("extract", "paper")
    assert exported.out == extracted.out
    assert [json.loads(line)["revision"] for line in extracted.out.splitlines()] == [1, 2]
    assert {json.loads(line)["site"] for line in extracted.out.splitlines()} == {paper.base[7:].translate(DASHES)}


def test_an_article_is_asked_for_once(crawl, paper):
    """Its address is where the crawl starts, and what it looks for; later crawls ask for it conditionally."""
    story = paper.put_article(STORY, ETag='"1"')
    for _ in range(3):
        crawl("newswarc", story, "--allow-private", "--collection", "paper")
    assert paper.asked.count(STORY) == 3
    asked = [
        headers.get("If-None-Match") for path, headers in zip(paper.asked, paper.headers, strict=True) if path == STORY
    ]
    assert asked == [None, '"1"', '"1"']


def test_a_configured_site_at_another_origin(newswarc, crawl, paper, tmp_path, monkeypatch):
    """Its rules go with its articles, of the day of the capture, and not with its address."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "harbour.toml").write_text(
        'domains = ["harbour.example"]\nfeeds = ["https://harbour.example/rss"]\nallow_private = true\n'
        '[[selectors]]\ntitle = ["p:nth-of-type(2)"]\nvalid_until = 2999-01-01\n'
        '[[selectors]]\ntitle = ["p:nth-of-type(3)"]\n'
    )
    paper.put_feed("/rss", paper.put_article(STORY))
    monkeypatch.setenv("NEWSWARC_SITES", str(tmp_path / "sites"))
    crawl("scrapy", "harbour", "-a", f"base={paper.base}")
    exported, extracted = newswarc("export", "harbour", "--revisions"), newswarc("extract", "harbour")
    assert exported.out == extracted.out
    (item,) = map(json.loads, extracted.out.splitlines())
    assert (item["site"], item["sources"]["title"]) == ("harbour", "selector:harbour")
    assert item["title"].endswith("It was day 1.")
    assert newswarc("verify", "harbour", "--deep").status == 0
    assert newswarc("explain", item["url"], "--collection", "harbour", "--json").out.count("selector:harbour") > 0


def test_a_catalog_elsewhere_is_found_by_every_command(newswarc, crawl, paper, database, tmp_path, monkeypatch):
    story = paper.put_article(STORY)
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    crawl("newswarc", story, "--allow-private", "--collection", "paper")
    assert json.loads(newswarc("status", "paper", "--json").out)[0]["articles"] == 1
    for command in (["export", "paper"], ["extract", "paper"], ["explain", story, "--collection", "paper", "--json"]):
        assert story in newswarc(*command).out
    assert newswarc("verify", "paper", "--deep").status == 0
    assert newswarc("pack", "paper").status == 0
    assert newswarc("recover", "paper").err.endswith("nothing to put right\n")
    assert newswarc("recover", "paper", "--reindex").status == 0
    assert json.loads(
        newswarc("ledger", Path(paper.base).name.translate(DASHES), "--collection", "paper", "--json").out
    )
    assert newswarc("revisions", story, "--collection", "paper").status == 0
    assert newswarc("changes", "paper").status == 0
    assert newswarc("jobs", "list").status == 0
    assert newswarc("takedown", "paper", story, "--level", "hide").status == 0
    assert newswarc("export", "paper").out == ""
    assert not (tmp_path / "collections" / "paper" / "catalog.sqlite").exists()
