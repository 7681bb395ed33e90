"""Feeds, sitemaps and robots.txt: what the paper announces to programs."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from crawler.newsroom.edition import Edition
from crawler.newsroom.families.app import PREFIX
from crawler.newsroom.families.around import PAPER
from crawler.newsroom.plan import Plan

FEED_LENGTH = 20
NEWS_AGE = timedelta(hours=48)
RSS = ("news", "opinion", "breaking", "de", "ru", "ja", "ar", "app")


def rss(edition: Edition, name: str) -> bytes:
    """An RSS feed; the Russian one is windows-1251, as its pages are; that of the app names its own pages."""
    language = name if name in PAPER else "en"
    plans = [plan for plan in edition.plans if plan.language == language]
    if name == "opinion":
        plans = [plan for plan in plans if plan.section.path == "/opinion"]
    if name == "app":
        plans = [plan for plan in plans if plan.family == "courier"]
    prefix = PREFIX if name == "app" else ""
    charset = "windows-1251" if name == "ru" else "utf-8"
    items = "\n".join(_rss_item(edition, plan, edition.base + prefix + plan.path) for plan in plans[:FEED_LENGTH])
    return f"""<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{PAPER[language]}</title>
<link>{edition.base}/</link>
<description>{PAPER[language]}</description>
<language>{language}</language>
<lastBuildDate>{format_datetime(edition.changed)}</lastBuildDate>
{items}
</channel>
</rss>
""".encode(charset)


def _rss_item(edition: Edition, plan: Plan, address: str) -> str:
    authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in plan.authors)
    return f"""<item><title>{escape(edition.title(plan))}</title><link>{address}</link><guid isPermaLink="true">{address}</guid>
<pubDate>{format_datetime(plan.published)}</pubDate><category>{escape(plan.section.name)}</category>{authors}</item>"""


def atom(edition: Edition) -> bytes:
    """The newest stories of all languages; every fifth by its short address, as link shorteners make feeds do."""
    entries = "\n".join(
        f"""<entry xml:lang="{plan.language}"><title>{escape(edition.title(plan))}</title><link href="{edition.base}{plan.path if plan.number % 5 else plan.short_path}"/>
<id>{edition.base}{plan.path}</id><published>{plan.published.isoformat()}</published><updated>{_modified(edition, plan)}</updated></entry>"""
        for plan in edition.plans[:30]
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>The Selmark Courier</title><id>{edition.base}/</id><link rel="self" href="{edition.base}/atom.xml"/>
<updated>{edition.changed.isoformat()}</updated>
<author><name>The Selmark Courier</name></author>
{entries}
</feed>
""".encode()


def _modified(edition: Edition, plan: Plan) -> str:
    return edition.story(plan).modified.isoformat()


def sitemap_index(edition: Edition) -> bytes:
    """The index: the news sitemap and one sitemap a month."""
    names = ["news", *dict.fromkeys(_month(plan.published) for plan in edition.plans)]
    entries = "\n".join(f"<sitemap><loc>{edition.base}/sitemap/{name}.xml</loc></sitemap>" for name in names)
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}\n</sitemapindex>')


def month_sitemap(edition: Edition, month: str) -> bytes | None:
    """Every story of a month, e.g. '2026-5', without lastmod; None for a month without any."""
    plans = [plan for plan in edition.plans if _month(plan.published) == month]
    return _urls("".join(f"<url><loc>{edition.base}{plan.path}</loc></url>\n" for plan in plans)) if plans else None


def news_sitemap(edition: Edition) -> bytes:
    """The last two days, with headlines and times."""
    recent = [plan for plan in edition.plans if plan.published > edition.now - NEWS_AGE]
    return _urls("".join(_news_entry(edition, plan) for plan in recent[:1000]))


def _news_entry(edition: Edition, plan: Plan) -> str:
    return f"""<url><loc>{edition.base}{plan.path}</loc><news:news><news:publication><news:name>{PAPER[plan.language]}</news:name>
<news:language>{plan.language}</news:language></news:publication><news:publication_date>{plan.published.isoformat()}</news:publication_date>
<news:title>{escape(edition.title(plan))}</news:title></news:news></url>
"""


def robots(base: str, crawl_delay: float) -> bytes:
    """robots.txt."""
    return f"""User-agent: *
Disallow: /internal/
Disallow: /search
Crawl-delay: {crawl_delay:g}

Sitemap: {base}/sitemap/index.xml.gz
""".encode()


def _month(moment: datetime) -> str:
    return f"{moment.year}-{moment.month}"


def _urls(entries: str) -> bytes:
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {news}>\n{entries}</urlset>')


def _xml(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()
