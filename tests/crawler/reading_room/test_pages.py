"""What each page shows, and that every link of the reading room leads somewhere."""

import shutil
import sqlite3
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from archives.collection import Collection
from crawler.export.markdown import to_markdown
from tests.archives.takedown.stories import at as exchange_at
from tests.archives.takedown.stories import item_of
from tests.crawler.reading_room.conftest import REPLAY, at, item_with

PAGES = (
    "/",
    "/search",
    "/search?q=the",
    "/changes",
    "/labels/author",
    "/labels/section",
    "/labels/tag",
    "/sites",
    "/runs",
)


def tree(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.fromstring(answer.text)


def text_of(page, path: str) -> str:
    return " ".join(" ".join(found.text_content().split()) for found in page.xpath(path))


def article_page(client, item, **query):
    return tree(client.get(at("/article", url=item["url"], **query)))


def test_every_link_leads_somewhere(client):
    """From the front page on, whatever the reading room links to within itself is there."""
    waiting, seen, asked = list(PAGES), set(PAGES), 0
    while waiting and asked < 600:
        path = waiting.pop()
        answer = client.get(path)
        asked += 1
        assert answer.status_code in {200, 303}, f"{path}: {answer.status_code}\n{answer.text[-1500:]}"
        if answer.headers.get("content-type", "").startswith("text/html") and answer.status_code == 200:
            page = html.fromstring(answer.text)
            for link in page.xpath("//a/@href | //link/@href | //img/@src | //script/@src"):
                parts = urlsplit(link)
                if not parts.netloc and link not in seen and parts.path:
                    seen.add(link)
                    waiting.append(link)
    assert asked > 300


def test_pages_are_well_formed_for_people(client):
    """One h1, a title, a language, a main part; no id twice; every picture has an alt, every field a label."""
    for path in PAGES:
        page = tree(client.get(path))
        assert page.get("lang") == "en"
        assert len(page.xpath("//h1")) == 1, path
        assert len(page.xpath("//main")) == 1
        assert page.xpath("//title")[0].text.endswith("· newswarc")
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        assert page.xpath("//img[not(@alt)]") == []
        for field in page.xpath("//input[not(@type='hidden')][@id] | //select"):
            assert page.xpath(f"//label[@for='{field.get('id')}']"), (path, field.get("name"))


def test_pages_without_pictures_are_light(client, crawled):
    for path in (*PAGES, at("/article", url=crawled.items()[0]["url"])):
        assert len(client.get(path).content) < 150_000, path


def test_the_front_page_shows_the_newest_articles(client, crawled):
    page = tree(client.get("/"))
    assert text_of(page, "//section[contains(@class, 'site-news')]//h2") == "The Selmark Courier"
    newest = max(crawled.items(), key=lambda item: item["date_published"] or "")
    assert newest["title"] in text_of(page, "//main")
    assert len(page.xpath("//article")) == 7
    for source in page.xpath("//article//img/@src"):
        assert client.get(source).headers["content-type"].startswith("image/")


def test_an_article_is_shown_with_its_provenance(client, crawled):
    item = item_with(crawled, lambda item: item["images"] and item["tags"] and item["language"] == "en")
    page = article_page(client, item)
    assert text_of(page, "//h1") == item["title"]
    prose = text_of(page, "//div[@class='prose']")
    for paragraph in item["body"].split("\n\n")[:5]:
        assert " ".join(paragraph.split()) in prose
    told = text_of(page, "//aside")
    for name in ("warc", "record_id", "payload_digest"):
        assert item["capture"][name] in told
    assert f"{item['capture']['offset']:,}" in told
    for rule in item["sources"].values():
        assert rule in told
    assert page.xpath("//article//figure//img")
    stamp = item["capture"]["date"][:19].translate(str.maketrans("", "", "-T:"))
    (replayed,) = page.xpath("//a[normalize-space()='Replay the page']/@href")
    assert replayed == f"{REPLAY}/newsroom/{stamp}/{item['url']}"
    assert page.xpath("//link[@rel='timemap']/@href") == [f"{REPLAY}/newsroom/timemap/link/{item['url']}"]
    assert page.xpath("//link[@rel='timegate']/@href") == [f"{REPLAY}/newsroom/{item['url']}"]


def test_related_links_lead_to_their_own_captures_where_there_are_any(client, crawled):
    archived = {item["url"] for item in crawled.items()}
    item = item_with(crawled, lambda item: any(link["url"] in archived for link in item["related_links"]))
    page = article_page(client, item)
    links = page.xpath("//section[@class='related']//a/@href")
    for link in item["related_links"]:
        expected = at("/article", in_="newsroom", url=link["url"]) if link["url"] in archived else link["url"]
        assert expected in links


def test_links_to_what_is_no_article_lead_to_its_captures(room_over, tmp_path):
    url, other, third = (f"http://news.example/{name}" for name in ("story", "live", "nowhere"))
    with Collection.open(tmp_path / "linked", write=True) as collection:
        collection.archive(exchange_at(1, other, b"<p>front</p>"))
        item = item_of(collection.archive(exchange_at(2, url, b"<p>story</p>")), b"story")
        links = [{"url": to, "title": to, "kind": "in_body", "label": None} for to in (other, third)]
        collection.catalog.put_article({**item, "body_markdown": f"[a]({other}) [b]({third})", "related_links": links})
    page = article_page(room_over(tmp_path / "linked"), {"url": url})
    for links in (page.xpath("//div[@class='prose']//a/@href"), page.xpath("//section[@class='related']//a/@href")):
        assert links == [at("/calendar", in_="linked", url=other), third]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr"), ("ja", "ltr")])
def test_text_runs_in_its_direction(client, crawled, language, direction):
    page = article_page(client, crawled.items(language=language)[0])
    (prose,) = page.xpath("//div[@class='prose']")
    assert (prose.get("lang"), prose.get("dir")) == (language, direction)
    assert page.xpath("//h1/@dir") == [direction]


def test_a_picture_is_the_archived_one(client, crawled):
    item = item_with(crawled, lambda item: item["images"])
    with Collection.open(crawled.collection) as collection:
        expected = collection.payload(collection.latest(item["images"][0]["url"]))
    answer = client.get(at("/picture", url=item["images"][0]["url"]))
    assert answer.content == expected
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_only_pictures_are_given_out_as_such(client, crawled):
    for url in (crawled.items()[0]["url"], crawled.base + "/assets/site.css", "http://nowhere.example/x.png"):
        assert client.get(at("/picture", url=url)).status_code == 404


def test_markdown_and_record(client, crawled, tmp_path):
    item = crawled.items()[0]
    assert client.get(at("/article.md", url=item["url"])).text == to_markdown(item)
    answer = client.get(at("/record", record=item["capture"]["record_id"]))
    place, end = item["capture"]["offset"], item["capture"]["offset"] + item["capture"]["length"]
    warc = crawled.collection / "archive" / item["capture"]["warc"]
    assert answer.content == warc.read_bytes()[place:end]
    assert answer.headers["content-disposition"].startswith("attachment; ")


def test_what_is_as_archived_is_verified(client, crawled):
    page = tree(client.get(at("/verify", record=crawled.items()[0]["capture"]["record_id"])))
    assert text_of(page, "//h1") == "As it was archived"
    assert len(page.xpath("//li[@class='good']")) == 5


def test_what_is_not_as_archived_is_told(room_over, crawled, tmp_path):
    root = shutil.copytree(crawled.collection, tmp_path / "newsroom")
    item = crawled.items()[0]
    warc = root / "archive" / item["capture"]["warc"]
    content = bytearray(warc.read_bytes())
    content[item["capture"]["offset"] + item["capture"]["length"] // 2] ^= 0xFF
    warc.write_bytes(content)
    client = room_over(root)
    page = tree(client.get(at("/verify", record=item["capture"]["record_id"])))
    assert text_of(page, "//h1") == "Not as it was archived"
    assert page.xpath("//li[@class='bad']")
    assert client.get(at("/record", record=item["capture"]["record_id"])).status_code in {200, 503}


# Search


def test_search_marks_what_was_found(client, crawled):
    item = crawled.items(language="en")[0]
    words = item["body"].split()[3:6]
    page = tree(client.get(at("/search", q=f'"{" ".join(words)}"')))
    assert item["title"] in text_of(page, "//ol[@class='results']")
    assert [word.lower() for word in page.xpath("//mark")[0].text_content().split()]


def test_an_address_leads_to_its_article(client, crawled):
    item = crawled.items()[0]
    answer = client.get(at("/search", q=item["url"] + "?utm_source=mail"))
    assert (answer.status_code, answer.headers["location"]) == (303, at("/article", in_="newsroom", url=item["url"]))


def test_an_address_may_be_written_as_pages_show_it(client, crawled):
    item = crawled.items(language="ar")[0]
    shown = unquote(item["url"])
    assert shown != item["url"]
    assert shown in text_of(article_page(client, item), "//aside")
    assert article_page(client, {"url": shown}).xpath("//h1")[0].text == item["title"]
    answer = client.get(at("/search", q=shown))
    assert (answer.status_code, answer.headers["location"]) == (303, at("/article", in_="newsroom", url=item["url"]))


def test_an_address_without_an_article_leads_to_its_captures(client, crawled):
    answer = client.get(at("/search", q=f"{crawled.base}/"))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        at("/calendar", in_="newsroom", url=f"{crawled.base}/"),
    )


def test_what_has_no_word_in_it_is_told(client):
    assert "no word in" in text_of(tree(client.get(at("/search", q='"" -'))), "//main")


def test_filters_and_pages(client, crawled):
    page = tree(client.get("/search?language=ar"))
    assert text_of(page, "//p[@role='status']") == f"{len(crawled.items(language='ar'))} articles"
    page = tree(client.get("/search?q=the&since=&until=&author=&sort=date"))
    (following,) = page.xpath("//a[@rel='next']/@href")
    assert tree(client.get(following)).xpath("//ol[@class='results']/@start") == ["21"]
    assert "Nothing found" in text_of(tree(client.get("/search?q=zzzzz")), "//main")
    assert "search without them" in text_of(tree(client.get("/search?q=zzzzz&site=x")), "//main")


# Over time


def test_revisions_and_what_changed(client, crawled):
    url = crawled.changed["headline"]
    page = tree(client.get(at("/revisions", url=url)))
    assert text_of(page, "//ol[@class='timeline']/li[2]//span[contains(@class, 'badge')]") == "headline"
    (link,) = page.xpath("//a[normalize-space()='what changed']/@href")
    old, new = (item["title"] for item in _revisions(crawled, url))
    for view in ("", "&view=side"):
        page = tree(client.get(link + view))
        field = page.xpath("//section[@class='field']")[0]
        assert field.xpath("./h2")[0].text == "Title"
        gone, come = (" ".join(part.text_content() for part in field.iter(tag)) for tag in ("del", "ins"))
        assert gone
        assert all(word in old for word in gone.split())
        assert come
        assert all(word in new for word in come.split())


def test_what_is_far_from_a_change_is_put_aside(client, crawled):
    page = tree(client.get(at("/diff", url=crawled.changed["correction"])))
    assert "paragraphs unchanged" in text_of(page, "//details[@class='aside']/summary")
    assert page.xpath("//details[not(@open)]//p[@class='same']")
    assert page.xpath("//div[@class='inline']//ins[not(ancestor::details)]")


def _revisions(crawled, url):
    with Collection.open(crawled.collection) as collection:
        return [one for one in collection.catalog.articles(latest=False) if one["url"] == url]


def test_an_earlier_revision_says_so(client, crawled):
    url = crawled.changed["headline"]
    page = tree(client.get(at("/article", url=url, revision=1)))
    assert "revision 1 of 2" in text_of(page, "//p[@class='notice']")
    assert client.get(at("/article", url=url, revision=7)).status_code == 404


@pytest.mark.parametrize(
    ("kind", "named"),
    [("headline", "headline"), ("correction", "correction"), ("silent", "silent edit"), ("gone", "removed")],
)
def test_changes_are_listed_by_kind(client, crawled, kind, named):
    page = tree(client.get("/changes"))
    rows = [row for row in page.xpath("//ol[contains(@class, 'changes')]/li") if named in row.text_content()]
    links = " ".join(link for row in rows for link in row.xpath(".//h2/a/@href"))
    assert at("", url=crawled.changed[kind]).removeprefix("?") in links


def test_changes_are_of_a_search(client, crawled):
    item = item_with(crawled, lambda item: item["url"] == crawled.changed["headline"])
    for asked in (
        at("/changes", q=f'"{item["title"]}"'),
        at("/changes", q=item["title"], site="newsroom", kind="headline"),
    ):
        page = tree(client.get(asked))
        assert len(page.xpath("//ol[contains(@class, 'changes')]/li")) == 1
        assert page.xpath("//p/a[starts-with(@href, '/search?q=')]")
    gone = item_with(crawled, lambda item: item["url"] == crawled.changed["gone"])
    assert "removed" in text_of(tree(client.get(at("/changes", q=f'"{gone["title"]}"'))), "//main//li")
    assert "No changes seen" in text_of(tree(client.get("/changes?q=zzzz")), "//main")
    assert "No changes seen" in text_of(tree(client.get("/changes?kind=restored")), "//main")


def test_a_removed_article_says_that_it_is_gone(client, crawled):
    page = tree(client.get(at("/article", url=crawled.changed["gone"])))
    assert "status 410" in text_of(page, "//p[@class='notice']")


def test_the_calendar_has_every_capture(client, crawled):
    url = crawled.changed["headline"]
    page = tree(client.get(at("/calendar", url=url)))
    assert len(page.xpath("//ul[@class='captures']/li")) == 2
    (day,) = page.xpath("//table[@class='month']//a/@href")
    assert page.xpath(f"//*[@id='{day[1:]}']")


def test_of_many_captures_those_of_a_day_are_listed(room_over, tmp_path, monkeypatch):
    monkeypatch.setattr("crawler.reading_room.routes.holdings.LISTED", 3)
    url = "http://news.example/often"
    with Collection.open(tmp_path / "often", write=True) as collection:
        for minute in (0, 1, 2, 24 * 60, 24 * 60 + 1):
            collection.archive(exchange_at(minute, url, b"<p>front</p>"))
    client = room_over(tmp_path / "often")
    page = tree(client.get(at("/calendar", url=url)))
    assert [len(page.xpath(path)) for path in ("//ul[@class='captures']/li", "//table//td/a")] == [2, 2]
    page = tree(client.get(page.xpath("//table//td/a/@href")[0]))
    assert len(page.xpath("//ul[@class='captures']/li")) == 3


# What is held


def test_a_sites_ledger_adds_up(client):
    page = tree(client.get("/site/newsroom"))
    counts = [int(row.xpath("./td[last()]")[0].text.replace(",", "")) for row in page.xpath("//tr[@class='total']")]
    announced = text_of(page, "//section[@aria-labelledby='ledger']/p").split()[0]
    assert sum(counts) == int(announced.replace(",", ""))
    assert page.xpath("//svg[@role='img']/@aria-label")


def test_the_list_of_sites_draws_the_same_days_in_less(client):
    of_site, of_list = (
        tree(client.get(path)).xpath("//figure[@class='chart']")[0] for path in ("/site/newsroom", "/sites")
    )
    days = [bar for bar in of_site.xpath(".//*[@class='bar']") if float(bar.get("height"))]
    assert of_list.xpath(".//path/@d")[0].count("M") == len(days) > 10
    assert len(html.tostring(of_list)) < len(html.tostring(of_site)) / 3


def test_a_run_is_reported(client):
    page = tree(client.get("/runs"))
    link = page.xpath("//table//th/a/@href")[0]
    page = tree(client.get(link))
    assert "exchanges" in text_of(page, "//ul[@class='figures']")
    assert "Not Modified" in text_of(page, "//section[@aria-labelledby='status-codes']")


def test_runs_come_in_pages(room_over, crawled, tmp_path, monkeypatch):
    monkeypatch.setattr("crawler.reading_room.routes.holdings.RUNS", 3)
    client = room_over(crawled.collection, shutil.copytree(crawled.collection, tmp_path / "other"))
    first, second = tree(client.get("/runs")), tree(client.get("/runs?page=2"))
    early, late = (page.xpath("//th[@scope='row']/a/text()") for page in (second, first))
    assert (len(late), len(early)) == (3, 1)
    assert [*late, *early] == sorted([*late, *early], reverse=True)
    assert first.xpath("//a[@rel='next']/@href") == ["/runs?page=2"]
    assert second.xpath("//a[@rel='next']") == []
    assert "No more runs" in text_of(tree(client.get("/runs?page=3")), "//main")


def test_of_many_sites_the_front_page_names_the_last_ones(room_over, crawled, tmp_path, monkeypatch):
    monkeypatch.setattr("crawler.reading_room.routes.finding.SITES", 1)
    page = tree(room_over(crawled.collection, shutil.copytree(crawled.collection, tmp_path / "other")).get("/"))
    assert len(page.xpath("//article")) == 7
    assert page.xpath("//section[@aria-labelledby='others']//a/@href") == ["/site/newsroom?in=other"]


# Nothing there


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/article?url=http://nowhere.example/", 404),
        ("/article", 422),
        ("/article?url=x&revision=0", 422),
        ("/search?since=yesterday", 422),
        ("/search?page=0", 422),
        ("/article?url=x&in=other", 404),
        ("/record?record=x", 404),
        ("/run/..%2f..", 404),
        ("/site/nobody", 404),
        ("/static/../app.py", 404),
        ("/static/%2e%2e/app.py", 404),
    ],
)
def test_what_is_not_there_is_told_to_people(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    page = html.fromstring(answer.text)
    assert len(page.xpath("//h1")) == 1
    assert "Traceback" not in unescape(answer.text)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/search?since=yesterday", "since should be a day such as 2024-06-11"),
        ("/search?page=0", "page should be greater than or equal to 1"),
        ("/article", "url must be given"),
        ("/article?url=http://nowhere.example/", "http://nowhere.example/ may be in another collection"),
    ],
)
def test_what_is_wrong_is_told_in_words(client, path, told):
    assert told in text_of(html.fromstring(client.get(path).text), "//main")


def test_several_collections_are_searched_together(room_over, crawled, tmp_path):
    other = shutil.copytree(crawled.collection, tmp_path / "other")
    client = room_over(crawled.collection, other)
    found = client.get("/api/search?q=the&sort=date&most=100").json()["hits"]
    assert {hit["collection"] for hit in found} == {"newsroom", "other"}
    dates = [hit["date"] for hit in found if hit["date"]]
    assert len(dates) == len(found)
    assert client.get(at("/article", url=crawled.items()[0]["url"])).status_code == 404, "which one must be said"


def test_a_catalog_without_an_index_says_so(room_over, crawled, tmp_path):
    """As with an SQLite that has no FTS5: what is known by its address is there all the same."""
    root = shutil.copytree(crawled.collection, tmp_path / "newsroom")
    with sqlite3.connect(root / "catalog.sqlite") as catalog:
        for trigger in ("added", "changed", "gone"):
            catalog.execute(f"DROP TRIGGER search_{trigger}")
        catalog.execute("DROP TABLE search_stale")
    catalog.close()
    client = room_over(root)
    for path in PAGES:
        assert client.get(path).status_code == 200
    assert "newswarc recover newsroom" in text_of(tree(client.get("/")), "//main")
    assert client.get(at("/article", url=crawled.items()[0]["url"])).status_code == 200


def test_an_empty_collection_says_what_next(room_over, tmp_path):
    Collection.open(tmp_path / "empty", write=True).close()
    client = room_over(tmp_path / "empty")
    assert "No articles yet" in text_of(tree(client.get("/")), "//main")
    for path in PAGES:
        assert client.get(path).status_code == 200
