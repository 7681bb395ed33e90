"""What pages and style sheets need to look right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawler.discovery.requisites import Requisite, of_page, of_style_sheet

BASE = "https://paper.example/2031/story"
ICON = Requisite("https://paper.example/favicon.ico", "icon")


def named(markup, base=BASE):
    return [(one.url.removeprefix("https://paper.example"), one.kind) for one in of_page(html.fromstring(markup), base)]


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        pytest.param('<img src="/a.jpg">', [("/a.jpg", "image")], id="img"),
        pytest.param('<img src="a.jpg#top">', [("/2031/a.jpg", "image")], id="relative"),
        pytest.param('<img data-src="/lazy.jpg">', [("/lazy.jpg", "image")], id="lazy"),
        pytest.param(
            '<img srcset="/1.jpg 1x,/2.jpg 2x, /3,c.jpg 300w">',
            [("/1.jpg", "image"), ("/2.jpg", "image"), ("/3,c.jpg", "image")],
            id="srcset",
        ),
        pytest.param('<picture><source srcset="/w.webp 640w"></picture>', [("/w.webp", "image")], id="picture"),
        pytest.param('<video src="/v.mp4" poster="/v.png"></video>', [("/v.png", "image")], id="poster-not-film"),
        pytest.param(
            """<img srcset="data:image/svg+xml,<svg viewBox='0 0 1 1'></svg> 1x, /2.jpg 2x">""",
            [("/2.jpg", "image")],
            id="srcset-with-data",
        ),
        pytest.param('<div data-bg="/lazy.png"></div>', [("/lazy.png", "image")], id="lazy-background"),
        pytest.param('<svg><image xlink:href="/i.png"/></svg>', [("/i.png", "image")], id="svg-image"),
        pytest.param('<link rel="alternate stylesheet" href="/s.css">', [("/s.css", "style")], id="style-sheet"),
        pytest.param('<link rel="preload" as="font" href="/f.woff2">', [("/f.woff2", "font")], id="preload"),
        pytest.param('<link rel="alternate" href="/feed">', [], id="no-requisite"),
        pytest.param(
            '<script src="https://cdn.example/x.js"></script>', [("https://cdn.example/x.js", "script")], id="cdn"
        ),
        pytest.param('<p style="background:url(/b.png)">', [("/b.png", "image")], id="style-attribute"),
        pytest.param('<style>@import "/m.css";</style>', [("/m.css", "style")], id="style-element"),
        pytest.param('<table background="/t.gif"></table>', [("/t.gif", "image")], id="old-markup"),
        pytest.param('<img src="data:image/png;base64,AAAA"><img src="http://["><img src="">', [], id="nothing-to-ask"),
        pytest.param(f'<img src="{BASE}">', [], id="the-page-itself"),
    ],
)
def test_what_markup_names(markup, wanted):
    assert [one for one in named(f"<html><body>{markup}</body></html>") if one != ("/favicon.ico", "icon")] == wanted


def test_an_icon_is_looked_for_where_none_is_named():
    assert ("/favicon.ico", "icon") in named("<html><p>x</p></html>")
    assert named('<html><link rel="shortcut icon" href="/own.png"></html>') == [("/own.png", "icon")]


def test_other_sizes_of_pictures_come_last():
    found = named('<html><img src="/a.jpg" srcset="/b.jpg 2x"><script src="/s.js"></script></html>')
    assert [url for url, _ in found] == ["/a.jpg", "/s.js", "/favicon.ico", "/b.jpg"]


@pytest.mark.parametrize(
    ("css", "wanted"),
    [
        ('@import url("more.css") screen;', [("/css/more.css", "style")]),
        ("@IMPORT 'more.css';", [("/css/more.css", "style")]),
        ("@font-face{src:url(f.woff2) format('woff2'),url(f.ttf)}", [("/css/f.woff2", "font"), ("/css/f.ttf", "font")]),
        ("a{background:url( 'a (1).png' )}", [("/css/a%20(1).png", "image")]),
        (r"a{background:url(a\ b.png)}", [("/css/a%20b.png", "image")]),
        (
            'a{background:image-set("1.png" 1x, url(2.png) 2x)}b{}',
            [("/css/1.png", "image"), ("/css/2.png", "image")],
        ),
        ("@namespace url(http://www.w3.org/1999/xhtml);", []),
        ("a{background:url(data:image/gif;base64,AAAA)}b{background:url(b.png)}", [("/css/b.png", "image")]),
        ("/* url(old.png) */ a{background:url(new.png)} /* unclosed url(x.png)", [("/css/new.png", "image")]),
        ("a{fill:url(#gradient)}", []),
        (
            "@import url(//f.example/css?f=A:w@400;700&d=swap);",
            [("https://f.example/css?f=A:w@400;700&d=swap", "style")],
        ),
        ('a{content:"/*"}b{background:url(b.png)}', [("/css/b.png", "image")]),
        ("a{background:url(/x/*/b.png)}", [("/x/*/b.png", "image")]),
        ("a{color:red}", []),
    ],
)
def test_what_a_style_sheet_names(css, wanted):
    found = of_style_sheet(css.encode(), "https://paper.example/css/main.css", "text/css")
    assert [(one.url.removeprefix("https://paper.example"), one.kind) for one in found] == wanted


def test_a_style_sheet_in_its_own_charset():
    css = '@charset "windows-1251"; a{background:url(фон.png)}'.encode("cp1251")
    (found,) = of_style_sheet(css, "https://paper.example/main.css")
    assert found.url == "https://paper.example/%D1%84%D0%BE%D0%BD.png"


@given(
    st.text("a()'\"\\ {};:/*@,-", max_size=300).map(lambda text: text.replace("a", "url(").replace("@", "@import ")),
)
def test_no_style_sheet_makes_it_fail(css):
    assert all(one.url.startswith("http") for one in of_style_sheet(css.encode(), BASE))


@pytest.mark.parametrize("piece", ["url(", '@import "', "a{", "/*", "image-set(", "url('", "\\", "@import url("])
def test_hostile_style_sheets_cost_no_more_than_their_length(piece):
    """With a limit of its own: what is quadratic would take hours."""
    of_style_sheet((piece * 200_000).encode(), BASE)
