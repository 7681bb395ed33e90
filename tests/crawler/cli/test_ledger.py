"""`newswarc ledger`, as from a shell."""

import json

import pytest

from archives.collection import Collection
from crawler.discovery import Announced
from crawler.frontier import Frontier
from crawler.frontier.sources import Poll

STORIES = [f"https://news.example/2031/03/02/story-{number}" for number in range(6)]
PRINT = f"{STORIES[0]}/print"
FEED, SITEMAP = "https://news.example/feed", "https://news.example/sitemap.xml"


@pytest.fixture
def paper(tmp_path):
    """Six announced stories in five states; the first one was announced twice, and under another address, too."""
    with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
        frontier = Frontier(collection.catalog.engine, site="paper")
        frontier.announce([Announced(url=url, kind="feed", title="A story") for url in STORIES], source=FEED)
        frontier.announce([Announced(url=url, kind="sitemap") for url in (STORIES[0], PRINT)], source=SITEMAP)
        for url, state, reason in (
            (STORIES[0], "captured", None),
            (STORIES[1], "failed", "time-out"),
            (STORIES[2], "failed", "status 500"),
            (STORIES[3], "gone", "status 404"),
            (STORIES[4], "skipped", "not an article: listing"),
        ):
            frontier.settle(url, state, reason, seen=state == "captured")
        frontier.flush()


def test_the_states_add_up_to_what_was_announced(newswarc, paper):
    told = json.loads(newswarc("ledger", "paper", "--json").out)
    assert told["announced"] == sum(told["states"].values()) == len(STORIES)
    assert told["states"] == {"captured": 1, "failed": 2, "gone": 1, "pending": 1, "skipped": 1}
    assert told["reasons"]["failed"] == {"status 500": 1, "time-out": 1}
    assert told["reasons"]["skipped"] == {"not an article: listing": 1}
    assert told["addresses"] == len(STORIES) + 1


def test_it_is_looked_for_where_the_site_file_says(newswarc, paper, tmp_path, monkeypatch):
    (tmp_path / "files").mkdir()
    for site, collection in (("paper", "team"), ("other", "paper")):
        source = f'domains = ["{site}.example"]\nseeds = ["https://{site}.example/"]\n'
        schedule = f'[schedule]\nevery = "1 h"\ncollection = "{collection}"\n'
        (tmp_path / "files" / f"{site}.toml").write_text(source + schedule)
    monkeypatch.setenv("NEWSWARC_SITES", str(tmp_path / "files"))
    assert "stories announced" in newswarc("ledger", "paper").out, "crawled by hand, into the collection of its name"
    assert "no ledger of a site 'other'; it has paper" in newswarc("ledger", "other").one_line
    (tmp_path / "collections" / "paper").rename(tmp_path / "collections" / "team")
    assert "stories announced" in newswarc("ledger", "paper").out


def test_a_person_reads_each_state_with_its_reasons(newswarc, paper):
    lines = [" ".join(line.split()) for line in newswarc("ledger", "paper").out.splitlines()]
    assert lines[1:4] == ["2 failed", "1 status 500", "1 time-out"]
    assert lines[-1].startswith("6 stories announced under 7 URLs")


def test_every_story_is_told_with_who_announced_it(newswarc, paper):
    rows = [json.loads(line) for line in newswarc("ledger", "paper", "--urls", "--json").out.splitlines()]
    assert [row["url"] for row in rows] == STORIES
    assert [one["source"] for one in rows[0]["announced_by"]] == [FEED, SITEMAP, SITEMAP]
    assert (rows[0]["variants"], rows[0]["announced_by"][2]["url"]) == ([PRINT], PRINT)
    assert rows[0]["announced_by"][0]["title"] == "A story"
    assert rows[5]["state"] == "pending"


def test_the_urls_in_one_state(newswarc, paper):
    assert newswarc("ledger", "paper", "--state", "failed").out.splitlines() == [
        f"failed\t{STORIES[1]}\ttime-out",
        f"failed\t{STORIES[2]}\tstatus 500",
    ]
    assert newswarc("ledger", "paper", "--state", "captured").out == f"captured\t{STORIES[0]}\talso {PRINT}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("elsewhere",), "no collection there"),
        (("elsewhere", "--collection", "paper"), "no ledger of a site 'elsewhere'; it has paper"),
        (("paper", "--state", "lost"), "'lost' is not one of"),
    ],
)
def test_what_there_is_no_ledger_of(newswarc, paper, arguments, said):
    done = newswarc("ledger", *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.one_line


def test_sources_are_told_with_what_their_polls_have_shown(newswarc, paper, tmp_path):
    with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
        sources = Frontier(collection.catalog.engine, site="paper").sources
        sources.polled(FEED, Poll(kind="feed", announced=6, known=0, digest="a", validator=None))
        sources.find(SITEMAP, "sitemap")
        sources.failed(SITEMAP, "status 404", gone=True)
    feed, sitemap = json.loads(newswarc("ledger", "paper", "--sources", "--json").out)
    assert (feed["url"], feed["interval"], feed["announced"], feed["known"]) == (FEED, 600, 6, 0)
    assert (sitemap["problem"], sitemap["failures"]) == ("status 404", 1)
    assert sitemap["dead"]
    shown = newswarc("ledger", "paper", "--sources").out
    assert "10 min" in shown
    assert "gone since" in shown
