"""What the ledger calls a URL whose payload is in the archive already."""

DAY = "/2024/06/11"
FIRST, SECOND = f"{DAY}/a-story-of-the-harbour", f"{DAY}/the-same-page-elsewhere"


def test_unchanged_means_since_its_own_last_capture(desk, paper, answer, page):
    """Another URL may give the same bytes: that makes a revisit record, and says nothing of this URL."""
    same, other = answer(page(FIRST)), answer(page(FIRST).replace(b"harbour master", b"night watchman"))
    urls = [paper.put(FIRST, same), paper.put(SECOND, same, same, other, same)]
    desk.write_site(feeds=[paper.put_feed("/rss", *urls)])
    told = [desk.crawl("-s", "CONCURRENT_REQUESTS=1").states(paper.base) for _ in range(4)]
    assert [states[SECOND][0] for states in told] == ["captured", "unchanged", "captured", "captured"]
    assert [states[FIRST][0] for states in told] == ["captured", "unchanged", "unchanged", "unchanged"]
