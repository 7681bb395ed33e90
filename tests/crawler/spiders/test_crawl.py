"""A crawl as `scrapy crawl` runs it, against a paper whose every answer is scripted."""

import socket
import time
from dataclasses import fields

import pytest

from archives.collection import Collection
from archives.history import Cursor, History
from archives.verify import verify
from archives.warc.reader import read_records
from crawler import __version__
from crawler.frontier import read_entries
from crawler.items import Article
from crawler.jobs.changes import changes
from tests.support.commands import run

DAY = "/2024/06/11"


def test_every_announced_url_ends_in_one_state_with_its_reason(desk, paper, answer, page):
    """The ledger of one crawl over everything that can become of a URL."""
    story = paper.put_article(f"{DAY}/plain-story-of-today", f"{paper.base}{DAY}/plain-story-of-today")
    paper.put(f"{DAY}/busy-story-of-today", answer(b"later", 429, {"Retry-After": "1"}), answer(page("/x/busy")))
    paper.put(f"{DAY}/wobbly-story-of-today", answer(b"oops", 500), answer(page("/x/wobbly")))
    paper.put(f"{DAY}/broken-story-of-today", answer(b"oops", 500))
    paper.put(f"{DAY}/gone-story-of-today", answer(b"gone", 410))
    paper.put(f"{DAY}/cut-story-of-today", answer(page("/x/cut"), short_by=500))
    paper.put(f"{DAY}/short-way-to-it", answer(b"", 301, {"Location": f"{DAY}/where-it-leads"}))
    paper.put_article(f"{DAY}/where-it-leads")
    paper.put(f"{DAY}/away-from-here-now", answer(b"", 302, {"Location": "http://elsewhere.invalid/2024/06/11/x"}))
    paper.put(f"{DAY}/removed-to-the-front", answer(b"", 302, {"Location": "/"}))
    paper.put(f"{DAY}/in-a-ring-for-ever", answer(b"", 302, {"Location": f"{DAY}/in-a-ring-for-ever?x"}))
    paper.put(
        f"{DAY}/picture-of-the-day", answer(b"\x89PNG\r\n\x1a\n" + bytes(99), headers={"Content-Type": "image/png"})
    )
    paper.put_article(f"{DAY}/secret-story-of-today")
    paper.put_robots(f"User-agent: *\nDisallow: {DAY}/secret-\n")
    paper.put("/", answer(b"<h1>Front</h1>"))
    names = ["plain", "busy", "wobbly", "broken", "gone", "cut", "secret"]
    others = [
        "short-way-to-it",
        "away-from-here-now",
        "removed-to-the-front",
        "in-a-ring-for-ever",
        "picture-of-the-day",
    ]
    feed = paper.put_feed(
        "/rss",
        f"{story}?utm_source=rss",
        f"{story}/print",
        "http://elsewhere.invalid/2024/06/11/not-ours-at-all",
        f"{paper.base}/about",
        f"{paper.base}/{'x' * 20_000}",
        *(f"{paper.base}{DAY}/{name}-story-of-today" for name in names),
        *(f"{paper.base}{DAY}/{name}" for name in others),
    )
    desk.write_site(feeds=[feed], articles=[r"/\d{4}/\d{2}/\d{2}/[a-z-]+(?:/print)?"])
    crawled = desk.crawl("-s", "REDIRECT_MAX_TIMES=3")
    states = crawled.states(paper.base)
    assert states.pop(f"/{'x' * (200 - len(paper.base) - 1)}")[0] == "skipped"
    assert states == {
        f"{DAY}/plain-story-of-today": ("captured", None),
        f"{DAY}/busy-story-of-today": ("captured", None),
        f"{DAY}/wobbly-story-of-today": ("captured", None),
        f"{DAY}/broken-story-of-today": ("failed", "status 500"),
        f"{DAY}/gone-story-of-today": ("gone", "status 410"),
        f"{DAY}/cut-story-of-today": ("failed", "cut off"),
        f"{DAY}/secret-story-of-today": ("skipped", "robots.txt"),
        f"{DAY}/where-it-leads": ("captured", None),
        f"{DAY}/away-from-here-now": ("skipped", "redirects out of scope"),
        f"{DAY}/removed-to-the-front": ("gone", "redirects to the front page"),
        f"{DAY}/in-a-ring-for-ever": ("failed", "redirects without end"),
        f"{DAY}/picture-of-the-day": ("skipped", "not a page: image/png"),
        "http://elsewhere.invalid/2024/06/11/not-ours-at-all": ("skipped", "out of scope"),
        "/about": ("skipped", "not an article's address"),
    }
    assert sorted(item["url"].removeprefix(paper.base) for item in crawled.items) == sorted(
        path for path, (state, _) in states.items() if state == "captured"
    )
    assert crawled.asked[f"{DAY}/secret-story-of-today"] == 0
    assert crawled.asked["/robots.txt"] == 1
    assert "Traceback" not in crawled.log


def test_items_have_every_key_in_order_and_text_as_it_is(desk, paper, answer):
    sentence = "Паром пойдёт в любую погоду до конца года, сказал в день {} начальник порта, и никто ему не возразил."
    text = "".join(f"<p>{sentence.format(number)}</p>" for number in range(8))
    body = f"<article><h1>Паром и прилив</h1>{text}"
    paper.put(f"{DAY}/parom-i-priliv-segodnja", answer(f"<html lang=ru>{body}".encode()))
    desk.write_site(feeds=[paper.put_feed("/rss", f"{paper.base}{DAY}/parom-i-priliv-segodnja")])
    crawled = desk.crawl()
    (item,) = crawled.items
    assert list(item) == [field.name for field in fields(Article)]
    assert item["title"] == "Паром и прилив"
    assert item["site"] == "paper"
    assert item["revision"] == 1
    assert item["capture"]["status"] == 200
    assert "Паром" in (desk.folder / "items.jsonl").read_text(encoding="utf-8")


def test_second_crawl_asks_conditionally_and_still_gives_the_articles(desk, paper):
    first = paper.put_article(f"{DAY}/first-story-of-today", ETag='"1"')
    second = paper.put_article(f"{DAY}/second-story-of-today")
    desk.write_site(feeds=[paper.put_feed("/rss", first, second)])
    assert {item["revision"] for item in desk.crawl().items} == {1}
    paper.put_article(f"{DAY}/second-story-of-today?x=changed")
    paper.answers[f"{DAY}/second-story-of-today"] = paper.answers.pop(f"{DAY}/second-story-of-today?x=changed")
    paper.answers[f"{DAY}/second-story-of-today"][0].body = paper.answers[f"{DAY}/second-story-of-today"][
        0
    ].body.replace(b"Monday", b"Tuesday")
    again = desk.crawl()
    assert {item["url"]: item["revision"] for item in again.items} == {first: 1, second: 2}
    assert {url: entry.state for url, entry in again.ledger.items()} == {first: "unchanged", second: "captured"}


def test_print_page_whose_plain_form_was_not_announced_leads_to_it(desk, paper):
    """The address that a page names as its own is asked for, and gives the one item."""
    plain = f"{paper.base}{DAY}/quiet-story-of-today"
    paper.put_article(f"{DAY}/quiet-story-of-today", plain)
    printed = paper.put_article(f"{DAY}/quiet-story-of-today/print", plain)
    desk.write_site(feeds=[paper.put_feed("/rss", printed)])
    crawled = desk.crawl()
    assert [item["url"] for item in crawled.items] == [plain]
    assert printed not in crawled.ledger
    assert crawled.ledger[plain].state == "captured"


def test_print_page_stands_for_its_story_where_the_plain_form_is_lost(desk, paper, answer):
    """The crawl that finds it lost leaves the story to the next one, which keeps the page; none asks for it again."""
    plain = f"{paper.base}{DAY}/quiet-story-of-today"
    paper.put(f"{DAY}/quiet-story-of-today", answer(b"no", 404))
    printed = paper.put_article(f"{DAY}/quiet-story-of-today/print", plain)
    desk.write_site(feeds=[paper.put_feed("/rss", printed)])
    first = desk.crawl()
    assert (first.items, first.ledger[printed].state) == ([], "failed")
    second = desk.crawl()
    assert ([item["url"] for item in second.items], second.ledger[printed].state) == ([printed], "captured")
    assert desk.crawl().asked[f"{DAY}/quiet-story-of-today"] == 0
    assert set(second.ledger) == {printed}


def test_story_that_moved_is_a_revision_of_what_it_was(desk, paper, answer):
    """Its old address redirects; the new one, with marks of tracking, is another form of the one where it is now."""
    old = paper.put_article(f"{DAY}/first-address-of-it")
    desk.write_site(feeds=[paper.put_feed("/rss", old)])
    assert [item["revision"] for item in desk.crawl().items] == [1]
    new = paper.put_article(f"{DAY}/second-address-of-it")
    paper.answers[f"{DAY}/second-address-of-it?utm_source=x"] = paper.answers[f"{DAY}/second-address-of-it"]
    paper.put(f"{DAY}/first-address-of-it", answer(b"", 301, {"Location": f"{DAY}/second-address-of-it?utm_source=x"}))
    desk.write_site(feeds=[paper.put_feed("/rss", old)])
    moved = desk.crawl()
    assert [item["revision"] for item in moved.items] == [2]
    assert {url: entry.state for url, entry in moved.ledger.items()} == {new: "captured"}
    assert [item["url"] for item in desk.crawl().items] == [new]


def test_story_that_moves_and_moves_back_is_one(desk, paper, answer):
    """With another headline each time."""
    first, second = f"{DAY}/first-address-of-it", f"{DAY}/second-address-of-it"
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put_article(first))])
    desk.crawl()
    for old, now in ((first, second), (second, first)):
        paper.put_article(now)
        paper.put(old, answer(b"", 301, {"Location": now}))
        moved = desk.crawl()
        assert {url: entry.state for url, entry in moved.ledger.items()} == {f"{paper.base}{now}": "captured"}
    with Collection.open(desk.folder / "collections" / "paper") as collection:
        told = [(change["kind"], change["title"], change["revision"]) for change in changes(collection, Cursor())]
        assert told == [("headline", "second-address-of-it", 2), ("headline", "first-address-of-it", 3)]
        history = History(collection.catalog)
        looks = history.captures(history.article([f"{paper.base}{first}"]))
        assert [look.revision for look in looks if look.status == 200] == [1, 2, 3]


@pytest.mark.parametrize("is_listed", [True, False], ids=["in one crawl", "in the next one"])
def test_what_changed_before_anybody_knew_that_the_story_moved_is_told(desk, paper, answer, is_listed):
    """It moved and was edited, and was announced where it is now before its old address was looked at again."""
    old = paper.put_article(f"{DAY}/first-address-of-it")
    desk.write_site(feeds=[paper.put_feed("/rss", old)])
    desk.crawl()
    new = paper.put_article(f"{DAY}/second-address-of-it")
    paper.put(f"{DAY}/first-address-of-it", answer(b"", 301, {"Location": f"{DAY}/second-address-of-it"}))
    desk.write_site(feeds=[paper.put_feed("/rss", new, *[old] * is_listed)])
    desk.crawl("-s", "CONCURRENT_REQUESTS=1")
    if not is_listed:
        paper.put_feed("/rss", new, old)
        desk.crawl()
    assert set(desk.crawl().ledger) == {new}
    folder = desk.folder / "collections" / "paper"
    with Collection.open(folder) as collection:
        (change,) = changes(collection, Cursor())
        assert (change["kind"], change["url"], change["revision"]) == ("headline", new, 2)
        assert [revision["url"] for revision in collection.catalog.articles(latest=False)] == [old, new]
    assert list(verify(folder)) == []


def test_addresses_that_redirect_to_one_page_are_one_story(desk, paper, answer):
    """Whichever comes first, also where the page itself is announced."""
    target = paper.put_article(f"{DAY}/where-they-all-lead")
    short = [
        paper.put(f"{DAY}/short-address-{n}", answer(b"", 302, {"Location": f"{DAY}/where-they-all-lead"}))
        for n in (1, 2)
    ]
    desk.write_site(feeds=[paper.put_feed("/rss", *short)])
    crawled = desk.crawl()
    assert [item["url"] for item in crawled.items] == [target]
    assert {url: entry.state for url, entry in crawled.ledger.items()} == {target: "captured"}
    assert desk.crawl().asked[f"{DAY}/short-address-1"] == 0


def test_address_that_redirects_to_another_form_of_what_was_looked_at_is_one_with_it(desk, paper, answer):
    """As a short address does, with marks of tracking on the way, that comes after the story itself."""
    target = paper.put_article(f"{DAY}/story-with-a-short-address")
    paper.answers[f"{DAY}/story-with-a-short-address?utm_source=s"] = paper.answers[f"{DAY}/story-with-a-short-address"]
    leads = answer(b"", 302, {"Location": f"{DAY}/story-with-a-short-address?utm_source=s"})
    desk.write_site(feeds=[paper.put_feed("/rss", target, paper.put(f"{DAY}/short-address-of-it", leads))])
    crawled = desk.crawl("-s", "CONCURRENT_REQUESTS=1")
    assert [item["url"] for item in crawled.items] == [target]
    assert {url: entry.state for url, entry in crawled.ledger.items()} == {target: "captured"}


def test_a_story_that_lies_at_an_endless_address_goes_by_the_one_that_leads_there(desk, paper, answer):
    """Nobody could ask for it there (URLLENGTH_LIMIT), and PostgreSQL has no room for it in its ledger."""
    paper.put_article(f"{DAY}/a-story-with-a-token")
    leads = answer(b"", 302, {"Location": f"{DAY}/a-story-with-a-token?t={'9Xa' * 1000}"})
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put(f"{DAY}/a-story-that-is-announced", leads))])
    crawled = desk.crawl()
    assert [item["title"] for item in crawled.items] == ["a-story-with-a-token"]
    assert crawled.states(paper.base) == {f"{DAY}/a-story-that-is-announced": ("captured", None)}
    address = f"{paper.base}{DAY}/a-story-that-is-announced"
    assert run(desk.folder, "newswarc", "crawl", address, "--allow-private", "--collection", "lone").status == 0
    with Collection.open(desk.folder / "collections" / "lone") as lone:
        assert [(entry.url, entry.state) for entry in read_entries(lone.catalog.engine)] == [(address, "captured")]


def test_stories_that_all_lead_to_what_is_none_are_gone_alike(desk, paper, answer):
    for number in range(3):
        paper.put(f"{DAY}/removed-to-front-{number}", answer(b"", 302, {"Location": "/"}))
        paper.put(f"{DAY}/removed-to-nothing-{number}", answer(b"", 302, {"Location": f"{DAY}/it-is-not-there"}))
    paper.put("/", answer(b"<h1>Front</h1>"))
    paper.put(f"{DAY}/it-is-not-there", answer(b"no", 410))
    paths = [f"{DAY}/removed-to-{where}-{number}" for where in ("front", "nothing") for number in range(3)]
    desk.write_site(feeds=[paper.put_feed("/rss", *(f"{paper.base}{path}" for path in paths))])
    states = desk.crawl().states(paper.base)
    assert states == {
        path: ("gone", "redirects to the front page" if "front" in path else "status 410") for path in paths
    }


def test_two_forms_that_name_one_plain_address_give_one_item(desk, paper):
    plain = paper.put_article(f"{DAY}/plain-story-of-today")
    forms = [
        paper.put_article(f"{DAY}/plain-story-of-today/print", plain),
        paper.put_article(f"{DAY}/another-name-of-it/amp", plain),
    ]
    desk.write_site(feeds=[paper.put_feed("/rss", *forms)])
    crawled = desk.crawl()
    assert [(item["url"], item["revision"]) for item in crawled.items] == [(plain, 1)]
    assert {url: entry.state for url, entry in crawled.ledger.items()} == {plain: "captured"}


def test_stories_that_all_name_one_of_them_by_mistake_are_all_had(desk, paper, answer):
    """A template may name the newest story on every page; once it is mended nothing is lost either."""
    names = ("ferry", "tide", "lamps", "ice", "quay", "fog")
    paths = [f"{DAY}/{name}-of-the-harbour" for name in names]
    for path, name in zip(paths, names, strict=True):
        text = "".join(f"<p>{' '.join(f'{name}{part}{word}' for word in range(20))}.</p>" for part in range(6))
        head = f'<title>{name}</title><meta property="og:type" content="article">'
        link = f'<link rel="canonical" href="{paper.base}{paths[0]}">'
        paper.put(path, answer(f"<html><head>{head}{link}</head><body><article><h1>{name}</h1>{text}".encode()))
    urls = [f"{paper.base}{path}" for path in paths]
    desk.write_site(feeds=[paper.put_feed("/rss", *urls)])
    items = [item["url"] for item in (*desk.crawl().items, *desk.crawl().items)]
    assert sorted(set(items)) == sorted(urls)
    for path in paths:
        paper.put_article(path, f"{paper.base}{path}")
    mended = desk.crawl()
    assert set(mended.ledger) == set(urls)
    assert {entry.state for entry in mended.ledger.values()} <= {"captured", "unchanged"}


def test_page_that_names_one_that_is_lost_is_had_in_its_place(desk, paper, answer):
    lost = paper.put(f"{DAY}/lost-story-of-today", answer(b"gone", 410))
    kept = paper.put_article(f"{DAY}/kept-story-of-today", lost)
    desk.write_site(feeds=[paper.put_feed("/rss", kept, lost)])
    items = [item["url"] for item in (*desk.crawl().items, *desk.crawl().items)]
    assert set(items) == {kept}


def test_paging_is_bounded(desk, paper, answer):
    """An endless row of pages is read as far as the site file allows."""
    pages = [answer(f'<a rel="next" href="/world/{number + 1}">Next</a>'.encode()) for number in range(20)]
    for number, one in enumerate(pages):
        paper.put(f"/world/{number}", one)
    desk.write_site("[limits]\npaging = 4\n", sections=[f"{paper.base}/world/0"])
    crawled = desk.crawl()
    assert sorted(path for path in crawled.asked if path.startswith("/world")) == [f"/world/{n}" for n in range(4)]


def test_budget_leaves_the_rest_for_the_next_crawl(desk, paper):
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today", ETag='"1"') for number in range(5)]
    desk.write_site(feeds=[paper.put_feed("/rss", *urls), paper.put_feed("/all", *urls)])
    crawled = desk.crawl("-a", "max_pages=2")
    assert (
        sorted((e.state, e.reason or "") for e in crawled.ledger.values())
        == [("captured", "")] * 2 + [("skipped", "budget")] * 3
    )
    assert len(desk.crawl().items) == 5


def test_a_crawl_without_a_page_asks_its_sources_alone(desk, paper):
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(3)]
    desk.write_site(feeds=[paper.put_feed("/rss", *urls)])
    crawled = desk.crawl("-a", "max_pages=0")
    assert "/rss" in crawled.asked
    assert [(entry.state, entry.reason) for entry in crawled.ledger.values()] == [("skipped", "budget")] * 3


def test_what_the_budget_leaves_stays_as_it_was(desk, paper, answer):
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(3)]
    lost = paper.put(f"{DAY}/story-that-is-lost-today", answer(b"oops", 500))
    desk.write_site(feeds=[paper.put_feed("/rss", *urls, lost)])
    before = desk.crawl().states(paper.base)
    after = desk.crawl("-a", "max_pages=1").states(paper.base)
    assert before.keys() == after.keys()
    assert len(after.items() - before.items()) <= 1, "the one that was asked for"
    assert set(desk.crawl().asked) >= before.keys()


def test_crawl_delay_of_robots_is_kept(desk, paper):
    paper.put_robots("User-agent: *\nCrawl-delay: 0.3\n")
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(4)]
    desk.write_site(feeds=[paper.put_feed("/rss", *urls)])
    started = time.monotonic()
    crawled = desk.crawl()
    assert len(crawled.items) == 4
    assert time.monotonic() - started > 0.3 * 4


CONTACTS = [
    ("desk@example.org", {"operator": "desk@example.org", "http-header-from": "desk@example.org"}),
    ("mailto:desk@example.org", {"operator": "mailto:desk@example.org", "http-header-from": "desk@example.org"}),
    ("https://example.org/bot", {"operator": "https://example.org/bot"}),
]


@pytest.mark.parametrize(("contact", "told"), CONTACTS, ids=["address", "mailto", "page"])
def test_who_crawls_is_told_to_the_publisher_and_in_the_file(desk, paper, contact, told):
    """The From header holds a mail address only (RFC 9110, 10.1.2), and what was not sent is not claimed."""
    desk.write_site(feeds=[paper.put_feed("/rss", paper.put_article(f"{DAY}/story-number-one-of-today"))])
    desk.crawl("-s", f"NEWSWARC_CONTACT={contact}")
    agent = f"newswarc/{__version__} (+{contact})"
    assert {headers["User-Agent"] for headers in paper.headers} == {agent}
    assert {headers.get("From") for headers in paper.headers} == {told.get("http-header-from")}
    assert {headers["Accept-Encoding"] for headers in paper.headers} == {"gzip, br"}
    (warc,) = desk.folder.glob("collections/paper/archive/*.warc.gz")
    lines = next(read_records(warc)).content().decode().split("\r\n")
    assert dict(line.split(": ", 1) for line in lines if line) == {
        "software": f"newswarc/{__version__}",
        "hostname": socket.gethostname(),
        "isPartOf": "paper",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "http-header-user-agent": agent,
        **told,
    }


@pytest.mark.parametrize(
    "settings", [("CONCURRENT_REQUESTS=1",), ("DOWNLOAD_DELAY=0.2",)], ids=["queued", "on the way"]
)
def test_job_directory_resumes(desk, paper, settings):
    """What was queued or waited for its turn when the job was paused is asked for when it goes on, and only that."""
    urls = [paper.put_article(f"{DAY}/story-number-{number}-of-today") for number in range(6)]
    desk.write_site(feeds=[paper.put_feed("/rss", *urls)])
    job = ["-s", "JOBDIR=job", *(part for setting in settings for part in ("-s", setting))]
    first = desk.crawl(*job, "-s", "CLOSESPIDER_ITEMCOUNT=2")
    assert 2 <= len(first.items) < 6
    second = desk.crawl("-s", "JOBDIR=job")
    assert sorted(item["url"] for item in first.items + second.items) == sorted(urls)
    assert {entry.state for entry in second.ledger.values()} == {"captured"}
    third = desk.crawl("-s", "JOBDIR=job")
    assert set(third.asked) == {"/robots.txt", "/rss"}


def test_base_points_a_site_at_another_origin(desk, paper):
    paper.put_feed("/rss", paper.put_article(f"{DAY}/story-number-one-of-today"))
    (desk.folder / "sites").mkdir()
    (desk.folder / "sites" / "paper.toml").write_text(
        'domains = ["paper.invalid"]\nfeeds = ["https://paper.invalid/rss"]\n[politeness]\ndelay = 0\n',
        encoding="utf-8",
    )
    crawled = desk.crawl("-a", f"base={paper.base}", "-s", "NEWSWARC_ALLOW_PRIVATE=True")
    assert [item["url"] for item in crawled.items] == [f"{paper.base}{DAY}/story-number-one-of-today"]


def test_loopback_is_refused_unless_the_site_allows_it(desk, paper):
    story = paper.put_article(f"{DAY}/story-number-one-of-today")
    desk.write_site(feeds=[paper.put_feed("/rss", story)])
    path = desk.folder / "sites" / "paper.toml"
    path.write_text(path.read_text().replace("allow_private = true", "allow_private = false"))
    crawled = desk.crawl()
    assert crawled.items == []
    assert paper.asked == []


def test_unreadable_source_is_one_line_and_the_rest_goes_on(desk, paper, answer):
    bomb = paper.put("/bomb", answer(b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss>&a;</rss>"))
    lost = f"{paper.base}/lost"
    desk.write_site(feeds=[bomb, lost, paper.put_feed("/rss", paper.put_article(f"{DAY}/story-number-one-of-today"))])
    crawled = desk.crawl()
    assert len(crawled.items) == 1
    warnings = {line.partition("WARNING: ")[2] for line in crawled.log.splitlines() if " WARNING: " in line}
    assert warnings == {
        f"{bomb}: declares XML entities, as an entity bomb does; leave this source out of the site file",
        f"{lost}: status 404; check the address in the site file",
    }


def test_list_names_every_site_file(desk, paper):
    desk.write_site(feeds=[f"{paper.base}/rss"])
    listed = desk.scrapy("list").out.split()
    assert {"paper", "newsroom", "themoscowtimes"} <= set(listed)
    assert listed == sorted(listed)
