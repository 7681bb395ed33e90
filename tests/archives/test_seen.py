"""What a reader calls a change of the story, and what not."""

import pytest

from archives.revisions import item_digest
from archives.seen import changed_fields, seen_digest, show_the_same

STORY = {
    "url": "https://n.example/a",
    "title": "Ferry “late” again — harbour master",
    "byline": "By Ada Lovelace",
    "authors": [{"name": "Ada Lovelace", "url": "https://n.example/ada", "kind": "person"}],
    "date_published": "2024-06-11T10:00:00+03:00",
    "date_modified": "2024-06-11T10:00:00+03:00",
    "body": "The ferry didn’t sail on Monday.\n\nIt sails 2 hours ago in no book.",
    "description": "A ferry is late.",
    "images": [
        {"url": "https://n.example/i/ferry-at-quay-1200x800.jpg?w=1200", "caption": "The ferry.", "credit": "AP"},
        {"url": "https://n.example/i/quay.jpg", "caption": None, "credit": None},
    ],
    "related_links": [{"title": "Earlier", "url": "https://n.example/b", "kind": "in_body", "label": None}],
    "section": "Town",
    "tags": ["Ferries", "Harbour"],
    "access": "free",
    "kind": "article",
    "capture": {"record_id": "<urn:x:1>"},
}

SAME = {
    "quotes": {"title": 'Ferry "late" again - harbour master'},
    "white-space": {"title": "Ferry “late” again —  harbour\u00a0master"},
    "paragraphs": {"body": "The ferry didn't sail on Monday.\nIt sails 2 hours ago in no book."},
    "counters": {"body": f"1,234 views\n\n{STORY['body']}\n\nComments (56)\n\n3 hours ago · 12 shares"},
    "age-in-byline": {"byline": "By Ada Lovelace · 3 hours ago"},
    "age-in-german": {"body": f"Aktualisiert: vor 5 Minuten\n{STORY['body']}"},
    "age-in-russian": {"body": f"5 минут назад\n{STORY['body']}"},
    "age-in-japanese": {"body": f"{STORY['body']}\n3時間前\n12件のコメント"},
    "age-in-arabic": {"body": f"{STORY['body']}\nمنذ 3 ساعات"},
    "related": {"related_links": []},
    "tags": {"tags": ["harbour", "Ferries"]},
    "picture-sizes": {
        "images": [
            STORY["images"][1],
            {**STORY["images"][0], "url": "https://cdn.n.example/x/ferry-at-quay-640x480.webp?w=640&s=ab12"},
        ]
    },
    "instant": {"date_published": "2024-06-11T07:00:00+00:00"},
    "modified-alone": {"date_modified": "2024-06-12T10:00:00+03:00"},
    "author-page": {"authors": [{"name": "Ada Lovelace", "url": None, "kind": "person"}]},
    "not-of-the-story": {"capture": {"record_id": "<urn:x:2>"}, "extractor": "newer", "sources": {"title": "h1"}},
}

DIFFERENT = {
    "title": "Ferry “late” again — says harbour master",
    "byline": "By Ada Lovelace and AP",
    "authors": [],
    "date_published": "2024-06-11T10:01:00+03:00",
    "body": "The ferry didn’t sail on Tuesday.\n\nIt sails 2 hours ago in no book.",
    "description": None,
    "images": [{**STORY["images"][0], "caption": "Another ferry."}, STORY["images"][1]],
    "section": "Sea",
    "tags": ["Ferries"],
    "access": "paywalled",
    "kind": "opinion",
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_noise_is_no_change(changes):
    other = STORY | changes
    assert changed_fields(STORY, other) == changed_fields(other, STORY) == []
    assert seen_digest(STORY) == seen_digest(other)


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_change_is_one(name):
    other = STORY | {name: DIFFERENT[name]}
    assert changed_fields(STORY, other) == [name]
    assert not show_the_same(other, STORY)
    assert seen_digest(STORY) != seen_digest(other)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("12 people died.", "13 people died.", id="figures"),
        pytest.param("The fire broke out 2 hours ago.", "The fire broke out 3 hours ago.", id="age-in-prose"),
        pytest.param("She got 1,200 comments from us", "She got 1,300 comments from us", id="counted-in-prose"),
        pytest.param("About Lovelace.", "about Lovelace.", id="case"),
    ],
)
def test_prose_is_compared_as_it_stands(before, after):
    assert changed_fields({"body": before}, {"body": after}) == ["body"]


def test_the_digest_in_catalogs_is_what_it_always_was():
    """Were it made otherwise, every article of every collection would look as if somebody had changed it."""
    assert item_digest({"title": "Ferry late", "body": "It is late."}) == "sha1:YMRBKCHXDP35PAMYLH3LQM6QWEVUXXHV"


@pytest.mark.timeout(20)
def test_long_lines_cost_no_time():
    for line in ("1" * 200_000, " \u00a0" * 100_000, "1 " * 100_000, "views " * 50_000, "«" + " " * 200_000 + "x"):
        changed_fields({"body": line, "byline": line}, {"body": f"{line}x", "byline": f"{line}x"})
