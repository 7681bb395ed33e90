"""A site's TOML file → Site, or one line that says what is wrong with it."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator

from crawler.revisits import EXAMPLE, Revisits
from crawler.sites.patterns import UrlPattern
from crawler.sites.polling import Bounds, Polling
from crawler.sites.schedule import Schedule, closest, cron_of, length_of, length_text, quiet_of, size_of
from crawler.sites.site import InBrowser, Limits, Politeness, Requisites, SelectorVariant, Site

T = TypeVar("T")
SELECTOR_FIELDS = frozenset(
    {"title", "byline", "author", "date_published", "date_modified", "body", "related", "remove", "caption", "credit"}
    | {"tags", "section", "description"}
)
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""What a site, or a collection, may be called in a site file."""
_NOWHERE, _SOURCES = "there is nowhere to start", "give feeds, sitemaps or sections, or the front page as seeds"
_OF_NAMES = "lower-case letters, digits, - and _"
_DOMAIN = re.compile(r"[a-z0-9.-]+(:\d{1,5})?")


_WITH_PASSWORD = re.compile(r"[^/?#]*//[^/?#]*:[^/?#]*@")
"""RFC 3986, 3.2.1."""


class SiteError(Exception):
    """A site file that cannot be used; its text is one line: file, key, what, what next."""


def read_site(content: bytes, file: str) -> Site:
    """The site that a TOML file describes. `file` names it in errors and gives the default name."""
    return _Reader(file, _parsed(content, file)).site(hashlib.sha256(content).hexdigest()[:8])


def require_start(site: Site) -> Site:
    """The site; SiteError, if its file names nothing from which a crawl could start."""
    if not site.starts:
        raise SiteError(f"{site.name}: {_NOWHERE} in its file; {_SOURCES}")
    return site


def _parsed(content: bytes, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        reason = " ".join(str(exc).split())
        raise SiteError(f"{file}: not TOML in UTF-8 ({reason}); mend the file") from exc


class _Reader:
    """Takes the keys of one table one by one, and refuses what is left."""

    def __init__(self, file: str, table: Mapping[str, Any], prefix: str = "") -> None:
        self._file = file
        self._table = dict(table)
        self._prefix = prefix

    def site(self, digest: str) -> Site:
        self._refuse_unknown(_KEYS)
        site = Site(
            name=self._matching("name", NAME, _OF_NAMES, Path(self._file).stem),
            title=self._text("title") or "",
            publisher=self._text("publisher"),
            domains=self._domains(),
            seeds=self._urls("seeds"),
            feeds=self._urls("feeds"),
            sitemaps=self._urls("sitemaps"),
            sections=self._urls("sections"),
            articles=self._patterns("articles"),
            reject=self._patterns("reject"),
            timezone=self._timezone(),
            language=self._text("language"),
            allow_private=bool(self._value("allow_private", bool, "true or false")),
            render=self._value("render", bool, "true or false"),
            browser=self._sub("browser")._in_browser(),
            politeness=self._sub("politeness")._politeness(),
            limits=self._sub("limits")._limits(),
            requisites=self._requisites(),
            schedule=self._schedule(),
            polling=self._sub("polling")._polling(),
            variants=self._variants(),
            digest=digest,
        )
        if site.schedule and not site.starts:
            raise self._error("feeds", _NOWHERE, _SOURCES)
        return site

    def _politeness(self) -> Politeness:
        self._refuse_unknown({"delay", "concurrency", "obey_robots", "contact", "user_agent", "recheck_after"})
        return Politeness(
            delay=self._number("delay"),
            concurrency=self._whole("concurrency"),
            obey_robots=self._value("obey_robots", bool, "true or false") is not False,
            contact=self._header("contact"),
            user_agent=self._header("user_agent"),
            recheck_after=self._revisits("recheck_after"),
        )

    def _limits(self) -> Limits:
        self._refuse_unknown({"timeout", "max_bytes", "paging", "sitemap_age"})
        paging = self._whole("paging")
        return Limits(
            timeout=self._number("timeout"),
            max_bytes=self._whole("max_bytes"),
            paging=Limits().paging if paging is None else paging,
            sitemap_age=self._whole("sitemap_age"),
        )

    def _requisites(self) -> Requisites | None:
        known: dict[str | None, Requisites | None] = {None: None, "all": "all", "images": "images", "none": "none"}
        wanted = self._text("requisites")
        if wanted not in known:
            raise self._error("requisites", f"{wanted!r} is unknown", 'write "all", "images" or "none"')
        return known[wanted]

    def _schedule(self) -> Schedule | None:
        if "schedule" not in self._table:
            return None
        zone = self._timezone()
        own = self._sub("schedule")
        own._refuse_unknown(_SCHEDULE_KEYS)
        if ("cron" in own._table) == ("every" in own._table):
            raise own._error("every", "a schedule has either cron or every", 'write every = "15 min"')
        for limit in ("max_pages", "max_minutes"):
            if own._table.get(limit) == 0:
                raise own._error(limit, "0 lets a run do nothing", "leave it out for no limit")
        cron = own._converted("cron", cron_of, 'write five fields, as "*/15 6-22 * * *"')
        every = own._converted("every", length_of, 'write it as "15 min", "6 h" or "1 d"')
        return Schedule(
            cron=cron,
            every=every,
            timezone=own._timezone() or zone,
            jitter=own._jitter(cron, every),
            quiet=own._converted("quiet", quiet_of, 'write them as "23:00-05:30"'),
            collection=own._matching("collection", NAME, _OF_NAMES, "") if "collection" in own._table else None,
            max_pages=own._whole("max_pages"),
            max_bytes=own._converted("max_bytes", size_of, 'write it as "200 MB"'),
            max_minutes=own._number("max_minutes"),
            written=own._table,
        )

    def _jitter(self, cron: str | None, every: timedelta | None) -> timedelta:
        jitter = self._converted("jitter", length_of, 'write it as "90 s" or "5 min"')
        if jitter is None:
            return Schedule().jitter
        most = every or closest(cron or "")
        if jitter > most:
            than = "every" if every else f"the {length_text(most)} between two runs of cron"
            what = f"{length_text(jitter)} is longer than {than}; runs would overtake each other"
            raise self._error("jitter", what, f"write at most {length_text(most)}")
        return jitter

    def _polling(self) -> Polling:
        self._refuse_unknown({"feeds", "sitemaps", "sections"})
        return Polling(**{key: self._bounds(key) for key in self._table})

    def _bounds(self, key: str) -> Bounds:
        texts, what_next = self._texts(key), 'write the soonest and the latest, as ["10 min", "24 h"]'
        if len(texts) != 2:
            raise self._error(key, "is no pair of lengths", what_next)
        try:
            return Bounds.parse(*texts)
        except ValueError as exc:
            raise self._error(key, str(exc), what_next) from exc

    def _converted(self, key: str, convert: Callable[[str], T], what_next: str) -> T | None:
        text = self._text(key)
        try:
            return None if text is None else convert(text)
        except ValueError as exc:
            raise self._error(key, str(exc), what_next) from exc

    def _in_browser(self) -> InBrowser:
        self._refuse_unknown({"timeout", "requests", "scroll", "screenshot", "posts"})
        return InBrowser(
            timeout=self._number("timeout"),
            requests=self._whole("requests"),
            scroll=self._whole("scroll"),
            screenshot=self._value("screenshot", bool, "true or false"),
            posts=self._value("posts", bool, "true or false"),
        )

    def _variants(self) -> tuple[SelectorVariant, ...]:
        tables = self._table.get("selectors", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error("selectors", "is no list of tables", "write [[selectors]]")
        variants = tuple(
            _Reader(self._file, table, f"selectors[{n}].")._variant() for n, table in enumerate(tables, start=1)
        )
        if len({variant.valid_until for variant in variants}) < len(variants):
            raise self._error("selectors", "two variants end on the same day", "give each another valid_until")
        return variants

    def _variant(self) -> SelectorVariant:
        until = self._table.pop("valid_until", None)
        if until is not None and type(until) is not date:
            raise self._error("valid_until", f"{until!r} is no day", "write it bare: 2024-06-11")
        self._refuse_unknown(SELECTOR_FIELDS)
        return SelectorVariant(selectors={key: self._css(key) for key in self._table}, valid_until=until)

    def _css(self, key: str) -> tuple[str, ...]:
        selectors = self._texts(key)
        for selector in selectors:
            try:
                HTMLTranslator().css_to_xpath(selector)
            except SelectorError as exc:
                raise self._error(key, f"{selector!r} is no CSS selector ({exc})", "mend it") from exc
        return selectors

    def _sub(self, key: str) -> "_Reader":
        table = self._value(key, dict, "a table") or {}
        return _Reader(self._file, table, f"{self._prefix}{key}.")

    def _domains(self) -> tuple[str, ...]:
        domains = tuple(domain.lower() for domain in self._texts("domains"))
        if not domains:
            raise self._error("domains", "is missing", 'give the site\'s hosts, as ["example.org"]')
        for domain in domains:
            if not _DOMAIN.fullmatch(domain):
                raise self._error("domains", f"{domain!r} is no host name", "write it without https:// and path")
        return domains

    def _urls(self, key: str) -> tuple[str, ...]:
        urls = self._texts(key)
        for url in urls:
            if _WITH_PASSWORD.match(url):
                raise self._error(
                    key, "an address has a password", "take it out, each capture would be archived with it"
                )
            if not _is_web_address(url):
                raise self._error(key, f"{url!r} is no web address", "start it with https://")
        return urls

    def _patterns(self, key: str) -> tuple[UrlPattern, ...]:
        return tuple(self._pattern(key, text) for text in self._texts(key))

    def _pattern(self, key: str, text: str) -> UrlPattern:
        try:
            return UrlPattern.compile(text)
        except re.error as exc:
            raise self._error(key, f"{text!r} cannot be used ({exc})", "mend the pattern") from exc

    def _timezone(self) -> str | None:
        name = self._text("timezone")
        if name is not None:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError) as exc:
                raise self._error("timezone", f"{name!r} is no time zone", "use a name like Europe/Moscow") from exc
        return name

    def _matching(self, key: str, form: re.Pattern[str], says: str, default: str) -> str:
        text = self._text(key) or default
        if not form.fullmatch(text):
            raise self._error(key, f"{text!r} cannot be used", f"use {says}")
        return text

    def _header(self, key: str) -> str | None:
        text = self._text(key)
        if text is not None and not re.fullmatch(r"[\x20-\x7e]+", text):
            raise self._error(key, "cannot stand in a header", "use printable ASCII on one line")
        return text

    def _number(self, key: str) -> float | None:
        number = self._value(key, (int, float), "a number")
        return None if number is None else self._positive(key, float(number))

    def _whole(self, key: str) -> int | None:
        number = self._value(key, int, "a whole number")
        return None if number is None else int(self._positive(key, number))

    def _positive(self, key: str, number: float) -> float:
        if not 0 <= number < float("inf"):
            raise self._error(key, f"{number} is out of range", "use 0 or more")
        return number

    def _revisits(self, key: str) -> Revisits | None:
        wanted = self._value(key, (int, list), "a list of times")
        try:
            return None if wanted is None else Revisits.parse(wanted if isinstance(wanted, int) else self._texts(key))
        except ValueError as exc:
            raise self._error(key, str(exc), EXAMPLE) from exc

    def _text(self, key: str) -> str | None:
        text: str | None = self._value(key, str, "text in quotes")
        return text

    def _texts(self, key: str) -> tuple[str, ...]:
        texts = self._value(key, list, 'a list, as ["…"]') or []
        if not all(isinstance(text, str) and text for text in texts):
            raise self._error(key, "holds something that is not text", "put each entry in quotes")
        return tuple(texts)

    def _value(self, key: str, kind: type | tuple[type, ...], says: str) -> Any:  # noqa: ANN401  # TOML holds what its writer wrote; the caller asked for `kind`
        value = self._table.get(key)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise self._error(key, f"is {_KINDS.get(type(value), 'a date or time')}", f"write {says}")
        return value

    def _refuse_unknown(self, known: "frozenset[str] | set[str]") -> None:
        for key in self._table.keys() - known:
            raise self._error(key, "is unknown", f"use one of {', '.join(sorted(known))}")

    def _error(self, key: str, what: str, what_next: str) -> SiteError:
        return SiteError(f"{self._file}: {self._prefix}{key}: {what}; {what_next}")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\x00-\x1f]", url)


_KEYS = frozenset(
    {"name", "title", "publisher", "domains", "seeds", "feeds", "sitemaps", "sections", "articles", "reject"}
    | {"timezone", "language", "allow_private", "politeness", "limits", "requisites", "render", "browser"}
    | {"schedule", "polling", "selectors"}
)
_KINDS = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "a table"}
"""What TOML's values are called."""
_SCHEDULE_KEYS = frozenset(
    {"cron", "every", "timezone", "jitter", "quiet", "collection", "max_pages", "max_bytes", "max_minutes"}
)
