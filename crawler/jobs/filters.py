"""Which of the archived pages are read at all: told from their index entry and their markup, before they are parsed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archives.cdxj import Capture
from archives.errors import ArchiveError
from archives.http import parse

HTML = frozenset({"text/html", "application/xhtml+xml"})
_STATED = re.compile(rb"""<html\b[^>]{0,2000}?\slang\s*=\s*["']?([A-Za-z]{2,8})(?=[-_"'\s>/])""", re.IGNORECASE)
_LOOKED_AT = 4096
"""Bytes of markup in which a page says its language."""


def is_page(capture: Capture) -> bool:
    """Whether a capture holds an HTML page that its server meant to give."""
    return capture.mime.lower() in HTML and 200 <= capture.status < 300 and capture.method == "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFilter:
    """What is wanted; None is whatever there is. Only HTML pages that their server meant to give are read anyway."""

    mimes: frozenset[str] | None = None
    """In lower case, e.g. 'application/xhtml+xml'."""
    statuses: frozenset[int] | None = None
    url: re.Pattern[str] | None = None
    """Has to be found in the URL."""
    languages: frozenset[str] | None = None
    """Primary tags in lower case, e.g. 'en'."""
    since: str | None = None
    """The first day of captures, e.g. '2031-03-02'."""
    until: str | None = None
    """The last day."""

    def wants(self, capture: Capture) -> bool:
        """Whether the page of a capture is to be read, as far as its index entry tells."""
        day = capture.date[:10]
        return (
            is_page(capture)
            and (self.mimes is None or capture.mime.lower() in self.mimes)
            and (self.statuses is None or capture.status in self.statuses)
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
            and (self.url is None or self.url.search(capture.url) is not None)
        )

    def wants_language(self, tag: str | None) -> bool:
        """Whether an article in a language, by its BCP 47 tag, is wanted; of an unknown one only if none is named."""
        return self.languages is None or (tag is not None and primary(tag) in self.languages)

    def may_want(self, message: bytes) -> bool:
        """Whether the page in a response message is worth reading: it states a language that is wanted, or none."""
        if self.languages is None:
            return True
        try:
            stated = list(stated_languages(message))
        except ArchiveError:
            return True  # whoever reads it says what is wrong
        return not stated or any(map(self.wants_language, stated))


def stated_languages(message: bytes) -> Iterator[str]:
    """What the root element says, or else the header: several languages perhaps; ArchiveError, if it cannot be read."""
    response = parse(message)
    if found := _STATED.search(response.body, 0, _LOOKED_AT):
        yield found[1].decode("ascii")
    else:
        header = response.head.text(b"content-language") or ""
        yield from filter(None, map(str.strip, header.split(",")))


def primary(tag: str) -> str:
    """'pt' of 'pt-BR'."""
    return re.split("[-_]", tag, maxsplit=1)[0].lower()


ANY_PAGE = PageFilter()
"""Wants whatever there is."""
