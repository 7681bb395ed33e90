"""`newswarc revisions`: whatever address of a story one has, its article is found."""

import json
import sqlite3

from archives.collection import Collection

STORY = "/2024/06/11/ferry-story-of-today"


def told(newswarc, url):
    """What the command says for programs, of the collection in the desk's folder."""
    said = newswarc("revisions", url, "--collection", "paper", "--json")
    assert said.status == 0, said.err
    return json.loads(said.out)


def test_a_story_that_was_never_seen_to_change(newswarc, archived, page, tmp_path):
    archived((STORY, page(STORY), None))
    with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
        collection.catalog.put_article(json.loads(newswarc("extract", "paper").out))
    said = newswarc("diff", f"https://news.example{STORY}", "--collection", "paper")
    assert (said.status, said.out) == (0, f"https://news.example{STORY} has only one revision so far\n")
    assert newswarc("changes", "paper", "--json").status == 0


def test_addresses_that_lead_to_a_story(desk, newswarc, paper, answer):
    """Redirected to it, or of a page that says that it is the same story; of another collection nothing is known."""
    story = paper.put_article(STORY)
    short = paper.put("/2024/06/11/short-story-of-ferry", answer(b"", 301, {"Location": story}))
    copy = paper.put_article("/2024/06/11/ferry-story-copied", canonical=story)
    desk.write_site(feeds=[paper.put_feed("/rss", story, short, copy)])
    desk.crawl()
    for asked in (story, short, copy, f"{story}?fbclid=1", f"{story}/amp"):
        found = told(newswarc, asked)
        assert (found["url"], [look["what"] for look in found["captures"]]) == (story, ["first capture"])
        assert story in found["addresses"]


def test_a_page_that_says_it_is_gone_with_status_200(desk, newswarc, paper, answer, page):
    """A soft 404 is a removal as any other."""
    soft = b"<html><head><title>Page not found</title></head><body><h1>404</h1><p>Page not found.</p></body></html>"
    story = paper.put(STORY, answer(page(STORY)), answer(soft))
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    desk.crawl()
    desk.crawl()
    looks = told(newswarc, story)["captures"]
    assert [(look["status"], look["kind"]) for look in looks] == [(200, None), (200, "removed")]
    assert looks[1]["what"].startswith("removed: ")


def test_a_story_that_is_there_again(desk, newswarc, paper, answer, page):
    """With another headline, which is told with it."""
    pages = [
        answer(page(STORY)),
        answer(b"", 404),
        answer(page(STORY).replace(b"ferry-story-of-today", b"No ferry today", 2)),
    ]
    desk.write_site(feeds=[paper.put_feed("/rss", story := paper.put(STORY, *pages))])
    for _ in pages:
        desk.crawl()
        with sqlite3.connect(desk.folder / "collections" / "paper" / "catalog.sqlite") as ledger:
            ledger.execute("UPDATE frontier SET next_look = first_announced")
        ledger.close()
    assert [look["kinds"] for look in told(newswarc, story)["captures"]] == [[], ["removed"], ["restored", "headline"]]
    feed = newswarc("changes", "paper").out.splitlines()
    assert [json.loads(line)["kind"] for line in feed] == ["removed", "headline", "restored"]


def test_an_article_that_could_not_be_had(desk, newswarc, paper, answer, page):
    story = paper.put(STORY, answer(page(STORY)), answer(b"later", 500))
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    desk.crawl()
    desk.crawl("-s", "RETRY_TIMES=0")
    looks = told(newswarc, story)["captures"]
    assert [look["what"] for look in looks] == ["first capture", "no article: status 500"]
