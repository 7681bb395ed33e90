"""What a crawl writes into its crawl log, for each kind of exchange."""

import json

import pytest

from archives.crawl_log import read_log
from tests.support.commands import free_port, run

DAY = "/2024/06/11"
ARTICLES = [r"/\d{4}/\d{2}/\d{2}/[a-z-]+"]


@pytest.fixture
def logged(desk, paper):
    """Crawls, and gives the lines of the crawl log of that run by path and try."""

    def crawl(*arguments, **site):
        before = set(desk.folder.glob("collections/paper/reports/*"))
        desk.write_site(**site)
        desk.crawl(*arguments)
        (folder,) = set(desk.folder.glob("collections/paper/reports/*")) - before
        return list(read_log(folder / "crawl.log")), json.loads((folder / "report.json").read_text())

    return crawl


def test_each_exchange_has_its_line(logged, paper, answer, page):
    """Seeds, feeds, links, redirects, retries, what robots.txt forbids, and what is not there."""
    paper.put_article(f"{DAY}/plain-story-of-today", ETag='"1"')
    paper.put(f"{DAY}/wobbly-story-of-today", answer(b"oops", 500), answer(page("/x/wobbly")))
    paper.put(f"{DAY}/cut-story-of-today", answer(page("/x/cut"), short_by=500))
    paper.put(f"{DAY}/short-way-to-it", answer(b"", 301, {"Location": f"{DAY}/where-it-leads"}))
    paper.put_article(f"{DAY}/where-it-leads")
    paper.put_article(f"{DAY}/secret-story-of-today")
    paper.put_robots(f"User-agent: *\nDisallow: {DAY}/secret-\n")
    names = ["plain-story-of-today", "wobbly-story-of-today", "cut-story-of-today", "secret-story-of-today"]
    feed = paper.put_feed("/rss", *(f"{paper.base}{DAY}/{name}" for name in [*names, "short-way-to-it"]))
    paper.put_article(f"{DAY}/listed-story-of-today")
    paper.put("/news", answer(f"<a href='{DAY}/listed-story-of-today'>A story that is listed here</a>".encode()))
    dead = f"http://127.0.0.1:{free_port()}/rss"

    lines, report = logged(feeds=[feed, dead], sections=[f"{paper.base}/news"], articles=ARTICLES)
    told = {
        (line.url.removeprefix(paper.base), line.status, line.path, (line.via or "").removeprefix(paper.base))
        for line in lines
        if line.url.startswith(paper.base)
    }
    embedded = {line for line in told if line[2] == "E"}
    assert {line[:2] for line in embedded} == {("/favicon.ico", 404)}
    assert told - embedded == {
        ("/robots.txt", 200, "P", ""),
        ("/rss", 200, "", ""),
        ("/news", 200, "", ""),
        (f"{DAY}/plain-story-of-today", 200, "M", "/rss"),
        (f"{DAY}/wobbly-story-of-today", 500, "M", "/rss"),
        (f"{DAY}/wobbly-story-of-today", 200, "M", "/rss"),
        (f"{DAY}/cut-story-of-today", 200, "M", "/rss"),
        (f"{DAY}/secret-story-of-today", -9998, "M", "/rss"),
        (f"{DAY}/short-way-to-it", 301, "M", "/rss"),
        (f"{DAY}/where-it-leads", 200, "MR", f"{DAY}/short-way-to-it"),
        (f"{DAY}/listed-story-of-today", 200, "L", "/news"),
    }
    (wobbly,) = (line for line in lines if "wobbly" in line.url and line.status == 200)
    assert wobbly.annotations == ("2t",)
    (cut, *_) = (line for line in lines if "cut-story" in line.url)
    assert cut.annotations == ("disconnectTrunc",)
    assert {line.status for line in lines if line.url == dead} == {-2}
    (plain,) = (line for line in lines if "plain" in line.url)
    sent = paper.answers[f"{DAY}/plain-story-of-today"][0].body
    assert (plain.mime, plain.source, plain.size) == ("text/html", "paper", len(sent))
    assert plain.duration is not None
    assert [(seed["seed"], seed["status"]) for seed in report["seeds"]] == [
        (feed, 200),
        (dead, -2),
        (f"{paper.base}/news", 200),
    ]
    (site,) = report["sites"]
    assert site["states"] == {"captured": 4, "failed": 1, "skipped": 1}
    assert site["outcomes"]["skipped: robots.txt"] == 1
    assert site["finish_reason"] == "finished"

    again, _ = logged(feeds=[feed], articles=ARTICLES)
    (confirmed,) = (line for line in again if "plain" in line.url)
    assert (confirmed.status, confirmed.mime, confirmed.annotations) == (304, "text/html", ("warcRevisit:notModified",))


def test_a_reported_run_is_printed(desk, paper):
    feed = paper.put_feed("/rss", paper.put_article(f"{DAY}/plain-story-of-today"))
    desk.write_site(feeds=[feed], articles=ARTICLES)
    for _ in range(2):
        assert run(desk.folder, "newswarc", "crawl", "paper").status == 0
    runs = json.loads(run(desk.folder, "newswarc", "report", "paper", "--runs", "--json").out)
    assert [one["sites"] for one in runs] == [{"paper": "finished"}] * 2
    assert run(desk.folder, "newswarc", "report", "paper", "--runs").out.startswith(f"{runs[0]['job']}  4 exchanges")
    last = json.loads(run(desk.folder, "newswarc", "report", "paper", "--json").out)
    assert (last["job"], last["exchanges"]) == (runs[1]["job"], runs[1]["exchanges"])
    first = run(desk.folder, "newswarc", "report", "paper", runs[0]["job"])
    assert "\n3 200 -\n" not in first.out
    assert "200 CRAWLED " + feed in first.out
    missing = run(desk.folder, "newswarc", "report", "paper", "20200101T000000Z")
    assert missing.status == 2
    assert "no run 20200101T000000Z; see 'newswarc report paper --runs'" in missing.one_line
