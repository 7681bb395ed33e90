"""Pages in a wrong charset, addresses that no address bar would take, and names that would leave the folder."""

import json

import pytest

from tests.support.paper import Paper
from tests.support.warcs import response

RUSSIAN = "Порт получит новые фонари"
PARAGRAPH = (
    "<p>Совет Варнхольма собрался этой весной и выслушал начальника порта, который попросил поставить новые фонари "
    "вдоль северного причала до осенних штормов.</p>"
) * 4
DECLARED = {
    "header": ("windows-1251", "text/html; charset=utf-8", ""),
    "meta": ("windows-1251", "text/html", '<meta charset="utf-8">'),
    "nothing": ("windows-1251", "text/html", ""),
    "nonsense": ("utf-8", "text/html; charset=klingon", '<meta charset="x-user-defined">'),
    "both": ("utf-8", "text/html; charset=iso-8859-1", '<meta charset="windows-1252">'),
    "utf-16 without a mark": ("utf-16-le", "text/html; charset=utf-16", ""),
}
"""What the bytes are, what the server says, what the page says."""


@pytest.fixture(scope="module")
def misread(make_person, story):
    """The pages of all cases, crawled, verified and extracted: item by case."""
    person = make_person()
    with Paper() as paper:
        urls = {}
        for number, (case, (real, kind, meta)) in enumerate(DECLARED.items()):
            page = story(f"{RUSSIAN} {number}", meta=meta, text=PARAGRAPH, language="ru").encode(real)
            urls[case] = paper.put_body(f"/2031/03/02/port-poluchit-novye-fonari-{number}", kind, page)
        person.write_site("paper", feeds=[paper.put_feed("/feed", *urls.values())])
        crawled = person.newswarc("crawl", "paper")
    assert (crawled.status, crawled.err) == (0, "")
    assert person.newswarc("verify", "paper", "--deep").status == 0
    extracted = person.newswarc("extract", "paper")
    assert (extracted.status, extracted.faults) == (0, [])
    assert sorted(person.newswarc("export", "paper").out.splitlines()) == sorted(extracted.out.splitlines())
    items = {item["url"]: item for item in map(json.loads, extracted.out.splitlines())}
    return {case: items[url] for case, url in urls.items()}


@pytest.mark.parametrize(("number", "case"), list(enumerate(DECLARED)), ids=DECLARED)
def test_a_page_in_a_wrong_charset(misread, number, case):
    """It is archived as it came, read as it was meant, and read the same by crawl, extract and verify."""
    item = misread[case]
    assert (item["title"], item["body"][:18]) == (f"{RUSSIAN} {number}", "Совет Варнхольма с")


def test_bytes_that_are_no_text_in_any_charset(person, paper, story):
    """What cannot be decoded is marked as such; the rest is read."""
    page = story("Council asks for @@ lamps").encode().replace(b"@@", b"\xff\xfe\x00\x9f\xed\xa0\x80")
    url = paper.put_body("/2031/03/02/council-asks-for-lamps", "text/html; charset=utf-8", page)
    person.write_site("paper", feeds=[paper.put_feed("/feed", url)])
    assert person.newswarc("crawl", "paper").status == 0
    extracted = person.newswarc("extract", "paper")
    assert extracted.out.count("\n") == 1
    assert person.newswarc("verify", "paper", "--deep").status == 0


def test_addresses_in_a_feed_that_nobody_can_ask_for(person, paper, story):
    good = paper.put_body("/2031/03/02/council-asks-for-lamps", "text/html", story().encode())
    control, endless = f"{paper.base}/2031/03/02/a\x0bbell\x7f", f"{paper.base}/2031/03/02/{'long-' * 4_000}story"
    feed = json.dumps({"items": [{"url": url} for url in (control, endless, good, "http://[::1", "https://")]})
    person.write_site("paper", feeds=[paper.put_body("/feed.json", "application/feed+json", feed.encode())])
    done = person.newswarc("crawl", "paper", "--json")
    summary = json.loads(done.out)
    assert (done.status, done.faults) == (0, [])
    assert summary["articles"] == 1
    assert summary["ledger"].pop("captured") == 1
    assert set(summary["ledger"]) <= {"skipped"}
    assert person.newswarc("verify", "paper", "--deep").status == 0


def test_addresses_in_anothers_warc_that_nobody_can_ask_for(person, story, tmp_path):
    urls = ["https://news.example/a\x01b\x7f", f"https://news.example/{'x' * 20_000}", "not an address", "https://[::1"]
    records = (response(url, story().encode(), number=number) for number, url in enumerate(urls, 1))
    (tmp_path / "theirs.warc").write_bytes(b"".join(records))
    done = person.newswarc("extract", "theirs.warc")
    assert "theirs.warc at " in done.one_line
    assert "https://[::1: no address" in done.one_line
    assert done.status == 1
    assert [json.loads(line)["url"] for line in done.out.splitlines()] == urls[:3]


HOSTILE = ["../../outside", "..", "/etc/passwd", "con\\..\\..\\outside", "a\x00b", "\u202egnp.exe", "lamp " * 500]


def test_slugs_that_would_leave_the_folder(person, paper, story):
    """Neither headline nor address decide where a file goes, only what it is called."""
    pages = {f"/2031/03/02/..%2f..%2f..%2foutside-{number}": story(title) for number, title in enumerate(HOSTILE)}
    urls = [paper.put_body(path, "text/html; charset=utf-8", page.encode()) for path, page in pages.items()]
    person.write_site("paper", feeds=[paper.put_feed("/feed", *urls)], articles=["/2031/.*"])
    assert person.newswarc("crawl", "paper").status == 0
    (person.folder / "out").mkdir()
    before = {path for path in person.folder.rglob("*") if "collections" not in path.parts}
    done = person.newswarc("export", "paper", "--format", "markdown", "-o", "out")
    assert (done.status, done.faults) == (0, [])
    made = {path for path in person.folder.rglob("*") if "collections" not in path.parts} - before
    assert {path.parent for path in made} == {person.folder / "out"}
    assert len(made) == len(HOSTILE)


def test_twenty_megabytes_of_nested_tags_are_crawled(person, paper):
    """The page is archived and no article; the crawl ends as ever."""
    deep = b"<html><body>" + b"<div>" * 4_000_000
    url = paper.put_body("/2031/03/02/council-asks-for-lamps", "text/html", deep)
    done = person.newswarc("crawl", url, "--allow-private", "--collection", "paper", "--json")
    summary = json.loads(done.out)
    assert (done.status, done.faults) == (0, [])
    assert (summary["articles"], sum(summary["outcomes"].values())) == (0, 1)
    assert person.newswarc("verify", "paper", "--deep").status == 0
