"""A site's politeness and limits as Scrapy settings."""

import re
from typing import Any

from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.capture.offline import apply_replay
from crawler.sites import Site, SiteError

_CONTACT = re.compile(r"https?://[\w.-]+\S*|[^\s@]+@[^\s@]+\.[^\s@]+|mailto:[^\s@]+@[^\s@]+", re.ASCII)
"""A URL or mail address; nothing else can be answered, nor stand in the User-Agent."""


def check_contact(settings: BaseSettings) -> None:
    """SiteError, if NEWSWARC_CONTACT is neither a URL nor a mail address."""
    contact = settings.get("NEWSWARC_CONTACT")
    if contact and not (_CONTACT.fullmatch(contact) and contact.isascii() and contact.isprintable()):
        raise SiteError(f"NEWSWARC_CONTACT: {contact!r} is neither a URL nor a mail address; give one that you answer")


def apply_site(site: Site, settings: BaseSettings) -> None:
    """Set what the site asks for, at a spider's priority: above the project's settings, below the command line."""
    politeness, limits = site.politeness, site.limits
    contact = politeness.contact or settings.get("NEWSWARC_CONTACT")
    wanted: dict[str, Any] = {
        "DOWNLOAD_DELAY": politeness.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrency,
        "NEWSWARC_RECHECK_AFTER": politeness.recheck_after,
        "DOWNLOAD_TIMEOUT": limits.timeout,
        "DOWNLOAD_MAXSIZE": limits.max_bytes,
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
