"""What stands around every story: navigation, sidebars, footer, and the pieces of markup that families share."""

import json
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from crawler.items import Image
from crawler.newsroom.inline import html
from crawler.newsroom.prose import bank
from crawler.newsroom.story import Block, Section, Story

PAPER = {
    "en": "The Selmark Courier",
    "de": "Selmarker Kurier",
    "ru": "Сельмаркский курьер",
    "ja": "セルマーク新報",
    "ar": "بريد سلمارك",
}
COOKIES = {
    "en": ("We use cookies so that you see this notice only once on every page.", "Accept"),
    "de": ("Wir verwenden Cookies, damit Sie diesen Hinweis auf jeder Seite nur einmal sehen.", "Akzeptieren"),
    "ru": (
        "Мы используем файлы cookie, чтобы вы видели это уведомление только один раз на каждой странице.",
        "Принять",
    ),
    "ja": ("当サイトではクッキーを使用しています。", "同意する"),
    "ar": ("نستخدم ملفات تعريف الارتباط في هذا الموقع.", "موافق"),
}
"""The notice and its button, on every third story."""
PADDING_HERE = "<!--padding-->"
"""Where a page is filled up to a wanted size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """A story as other pages name it."""

    title: str
    url: str
    day: str
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a page knows of the rest of the paper."""

    base: str
    sections: tuple[Section, ...]
    just_in: tuple[Teaser, ...]
    most_read: tuple[Teaser, ...]
    appended: tuple[str, tuple[str, ...]] | None = None
    """Headline and paragraphs of the article that endless scrolling has appended."""


def text(words: str | None) -> str:
    """Words as HTML text or attribute."""
    return escape(words or "")


def printed_day(moment: datetime, language: str) -> str:
    """A day as the language's pages print it, e.g. 'May 14, 2026'."""
    prose = bank(language)
    return prose.day_form.format(
        month=prose.months[moment.month - 1], day=moment.day, year=moment.year, number=moment.month
    )


def shell(story: Story, around: Around, *, head: str, body: str, charset: str = "utf-8") -> str:
    """A whole page around a family's own head and body."""
    direction = ' dir="rtl"' if story.language == "ar" else ""
    paper = PAPER[story.language]
    return f"""<!DOCTYPE html>
<html lang="{story.language}"{direction}>
<head>
<meta charset="{charset}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(story.title)} - {paper}</title>
<link rel="icon" href="{around.base}/favicon.ico">
<link rel="stylesheet" href="{around.base}/assets/paper.css">
{head}
</head>
<body class="{story.family}">
{banner(around, story.language)}
{body}
{footer(around)}
{_cookie_notice(story)}
{PADDING_HERE}
<script src="{around.base}/assets/paper.js" defer></script>
</body>
</html>
"""


def _cookie_notice(story: Story) -> str:
    if story.number % 3:
        return ""
    words, button = COOKIES[story.language]
    return f"""<div class="cookie-notice" role="dialog" aria-label="Cookies"><p>{words}</p>
<button type="button" onclick="this.parentNode.remove()">{button}</button></div>"""


def canonical(story: Story) -> str:
    """The canonical link and the Open Graph tags that most families share."""
    image = f'\n<meta property="og:image" content="{story.images[0].url}">' if story.images else ""
    return f"""<link rel="canonical" href="{story.canonical_url}">
<meta name="description" content="{text(story.description)}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{PAPER[story.language]}">
<meta property="og:title" content="{text(story.title)}">
<meta property="og:description" content="{text(story.description)}">
<meta property="og:url" content="{story.canonical_url}">{image}"""


def article_times(story: Story) -> str:
    """Publication and modification as Open Graph has them."""
    return f"""<meta property="article:published_time" content="{story.date_published}">
<meta property="article:modified_time" content="{story.date_modified}">"""


def linked_data(node: dict[str, Any]) -> str:
    """A JSON-LD block."""
    content = json.dumps(node, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{content}</script>'


def news_article(story: Story, kind: str = "NewsArticle", **more: object) -> dict[str, Any]:
    """The story as a schema.org node."""
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "mainEntityOfPage": story.canonical_url,
        "url": story.canonical_url,
        "headline": story.title,
        "description": story.description,
        "datePublished": story.date_published,
        "dateModified": story.date_modified,
        "author": authors(story),
        "publisher": {"@type": "NewsMediaOrganization", "name": PAPER[story.language]},
        "articleSection": story.section.name,
        "keywords": list(story.tags),
        "inLanguage": story.language,
    }
    if story.images:
        node["image"] = [{"@type": "ImageObject", "url": image.url, "caption": image.caption} for image in story.images]
    return node | more


def authors(story: Story) -> list[dict[str, Any]]:
    """The authors as schema.org nodes."""
    kinds = {"person": "Person", "agency": "Organization", "organization": "Organization"}
    return [
        {"@type": kinds[author.kind], "name": author.name} | ({"url": author.url} if author.url else {})
        for author in story.authors
    ]


def author_links(story: Story, joins: tuple[str, str], attributes: str = "") -> str:
    """The byline with each author a link: `joins` stand before the last author and between the others."""
    also = f" {attributes}" if attributes else ""
    links = [
        f'<a href="{author.url}"{also}>{text(author.name)}</a>' if author.url else text(author.name)
        for author in story.authors
    ]
    last, between = joins
    return last.join([between.join(links[:-1]), links[-1]]) if len(links) > 1 else links[0]


def figure(image: Image, family: str, label: str = "") -> str:
    """A picture with caption and credit in spans of their own."""
    return f"""<figure class="{family}-figure">
<img src="{image.url}" width="640" height="360" alt="{text(image.caption)}">
<figcaption><span class="{family}-caption">{text(image.caption)}</span> <span class="{family}-credit">{label}{text(image.credit)}</span></figcaption>
</figure>"""


def prose(block: Block) -> str:
    """A prose block as plain markup."""
    if block.kind == "heading":
        return f"<h2>{html(block.texts[0])}</h2>"
    if block.kind == "quote":
        return f"<blockquote><p>{html(block.texts[0])}</p></blockquote>"
    if block.kind == "list":
        return "<ul>" + "".join(f"<li>{html(item)}</li>" for item in block.texts) + "</ul>"
    return f"<p>{html(block.texts[0])}</p>"


def tag_links(story: Story, around: Around) -> str:
    """The story's tags as links to their pages."""
    return ", ".join(f'<a href="{around.base}/tag/{tag_slug(tag)}" rel="tag">{text(tag)}</a>' for tag in story.tags)


def tag_slug(tag: str) -> str:
    """A tag as it stands in its page's address: UTF-8, percent-encoded."""
    return quote(tag.lower().replace(" ", "-"))


def more(story: Story, heading: str, name: str) -> str:
    """The story's further reading in a section of its own; nothing, where there is none."""
    items = "\n".join(f'<li><a href="{link.url}">{text(link.title)}</a></li>' for link in story.further_reading)
    return f'<section class="{name}"><h2>{heading}</h2><ul>{items}</ul></section>' if items else ""


def teasers(title: str, stories: tuple[Teaser, ...], name: str) -> str:
    """A sidebar of headlines."""
    items = "\n".join(f'<li><a href="{story.url}">{text(story.title)}</a></li>' for story in stories)
    return f'<aside class="sidebar {name}"><h3>{title}</h3>\n<ul>{items}</ul></aside>'


def banner(around: Around, language: str) -> str:
    """The paper's head: name and sections of the language, and the other languages."""
    front = "/" if language == "en" else f"/{language}/"
    links = "\n".join(
        f'<li><a href="{around.base}{section.path}">{section.name}</a></li>'
        for section in around.sections
        if section.language == language
    )
    languages = " ".join(
        f'<a href="{around.base}{"/" if code == "en" else f"/{code}/"}" lang="{code}">{name}</a>'
        for code, name in PAPER.items()
        if code != language
    )
    return f"""<header class="site-header"><a class="masthead" href="{around.base}{front}">{PAPER[language]}</a>
<nav class="site-nav"><ul>{links}</ul><div class="languages">{languages}</div></nav></header>"""


def footer(around: Around) -> str:
    """The paper's foot."""
    pages = (
        "about",
        "contribute",
        "newsletter",
        "shop/calendar",
        "internal/drafts",
        "odd/",
        "calendar/2026/05",
        "search",
    )
    links = " · ".join(f'<a href="{around.base}/{page}">{page.strip("/").split("/")[0].title()}</a>' for page in pages)
    return f"""<footer class="site-footer"><p>{links}</p>
<p>© 2026 The Selmark Courier. A newspaper that does not exist.</p></footer>"""
