"""Template families: how one story looks in each kind of page."""

from collections.abc import Callable

from crawler.newsroom.families import (
    arabic,
    courier,
    german,
    japanese,
    legacy,
    live_blog,
    microdata,
    paywalled,
    print_form,
    script_data,
    wordpress,
)
from crawler.newsroom.families.around import Around
from crawler.newsroom.story import Story

PAGES: dict[str, Callable[[Story, Around], str]] = {
    "arabic": arabic.page,
    "courier": courier.page,
    "german": german.page,
    "japanese": japanese.page,
    "legacy": legacy.page,
    "live_blog": live_blog.page,
    "microdata": microdata.page,
    "paywalled": paywalled.page,
    "print": print_form.page,
    "script_data": script_data.page,
    "wordpress": wordpress.page,
}
"""Family → its page as text."""

CHARSETS = {"legacy": "windows-1251"}
"""Families that are not UTF-8."""
