"""A site's own selectors."""

import pytest

from crawler.extraction import parse, start
from crawler.extraction.css import select
from crawler.extraction.selectors import selected
from crawler.items import SiteRules

PAGE = b"<p class=a>One  two</p><p class=a>Three</p><time datetime=2024-01-01></time><b></b>"


def found(*css):
    rules = SiteRules(name="paper", selectors={"title": css})
    return [(item.value, item.source) for item in selected(start(parse(PAGE, "https://a.example/"), rules), "title")]


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (("p.a",), ["One two", "Three"]),
        (("h1", "p.a"), ["One two", "Three"]),
        (("b", "p.a"), ["One two", "Three"]),
        (("time::attr(datetime)",), ["2024-01-01"]),
        (("p.a::text",), ["One two", "Three"]),
        (("h1",), []),
        ((), []),
    ],
)
def test_selected(css, expected):
    """The first selector that finds text decides."""
    assert found(*css) == [(value, "selector:paper") for value in expected]


def test_select_gives_elements_in_document_order():
    assert [element.text for element in select(parse(PAGE, "https://a.example/").root, "p")] == ["One  two", "Three"]
