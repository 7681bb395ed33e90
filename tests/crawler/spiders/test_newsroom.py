"""`scrapy crawl newsroom` works by itself: the built-in newspaper is up for as long as the crawl."""

import json
import socket

from tests.support.commands import run, settle_newsroom


def crawled(folder, *arguments):
    done = run(folder, "scrapy", "crawl", "newsroom", "-O", "items.jsonl", *arguments)
    assert done.status == 0, done.err[-3000:]
    return [json.loads(line) for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_crawl_starts_the_newspaper_where_nobody_does(tmp_path, port):
    settle_newsroom(tmp_path, f"127.0.0.1:{port}")
    assert crawled(tmp_path, "-a", "max_pages=3")
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", port)) != 0, "the newspaper is still up"


def test_the_crawl_starts_the_newspaper_at_another_address_too(tmp_path, port):
    (item,) = crawled(tmp_path, "-a", f"base=http://127.0.0.1:{port}", "-a", "max_pages=1")
    assert item["url"].startswith(f"http://127.0.0.1:{port}/")
