"""What a page's address says about its kind: sections, tags, shops, forums, or the words of a headline."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from slugify import slugify

from crawler.extraction.lexicon import words

_STORIES = words(
    "blog blogs news article articles story stories post posts magazine press insights journal resources nachrichten "
    "artikel beitrag noticia noticias articulo actualites actualite article-de-blog notizie articolo articoli nieuws "
    "nyheter nyheder uutiset wiadomosci zpravy hirek novosti berita haber haberler"
)
_LISTS = words(
    "tag tags category categories topic topics author authors section sections archive archives search page browse "
    "directory directories list lists collection collections c cat cp l trending latest all index department "
    "departments keyword keywords label labels thema themen kategorie autor autoren autores etiqueta categoria temas "
    "auteur auteurs mot-cle sujet categorie tema temi argomenti onderwerp tagi tema emne emneord"
)
_SHOPS = words(
    "product products p item items itm dp shop store cart collections collection c category buy sale produkt produkte "
    "produit produits producto productos prodotto prodotti boutique tienda winkel"
)
_FORUMS = words(
    "forum forums community thread threads topic question questions discussion discussions t d showthread.php "
    "viewtopic.php board boards comments r foro foros foren"
)
_SERVICES = words(
    "services service solutions solution pricing features platform about contact software company industries plans "
    "leistungen servicios servizi"
)
_FORUM_HOSTS = words("forum forums community discuss discussion discussions board boards bbs")
_SHOP_HOSTS = words("shop store buy")
_STORY_HOSTS = words("blog blogs news")
_SEARCHES = words(
    "search suche recherche rechercher buscar busca pesquisa cerca ricerca zoeken sok sök haku szukaj hledat kereses "
    "ara arama поиск пошук 検索 搜索 검색"
)
_ASKED = words("q s query search keyword keywords text term searchterm suche mot buscar k")
_DATE = re.compile(r"/(?:19|20)\d\d/\d\d?(?:/|-)|(?:19|20)\d\d-\d\d-\d\d|/(?:19|20)\d{6}(?=[/_-])")


def split(url: str) -> SplitResult:
    """The URL in its parts; what is none is a path."""
    try:
        return urlsplit(url)
    except ValueError:  # e.g. 'http://[': no URL at all
        return SplitResult("", "", url, "", "")


def is_front_page(url: str) -> bool:
    """Whether the address is a site's root."""
    parts = split(url)
    return parts.path in ("", "/") and not parts.query


def is_search(url: str) -> bool:
    """Whether the address asks a site's search for something."""
    parts = split(url)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2].lower().partition(".")[0]
    return last in _SEARCHES and any(field.partition("=")[0].lower() in _ASKED for field in parts.query.split("&"))


def names_its_address(url: str, heads: str) -> bool:
    """Whether the page's titles have the words of its own address, as an article's: /news/harbour-opens-again-123."""
    segments = [segment for segment in split(url).path.split("/") if segment.count("-") >= 3]
    if not segments:
        return False
    names = [name for name in slugify(unquote(segments[-1])[:300]).split("-") if not name.isdigit()]
    if len(names) < 3:
        return False
    found = set(slugify(heads[:1_000]).split("-"))
    return sum(name in found for name in names) >= 0.6 * len(names)


def address_signs(url: str) -> Iterator[str]:
    """The signs that a page's URL shows."""
    parts = split(url)
    segments = [segment for segment in unquote(parts.path).lower().split("/") if segment]
    before, last = set(segments[:-1]), segments[-1] if segments else ""
    stories = [place for place, segment in enumerate(segments[:-1]) if segment in _STORIES]
    hyphens = last.count("-")
    labels = set((parts.hostname or "").split("."))
    yield from (name for name, known in _BEFORE if before & known)
    yield from (name for name, known in _HOSTS if labels & known)
    if stories and not any(segment in _LISTS for segment in segments[stories[0] + 1 : -1]):
        yield "address of a story"
    if last in _LISTS or last in _STORIES:
        yield "address ends in a list"
    if len(segments) == 1 and hyphens < 2:
        yield "address of one word"
    if hyphens <= 1:
        yield "address of no headline"
    if hyphens >= 3:
        yield "address of some words"
    if hyphens >= 5:
        yield "address of many words"
    if _DATE.search(parts.path):
        yield "address with a date"


_BEFORE = (
    ("address of a list", _LISTS),
    ("address of a shop", _SHOPS),
    ("address of a forum", _FORUMS),
    ("address of a service", _SERVICES),
)
_HOSTS = (("host of a forum", _FORUM_HOSTS), ("host of a shop", _SHOP_HOSTS), ("host of stories", _STORY_HOSTS))
