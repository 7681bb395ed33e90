"""Pages that the project wrote come out as their article.json says: one test id for each page and field.

Add a page as tests/pages/<outlet>/<case>/page.html with the fields that matter in article.json beside it.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from crawler.export import to_markdown
from crawler.extraction import extract
from crawler.items import Article, as_item
from crawler.sites import load_site

PAGES = Path(__file__).parents[2] / "pages"
NOT_FIELDS = {"content_type", "rejected"}


def golden(folder):
    return json.loads((folder / "article.json").read_text("utf-8"))


@cache
def extracted(folder):
    wanted = golden(folder)
    rules = load_site(wanted["site"]).rules() if wanted.get("site") else None
    return extract((folder / "page.html").read_bytes(), wanted["url"], wanted.get("content_type"), rules=rules)


def folders():
    return sorted(path.parent for path in PAGES.glob("*/*/article.json"))


def cases():
    for folder in folders():
        for field in golden(folder).keys() - NOT_FIELDS:
            yield pytest.param(folder, field, id=f"{folder.parent.name}-{folder.name}-{field}")


def plain(value):
    return json.loads(json.dumps(value, ensure_ascii=False))


@pytest.mark.parametrize(("folder", "field"), sorted(cases(), key=lambda case: case.id))
def test_field(folder, field):
    """The field is what a reader of the page would write down."""
    article = extracted(folder)
    assert isinstance(article, Article), article
    assert golden(folder)[field] == plain(as_item(article))[field]


@pytest.mark.parametrize("path", sorted(PAGES.glob("*/*/article.md")), ids=lambda path: path.parent.name)
def test_markdown(path):
    """The page as Markdown, to the letter."""
    assert path.read_text("utf-8") == to_markdown(as_item(extracted(path.parent)))


def test_there_are_golden_pages():
    """The folder was found: an empty table would pass in silence."""
    assert len(folders()) >= 6
    assert list(PAGES.glob("*/*/article.md"))
