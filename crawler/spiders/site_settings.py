"""A site's politeness and limits as Scrapy settings."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.capture.offline import apply_replay
from crawler.discovery.url import fault
from crawler.revisits import EXAMPLE, Revisits
from crawler.sites import Requisites, Site, SiteError

_CONTACT = re.compile(r"https?://[\w.-]+\S*|[^\s@]+@[^\s@]+\.[^\s@]+|mailto:[^\s@]+@[^\s@]+", re.ASCII)
"""A URL or mail address; nothing else can be answered, nor stand in the User-Agent."""
_DATE = re.compile(r"\d{4}(?:-[01]\d(?:-[0-3]\d(?:T[0-2]\d(?::[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?Z?)?)?)?", re.ASCII)
"""The beginning of a WARC-Date."""


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """A SiteError in the block ends the command of Scrapy's that is at work: one line, exit status 2."""
    try:
        yield
    except SiteError as exc:
        print(f"newswarc: {exc}", file=sys.stderr)  # noqa: T201  # a log may not be set up yet, or go to a file
        raise SystemExit(2) from exc


def check_replay(settings: BaseSettings) -> None:
    """SiteError, if CAPTURE_REPLAY_DATE is no date or CAPTURE_REPLAY_MISS no status."""
    day, miss = settings.get("CAPTURE_REPLAY_DATE"), settings.get("CAPTURE_REPLAY_MISS")
    if day and not _DATE.fullmatch(str(day)):
        raise SiteError(f"CAPTURE_REPLAY_DATE: {day!r} is no date; write 2024-06-11, or 2024-06-11T10:00:00Z")
    if miss and not re.fullmatch(r"[1-5]\d\d", str(miss), re.ASCII):
        raise SiteError(f"CAPTURE_REPLAY_MISS: {miss!r} is no HTTP status; write 404, or leave it out")


def check_requisites(settings: BaseSettings) -> None:
    """SiteError, if NEWSWARC_REQUISITES is unknown."""
    wanted = settings.get("NEWSWARC_REQUISITES")
    if wanted not in get_args(Requisites):
        raise SiteError(f"NEWSWARC_REQUISITES: {wanted!r} is unknown; write {', '.join(get_args(Requisites))}")


def check_contact(settings: BaseSettings) -> None:
    """SiteError, if NEWSWARC_CONTACT is neither a URL nor a mail address."""
    contact = settings.get("NEWSWARC_CONTACT")
    if contact and not (_CONTACT.fullmatch(contact) and contact.isascii() and contact.isprintable()):
        raise SiteError(f"NEWSWARC_CONTACT: {contact!r} is neither a URL nor a mail address; give one that you answer")


def origin_of(base: str) -> str:
    """The spider's argument `base`; SiteError, if it is no address."""
    if what := fault(base):
        raise SiteError(f"base: {what}; give an origin such as http://127.0.0.1:9000")
    return base


def count_of(max_pages: str | int | None) -> int:
    """The spider's argument `max_pages`; SiteError, if it is no count."""
    if not re.fullmatch(r"0*\d{1,9}", str(max_pages), re.ASCII):
        raise SiteError(f"max_pages: {max_pages!r} is no number from 0 on; leave it out for no limit")
    return int(max_pages or 0)


def revisits_of(settings: BaseSettings) -> Revisits:
    """When articles are looked at again; SiteError, if NEWSWARC_RECHECK_AFTER does not say."""
    try:
        return Revisits.parse(settings.get("NEWSWARC_RECHECK_AFTER"))
    except ValueError as exc:
        raise SiteError(f"NEWSWARC_RECHECK_AFTER: {exc}; {EXAMPLE}") from exc


def apply_site(site: Site, settings: BaseSettings) -> None:
    """Set what the site asks for, at a spider's priority: above the project's settings, below the command line."""
    politeness, limits, browser = site.politeness, site.limits, site.browser
    contact = politeness.contact or settings.get("NEWSWARC_CONTACT")
    wanted: dict[str, Any] = {
        "DOWNLOAD_DELAY": politeness.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrency,
        "NEWSWARC_RECHECK_AFTER": politeness.recheck_after,
        "DOWNLOAD_TIMEOUT": limits.timeout,
        "DOWNLOAD_MAXSIZE": limits.max_bytes,
        "NEWSWARC_RENDER": site.render,
        "NEWSWARC_RENDER_TIMEOUT": browser.timeout,
        "NEWSWARC_RENDER_REQUESTS": browser.requests,
        "NEWSWARC_RENDER_SCROLL": browser.scroll,
        "NEWSWARC_RENDER_SCREENSHOT": browser.screenshot,
        "NEWSWARC_RENDER_POSTS": browser.posts,
        "ROBOTSTXT_OBEY": None if politeness.obey_robots else False,
        "USER_AGENT": politeness.user_agent or _user_agent(contact),
        "NEWSWARC_OPERATOR": settings.get("NEWSWARC_OPERATOR") or contact,
        "DEFAULT_REQUEST_HEADERS": {**settings.getdict("DEFAULT_REQUEST_HEADERS"), **_from(contact)},
        "NEWSWARC_REQUISITES": site.requisites,
    }
    settings.setdict({key: value for key, value in wanted.items() if value is not None}, priority="spider")
    apply_replay(settings)


def _from(contact: str | None) -> dict[str, str]:
    """The From header (RFC 9110, 10.1.2), which holds a mail address and nothing else."""
    address = (contact or "").removeprefix("mailto:")
    return {"From": address} if "@" in address and ":" not in address else {}


def _user_agent(contact: str | None) -> str | None:
    """`newswarc/1.2.3 (+contact)`; None, where the project's own is right."""
    return f"newswarc/{__version__} (+{contact})" if contact else None
