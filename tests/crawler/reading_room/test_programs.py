"""What programs get: JSON, feeds, an OpenAPI document that is true, and never a 500."""

import json
import re
from collections import Counter

import pytest
import schemathesis
from httpx2 import InvalidURL
from hypothesis import HealthCheck, given, settings
from lxml import etree
from schemathesis import GenerationMode

from crawler.discovery import read_feed
from tests.crawler.reading_room.conftest import at


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


def test_health(client, crawled):
    told = client.get("/health").json()
    assert told["status"] == "ok"
    assert told["collections"]["newsroom"] == {"articles": len(crawled.items()), "searchable": True, "waiting": 0}


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


def test_a_feed_of_changes(client):
    feed = etree.fromstring(client.get("/changes.atom?kind=headline").content)
    assert [entry.xpath("*[local-name()='category']/@term") for entry in feed.findall("{*}entry")] == [["headline"]]


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
    assert {"/search", "/article", "/diff", "/api/search", "/health", "/feed.atom"} <= set(told["paths"])


ASKING = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_asked_ends_in_a_500(client, mode):
    """Whatever the OpenAPI document allows, and what it does not."""
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    operations = [found.ok() for found in schema.get_all_operations()]
    asked = Counter()

    for operation in operations:

        @settings(
            max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            path = case.formatted_path
            try:
                answer = client.get(path, params=case.query or {})
            except InvalidURL:
                return  # longer than a client sends
            asked[answer.status_code // 100] += 1
            assert answer.status_code < 500, f"{path} {case.query}\n{answer.text[-1500:]}"

        if mode is GenerationMode.POSITIVE or operation.query or operation.path_parameters:
            ask()
    assert asked[4] > 50
    assert mode is GenerationMode.NEGATIVE or asked[2] > 50
