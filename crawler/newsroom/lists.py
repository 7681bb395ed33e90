"""Pages that list stories: front pages, sections, tags, authors, with paging; and the paper's plain pages."""

from collections.abc import Sequence

from slugify import slugify

from crawler.newsroom.edition import Edition
from crawler.newsroom.families.around import PAPER, Around, banner, footer, tag_slug, text
from crawler.newsroom.plan import Plan

PER_PAGE = 12
FRONT = {
    "en": "Latest news",
    "de": "Aktuelle Nachrichten",
    "ru": "Последние новости",
    "ja": "最新ニュース",
    "ar": "آخر الأخبار",
}
"""What stands over a front page, below the paper's name."""
TRACKING = "?utm_source=front&utm_medium=teaser&fbclid=IwAR0selmark"
PLAIN = {
    "/about": ("About us", "The Selmark Courier is printed nowhere and read by programs. Its stories, people and places are invented."),
    "/contribute": ("Support us", "There is nothing to pay here, but it is kind of you to look."),
    "/newsletter": ("Newsletters", "The Tide Table, Good Morning Selmark and The Long Read come out whenever nobody expects them."),
    "/login": ("Log in", "Subscribers sign in here."),
    "/shop/calendar": ("Shop: the harbour calendar", "Twelve lighthouses, one for each month, printed on paper that does not exist."),
    "/anzeige/treppenlift-ratgeber-2026": ("Anzeige: Treppenlift im Altbau", "Dies ist eine Anzeige. Sieben Fragen vor dem Kauf."),
    "/internal/drafts": ("Drafts", "Not for robots."),
    "/search": ("Search", "Nothing was found, because nothing was looked for."),
}  # fmt: skip


def listing(edition: Edition, path: str, page: int) -> str | None:
    """A front page, section, tag or author page; None where there is none."""
    found = _choice(edition, path)
    if found is None:
        return None
    title, language, plans = found
    last = max(1, -(-len(plans) // PER_PAGE))
    if not 1 <= page <= last:
        return None
    shown = plans[(page - 1) * PER_PAGE : page * PER_PAGE]
    cards = "\n".join(_card(edition, plan, tracked=place % 4 == 1) for place, plan in enumerate(shown))
    body = f'<main class="list"><h1>{text(title)}</h1>\n{cards}\n{_pager(edition.base + path, page, last)}</main>'
    head = _feeds(edition) + (f'<link rel="next" href="{edition.base}{path}?page={page + 1}">' if page < last else "")
    return frame(edition.plain_around(), language, title, body, head)


def _choice(edition: Edition, path: str) -> tuple[str, str, Sequence[Plan]] | None:
    for language in PAPER:
        if path == ("/" if language == "en" else f"/{language}/"):
            return FRONT[language], language, [plan for plan in edition.plans if plan.language == language]
    for section in edition.sections:
        if path == section.path:
            return section.name, section.language, [plan for plan in edition.plans if plan.section == section]
    group, _, slug = path.strip("/").partition("/")
    if group == "tag":
        tagged = [plan for plan in edition.plans if slug in map(tag_slug, plan.tags)]
        return (_tag(tagged[0], slug), tagged[0].language, tagged) if tagged else None
    if group == "author":
        written = [plan for plan in edition.plans if slug in map(slugify, _names(plan))]
        return (_author(written[0], slug), written[0].language, written) if written else None
    return None


def _names(plan: Plan) -> tuple[str, ...]:
    return (*plan.authors, plan.agency) if plan.agency else plan.authors


def _tag(plan: Plan, slug: str) -> str:
    return next(tag for tag in plan.tags if tag_slug(tag) == slug)


def _author(plan: Plan, slug: str) -> str:
    return next(name for name in _names(plan) if slugify(name) == slug)


def _card(edition: Edition, plan: Plan, *, tracked: bool) -> str:
    teaser = edition.teaser(plan, TRACKING if tracked else "")
    picture = "" if plan.family == "script_data" else f'<img src="{edition.base}/pictures/{plan.number}-0.png" alt="">'
    return f"""<div class="card">{picture}<p class="card-section">{text(teaser.section)}</p>
<h2><a href="{text(teaser.url)}">{text(teaser.title)}</a></h2><p class="card-day">{teaser.day}</p></div>"""


def _pager(address: str, page: int, last: int) -> str:
    earlier = f'<a rel="prev" href="{address}?page={page - 1}">‹</a>' if page > 1 else ""
    later = f'<a rel="next" href="{address}?page={page + 1}">›</a>' if page < last else ""
    return f'<nav class="pager">{earlier} {page} / {last} {later}</nav>'


def _feeds(edition: Edition) -> str:
    feeds = [("rss+xml", f"/rss/{name}") for name in ("news", "opinion", "breaking", "de", "ru", "ja", "ar")]
    return "".join(
        f'<link rel="alternate" type="application/{kind}" href="{edition.base}{path}">\n'
        for kind, path in [*feeds, ("atom+xml", "/atom.xml")]
    )


def plain_page(around: Around, path: str) -> str:
    """One of the paper's own pages, which are no stories."""
    title, words = PLAIN[path]
    return frame(around, "en", title, f'<main class="plain"><h1>{title}</h1><p>{words}</p></main>')


def calendar(around: Around, year: int, month: int) -> str:
    """A month of the endless calendar."""
    before, after = divmod(year * 12 + month - 2, 12), divmod(year * 12 + month, 12)
    links = " ".join(
        f'<a href="{around.base}/calendar/{y:04d}/{m + 1:02d}">{y:04d}-{m + 1:02d}</a>' for y, m in (before, after)
    )
    days = "".join(f"<li>{day}</li>" for day in range(1, 29))
    body = f'<main class="plain"><h1>Events in {year:04d}-{month:02d}</h1><nav>{links}</nav><ol class="month">{days}</ol></main>'
    return frame(around, "en", f"Events in {year:04d}-{month:02d}", body)


def frame(around: Around, language: str, title: str, body: str, head: str = "") -> str:
    """A page that is no story."""
    direction = ' dir="rtl"' if language == "ar" else ""
    return f"""<!DOCTYPE html>
<html lang="{language}"{direction}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(title)} - {PAPER[language]}</title>
<link rel="icon" href="{around.base}/favicon.ico">
<link rel="stylesheet" href="{around.base}/assets/paper.css">
{head}</head>
<body>
{banner(around, language)}
{body}
{footer(around)}
<script src="{around.base}/assets/paper.js" defer></script>
</body>
</html>
"""
