"""Who wrote it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction import parse, start
from crawler.extraction.byline import fill_byline
from crawler.extraction.credit_lines import without_dates
from crawler.extraction.names import kind_of, split_names
from crawler.items import SiteRules
from tests.support.endless import must_end

URL = "https://www.harbourpost.example/news/1"
STORY = "<p>The ferry crossed the lower harbour for the first time in nine years on Tuesday morning.</p>" * 4

LONG_STORY = "".join(
    f"<p>On day {day} the ferry crossed the lower harbour {day} times, and carried {day * 40} people to the quays.</p>"
    for day in range(12)
)


def written(body="", head="", author=None, rules=None, story=STORY):
    ld = json.dumps(
        {"@type": "NewsArticle", "author": author, "publisher": {"@type": "Organization", "name": "Harbour Post"}}
    )
    head = f'{head}<script type="application/ld+json">{ld}</script>'
    page = f"<html><head>{head}</head><body><h1>T</h1>{body}{story}</body></html>"
    return fill_byline(start(parse(page.encode(), URL), rules)).article


def names(article):
    return [author.name for author in article.authors]


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("By Ada Lovelace", ["Ada Lovelace"]),
        ("By Ada Lovelace and AP", ["Ada Lovelace", "AP"]),
        ("Von Ada Lovelace, Berlin", ["Ada Lovelace"]),
        ("Von: Ada von der Heide und Karl May", ["Ada von der Heide", "Karl May"]),
        ("Par Ada Lovelace et Charles Babbage", ["Ada Lovelace", "Charles Babbage"]),
        ("Por Ada Lovelace y Carlos Ruiz", ["Ada Lovelace", "Carlos Ruiz"]),
        ("Автор: Злата Вережникова, Мирон Ступин", ["Злата Вережникова", "Мирон Ступин"]),
        ("文・小野寺遥", ["小野寺遥"]),
        ("김하나 기자", ["김하나"]),
        ("Ada Lovelace, Staff Writer", ["Ada Lovelace"]),
        ("Ada Lovelace (London)", ["Ada Lovelace"]),
        ("Ada Lovelace ada@post.example", ["Ada Lovelace"]),
        ("Lovelace, Ada", ["Ada Lovelace"]),
        ("Reuters, AFP", ["Reuters", "AFP"]),
        ("By ADA LOVELACE and KARL MAY Associated Press", ["ADA LOVELACE", "KARL MAY"]),
        ("Ada Lovelace AFP", ["Ada Lovelace"]),
        ("Ada Lovelace; ADA LOVELACE", ["Ada Lovelace"]),
        ("Ada Lovelace ⋅ Review Editor", ["Ada Lovelace"]),
        ("Ada Lovelace, Certified Ferry Consultant and Historian", ["Ada Lovelace"]),
        ("Ada Lovelace, professeure d’histoire des ports", ["Ada Lovelace"]),
        ("Ada Lovelace Tech Reporter", ["Ada Lovelace"]),
        ("Ada Lovelace, Ph.D., MBA", ["Ada Lovelace"]),
        ("Ada Lovelace, Jr. and Karl May", ["Ada Lovelace Jr.", "Karl May"]),
        ("By Ada Lovelace. Reviewed by Karl May", ["Ada Lovelace"]),
        ("By Ada Lovelace, photographs by Karl May", ["Ada Lovelace"]),
        ("By Ada Lovelace on Friday, Jun 24, 2024", ["Ada Lovelace"]),
        ("Ada & Karl", ["Ada & Karl"]),
        ("Reuters and Efe", ["Reuters", "Efe"]),
        ("Online News Editor", ["Online News Editor"]),
        ("HP Correspondent", ["HP Correspondent"]),
        ("Reuters Correspondent", ["Reuters"]),
        ("Редактор: Злата Вережникова", ["Злата Вережникова"]),
        ("記者林宸誼／即時報導", ["林宸誼"]),
        ("Ada Lovelace and Tom Coach", ["Ada Lovelace", "Tom Coach"]),
        ("Ada Lovelace, professor of ports and associate director", ["Ada Lovelace"]),
        ("By Ada Lovelace and video by Karl May", ["Ada Lovelace"]),
        ("Wirtschaft & Politik", []),
        ("Life and Style", []),
        ("Link Wray", ["Link Wray"]),
        ("View all", []),
        ("From the harbour desk", []),
        ("View full profile", []),
        ("Our Privacy Policy", []),
        ("See also", []),
        ("By", []),
        ("Updated 3 minutes ago", []),
        ("https://post.example/ada", []),
        ("", []),
    ],
)
def test_split_names(credit, expected):
    assert split_names(credit) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "person"),
        ("AFP", "agency"),
        ("Meridian News Agency", "agency"),
        ("Redaktion", "organization"),
        ("The Harbour Post", "organization"),
        ("The Quay Coolest", "organization"),
        ("Polizei Hafenstadt", "organization"),
        ("HP Correspondent", "organization"),
    ],
)
def test_kind_of(name, expected):
    assert kind_of(name) == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        pytest.param({"@type": "Person", "name": "Ada Lovelace"}, ["Ada Lovelace"], id="node"),
        pytest.param(
            [{"name": "Ada Lovelace"}, [{"name": "Karl May"}]], ["Ada Lovelace", "Karl May"], id="nested lists"
        ),
        pytest.param("Ada Lovelace and Karl May", ["Ada Lovelace", "Karl May"], id="one string"),
        pytest.param({"givenName": "Ada", "familyName": "Lovelace"}, ["Ada Lovelace"], id="given and family name"),
        pytest.param(
            [{"name": "Ada Lovelace"}, {"@type": "Organization", "name": "Harbour Post"}],
            ["Ada Lovelace"],
            id="the site beside a person",
        ),
        pytest.param({"@type": "Organization", "name": "Harbour Post"}, ["Harbour Post"], id="the site alone, at last"),
        pytest.param(
            {"@type": "Organization", "name": "Red Cross Bureau"}, ["Red Cross Bureau"], id="another organisation"
        ),
        pytest.param({"@type": "Organization", "name": "paper.example"}, ["paper.example"], id="in small letters"),
        pytest.param({"@type": "Person", "name": "Nachrichten"}, [], id="a department called news"),
        pytest.param({"@type": "ImageObject", "name": "Ada"}, [], id="a picture is nobody"),
        pytest.param(None, [], id="nobody"),
    ],
)
def test_structured_authors(author, expected):
    assert names(written(author=author)) == expected


def test_whom_the_data_names_and_the_page_calls_editor_did_not_write_it():
    line = '<div class="author-1">Ada Lovelace</div>'
    editor = '<div class="author-info">Editor : <a class="author" href="/may">Karl May</a></div>'
    assert names(written(line + STORY + editor, author={"name": "Karl May"})) == ["Ada Lovelace"]
    assert names(written(STORY + editor, author={"name": "Karl May"})) == ["Karl May"]


def test_agencies_that_are_not_named_leave_the_site_its_article():
    article = written('<p class="byline">By Harbour Post with agencies</p>', author={"name": "Harbour Post"})
    assert [(author.name, author.kind) for author in article.authors] == [("Harbour Post", "organization")]


@pytest.mark.parametrize(
    ("body", "expected", "printed"),
    [
        pytest.param(
            '<p class="byline">By <a href="/ada">Ada Lovelace</a></p>', ["Ada Lovelace"], "By Ada Lovelace", id="class"
        ),
        pytest.param(
            '<p>By <a rel="author" href="/ada">Ada Lovelace</a></p>', ["Ada Lovelace"], "By Ada Lovelace", id="rel"
        ),
        pytest.param("<p>By Ada Lovelace</p>", ["Ada Lovelace"], "By Ada Lovelace", id="label alone"),
        pytest.param("<p><strong>Ada Lovelace</strong></p>", ["Ada Lovelace"], "Ada Lovelace", id="first paragraph"),
        pytest.param('<figure><span class="author">Ada Lovelace</span></figure>', [], None, id="a photographer"),
        pytest.param('<div class="comments"><b class="author">Ada Lovelace</b></div>', [], None, id="a commentator"),
        pytest.param(
            "<aside><h3>Harbour master wants three more cranes by autumn</h3><a class=author>Ada Lovelace</a></aside>",
            [],
            None,
            id="a teaser's author",
        ),
        pytest.param(
            '<div class="share-bar card"><div class="authors"><a href="/ada">Ada Lovelace</a></div></div>',
            ["Ada Lovelace"],
            "Ada Lovelace",
            id="by the headline in a box of any name",
        ),
        pytest.param(
            '<div class="byline"><span>Ada Lovelace</span> <span>Karl von der Heide</span></div>',
            ["Ada Lovelace", "Karl von der Heide"],
            "Ada Lovelace Karl von der Heide",
            id="names told apart by their elements",
        ),
        pytest.param(
            "<p class=byline><a href=/ada><b class=firstname>Ada</b> <b class=lastname>Lovelace</b></a></p>",
            ["Ada Lovelace"],
            "Ada Lovelace",
            id="a name in halves",
        ),
        pytest.param(
            '<ul><li class="author-box">Ada Lovelace</li><li class="author-box">Karl May</li></ul>',
            ["Ada Lovelace", "Karl May"],
            "Ada Lovelace",
            id="a box for each",
        ),
        pytest.param(
            '<div class="byline">By <a href="/ada">Ada Lovelace</a> Jun 11, 2024 <a href="/x">Share on Chirp</a></div>',
            ["Ada Lovelace"],
            "By Ada Lovelace",
            id="no date and no button",
        ),
        pytest.param(
            '<div>Von <a href="/ada">Ada Lovelace</a> Hafenpolitische Korrespondentin</div>',
            ["Ada Lovelace"],
            "Von Ada Lovelace Hafenpolitische Korrespondentin",
            id="the linked name of a labelled line",
        ),
        pytest.param(
            "<h3>Written by</h3><p>Ada Lovelace</p>", ["Ada Lovelace"], "Written by Ada Lovelace", id="a label's block"
        ),
        pytest.param(
            "<div><span>By</span><span>Ada Lovelace</span></div>",
            ["Ada Lovelace"],
            "By Ada Lovelace",
            id="a label's element",
        ),
        pytest.param(
            '<p><a href="/authors/ada-lovelace">Ada Lovelace</a></p>',
            ["Ada Lovelace"],
            "Ada Lovelace",
            id="an author's page",
        ),
        pytest.param(
            '<p>By <a href="/author/ada">Ada Lovelace</a> and <a href="/author/karl">Karl May</a></p>',
            ["Ada Lovelace", "Karl May"],
            "By Ada Lovelace and Karl May",
            id="two authors' pages",
        ),
        pytest.param(
            '<p class="byline">By <a href="/ada">Ada Lovelace</a> in <a href="/tag/quays">Old Quays</a></p>',
            ["Ada Lovelace"],
            "By Ada Lovelace in Old Quays",
            id="no shelf",
        ),
        pytest.param(
            "<p class=byline>By <a href=/ada>Ada Lovelace</a> | <time>3 Jun</time> | <a href=/topic/x>Old Quay</a></p>",
            ["Ada Lovelace"],
            "By Ada Lovelace",
            id="the label before the piece that has the name",
        ),
        pytest.param(
            '<p>By sending this form, you agree to our <a href="/rules">House Rules</a></p>',
            [],
            None,
            id="a form's notice",
        ),
        pytest.param(
            '<p class="author-line">By Ada Lovelace</p><p>Contributions: <a href="/author/karl">Karl May</a></p>',
            ["Ada Lovelace"],
            "By Ada Lovelace",
            id="the labelled line before others",
        ),
        pytest.param("<p>Author Spotlight</p>", [], None, id="a label that is a word of a heading"),
        pytest.param('<p class="author">Newsroom</p>', ["Newsroom"], "Newsroom", id="a newsroom"),
        pytest.param('<p class="author">Politics</p>', [], None, id="a word that may be a section"),
        pytest.param('<p class="author">Harbour Post</p>', ["Harbour Post"], "Harbour Post", id="the site alone"),
    ],
)
def test_printed_authors(body, expected, printed):
    article = written(body)
    assert (names(article), article.byline) == (expected, printed)


@pytest.mark.parametrize(
    "name", ["byline", "StoryByLine", "by-line", "storyauthor", "artikelautor", "forfatter", "credits-name"]
)
@pytest.mark.parametrize(
    "markup", ['<div class="{}">Ada Lovelace</div>', '<p><span class="{}">Ada Lovelace</span></p>']
)
def test_what_classes_call_the_author(name, markup):
    assert names(written(markup.format(name))) == ["Ada Lovelace"]


LINKED = "<a href='/authors/ada-lovelace'>Ada Lovelace</a>"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LINKED, ["Ada Lovelace"]),
        (f"Von {LINKED}, Berlin", ["Ada Lovelace"]),
        (f"{LINKED} explains why the ferry is late.", []),
        (f"{LINKED}’s new book is about ferries.", []),
        (f"An interview with {LINKED} on ferries", []),
    ],
)
def test_a_link_to_an_authors_page_credits_alone_and_in_no_sentence(line, expected):
    assert names(written(f"<p>{line}</p>")) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("<p>Written by</p>", ["Ada Lovelace"]),
        ("<p>Text:</p>", ["Ada Lovelace"]),
        ("<p>Text</p>", []),
        ("<ul><li>By</li></ul>", []),
    ],
)
def test_a_label_in_a_block_of_its_own_credits_the_next_one(label, expected):
    assert names(written(f"{label}<p>Ada Lovelace</p>")) == expected


def test_a_signature_is_read_in_a_story_of_any_class():
    body = f'<div class="no-disqus sidebar-1">{STORY}<p><strong>Ada Lovelace/Karl May</strong></p></div>'
    assert names(written(body, author={"@type": "Organization", "name": "Harbour Post"})) == [
        "Ada Lovelace",
        "Karl May",
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("<p><b>Harbour Takeaways</b></p><ul><li>Three cranes</li></ul>", id="over a list"),
        pytest.param('<p><b><a href="/quay-opens-after-nine-years">Quay Opens</a></b></p>', id="another story's title"),
        pytest.param("<p><b>You Might Also Like</b></p>", id="a label"),
        pytest.param("<p><b>Old Quays</b></p>" * 5, id="one of many subheadings"),
    ],
)
def test_a_strong_line_that_is_no_name_signs_nothing(line):
    assert names(written(f"{line}{STORY}")) == []


def test_lines_that_credit_several_stories_credit_none():
    cards = "".join(f"<div><p>By {name}</p></div>" for name in ("Karl May", "Ed Ames"))
    assert names(written(f"<article>{LONG_STORY}</article>{cards}", story="")) == []
    assert names(written(f"<article>{LONG_STORY}</article><div><p>By Karl May</p></div>", story="")) == ["Karl May"]


def test_what_the_site_says_that_it_wrote_itself_is_not_by_the_author_of_a_teaser():
    teaser = '<div class="meta-author">by <a href="/karl">Karl May</a></div>'
    article = written(
        f'<div class="meta-author">by Harbour Post</div><article>{LONG_STORY}</article>{teaser}', story=""
    )
    assert names(article) == ["Harbour Post"]


@pytest.mark.parametrize(
    "box",
    [
        '<footer class="meta"><a rel="author" href="/ada">Ada Lovelace</a></footer>',
        '<aside class="post-meta"><p class="author">Ada Lovelace</p></aside>',
        '<div class="author-card"><h4>Ada Lovelace</h4><p>She has written about quays since 1999.</p></div>',
    ],
    ids=["the article's footer", "an aside about the story", "the only box about an author"],
)
def test_authors_below_the_story(box):
    assert names(written(f"<article>{LONG_STORY}{box}</article>", story="")) == ["Ada Lovelace"]


def test_two_boxes_about_authors_say_not_who_wrote_it():
    boxes = "".join(f'<div class="author-card"><h4>{name}</h4></div>' for name in ("Ada Lovelace", "Karl May"))
    assert names(written(f"<article>{LONG_STORY}{boxes}</article>", story="")) == []


def test_a_box_that_holds_the_story_is_no_teaser():
    line = '<div class="top"><p>Written by: Ada Lovelace</p></div>'
    held = (
        f'<div class="image-display">{line}<h2>Why the lower harbour needed a ferry so badly</h2>{LONG_STORY * 3}</div>'
    )
    assert names(written(held)) == ["Ada Lovelace"]


def test_the_owner_of_a_personal_site_is_a_person():
    page = f'<h1>T</h1><p class="author">Ada Lovelace</p>{STORY}'
    (author,) = fill_byline(start(parse(page.encode(), "https://adalovelace.letters.example/1"))).article.authors
    assert (author.name, author.kind) == ("Ada Lovelace", "person")


def test_the_outlet_that_the_last_line_names_beside_the_site_wrote_it():
    page = f"<h1>T</h1><article>{STORY}<p>Harbourpost / Island Herald</p></article>"
    (author,) = fill_byline(start(parse(page.encode(), URL))).article.authors
    assert (author.name, author.kind) == ("Island Herald", "organization")


def test_a_byline_far_below_the_story_is_anothers():
    links = "".join(f"<li><a href=/{number}>Part {number} of the city</a></li>" for number in range(30))
    assert written(f"{STORY}<ul>{links}</ul><p>By Karl May</p>").byline is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Ada Lovelace Jun 24, 2024, 3:53pm CDT", "By Ada Lovelace"),
        ("Ada Lovelace Nov. 18, 2024 7:04 pm ET", "Ada Lovelace"),
        ("05.06.2025 um 14:46 von Ada Lovelace", "von Ada Lovelace"),
        ("November 12, 2024 | By Ada Lovelace", "By Ada Lovelace"),
        ("By Ada Lovelace | 10 hours ago", "By Ada Lovelace"),
        ("By Ada Lovelace Updated [hour]:[minute]", "By Ada Lovelace"),
        ("Ada Lovelace ada@post.example", "Ada Lovelace"),
        ("Transport By Ada Lovelace", "By Ada Lovelace"),
        ("By Yumi Machi 12:30, 12 June 2024", "By Yumi Machi"),
        ("By Erik Junie, 12.06.2024", "By Erik Junie"),
        ("Ilya Prill 2024-06-12", "Ilya Prill"),
        ("By Ana Maris 12 June 2024", "By Ana Maris"),
        ("By Julie 12 June 2024", "By Julie"),
        ("By Ada Lovelace June 12, 2024 12:30", "By Ada Lovelace"),
        ("Kanal24 Redaktion", "Kanal24 Redaktion"),
        ("24 Minuten", "24 Minuten"),
        ("Ada Lovelace", "Ada Lovelace"),
    ],
)
def test_without_dates(line, expected):
    assert without_dates(line) == expected


@pytest.mark.parametrize(
    ("author", "printed", "expected"),
    [
        pytest.param("Ada Lovelace", "By Karl May, Ada Lovelace", ["Karl May", "Ada Lovelace"], id="one of two"),
        pytest.param("Ada Lovelace", "By Karl May and Ed Ames", ["Ada Lovelace"], id="another's byline"),
        pytest.param("Ada Lovelace", "By Ada Lovelace, Harbour Office", ["Ada Lovelace"], id="and an office"),
        pytest.param("Harbour D", "By Karl May", ["Karl May"], id="the site's account gives way"),
        pytest.param(None, "By Ada Lovelace and Karl May Harbour", ["Ada Lovelace", "Karl May"], id="the site behind"),
        pytest.param("Harbour Sport", "", ["Harbour Sport"], id="the site's department, if nobody else"),
    ],
)
def test_the_byline_completes_the_structured_authors(author, printed, expected):
    site = '<meta property="og:site_name" content="Harbour">'
    assert names(written(f'<p class="byline">{printed}</p>', head=site, author=author)) == expected


def test_an_account_that_has_the_papers_short_name_gives_way():
    site = '<meta property="og:site_name" content="Harbour News">'
    assert names(written('<p class="byline">By Karl May</p>', head=site, author="Harbour D")) == ["Karl May"]


def test_links_of_the_byline_are_the_authors_pages():
    article = written(
        '<p class="byline">By <a href="/ada">Ada Lovelace</a> and AFP</p>', author=["Ada Lovelace", "AFP"]
    )
    assert [(author.url, author.kind) for author in article.authors] == [
        ("https://www.harbourpost.example/ada", "person"),
        (None, "agency"),
    ]


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="author" content="Ada Lovelace">',
        '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ada Lovelace">',
    ],
    ids=["author", "card"],
)
def test_meta_authors(head):
    assert names(written(head=head)) == ["Ada Lovelace"]


@pytest.mark.parametrize("content", ["https://www.facebook.com/post", "alovelace1", "ada@post.example", "Harbour Post"])
def test_metas_that_name_nobody(content):
    assert names(written(head=f'<meta name="author" content="{content}">')) == []


def test_the_sites_selectors_come_first():
    rules = SiteRules(name="post", selectors={"author": ("a.who",), "byline": (".line",)})
    article = written(
        '<p class="line">By <a class="who" href="/ada">Ada Lovelace</a></p>', author="Karl May", rules=rules
    )
    assert (names(article), article.byline) == (["Ada Lovelace"], "By Ada Lovelace")
    assert article.sources["byline"] == article.sources["authors"] == "selector:post"


@given(st.text())
def test_any_credit_gives_names_without_repeats(credit):
    found = [name.casefold() for name in split_names(credit)]
    assert len(found) == len(set(found))


@must_end
@pytest.mark.parametrize("piece", ["by ", "a, ", "staff senior ", "(", "and ", "- ", "A ", "@", "von der "])
def test_long_nonsense_is_left_soon(piece):
    for _ in range(20):
        split_names(piece * 50_000)


@must_end
@pytest.mark.parametrize(
    "piece",
    [
        "<i class=author>A B</i>",
        "<div class=byline>By A B</div>",
        "<p><b>Ada Lovelace</b></p>",
        "<span itemprop=author>A</span>",
        "<a rel=author href=/a>A</a>, ",
        "<p>By Ada Lovelace</p>",
        "<div class=card><h3>",
    ],
)
def test_pages_of_many_names_end(piece):
    page = f"<html><body><h1>T</h1>{STORY}{piece * 30_000}</body></html>"
    known = start(parse(page.encode(), URL))
    assert known.story
    fill_byline(known)
