"""URLs: cleaned, normalised, and told apart before anything is fetched."""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from archives.tracking import is_click, untracked

LONGEST = 2083
"""As Scrapy's URLLENGTH_LIMIT: nothing longer is ever asked for."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[\w.-]*[^\W_][\w.-]*|[\da-f:.]*:[\da-f:.]*")
"""A name, of letters and digits in whatever script, or an IPv6 address."""
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def fault(url: str) -> str | None:
    """Why the URL cannot be asked for, in a few words; None if it can."""
    if len(url) > LONGEST:
        return f"URL of {len(url)} characters"
    if _CONTROL.search(url):
        return "URL with control characters"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if parts.password is not None and parts.scheme in ("http", "https"):
            return "URL with a password"  # which would be archived and handed on with each capture
        if host:
            host.encode("idna" if not host.isascii() else "ascii")
    except ValueError:
        return "malformed URL"
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme or 'no'} scheme" if len(parts.scheme) < 20 else "malformed URL"
    if not host:
        return "URL without a host"
    return None if _HOST.fullmatch(host) else "URL with a host that can be none"


def clean_url(text: str) -> str | None:
    """The URL as it can be asked for: percent-encoded ASCII; None if it cannot be (see `fault`).

    Line breaks and tabs at the ends or inside are dropped, as a browser does (WHATWG URL, section 4.4).
    """
    text = _LINE_BREAKS.sub("", text[: LONGEST + 1]).strip()
    if fault(text):
        return None
    try:
        url = safe_url_string(text)
    except (ValueError, UnicodeError):
        return None
    return None if fault(url) else url


def normalised(url: str) -> str:
    """The same address in one form: lower-case host, no default port, no fragment, a path; the query untouched."""
    parts = urlsplit(url)
    netloc = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, "\0"))
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


def address_of(url: str) -> str:
    """The address by which a page is known, wherever the click came from: normalised, without the marks of tracking."""
    return normalised(untracked(url))


def is_front_page(url: str) -> bool:
    """Whether the URL is that of a whole site."""
    return urlsplit(url).path in ("", "/")


_FORMS = re.compile(
    r"share\w*|from(?:_?rss|feed)|output_?type|amp|print(?:able|version|mode)?|session_?id|phpsessid|jsessionid",
    re.IGNORECASE,
)
"""Parameters that make another form of the same story."""
_FORM = re.compile(r"amp|print(?:able|version)?", re.IGNORECASE)
_FORM_ENDING = re.compile(r"[.-](?:amp|print)(?=(?:\.s?html?)?$)", re.IGNORECASE)


def story_key(url: str) -> str:
    """What all addresses of one story share: host and path without the marks of tracking, AMP, print and mobile forms.

    A key to compare with, not an address to ask for.
    """
    parts = urlsplit(normalised(url))
    host = re.sub(r"^(?:www|m|amp|mobile)\.(?=[^.]+\.)", "", parts.netloc)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > 1:
        segments = [segment for segment in segments if not _FORM.fullmatch(segment)]
    path = _FORM_ENDING.sub("", "/".join(segments))
    query = urlencode(sorted(_own_parameters(parts)))
    plain = unquote(path).replace("\0", "%00")  # which no database's text takes
    return f"{host}/{plain}" + (f"?{query}" if query else "")


def _own_parameters(parts: SplitResult) -> list[tuple[str, str]]:
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None)
    return [
        (name, value)
        for name, value in pairs
        if not is_click(name)
        and not _FORMS.fullmatch(name)
        and not (name in ("view", "format", "mode") and _FORM.fullmatch(value))
    ]


def form_rank(url: str) -> int:
    """0 for a story's plain address, more for tracked, AMP and print forms: of several the lowest is asked for."""
    parts = urlsplit(url)
    forms = sum(bool(_FORM.fullmatch(segment)) for segment in parts.path.split("/"))
    forms += bool(_FORM_ENDING.search(parts.path)) + parts.netloc.startswith(("amp.", "m."))
    return 2 * forms + (len(_own_parameters(parts)) < len(parse_qsl(parts.query, keep_blank_values=True)))


_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|avif|ico|css|m?js|json|xml|rss|atom|woff2?|ttf|otf|pdf|zip|gz|mp[34]|m3u8|webm|ogg|wav|"
    r"docx?|xlsx?|pptx?|epub|ics|exe|apk|dmg|txt)$",
    re.IGNORECASE,
)
_NOT_STORIES = re.compile(
    r"tags?|topics?|themen?|authors?|autoren?|auteurs?|autor|people|profile|category|categories|kategorien?|categorie|section|"
    r"rubric|rubrik|search|suche|recherche|login|signin|sign-in|register|signup|subscribe|subscriptions?|abo|account|newsletters?|"
    r"about|about-us|contact|impressum|privacy|datenschutz|terms|cookies?|help|faq|jobs|careers|advertis\w*|shop|store|cart|"
    r"rss|feeds?|sitemap|page|seite|archive?s?|calendar|kalender|weather|wetter|horoscopes?|games|spiele|live-tv|tv|"
    r"print|share|cdn-cgi|wp-(?:admin|login|content|json)",
    re.IGNORECASE,
)
"""Folders and last segments of the pages around the stories: lists, services, the site's own affairs."""
_STORY_FOLDERS = re.compile(r"articles?|artikel|articulo|story|stories|news|post|p|a|live", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d{2}[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?(?:[0-2]?\d|3[01]))?(?:/|-|$)")
_IDENTIFIER = re.compile(r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-|(?:^|[-_.])[a-z]{0,3}\d{4,}|[0-9a-z]{10,}$")


def article_likeness(url: str) -> float:
    """How much the address alone looks like one article's: 0 (surely not) to 1; from 0.5 on it is worth a look."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    if not segments or _NOT_PAGES.search(path) or len(path) > 1024:
        return 0.0
    last = re.sub(r"\.(?:s?html?|php|aspx?|jsp)$", "", segments[-1], flags=re.IGNORECASE)
    if _NOT_STORIES.fullmatch(last) or any(_NOT_STORIES.fullmatch(segment) for segment in segments[:-1][:2]):
        return 0.1
    words = len([word for word in re.split(r"[-_ ]+", last) if word])
    score = 0.15 * min(words - 1, 4)
    score += 0.4 * bool(_DATED.search(path))
    score += 0.35 * bool(_IDENTIFIER.search(last)) if re.search(r"\d", last) else 0.0
    score += 0.15 * any(_STORY_FOLDERS.fullmatch(segment) for segment in segments[:-1])
    score += 0.1 * (last != segments[-1]) + 0.1 * (len(segments) > 1) + 0.15 * (len(last) > 30)
    return min(score, 1.0)


def looks_like_article(url: str) -> bool:
    """Whether the address alone makes an article likely."""
    return article_likeness(url) >= 0.5


_MONTH = re.compile(r"((?:19|20)\d{2})[-_/.]?(0?[1-9]|1[0-2])(?!\d)")


def month_in_url(url: str) -> str | None:
    """The month that an archive's address names, as '2024-06': sitemaps of months often say no other date."""
    found = _MONTH.search(urlsplit(url).path)
    return f"{found[1]}-{int(found[2]):02d}" if found else None
