"""Site files become spiders, and an address that nobody configured becomes a site."""

import pytest
from scrapy import Request
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from crawler import __version__
from crawler import settings as project_settings
from crawler.sites import SiteError, load_site, site_at
from crawler.spiders.loader import spider_for


@pytest.fixture
def project():
    settings = Settings()
    settings.setmodule(project_settings, priority="project")
    return settings


def test_each_site_is_a_spider(project):
    loader = get_spider_loader(project)
    assert {"newsroom", "themoscowtimes", "bbc"} <= set(loader.list())
    assert loader.load("bbc").site == load_site("bbc")
    assert loader.load("bbc").__name__ == "BbcSpider"
    assert loader.find_by_request(Request("https://www.bbc.com/news")) == ["bbc"]
    with pytest.raises(KeyError, match="nosuch"):
        loader.load("nosuch")


def test_broken_site_file_names_itself(project, tmp_path, capsys):
    """One line, no traceback: what loads spiders is a command of Scrapy's."""
    (tmp_path / "mine.toml").write_text("domains = 1")
    project.set("NEWSWARC_SITES", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        get_spider_loader(project)
    assert end.value.code == 2
    assert isinstance(end.value.__cause__, SiteError)
    assert "mine.toml: domains: is a number; write a list" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "name", "domain"),
    [
        ("https://www.Example.org/news", "example-org", "example.org"),
        ("http://127.0.0.1:8799/", "127-0-0-1-8799", "127.0.0.1:8799"),
        ("http://[::1]:8799/", "0-1-8799", "[::1]:8799"),
        ("http://[2001:db8::7]/", "2001-db8-7", "[2001:db8::7]"),
        ("https://user@news.example.org/", "news-example-org", "news.example.org"),
    ],
)
def test_site_that_nobody_configured(url, name, domain):
    site = site_at(url)
    assert (site.name, site.domains, site.seeds) == (name, (domain,), (url,))


def test_site_file_sets_the_spiders_settings_and_the_command_line_wins(project):
    spider = spider_for(load_site("bbc"))
    project.set("NEWSWARC_CONTACT", "desk@example.org", priority="cmdline")
    project.set("DOWNLOAD_DELAY", 9, priority="cmdline")
    spider.update_settings(project)
    assert project.getfloat("DOWNLOAD_DELAY") == 9
    assert project.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert project["USER_AGENT"] == f"newswarc/{__version__} (+desk@example.org)"
    assert project.getbool("ROBOTSTXT_OBEY")


def test_a_spider_is_named_as_a_class_is():
    assert spider_for(site_at("https://news.example.org/")).__name__ == "NewsExampleOrgSpider"
