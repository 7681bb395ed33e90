"""When the article was first published and last changed, with zones; no time that the page does not tell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from crawler.extraction.date_marks import text_marks, time_marks
from crawler.extraction.document import Document
from crawler.extraction.linked_data import texts, types
from crawler.extraction.moments import Moment, read_moment
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected

_PUBLISHED_META = (
    "article:published_time", "article:published:time", "og:article:published_time", "article:published",
    "og:published_time", "article.published", "rnews:datepublished", "datepublished", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.created", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publish-date", "publish_date", "publication_date",
    "pubdate", "published_time", "publishdate", "published_at", "citation_publication_date", "article:create_at",
    "ptime", "firstpublished", "datecreated", "article_date_original", "originalpublicationdate", "apub:time",
    "publishtime", "weibo: article:create_at",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "article:modified:time", "og:article:modified_time", "article:modified",
    "og:updated_time", "article:updated_time", "datemodified", "dcterms.modified", "dc.date.modified",
    "dc.modified", "article.updated", "lastmod", "last-modified", "modified_time", "dateupdated", "revised",
)  # fmt: skip
_WEAK_META = (
    "date",
    "dc.date",
    "dcterms.date",
    "article:date",
    "created",
    "citation_date",
    "article_date",
    "news_date",
)
_IN_URL = re.compile(
    r"[/_-](?P<y>(?:19|20)\d{2})(?P<s>[/_-]?)(?P<m>0[1-9]|1[0-2]|[1-9](?=[/_-]))(?P=s)(?P<d>0[1-9]|[12]\d|3[01]"
    r"|[1-9](?=[/_-]))(?!\d)"
)
_IN_SCRIPT = re.compile(
    r"""["'](?:datePublished|publishedAt|published_at|publishDate|publish_date|publishedDate|published_time"""
    r"""|firstPublished(?:At|Date)?|publicationDate|pubDate|publishTime|displayDate|first_publish_date"""
    r"""|article_publish_date|publishedTime)\\?["']\s?:\s?\\?["']?([^"'\\,}]{8,40})"""
)
_PIECES = ("VideoObject", "CreativeWork", "PodcastEpisode")
_QUARTER = timedelta(minutes=15)
_SEASON = timedelta(days=14)
_FARTHEST = timedelta(hours=14)
_SCRIPTS_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and the rule that gave it."""

    moment: Moment
    source: str


def fill_dates(page: Page) -> Page:
    """Adds date_published and date_modified."""
    zone = page.rules.timezone if page.rules else None
    published, modified = list(_published(page)), list(_modified(page))
    zoned = [*published, *modified]
    published_at, modified_at = settled(published, zone, zoned), settled(modified, zone, zoned)
    if published_at:
        page = page.fill(published_at.source, date_published=str(published_at.moment))
    if modified_at:
        page = page.fill(modified_at.source, date_modified=str(modified_at.moment))
    return page


def settled(candidates: Iterable[Dated], zone: str | None = None, page_wide: Iterable[Dated] = ()) -> Dated | None:
    """The most trusted candidate, what it lacks of time and zone taken from the others where they agree with it.

    `zone` is the site's, `page_wide` all moments of the page: a naive time is on the clock that they are on.
    """
    ranked = list(candidates)
    if not ranked:
        return None
    first = ranked[0]
    moment = _honest(first.moment, [other.moment for other in ranked[1:]])
    if moment.clock is None or moment.is_midnight:
        moment = next(
            (other.moment for other in ranked[1:] if _tells_time_of(other.moment, moment)), moment.without_time()
        )
    if moment.clock and moment.offset is None:
        moment = _zoned(moment, [other.moment for other in ranked]).in_zone(zone or "")
        moment = _on_the_page_clock(moment, [other.moment for other in page_wide])
    return replace(first, moment=moment)


def _tells_time_of(other: Moment, day: Moment) -> bool:
    return other.clock is not None and not other.is_midnight and other.day == day.day


def _zoned(moment: Moment, others: list[Moment]) -> Moment:
    """A naive clock time with the zone of a source that shows the same time, or one some whole quarter hours away."""
    for other in others:
        if other.at is None or other.local is None or moment.local is None:
            continue
        gap = moment.local - other.local
        if abs(gap) < timedelta(minutes=1):
            return replace(moment, offset=other.offset)
        if other.offset == timedelta(0) and abs(gap) <= _FARTHEST and _is_quarters(gap):
            return replace(moment, offset=_rounded(gap))
    return moment


def _on_the_page_clock(moment: Moment, others: list[Moment]) -> Moment:
    """A naive time with the offset of the page's other local times, if they have one and are of the same season."""
    if moment.offset is not None:
        return moment
    offsets = {other.offset for other in others if other.offset and abs(other.day - moment.day) <= _SEASON}
    return replace(moment, offset=offsets.pop()) if len(offsets) == 1 else moment


def _honest(moment: Moment, others: list[Moment]) -> Moment:
    """A 'Z' on a local clock undone: another source shows the same clock time under a true offset."""
    if moment.offset != timedelta(0) or moment.local is None:
        return moment
    for other in others:
        if other.offset and other.local and abs(moment.local - other.local) < timedelta(minutes=1):
            return replace(moment, offset=other.offset)
    return moment


def _is_quarters(gap: timedelta) -> bool:
    return abs(gap - _rounded(gap)) < timedelta(minutes=1)


def _rounded(gap: timedelta) -> timedelta:
    return round(gap / _QUARTER) * _QUARTER


def _published(page: Page) -> Iterator[Dated]:
    document = page.document
    yield from _selected(page, "date_published")
    certain = list(_from_nodes(document, "datePublished"))
    certain += _from_metas(document, _PUBLISHED_META)
    yield from certain
    month_first = month_comes_first(document)
    needed = not any(dated.moment.at and not dated.moment.is_midnight for dated in certain)
    if not needed:
        return
    marks = time_marks(document.root, month_first=month_first)
    yield from (Dated(mark.moment, mark.source) for mark in marks if not mark.updated)
    in_url = day_in_url(document.url)
    if in_url:
        yield Dated(in_url, "url")
    shown = list(islice(text_marks(document.root, month_first=month_first), 12))
    yield from (Dated(mark.moment, mark.source) for mark in shown if not mark.updated)
    yield from _from_scripts(document)
    yield from _from_metas(document, _WEAK_META)
    yield from (Dated(mark.moment, mark.source) for mark in marks if mark.updated and not certain)


def _modified(page: Page) -> Iterator[Dated]:
    document = page.document
    yield from _selected(page, "date_modified")
    certain = list(_from_nodes(document, "dateModified"))
    certain += _from_metas(document, _MODIFIED_META)
    yield from certain
    if not certain:
        marks = time_marks(document.root, month_first=month_comes_first(document))
        yield from (Dated(mark.moment, mark.source) for mark in marks if mark.updated)


def _selected(page: Page, field: str) -> Iterator[Dated]:
    for found in selected(page, field):
        stamp = found.element.get("datetime") or found.element.get("content") if found.element is not None else None
        moment = read_moment(stamp or found.value)
        if moment:
            yield Dated(moment, found.source)


def _from_nodes(document: Document, name: str) -> Iterator[Dated]:
    articles = document.article_nodes
    others = (node for node in document.linked_data if node not in articles and _is_of_the_page(types(node)))
    for node in (*articles, *others):
        for text in texts(node, name, *(("uploadDate", "dateCreated") if name == "datePublished" else ())):
            moment = read_moment(text)
            if moment:
                yield Dated(moment, "json-ld")


def _is_of_the_page(kinds: tuple[str, ...]) -> bool:
    return any(
        kind.endswith("Page") or kind in ("VideoObject", "CreativeWork", "PodcastEpisode", "NewsMediaPage")
        for kind in kinds
    )


def _from_metas(document: Document, names: Iterable[str]) -> Iterator[Dated]:
    month_first = month_comes_first(document)
    for name in names:
        for content in document.meta.get(name, ())[:2]:
            moment = read_moment(content, month_first=month_first)
            if moment:
                yield Dated(moment, f"meta:{name}")


def _from_scripts(document: Document) -> Iterator[Dated]:
    left = _SCRIPTS_READ
    for script in document.scripts:
        if left <= 0:
            return
        found = _IN_SCRIPT.search(script[:left])
        left -= len(script)
        moment = read_moment(found[1]) if found else None
        if moment:
            yield Dated(moment, "script")


def day_in_url(url: str) -> Moment | None:
    """The day in the URL's path, e.g. of /2024/06/11/slug."""
    found = _IN_URL.search(url)
    return read_moment(f"{found['y']}-{found['m']:0>2}-{found['d']:0>2}") if found else None


def month_comes_first(document: Document) -> bool | None:
    """Whether 3/4/2024 is March here: in American English; None where English is of no country."""
    language = (
        (document.root.get("lang") or document.meta_content("og:locale", "language") or "").lower().replace("_", "-")
    )
    if language in ("en-us", "en-ph"):
        return True
    return None if language in ("en", "") else False
