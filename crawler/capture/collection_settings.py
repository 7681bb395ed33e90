"""Where the collection of a crawl is, and how it is written to, as settings and environment have it."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from archives.errors import CollectionMissing
from archives.layout import Layout
from archives.writing import Writing


def collection_path(settings: BaseSettings, spider_name: str, environment: Mapping[str, str]) -> Path:
    """The folder in NEWSWARC_COLLECTION, else one named after the spider under NEWSWARC_HOME or ./collections."""
    named = settings.get("NEWSWARC_COLLECTION")
    return Path(named) if named else home(environment) / spider_name


def require_replayed(layout: Layout) -> None:
    """Refuse a folder without a collection, as there is nothing to replay."""
    if not layout.exists:
        advice = "CAPTURE_REPLAY names one that was archived, see 'newswarc status'"
        raise CollectionMissing(f"{layout.root}: no collection there; {advice}")


def replayed_path(settings: BaseSettings, environment: Mapping[str, str]) -> Path | None:
    """The collection in CAPTURE_REPLAY, by its folder or its name, which answers the crawl's requests; None if none."""
    named = settings.get("CAPTURE_REPLAY")
    if not named:
        return None
    return Path(named) if os.sep in named or Layout(Path(named)).exists else home(environment) / named


def home(environment: Mapping[str, str]) -> Path:
    """The folder that holds the collections: NEWSWARC_HOME, else ./collections."""
    return Path(environment.get("NEWSWARC_HOME") or "collections")


def writing_of(settings: BaseSettings) -> Writing:
    """How the crawl's collection is written to: how large and old WARC files grow, and what they say of the crawl."""
    usual = Writing()
    return Writing(
        operator=settings.get("NEWSWARC_OPERATOR") or "",
        contact=settings.getdict("DEFAULT_REQUEST_HEADERS").get("From") or "",
        user_agent=settings.get("USER_AGENT") or "",
        robots="obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        max_size=settings.getint("NEWSWARC_WARC_SIZE", usual.max_size),
        max_age=timedelta(seconds=settings.getfloat("NEWSWARC_WARC_AGE", usual.max_age.total_seconds())),
        store=settings.get("NEWSWARC_STORE"),
        lease=settings.get("NEWSWARC_LEASE"),
    )
