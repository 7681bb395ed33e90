"""An article as Markdown: headline, byline, date written out, photo caption, body with related links, original URL."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from slugify import slugify

from crawler.export.folders import Folder
from crawler.export.places import folder

NAME_LENGTH = 120
"""Longest file name stem, in characters; file systems stop at 255 bytes."""
_DIGITS = 8
SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_NAME = re.compile(r"(?:\d{4}-\d\d-\d\d|undated)-.+-([0-9a-f]{8})\.md")
"""What `file_name` gives, with the digest."""


def to_markdown(item: Mapping[str, Any]) -> str:
    """The whole document; parts that are not known are left out."""
    parts = [
        f"# {escape(item['title'])}" if item["title"] else None,
        byline(item),
        written_date(item["date_published"], item["language"]),
        lead_caption(item["images"]),
        item["body_markdown"] or None,
        "Original url:",
        _address_line(item["canonical_url"] or item["url"]),
    ]
    return "\n\n".join(part for part in parts if part)


def byline(item: Mapping[str, Any]) -> str | None:
    """The printed line with each author's name linked to their page; made from the authors where none is printed."""
    authors = item["authors"]
    if not item["byline"]:
        return f"By {', '.join(linked(author) for author in authors)}" if authors else None
    names = {author["name"]: author for author in authors if author["url"]}
    if not names:
        return escape(item["byline"])
    name = re.compile(f"({'|'.join(re.escape(name) for name in sorted(names, key=len, reverse=True))})")
    return "".join(linked(names[part]) if part in names else escape(part) for part in name.split(item["byline"]))


def linked(author: Mapping[str, Any]) -> str:
    """An author's name, as a link if they have a page."""
    name = escape(author["name"])
    return f"[{name}]({author['url']})" if author["url"] else name


def written_date(published: str | None, language: str | None) -> str | None:
    """The day as the article's language writes it, e.g. 'June 11, 2024'; in English where the language is not known."""
    if not published:
        return None
    return format_date(date.fromisoformat(published[:10]), "long", locale_of(language))


def locale_of(language: str | None) -> Locale:
    """Babel's locale for a BCP 47 tag; English for one that it does not know."""
    try:
        return Locale.parse(language or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def lead_caption(images: Iterable[Mapping[str, Any]]) -> str | None:
    """Caption of the lead photo with its credit in bold."""
    lead = next((image for image in images if image["lead"]), None)
    if lead is None:
        return None
    caption = escape(lead["caption"] or "")
    credit = f"**{escape(lead['credit'])}**" if lead["credit"] else ""
    return f"{caption} {credit}".strip() or None


def escape(text: str) -> str:
    """Text with Markdown's special characters made plain (CommonMark 2.4)."""
    return SPECIAL.sub(r"\\\1", text)


def file_name(item: Mapping[str, Any], *, numbered: bool = False) -> str:
    """Day, slug and digest of the address, e.g. '2024-06-11-a-headline-1f0e9c3a.md'; never more than one path segment.

    So whenever it is written, no article takes the file of another one, and its next revision does where it has the
    same headline. `numbered`: the revision has its number there, and a file of its own.
    """
    day = (item["date_published"] or "undated")[:10]
    slug = slugify(item["slug"], max_length=NAME_LENGTH) or "untitled"
    digest = _digest(item)
    return f"{day}-{slug}-{digest}-r{item['revision']}.md" if numbered else f"{day}-{slug}-{digest}.md"


def _digest(item: Mapping[str, Any]) -> str:
    return hashlib.sha256(item["url"].encode()).hexdigest()[:_DIGITS]


def write_markdown(items: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write each item to a file of its own in a folder, which is made if need be; returns how many.

    If not all can be written, nothing changes.
    """
    with folder(str(path), durable=False) as out:
        return write_markdown_files(items, out)


def write_markdown_files(items: Iterable[Mapping[str, Any]], out: Folder, *, revisions: bool = False) -> int:
    """The same in a folder that is open; of `revisions` each has a file.

    If not, what the folder has of an article under an earlier headline goes.
    """
    count, there = 0, {} if revisions else _by_digest(out.names(""))
    for count, item in enumerate(items, 1):  # noqa: B007 — the last number is the count
        name = file_name(item, numbered=revisions)
        with out.create(name) as file:
            file.write(to_markdown(item).encode())
        for earlier in there.get(_digest(item), ()):
            if earlier != name and _is_of(item, out.content(earlier)):
                out.supersede(earlier)
    return count


def _by_digest(names: Iterable[str]) -> dict[str, list[str]]:
    """Names of articles' files by the digests of their addresses."""
    found: dict[str, list[str]] = {}
    for name in names:
        if match := _NAME.fullmatch(name):
            found.setdefault(match[1], []).append(name)
    return found


def _is_of(item: Mapping[str, Any], written: bytes) -> bool:
    """Whether a file is of the article: of very many articles, two may have the same digest."""
    addresses = (item["url"], item["canonical_url"])
    return any(written.endswith(_address_line(address).encode()) for address in addresses if address)


def _address_line(address: str) -> str:
    return f"<{address}>\n"
