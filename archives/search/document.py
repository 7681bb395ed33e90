"""An item → what is searched of it, and what a list shows of it."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from archives.revisions import record_id_of
from archives.search.words import UNSEEN, words

Item = Mapping[str, Any]

LEAD = 300
"""Characters of the text that a list shows."""
LONGEST_LABEL = 600
"""Characters in which labels may differ: PostgreSQL has no more than 2,700 bytes of a row in an index."""


def text_of(item: Item) -> dict[str, str]:
    """Column of the text index → its words."""
    body, description = item.get("body") or "", item.get("description") or ""
    captions = (image.get("caption") for image in item.get("images") or ())
    prose = [body, *(one for one in (description, *captions) if one and one not in body)]
    names = [author["name"] for author in item.get("authors") or ()] or [item.get("byline") or ""]
    return {
        "title": words(item.get("title")),
        "authors": words("\n".join(names)),
        "labels": words("\n".join(filter(None, [item.get("section"), *(item.get("tags") or ())]))),
        "body": words("\n\n".join(prose)),
    }


def labels_of(item: Item) -> Iterator[tuple[str, str]]:
    """Kind and label of each author, section and tag."""
    yield from (("author", UNSEEN.sub("", author["name"])) for author in item.get("authors") or ())
    yield from (("tag", UNSEEN.sub("", tag)) for tag in item.get("tags") or ())
    if item.get("section"):
        yield "section", UNSEEN.sub("", item["section"])


def folded(label: str) -> str:
    """A label without what a reader may not see as a difference: case, accents, white space."""
    marks = unicodedata.normalize("NFKD", " ".join(label.split()).casefold())
    return "".join(letter for letter in marks if not "\u0300" <= letter <= "\u036f")[:LONGEST_LABEL]


def language_of(item: Item) -> str | None:
    """'pt' of 'pt-BR'."""
    return (item.get("language") or "").partition("-")[0].lower() or None


def moment_of(item: Item, first_captured: str) -> str:
    """When it came out, as UTC or as a day, or else when it was first captured: what articles are sorted by."""
    date = item.get("date_published") or first_captured
    try:
        there = datetime.fromisoformat(date)
    except ValueError:
        return first_captured
    if len(date) <= len("2024-06-11") or there.tzinfo is None:
        return str(date)
    try:
        return there.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return str(date)


def card_of(item: Item, url: str) -> str:
    """What a list shows, as JSON."""
    lead = " ".join((item.get("description") or item.get("body") or "")[: 2 * LEAD].split())
    images = item.get("images") or ()
    picture = next((image for image in images if image.get("lead")), next(iter(images), None))
    return json.dumps(
        {
            "url": url,
            "title": item.get("title"),
            "byline": item.get("byline") or ", ".join(author["name"] for author in item.get("authors") or ()) or None,
            "date": item.get("date_published"),
            "section": item.get("section"),
            "language": item.get("language"),
            "lead": lead if len(lead) <= LEAD else lead[:LEAD].rsplit(" ", 1)[0] + " …",
            "image": picture and picture["url"],
            "revision": item.get("revision"),
            "record_id": record_id_of(item),
        },
        ensure_ascii=False,
    )
