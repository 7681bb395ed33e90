"""What discovery finds: a URL, who announced it and how; or that a source cannot be read."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urljoin

from crawler.discovery.url import LONGEST, clean_url, fault, normalised

SourceKind = Literal["feed", "sitemap", "news_sitemap", "section", "seed", "redirect"]


class Unreadable(Exception):
    """A source that cannot be read; its text is one line: what is wrong and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One URL that a source announced."""

    url: str
    """Absolute, normalised, without fragment; shortened and escaped where `refused` says why it cannot be asked for."""
    kind: SourceKind
    date: str | None = None
    """When the source says it was published or changed, ISO 8601; None if it does not."""
    title: str | None = None
    """As the source gives it."""
    refused: str | None = None
    """Why the URL cannot be asked for, e.g. 'URL of 20000 characters'; None if it can."""


def announced(
    base: str, link: str, kind: SourceKind, *, date: str | None = None, title: str | None = None
) -> Announced:
    """The announcement of a link that stands in the source at `base`."""
    target = clean_url(joined) if (joined := _joined(base, link)) else None
    if target is not None:
        return Announced(url=normalised(target), kind=kind, date=date, title=title)
    reason = fault(joined or link.strip()) or "malformed URL"
    return Announced(url=quote(link.strip()[:200], safe=":/?&=%"), kind=kind, date=date, title=title, refused=reason)


def _joined(base: str, link: str) -> str | None:
    link = re.sub(r"[\t\r\n]+", "", link.strip(" \t\r\n\x00"))
    if not link or len(link) > LONGEST:
        return None
    try:
        return urljoin(base, link)
    except ValueError:
        return None
