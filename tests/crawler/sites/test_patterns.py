"""Patterns match whole paths, and none can be made to run for long."""

import re

import pytest

from crawler.sites import UrlPattern, load_sites
from tests.support.endless import must_end


@pytest.mark.parametrize(
    ("pattern", "url", "expected"),
    [
        (r"/a/\d+", "https://x.example/a/12", True),
        (r"/a/\d+", "https://x.example/a/12/", False),
        (r"/a/\d+", "https://x.example/b/a/12", False),
        (r"/a/\d+", "https://x.example/a/12?page=2", True),
        (r"/a\?id=\d+", "https://x.example/a?id=5", True),
        (r"/a\?id=\d+", "https://x.example/a", False),
        (r"/a/.*", "https://x.example/a/" + "b" * 1100, False),
    ],
)
def test_pattern_matches_the_whole_path(pattern, url, expected):
    assert expected == UrlPattern.compile(pattern).matches(url)


@pytest.mark.parametrize(
    "pattern",
    [
        r"/(a+)+b",
        r"/(?:a*)*b",
        r"/(a|aa)+b",
        r"/((a+)b?)*c",
        r"/.*.*b",
        r"/(.*)x(.*)y",
        r"/[a-z]+[a-z]+[a-z]+9",
        r"/(a)\1+",
        r"/a{3000}",
        r"/([a-z]{1,}){2,}",
    ],
)
def test_costly_pattern_is_refused(pattern):
    with pytest.raises(re.error, match=r"run for long"):
        UrlPattern.compile(pattern)


@pytest.mark.parametrize(
    "pattern", [r"/(a|b)/c+", r"/[^/]+/(?:x|y)-\d{6,9}", r"/[*+]+", r"/a\+b\*", r"/\d{4}/[\w-]+-a\d+"]
)
def test_ordinary_pattern_is_taken(pattern):
    assert UrlPattern.compile(pattern).text == pattern


@must_end
@pytest.mark.parametrize(
    ("name", "pattern"), [(name, one) for name, site in load_sites().items() for one in (*site.articles, *site.reject)]
)
def test_built_in_patterns_are_done_with_hostile_urls(name, pattern):
    """Far longer than any URL that is asked for: a pattern that tries all ways to divide one would not come back."""
    hostile = ["/" + "a-" * 5_000, "/" + "1" * 10_000, "/a" * 5_000, "/2024/06/11/" + "-a1" * 3_300 + "!"]
    for path in (*hostile, "/en/" + "%2d" * 3_000):
        pattern.matches(f"https://x.example{path}")
