"""Pure: the bytes of a feed, sitemap or listing page → the URLs that it announces, with their dates."""

from crawler.discovery.announced import Announced, SourceKind, Unreadable
from crawler.discovery.feeds import looks_like_feed, read_feed
from crawler.discovery.pages import Listing, read_listing
from crawler.discovery.sitemaps import Sitemap, looks_like_sitemap, read_sitemap

__all__ = [
    "Announced",
    "Listing",
    "Sitemap",
    "SourceKind",
    "Unreadable",
    "looks_like_feed",
    "looks_like_sitemap",
    "read_feed",
    "read_listing",
    "read_sitemap",
]
