"""Related links: what counts, what does not, and how it is told."""

import pytest

from crawler.extraction import parse, start
from crawler.extraction.calls import is_call
from crawler.extraction.chooser import decide
from crawler.extraction.labels import classify, split_label
from crawler.extraction.offers import domain_of, has_article_form, may_be_article
from crawler.extraction.related import find_related
from crawler.extraction.related_links import fill_related
from crawler.extraction.traits import Heads, Measures
from crawler.extraction.walk import segment

URL = "https://news.example/2025/03/18/the-lighthouse-is-for-sale"
TEXT = "<p>The lighthouse at the end of the mole is for sale, and its keeper of forty years will not go.</p>"
CARD = "<div><a href='/2025/02/0{n}/a-story-about-boats-{n}'><h3>A story about boats, number {n}</h3></a></div>"


def related(before="", inside="", after=""):
    markup = f"{before}<article><h1>The lighthouse is for sale</h1>{TEXT}{TEXT}{inside}{TEXT}{TEXT}</article>{after}"
    page = start(parse(f"<html><body>{markup}</body></html>".encode(), URL))
    return fill_related(page).article.related_links


def cards(*numbers):
    return "".join(CARD.format(n=number) for number in numbers)


@pytest.mark.parametrize(
    ("inside", "label", "title"),
    [
        ("<p><b>Read also:</b> <a href='/n/boats-in-the-old-harbour'>Boats in it</a></p>", "Read also", "Boats in it"),
        (
            "<p>Lesen Sie auch: <a href='/n/boats-in-the-old-harbour'>Boote darin</a></p>",
            "Lesen Sie auch",
            "Boote darin",
        ),
        ("<p>À lire aussi : <a href='/n/boats-in-the-old-harbour'>Des bateaux</a></p>", "À lire aussi", "Des bateaux"),
        ("<p>Читайте также: <a href='/n/boats-in-the-old-harbour'>Лодки там</a></p>", "Читайте также", "Лодки там"),
        ("<p><a href='/n/boats-in-the-old-harbour'>Boats in the old harbour</a></p>", None, "Boats in the old harbour"),
    ],
    ids=["english", "german", "french", "russian", "unlabelled"],
)
def test_a_block_of_its_own_in_the_body(inside, label, title):
    (link,) = related(inside=inside)
    assert ("in_body", label, title) == (link.kind, link.label, link.title)
    assert link.url == "https://news.example/n/boats-in-the-old-harbour"


def test_a_label_speaks_for_the_list_under_it():
    links = related(after=f"<section><h2>Related articles</h2>{cards(1, 2)}</section>")
    assert [(link.kind, link.label) for link in links] == [("end_of_article", "Related articles")] * 2
    assert [link.title for link in links] == ["A story about boats, number 1", "A story about boats, number 2"]


def test_a_link_that_shows_no_headline_is_called_as_its_title_says():
    card = "<div><a href='/n/boats-in-the-old-harbour' title='Boats in the old  harbour'><img src=/b.jpg> 1</a></div>"
    (link,) = related(after=f"<section><h2>Related articles</h2>{card}</section>")
    assert link.title == "Boats in the old harbour"


def test_an_image_link_and_a_headline_link_to_one_address_are_one():
    address = "/n/boats-in-the-old-harbour"
    card = f"<div><a href='{address}'><img src=/b.jpg></a><a href='{address}#c'><h3>Boats in it</h3></a></div>"
    assert len(related(after=f"<section><h2>Related</h2>{card}</section>")) == 1


@pytest.mark.parametrize(
    "after",
    [
        f"<section><h2>Most read</h2>{cards(1, 2)}</section>",
        f"<section class='trending'><h2>Trending</h2>{cards(1, 2)}</section>",
        f"<div class='outbrain'><h2>Related</h2>{cards(1, 2)}</div>",
        "<section><h2>Related</h2><a href='/tag/harbour'>Harbour</a> <a href='/author/ada'>Ada</a></section>",
        f"<nav><h2>Read more</h2>{cards(1, 2)}</nav>",
        f"<section><h2>Interviews</h2><div><a href='/interviews'>See also</a></div>{cards(1, 2)}</section>",
        "<div>More on this topic: <a href='/p/17471327,harbour'>harbour</a>, <a href='/p/17471328'>Old Pier</a></div>",
        "<section><h2>Related</h2><a href='https://sea.example/boats/index.html'>What to know of boats</a></section>",
        "<div class='related-posts'>Boats in it <a href='/2025/02/01/boats-in-it'>Read more</a></div>",
    ],
    ids=[
        "most-read", "trending", "outbrain", "tags", "menu", "a call beside a box's name", "topics",
        "other sites' hubs", "a call alone",
    ],
)  # fmt: skip
def test_what_is_not_about_this_story_does_not_count(after):
    assert related(after=after) == ()


def listed(*kickers):
    items = (
        f"<li>{kicker}<a href='/n/boats-in-the-old-harbour-{n}'>Boats in it, part {n}</a></li>"
        for n, kicker in enumerate(kickers)
    )
    return f"<ul>{''.join(items)}</ul>"


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Read the full article", True),
        ("View all (23)", True),
        ("Fotostrecke ansehen", True),
        ("Jetzt Hafenpost testen", True),
        ("Sign up to our daily email", True),
        ("Quelle: Hafenpost 15.05.2025", True),
        ("Leggi tutto", True),
        ("Terms of Use", True),
        ("Lea este artículo en español.", True),
        ("See the harbour from above: new pictures of the quays", False),
        ("Jetzt muss der Hafen die Kräne testen", False),
        ("Source: Port buys three new cranes", False),
        ("Buy now, sail later: ferries on credit", False),
        ("Shop price inflation reaches the quays", False),
        ("Privacy policy of the port angers its tenants", False),
        ("Subscribe to nothing: a keeper's creed", False),
        ("Sign up to row: how the harbour finds its crews", False),
        ("Zur Galerie: Bilder vom Hafenfest", False),
        ("Show full sails", False),
        ("Video zeigt Brand im Hafen", False),
        ("Source of the river found", False),
        ("Sources say the ferry will not run", False),
    ],
)
def test_what_is_no_headline_but_a_call(text, call):
    assert is_call(text) is call


def test_a_link_that_shows_a_call_alone_offers_no_story():
    card = "<div><a href='/n/boats-in-the-old-harbour'><img src=/b.jpg> Read the full article</a></div>"
    assert related(after=f"<section><h2>Related articles</h2>{card}</section>") == ()


def test_a_label_in_brackets_is_no_part_of_the_title():
    link = "<p><a href='/n/boats-in-the-old-harbour'>[{}] Boats in the old harbour</a></p>"
    assert related(inside=link.format("Most read")) == ()
    assert [found.title for found in related(inside=link.format("Read also"))] == ["Boats in the old harbour"]


def test_of_tabs_the_one_that_is_meant_is_the_label():
    tabs = "<h4><a href='#1'>Related articles</a><a href='#2'>More from author</a></h4>"
    links = related(after=f"<section>{tabs}{cards(1, 2)}</section>")
    assert [link.label for link in links] == ["Related articles"] * 2


def test_the_section_of_a_teaser_is_no_label_and_over_several_says_whose_they_are():
    teaser = (
        "<div class='related-card'><b>Harbour</b><a href='/harbour/boats-of-the-old-quay-{}'>Boats of quay {}</a></div>"
    )
    assert [link.label for link in related(after=teaser.format(1, 1) + teaser.format(2, 2))] == [None, None]
    rest = "".join(
        f"<a href='/harbour/boats-of-the-old-quay-{number}'>Boats of quay {number}</a>" for number in (1, 2, 3)
    )
    assert related(after=f"<div class='related-box'><b>Harbour</b><div>{rest}</div></div>") == ()


def test_a_photographers_link_in_a_caption_is_no_story():
    figure = "<figure><figcaption><a href='/n/the-old-harbour-in-pictures'>James Longlens</a></figcaption></figure>"
    assert related(inside=figure) == ()


def test_a_list_of_links_in_the_story_counts_with_the_kickers_that_stand_before_them():
    links = related(inside=listed("Harbour: ", "Who would have thought? "))
    assert [(link.kind, link.title) for link in links] == [
        ("in_body", "Boats in it, part 0"),
        ("in_body", "Boats in it, part 1"),
    ]


def test_a_list_of_links_right_behind_the_last_paragraph_counts():
    page = f"<h1>The lighthouse is for sale</h1><div class='text'>{TEXT * 4}{listed('', '', '', '')}</div>"
    document = parse(f"<html><body><article>{page}</article></body></html>".encode(), URL)
    filled = fill_related(start(document)).article
    assert [link.kind for link in filled.related_links] == ["end_of_article"] * 4


def test_a_long_label_that_ends_with_a_colon_is_one():
    assert classify("Mehr zur Lage am alten Hafen lesen Sie in unserem Liveblog:") == "related"
    assert classify("Mehr zur Lage am alten Hafen lesen Sie in unserem Liveblog") is None


def test_a_link_that_stands_in_the_body_and_once_more_at_the_end_is_in_the_body():
    link = "<a href='/n/boats-in-the-old-harbour'>Boats in the old harbour</a>"
    (found,) = related(inside=f"<p>{link}</p>", after=f"<section class='related'><h3>{link}</h3></section>")
    assert found.kind == "in_body"


def test_of_several_places_the_one_in_the_story_is_told():
    """As where a box stands beside the story, before it in the page's source, and once more in it."""
    (link,) = related(before=f"<div class='side'><h3>Related</h3>{cards(1)}</div>", inside=cards(1))
    assert link.kind == "in_body"


def test_a_label_that_leads_to_the_storys_subject_is_one():
    links = related(after=f"<section><h2><a href='/lighthouses'>More on this topic</a></h2>{cards(1, 2)}</section>")
    assert [link.label for link in links] == ["More on this topic"] * 2


def test_a_label_that_heads_a_tab_speaks_for_its_pane():
    heads = "<ul class='nav nav-tabs'><li>More by Ada</li><li>Related articles</li></ul>"
    panes = f"<div class='tab-pane'>{cards(1, 2)}</div><div class='tab-pane'>{cards(3)}</div>"
    assert [link.url[-1] for link in related(after=f"<div>{heads}{panes}</div>")] == ["3"]


def test_a_link_block_behind_the_story_that_is_like_those_in_it_counts():
    block = "<div class='box'><h4><a href='/n/boats-in-the-old-harbour-{n}'>Boats in it, part {n}</a></h4></div>"
    markup = f"<article><h1>For sale</h1>{TEXT * 2}{block.format(n=1)}{TEXT * 2}{block.format(n=2)}</article>"
    links = fill_related(start(parse(f"<html><body>{markup}</body></html>".encode(), URL))).article.related_links
    assert [(link.title, link.kind) for link in links] == [
        ("Boats in it, part 1", "in_body"),
        ("Boats in it, part 2", "end_of_article"),
    ]


def test_a_copy_of_another_papers_story_offers_that_papers_stories():
    head = "<link rel='canonical' href='https://post.example/2025/03/18/the-lighthouse-is-for-sale'>"
    card = "<p><a href='https://post.example/2025/02/01/boats-in-the-old-harbour'>Boats in the old harbour</a></p>"
    markup = f"<head>{head}</head><body><article><h1>For sale</h1>{TEXT * 2}{card}{TEXT * 2}</article></body>"
    (link,) = fill_related(start(parse(f"<html>{markup}</html>".encode(), URL))).article.related_links
    assert link.title == "Boats in the old harbour"


def test_a_long_list_of_teasers_in_the_story_is_none_of_related_links():
    teaser = (
        "<li><h2><a href='/n/boats-in-the-old-harbour-{n}'>Boats in it, part {n}</a></h2><p>What is in it.</p></li>"
    )
    assert related(inside=f"<ul>{''.join(teaser.format(n=n) for n in range(1, 6))}</ul>") == ()


def test_a_label_that_is_taken_for_a_subheading_does_not_stretch_the_story():
    link = "<p><a href='/n/boats-in-the-old-harbour-{n}'>Boats in the old harbour, part {n}</a></p>"
    labelled = "".join(f"<h3>{label}</h3>{link.format(n=n)}" for n, label in enumerate(("Updates", "Background")))
    layout = segment(parse(f"<article>{TEXT * 4}{labelled}</article>".encode(), URL).root)
    choice = decide(Measures(layout, Heads()), [0.9 * (not block.links) for block in layout.blocks])
    choice.keep[:] = [not block.links for block in layout.blocks]
    placed = find_related(choice, [URL], lambda link: f"https://news.example{link}")
    assert [item.link.kind for item in placed] == ["end_of_article"] * 2


def test_a_post_by_its_number_is_an_article():
    """WordPress's short links."""
    (link,) = related(inside="<p>Read also: <a href='/?p=36843'>Boats in the old harbour</a></p>")
    assert (link.label, link.url) == ("Read also", "https://news.example/?p=36843")


def test_links_inside_sentences_do_not_count():
    inside = "<p>He said so, <a href='/n/what-the-keeper-said'>in a long letter to us</a>, and says so again.</p>"
    assert related(inside=inside) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Related Articles", "related"),
        ("READ MORE:", "related"),
        ("Mehr zum Thema", "related"),
        ("関連記事", "related"),
        ("اقرأ أيضًا", "related"),
        ("Most Popular", "other"),
        ("More from the sports desk", "other"),
        ("The keeper will not go", None),
        ("Lest auch", "related"),
        ("Explore our related stories", "related"),
        ("Zum selben Thema", "related"),
        ("Další podobné články k tématu", None),
        ("Ähnliche Produkte", None),
        ("Related people", None),
        ("関連ニュース一覧", "related"),
        ("関連タグ", None),
        ("この港の潮位表に関連するニュースはこちら", "related"),
        ("港の潮位表に誤り、事故との関連を海事局が調査", None),
    ],
)
def test_labels_in_many_languages(text, expected):
    assert expected == classify(text)


def test_a_label_at_the_beginning_of_a_block_is_split_off():
    assert split_label("Related article: Boats") == ("Related article", "Boats")
    assert split_label("The keeper said: I will not go") is None


def test_tracking_parameters_are_taken_off():
    link = "<a href='/n/boats-in-the-harbour?utm_source=x&id=5#top'>Boats in the harbour</a>"
    (found,) = related(after=f"<section class='related'><h3>{link}</h3></section>")
    assert found.url.endswith("/n/boats-in-the-harbour?id=5")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.n.example/a", "n.example"),
        ("https://edition.news.co.uk/a", "news.co.uk"),
        ("https://news.abc.net.au/a", "abc.net.au"),
        ("https://www.gov.br/a", "www.gov.br"),
        ("http://www.t.co/a", "t.co"),
        ("http://127.0.0.1:8765/a", "127.0.0.1"),
        ("http://localhost/a", "localhost"),
    ],
)
def test_the_domain_that_a_publisher_registered(url, expected):
    assert domain_of(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://n.example/a-b-c-d", True), ("https://n.example/x/12345.html", True), ("https://n.example/news", False)],
)
def test_what_an_articles_address_looks_like(url, expected):
    assert expected == has_article_form(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/story?slug=the-keeper-will-not-go", True),
        ("https://news.example/story?id=12", True),
        ("https://news.example/story?from=home", False),
        ("https://news.example/products/three-new-cranes-for-the-port/review", True),
        ("https://news.example/products/crane/", False),
    ],
)
def test_what_an_address_may_lead_to(url, expected):
    assert may_be_article(url) is expected
