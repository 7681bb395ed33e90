"""How fast the reading room answers, as ratios to a search there that finds nothing; and how that grows."""

import http.client
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import insert

from archives.collection import Collection
from archives.errors import ReplayUnavailable
from archives.exchange import Exchange, message
from archives.replay import replay
from archives.revisions import item_digest
from archives.schema import articles_table, revisions_table
from tests.support.serving import serving

FEW, MANY, ASKED, ROUNDS = 10_000, 100_000, 60, 5
WANTED = {"page": 3.0, "growth": 1.5, "replay": 1.1}
LARGEST_PAGE = 150_000
WORDS_OF_A_STORY = 400
OPENING = datetime(2020, 1, 1, tzinfo=UTC)
REPLAYED = 40


def run() -> bool:
    """Print the tables; False if a ratio that the project promises is missed."""
    with tempfile.TemporaryDirectory() as name:
        folders = {count: Path(name, f"articles-{count}") for count in (FEW, MANY)}
        for count, folder in folders.items():
            write_articles(folder, count)
        with opened(folders[FEW]) as few, opened(folders[MANY]) as many:
            rounds = [{FEW: medians(few, FEW), MANY: medians(many, MANY)} for _ in range(ROUNDS)]
            largest = max(size_of_pages(many, MANY))
        kept = show_pages(rounds, largest)
        return show_replay(Path(name, "replayed")) and kept


# A catalog of prose


class Prose:
    """Words that come as often as words do, the same for every run."""

    def __init__(self) -> None:
        chance = random.Random(7)
        self.words = list(
            dict.fromkeys("".join(chance.choices("etaoinshrdlu", k=chance.randint(3, 11))) for _ in range(30_000))
        )
        self._weights = [1 / (rank + 8) for rank in range(len(self.words))]
        self._chance = chance

    def story(self) -> list[str]:
        """The words of a story."""
        return self._chance.choices(self.words, self._weights, k=WORDS_OF_A_STORY)


def item_of(number: int, words: Sequence[str]) -> dict[str, Any]:
    """An article as crawls commit it."""
    paragraphs = [" ".join(words[start : start + 50]).capitalize() + "." for start in range(10, len(words), 50)]
    moment = (OPENING + timedelta(minutes=13 * number)).isoformat()
    capture = {"warc": "x.warc.gz", "offset": number, "length": 1, "status": 200, "payload_digest": f"sha1:{number}"}
    return {
        "url": url_of(number), "canonical_url": url_of(number), "slug": "x", "site": f"site-{number % 5}",
        "title": " ".join(words[:9]).capitalize(), "byline": f"By Author {number % 997}",
        "authors": [{"name": f"Author {number % 997}", "url": None, "kind": "person"}],
        "date_published": moment, "date_modified": None, "body": "\n\n".join(paragraphs),
        "body_markdown": "\n\n".join(paragraphs), "description": None, "images": [], "related_links": [],
        "section": f"Section {number % 12}", "tags": [f"Tag {number % 400}"], "language": "en", "access": None,
        "kind": "article", "sources": {"title": "json-ld", "body": "blocks"},
        "capture": {**capture, "record_id": f"<urn:x:{number}>", "date": moment.replace("+00:00", "Z")},
        "revision": 1, "extractor": "newswarc/0",
    }  # fmt: skip


def url_of(number: int) -> str:
    return f"http://news.example/story-{number}"


def write_articles(folder: Path, count: int) -> None:
    """A collection with so many articles, indexed."""
    prose = Prose()
    with Collection.open(folder, write=True) as collection:
        for start in range(0, count, 1_000):
            items = [item_of(number, prose.story()) for number in range(start, min(start + 1_000, count))]
            with collection.catalog.writing() as connection:
                connection.execute(
                    insert(articles_table), [article_row(number, item) for number, item in enumerate(items, start + 1)]
                )
                connection.execute(
                    insert(revisions_table),
                    [revision_row(number, item) for number, item in enumerate(items, start + 1)],
                )


def article_row(number: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "url": item["url"], "site": item["site"], "revision": 1, "digest": item_digest(item)}


def revision_row(number: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"article_id": number, "revision": 1, "date": item["capture"]["date"], "item": json.dumps(item)}


# Pages


@contextmanager
def opened(folder: Path) -> Iterator[http.client.HTTPConnection]:
    """A connection that is kept to a reading room in a process of its own."""
    with serving(folder.parent, folder, "--no-replay") as room:
        connection = http.client.HTTPConnection(urlsplit(room.base).netloc, timeout=60)
        yield connection
        connection.close()


def pages(count: int) -> dict[str, Callable[[random.Random], str]]:
    """Kind of page → an address of that kind."""
    words = Prose().words
    return {
        "no hits": lambda _: "/search?site=nobody",
        "search": lambda chance: f"/search?q={words[int(len(words) * chance.random() ** 2)]}",
        "two words": lambda chance: f"/search?q={chance.choice(words[:3000])}+{chance.choice(words[:3000])}",
        "article": lambda chance: f"/article?url={quote(url_of(chance.randrange(count)), safe='')}",
        "front": lambda _: "/",
        "health": lambda _: "/health",
    }


def medians(connection: http.client.HTTPConnection, count: int) -> dict[str, float]:
    """Median seconds of each kind of page, asked for in turn."""
    connection.close()  # the server may have done so meanwhile; the next request opens it again
    chance, kinds = random.Random(3), pages(count)
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ASKED):
        for kind, address in kinds.items():
            path = address(chance)
            began = time.perf_counter()
            ask(connection, path)
            seconds[kind].append(time.perf_counter() - began)
    return {kind: statistics.median(some) for kind, some in seconds.items()}


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status < 500, content[-2000:]
    return content


def size_of_pages(connection: http.client.HTTPConnection, count: int) -> Iterator[int]:
    connection.close()
    chance = random.Random(4)
    for address in pages(count).values():
        yield len(ask(connection, address(chance)))


def show_pages(rounds: Sequence[dict[int, dict[str, float]]], largest: int) -> bool:
    print(f"reading room, one reader; medians of {ROUNDS} rounds, {ASKED} pages of each kind in turn\n")
    print(f"{'':10}{FEW:>10,}{MANY:>10,}{'× no hits':>11}{'wanted':>9}{'growth':>9}{'wanted':>9}")
    kept = largest <= LARGEST_PAGE
    for kind in rounds[0][MANY]:
        few, many = (statistics.median(one[count][kind] for one in rounds) for count in (FEW, MANY))
        ratio = statistics.median(one[MANY][kind] / one[MANY]["no hits"] for one in rounds)
        growth = statistics.median(one[MANY][kind] / one[FEW][kind] for one in rounds)
        promised = kind in {"search", "article"}
        kept = kept and (not promised or (ratio <= WANTED["page"] and growth <= WANTED["growth"]))
        wanted = f"{WANTED['page'] if promised else '':>9}{growth:>9.2f}{WANTED['growth'] if promised else '':>9}"
        print(f"{kind:10}{few * 1000:>7.2f} ms{many * 1000:>7.2f} ms{ratio:>11.2f}{wanted}")
    print(f"\nthe largest of these pages has {largest:,} bytes (at most {LARGEST_PAGE:,} wanted)\n")
    return kept


# Replay


def show_replay(root: Path) -> bool:
    urls = [url_of(number) for number in range(REPLAYED)]
    with Collection.open(root, write=True) as collection:
        for number, url in enumerate(urls):
            collection.archive(exchange(url, number))
    try:
        with replay([root]) as bare, serving(root.parent, root) as room:
            room.wait_for_replay()
            assert room.replay
            rounds = [
                (replay_of(bare.url, root.name, urls), replay_of(room.replay, root.name, urls)) for _ in range(ROUNDS)
            ]
    except ReplayUnavailable as missing:
        print(f"replay is not measured: {missing}")
        return True
    ratio = statistics.median(beside / alone for alone, beside in rounds)
    alone, beside = (statistics.median(some) * 1000 for some in zip(*rounds, strict=True))
    told = f"{alone:.1f} ms by pywb alone, {beside:.1f} ms beside the reading room"
    print(f"replay of a page: {told}: {ratio:.2f} × (at most {WANTED['replay']} wanted)")
    return ratio <= WANTED["replay"]


def exchange(url: str, number: int) -> Exchange:
    page = f"<html><title>Story {number}</title><p>{'The ferry was late again. ' * 1500}".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n".encode()
    request = f"GET {urlsplit(url).path} HTTP/1.1\r\nHost: news.example\r\n\r\n".encode()
    started = OPENING + timedelta(minutes=number)
    return Exchange(url=url, started=started, request=request, response=message(head + page))


def replay_of(server: str, collection: str, urls: Sequence[str]) -> float:
    """Median seconds of a page, each on a new connection: on a kept one 40 ms are TCP's own (RFC 1122, 4.2.3.2)."""
    seconds = []
    for url in urls:
        began = time.perf_counter()
        with closing(http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)) as connection:
            assert b"ferry" in ask(connection, f"/{collection}/2020mp_/{url}")
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
