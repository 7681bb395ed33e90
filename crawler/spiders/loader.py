"""Each site file is a Scrapy spider: what `scrapy list` shows and `scrapy crawl NAME` runs."""

import logging
import re
from collections.abc import Mapping
from typing import Self

from scrapy import Request
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.sites import BrokenFiles, Site, load_sites
from crawler.spiders.news import NewsSpider
from crawler.spiders.site_settings import check_contact, check_replay, check_requisites, told_in_one_line

logger = logging.getLogger(__name__)


def spider_for(site: Site) -> type[NewsSpider]:
    """The spider class that crawls the site."""
    name = re.sub(r"\W", "", site.name.title()) + "Spider"
    return type(name, (NewsSpider,), {"name": site.name, "site": site, "__doc__": site.title, "__module__": __name__})


class SiteSpiderLoader(SpiderLoader):
    """Scrapy's spider loader, with a spider a site beside those that SPIDER_MODULES names."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        check_contact(settings)
        check_replay(settings)
        check_requisites(settings)
        sites = self._sites(settings.get("NEWSWARC_SITES"))
        self._spiders |= {name: spider_for(site) for name, site in sites.items()}

    def _sites(self, folder: str | None) -> Mapping[str, Site]:
        """All sites; with SPIDER_LOADER_WARN_ONLY, those whose files can be used."""
        try:
            return load_sites(folder)
        except BrokenFiles as broken:
            if not self.warn_only:
                raise
            for fault in broken.faults.values():
                logger.warning("%s", fault)
            return broken.others

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """As Scrapy's commands make it; a fault in a site file ends them with one line."""
        with told_in_one_line():
            return cls(settings)

    def find_by_request(self, request: Request) -> list[str]:
        """The sites whose scope covers the request."""
        return [name for name, spider in self._spiders.items() if spider.handles_request(request)]
