"""`newswarc crawl --due`: nothing is begun where nothing is due."""

import json

from tests.support.commands import run


def test_where_nothing_is_due_nothing_is_begun(tmp_path, paper):
    story = paper.put_article("/2024/06/11/a-story-of-the-day", ETag='"v1"')
    feed = paper.put_feed("/rss", story)
    host = paper.base.removeprefix("http://")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "paper.toml").write_text(
        f'domains = ["{host}"]\nallow_private = true\nfeeds = ["{feed}"]\n[politeness]\ndelay = 0\n'
    )
    first = run(tmp_path, "newswarc", "crawl", "paper", "--due", "--json")
    assert (first.status, json.loads(first.out)["articles"]) == (0, 1)
    asked = len(paper.asked)
    again = run(tmp_path, "newswarc", "crawl", "paper", "--due", "--json")
    said = json.loads(again.out)
    assert (again.status, said["finish_reason"], said["pages"], said["job"]) == (0, "nothing due", 0, "")
    assert len(paper.asked) == asked
    assert run(tmp_path, "newswarc", "crawl", "paper", "--due").out == "paper: nothing is due.\n"
    assert run(tmp_path, "newswarc", "crawl", "paper", "--json").status == 0
    assert len(paper.asked) > asked
    row = json.loads(run(tmp_path, "newswarc", "ledger", "paper", "--urls", "--json").out)
    assert (row["url"], row["state"], row["etag"], row["distrusted"]) == (story, "captured", '"v1"', False)


def test_a_size_that_is_none_is_refused(tmp_path):
    done = run(tmp_path, "newswarc", "crawl", "newsroom", "--max-bytes", "plenty")
    assert done.status == 2
    assert "'plenty' is no size; write it as 200MB" in done.one_line
