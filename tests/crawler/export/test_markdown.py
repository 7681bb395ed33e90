import dataclasses
from typing import Any

import pytest

from crawler.export import to_markdown, write_json_lines, write_markdown
from crawler.items import Article, Author, Image, Link

ARTICLE = Article(
    url="https://example.org/2031/03/02/harbour-a77",
    canonical_url="https://example.org/2031/03/02/harbour-opens-a77",
    slug="harbour-opens-after-frost",
    title="Harbour Opens After *Frost*",
    byline="By Mira Holm and Coastwire",
    authors=(
        Author(name="Mira Holm", url="https://example.org/author/mira-holm"),
        Author(name="Coastwire", kind="agency"),
    ),
    date_published="2031-03-02T08:15:00+03:00",
    body="The ice broke on Sunday.\n\nShips sailed.",
    body_markdown=(
        "The ice **broke** on Sunday.\n\n**Related article:** [Ice Holds](https://example.org/ice-a70)\n\nShips sailed."
    ),
    images=(
        Image(url="https://example.org/2.jpg", caption="Second."),
        Image(url="https://example.org/1.jpg", caption="The quay at dawn.", credit="O. Lund / Coastwire", lead=True),
    ),
    related_links=(
        Link(title="Ice Holds", url="https://example.org/ice-a70", kind="in_body", label="Related article"),
    ),
    language="en",
)

MARKDOWN = """\
# Harbour Opens After \\*Frost\\*

By [Mira Holm](https://example.org/author/mira-holm) and Coastwire

March 2, 2031

The quay at dawn. **O. Lund / Coastwire**

The ice **broke** on Sunday.

**Related article:** [Ice Holds](https://example.org/ice-a70)

Ships sailed.

Original url:

<https://example.org/2031/03/02/harbour-opens-a77>
"""


def item(**changes: Any) -> dict[str, Any]:
    return dataclasses.asdict(dataclasses.replace(ARTICLE, **changes))


def test_a_whole_article():
    assert to_markdown(item()) == MARKDOWN


def test_what_is_not_known_is_left_out():
    bare = item(title=None, byline=None, authors=(), date_published=None, images=(), canonical_url=None)
    assert to_markdown(bare).startswith("The ice **broke**")
    assert to_markdown(bare).endswith("Original url:\n\n<https://example.org/2031/03/02/harbour-a77>\n")


def test_authors_stand_in_for_a_byline_that_is_not_printed():
    assert "\n\nBy [Mira Holm](https://example.org/author/mira-holm), Coastwire\n\n" in to_markdown(item(byline=None))


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "March 2, 2031"),
        ("en-GB", "2 March 2031"),
        ("de", "2. März 2031"),
        ("ru", "2 марта 2031\N{NARROW NO-BREAK SPACE}г."),
        ("ja", "2031年3月2日"),
        (None, "March 2, 2031"),
        ("tlh", "March 2, 2031"),
        ("not a tag", "March 2, 2031"),
    ],
)
def test_the_day_is_written_as_the_language_does(language, written):
    assert f"\n\n{written}\n\n" in to_markdown(item(language=language))


def test_one_file_an_article_named_by_date_and_slug_and_address(tmp_path):
    items = [item(), item(url="https://example.org/other"), item(date_published=None, slug="../../escape")]
    assert write_markdown(items, tmp_path / "out") == 3
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "2031-03-02-harbour-opens-after-frost-15e47726.md",
        "2031-03-02-harbour-opens-after-frost-55208e33.md",
        "undated-escape-15e47726.md",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_json_lines_keep_the_items_order_and_script(tmp_path):
    path = tmp_path / "items.jsonl"
    with path.open("w", encoding="utf-8") as out:
        assert write_json_lines([item(title="Гавань открыта")], out) == 1
    line = path.read_text(encoding="utf-8")
    assert '"title": "Гавань открыта"' in line
    assert line.index('"url"') < line.index('"slug"') < line.index('"body"') < line.index('"extractor"')


def test_the_byline_is_text_around_the_names_too():
    byline = "By Mira Holm and *Coastwire* <i>"
    assert "\n\nBy [Mira Holm](https://example.org/author/mira-holm) and \\*Coastwire\\* \\<i\\>\n\n" in to_markdown(
        item(byline=byline)
    )
