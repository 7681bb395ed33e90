"""Which of the page's dates is the publication's, and what it may borrow from the others."""

import json

import pytest

from crawler.extraction import parse, start
from crawler.extraction.dates import day_in_url, fill_dates
from crawler.items import SiteRules

URL = "https://paper.example/news/harbour"


STORY = "<p>Die Fähre legte am Dienstag zum ersten Mal seit neun Jahren wieder am unteren Hafen an.</p>" * 5

MENU = f"<ul>{'<li><a href=/part>Part</a></li>' * 20}</ul>"


def ld(**properties):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | properties)}</script>'


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def dated(head="", body="", url=URL, lang="de", rules=None, above=""):
    page = f"<html lang={lang}><head>{head}</head><body>{above}<h1>Harbour opens</h1>{body}</body></html>".encode()
    return fill_dates(start(parse(page, url), rules)).article


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param(ld(datePublished="2024-06-11T10:00:00+02:00"), "", "2024-06-11T10:00:00+02:00", id="json-ld"),
        pytest.param(
            ld(datePublished="2024-06-11") + meta("article:published_time", "2024-06-11T09:00:00Z"),
            "",
            "2024-06-11T09:00:00+00:00",
            id="a day takes its time from another source of the day",
        ),
        pytest.param(
            ld(datePublished="2024-06-11") + meta("article:published_time", "2024-06-12T09:00:00Z"),
            "",
            "2024-06-11",
            id="but not from one of another day",
        ),
        pytest.param(
            ld(datePublished="2024-06-11T10:00:00") + meta("article:published_time", "2024-06-11T10:00:00+03:00"),
            "",
            "2024-06-11T10:00:00+03:00",
            id="a naive time takes the zone of the same clock time",
        ),
        pytest.param(
            ld(datePublished="2024-06-11T10:00:00") + meta("article:published_time", "2024-06-11T08:00:00Z"),
            "",
            "2024-06-11T10:00:00+02:00",
            id="a naive time two hours from the same instant in UTC is two hours east",
        ),
        pytest.param(
            ld(datePublished="2024-06-11T10:00:00Z") + meta("article:published_time", "2024-06-11T10:00:00+02:00"),
            "",
            "2024-06-11T10:00:00+02:00",
            id="a Z on a local clock is a lie",
        ),
        pytest.param(
            ld(datePublished="2024-06-12T02:54:29Z"),
            '<script>page = {"timezone": {"short": "ET", "long": "America/New_York"}}</script>',
            "2024-06-11T22:54:29-04:00",
            id="an instant on the clock that the page calls its own",
        ),
        pytest.param(
            ld(datePublished="2024-06-12T02:54:29Z"),
            '<script>zones = [{"timeZone": "America/New_York"}, {"timeZone": "Europe/Rome"}]</script>',
            "2024-06-12T02:54:29+00:00",
            id="but a list of zones names none",
        ),
        pytest.param(ld(datePublished="2024-06-11T00:00:00Z"), "", "2024-06-11", id="midnight stands for no time"),
        pytest.param(ld(datePublished="2024-06-11T10:00:00"), "", "2024-06-11", id="a naive time is not guessed at"),
        pytest.param(
            ld(datePublished="2024-06-11T10:00:00", dateModified="2024-06-11T12:00:00+02:00"),
            "",
            "2024-06-11T10:00:00+02:00",
            id="a naive time is on the page's clock",
        ),
        pytest.param(
            "",
            "<p>Updated <time datetime=2024-06-12T08:00Z>x</time></p>"
            "<p>Published <time datetime=2024-06-11T08:00Z>y</time></p>",
            "2024-06-11T08:00:00+00:00",
            id="the update's time is not the publication's",
        ),
        pytest.param(
            "",
            "<div class=related><time datetime=2020-01-01>x</time></div><time datetime=2024-06-11T08:00Z>y</time>",
            "2024-06-11T08:00:00+00:00",
            id="teasers have dates of their own",
        ),
        pytest.param("", "<div class=date>11. Juni 2024</div>", "2024-06-11", id="printed"),
        pytest.param(
            "",
            "<p>Seit dem 3. Mai 2019 war das Werk geschlossen, wie die Leitung der Fabrik am Abend sagte.</p>",
            "None",
            id="prose tells of other days",
        ),
        pytest.param(
            "",
            "<p>By Ada Lovelace, in <a href=/t>Transport</a>, <a href=/h>Harbour</a>, <a href=/c>City</a> · 11 Jun 2024"
            f" · 3 comments</p>{STORY}",
            "2024-06-11",
            id="a part of the line under the headline",
        ),
        pytest.param(
            "",
            f"<ul class='nav meta'><li>11. Juni 2024</li></ul>{STORY}",
            "2024-06-11",
            id="under the headline any class will do",
        ),
        pytest.param(
            "",
            f"<div class=date>11. Juni 2024</div>{STORY}<div><time datetime=2024-06-14T08:00Z>x</time></div>",
            "2024-06-11",
            id="a printed date by the headline before a marked one far below",
        ),
        pytest.param(
            "",
            f"<p>Verfügbar bis 06.05.2025</p><p>11.06.2024</p>{STORY}",
            "2024-06-11",
            id="a film is there until a day",
        ),
        pytest.param(
            "",
            f"<figure><img src=a.jpg><figcaption>Der Kran, 3. Mai 2019</figcaption></figure>{STORY}",
            "None",
            id="a caption's day is the picture's",
        ),
        pytest.param(
            "",
            f"{STORY * 3}<aside class=sidebar><h3>Erschienen</h3><p>11. Juni 2024</p></aside>",
            "2024-06-11",
            id="a side box of facts about the story",
        ),
        pytest.param(
            "",
            f"{STORY * 3}<aside><h3><a href=/x>Der Kran am Hafen wird drei Jahre lang erneuert</a></h3>"
            "<p>11. Juni 2024</p></aside>",
            "None",
            id="a side box with another story",
        ),
        pytest.param(
            "",
            f"{STORY * 3}<p>Mehr</p><ul><li>Teilen</li><li>Drucken</li></ul><ul><li>Datum 11.06.2024</li></ul>",
            "2024-06-11",
            id="a line that calls itself the date",
        ),
        pytest.param(
            "",
            f"<p class=date>11. Juni 2024. Aktualisiert: 14. Juni 2024</p>{STORY}",
            "2024-06-11",
            id="the publication before the update in one line",
        ),
        pytest.param(
            "",
            f"<p>Ada Lovelace<br>11. Juni 2024<br>Die Stadt baut ihren alten Hafen in drei Jahren um</p>{STORY}",
            "2024-06-11",
            id="a line of its own within a block",
        ),
        pytest.param(
            "",
            f"<p class=updated-at>14. Juni 2024</p>{STORY}<p class=date>Erschienen am 11. Juni 2024</p>",
            "2024-06-11",
            id="a class says that a date is the update's",
        ),
        pytest.param(
            "",
            f"<p>Zuletzt aktualisiert:</p><p>14. Juni 2024</p>{STORY}<p>11. Juni 2024</p>",
            "2024-06-11",
            id="the line before says that a date is the update's",
        ),
        pytest.param(
            "",
            f"<p>Ada Lovelace, aktualisiert am 14. Juni 2024</p>{STORY}" + MENU + "<p class=date>3. Mai 2019</p>",
            "2024-06-14",
            id="other stories' dates are no better than the update's",
        ),
        pytest.param(
            "",
            f"{STORY * 2}<p>3. Mai 2019</p>{STORY * 2}",
            "None",
            id="the day of a chapter",
        ),
        pytest.param(
            "",
            STORY * 2 + MENU + "<p class=date>3. Mai 2019</p><p>Kran</p><p class=date>9. Juni 2020</p>",
            "None",
            id="several days far from the headline",
        ),
        pytest.param(
            "",
            f"<article>{STORY * 3}<footer><p>Von <a href=/ada>Ada</a>, 11. Juni 2024</p></footer></article>",
            "2024-06-11",
            id="in the story's foot",
        ),
        pytest.param(
            "",
            f"<div>{STORY * 3}</div><div class=post-footer><div class=footer-line>11. Juni 2024</div></div>",
            "2024-06-11",
            id="in what is called the story's foot",
        ),
        pytest.param(
            "",
            f"<div>{STORY * 3}</div><footer><p>Heute ist der 11. Juni 2024</p></footer>",
            "None",
            id="in the page's foot",
        ),
        pytest.param(
            "",
            f"<div class=recommended-reading>{STORY * 3}<p class=date>11. Juni 2024</p></div>",
            "2024-06-11",
            id="the story itself is in no teaser, whatever the box is called",
        ),
        pytest.param(
            "",
            f"<div class=date-and-credit>{STORY * 3}<p class=date>11. Juni 2024</p></div>",
            "2024-06-11",
            id="a date line in a box for credits",
        ),
        pytest.param(
            ld(datePublished="2024-06-14T09:00:00Z", dateModified="2024-06-14T09:00:00Z"),
            f"<p>11. Juni 2024</p>{STORY}",
            "2024-06-11",
            id="the day of the last save is not that which the page prints",
        ),
        pytest.param(
            ld(datePublished="2024-06-14T09:00:00Z", dateModified="2024-06-15T09:00:00Z"),
            f"<p>11. Juni 2024</p>{STORY}",
            "2024-06-14T09:00:00+00:00",
            id="but that of a page whose data tell both",
        ),
        pytest.param(
            ld(datePublished="2024-06-14T09:00:00Z", dateModified="2024-06-13T09:00:00Z"),
            f"<p>11. Juni 2024</p>{STORY}",
            "2024-06-11",
            id="nor is a day after the last change",
        ),
        pytest.param(
            ld(datePublished="2024-06-14T09:00:00Z"), f"<p>11. Juni 2024</p>{STORY}", "2024-06-11", id="nor one alone"
        ),
        pytest.param(
            ld(datePublished="2024-06-14T09:00:00Z", dateModified="2024-06-14T09:00:00Z"),
            f"<p>* 11. Juni 1940</p><p>† 9. Juni 2024</p><p class=date>3. Mai 1960</p>{STORY}",
            "2024-06-14T09:00:00+00:00",
            id="and days of a life are others",
        ),
        pytest.param(
            ld(datePublished="2024-06-14T09:00:00Z", dateModified="2024-06-14T09:00:00Z"),
            f"<p>11. Juni 2024</p><p>14. Juni 2024</p>{STORY}",
            "2024-06-14T09:00:00+00:00",
            id="and that which it prints as well",
        ),
        pytest.param(
            "",
            f"<article>{STORY * 3}<div class=teaser><h3>Kran</h3><p class=date>3. Mai 2019</p></div></article>",
            "None",
            id="a teaser with a heading of its own",
        ),
        pytest.param(
            "",
            f"<article>{STORY * 2}<p>— Ada Lovelace (@ada) 3. Mai 2019</p></article>",
            "None",
            id="a post that is quoted",
        ),
        pytest.param(
            "",
            f"<blockquote><p>Morgen mehr.</p><p>3. Mai 2019</p></blockquote>{STORY}",
            "None",
            id="a letter that is quoted",
        ),
        pytest.param(
            "",
            f"<div id=article-credits>Ada Lovelace - 11. Juni 2024</div>{STORY}",
            "2024-06-11",
            id="credits are the authors', too",
        ),
        pytest.param(
            "",
            "<p>Über dieses Thema berichtete auch der Hörfunk in seinem Abendmagazin am "
            f"<time datetime=2024-06-10T18:00Z>10. Juni</time>.</p>{STORY}<p class=date>11. Juni 2024</p>",
            "2024-06-11",
            id="a broadcast in a sentence",
        ),
        pytest.param(
            "",
            f"{STORY * 3}<ul><li class=meta>3. Mai 2019</li><li>Kran</li><li class=meta>9. Juni 2020</li></ul>",
            "None",
            id="other stories below, one like the other",
        ),
        pytest.param(
            "<script>page = {firstPublicationDate: '20240611', id: 3}</script>", "", "2024-06-11", id="script data"
        ),
        pytest.param(
            meta("cms:publishDateIso", "2024-06-11T08:00:00Z"), "", "2024-06-11T08:00:00+00:00", id="any publish date"
        ),
        pytest.param(meta("date", "2024-06-11"), "", "2024-06-11", id="a weak meta is better than none"),
        pytest.param("", "", "None", id="none"),
    ],
)
def test_published(head, body, expected):
    assert str(dated(head, body).date_published) == expected


def test_the_day_of_reading_above_the_menu_is_not_the_storys():
    """Papers print today's date in their masthead."""
    menu = "".join(f"<li><a href=/{number}>Part {number}</a></li>" for number in range(12))
    article = dated(body=STORY, above=f"<div class=date>Mittwoch, 12. Juni 2024</div><ul>{menu}</ul>")
    assert article.date_published is None


@pytest.mark.parametrize(
    ("host", "lang", "expected"),
    [
        ("paper.it", "it", "2024-06-11T15:25:00+02:00"),
        ("paper.co.za", "en", "2024-06-11T15:25:00+02:00"),
        ("paper.example", "ko-KR", "2024-06-11T15:25:00+09:00"),
        ("paper.us", "en", "2024-06-11"),
        ("paper.tv", "en", "2024-06-11"),
        ("paper.example", "es", "2024-06-11"),
    ],
)
def test_a_country_of_one_zone_reads_naive_times(host, lang, expected):
    article = dated(ld(datePublished="2024-06-11T15:25:00"), url=f"https://{host}/harbour", lang=lang)
    assert article.date_published == expected


def test_the_pages_own_clock_comes_before_the_countrys():
    head = ld(datePublished="2024-06-11T15:25:00", dateModified="2024-06-11T18:00:00+03:00")
    assert dated(head, url="https://paper.it/harbour").date_published == "2024-06-11T15:25:00+03:00"


@pytest.mark.parametrize(
    ("head", "host", "expected"),
    [
        pytest.param(
            ld(datePublished="2024-06-12T00:38:07Z") + meta("x:pubDate", "2024-06-11T17:38:07Z"),
            "paper.example",
            "2024-06-11T17:38:07-07:00",
            id="the other source shows the local clock",
        ),
        pytest.param(
            ld(datePublished="2024-06-12T00:38:07Z"), "paper.pe", "2024-06-11T19:38:07-05:00", id="the country's clock"
        ),
        pytest.param(
            ld(datePublished="2024-06-12T00:38:07Z"), "paper.it", "2024-06-12T00:38:07+00:00", id="not by that clock"
        ),
        pytest.param(
            ld(datePublished="2024-06-12T00:38:07Z"), "paper.example", "2024-06-12T00:38:07+00:00", id="no clock known"
        ),
        pytest.param(
            ld(datePublished="2024-06-12T00:38:07Z") + '<script>date = "2024-06-11 17:38:07"</script>',
            "paper.example",
            "2024-06-11T17:38:07-07:00",
            id="a script tells it by the local clock",
        ),
        pytest.param(
            ld(datePublished="2024-06-12T00:38:07Z") + '<script>date = "2024-06-11T17:38:07Z"</script>',
            "paper.example",
            "2024-06-12T00:38:07+00:00",
            id="another instant is not the same by another clock",
        ),
    ],
)
def test_an_instant_is_told_by_the_clock_that_dated_the_url(head, host, expected):
    assert dated(head, url=f"https://{host}/2024/06/11/harbour").date_published == expected


def test_a_local_clock_that_calls_itself_utc_is_found_out_by_the_sites_zone():
    head = ld(datePublished="2024-06-12T07:25:06Z") + meta("article:published_time", "2024-06-11T21:25:06+00:00")
    found = dated(head, url="https://paper.com.au/harbour")
    assert found.date_published == "2024-06-11T21:25:06+00:00"
    assert found.sources["date_published"] == "meta:article:published_time"
    assert dated(head, url="https://paper.de/harbour").date_published == "2024-06-12T07:25:06+00:00"


def test_modified_is_kept_apart():
    article = dated(ld(datePublished="2024-06-11T10:00:00Z", dateModified="2024-06-12T11:00:00Z"))
    assert (article.date_published, article.date_modified) == ("2024-06-11T10:00:00+00:00", "2024-06-12T11:00:00+00:00")


@pytest.mark.parametrize("printed", ["", f"<p>Aktualisiert am 12. Juni 2024</p>{STORY}"])
def test_a_modification_alone_is_no_publication(printed):
    article = dated(meta("article:modified_time", "2024-06-12T11:00:00Z"), printed)
    assert (article.date_published, article.date_modified) == (None, "2024-06-12T11:00:00+00:00")


@pytest.mark.parametrize(
    ("line", "published", "changed"),
    [
        ("Aktualisiert: 14. Juni 2024 | Veröffentlicht: 11. Juni 2024", "2024-06-11", "2024-06-14"),
        ("11. Juni 2024, geändert am 14. Juni 2024", "2024-06-11", "2024-06-14"),
        (
            "<time datetime=2024-06-14T08:00Z>Aktualisiert am 14. Juni 2024</time>",
            "2024-06-14",
            "2024-06-14T08:00:00+00:00",
        ),
        (
            "<time class='entry-date updated' datetime=2024-06-11T08:00Z>11. Juni</time>",
            "2024-06-11T08:00:00+00:00",
            "None",
        ),
    ],
)
def test_printed_updates(line, published, changed):
    """An update's time is not the publication's, even where its day is the best that the page tells."""
    article = dated(body=f"<p>{line}</p>{STORY}")
    assert (article.date_published, str(article.date_modified)) == (published, changed)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "<div class=teaser><p class=teaser-meta>11. Juni 2024</p><p>Hafen</p></div><h1>Harbour opens</h1>",
            "2024-06-11",
        ),
        ("<div class=card><p class=card-meta>11. Juni 2024</p><p>Hafen</p><h1>Harbour opens</h1></div>", "2024-06-11"),
        ("<div class=card><p class=card-meta>11. Juni 2024</p><h3>Kran</h3></div><h1>Harbour opens</h1>", None),
    ],
)
def test_a_header_may_be_called_a_teaser(header, expected):
    html = f"<html lang=de><body><article>{header}{STORY * 2}</article></body></html>"
    assert fill_dates(start(parse(html.encode(), URL), None)).article.date_published == expected


def test_the_headline_is_the_heading_that_says_the_title():
    """Counters and labels are marked up as headings, too."""
    votes = "<nav><h1>94</h1><a href=/up>Auf</a> <a href=/down>Ab</a></nav>" * 9
    body = f"<p class=date>11. Juni 2024</p>{votes}{STORY}<p><time datetime=2024-06-14T08:00Z>14. Juni</time></p>"
    html = f"<html lang=de><body><h1>Der Hafen öffnet wieder</h1>{body}</body></html>"
    page = start(parse(html.encode(), URL), None).fill(title="Der Hafen öffnet wieder")
    assert fill_dates(page).article.date_published == "2024-06-11"


@pytest.mark.parametrize(
    ("lang", "host", "printed", "expected"),
    [
        ("en", "paper.example", "05/10/2018", None),
        ("en", "paper.co.uk", "05/10/2018", "2018-10-05"),
        ("en-US", "paper.example", "05/10/2018", "2018-05-10"),
        ("en-US", "paper.in", "05/10/2018", "2018-10-05"),
        ("en-US", "paper.example", "05-10-2018", None),
        ("en-US", "paper.example", "05-25-2018", "2018-05-25"),
        ("en-US", "paper.example", "05.10.2018", None),
        ("en", "paper.example", "11.14.2018", "2018-11-14"),
        ("en-CA", "paper.example", "05/10/2018", None),
        ("''", "paper.com.br", "05/10/2018", "2018-10-05"),
        ("''", "paper.us", "05/10/2018", "2018-05-10"),
        ("pt", "paper.us", "05/10/2018", "2018-10-05"),
    ],
)
def test_the_country_tells_whether_the_month_comes_first(lang, host, printed, expected):
    article = dated(body=f"<p class=date>{printed}</p>{STORY}", lang=lang, url=f"https://{host}/harbour")
    assert article.date_published == expected


def test_the_order_is_that_of_the_language_the_story_is_in():
    """Many sites say `en-US` because their software did."""
    page = start(parse(f"<html lang=en-US><h1>O porto</h1><p class=date>05/10/2018</p>{STORY}".encode(), URL), None)
    assert fill_dates(page.fill(language="pt")).article.date_published == "2018-10-05"


def test_the_sites_zone_reads_naive_times():
    rules = SiteRules(name="paper", timezone="Europe/Moscow")
    assert dated(ld(datePublished="2024-06-11 10:00"), rules=rules).date_published == "2024-06-11T10:00:00+03:00"


def test_the_sites_selector_comes_first():
    rules = SiteRules(name="paper", selectors={"date_published": ("time.first::attr(datetime)",)})
    body = "<time class=first datetime=2024-06-10T10:00Z>x</time>"
    article = dated(ld(datePublished="2024-06-11"), body, rules=rules)
    assert (article.date_published, article.sources["date_published"]) == (
        "2024-06-10T10:00:00+00:00",
        "selector:paper",
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2024/06/11/harbour", "2024-06-11"),
        ("/2024/6/1/harbour", "2024-06-01"),
        ("/news/20240611/harbour", "2024-06-11"),
        ("/news/harbour-2024-06-11", "2024-06-11"),
        ("/news/2024/jun/11/harbour", "2024-06-11"),
        ("/news/2024/june/11/harbour", "2024-06-11"),
        ("/news/2024/oil/11/harbour", "None"),
        ("/boats/harbour-2024-mac-5-ferries", "None"),
        ("/race-2024-set-7-boats", "None"),
        ("/news/2024/06/harbour", "None"),
        ("/news/20241399", "None"),
        ("/news/120240611", "None"),
    ],
)
def test_day_in_url(path, expected):
    assert str(day_in_url(f"https://paper.example{path}")) == expected


@pytest.mark.parametrize(
    "line",
    [
        "<p>The trial began on 3 May 2024</p>",
        "<p>Premiere: 3. Mai 2024</p>",
        "<p>Urteil vom 3. Mai 2024</p>",
        "<p>Published in The Lighthouse on 3 May 2024</p>",
        "<p>Photo: dpa, 3 May 2024</p>",
        "<p>Member since May 3, 2020</p>",
        "<p class=standfirst>The keepers met on 3 May 2024</p>",
        "<p class=event-date>Concert: 3 May 2024</p>",
        "<h2>Minutes of May 3, 2024</h2>",
        "<h2 class=date>May 3, 2024</h2>",
        "<aside>Previous issue: May 3, 2024</aside>",
        "<aside><p class=date>May 3, 2024</p></aside>",
    ],
)
def test_a_day_that_the_story_speaks_of_is_not_that_of_its_publication(line):
    article = dated(ld(datePublished="2024-06-11T10:30:00+02:00"), f"{line}{STORY}")
    assert str(article.date_published) == "2024-06-11T10:30:00+02:00"


def test_a_line_of_two_dates_tells_its_order_itself():
    article = dated("", f"<p>Published 11/06/2024 | Updated 14/06/2024</p>{STORY}", lang="en")
    assert (article.date_published, article.date_modified) == ("2024-06-11", "2024-06-14")


@pytest.mark.parametrize("headline", ["The harbour after September 11, 2001", "Horoscope for May 3, 2024"])
def test_nor_is_one_in_the_headline(headline):
    head = ld(datePublished="2024-06-11T10:30:00+02:00")
    page = f"<html lang=en><head>{head}</head><body><h1>{headline}</h1>{STORY}</body></html>".encode()
    assert str(fill_dates(start(parse(page, URL))).article.date_published) == "2024-06-11T10:30:00+02:00"


@pytest.mark.parametrize(
    "line",
    [
        "<p>3. Mai 2024</p>",
        "<p>Friday, May 3, 2024 at 10:30 a.m. ET</p>",
        "<p>Published on May 3, 2024 | Updated June 11, 2024</p>",
        "<p>3 May 2024 • 3 min read</p>",
        "<p>By Ada Lovelace, 3 May 2024</p>",
        "<p>2024年5月3日(金) 10時30分</p>",
        "<div class=post__date>Erstausgabe: 3. Mai 2024</div>",
        "<p>Erstausgabe <span class=published>3. Mai 2024</span></p>",
    ],
)
def test_a_line_of_its_own_says_when_the_story_came_out(line):
    article = dated(ld(datePublished="2024-07-11T10:30:00+02:00"), f"{line}{STORY}")
    assert str(article.date_published)[:10] == "2024-05-03"
