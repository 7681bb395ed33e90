"""The page cut into blocks."""

import pytest

from crawler.extraction.blocks import effective_size
from crawler.extraction.document import parse
from crawler.extraction.walk import segment
from tests.support.endless import must_end


def texts(markup):
    return [block.text for block in segment(parse(markup.encode(), "https://news.example/a").root).blocks]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One <b>two</b>\n three</p><p>Four</p>", ["One two three", "Four"]),
        ("<div>Before<p>Inside</p>After</div>", ["Before", "Inside", "After"]),
        ("<div>One<br>two<br><br>three</div>", ["One\ntwo", "three"]),
        ("<div>One<br>\n<br />two</div>", ["One", "two"]),
        ("<p>Seen<script>not()</script><style>p{}</style><noscript>nor</noscript></p>", ["Seen"]),
        ("<p>A\u00adlone\u200bword</p>", ["Aloneword"]),
        ("<button>Menu</button><p>Text</p>", ["Text"]),
        ("<svg><g><p>The page in a drawing</p></g></svg>", ["The page in a drawing"]),
        ("<ul><li>One<li>Two</ul>", ["One", "Two"]),
        ("<a href=/x><h3>Head</h3><p>Lead</p></a>", ["Head", "Lead"]),
    ],
    ids=["inline", "mixed", "break", "double-break", "unseen", "invisible", "button", "svg", "list", "card"],
)
def test_blocks_end_at_block_elements_and_double_breaks(markup, expected):
    assert expected == texts(markup)


def test_link_characters_and_links_are_counted_inside_and_around_blocks():
    page = '<p>See <a href="/a">this</a></p><a href="/b"><h3>All of it</h3></a>'
    first, second = segment(parse(page.encode(), "https://news.example/").root).blocks
    assert (first.link_chars, [link.get("href") for link in first.links]) == (4, ["/a"])
    assert (second.link_chars, [link.get("href") for link in second.links]) == (9, ["/b"])


def test_east_asian_characters_count_more():
    assert effective_size("ten chars.") == 10
    assert effective_size("四文字だ") == 10


@must_end
@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 20_000 + "deep" + "</div>" * 20_000,
        "<b><i>" * 900 + "<p>text of a paragraph</p>" * 20_000,
        "<ul>" + "<li><a href=/x>item</a>" * 50_000 + "</ul>",
        "<svg>" * 3_000 + "<p>x</p>",
        "<button><span>" * 5_000,
        "<br>" * 100_000,
        "<div>text " * 1_000 + "<p>and more</p>" * 20_000,
    ],
    ids=["deep", "inline-around", "siblings", "svg", "buttons", "breaks", "mixed"],
)
def test_hostile_markup_takes_time_in_proportion_to_its_size(markup):
    root = parse(markup.encode(), "https://news.example/a").root
    segment(root)
