"""Which blocks are the story, and what becomes of them."""

import json
from dataclasses import replace

import pytest

from crawler.extraction import parse, start
from crawler.extraction.body import fill_body
from crawler.extraction.chooser import decide
from crawler.extraction.imprints import is_end_line, is_head_line
from crawler.extraction.related_links import fill_related
from crawler.extraction.traits import Heads, Measures, is_candidate
from crawler.extraction.walk import segment
from crawler.items import SiteRules
from tests.support.endless import must_end

URL = "https://news.example/2025/03/18/the-tide-tables-were-wrong"
FIRST = (
    "The tide tables that hang in every boathouse along the coast were wrong by a quarter of an hour, the port said."
)
SECOND = "Nobody had noticed, because the fishermen go by the moon and the ferries go by their own tables, it added."
THIRD = (
    "New tables will be printed before the spring, and the old ones may be kept, framed, by whoever is fond of them."
)
STORY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
HEAD = "<title>The tide tables were wrong</title>"


def page_of(markup, rules=None):
    document = parse(f"<html><head>{HEAD}</head><body>{markup}</body></html>".encode(), URL)
    return start(document, rules)


def body_of(markup, rules=None):
    return fill_body(page_of(markup, rules)).article.body.split("\n\n")


def test_prose_is_kept_and_what_surrounds_it_is_not():
    menu = "<nav><ul>" + "".join(f"<li><a href='/s{n}'>Section {n}</a></li>" for n in range(9)) + "</ul></nav>"
    footer = "<footer><p>All rights reserved. <a href='/terms'>Terms</a> <a href='/privacy'>Privacy</a></p></footer>"
    markup = f"{menu}<main><article><h1>The tide tables were wrong</h1>{STORY}</article></main>{footer}"
    assert body_of(markup) == [FIRST, SECOND, THIRD]


def test_comments_are_no_prose_however_many_there_are():
    comment = (
        "<div class='comment'><p>I have always said so, and so did my father, and nobody ever listened to us.</p></div>"
    )
    markup = f"<main><article>{STORY}</article><div id='comments'>{comment * 30}</div></main>"
    assert body_of(markup) == [FIRST, SECOND, THIRD]


def test_articles_appended_by_endless_scrolling_are_no_part_of_it():
    other = (
        "<article><h1>Another story</h1>"
        + "<p>It is about something else, and it is told at length, twice over, here.</p>" * 6
    )
    markup = f"<main><article><h1>The tide tables were wrong</h1>{STORY * 2}</article>{other}</article></main>"
    assert not any("something else" in block for block in body_of(markup))


def test_boxes_that_wait_for_consent_are_left_out():
    box = "<div class='embed-consent'><p>Your privacy settings keep this post from being shown; change them.</p></div>"
    assert body_of(f"<article><p>{FIRST}</p>{box}<p>{SECOND}</p><p>{THIRD}</p></article>") == [FIRST, SECOND, THIRD]


BESIDE = "<p>Please credit the paper and its writers, and link to this page where the story is printed on the web.</p>"


def chosen_of(markup):
    """The texts that are left where the trees take every block for the story's."""
    layout = segment(parse(f"<html><body>{markup}</body></html>".encode(), URL).root)
    return [block.text for block in decide(Measures(layout, Heads()), [0.9] * len(layout.blocks)).kept()]


@pytest.mark.parametrize(
    "box",
    [
        "div class='republish-modal'",
        "section id='republication-tracker-tool-modal-content'",
        "aside class='article__factBox'",
        "div class='fakta-ruta'",
        "div class='c-disclaimer'",
        "div class='testimonial-content'",
        "article class='recent-article-card'",
        "div id='more-stories'",
        "ul class='wp-block-post-template is-layout-grid'",
        "div class='breaking-block'",
        "div class='aiSummaryContent'",
        "div class='ad-slot'",
        "div class='wp-caption alignnone'",
        "div class='author-bio'",
        "div class='post-tags'",
        "footer",
    ],
)
def test_boxes_beside_the_story_are_left_out(box):
    assert chosen_of(f"<article>{STORY}<{box}>{BESIDE}</{box.split()[0]}></article>") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "box",
    [
        "div class='tag-republicans'",
        "div class='kt-info-box'",
        "div class='latest-newsletter-free'",
        "blockquote><footer",
    ],
)
def test_boxes_that_are_called_nearly_so_stay(box):
    assert len(chosen_of(f"<article>{STORY}<{box}>{BESIDE}</{box.split('<')[-1].split()[0]}></article>")) == 4


def test_a_short_form_is_left_out():
    form = "<form action='/vote'><p>Should the ferry run?</p></form>"
    assert chosen_of(f"<article>{STORY}{form}</article>") == [FIRST, SECOND, THIRD]


def test_boxes_of_all_kinds_together_are_no_more_than_half_of_a_story():
    told = [
        f"<p>{word} credit the paper and its writers, and link to where the story is printed.</p>" for word in "abcde"
    ]
    names = {"c-disclaimer": told[0], "fact-box": "".join(told[1:3]), "author-bio": "".join(told[3:])}
    boxes = "".join(f"<div class='{name}'>{texts}</div>" for name, texts in names.items())
    kept = chosen_of(f"<article>{STORY}{boxes}</article>")
    assert (kept[:3], len(kept)) == ([FIRST, SECOND, THIRD], 5)


@pytest.mark.parametrize("box", ["div class='latest-news'", "footer", "section class='modal'"])
def test_a_box_around_the_whole_story_says_nothing(box):
    assert chosen_of(f"<{box}><article>{STORY}</article></{box.split()[0]}>") == [FIRST, SECOND, THIRD]


ACCOUNT = "<p>Every gift is meant for those who write here.</p><p>IBAN: BG53 UBBS 8002 1021 5284 20</p>"


def test_an_appeal_that_tells_a_bank_account_is_dropped_whole_beside_the_story_and_stays_in_it():
    layout = segment(parse(f"<article>{STORY}</article><div>{ACCOUNT}</div>".encode(), URL).root)
    choice = decide(Measures(layout, Heads()), [0.9] * len(layout.blocks))
    assert [block.text for block in choice.kept()] == [FIRST, SECOND, THIRD]
    layout = segment(parse(f"<article>{STORY}<div>{ACCOUNT}</div></article>".encode(), URL).root)
    assert all(decide(Measures(layout, Heads()), [0.9] * len(layout.blocks)).keep)


AUTHORS = frozenset(("ada", "lovelace", "charles", "babbage"))


@pytest.mark.parametrize(
    ("line", "before", "behind"),
    [
        ("By Ada Lovelace", True, True),
        ("By Grace Hopper", True, False),
        ("Ada Lovelace and Charles Babbage", True, True),
        ("17:41 JST, October 13, 2024", True, True),
        ("Last updated: April 21, 2025", True, True),
        ("Veröffentlicht am 3. März 2025 um 09:14 Uhr", True, True),
        ("(Reporting by Ada Lovelace in Haven; editing by Charles Babbage)", False, True),
        ("Charles, Prince of the Isles", False, False),
        ("In October 2024, the moon was late", False, False),
        ("Seen on the mole on March 3, 2025", False, False),
        ("She is at the mole every day, and was on March 3, 2025", False, False),
        ("Reporting by hand is what they do.", False, False),
    ],
)
def test_lines_before_and_behind_a_story_that_tell_who_and_when(line, before, behind):
    (block,) = segment(parse(f"<p>{line}</p>".encode(), URL).root).blocks
    assert (is_head_line(block, AUTHORS), is_end_line(line, AUTHORS)) == (before, behind)


def test_a_date_line_before_the_story_and_the_authors_names_behind_it_are_no_part_of_it():
    ld = json.dumps({"@type": "NewsArticle", "author": [{"name": "Ada Lovelace"}, {"name": "Charles Babbage"}]})
    lines = "<p>17:41 JST, October 13, 2024</p>", "<p>Ada Lovelace, Charles Babbage</p>"
    markup = f"<script type='application/ld+json'>{ld}</script><article>{STORY.join(lines)}</article>"
    assert body_of(markup) == [FIRST, SECOND, THIRD]


def test_a_subheading_stands_only_where_prose_follows():
    body = body_of(
        f"<article><p>{FIRST}</p><h2>What the moon knows</h2><p>{SECOND}</p><p>{THIRD}</p><h2>More</h2></article>"
    )
    assert ("What the moon knows" in body, "More" in body) == (True, False)


def test_a_doubted_subheading_stands_between_blocks_of_the_story_whatever_box_comes_between():
    box = "<div class='newsletter-signup'><p>Every Friday, in your letter box. <a href='/sign-up'>Sign up</a></p></div>"
    page = page_of(f"<article><p>{FIRST}</p><h2>What happens next</h2>{box}<p>{SECOND}</p><h3>More</h3></article>")
    layout = segment(page.document.root)
    choice = decide(Measures(layout, Heads()), [0.9, 0.5, 0.1, 0.9, 0.5])
    assert [block.text for block in choice.kept()] == [FIRST, "What happens next", SECOND]


@pytest.mark.parametrize(
    ("opening", "kept"),
    [
        (f"<div><p>{FIRST}</p></div>", True),
        ("<p>The port says that all of its tide tables are wrong, and old.</p>", True),
        (f"<div class='picture-caption'><p class='caption'>{FIRST}</p></div>", False),
        (f"<p><a href='/other'>{FIRST}</a></p>", False),
        ("<p>By the moon, and by other tables</p>", False),
    ],
    ids=["a box of its own", "a short sentence", "a caption", "a link", "no sentence"],
)
def test_doubted_paragraphs_right_before_the_story_open_it(opening, kept):
    page = page_of(f"<article>{opening}<div><p>{SECOND}</p><p>{THIRD}</p></div></article>")
    choice = decide(Measures(segment(page.document.root), Heads()), [0.2, 0.9, 0.9])
    assert choice.keep == [kept, True, True]


def test_lines_of_the_footer_are_no_story():
    line = "<p>Any use of the information or of the media on this site is strictly prohibited, the port says.</p>"
    assert kept_of(f"<main><h1>The tide tables were wrong</h1></main><footer>{line}</footer>") == []
    assert len(kept_of(f"<footer>{line * 6}</footer>")) == 6


def test_a_story_with_its_headline_in_an_element_called_footer_is_one():
    assert kept_of(f"<footer><h1>The tide tables were wrong</h1><p>{FIRST}</p></footer>") == [FIRST]


def test_filler_that_a_paywall_shows_for_prose_is_none():
    filler = "<p>Dolor ipsam et est cumque. Laboriosam sed delectus rerum sint qui natus tenetur ea voluptatem.</p>"
    told = "<p>The motto of the port is Navigare necesse est, et vivere non est necesse, said its master on Monday.</p>"
    assert kept_of(f"<article>{STORY}{told}{filler}</article>") == [FIRST, SECOND, THIRD, told[3:-4]]


@pytest.mark.parametrize(
    "line",
    [
        "Få fuld adgang til avisen og læs resten af artiklen", "Subscribe now to read the full article",
        "Jetzt den ganzen Artikel lesen", "Abonnez-vous pour lire la suite de cet article",
        "Suscríbete para leer el artículo completo",
    ],
)  # fmt: skip
def test_from_the_offer_of_the_rest_of_a_story_on_nothing_is_told(line):
    prices = "<p>A subscription costs 49 crowns, and you may pay with whatever card you like best of all.</p>" * 2
    assert kept_of(f"<article>{STORY}<p>{line}</p>{prices}</article>") == [FIRST, SECOND, THIRD]


def test_what_costs_nothing_is_no_offer_of_the_rest():
    line = "Continue reading in the tide tables, said the master, and you will know more than I do."
    assert line in kept_of(f"<article>{STORY}<p>{line}</p><p>{FIRST.replace('tide', 'star')}</p></article>")


def test_a_story_may_tell_of_reading_whole_stories():
    told = "Whoever wants to may read the full story of the keeper in the museum by the old lock."
    assert told in kept_of(f"<article>{STORY}<p>{told}</p><p>{FIRST.replace('tide', 'star')}</p></article>")


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("If you found the reporting above valuable, please consider making a donation to support it.", False),
        ("Unterstützen Sie unabhängigen Journalismus mit einem Beitrag, damit er für alle frei bleiben kann.", False),
        ("Donations for the keeper's family may be left at the harbour office until Friday evening.", True),
        ("The harbour museum will support local fishermen with what its visitors leave at the door.", True),
        ("The prize is for reporting from the coast, and was given to the paper for its tide tables.", True),
    ],
)
def test_a_closing_appeal_for_the_papers_own_work_is_none_of_the_story(line, kept):
    further = "".join(f"<p>{text.replace('tables', 'charts')}</p>" for text in (FIRST, SECOND, THIRD))
    assert (line in kept_of(f"<article>{STORY}{further}<p>{line}</p></article>")) is kept


def test_headings_that_are_much_of_the_story_tell_it_though_only_pictures_follow():
    lines = [
        f"{n}. The harbour lost {n} hundred metres of its quays to the storms, and nobody built them again"
        for n in range(1, 9)
    ]
    pictures = "".join(f"<h3>{line}</h3><figure><img src='/{n}.jpg'></figure>" for n, line in enumerate(lines))
    markup = f"<article><h1>The tide tables were wrong</h1><div class='article-body'>{STORY}{pictures}</div></article>"
    assert body_of(markup) == [FIRST, SECOND, THIRD, *lines]


def test_a_standfirst_that_is_set_as_a_heading_opens_the_story():
    standfirst = "Fishermen and ferries kept to their own tables, and so nobody noticed for eleven years"
    head = f"<meta name='description' content='{standfirst}'>"
    markup = (
        "<article><header><h1>The tide tables were wrong</h1>"
        f"<h2 class='subtitle'>{standfirst}</h2><p class='meta'>Port, Tuesday</p></header><div>{STORY}</div></article>"
    )
    document = parse(f"<html><head>{HEAD}{head}</head><body>{markup}</body></html>".encode(), URL)
    assert fill_body(start(document, None)).article.body.startswith(standfirst)


def test_a_story_that_a_page_brings_twice_is_told_once():
    markup = (
        "<main><h1>The tide tables were wrong</h1>"
        f"<div class='for-phones'>{STORY}</div><div class='for-desks'>{STORY}</div></main>"
    )
    assert body_of(markup) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "counter",
    [
        "Il vous reste 57.85% de cet article à lire.", "You have read the opening; 78 % of this story is left.",
        "Noch 64 % des Artikels: jetzt weiterlesen", "Te queda el 70% de este artículo por leer.",
        "Осталось прочитать 80% статьи", "残り82%の記事を読む",
    ],
)  # fmt: skip
def test_a_paywalls_counter_is_none_of_the_story(counter):
    assert body_of(f"<article>{STORY}<p>{counter}</p></article>") == [FIRST, SECOND, THIRD]


def test_a_story_may_tell_of_shares_that_are_left():
    told = "Of the harbour's herring, 40 % are left, said an article in the fishermen's own paper on Monday."
    further = "".join(f"<p>{text.replace('tables', 'charts')}</p>" for text in (FIRST, SECOND, THIRD))
    assert told in body_of(f"<article>{STORY}<p>{told}</p>{further}</article>")


def test_what_a_story_repeats_here_and_there_stays():
    refrain = "<p>And the sea came in, as it had come in every night of that year, and went out again.</p>"
    markup = f"<article><p>{FIRST}</p>{refrain}<p>{SECOND}</p>{refrain}<p>{THIRD}</p>{refrain}</article>"
    assert len(body_of(markup)) == 6


def test_an_object_for_a_program_is_no_prose():
    layout = json.dumps({"layout": "grid", "title": "You may also like these tables", "columns": 4, "mobile": True})
    markup = f"<main><article><p>{FIRST}</p><p>{SECOND}</p><p>{layout}</p><p>{THIRD}</p></article></main>"
    assert body_of(markup) == [FIRST, SECOND, THIRD]
    settings = json.dumps({f"text of button {n}": "Buy the tables" for n in range(60)})
    assert kept_of(f"<article>{STORY}<p>{settings}</p></article>") == [FIRST, SECOND, THIRD]


def test_all_rows_of_a_long_table_in_a_story_are_asked_about():
    rows = "".join(f"<tr><td>Port {n}</td><td>{n} hours</td></tr>" for n in range(100))
    page = page_of(f"<main><article>{STORY}<table>{rows}</table></article></main>")
    measures = Measures(segment(page.document.root), Heads())
    assert all(is_candidate(measures, block) for block in measures.layout.blocks)


def test_boxes_that_wait_for_consent_are_left_out_however_much_they_say():
    box = "<div class='sourcepoint__placeholder'><p>Outside content is not shown here until you agree to it.</p></div>"
    markup = f"<article><p>{FIRST}</p>{box * 9}<p>{SECOND}</p><p>{THIRD}</p></article>"
    assert body_of(markup) == [FIRST, SECOND, THIRD]


def test_a_wrapper_with_a_vendors_name_around_the_whole_story_says_nothing():
    assert body_of(f"<div class='usercentrics-root'><article>{STORY}</article></div>") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "mark", ["$$TEASERBOX$$", '[cta link="/offer"]Send us yours[/cta]', "- Advertisement -", "Story continues below"]
)
def test_marks_of_the_editing_system_between_paragraphs_are_left_out(mark):
    markup = f"<article><p>{FIRST}</p><p>{mark}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    assert body_of(markup) == [FIRST, SECOND, THIRD]


def test_articles_beside_the_one_with_the_headline_are_teasers():
    teaser = (
        f"<article class='box post-7'><a href='/7'>Another</a><p>{SECOND.replace('Nobody', 'Somebody')}</p></article>"
    )
    own = f"<article class='box post-1'><h1>The tide tables were wrong</h1>{STORY}</article>"
    assert body_of(f"<div>{own}<div class='posts'>{teaser * 4}</div></div>") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("heading", "kept"),
    [("The {}. step", 9), ("<a href='/step/{0}'>The {0}. step</a>", 6)],
    ids=["parts", "other stories"],
)
def test_article_elements_under_one_headline_are_its_parts_unless_they_lead_away(heading, kept):
    def part(number, size):
        prose = "".join(f"<p>{FIRST.replace('quarter', f'{number}{line}th part')}</p>" for line in range(size))
        return f"<article><h2>{heading.format(number)}</h2>{prose}</article>"

    parts = "".join((part(1, 6), part(2, 1), part(3, 1), part(4, 1)))
    story = body_of(f"<main><h1>The tide tables were wrong</h1><div>{parts}</div></main>")
    assert sum("hang in every boathouse" in block for block in story) == kept


def test_a_linked_heading_in_the_story_does_not_begin_another_one():
    linked = "<h1><a href='/2025/03/01/the-moon-is-late-this-year'>The moon is late this year</a></h1>"
    long = f"<p>{FIRST}</p><p>{SECOND} {THIRD} {FIRST}</p><p>{THIRD} {SECOND} {FIRST}</p>"
    body = body_of(f"<article><h1>The tide tables were wrong</h1>{long}{linked}<p>{SECOND}</p></article>")
    assert body[-1] == SECOND


def kept_of(markup):
    """The texts that the rules keep where the trees take paragraphs and nothing else."""
    layout = segment(parse(f"<html><head>{HEAD}</head><body>{markup}</body></html>".encode(), URL).root)
    choice = decide(Measures(layout, Heads()), [0.9 * (block.node.tag == "p") for block in layout.blocks])
    return [block.text for block in choice.kept()]


@pytest.mark.parametrize(
    ("certain", "doubtful", "is_news", "taken"),
    [(0, 0.4, False, True), (0, 0.4, True, True), (2, 0.4, False, True), (2, 0.4, True, False), (5, 0.4, False, False)],
    ids=["all doubtful", "all of news", "most doubtful", "most of news", "one doubtful"],
)
def test_doubtful_blocks_are_taken_where_the_page_gains_by_it(certain, doubtful, is_news, taken):
    story = "".join(f"<p>{text} {again}</p>" for again in (1, 2) for text in (FIRST, SECOND, THIRD))
    layout = segment(parse(f"<html><body>{story}</body></html>".encode(), URL).root)
    probabilities = [0.95] * certain + [doubtful] * (len(layout.blocks) - certain)
    choice = decide(Measures(layout, Heads(is_news=is_news)), probabilities)
    assert choice.keep == [index < certain or taken for index in range(len(layout.blocks))]


@pytest.mark.parametrize("probability", [0.0, 0.1])
def test_no_hopeless_block_is_taken(probability):
    layout = segment(parse(f"<html><body>{STORY}</body></html>".encode(), URL).root)
    assert not any(decide(Measures(layout, Heads()), [probability] * len(layout.blocks)).keep)


@pytest.mark.parametrize(
    ("times", "is_news", "kept"),
    [(30, False, True), (30, True, False), (3, False, False)],
    ids=["a guide", "long news", "a short text"],
)
def test_of_a_long_text_that_is_no_news_lists_are_taken_in_doubt(times, is_news, kept):
    markup = f"{STORY * times}<ul><li>Mind the quarter of an hour</li></ul>{STORY}"
    layout = segment(parse(f"<html><body>{markup}</body></html>".encode(), URL).root)
    probabilities = [0.4 if block.node.tag == "li" else 0.9 for block in layout.blocks]
    choice = decide(Measures(layout, Heads(is_news=is_news)), probabilities)
    assert ("long-text" in choice.rules) == kept


def test_what_stands_behind_a_long_text_is_not_taken_in_doubt():
    markup = f"{STORY * 30}<ul><li>Mind the quarter of an hour</li></ul>"
    layout = segment(parse(f"<html><body>{markup}</body></html>".encode(), URL).root)
    choice = decide(Measures(layout, Heads()), [0.4 if block.node.tag == "li" else 0.9 for block in layout.blocks])
    assert "long-text" not in choice.rules


@pytest.mark.parametrize(("between", "is_same"), [("", True), ("</div><div>", False)])
def test_an_h1_among_the_prose_begins_no_other_story(between, is_same):
    parts = "".join(f"<p>{number}. {text}</p>" for number in range(3) for text in (FIRST, SECOND, THIRD))
    markup = f"<h1>The tide tables were wrong</h1><div>{parts}{between}<h1>What comes now</h1><p>{SECOND}</p></div>"
    assert (SECOND in kept_of(markup)) == is_same


@pytest.mark.parametrize(
    "next_part",
    [
        "<div class='part'><h1>What comes now</h1></div><p>{}</p>",
        "<section><h1>What comes now</h1><p>Read on, and mind the quarter.</p></section><p>{}</p>",
    ],
    ids=["in a wrapper of its own", "in a box that the story goes on behind"],
)
def test_an_h1_within_the_story_begins_no_other_one(next_part):
    parts = "".join(f"<p>{number}. {text}</p>" for number in range(3) for text in (FIRST, SECOND, THIRD))
    markup = f"<h1>The tide tables were wrong</h1><div>{parts}{next_part.format(SECOND)}</div>"
    assert kept_of(markup)[-1] == SECOND


@pytest.mark.parametrize("name", ["modal fade", "site-popup", "c-dialog__text"])
def test_what_opens_over_the_page_is_none_of_the_story(name):
    terms = f"<div class='{name}'><p>Whoever prints this again names us, and changes no word of it.</p></div>"
    assert kept_of(f"<main><div>{STORY}</div>{terms}</main>") == [FIRST, SECOND, THIRD]
    assert kept_of(f"<div class='{name}'><div>{STORY}</div></div>") == [FIRST, SECOND, THIRD]


def test_names_that_are_microdata_stay_where_they_are_a_good_part_of_the_story():
    entry = "<p itemprop=name>{}</p>"
    assert len(kept_of(STORY + entry.format("The Harbour Post"))) == 3
    assert len(kept_of(STORY + entry.format(f"{FIRST} It said so.") * 2)) == 5


def test_a_subheading_under_a_picture_is_no_caption():
    markup = (
        f"<article><p>{FIRST}</p><img src='/m.jpg'><h3>The moon said so! <b>Twice</b></h3><p>{SECOND}</p></article>"
    )
    assert "The moon said so! Twice" in body_of(markup)


@pytest.mark.parametrize(
    "plug",
    [
        "Your street, every morning: subscribe to the local newsletter.", "Sign up for our newsletter",
        "Jetzt den Newsletter abonnieren", "Inscrivez-vous à notre newsletter du soir", "Suscríbete a nuestro boletín",
        "Подпишитесь на нашу рассылку", "Iscriviti alla newsletter", "Meld je aan voor onze nieuwsbrief",
        "ニュースレターに登録する", "اشترك في نشرة الأخبار",
    ],
)  # fmt: skip
def test_a_paragraph_that_asks_to_subscribe_to_a_newsletter_is_none_of_the_story(plug):
    further = "".join(f"<p>{text.replace('tables', 'charts')}</p>" for text in (FIRST, SECOND, THIRD))
    assert body_of(f"<article>{STORY}<p>{plug}</p>{further}</article>") == body_of(
        f"<article>{STORY}{further}</article>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "The readers who sign up for the newsletter are told on the evening before the tide, the keeper said.",
        "The newsletter of the harbour is read by some nine hundred keepers, who pay for it, the city said on Tuesday.",
    ],
)
def test_a_paragraph_that_tells_of_a_newsletter_stays(text):
    assert text in body_of(f"<article>{STORY}<p>{text}</p>{STORY}</article>")


def test_each_block_remembers_its_probability_and_the_rule_that_decided():
    box = f"<div class='cmplz-placeholder'><p>{SECOND}</p></div>"
    choice = page_of(f"<article>{STORY}{box}{STORY}</article>").story.choice
    assert len(choice.layout.blocks) == len(choice.probabilities) == len(choice.rules)
    assert choice.rules[0] == "trees"
    assert choice.probabilities[0] > 0.5


def test_a_body_that_stands_only_in_script_data_is_found():
    markup = "".join(f"\\u003cp\\u003e{text}\\u003c/p\\u003e" for text in (FIRST, SECOND, THIRD))
    script = f'<script id="__NEXT_DATA__" type="application/json">{{"props": {{"body": "{markup}"}}}}</script>'
    filled = fill_body(page_of(f"<div id='__next'></div>{script}")).article
    assert (filled.body.split("\n\n"), filled.sources["body"]) == ([FIRST, SECOND, THIRD], "script")


def test_what_the_pages_scripts_tell_of_other_things_is_no_story():
    other = "".join(
        f"\\u003cp\\u003e{'Our region is built on industry and on people. ' * 3}\\u003c/p\\u003e" for _ in range(3)
    )
    script = f'<script type="application/json">{{"products": {{"text": "{other}"}}}}</script>'
    assert fill_body(page_of(f"<div id='app'></div>{script}")).article.body == ""


def test_a_text_in_a_script_is_the_storys_though_the_title_inflects_and_compounds_its_words():
    text = "Der Hafen schließt seine Schleusen im Winter, und die Fähren fahren dann nicht mehr bis in die Stadt. "
    told = "".join(f"\\u003cp\\u003e{text * 2}{n}\\u003c/p\\u003e" for n in range(3))
    script = f'<script type="application/json">{{"story": {{"text": "{told}"}}}}</script>'
    page = f"<html><head><title>Hafenschließung</title></head><body>{script}</body></html>"
    assert fill_body(start(parse(page.encode(), URL))).article.body.count("Schleusen") == 6


def test_a_body_in_typed_paragraphs_of_script_data_is_found():
    parts = [{"type": "paragraph", "text": text} for text in (FIRST, SECOND, THIRD)] + [
        {"type": "image", "text": FIRST}
    ]
    padding = {"props": {"story": {"parts": parts}}, "more": ["x"] * 40}
    script = f'<script type="application/json">{json.dumps(padding)}</script>'
    assert body_of(f"<div id='app'></div>{script}") == [FIRST, SECOND, THIRD]


@pytest.fixture
def rules():
    return SiteRules(
        name="coast",
        selectors={"body": (".missing", ".text"), "remove": (".appeal",), "related": (".more",)},
    )


def test_a_sites_selectors_come_before_the_generic_rules(rules):
    appeal = (
        "<div class='appeal'><p>Please give what you can, so that we may go on with what we have begun here.</p></div>"
    )
    more = "<div class='more'><a href='/2025/03/17/who-prints-the-tables-today'>Who prints the tables today</a></div>"
    markup = f"<div><p>{THIRD}</p></div><div class='text'><p>{FIRST}</p>{appeal}{more}<p>{SECOND}</p></div>"
    page = fill_related(fill_body(page_of(markup, rules)))
    assert f"{FIRST}\n\n{SECOND}" == page.article.body
    assert "selector:coast" == page.article.sources["body"] == page.article.sources["related_links"]
    assert [link.title for link in page.article.related_links] == ["Who prints the tables today"]


def test_selectors_that_find_nothing_leave_the_generic_rules(rules):
    assert body_of(f"<article>{STORY}</article>", replace(rules, selectors={"body": (".gone",)})) == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_markdown_holds_the_same_blocks_and_each_related_link_at_its_place():
    related = "<p><b>Read also:</b> <a href='/2025/03/01/the-moon-is-late-this-year'>The moon is late this year</a></p>"
    page = fill_related(fill_body(page_of(f"<article><p>{FIRST}</p>{related}<p>{SECOND}</p><p>{THIRD}</p></article>")))
    line = "**Read also:** [The moon is late this year](https://news.example/2025/03/01/the-moon-is-late-this-year)"
    assert "\n\n".join([FIRST, line, SECOND, THIRD]) == page.article.body_markdown
    assert "\n\n".join([FIRST, SECOND, THIRD]) == page.article.body


@must_end
@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 5_000,
        "<p>" + "x " * 2_000_000,
        "<h2>a</h2>" * 50_000,
        f"<article>{STORY}</article>" * 3_000,
        "<a href=/1><p>a</p>" * 20_000,
    ],
    ids=["deep", "long", "headings", "articles", "links"],
)
def test_hostile_pages_end(markup):
    fill_related(fill_body(page_of(markup)))
