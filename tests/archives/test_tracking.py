"""The marks of clicks: one list for the ledger, the catalog and related links."""

import pytest

from archives.tracking import untracked

STORY = "https://www.news.example/2024/06/11/ferry-and-tide"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (STORY, STORY),
        (f"{STORY}#comments", STORY),
        (f"{STORY}?utm_source=rss", STORY),
        (f"{STORY}?utm_source=rss&id=7&fbclid=x#top", f"{STORY}?id=7"),
        (f"{STORY}?at_bbc_team=editorial&at_ptr_name=x&AT_MEDIUM=rss", STORY),
        (f"{STORY}?ref=home&cmp=share_btn&ito=1490", STORY),
        (f"{STORY}?q=a%26b&reference=5&a", f"{STORY}?q=a%26b&reference=5&a"),
        (f"{STORY}?cid=5&src=7&partner=3", f"{STORY}?cid=5&src=7&partner=3"),
    ],
)
def test_an_address_without_the_marks_of_clicks_is_otherwise_as_it_was(url, expected):
    assert untracked(url) == expected
    assert untracked(expected) == expected
