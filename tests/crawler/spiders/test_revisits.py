"""When a crawl looks at an article again, and what counts as a change of it."""

STORY = "/2024/06/11/ferry-story-of-today"


def test_an_article_that_is_not_due_is_not_asked_for(desk, paper):
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put_article(STORY))])
    wanted = ("-s", "NEWSWARC_RECHECK_AFTER=1 h, 6 h")
    assert desk.crawl(*wanted).asked[STORY] == 1
    assert desk.crawl(*wanted).asked[STORY] == 0


def test_a_page_that_only_counts_its_readers_does_not_start_anew(desk, paper, answer, page):
    """Other bytes each time, and the same story: no revision, and looks are still counted from the first."""
    pages = [page(STORY).replace(b"<h1>", f"<p>{count} comments</p><h1>".encode()) for count in (3, 4)]
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put(STORY, *map(answer, pages)))])
    first = desk.crawl().ledger[paper.base + STORY]
    crawled = desk.crawl()
    again = crawled.ledger[paper.base + STORY]
    assert [item["revision"] for item in crawled.items] == [1]
    assert (again.state, again.since) == ("captured", first.since)
    assert again.last_seen > first.last_seen


def test_a_story_that_changed_starts_anew(desk, paper, answer, page):
    pages = [page(STORY), page(STORY).replace(b"all weathers", b"fair weather")]
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put(STORY, *map(answer, pages)))])
    first = desk.crawl().ledger[paper.base + STORY]
    crawled = desk.crawl()
    assert [item["revision"] for item in crawled.items] == [2]
    assert crawled.ledger[paper.base + STORY].since > first.since
