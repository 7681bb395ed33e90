"""The headline as a reader sees it."""

import json

import pytest

from crawler.extraction import parse, start
from crawler.extraction.title import clean_title, fill_title, without_site
from crawler.items import SiteRules
from tests.support.endless import must_end

URL = "https://www.harbourpost.example/news/1"


def titled(body="", rules=None, **head):
    ld = {"@type": "NewsArticle", "headline": head["ld"]} if "ld" in head else {}
    page = f"""<html><head><meta charset="utf-8"><title>{head.get("title", "")}</title>
    <meta property="og:title" content="{head.get("og", "")}">
    <meta property="og:site_name" content="Harbour Post">
    <script type="application/ld+json">{json.dumps(ld)}</script></head>
    <body>{body}</body></html>"""
    return fill_title(start(parse(page.encode(), URL), rules)).article


@pytest.mark.parametrize(
    ("body", "head", "expected", "source"),
    [
        pytest.param("<h1>Ferry line returns</h1>", {}, "Ferry line returns", "h1", id="h1 alone"),
        pytest.param("", {"og": "Ferry line returns | Harbour Post"}, "Ferry line returns", "og", id="site off og"),
        pytest.param(
            "", {"title": "Harbour Post - Ferry line returns"}, "Ferry line returns", "title", id="site off the front"
        ),
        pytest.param(
            "<h1>Ferry line returns</h1>",
            {"ld": "Boats are back: what to know", "og": "Ferry line returns"},
            "Ferry line returns",
            "h1",
            id="two against one",
        ),
        pytest.param(
            "<h1>Printed here</h1>",
            {"ld": "Stated there", "og": "Told elsewhere"},
            "Stated there",
            "json-ld",
            id="three voices: json-ld",
        ),
        pytest.param(
            "<article><h1>Ferries are printed here</h1></article>",
            {"ld": "Stated there", "og": "Told elsewhere"},
            "Ferries are printed here",
            "h1",
            id="three voices: the article's own h1",
        ),
        pytest.param(
            "<h1><span>Transport</span> Ferry line returns to harbour</h1>",
            {"og": "Ferry line returns to harbour"},
            "Ferry line returns to harbour",
            "h1",
            id="kicker off",
        ),
        pytest.param(
            "<h1>Ferry line returns to harbour</h1>",
            {"ld": "A long winter without boats - Ferry line returns to harbour"},
            "Ferry line returns to harbour",
            "json-ld",
            id="kicker before the printed headline off",
        ),
        pytest.param(
            "<h1>Ferry line returns to the lower harbour</h1>",
            {"ld": "Ferry line returns to the…"},
            "Ferry line returns to the lower harbour",
            "json-ld",
            id="cut-off end mended",
        ),
        pytest.param(
            "<h1>The best ferries of the harbour</h1>",
            {"og": "Best ferries of the harbour", "title": "Best ferries of the harbour"},
            "The best ferries of the harbour",
            "h1",
            id="an article is no kicker",
        ),
        pytest.param(
            "<h1>What is the best ferry of the harbour?</h1>",
            {"og": "What is the best ferry of the harbour?", "title": "Best ferry of the harbour"},
            "What is the best ferry of the harbour?",
            "h1",
            id="nor is what two sources begin with",
        ),
        pytest.param(
            "<h1>Drought: Ferry line returns to harbour</h1>",
            {"ld": "Drought: Ferry line returns to harbour", "og": "Ferry line returns to harbour"},
            "Ferry line returns to harbour",
            "json-ld",
            id="unless it is set off",
        ),
        pytest.param(
            "<h1>Waiting for the boats…</h1>",
            {"title": "Waiting for the boats… — Waves of the North"},
            "Waiting for the boats…",
            "h1",
            id="an ellipsis may end a headline",
        ),
        pytest.param(
            "<h1 class=title>News</h1><h2>Ferry line returns to harbour</h2>",
            {"og": "Ferry line returns to harbour"},
            "Ferry line returns to harbour",
            "h1",
            id="a section is no headline",
        ),
        pytest.param(
            "<main><h1>Moana</h1></main>",
            {"og": "What the film tells of the islands", "title": "What the film tells of the islands"},
            "Moana",
            "h1",
            id="a short headline is one, whatever the title for social media is",
        ),
        pytest.param(
            "<article><h1 class=article-headline>Rotes Meer</h1></article>",
            {"og": "Was die Angriffe bedeuten", "title": "Was die Angriffe bedeuten"},
            "Rotes Meer",
            "h1",
            id="in its place",
        ),
        pytest.param(
            "<article><h1>今、海へ</h1></article>",
            {"og": "島の漁師たちが語った十年間の歩み", "title": "島の漁師たちが語った十年間の歩み"},
            "今、海へ",
            "h1",
            id="of a script without spaces",
        ),
        pytest.param(
            "".join(f"<h1 class=heading>{text}</h1>" for text in ("Dock", "Crane", "Quay", "Pier")),
            {"og": "Ferry line returns to harbour"},
            "Ferry line returns to harbour",
            "og",
            id="chapters are no headlines",
        ),
        pytest.param(
            "<div class=modal><h1 class=title>Choose your boat</h1></div>",
            {"og": "Ferry line returns to harbour"},
            "Ferry line returns to harbour",
            "og",
            id="nor is what a dialog says",
        ),
        pytest.param(
            '<h1 class="logo"><a href="/">Harbour Post</a></h1><article><h1>Ferry line returns</h1></article>',
            {},
            "Ferry line returns",
            "h1",
            id="the logo is no headline",
        ),
        pytest.param(
            '<nav><ol><li><a href="/sea">Sea</a><li><h1>Ferry line returns</h1></ol></nav>'
            "<article><h2><span>Transport</span> Boats are back on the lower harbour</h2></article>",
            {"ld": "Ferry line returns", "og": "Transport: Boats are back on the lower harbour"},
            "Transport: Boats are back on the lower harbour",
            "h1",
            id="an h1 that ends a trail is no headline; the colon that style alone stands for",
        ),
        pytest.param(
            '<div class="breadcrumbs"><a href="/sea">Sea</a> <h1>Ferry line returns</h1></div><h2>A comment</h2>',
            {"ld": "Boats are back on the lower harbour", "og": "Ferry line returns"},
            "Boats are back on the lower harbour",
            "json-ld",
            id="an h1 that ends a trail has no voice",
        ),
        pytest.param(
            "<nav><h1>Ferry line returns</h1><p>Boats are back.",
            {"ld": "Boats return", "og": "Ferry line returns"},
            "Ferry line returns",
            "h1",
            id="a menu that was never closed is no trail",
        ),
        pytest.param("<h1>Ferry line<br>returns</h1>", {}, "Ferry line returns", "h1", id="a line break is a space"),
        pytest.param(
            "<h1>Mayor - a life at sea</h1>", {}, "Mayor - a life at sea", "h1", id="a hyphen that belongs to it"
        ),
        pytest.param("", {}, None, None, id="none"),
    ],
)
def test_title(body, head, expected, source):
    article = titled(body, **head)
    assert (article.title, article.sources.get("title")) == (expected, source)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry line returns-Transport", "Ferry line returns"),
        ("Ferry line returns - Transport", "Ferry line returns"),
        ("Ferry line returns to Transport", "Ferry line returns to Transport"),
        ("Ferry line returns-Harbour", "Ferry line returns-Harbour"),
    ],
)
def test_the_sections_name_is_no_part_of_it(title, expected):
    page = f'<html><head><meta name="category" content="Transport"><meta property="og:title" content="{title}"></html>'
    assert fill_title(start(parse(page.encode(), URL))).article.title == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry line returns | Transport", "Ferry line returns"),
        ("Ferry line returns - Transport", "Ferry line returns"),
        ("Ferry line returns-Transport", "Ferry line returns-Transport"),
        ("Ferry line returns | Boats", "Ferry line returns | Boats"),
        ("Halbfinale: Seefahrt - Transport", "Halbfinale: Seefahrt - Transport"),
        ("Seefahrt - Transport", "Seefahrt - Transport"),
    ],
)
def test_a_well_set_off_tail_is_the_section_that_the_address_names(title, expected):
    page = f'<html><head><meta property="og:title" content="{title}"></html>'
    article = fill_title(start(parse(page.encode(), "https://www.harbourpost.example/transport/harbour"))).article
    assert article.title == expected


def test_but_not_where_the_page_prints_it():
    title = "The long way to the sea - Transport"
    page = f'<html><head><meta property="og:title" content="{title}"></head><h1 class=title>{title}</h1></html>'
    article = fill_title(start(parse(page.encode(), "https://www.harbourpost.example/transport/harbour"))).article
    assert article.title == title


@pytest.mark.parametrize(
    ("name", "host"),
    [("Ada's Boats", "boats.ada"), ("Harbour Boats", "boats.harbour"), ("HarbourHQ", "getharbourhq")],
)
def test_hosts_turn_names_round_or_call_to_them(name, host):
    page = f'<html><head><meta property="og:title" content="The quay opens | {name}"></html>'
    assert fill_title(start(parse(page.encode(), f"https://{host}.example/1"))).article.title == "The quay opens"


@pytest.mark.parametrize(
    ("name", "host"),
    [("Süddeutscher Bote", "sueddeutscherbote"), ("Mořské Zprávy", "morskezpravy"), ("Søposten", "soposten")],
)
def test_hosts_spell_names_without_marks(name, host):
    page = f'<html><head><meta charset="utf-8"><meta property="og:title" content="Der Hafen öffnet - {name}"></html>'
    article = fill_title(start(parse(page.encode(), f"https://www.{host}.example/1"))).article
    assert article.title == "Der Hafen öffnet"


@pytest.mark.parametrize(
    ("page_name", "headline", "shared", "source"),
    [
        pytest.param("Ferry line returns", "Ferry line returns", "All about ferries", "h1", id="no site's"),
        pytest.param(
            "Ferries: times, fares", "Ferries: times, fares", "Ferries: times, fares", "h1", id="no headline's"
        ),
        pytest.param("Ferries | Post", "Ferry line returns", "All about ferries", "json-ld", id="of no matter"),
    ],
)
def test_the_name_of_the_articles_web_page(page_name, headline, shared, source):
    """As WordPress plugins write it: the article is part of its page, which has the head's title for a name, and for
    some the headline is that title, too: one for search engines."""
    ld = {"@type": "Article", "headline": headline, "isPartOf": {"@type": "WebPage", "name": page_name}}
    page = f"""<title>{page_name}</title><meta property="og:title" content="{shared}">
    <script type="application/ld+json">{json.dumps(ld)}</script><article><h1>Ferry line returns</h1>"""
    article = fill_title(start(parse(page.encode(), URL))).article
    assert (article.title, article.sources["title"]) == ("Ferry line returns", source)


def test_the_sites_selector_comes_first():
    rules = SiteRules(name="post", selectors={"title": ("h2.head", "h1")})
    article = titled("<h1>Other</h1><h2 class=head>The one</h2>", rules)
    assert (article.title, article.sources["title"]) == ("The one", "selector:post")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A &amp;amp; B", "A & B"),
        ("<em>Sea</em> of <b>fog</b>", "Sea of fog"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("Fähr\u00advertrag\u200b", "Fährvertrag"),
        (" a \n\t b ", "a b"),
    ],
)
def test_clean_title(text, expected):
    assert clean_title(text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry returns - Harbour Post", "Ferry returns"),
        ("Ferry returns | News | Harbour Post", "Ferry returns | News"),
        ("Ferry returns – harbourpost.com", "Ferry returns"),
        ("Harbour Post: how it began", "Harbour Post: how it began"),
        ("Ferry line returns to the harbour – Harbour Post – 11.06.2024", "Ferry line returns to the harbour"),
        ("Ferry line returns to the harbour - Harbour Post - Front - Sea", "Ferry line returns to the harbour"),
        (
            "The new head of the harbour tells – Harbour Post – what is left to do",
            "The new head of the harbour tells – Harbour Post – what is left to do",
        ),
        ("How it began - Harbour Post - a life", "How it began - Harbour Post - a life"),
        ("Ferry returns", "Ferry returns"),
        ("Harbour Post", "Harbour Post"),
    ],
)
def test_without_site(title, expected):
    assert without_site(title, frozenset({"harbourpost"}), frozenset({"front", "sea"})) == expected


@pytest.mark.parametrize(
    "mark",
    ["Live: ", "LIVE - ", "Live updates: ", "Liveticker: ", "Live-Blog | ", "En direct : ", "EN DIRECT. ", "[Live] ",
     "🔴 En vivo: ", "AO VIVO: ", "In diretta – ", "Canlı: ", "Na żywo: ", "Прямая трансляция: ",
     "【ライブ】", "مباشر: "],
)  # fmt: skip
def test_the_mark_of_a_live_report_is_no_part_of_it(mark):
    article = titled(f"<h1>{mark}Ferry line returns to the harbour</h1>", og="Ferry line returns to the harbour")
    assert (article.title, article.sources["title"]) == ("Ferry line returns to the harbour", "h1")


@pytest.mark.parametrize(
    "title",
    [
        "Live and let sail: a keeper's life", "Live. Love. Sail across the harbour", "Harbour live: ferries are back",
        "Direct ferries: what to know", "Livestock: sheep on the ferry", "Live: at sea",
    ],
)  # fmt: skip
def test_a_headline_that_speaks_of_living_is_left(title):
    assert titled(f"<h1>{title}</h1>").title == title


@must_end
@pytest.mark.parametrize("piece", [" - ", "|", "<a ", "&amp;", "_", "a ", "« "])
def test_long_nonsense_is_left_soon(piece):
    titled(f"<h1>{piece * 100_000}</h1>", og=piece.replace('"', "") * 100_000, title=piece * 100_000)
