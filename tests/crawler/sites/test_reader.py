"""A site file becomes a Site; a bad one becomes one line: file, key, what, what next."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crawler.sites import (
    BrokenFiles,
    InBrowser,
    SiteError,
    load_site,
    load_sites,
    load_sites_for,
    read_site,
    site_for_url,
)
from crawler.sites.polling import Polling

SITE = """
title = "The Example"
domains = ["news.example"]
feeds = ["https://www.news.example/rss"]
articles = ['/\\d{4}/\\d{2}/[a-z-]+-a\\d+', '/live/[a-z-]+']
reject = ['/live/video-.*']
timezone = "Europe/Moscow"
[politeness]
delay = 2
obey_robots = false
[limits]
paging = 1
[[selectors]]
title = ["h1.new"]
[[selectors]]
valid_until = 2020-12-31
title = ["h1.older"]
[[selectors]]
valid_until = 2015-06-30
title = ["h1.oldest"]
"""


def site(text=SITE):
    return read_site(text.encode(), "/sites/example.toml")


def test_file_name_is_the_default_name():
    assert site().name == "example"
    assert site('name = "other"\n' + SITE).name == "other"


@pytest.mark.parametrize(
    ("written", "hours"), [("0", [0]), ('["90 min", "2 d"]', [1.5, 48]), ("[]", [])], ids=["each", "times", "never"]
)
def test_when_articles_are_looked_at_again(written, hours):
    found = site(SITE.replace("delay = 2", f"recheck_after = {written}")).politeness.recheck_after
    assert [time.total_seconds() / 3600 for time in found.after] == hours


def test_politeness_and_limits():
    assert site().politeness.delay == 2.0
    assert not site().politeness.obey_robots
    assert site().limits.paging == 1


def test_pages_are_rendered_where_the_file_says_so():
    assert site().render is None
    rendered = site("render = true\n" + SITE + "\n[browser]\nscroll = 5\nscreenshot = true\nposts = true\n")
    assert rendered.render
    assert rendered.browser == InBrowser(scroll=5, screenshot=True, posts=True)


@pytest.mark.parametrize(
    ("on", "selector"),
    [
        pytest.param(None, "h1.new", id="today"),
        pytest.param(date(2021, 1, 1), "h1.new", id="after-the-change"),
        pytest.param(date(2020, 12, 31), "h1.older", id="last-day"),
        pytest.param(date(2015, 7, 1), "h1.older", id="first-day"),
        pytest.param(date(2014, 1, 1), "h1.oldest", id="long-ago"),
    ],
)
def test_selectors_are_those_of_the_day_of_the_capture(on, selector):
    """Templates age: an old capture is read with the selectors that held then."""
    assert site().rules(on).selectors == {"title": (selector,)}


def test_rules_carry_name_zone_and_the_digest_of_the_file():
    rules = site().rules()
    assert (rules.name, rules.timezone) == ("example", "Europe/Moscow")
    assert rules.digest != site(SITE + "\n# changed\n").rules().digest


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a", True),
        ("http://www.news.example:8080/a", True),
        ("https://fakenews.example/a", False),
        ("https://news.example.org/a", False),
        ("ftp://news.example/a", False),
        ("https://[half", False),
        ("https://news.example:port/", False),
    ],
)
def test_scope_covers_a_domain_and_what_is_below_it(url, expected):
    assert expected == site().scope.covers(url)


def test_rebased_site_stays_at_its_new_origin():
    """A site's copy on loopback must not lead to the live site."""
    copy = site().rebased("http://127.0.0.1:9999")
    assert copy.feeds == ("http://127.0.0.1:9999/rss",)
    assert copy.scope.covers("http://127.0.0.1:9999/x")
    assert not copy.scope.covers("http://127.0.0.1:9998/x")
    assert not copy.scope.covers("https://www.news.example/x")


def broken(**changes):
    lines = {"domains": 'domains = ["news.example"]', "feeds": 'feeds = ["https://news.example/rss"]'} | changes
    return "\n".join(lines.values())


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        pytest.param("domains = [", "", "not TOML", id="no-toml"),
        pytest.param(broken(x="colour = 1"), "colour", "unknown", id="unknown-key"),
        pytest.param(broken(x="[browser]\nscroll = -1"), "browser.scroll", "out of range", id="scroll-upwards"),
        pytest.param(broken(x="[politeness]\nspeed = 1"), "politeness.speed", "unknown", id="unknown-nested-key"),
        pytest.param(broken(domains=""), "domains", "missing", id="no-domain"),
        pytest.param(broken(domains='domains = ["https://x"]'), "domains", "no host name", id="domain-with-scheme"),
        pytest.param(broken(feeds="", x='[schedule]\nevery = "1 h"'), "feeds", "nowhere to start", id="no-source"),
        pytest.param(broken(feeds='feeds = "https://x/"'), "feeds", "is text", id="text-for-list"),
        pytest.param(broken(feeds='feeds = ["x/rss"]'), "feeds", "no web address", id="feed-without-scheme"),
        pytest.param(broken(feeds='feeds = ["https://[x/rss"]'), "feeds", "no web address", id="malformed-feed"),
        pytest.param(broken(feeds='feeds = ["https://x/\\u0007"]'), "feeds", "no web address", id="control-character"),
        pytest.param(broken(x="articles = ['(']"), "articles", "cannot be used", id="broken-pattern"),
        pytest.param(broken(x="articles = ['/(a+)+']"), "articles", "run for long", id="nested-repeat"),
        pytest.param(broken(x='timezone = "Moscow"'), "timezone", "no time zone", id="zone"),
        pytest.param(broken(x='timezone = "../../etc/passwd"'), "timezone", "no time zone", id="zone-as-path"),
        pytest.param(broken(x='name = "../up"'), "name", "cannot be used", id="name-as-path"),
        pytest.param(broken(x="allow_private = 1"), "allow_private", "is a number", id="number-for-truth"),
        pytest.param(broken(x="[politeness]\ndelay = true"), "politeness.delay", "is true or", id="truth-for-number"),
        pytest.param(broken(x="[politeness]\ndelay = -1"), "politeness.delay", "out of range", id="negative"),
        pytest.param(
            broken(x="[politeness]\nrecheck_after = 3600"),
            "politeness.recheck_after",
            "3600 alone does not say when to stop; write [",
            id="recheck-of-old",
        ),
        pytest.param(
            broken(x='[politeness]\nrecheck_after = ["6 h", "1 hour"]'),
            "politeness.recheck_after",
            "'1 hour' is no time; write [",
            id="recheck",
        ),
        pytest.param(broken(x='[politeness]\ncontact = "a\\nb"'), "politeness.contact", "header", id="header-split"),
        pytest.param(broken(x='[[selectors]]\ntitle = ["h1["]'), "selectors[1].title", "no CSS", id="selector"),
        pytest.param(broken(x='[[selectors]]\nhat = ["h1"]'), "selectors[1].hat", "unknown", id="selector-field"),
        pytest.param(
            broken(x='[[selectors]]\nvalid_until = "soon"'), "selectors[1].valid_until", "no day", id="valid-until"
        ),
        pytest.param(broken(x="[[selectors]]\n[[selectors]]"), "selectors", "same day", id="two-of-today"),
    ],
)
def test_bad_file_is_one_clear_line(text, key, what):
    with pytest.raises(SiteError) as error:
        site(text)
    message = str(error.value)
    assert message.startswith(f"/sites/example.toml: {key}")
    assert what in message
    assert "\n" not in message
    assert ";" in message, "the line also says what to do"


@pytest.mark.parametrize("address", ["https://me:hush@news.example/", "https://:hush@[x/", "ftp://me:hush@x/"])
@pytest.mark.parametrize("key", ["feeds", "sitemaps", "sections", "seeds"])
def test_a_password_in_an_address_is_refused_and_not_repeated(key, address):
    with pytest.raises(
        SiteError, match=f"^/sites/example.toml: {key}: an address has a password; take it out"
    ) as error:
        site(f'domains = ["news.example"]\n{key} = ["https://news.example/", "{address}"]\n')
    assert "hush" not in str(error.value)


def test_bytes_that_are_no_text_are_one_clear_line():
    with pytest.raises(SiteError, match="not TOML in UTF-8"):
        read_site(b"\xff\xfe\x00", "x.toml")


def test_built_in_sites_are_sound():
    sites = load_sites()
    assert {"newsroom", "themoscowtimes", "bbc", "guardian", "dw", "lemonde", "tagesschau"} <= sites.keys()
    assert [name for name, one in sites.items() if one.allow_private] == ["newsroom"]
    assert [name for name, one in sites.items() if not one.articles] == []


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("themoscowtimes", "https://www.themoscowtimes.com/2024/06/11/some-headline-here-a85000"),
        ("bbc", "https://www.bbc.com/news/articles/c0abcdefgh1o"),
        ("guardian", "https://www.theguardian.com/world/2024/jun/11/some-headline-here"),
        ("guardian", "https://www.theguardian.com/world/live/2024/jun/11/some-headline-here"),
        ("dw", "https://www.dw.com/en/some-headline/a-69000000"),
        ("lemonde", "https://www.lemonde.fr/international/article/2024/06/11/un-titre_6238000_3210.html"),
        ("tagesschau", "https://www.tagesschau.de/ausland/europa/eine-meldung-100.html"),
        ("newsroom", "http://127.0.0.1:8765/ar/2026/05/%D8%A7%D9%84-12"),
    ],
)
def test_built_in_site_knows_its_articles(name, url):
    found = load_site(name)
    assert found.scope.covers(url)
    assert any(pattern.matches(url) for pattern in found.articles)
    assert site_for_url(load_sites().values(), url) == found


def test_own_folder_comes_before_the_built_in_sites(tmp_path):
    (tmp_path / "bbc.toml").write_text(broken(x='title = "Mine"'))
    (tmp_path / "own.toml").write_text(broken())
    sites = load_sites(tmp_path)
    assert sites["bbc"].title == "Mine"
    assert {"own", "newsroom"} <= sites.keys()


def test_two_files_for_one_name_are_refused(tmp_path):
    (tmp_path / "a.toml").write_text(broken(x='name = "twin"'))
    (tmp_path / "b.toml").write_text(broken(x='name = "twin"'))
    with pytest.raises(SiteError, match="two files describe the site twin"):
        load_sites(tmp_path)


def test_what_is_broken_takes_no_other_site_along(tmp_path):
    """Nor does a built-in site stand for the file that replaces it, or one of two for both."""
    (tmp_path / "own.toml").write_text(broken())
    (tmp_path / "bbc.toml").write_text(broken(feeds="feeds = 7"))
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(broken(x='name = "twin"'))
    with pytest.raises(BrokenFiles, match=r"bbc\.toml: feeds: is a number") as fault:
        load_sites(tmp_path)
    assert fault.value.faults.keys() == {"bbc", "twin"}
    assert {"own", "dw"} <= fault.value.others.keys()
    assert not {"bbc", "twin"} & fault.value.others.keys()
    assert load_sites_for(["own", "dw"], tmp_path) == fault.value.others
    with pytest.raises(SiteError, match=r"bbc\.toml: feeds: is a number"):
        load_sites_for(["own", "bbc"], tmp_path)


@pytest.mark.parametrize(
    ("url", "is_of_broken"),
    [
        ("https://bad.example/", True),
        ("https://www.bad.example/2031/story", True),
        ("https://bad.example:8080/", True),
        ("https://news.not-bad.example/", False),
        ("https://example/", False),
        ("http://127.0.0.1/", False),
    ],
)
def test_an_address_is_of_a_broken_file_that_names_its_host(tmp_path, url, is_of_broken):
    (tmp_path / "bad.toml").write_text('domains = ["bad.example"]\nfeeds = ["http://127.0.0.10/feed"\n')
    if is_of_broken:
        with pytest.raises(SiteError, match=r"bad\.toml: not TOML"):
            load_sites_for([url], tmp_path)
    else:
        assert "bad" not in load_sites_for([url], tmp_path)


def test_missing_folder_is_one_clear_line(tmp_path):
    with pytest.raises(SiteError, match="no folder of site files; make it, or mend NEWSWARC_SITES"):
        load_sites(tmp_path / "none")


def test_unknown_name_tells_the_known_ones():
    with pytest.raises(SiteError, match="nosuch: no site has this name; there are bbc, "):
        load_site("nosuch")


def test_the_longest_domain_that_covers_a_url_decides():
    """Not the longest that a site has for other pages."""
    wide = replace(site(), name="wide", domains=("example", "another.very.long.domain.example"))
    near = replace(site(), name="near", domains=("news.example",))
    found = [site_for_url([wide, near], f"https://{host}/") for host in ("www.news.example", "old.example", "x.org")]
    assert [one and one.name for one in found] == ["near", "wide", None]


def test_bounds_of_polling_are_kept_for_each_kind():
    polling = read_site(broken(x='[polling]\nfeeds = ["5 min", "6 h"]').encode(), "x.toml").polling
    assert (polling.feeds.soonest, polling.feeds.latest) == (timedelta(minutes=5), timedelta(hours=6))
    assert polling.sitemaps == Polling().sitemaps


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('feeds = ["10 min"]', "polling.feeds: is no pair of lengths; write the soonest and the latest"),
        ('feeds = ["1 d", "1 h"]', "polling.feeds: '1 d' is longer than '1 h'"),
        ('feeds = ["1 d", "often"]', "polling.feeds: 'often' is no length of time"),
        ('blogs = ["1 h", "1 d"]', "polling.blogs: is unknown"),
    ],
)
def test_bounds_that_cannot_be_kept_are_one_line(written, said):
    with pytest.raises(SiteError) as fault:
        read_site(broken(x=f"[polling]\n{written}").encode(), "x.toml")
    assert said in str(fault.value)
