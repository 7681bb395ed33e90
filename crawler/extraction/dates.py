"""When the article was first published and last changed, with zones; no time that the page does not tell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache

from crawler.extraction.clocks import Clock, honest, on_the_urls_day, zoned
from crawler.extraction.date_marks import Mark, date_lines, headline_marks, text_marks, time_marks
from crawler.extraction.date_order import month_comes_first
from crawler.extraction.document import Document
from crawler.extraction.linked_data import texts, types
from crawler.extraction.moments import Moment, read_moment
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected
from crawler.extraction.zones import zones_of

_PUBLISHED_META = (
    "article:published_time", "article:published:time", "og:article:published_time", "article:published",
    "og:published_time", "article.published", "rnews:datepublished", "datepublished", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.created", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publish-date", "publish_date", "publication_date",
    "pubdate", "published", "published_time", "publishdate", "published_at", "citation_publication_date",
    "article:create_at", "ptime", "firstpublished", "datecreated", "article_date_original", "originalpublicationdate",
    "apub:time", "publishtime", "weibo: article:create_at",
)  # fmt: skip
_PUBLISHED_NAME = re.compile(
    r"(?:^|[.:_-])(?:(?:article|first|original|story|news)[._-]?)?"
    r"(?:pub(?:lish(?:ed)?|lication)?[._-]?(?:date|time|at|on)|date[._-]?publi(?:shed|cation))(?:[._-]?(?:iso|utc|gmt))?$"
)
"""Other names that publishers give it: 'cms:pubDate', 'article.publishDateIso'."""
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
_NAMED_IN_URL = re.compile(r"/(?P<y>(?:19|20)\d{2})/(?P<m>[a-z]{3,12})/(?P<d>\d{1,2})(?!\w)")
_SCRIPT_NAMES = (
    "datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "publishedDate", "published_time",
    "firstPublishedAt", "firstPublishedDate", "firstPublished", "publicationDate", "pubDate", "publishTime",
    "displayDate", "first_publish_date", "article_publish_date", "publishedTime", "firstPublicationDate", "regDt",
    "regDate", "deployDt", "deployDate", "serviceDt", "serviceDate", "issueDt", "issueDate",
)  # fmt: skip
_SCRIPT_STEMS = (
    "ublished", "ublishDate", "ublish_date", "ublishTime", "ublicationDate", "pubDate", "displayDate", "regD",
    "deployD", "serviceD", "issueD",
)  # fmt: skip
"""One of them is in each of the names."""
_WORDS = "|".join(rf"{name[0]}(?<!\w{name[0]}){name[1:]}" for name in _SCRIPT_NAMES)
"""Each as a word: with `\\b` before them all the search could not pass quickly over what begins none."""
_IN_SCRIPT = re.compile(rf"""(?:{_WORDS})\\?["']?\s?:\s?\\?["']?([^"'\\,}}]{{8,40}})""")
_CLEAR = -0.6
"""The score below which a shown date is less certain than one in the URL."""
_HARDLY = 0.3
_BY_HEADLINE = -0.35
_OLDEST = 1995
"""The first year of newspapers on the web."""
_MARKED_UP = 0.3
_SCRIPTS_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and the rule that gave it."""

    moment: Moment
    source: str


def fill_dates(page: Page) -> Page:
    """Adds date_published and date_modified."""
    told = _Told(page)
    publications, updates = list(told.published()), list(told.modified())
    clock = _clock_of(page, [*publications, *updates])
    published_at = settled(publications, clock, day_in_url(page.document.url))
    modified_at = settled(updates, clock)
    if published_at:
        page = page.fill(published_at.source, date_published=str(published_at.moment))
    if modified_at:
        page = page.fill(modified_at.source, date_modified=str(modified_at.moment))
    return page


def settled(candidates: Iterable[Dated], clock: Clock, day: Moment | None = None) -> Dated | None:
    """The most trusted candidate, what it lacks of time and zone taken from the others where they agree with it.

    `day` is the one by which the URL dates what is sought, if it does.
    """
    ranked = list(candidates)
    if not ranked:
        return None
    first = ranked[0]
    others = [other.moment for other in ranked[1:]]
    moment = honest(first.moment, others, clock)
    source = next((other.source for other in ranked if other.moment is moment), first.source)
    if moment.clock is None or moment.is_midnight:
        moment = next((other for other in others if _tells_time_of(other, moment)), moment.without_time())
    if moment.clock and moment.offset is None:
        moment = clock.read(zoned(moment, others))
    return Dated(clock.show(on_the_urls_day(moment, others, clock, day)), source)


def _clock_of(page: Page, dated: list[Dated]) -> Clock:
    document = page.document
    return Clock(
        site=page.rules.timezone if page.rules else None,
        country=zones_of(document.url, document.root.get("lang") or document.meta_content("og:locale")),
        moments=tuple(one.moment for one in dated),
        document=document,
    )


def _tells_time_of(other: Moment, day: Moment) -> bool:
    return other.clock is not None and not other.is_midnight and other.day == day.day


def published(page: Page) -> Iterator[Dated]:
    """The moments at which the page may have been published, the most trusted first."""
    return _Told(page).published()


def modified(page: Page) -> Iterator[Dated]:
    """The moments at which the page may have been changed last, the most trusted first."""
    return _Told(page).modified()


@dataclass(frozen=True, eq=False)
class _Told:
    """What a page tells of its dates; what both of them are judged by is read once."""

    page: Page

    @cached_property
    def month_first(self) -> bool | None:
        return month_comes_first(self.page)

    @cached_property
    def updates(self) -> list[Dated]:
        """The last changes that the page's data tell."""
        document = self.page.document
        return [*_from_nodes(document, "dateModified"), *self.from_metas(_MODIFIED_META)]

    @cached_property
    def shown(self) -> list[Mark]:
        """The dates that the page shows, the best first; a `time` element is worth more than bare text."""
        places = self.page.places
        timed = time_marks(self.page.document, places, month_first=self.month_first)
        bare = text_marks(places, month_first=self.month_first)
        return sorted((*timed, *bare), key=lambda mark: -mark.score - _MARKED_UP * (mark.source != "text"))

    def published(self) -> Iterator[Dated]:
        document = self.page.document
        yield from _selected(self.page, "date_published")
        certain = list(_from_nodes(document, "datePublished"))
        certain += self.from_metas((*_PUBLISHED_META, *filter(_names_publication, document.meta)))
        if certain and not any(_is_later(update.moment, certain[0].moment) for update in self.updates):
            yield from self.printed_before(certain[0].moment)
        yield from certain
        if any(dated.moment.at and not dated.moment.is_midnight for dated in certain):
            return
        first = _unrivalled([mark for mark in self.shown if not mark.updated])
        yield from (_dated(mark) for mark in first if mark.score > _CLEAR)
        in_url = day_in_url(document.url)
        if in_url:
            yield Dated(in_url, "url")
        if not any(mark.updated and mark.score > _CLEAR for mark in self.shown):
            yield from (_dated(mark) for mark in first if mark.score <= _CLEAR)
        yield from _from_scripts(document)
        yield from self.from_metas(_WEAK_META)
        if not certain and not self.updates:
            yield from (Dated(mark.moment.without_time(), mark.source) for mark in self.shown if mark.updated)

    def modified(self) -> Iterator[Dated]:
        yield from _selected(self.page, "date_modified")
        yield from self.updates or (_dated(mark) for mark in self.shown if mark.updated)

    def from_metas(self, names: Iterable[str]) -> Iterator[Dated]:
        for name in names:
            for content in self.page.document.meta.get(name, ())[:2]:
                moment = read_moment(content, month_first=self.month_first)
                if moment:
                    yield Dated(moment, f"meta:{name}")

    def printed_before(self, told: Moment) -> list[Dated]:
        """An earlier day in a line of its own by the headline: some systems call publication their last change."""
        places, authors = self.page.places, [author.name for author in self.page.fields.get("authors", ())]
        marks = [mark for mark in headline_marks(places, month_first=self.month_first) if not mark.updated]
        if not marks or any(mark.moment.day >= told.day - timedelta(days=1) for mark in marks):
            return []
        marks = [mark for mark in date_lines(places, authors, month_first=self.month_first) if not mark.updated]
        return [_dated(mark) for mark in marks if mark.score > _BY_HEADLINE and mark.moment.day.year >= _OLDEST][:1]


def _is_later(update: Moment, told: Moment) -> bool:
    return update.at > told.at if update.at and told.at else update.day > told.day


def _unrivalled(marks: list[Mark]) -> list[Mark]:
    """Without those beyond the story if some that are hardly worse tell of another day: they are other stories'."""
    beyond = [mark for mark in marks if mark.beyond]
    days = {mark.moment.day for mark in beyond if mark.score > beyond[0].score - _HARDLY}
    return marks if len(days) < 2 else [mark for mark in marks if not mark.beyond]


def _dated(mark: Mark) -> Dated:
    return Dated(mark.moment, mark.source)


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


@lru_cache(maxsize=4096)
def _names_publication(name: str) -> bool:
    return name not in _PUBLISHED_META and _PUBLISHED_NAME.search(name) is not None


def _from_scripts(document: Document) -> Iterator[Dated]:
    left = _SCRIPTS_READ
    for script in document.scripts:
        if left <= 0:
            return
        named = any(map(script.__contains__, _SCRIPT_STEMS))  # a plain search is much faster
        found = _IN_SCRIPT.search(script, 0, left) if named else None
        left -= len(script)
        moment = read_moment(found[1]) if found else None
        if moment:
            yield Dated(moment, "script")


def day_in_url(url: str) -> Moment | None:
    """The day in the URL's path, e.g. of /2024/06/11/slug or /2024/jun/11/slug."""
    found = _IN_URL.search(url)
    if found:
        return read_moment(f"{found['y']}-{found['m']:0>2}-{found['d']:0>2}")
    named = _NAMED_IN_URL.search(url)
    return read_moment(f"{named['d']} {named['m']} {named['y']}") if named else None
