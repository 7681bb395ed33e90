"""Outlets as data: one TOML file a site, and what reads them."""

from crawler.sites.folders import BrokenFiles, load_site, load_sites, load_sites_for
from crawler.sites.patterns import UrlPattern
from crawler.sites.reader import SiteError, read_site, require_start
from crawler.sites.schedule import Schedule
from crawler.sites.site import (
    InBrowser,
    Limits,
    Politeness,
    Requisites,
    Scope,
    SelectorVariant,
    Site,
    site_at,
    site_for_url,
)

__all__ = [
    "BrokenFiles",
    "InBrowser",
    "Limits",
    "Politeness",
    "Requisites",
    "Schedule",
    "Scope",
    "SelectorVariant",
    "Site",
    "SiteError",
    "UrlPattern",
    "load_site",
    "load_sites",
    "load_sites_for",
    "read_site",
    "require_start",
    "site_at",
    "site_for_url",
]
