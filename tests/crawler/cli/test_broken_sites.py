"""A site file that is broken is told, and in the way of those commands alone that need its site."""

import json
from dataclasses import replace

import pytest

from archives.collection import Collection
from crawler.capture import capture_ref
from crawler.extraction import extract
from crawler.items import as_item
from crawler.jobs.targets import site_of
from crawler.sites import load_sites
from tests.crawler.cli.conftest import exchange
from tests.support.commands import run

STORY = "/2031/03/02/story-number-1-of-today"
FAULT = "bad.toml: feeds: is a number; write a list"


@pytest.fixture(autouse=True)
def files(newswarc, tmp_path, monkeypatch):  # which has its own idea of the folder, and comes first
    """A site file that is in order, and one that is not."""
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "good.toml").write_text('domains = ["good.example"]\nfeeds = ["https://good.example/rss"]\n')
    (folder / "bad.toml").write_text('domains = ["bad.example"]\nfeeds = 7\n')
    monkeypatch.setenv("NEWSWARC_SITES", str(folder))


@pytest.fixture
def crawled(tmp_path, page):
    """Makes a collection with an article of a site."""

    def make(name: str, site: str) -> None:
        with Collection.open(tmp_path / "collections" / name, write=True) as collection:
            url, body = f"https://news.example{STORY}", page(STORY)
            made = collection.archive(exchange(url, body, None, 1))
            item = as_item(extract(body, url, "text/html"))
            collection.catalog.put_article({**item, "site": site, "capture": as_item(capture_ref(made))})

    return make


def test_others_go_on_without_it(newswarc, crawled):
    crawled("paper", "good")
    for command in (["sites"], ["sites", "good"], ["recover", "paper"], ["verify", "paper", "--deep"]):
        said = newswarc(*command)
        assert FAULT in said.one_line, command
        assert ("good" in said.out) == (command[0] == "sites")
        assert said.status == 0


def test_who_needs_it_is_refused(newswarc, crawled, tmp_path):
    crawled("paper", "bad")
    for command in (["sites", "bad"], ["recover", "paper"], ["verify", "paper", "--deep"]):
        said = newswarc(*command)
        assert (said.status, said.out) == (2, ""), command
        assert FAULT in said.one_line
    (tmp_path / "collections" / "paper" / "catalog.sqlite").unlink()
    assert FAULT in newswarc("recover", "paper").one_line, "which sites are in it, nobody knows"


def test_an_address_is_crawled_unless_it_may_be_of_that_site(tmp_path):
    told = run(tmp_path, "newswarc", "crawl", "http://127.0.0.1:9/")
    assert (told.status, FAULT in told.faults[0]) == (1, True)
    assert "refused to speak to 127.0.0.1" in told.faults[1]
    said = run(tmp_path, "newswarc", "crawl", "https://www.bad.example/story")
    assert said.status == 2
    assert FAULT in said.one_line


@pytest.mark.parametrize(
    "command",
    [
        ["crawl", "nosuch"],
        ["jobs", "run", "good", "nosuch"],
        ["jobs", "pause", "nosuch"],
        ["jobs", "resume", "nosuch"],
        ["jobs", "list", "--site", "nosuch"],
        ["sites", "nosuch"],
        ["sites", "check", "nosuch"],
    ],
    ids=" ".join,
)
def test_a_name_that_is_no_sites_is_told_beside_it(newswarc, tmp_path, command):
    newswarc("jobs", "run", "good")
    told = run(tmp_path, "newswarc", *command, NEWSWARC_SITES=str(tmp_path / "sites"))
    assert told.status == 2
    assert FAULT in told.faults[0]
    assert "nosuch" in told.err.splitlines()[-1]
    assert "good" in told.err.splitlines()[-1], "there is this one"


def test_a_run_of_a_site_that_is_gone_says_so(tmp_path):
    """A crawl that a scheduler starts just after the file was removed: its last line is what the run failed of."""
    told = run(tmp_path, "newswarc", "crawl", "gone", "--run", "1", "--json")
    assert (told.status, told.one_line.partition(";")[0]) == (2, "newswarc: gone: neither a site nor an address")


def test_the_site_of_a_broken_file_goes_by_the_name_in_it(newswarc, tmp_path):
    (tmp_path / "sites" / "zzz.toml").write_text('name = "other"\ndomains = 7\n')
    assert "zzz.toml: domains: is a number" in newswarc("jobs", "run", "other").one_line


@pytest.fixture
def selectors_alone(tmp_path):
    """A site file that says how pages are read, and not where a crawl starts."""
    (tmp_path / "sites" / "bad.toml").unlink()
    text = 'domains = ["news.example"]\n[[selectors]]\ntitle = ["title"]\n'
    (tmp_path / "sites" / "news.toml").write_text(text)


def test_a_file_of_selectors_is_enough_to_read_pages(newswarc, selectors_alone, tmp_path, page):
    (tmp_path / "page.html").write_bytes(page(STORY))
    at = ("--url", f"https://news.example{STORY}")
    extracted = newswarc("extract", "page.html", *at)
    assert (extracted.status, json.loads(extracted.out)["sources"]["title"]) == (0, "selector:news")
    assert "selector:news" in newswarc("explain", "page.html", *at).out
    assert newswarc("sites", "news").status == 0


@pytest.mark.parametrize("command", [["crawl"], ["sites", "check"], ["jobs", "run"]], ids=" ".join)
def test_a_crawl_needs_somewhere_to_start(newswarc, selectors_alone, command):
    said = newswarc(*command, "news")
    assert "news: there is nowhere to start in its file; give feeds, sitemaps or sections, or the" in said.one_line
    assert (said.status, said.out) == (2, "")


def test_scrapy_needs_somewhere_to_start(selectors_alone, tmp_path):
    said = run(tmp_path, "scrapy", "crawl", "news")
    assert "news: there is nowhere to start in its file" in said.one_line
    assert said.status == 2


def test_an_address_of_a_site_without_sources_is_where_its_crawl_starts(selectors_alone, tmp_path):
    site = load_sites(tmp_path / "sites")["news"]
    for url in ("https://news.example/", f"https://news.example{STORY}"):
        assert site_of(url, {"news": site}) == replace(site, seeds=(url,))
