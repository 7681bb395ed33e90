"""`newswarc sites add` and `check`, against a real small newspaper."""

import json
import os
import pty
import subprocess
import tomllib
from collections import Counter

import pytest

from crawler.discovery.feeds import feed_title
from crawler.frontier.source import Source
from crawler.jobs.proposal import propose
from crawler.jobs.trial import Trial
from crawler.sites import read_site, site_at
from tests.support.commands import BIN, LONGEST, environment_in, run
from tests.support.paper import Answer

STORIES = [f"/2024/06/11/story-number-{number}-of-the-day" for number in range(4)]


@pytest.fixture
def stories(paper):
    return [paper.put_article(path) for path in STORIES]


@pytest.fixture
def front(paper, stories):
    paper.put_feed("/the-feed", *stories)
    head = '<title>The Varnholm Post | News</title><link rel="alternate" type="application/rss+xml" href="/the-feed">'
    links = "".join(f'<a href="{path}">A headline of some length</a>' for path in STORIES)
    paper.put_body("/", "text/html", f"<html><head>{head}</head><body>{links}</body></html>".encode())
    paper.put_robots(f"User-agent: *\nAllow: /\nSitemap: {paper.base}/news.xml\n")
    urls = "".join(f"<url><loc>{url}</loc></url>" for url in stories)
    paper.put_body(
        "/news.xml",
        "application/xml",
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
    )
    return paper.base + "/"


def add(folder, url, *more):
    return run(folder, "newswarc", "sites", "add", url, "--allow-private", *more)


def test_what_is_found_is_proposed_and_written_when_accepted(tmp_path, paper, front):
    done = add(tmp_path, front, "--name", "varnholm", "--folder", "own", "--yes", "--json")
    assert done.status == 0, done.err
    assert "try 'NEWSWARC_SITES=own newswarc sites check varnholm'" in done.err
    said = json.loads(done.out)
    assert {(one["kind"], one["url"], one["announced"]) for one in said["sources"]} == {
        ("feed", f"{paper.base}/the-feed", 4),
        ("sitemap", f"{paper.base}/news.xml", 4),
    }
    assert [item["title"] for item in said["sample"]]
    written = (tmp_path / "own" / "varnholm.toml").read_text()
    assert written == said["toml"]
    site = read_site(written.encode(), "varnholm.toml")
    assert (site.title, site.feeds, site.language) == ("The Varnholm Post", (f"{paper.base}/the-feed",), "en")
    assert tomllib.loads(written)["schedule"] == {"every": "15 min"}
    checked = run(tmp_path, "newswarc", "sites", "check", "varnholm", NEWSWARC_SITES=str(tmp_path / "own"))
    assert checked.status == 0, checked.out
    assert not (tmp_path / "collections").exists()


@pytest.mark.parametrize(
    ("head", "feed", "title"),
    [
        ('<meta property="og:site_name" content="Varnholm Post">', "Another", "Varnholm Post"),
        ('<script type="application/ld+json">{"@type":"WebSite","name":"Varnholm Post"}</script>', "", "Varnholm Post"),
        ("", "The Varnholm Post - Latest news", "The Varnholm Post"),
        ("", "", "Latest news"),
    ],
    ids=["metadata", "linked data", "feed", "title"],
)
def test_the_name_of_a_site_is_what_it_calls_itself(paper, head, feed, title):
    page = f"<html><head><title>Latest news</title>{head}</head><body></body></html>".encode()
    site = site_at(f"{paper.base}/")
    content = f"<rss><channel><title>{feed}</title><item><title>A story</title></item></channel></rss>".encode()
    source = Source(url=f"{site.origin}/rss", site=site.name, kind="feed", found="2031", polled="2031", announced=1)
    trial = Trial(
        site=site,
        sources=(source,),
        outcomes={source.url: Counter({"captured": 1})},
        items=(),
        pages=(),
        front=(f"{site.origin}/", page, "text/html"),
        feed_titles=tuple(filter(None, [feed_title(content)])),
        problem=None,
    )
    proposal = propose(trial, allow_private=False)
    assert proposal is not None
    assert proposal.title == title


def test_a_front_page_without_links_is_no_part_of_what_is_proposed(tmp_path, paper, stories):
    """Its feed is: what was just written is found good."""
    head = '<title>The Varnholm Post</title><link rel="alternate" type="application/rss+xml" href="/rss">'
    paper.put_body("/", "text/html", f"<html><head>{head}</head><body>Scripts make this page.</body></html>".encode())
    paper.put_feed("/rss", *stories)
    done = add(tmp_path, f"{paper.base}/", "--name", "varnholm", "--folder", "own", "--yes")
    assert done.status == 0, done.err
    written = tomllib.loads((tmp_path / "own" / "varnholm.toml").read_text())
    assert (written["feeds"], written.get("seeds")) == ([f"{paper.base}/rss"], None)
    checked = run(tmp_path, "newswarc", "sites", "check", "varnholm", NEWSWARC_SITES=str(tmp_path / "own"))
    assert checked.status == 0, checked.out


def test_where_there_is_nothing_its_address_is_told_once(tmp_path, paper):
    paper.put_body("/", "text/html", b"<html><body>Closed.</body></html>")
    done = add(tmp_path, f"{paper.base}/")
    assert done.status == 1
    assert done.one_line.count(paper.base) == 1


def test_without_yes_and_without_a_terminal_nothing_is_written(tmp_path, paper, front):
    done = add(tmp_path, front, "--folder", "own")
    assert done.status == 0
    assert f'feeds = ["{paper.base}/the-feed"]' in done.out
    assert not (tmp_path / "own").exists()
    assert "nothing was written: with --yes it is written to own/" in done.err
    without = add(tmp_path, front)
    assert "nothing was written: name a folder of site files in NEWSWARC_SITES or with --folder" in without.err


@pytest.mark.parametrize("answer", ["n", "y"])
def test_on_a_terminal_it_asks_before_it_writes(tmp_path, paper, front, answer):
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [BIN / "newswarc", "sites", "add", front, "--allow-private", "--name", "varnholm", "--folder", "own"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment_in(tmp_path),
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    for end in (ours, theirs):
        os.close(end)
    assert done.returncode == 0, done.stderr
    assert f'feeds = ["{paper.base}/the-feed"]' in done.stdout
    assert "Write own/varnholm.toml? [y/N]: " in done.stderr
    assert (tmp_path / "own" / "varnholm.toml").exists() is (answer == "y")


def test_a_file_that_is_there_already_stays(tmp_path, front):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "varnholm.toml").write_text("mine")
    done = add(tmp_path, front, "--name", "varnholm", "--folder", "own", "--yes")
    assert done.status == 2
    assert "varnholm.toml: is there already; choose another --name" in done.one_line
    assert (tmp_path / "own" / "varnholm.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere: "),
        (["https://news.example/", "--name", "A B"], "'A B' cannot be used as a name"),
        (["https://news.example/", "--yes"], "no folder of site files; make one"),
    ],
)
def test_what_cannot_be_meant_is_one_line(tmp_path, arguments, said):
    done = run(tmp_path, "newswarc", "sites", "add", *arguments)
    assert done.status == 2
    assert said in done.one_line


def test_where_nothing_is_found_nothing_is_proposed(tmp_path, paper):
    paper.put_body("/", "text/html", b"<html><body><p>Soon.</p></body></html>")
    done = add(tmp_path, paper.base + "/")
    assert (done.status, done.out) == (1, "")
    assert "no article was found" in done.one_line


def test_what_broke_is_said_source_by_source_and_selector_by_selector(tmp_path, paper, stories):
    (tmp_path / "sites").mkdir()
    host = paper.base.removeprefix("http://")
    paper.put_feed("/good", *stories)
    paper.put_feed("/empty")
    paper.put_feed("/elsewhere", "https://other.example/2024/06/11/a-story-of-the-day")
    paper.put("/broken", Answer(b"<html>no feed</html>"))
    feeds = json.dumps([f"{paper.base}/{name}" for name in ("good", "empty", "elsewhere", "broken", "missing")])
    (tmp_path / "sites" / "post.toml").write_text(
        f'domains = ["{host}"]\nallow_private = true\nfeeds = {feeds}\n'
        '[[selectors]]\ntitle = ["h1"]\nbody = [".story-text"]\nbyline = [".by"]\n'
    )
    done = run(tmp_path, "newswarc", "sites", "check", "post", "--json")
    assert done.status == 1
    verdicts = {one["subject"].removeprefix(paper.base): (one["good"], one["told"]) for one in json.loads(done.out)}
    assert verdicts["/good"] == (True, "a feed of 4 URLs")
    assert verdicts["/empty"] == (False, "a feed that announces nothing; look at it in a browser")
    assert verdicts["/elsewhere"][0] is False
    assert "1 out of scope" in verdicts["/elsewhere"][1]
    assert verdicts["/broken"][1].startswith("no feed: its first tag is <html>")
    assert verdicts["/missing"][1].startswith("status 404; mend the address")
    assert verdicts[""] == (True, "4 read, 4 with a date, 0 with a byline")
    assert verdicts["h1"] == (True, "finds something on 4 of 4 pages")
    assert verdicts[".story-text"][0] is False
    assert verdicts[".by"] == (True, "finds something on 0 of 4 pages")
