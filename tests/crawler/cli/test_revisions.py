"""`newswarc revisions`: whatever address of a story one has, its article is found."""

import json

from tests.support.commands import run

STORY = "/2024/06/11/ferry-story-of-today"


def revisions(desk, url, *options):
    return run(desk.folder, "newswarc", "revisions", url, "--collection", "paper", *options)


def test_addresses_that_lead_to_a_story(desk, paper, answer):
    """Redirected to it, or of a page that says that it is the same story; of another collection nothing is known."""
    story = paper.put_article(STORY)
    short = paper.put("/2024/06/11/short-story-of-ferry", answer(b"", 301, {"Location": story}))
    copy = paper.put_article("/2024/06/11/ferry-story-copied", canonical=story)
    desk.write_site(feeds=[paper.put_feed("/rss", story, short, copy)])
    desk.crawl()
    for asked in (story, short, copy, f"{story}?fbclid=1", f"{story}/amp"):
        said = revisions(desk, asked, "--json")
        assert said.status == 0, said.err
        told = json.loads(said.out)
        assert (told["url"], [look["what"] for look in told["captures"]]) == (story, ["first capture"])
    assert story in told["addresses"]


def test_a_page_that_says_it_is_gone_with_status_200(desk, paper, answer, page):
    """A soft 404 is a removal as any other."""
    soft = b"<html><head><title>Page not found</title></head><body><h1>404</h1><p>Page not found.</p></body></html>"
    story = paper.put(STORY, answer(page(STORY)), answer(soft))
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    desk.crawl()
    desk.crawl()
    looks = json.loads(revisions(desk, story, "--json").out)["captures"]
    assert [(look["status"], look["kind"]) for look in looks] == [(200, None), (200, "removed")]
    assert looks[1]["what"].startswith("removed: ")


def test_an_article_that_could_not_be_had(desk, paper, answer, page):
    story = paper.put(STORY, answer(page(STORY)), answer(b"later", 500))
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    desk.crawl()
    desk.crawl("-s", "RETRY_TIMES=0")
    looks = json.loads(revisions(desk, story, "--json").out)["captures"]
    assert [look["what"] for look in looks] == ["first capture", "no article: status 500"]
