"""The article and its parts, as they leave the crawler: frozen, plain, one JSON line each."""

from dataclasses import dataclass, field
from typing import Any, Literal

AuthorKind = Literal["person", "agency", "organization"]
LinkKind = Literal["in_body", "end_of_article"]
Access = Literal["free", "metered", "paywalled"]
ArticleKind = Literal["article", "live_blog", "opinion", "gallery", "video", "podcast", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One author of an article, in printed order."""

    name: str
    """Without role, place, date, e-mail address or "By", e.g. 'Ada Lovelace'."""
    url: str | None = None
    """Absolute URL of the author's page; None if the page links none."""
    kind: AuthorKind = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One of the story's own pictures."""

    url: str
    """Absolute."""
    caption: str | None = None
    """As printed, without the credit."""
    credit: str | None = None
    """As printed, e.g. 'Darko Vojinovic / AP'."""
    lead: bool = False
    """True for the picture that opens the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A related link: another piece of journalism offered, apart from the prose, as further reading on this story."""

    title: str | None
    """The target's headline as shown, without label or kicker; None if the page shows none."""
    url: str
    """Absolute, without fragment and tracking parameters, otherwise as found."""
    kind: LinkKind
    """`in_body` between the first and the last body paragraph, `end_of_article` after the last."""
    label: str | None = None
    """The printed label, e.g. 'Related article' or 'Lesen Sie auch'; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRef:
    """Where the bytes are that an article was extracted from."""

    warc: str
    """File name in the collection's archive folder, without `.open`."""
    offset: int
    """Of the record's gzip member in the file, in bytes."""
    length: int
    """Of the member, in bytes."""
    record_id: str
    """WARC-Record-ID, e.g. '<urn:uuid:…>'."""
    date: str
    """WARC-Date: when the request was sent, e.g. '2024-06-11T10:00:00.123456Z'."""
    payload_digest: str
    """Of the entity body without transfer coding, e.g. 'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'."""
    status: int
    """HTTP status of the response, e.g. 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What was understood of one captured news page. An unknown value is None or empty, never a guess."""

    url: str
    """The URL that was captured: the record's target URI."""
    canonical_url: str | None = None
    """What the page says its own URL is, absolute."""
    slug: str = ""
    """python-slugify of the title, else of the URL's last path segment; file names come from it."""
    site: str | None = None
    """The configured site's name."""
    title: str | None = None
    """The headline as a reader sees it, without site name, kicker or "Live:"."""
    byline: str | None = None
    """The credit line as printed, e.g. 'By Ada Lovelace and AP'; None if the page prints none."""
    authors: tuple[Author, ...] = ()
    """Parsed from byline and structured data, in printed order, no repeats."""
    date_published: str | None = None
    """First publication, ISO 8601 with its UTC offset; the day alone where the page tells no time."""
    date_modified: str | None = None
    """Last update as the page states it, in the same form."""
    body: str = ""
    """The prose: standfirst, paragraphs, subheadings, lists, quotes; blocks separated by a blank line."""
    body_markdown: str = ""
    """The same with headings, emphasis, links, lists and block quotes kept; each in-body related link stands at its
    place as a paragraph of its own, `**Related article:** [title](url)`, with the printed label if there is one."""
    description: str | None = None
    """Standfirst or meta description."""
    images: tuple[Image, ...] = ()
    """Lead first."""
    related_links: tuple[Link, ...] = ()
    """In document order, no repeats."""
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    """BCP 47, e.g. 'en' or 'pt-BR'."""
    access: Access | None = None
    """As the page declares it."""
    kind: ArticleKind = "article"
    sources: dict[str, str] = field(default_factory=dict)
    """Per field, the rule that gave it, e.g. {'title': 'json-ld', 'byline': 'selector:themoscowtimes'}."""
    capture: CaptureRef | None = None
    """None only where no archive stands behind the page (a lone HTML file)."""
    revision: int = 1
    """1 for the first capture of this article, one more for each capture that differs."""
    extractor: str = ""
    """E.g. 'newswarc/0.1.0+1f3a9c02': version and digest of the rules and the site file used."""


def as_item(article: Article) -> dict[str, Any]:
    """The article as plain data, keys in order: what is one JSON line."""
    return _plain(article)  # type: ignore[no-any-return]  # an article is a dict of its fields


def _plain(value: Any) -> Any:  # noqa: ANN401  # whatever a field may hold
    if isinstance(value, _PARTS):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


_PARTS = (Article, Author, Image, Link, CaptureRef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that is no article, with the reason: a miss is a value, not an exception."""

    url: str
    reason: str
    """E.g. 'not an article: listing', 'no body'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """What extraction may know of a configured site: its name, zone and selectors, valid for the captures at hand."""

    name: str
    timezone: str | None = None
    """IANA zone of naive printed dates, e.g. 'Europe/Moscow'."""
    selectors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Per field (`title`, `byline`, `author`, `date_published`, `date_modified`, `body`, `related`, `remove`,
    `caption`, `credit`, `tags` …) CSS selectors, tried in order."""
    digest: str = ""
    """Of the site file, so that an item tells which one gave it."""
