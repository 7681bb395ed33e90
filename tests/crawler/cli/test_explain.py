"""`newswarc explain`: in a terminal, for programs, and as a page of its own."""

import json
import re
from dataclasses import replace

import pytest
from lxml import etree, html

from archives.collection import Collection
from archives.exchange import message as archived_message
from crawler.export.explained import POLICY
from tests.crawler.cli.conftest import exchange

URL = "https://news.example/2031/03/02/council-asks-for-lamps"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31m\u202e"
PARAGRAPHS = "".join(
    f"<p>The council of Varnholm met for the {word} time this spring and heard the harbour master, who asked for new "
    "lamps along the northern quay before the autumn storms.</p>"
    for word in ("first", "second", "third", "fourth", "fifth")
)


def page(title="Council asks for new lamps", extra=""):
    return (
        f'<!doctype html><html lang=en><head><title>{title} - The Post</title><meta property="og:title" '
        f'content="Lamps: council asks for new ones"><meta property="og:site_name" content="The Post">'
        f'<link rel=canonical href="{URL}"><meta property="article:published_time" content="2031-03-02T08:00:00Z">'
        f'</head><body><nav><a href="/">Home</a></nav><article class="story big"><h1>{title}</h1>'
        f"<p class=byline>By Ada Lovelace</p>{PARAGRAPHS}<aside class=related><p>Related article</p>"
        f'<a href="/2031/03/01/harbour-master-counts-the-old-lamps">Harbour master counts the old lamps</a></aside>'
        f"{extra}{PARAGRAPHS.replace('lamps', 'boats')}</article></body></html>"
    ).encode()


@pytest.fixture
def explained(newswarc, tmp_path):
    """The explanation of a file, as JSON."""

    def explain(content, *arguments):
        (tmp_path / "page.html").write_bytes(content)
        said = newswarc("explain", "page.html", "--json", *arguments)
        assert (said.status, said.err) == (0, "")
        return json.loads(said.out)

    return explain


def test_fields_with_what_else_they_could_have_been(explained):
    fields = {field["name"]: field for field in explained(page())["fields"]}
    title = fields["title"]
    assert (title["value"], title["source"]) == ("Council asks for new lamps", "h1")
    assert {(item["source"], item["value"], item["chosen"]) for item in title["candidates"]} >= {
        ("h1", "Council asks for new lamps", True),
        ("og", "Lamps: council asks for new ones", False),
    }
    assert fields["authors"]["value"] == "Ada Lovelace"
    assert fields["date_published"]["candidates"][0]["source"] == "meta:article:published_time"
    assert fields["section"]["value"] is None
    assert all(sum(item["chosen"] for item in field["candidates"]) <= 1 for field in fields.values())


def test_each_block_has_its_probability_and_the_last_rule(explained):
    found = explained(page(extra='<div class="comment-list"><p>Comments</p></div>'))
    kept = [block for block in found["blocks"] if block["kept"]]
    assert len(kept) == 10
    assert all(block["rule"] == "trees" and block["probability"] > found["threshold"] for block in kept)
    assert kept[0]["where"] == "body > article.story > p"
    assert [block["index"] for block in found["blocks"]] == list(range(len(found["blocks"])))


def test_related_links_with_their_rule(explained):
    found = explained(page())
    (link,) = found["related"]
    assert (link["rule"], link["kind"], link["label"]) == ("label", "in_body", "Related article")
    assert found["blocks"][link["block"]]["text"] == "Harbour master counts the old lamps"


def test_where_no_data_settles_it_what_speaks_for_an_article_is_added_up(explained, newswarc):
    story = f"<html><head><title>Council asks for lamps</title></head><body><h1>Lamps</h1>{PARAGRAPHS}</body></html>"
    signs = explained(story.encode(), "--url", URL)["signs"]
    assert signs[0]["name"] == "any page"
    assert {"short heading", "prose below 1200"} <= {sign["name"] for sign in signs}
    total = sum(sign["weight"] for sign in signs)
    assert f"together {total:+}" in " ".join(newswarc("explain", "page.html", "--url", URL).out.split())


def test_a_page_that_is_no_article_is_explained_too(explained):
    found = explained(b"<html><head><title>Not found</title></head><body><h1>404</h1></body></html>", "--url", URL)
    assert found["verdict"] != "article"
    assert found["fields"]


def test_for_a_person(newswarc, tmp_path):
    (tmp_path / "page.html").write_bytes(page())
    said = newswarc("explain", "page.html")
    assert said.status == 0
    for part in ("Council asks for new lamps", "10 blocks of", "Ada Lovelace", "label", "in_body"):
        assert part in said.out


def test_the_newest_capture_of_an_address_is_explained(newswarc, archived):
    archived(
        ("/2031/03/02/council-asks-for-lamps", page("An older headline for it"), None),
        ("/2031/03/02/council-asks-for-lamps", page(), None),
    )
    for arguments in ((), ("--collection", "paper")):
        found = json.loads(newswarc("explain", URL, "--json", *arguments).out)
        assert (
            next(field["value"] for field in found["fields"] if field["name"] == "title")
            == "Council asks for new lamps"
        )
        assert found["capture"]["date"].startswith("2031-03-02T08:01")


def test_an_address_in_a_warc_file(newswarc, archived, tmp_path):
    archived(("/2031/03/02/council-asks-for-lamps", page(), None))
    (warc,) = (tmp_path / "collections/paper/archive").glob("*.warc.gz")
    found = json.loads(newswarc("explain", URL, "--json", "--collection", warc).out)
    assert found["verdict"] == "article"


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["https://news.example/elsewhere"], "crawl it"),
        (["nothing.html"], "no such file"),
        (["bare.html"], "add --url"),
        (["bare.html", "--url", "nonsense"], "as the browser shows it"),
        (["bare.html", "--url", URL, "--html", "no/such/why.html"], "choose another place"),
    ],
    ids=["not archived", "no file", "no address", "bad address", "no folder"],
)
def test_what_cannot_be_explained(newswarc, archived, tmp_path, arguments, advice):
    archived(("/a", page(), None))
    (tmp_path / "bare.html").write_bytes(b"<p>Nothing here")
    said = newswarc("explain", *arguments)
    assert (said.status, said.out) == (2, "")
    assert advice in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("folder", None, "folder: a folder, but no collection: there is no archive/ in it"),
        ("paper", None, "paper: a collection; give a URL and --collection paper"),
        ("full.warc", b"WARC/1.1\r\n", "full.warc: a WARC file; give a URL and --collection full.warc"),
        ("full.warc.gz", b"\x1f\x8b\x08\x00", "full.warc.gz: a WARC file; give a URL and --collection full.warc.gz"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a.pdf: a PDF, not HTML; name a page"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a.png: a picture, not HTML; name a page"),
        ("a.json", b'{"title": "Lamps"}', "a.json: JSON, not HTML; name a page"),
        ("a.xml", b"<?xml version='1.0'?><rss><channel/></rss>", "a.xml: XML, not HTML; name a page"),
        ("a.bin", bytes(range(1, 32)) * 9, "a.bin: a binary file, not HTML; name a page"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_file_that_is_no_page(newswarc, archived, tmp_path, name, content, says):
    archived(("/a", page(), None))
    (tmp_path / "folder").mkdir()
    if content:
        (tmp_path / name).write_bytes(content)
    for more in ((), ("--url", URL)):
        said = newswarc("explain", name, *more)
        assert (said.status, said.out) == (2, "")
        assert says in said.one_line


def test_a_capture_that_broke_off_is_called_truncated(newswarc, archived):
    archived(("/2031/03/02/council-asks-for-lamps", page()[:-400], "disconnect"))
    assert newswarc("extract", "paper").err == "0 articles; left out: 1 truncated\n"
    said = newswarc("explain", URL, "--html", "why.html")
    assert "article, truncated: the capture broke off, and extract leaves it out unless --truncated" in said.out
    found = json.loads(newswarc("explain", URL, "--json").out)
    assert (found["verdict"], found["truncated"]) == ("article", True)


def test_what_is_whole_is_not_called_truncated(newswarc, archived):
    archived(("/2031/03/02/council-asks-for-lamps", page(), None))
    assert "truncated" not in newswarc("explain", f"{URL}#comments").out
    assert json.loads(newswarc("explain", URL, "--json").out)["truncated"] is False


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("200 OK\r\nContent-Type: application/rss+xml", "as application/rss+xml; only HTML is extracted"),
        ("410 Gone\r\nContent-Type: text/html", "with status 410; only what a server gives with status 200 to 299 is"),
        ("301 Moved\r\nLocation: /b", "as a redirect (status 301); explain the address to which it leads"),
    ],
    ids=["feed", "gone", "moved"],
)
def test_what_was_captured_and_is_no_page(newswarc, tmp_path, head, says):
    message = f"HTTP/1.1 {head}\r\nContent-Length: 2\r\n\r\nno".encode()
    with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
        collection.archive(replace(exchange(URL, b"", None, 0), response=archived_message(message)))
    (warc,) = (tmp_path / "collections/paper/archive").glob("*.warc.gz")
    for source in ((), ("--collection", "paper"), ("--collection", warc)):
        said = newswarc("explain", f"{URL}#top", *source)
        assert (said.status, said.out) == (2, "")
        assert f"{URL}: captured at 2031-03-02T08:00:00" in said.one_line
        assert says in said.one_line


def test_a_page_goes_before_what_was_captured_later_and_is_none(newswarc, archived, tmp_path):
    archived(("/2031/03/02/council-asks-for-lamps", page(), None))
    with Collection.open(tmp_path / "collections" / "paper", write=True) as collection:
        gone = archived_message(b"HTTP/1.1 410 Gone\r\nContent-Length: 2\r\n\r\nno")
        collection.archive(replace(exchange(URL, b"", None, 7), response=gone))
    assert json.loads(newswarc("explain", URL, "--json").out)["verdict"] == "article"


def test_an_address_in_a_package(newswarc, archived):
    archived(("/2031/03/02/council-asks-for-lamps", page(), None))
    assert newswarc("pack", "paper", "-o", "paper.wacz").status == 0
    assert json.loads(newswarc("explain", URL, "--json", "--collection", "paper.wacz").out)["verdict"] == "article"
    assert "paper.wacz: a WACZ file; give a URL and --collection" in newswarc("explain", "paper.wacz").one_line


def test_archived_text_comes_to_life_nowhere(newswarc, tmp_path):
    """In a terminal no control character, in the page no element and no attribute that is not ours."""
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    hostile = page(escaped, extra=f'<p class="{escaped}">{escaped}</p>').replace(b"Ada Lovelace", escaped.encode())
    (tmp_path / "page.html").write_bytes(hostile)
    said = newswarc("explain", "page.html", "--html", "why.html")
    assert said.status == 0
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said.out)
    text = (tmp_path / "why.html").read_text(encoding="utf-8")
    root = html.document_fromstring(text)
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    tags = {"html", "head", "body", "meta", "title", "style", "h1", "h2", "p", "bdi", "table", "tr", "th", "td"}
    assert {element.tag for element in elements} <= tags
    assert {name for element in elements for name in element.attrib} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
    }
    assert "alert(1)" in root.text_content()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert etree.tostring(root.find(".//meta[@http-equiv]")).count(b"none") == POLICY.count("none")
