"""`make score`: any corpus that is given, held against its floors; without one it says so."""

import gzip
import json

import pytest

from tests.scoring import __main__ as scoring
from tests.scoring.corpus import digest, known_pages

URL = "https://news.example/2031/03/02/council-asks-for-lamps"
PARAGRAPHS = [
    f"The council of Varnholm met for the {word} time this spring and heard the harbour master, who asked for "
    "new lamps along the northern quay before the autumn storms."
    for word in ("first", "second", "third", "fourth", "fifth")
]
BODY = "\n\n".join(PARAGRAPHS)


@pytest.fixture
def corpus(tmp_path):
    """A page whose title is known rightly, and a second one that is in no WARC file."""
    story = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    title = "Council asks for lamps"
    page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{story}</article></body></html>"
    message = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n{page}".encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        f"WARC-Date: 2031-03-02T08:00:00Z\r\nWARC-Target-URI: {URL}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(message)}\r\n\r\n"
    )
    (tmp_path / "pages.warc.gz").write_bytes(gzip.compress(head.encode() + message + b"\r\n\r\n"))
    rows = [
        {"url": URL, "dataset": "town", "title": "Council asks for lamps", "body": BODY},
        {"url": f"{URL}-again", "dataset": "town", "title": "Council asks again", "body": BODY},
    ]
    (tmp_path / "gold.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    related = {"url": URL, "related": [{"url": "https://news.example/a", "kind": "in_body"}]}
    (tmp_path / "related.jsonl").write_text(json.dumps(related), encoding="utf-8")
    return tmp_path


@pytest.fixture
def score(monkeypatch, capsys, tmp_path):
    """Runs the command with these floors; gives its exit status and what it said."""

    def run(*arguments, floors=""):
        (tmp_path / "floors.toml").write_text(floors, encoding="utf-8")
        monkeypatch.setattr(scoring, "FLOORS", tmp_path / "floors.toml")
        monkeypatch.setattr("sys.argv", ["scoring", *map(str, arguments)])
        return scoring.main(), capsys.readouterr()

    return run


def test_a_corpus_without_floors(score, corpus):
    status, said = score(corpus, "--json")
    (scores,) = json.loads(said.out).values()
    assert status == 0
    assert scores["town"]["title_exact"] == 0.5
    assert scores["town"]["body_precision"] == 1
    assert scores["town"]["body_recall"] == 0.5
    assert scores["related"]["recall"] == 0


@pytest.mark.parametrize(("floor", "status"), [(0.5, 0), (0.51, 1)])
def test_a_corpus_known_by_its_digest(score, corpus, floor, status):
    found, said = score(corpus, floors=f'["{digest(corpus)}".town]\ntitle_exact = {floor}\n')
    assert found == status
    assert ("title_exact: 0.5000, at least 0.51 wanted" in said.err) == bool(status)


def test_without_a_corpus_it_says_so(score):
    status, said = score()
    assert status == 0
    assert said.out.startswith("no corpus: make score CORPUS=")


def test_pages_of_a_corpus(corpus):
    """For measuring speed: those that are there, with what is known of them."""
    (page,) = known_pages(corpus)
    assert (page.url, page.gold["title"], page.content_type) == (URL, "Council asks for lamps", "text/html")
    assert [link["kind"] for link in page.related] == ["in_body"]
