"""What pages need, captured more than a day ago: it is asked for by condition, and renewed where it changed."""

from datetime import UTC, datetime, timedelta

import pytest

from archives.collection import Collection
from archives.exchange import Exchange, message
from crawler.spiders.requisites import FRESH
from tests.support.commands import run
from tests.support.paper import Answer

STORY = "/2024/06/11/story-of-today-about-lamps"
SHEET = b"@import 'more.css'; p { background: url(lamp.png) }"
LINKS = '<link rel=stylesheet href=/paper.css><script src=/paper.js></script><img src="/photo.png">'
NAMES = {
    "/paper.css": ("text/css", SHEET),
    "/more.css": ("text/css", b"h1 { color: navy }"),
    "/lamp.png": ("image/png", b"\x89PNG lamp"),
    "/photo.png": ("image/png", b"\x89PNG photo"),
    "/paper.js": ("text/javascript", b"'use strict'"),
}
CHANGED = "/photo.png"
WITHOUT_VALIDATOR = "/paper.js"
CONFIRMED = set(NAMES) - {CHANGED, WITHOUT_VALIDATOR}


def answer_of(path: str, tag: str = "old") -> Answer:
    kind, body = NAMES[path]
    validator = {} if path == WITHOUT_VALIDATOR else {"ETag": f'"{tag}"'}
    return Answer(body if tag == "old" else b"another " + body, headers={"Content-Type": kind, **validator})


def archived_before(collection, url: str, answer: Answer, age: timedelta) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    response = f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body
    request = f"GET {url} HTTP/1.1\r\n\r\n".encode()
    started = datetime.now(UTC) - age
    collection.archive(Exchange(url=url, started=started, request=request, response=message(response)))


@pytest.fixture
def crawled(desk, paper):
    """The paper with a new story, crawled when all that its page needs had been captured the day before."""
    with Collection.open(desk.folder / "collections" / "paper", write=True) as collection:
        for path in NAMES:
            archived_before(collection, paper.base + path, answer_of(path), FRESH + timedelta(minutes=5))
    for path in NAMES:
        paper.put(path, answer_of(path, "new" if path == CHANGED else "old"))
    story = paper.put_article(STORY)
    (page,) = paper.answers[STORY]
    page.body = page.body.replace(b"<article>", LINKS.encode() + b"<article>")
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    return desk.crawl()


def test_each_is_asked_for_once_with_the_validator_of_its_last_capture(crawled, paper):
    """Those too that only the archived sheet names, whose answer has no body."""
    assert {path: crawled.asked[path] for path in NAMES} == dict.fromkeys(NAMES, 1)
    conditions = {path: told.get("If-None-Match") for path, told in zip(paper.asked, paper.headers, strict=True)}
    expected = dict.fromkeys(NAMES, '"old"') | {WITHOUT_VALIDATOR: None}
    assert {path: conditions[path] for path in NAMES} == expected


def test_what_has_not_changed_becomes_a_revisit_that_reads_as_before(crawled, desk, paper):
    with Collection.open(desk.folder / "collections" / "paper") as collection:
        for path in NAMES:
            first, again = collection.captures(paper.base + path)
            same = path != CHANGED
            assert (again.kind, again.status) == (
                ("revisit", 304) if path in CONFIRMED else ("revisit" if same else "response", 200)
            )
            assert (again.refers_to == first.record_id) == same
            assert collection.payload(again) == (NAMES[path][1] if same else b"another " + NAMES[path][1])


def test_the_collection_verifies(crawled, desk):
    assert run(desk.folder, "newswarc", "verify", "paper", "--deep").status == 0


def test_of_the_same_day_nothing_is_asked_for_again(crawled, desk, paper):
    """The second story's page needs the same."""
    other = paper.put_article(f"{STORY}-and-tides")
    (page,) = paper.answers[f"{STORY}-and-tides"]
    page.body = page.body.replace(b"<article>", LINKS.encode() + b"<article>")
    paper.put_feed("/rss", other)
    again = desk.crawl()
    assert again.asked[f"{STORY}-and-tides"] == 1
    assert {path: again.asked[path] for path in NAMES} == dict.fromkeys(NAMES, 0)
