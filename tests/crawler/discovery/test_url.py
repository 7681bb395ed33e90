"""URLs: what is one address, what is one story, and what looks like an article."""

import pytest

from crawler.discovery.url import (
    clean_url,
    fault,
    form_rank,
    looks_like_article,
    month_in_url,
    normalised,
    story_key,
)

STORY = "https://www.news.example/2024/06/11/ferry-and-tide"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://News.Example:443/A?b=1#part", "https://news.example/A?b=1"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/x", "http://news.example:8080/x"),
        ("https://news.example/?utm_source=rss", "https://news.example/?utm_source=rss"),
    ],
)
def test_normalised(url, expected):
    assert expected == normalised(url)
    assert expected == normalised(expected)


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(f"{STORY}?utm_source=rss&utm_medium=feed", id="tracking"),
        pytest.param(f"{STORY}?at_medium=RSS&fbclid=abc", id="other-tracking"),
        pytest.param(f"{STORY}#comments", id="fragment"),
        pytest.param(f"{STORY}/", id="slash"),
        pytest.param(f"{STORY}/amp/", id="amp-folder"),
        pytest.param(f"{STORY}.amp", id="amp-ending"),
        pytest.param(f"{STORY}?amp=1", id="amp-parameter"),
        pytest.param(f"{STORY}/print", id="print-folder"),
        pytest.param(f"{STORY}?print=1", id="print-parameter"),
        pytest.param(f"{STORY}?view=print", id="print-view"),
        pytest.param(STORY.replace("www.", "amp."), id="amp-host"),
        pytest.param(STORY.replace("https://www.", "http://m."), id="mobile-host-and-scheme"),
        pytest.param(STORY.replace("ferry", "%66erry"), id="percent-encoding"),
    ],
)
def test_variants_of_one_story_share_its_key(variant):
    assert story_key(variant) == story_key(STORY)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(f"{STORY}-again", id="other-slug"),
        pytest.param(f"{STORY}?id=7", id="own-parameter"),
        pytest.param(STORY.replace("11", "12"), id="other-day"),
        pytest.param("https://www.news.example/print", id="a-page-called-print"),
    ],
)
def test_other_stories_have_other_keys(other):
    assert story_key(other) != story_key(STORY)


def test_order_of_own_parameters_does_not_matter():
    assert story_key("https://n.example/a?x=1&y=2") == story_key("https://n.example/a?y=2&x=1")


def test_plain_form_ranks_before_tracked_before_print():
    forms = [f"{STORY}/print", f"{STORY}?utm_source=x", STORY]
    assert sorted(forms, key=form_rank) == [STORY, f"{STORY}?utm_source=x", f"{STORY}/print"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://n.example/2024/06/11/ferry-and-tide-a85000", True),
        ("https://n.example/world/ferry-and-tide-return-to-harbour", True),
        ("https://n.example/news/articles/c0abcdefgh1o", True),
        ("https://n.example/wirtschaft/faehre-und-flut-104.html", True),
        ("https://n.example/story/1234567", True),
        ("https://n.example/", False),
        ("https://n.example/news", False),
        ("https://n.example/tag/ferry-and-tide-return", False),
        ("https://n.example/author/ada-lovelace-of-london-town", False),
        ("https://n.example/pictures/ferry-and-tide-12345.jpg", False),
        ("https://n.example/about-us", False),
        ("https://n.example/search", False),
        ("https://n.example/" + "a-b-" * 400, False),
    ],
)
def test_looks_like_article(url, expected):
    assert expected == looks_like_article(url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" https://n.example/a b ", "https://n.example/a%20b"),
        ("https://n.example/\nbroken\tline", "https://n.example/brokenline"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("ftp://n.example/", None),
        ("n.example/a", None),
        ("https:///path", None),
        ("https://n.example:99999/", None),
        ("https://n.example/" + "x" * 20_000, None),
        ("https://n.example/\x00", None),
    ],
)
def test_clean_url(text, expected):
    assert expected == clean_url(text)


def test_fault_says_why_in_few_words():
    assert fault("https://n.example/" + "x" * 20_000) == "URL of 20018 characters"
    assert fault("https://n.example/\x07") == "URL with control characters"
    assert fault("https://n.example/") is None


@pytest.mark.parametrize("host", ["....", "-", "a b", "%20", "a%2eb", "a,b"])
def test_a_host_that_can_be_none_is_a_fault(host):
    assert fault(f"http://{host}/") == "URL with a host that can be none"


@pytest.mark.parametrize("host", ["[::1]:1", "127.0.0.1", "a_b.n.example", "n.example.", "почта.example", "localhost"])
def test_hosts_of_all_kinds_can_be_asked(host):
    assert fault(f"http://{host}/") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://static.n.example/sitemap/2024-6.xml", "2024-06"),
        ("https://n.example/sitemap-201912.xml", "2019-12"),
        ("https://n.example/sitemap.xml", None),
    ],
)
def test_month_in_url(url, expected):
    assert expected == month_in_url(url)
