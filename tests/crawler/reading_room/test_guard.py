"""Who may read, what browsers may do with an answer, and that archived text stays text."""

import shutil
from pathlib import Path

import pytest
from lxml import html

from archives.collection import Collection
from archives.errors import StorageFailed
from archives.takedown.order import Order, take_down
from archives.takedown.withheld import REFERENCE
from crawler.reading_room.guard import HEADERS, host_of
from crawler.reading_room.room import ReplayElsewhere
from tests.archives.takedown.stories import at as exchange_at
from tests.crawler.reading_room.conftest import at

EVIL = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'>{{7777*8888}}"


@pytest.mark.parametrize(
    "path", ["/", "/search?q=x", "/nowhere", "/article", "/api/search", "/health", "/static/style.css", "/feed.atom"]
)
def test_every_answer_has_the_headers(client, path):
    answer = client.get(path)
    assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS


def test_the_policy_allows_nothing_inline_and_nobody_else(client, crawled):
    policy = client.get("/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    for path in ("/", at("/article", url=crawled.items()[0]["url"]), "/site/newsroom"):
        page = html.fromstring(client.get(path).text)
        assert page.xpath("//@style | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]") == []
        assert [
            link for link in page.xpath("//@src | //link[@rel='stylesheet']/@href") if not link.startswith("/")
        ] == []


def test_head_is_answered_as_get_without_body(client):
    answer = client.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.post("/").status_code == 405


def test_only_names_of_this_machine_are_answered(room_over, crawled):
    """A page elsewhere may have its own name lead to loopback."""
    client = room_over(crawled.collection, hosts=frozenset({"127.0.0.1", "localhost", "[::1]"}))
    for host, status in {"127.0.0.1:8080": 200, "localhost": 200, "[::1]:80": 200, "evil.example:8080": 421}.items():
        assert client.get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("header", "host"), [("a:1", "a"), ("A", "a"), ("[::1]:8", "[::1]"), ("[::1]", "[::1]"), ("", ""), (":", ":")]
)
def test_host_of(header, host):
    assert host_of(header) == host


def test_a_token_is_asked_for_where_there_is_one(room_over, crawled):
    client = room_over(crawled.collection, token="geheim-é")
    assert client.get("/").status_code == 401
    assert client.get("/api/search").status_code == 401
    assert client.get("/?token=wrong").status_code == 401
    assert client.get("/", headers={"Authorization": "Bearer geheim-é".encode()}).status_code == 401, "not as latin-1"
    client = room_over(crawled.collection, token="geheim")
    assert client.get("/health", headers={"Authorization": "Bearer geheim"}).status_code == 200
    answer = client.get("/search?token=geheim&q=a%20b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=a+b")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/search").status_code == 200, "the cookie has it now"


def test_the_catalog_cannot_be_written_to(client):
    (shelf,) = client.app.state.room.library
    with pytest.raises(StorageFailed, match="readonly"), shelf.collection.catalog.writing() as connection:
        connection.exec_driver_sql("DELETE FROM articles")


LONG = "Rindfleischetikettierung" * 6
"""A word that is wider than a phone."""


def evil_item(url: str, image: str, revision: int) -> dict:
    link = "[x](javascript:alert(1))"
    return {
        "url": url,
        "canonical_url": f"javascript:{EVIL}",
        "slug": "x",
        "site": EVIL,
        "title": f"{EVIL} {LONG} {revision}",
        "byline": f"By {EVIL} {LONG}",
        "authors": [{"name": EVIL, "url": f"javascript:{EVIL}", "kind": "person"}],
        "date_published": EVIL,
        "date_modified": EVIL,
        "body": f"{EVIL * 20}\n\n{revision}",
        "body_markdown": f"{EVIL}\n\n{link} [y](<data:text/html,{EVIL}>) ![i](http://evil.example/t)",
        "description": EVIL,
        "images": [{"url": image, "caption": EVIL, "credit": EVIL, "lead": True}],
        "related_links": [{"title": EVIL, "url": "javascript:alert(1)", "kind": "in_body", "label": EVIL}],
        "section": f"{EVIL}{LONG}",
        "tags": [EVIL, LONG],
        "language": '"><script>',
        "access": EVIL,
        "kind": EVIL,
        "sources": {"title": EVIL},
        "extractor": EVIL,
    }


@pytest.fixture
def hostile(tmp_path) -> Path:
    """A collection in which every text is an attack."""
    root = tmp_path / "hostile"
    url = f"http://evil.example/{EVIL}".replace(" ", "%20")
    with Collection.open(root, write=True) as collection:
        capture = collection.archive(exchange_at(1, "http://evil.example/x", f"<p>{EVIL}</p>".encode()))
        image = collection.archive(
            exchange_at(
                2, "http://evil.example/x.png", EVIL.encode(), head=b"HTTP/1.1 200 OK\r\nContent-Type: image/png"
            )
        )
        told = {name: getattr(capture, name) for name in REFERENCE}
        for revision in (1, 2):
            date = f"2024-06-11T12:0{revision}:00.000000Z"
            of_it = {"record_id": f"{capture.record_id}{revision}", "payload_digest": f"sha1:{revision}", "date": date}
            item = evil_item(url, image.url, revision)
            collection.catalog.put_article({**item, "capture": {**told, **of_it}, "revision": revision})
    return root


def test_archived_text_stays_text(room_over, hostile):
    client = room_over(hostile, replay=ReplayElsewhere("http://127.0.0.1:9"))
    url = client.get("/api/search").json()["hits"][0]["url"]
    plain = ("/", "/search", "/labels/author", "/labels/tag", "/labels/section", "/sites", "/site/x", "/changes")
    of_it = [at(path, url=url) for path in ("/article", "/revisions", "/diff", "/calendar", "/verify")]
    asked = [at("/search", q="owned"), at("/search", q=EVIL), at("/search", since=EVIL), at("/article", url=EVIL)]
    paths = [*plain, *of_it, *asked, at("/diff", url=url, view="side"), at("/calendar", url="http://evil.example/x")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, f"{path}\n{answer.text[-2000:]}"
        page = html.fromstring(answer.text)
        assert [one.get("src") for one in page.xpath("//script")] == page.xpath(
            "//script[starts-with(@src, '/static/')]/@src"
        )
        assert page.xpath("//@*[starts-with(name(), 'on')]") == [], path
        assert [link for link in page.xpath("//@href | //@src") if link.startswith(("javascript:", "data:"))] == [], (
            path
        )
        assert [source for source in page.xpath("//img/@src") if not source.startswith("/picture?")] == [], path
        assert "{{7777*8888}}" in answer.text or "69121976" not in answer.text


def test_what_only_says_that_it_is_a_picture_is_not_given_out(room_over, hostile):
    answer = room_over(hostile).get(at("/picture", url="http://evil.example/x.png"))
    assert answer.status_code == 404
    assert b"onerror" not in answer.content


def test_feeds_of_hostile_articles_are_well_formed(room_over, hostile):
    from lxml import etree

    client = room_over(hostile)
    for path in ("/feed.atom", "/changes.atom"):
        assert len(etree.fromstring(client.get(path).content).findall("{*}entry")) == 1


@pytest.mark.parametrize("action", ["hide", "block", "purge"])
def test_what_was_taken_down_is_not_to_be_read(room_over, crawled, tmp_path, action):
    root = shutil.copytree(crawled.collection, tmp_path / "newsroom")
    item = next(item for item in crawled.items() if item["images"])
    with Collection.open(root, write=True) as collection:
        for url in (item["url"], item["images"][0]["url"]):
            take_down(collection, Order(target=url, action=action))
    client = room_over(root)
    record = item["capture"]["record_id"]
    for path in (
        at("/article", url=item["url"]), at("/article.md", url=item["url"]), at("/api/article", url=item["url"]),
        at("/revisions", url=item["url"]), at("/diff", url=item["url"]), at("/record", record=record),
        at("/verify", record=record), at("/calendar", url=item["url"]), at("/picture", url=item["images"][0]["url"]),
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    shown = "".join(
        client.get(path).text for path in ("/", "/search?sort=date", "/changes", "/feed.atom", "/changes.atom")
    )
    assert item["title"] not in shown


def test_what_is_taken_down_goes_while_the_room_is_open(room_over, crawled, tmp_path):
    """Nothing is remembered, and a purge finds nobody in its way."""
    root = shutil.copytree(crawled.collection, tmp_path / "newsroom")
    item = crawled.items()[0]
    client = room_over(root)
    assert client.get(at("/article", url=item["url"])).status_code == 200
    with Collection.open(root, write=True) as collection:
        assert take_down(collection, Order(target=item["url"], action="purge")).done
    assert client.get(at("/article", url=item["url"])).status_code == 404
    hits = client.get(at("/api/search", q=item["title"])).json()["hits"]
    assert item["url"] not in [hit["url"] for hit in hits]


def test_an_article_without_an_archive_behind_it_is_told(room_over, tmp_path):
    with Collection.open(tmp_path / "bare", write=True) as collection:
        collection.catalog.put_article({"url": "http://news.example/a", "title": "A", "body": "B"})
    client = room_over(tmp_path / "bare")
    assert client.get("/search?q=b").status_code == 200
    assert client.get(at("/article", url="http://news.example/a")).status_code == 404
