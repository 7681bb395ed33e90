"""The story's own pictures."""

import pytest
from lxml import html

from crawler.extraction import parse, start
from crawler.extraction.images import fill_images, source_of
from crawler.items import SiteRules

URL = "https://news.example/2025/03/18/the-pier"
TEXT = (
    "<p>The pier was closed on Tuesday, because one of its planks had been taken away in the night by some thief.</p>"
)


def images(markup, head=""):
    page = f"<html><head>{head}</head><body>{markup}</body></html>"
    return fill_images(start(parse(page.encode(), URL))).article.images


def test_lead_first_with_caption_and_credit_apart():
    figure = "<figcaption>The pier at night. <span class='credit'>Photo: Ada Holm</span></figcaption>"
    (image,) = images(
        f"<article><h1>The pier</h1><figure><img src='/p/pier-at-night.jpg'>{figure}</figure>{TEXT * 3}</article>"
    )
    assert (
        image.url, image.caption, image.credit, image.lead,
    ) == ("https://news.example/p/pier-at-night.jpg", "The pier at night.", "Ada Holm", True)  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "caption", "credit"),
    [
        ("[1/5] The pier at night.", "The pier at night.", None),
        ("1of4The pier at night.", "The pier at night.", None),
        ("The pier at night. <small>Foto: Ada Holm Vis mer</small>", "The pier at night.", "Ada Holm"),
        (
            "The pier at night. <b class=credit>Ada Holm</b> <b class=credit>toggle caption</b>",
            "The pier at night.",
            "Ada Holm",
        ),
        ("Press enter or click to view image in full size", None, None),
        (
            "The port has many such planks, and wants to show more",
            "The port has many such planks, and wants to show more",
            None,
        ),
        ("Related: the thief's other planks, of 1911", "Related: the thief's other planks, of 1911", None),
    ],
)
def test_counters_and_buttons_are_no_part_of_a_caption(shown, caption, credit):
    figure = f"<figure><img src='/p/pier-at-night.jpg'><figcaption>{shown}</figcaption></figure>"
    (image,) = images(f"<article><h1>The pier</h1>{figure}{TEXT * 3}</article>")
    assert (image.caption, image.credit) == (caption, credit)


def test_a_picture_that_offers_another_story_is_not_this_ones():
    other = "<figure><img src='/p/cranes.jpg'><figcaption><p>Read also</p><p>Three new cranes</p></figcaption></figure>"
    assert images(f"<article><h1>The pier</h1>{TEXT}{other}{TEXT * 2}</article>") == ()


def test_every_news_agency_may_have_made_a_picture():
    figure = "<figcaption>The pier was closed at noon. (AAP)</figcaption>"
    (image,) = images(f"<article><h1>The pier</h1><figure><img src='/p/pier.jpg'>{figure}</figure>{TEXT * 3}</article>")
    assert (image.caption, image.credit) == ("The pier was closed at noon.", "AAP")


@pytest.mark.parametrize("field", ["caption", "credit"])
def test_the_source_names_the_site_whose_selector_found_caption_or_credit(field):
    figure = "<figcaption><b class='caption'>The pier.</b> <i class='credit'>Ada Holm</i></figcaption>"
    page = f"<article><h1>The pier</h1><figure><img src='/p/pier.jpg'>{figure}</figure>{TEXT * 3}</article>"
    rules = SiteRules(name="post", selectors={field: (f"figure .{field}",)})
    filled = fill_images(start(parse(page.encode(), URL), rules))
    assert filled.article.sources["images"] == "selector:post"


def test_the_head_names_the_lead_where_the_body_has_none():
    (image,) = images(
        f"<article><h1>The pier</h1>{TEXT * 3}</article>", "<meta property='og:image' content='/p/lead.jpg'>"
    )
    assert (image.url, image.lead) == ("https://news.example/p/lead.jpg", True)


@pytest.mark.parametrize(
    "picture",
    [
        "<img src='/img/logo.png'>",
        "<img src='/avatars/ada.jpg' class='author-avatar'>",
        "<img src='/t.gif' width='1' height='1'>",
        "<a href='/2025/another-story-than-this-one'><img src='/p/another-picture.jpg'></a>",
        "<div class='related'><img src='/p/another-picture.jpg'></div>",
    ],
    ids=["logo", "avatar", "tracker", "teaser", "related"],
)
def test_what_is_no_picture_of_the_story(picture):
    assert images(f"<article><h1>The pier</h1>{TEXT}{picture}{TEXT * 2}</article>") == ()


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("src='a.jpg'", "a.jpg"),
        ("src='data:image/gif;base64,R0' data-src='b.jpg'", "b.jpg"),
        ("src='s.jpg' srcset='s.jpg 320w, l.jpg 1280w, m.jpg 640w'", "l.jpg"),
        ("src='s.jpg' srcset='s.jpg 1x, l.jpg 2x'", "l.jpg"),
        ("src='s.jpg' srcset='a,b.jpg 320w, c,d.jpg 640w'", "c,d.jpg"),
        ("src='s.jpg' srcset='a.jpg 320w,b.jpg 640w 480h,c.jpg 500w'", "b.jpg"),
        ("src='s.jpg' srcset=',, s.jpg ²x,,'", "s.jpg"),
        ("alt='nothing'", None),
    ],
    ids=["src", "lazy", "widths", "densities", "commas", "no spaces", "nonsense", "none"],
)
def test_the_largest_address_that_an_image_offers(attributes, expected):
    assert expected == source_of(html.fromstring(f"<div><img {attributes}></div>").find("img"))
