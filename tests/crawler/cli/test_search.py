"""`newswarc search`: what a crawl has archived is found by its words."""

import json

STORY = "/2024/06/11/ferry-story-of-today"


def test_a_crawls_articles_are_found(desk, newswarc, paper):
    story = paper.put_article(STORY)
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    (item,) = desk.crawl().items
    words = f'"{" ".join(item["body"].split()[2:6])}"'
    said = newswarc("search", "paper", words, "--site", "paper", "--json")
    found = json.loads(said.out)
    assert (found["total"], found["more"]) == (1, False)
    (hit,) = found["hits"]
    assert (hit["url"], hit["title"], hit["record_id"]) == (story, item["title"], item["capture"]["record_id"])
    shown = newswarc("search", "paper", words)
    assert "[" in shown.out
    assert shown.out.split()[-1] == story
    assert shown.err.splitlines()[-1] == "1 article, 1 shown"


def test_nothing_found_is_no_fault(desk, newswarc, paper):
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put_article(STORY))])
    desk.crawl()
    said = newswarc("search", "paper", "nowhereatall")
    assert (said.status, said.out, said.err) == (0, "", "0 articles, 0 shown\n")
    assert newswarc("search", "paper", "--since", "2999-01-01").err == "0 articles, 0 shown\n"


def test_what_cannot_be_searched_is_told_in_one_line(newswarc, tmp_path):
    assert "no collection" in newswarc("search", "nowhere", "ferry").one_line
    said = newswarc("search", "nowhere", "ferry", "--since", "2024-13-01").one_line
    assert said.endswith("'2024-13-01' is no day; write it as YYYY-MM-DD")


def test_a_collection_that_was_never_indexed_says_what_to_do(newswarc, archived, tmp_path):
    archived(("/a", b"<p>x</p>", None))
    import sqlite3

    with sqlite3.connect(tmp_path / "collections" / "paper" / "catalog.sqlite") as catalog:
        for trigger in ("added", "changed", "gone"):
            catalog.execute(f"DROP TRIGGER search_{trigger}")
        catalog.execute("DROP TABLE search_stale")
    catalog.close()
    assert "newswarc recover paper" in newswarc("search", "paper", "ferry").one_line
    assert newswarc("recover", "paper").status == 0
    assert newswarc("search", "paper", "ferry").status == 0
