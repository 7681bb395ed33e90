"""What programs get: JSON, feeds, an OpenAPI document that is true, and never a 500."""

import json
import re
from collections import Counter
from contextlib import closing

import pytest
import schemathesis
from fastapi.testclient import TestClient
from httpx2 import InvalidURL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from schemathesis import GenerationMode

from archives.collection import Collection
from crawler.discovery import read_feed
from crawler.reading_room import Library, Room, make_app
from crawler.reading_room.room import NoReplay, ReplayElsewhere
from crawler.reading_room.routes import api, comparing, feeds, finding, health, holdings, reading
from tests.archives.takedown import stories
from tests.crawler.reading_room.conftest import REPLAY, at


def test_an_article_is_its_item(client, crawled):
    item = crawled.items()[0]
    assert client.get(at("/api/article", url=item["url"])).json() == item


def test_a_search_tells_what_it_found(client, crawled):
    found = client.get("/api/search?language=ar&most=3").json()
    assert (found["total"], found["more"], len(found["hits"])) == (len(crawled.items(language="ar")), False, 3)


def test_revisions_and_changes_are_those_of_the_commands(client, crawled):
    url = crawled.changed["headline"]
    captures = client.get(at("/api/revisions", url=url)).json()["captures"]
    assert [one["kinds"] for one in captures] == [[], ["headline"]]
    change = client.get(at("/api/diff", url=url, from_=1, to=2)).json()
    assert change["kind"] == "headline"
    told = client.get("/api/changes").json()
    assert "headline" in [one["kind"] for one in told]
    (rest,) = [client.get(at("/api/changes", since=told[-1]["cursor"])).json()]
    assert rest == []


def test_captures_tell_where_they_are_replayed(client, crawled):
    url = crawled.changed["headline"]
    captures = client.get(at("/api/captures", url=url)).json()
    assert [one["replay"] for one in captures] == [
        f"http://127.0.0.1:9/newsroom/{one['timestamp']}/{url}" for one in captures
    ]


def test_sites_runs_labels_and_checks(client, crawled):
    (site,) = client.get("/api/sites").json()
    assert site["articles"] == len(crawled.items())
    assert sum(site["ledger"]["states"].values()) == site["ledger"]["announced"]
    assert client.get("/api/labels/author").json()["newsroom"]
    (job, *_) = sorted(path.name for path in (crawled.collection / "reports").iterdir() if path.is_dir())
    assert client.get(f"/api/run/{job}").json()["job"] == job
    checks = client.get(at("/api/verify", record=crawled.items()[0]["capture"]["record_id"])).json()
    assert all(check["good"] and not check["told"] for check in checks)


def test_health(crawled, room_over):
    told = room_over(crawled.collection).get("/health").json()
    assert (told["status"], told["problems"]) == ("ok", [])
    assert told["collections"]["newsroom"] == {"articles": len(crawled.items()), "searchable": True, "waiting": 0}


@pytest.mark.parametrize(
    ("replay", "told"),
    [
        (NoReplay("pywb ended with status 1"), "pywb ended with status 1"),
        (ReplayElsewhere(REPLAY), f"{REPLAY}: the replay server does not answer; see whether it is at work"),
    ],
    ids=["ended", "silent"],
)
def test_health_without_the_replay_that_was_wanted(crawled, room_over, replay, told):
    """All else is read as ever."""
    answer = room_over(crawled.collection, replay=replay).get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["problems"]) == (200, "degraded", [told])


def test_health_of_a_collection(tmp_path, room_over):
    """What is committed and not indexed yet is told; a catalog that cannot be read is, with a status of its own."""
    root = tmp_path / "paper"
    with Collection.open(root, write=True) as collection:
        capture = collection.archive(stories.at(1, stories.STORY, b"late"))
        collection.catalog.put_article(stories.item_of(capture, b"late"))
        behind = room_over(root).get("/health")
    client = room_over(root)
    (root / "catalog.sqlite").write_bytes(b"no database" * 1000)
    unreadable = client.get("/health")
    (waits,), (broken,) = behind.json()["problems"], unreadable.json()["problems"]
    assert (behind.status_code, waits.partition(";")[0]) == (200, "paper: 1 article not searchable yet")
    assert (unreadable.status_code, unreadable.json()["status"]) == (503, "degraded")
    assert broken.startswith("paper cannot be read: ")
    assert "restore the file from a copy" in broken


def test_a_feed_of_a_search(client, crawled):
    answer = client.get(at("/feed.atom", q="", site="newsroom"))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    entries = list(read_feed(answer.content, "http://testserver/feed.atom"))
    assert len(entries) == 50 or len(entries) == len(crawled.items())
    feed = etree.fromstring(answer.content)
    for entry in feed.findall("{*}entry"):
        assert entry.findtext("{*}title")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", entry.findtext("{*}updated"))
        (link,) = entry.xpath("*[local-name()='link'][@rel='alternate']/@href")
        assert client.get(link.removeprefix("http://testserver")).status_code == 200


def test_a_feed_of_changes(client, crawled):
    feed = etree.fromstring(client.get("/changes.atom?kind=headline").content)
    assert [entry.xpath("*[local-name()='category']/@term") for entry in feed.findall("{*}entry")] == [["headline"]]
    (entry,) = feed.findall("{*}entry")
    words = entry.findtext("{*}title").partition(": ")[2]
    of_a_search = etree.fromstring(client.get(at("/changes.atom", q=words, site="newsroom")).content)
    assert crawled.changed["headline"] in [
        entry.findtext("{*}id").partition("#")[0] for entry in of_a_search.findall("{*}entry")
    ]
    assert etree.fromstring(client.get("/changes.atom?q=zzzz").content).findall("{*}entry") == []


def test_what_is_not_there_is_told_to_programs(client):
    for path, status in {"/api/article?url=http://x.example/": 404, "/api/article": 422, "/api/nothing": 404}.items():
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.json()["detail"]


def test_every_address_is_documented(client):
    told = json.loads(client.get("/openapi.json").text)
    for path, methods in told["paths"].items():
        assert methods["get"]["summary"], path
        for parameter in methods["get"].get("parameters", []):
            assert parameter["in"] in {"query", "path"}, f"{path}: {parameter['name']} in {parameter['in']}"
    parts = (finding, reading, comparing, holdings, feeds, api, health)
    assert {route.path for part in parts for route in part.routes.routes} == set(told["paths"])


# Whatever is asked


ASKING = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_asked_ends_in_a_500(client, mode):
    """Whatever the OpenAPI document allows, and what it does not, of every address."""
    asked = {operation.path: ask(client, operation, mode) for operation in operations(client)}
    answered = sum(asked.values(), Counter())
    assert answered[4] > 50
    assert mode is GenerationMode.NEGATIVE or answered[2] > 50
    assert all(asked.values()), asked


def operations(client) -> list:
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    return [found.ok() for found in schema.get_all_operations()]


def ask(client, operation, mode) -> Counter[int]:
    """Ask an address for much; how often the answer had which first digit of a status."""
    answered: Counter[int] = Counter()
    has_choice = bool(operation.query or operation.path_parameters)
    if not has_choice:
        mode = GenerationMode.POSITIVE

    @(ASKING if has_choice else settings(ASKING, max_examples=1))
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case):
        try:
            answer = client.get(case.formatted_path, params=case.query or {})
        except InvalidURL:
            return  # longer than a client sends
        answered[answer.status_code // 100] += 1
        assert answer.status_code < 500, f"{case.formatted_path} {case.query}\n{answer.text[-1500:]}"

    each()
    return answered


HEADERS = (
    b"Accept", b"Accept-Encoding", b"Authorization", b"Content-Type", b"Cookie", b"Expect", b"Host",
    b"If-Modified-Since", b"If-None-Match", b"Origin", b"Range", b"Referer", b"X-Forwarded-For", b"X-Forwarded-Host",
)  # fmt: skip
KNOWN = st.sampled_from([b"Bearer geheim", b"newswarc=geheim", b"127.0.0.1", b"bytes=0-", b'\xff;="', b"[::1]:x"])


@settings(ASKING, max_examples=150)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "QUERY"]),
    path=st.sampled_from(["/", "/search?q=the", "/article", "/api/search", "/health", "/static/style.css", "/nowhere"]),
    headers=st.dictionaries(st.sampled_from(HEADERS), KNOWN | st.binary(max_size=200), max_size=5),
    body=st.binary(max_size=1000),
)
def test_no_method_header_or_body_ends_in_a_500(client, guarded, method, path, headers, body):
    for one in (client, guarded):
        answer = one.request(method, path, headers=list(headers.items()), content=body)
        assert answer.status_code < 500, answer.text[-1500:]
        assert method in {"GET", "HEAD"} or answer.status_code >= 400


@pytest.fixture(scope="module")
def guarded(crawled, sites):
    """A reading room that asks for a token and is known by one name alone."""
    with closing(Library.open([crawled.collection], sites=sites)) as library:
        room = Room(library=library, token="geheim", hosts=frozenset({"127.0.0.1"}))
        yield TestClient(make_app(room), follow_redirects=False)


def test_a_nul_is_no_part_of_any_name(client):
    for operation in operations(client):
        path = re.sub(r"\{\w+\}", "%00", operation.path)
        answer = client.get(f"{path}?url=%00&record=x%00y&in=%00&q=a%00")
        assert answer.status_code == 400, answer.text
        told = answer.json()["detail"] if path.startswith(("/api", "/health")) else answer.text
        assert "NUL" in told
