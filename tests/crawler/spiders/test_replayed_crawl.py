"""`scrapy crawl SITE -s CAPTURE_REPLAY=COLLECTION`: the crawl as it was, with nobody at home."""

import json
import shutil

import pytest

from tests.support.paper import Answer, article

DAY = "/2024/06/11"
STORIES = [f"{DAY}/story-number-{number}-of-today" for number in range(3)]


@pytest.fixture
def live(desk, paper, answer):
    """A crawl of three articles, one of them announced by a redirect, and one that is cut off."""
    urls = [paper.put_article(path) for path in STORIES]
    moved = paper.put(f"{DAY}/an-old-address-of-a-story", answer(status=301, headers={"Location": STORIES[0]}))
    torn = paper.put(f"{DAY}/a-story-that-breaks-off", answer(b"<p>half", short_by=9))
    desk.write_site(feeds=[paper.put_feed("/rss", moved, *urls[1:], torn)])
    return desk.crawl("-s", "RETRY_TIMES=0")


def replayed(desk, *settings):
    """Items and log of a crawl that an archive answers; the archive is as it was before."""
    folder = desk.folder / "collections" / "paper"
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    options = [part for setting in settings for part in ("-s", setting)]
    done = desk.scrapy("crawl", "paper", "-O", "again.jsonl", "-s", "CAPTURE_REPLAY=paper", *options)
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before
    lines = (desk.folder / "again.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda item: item["url"]), done


def test_it_gives_the_same_items_and_asks_nobody(desk, paper, live):
    paper.asked.clear()
    items, _ = replayed(desk)
    assert items == sorted(live.items, key=lambda item: item["url"])
    assert len(items) == 3
    assert paper.asked == []


def test_what_is_not_there_fails_or_is_answered_as_wished(desk, paper, live):
    paper.put_feed("/rss2", *map(paper.base.__add__, STORIES))
    desk.write_site(feeds=[f"{paper.base}/rss", f"{paper.base}/rss2"])
    items, _ = replayed(desk, "CAPTURE_REPLAY_MISS=404")
    assert len(items) == 3
    _, done = replayed(desk)
    assert f"{paper.base}/rss2: not in the collection that is replayed, or not whole" in said(done)


def test_as_of_a_day_before_it_there_was_nothing(desk, live):
    assert replayed(desk, "CAPTURE_REPLAY_DATE=2020-01-01")[0] == []
    assert len(replayed(desk, "CAPTURE_REPLAY_DATE=2999-01-01")[0]) == 3


def test_as_of_a_day_is_what_was_there_then(desk, paper, live):
    """Two captures of one page: the older one answers for the time before the newer one was made."""
    first = max(item["capture"]["date"] for item in live.items)
    paper.put(STORIES[1], Answer(article(STORIES[1]).replace(b"harbour master", b"night watchman")))
    desk.crawl()

    def body(*settings):
        (story,) = (item for item in replayed(desk, *settings)[0] if item["url"].endswith(STORIES[1]))
        return story["body"]

    assert "night watchman" in body()
    assert "harbour master" in body(f"CAPTURE_REPLAY_DATE={first}")


def test_a_collection_that_is_not_there_is_one_clear_line(desk, live):
    shutil.move(desk.folder / "collections" / "paper", desk.folder / "collections" / "elsewhere")
    done = desk.scrapy("crawl", "paper", "-s", "CAPTURE_REPLAY=paper")
    assert "collections/paper: no collection there; CAPTURE_REPLAY names one that was archived" in said(done)
    assert not (desk.folder / "collections" / "paper").exists()


def said(done):
    return done.err if hasattr(done, "err") else done.stderr
