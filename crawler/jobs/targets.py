"""What a person names to be crawled: a site, or an address."""

import re
from collections.abc import Mapping
from dataclasses import replace

from crawler.discovery.url import clean_url, fault, is_front_page
from crawler.sites import Site, SiteError, require_start, site_at, site_for_url


def site_of(target: str, sites: Mapping[str, Site]) -> Site:
    """The site that a person means: by name, by an address of it, or one that nobody configured."""
    if target in sites:
        return require_start(sites[target])
    if "://" not in target:
        raise SiteError(
            f"{shown(target)}: neither a site nor an address; use one of {', '.join(sites)}, or start with https://"
        )
    url = clean_url(target)
    if url is None:
        raise SiteError(f"{shown(target)}: {fault(target) or 'malformed URL'}; give an address as the browser shows it")
    site = site_for_url(sites.values(), url)
    if site is None:
        return site_at(url)
    if is_front_page(url) and site.starts:
        return site
    return replace(site, seeds=(url,), feeds=(), sitemaps=(), sections=())


def shown(target: str) -> str:
    """What a person named, for a message: in printable characters, not too long, without a password."""
    named = re.sub(r"[^/]*@", "", target, count=1)
    return (named if len(named) < 100 else f"{named[:60]}…").encode("unicode_escape").decode()
