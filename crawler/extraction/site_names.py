"""What the page's site is called, as far as the page says: needed to tell it from titles and authors."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import Node, is_page, texts, types, values

_NOT_ALNUM = re.compile(r"[\W_]+")
_META = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "dc.publisher",
    "al:ios:app_name",
)
_POSSESSIVE = re.compile(r"['’]s\b")
_SECTION = re.compile(r"section|category|channel|rubri[kc]|ressort")
_LEAST_BEGUN = 5
"""Letters: what is longer, and what a name of the site begins with, is the site."""
_HOSTS = words("www m mobile amp news edition co com org net gov edu ac or go ne gob nom info")
_ORGANISATIONS = (
    "Organization",
    "NewsMediaOrganization",
    "WebSite",
    "Corporation",
    "Periodical",
    "NewsPaper",
    "Newspaper",
)


@lru_cache(maxsize=2048)
def squeezed(text: str) -> str:
    """The text's letters and digits alone, case folded: 'The Daily-Star' is 'thedailystar'."""
    return _NOT_ALNUM.sub("", text.casefold())


def names_of_site(url: str, meta: Mapping[str, list[str]], linked_data: Iterable[Node]) -> frozenset[str]:
    """Every name of the site, squeezed."""
    names = [content for name in _META for content in meta.get(name, ())]
    for node in linked_data:
        wholes = [whole for whole in values(node, "isPartOf") if not is_page(whole)]
        names += texts({**node, "isPartOf": wholes}, "publisher", "isPartOf", "sourceOrganization")
        if any(kind in _ORGANISATIONS for kind in types(node)):
            names += texts(node, "name", "alternateName")
    return frozenset(name for name in map(squeezed, [*names, *_labels(url)]) if 1 < len(name) < 60)


def names_of_path(url: str) -> frozenset[str]:
    """What stands between the slashes of the URL, squeezed: of the sections, as a rule, that the page is in."""
    return frozenset(name for name in map(squeezed, unquote(urlsplit(url).path).split("/")[:-1]) if 2 < len(name) < 30)


def names_of_section(meta: Mapping[str, list[str]], article_nodes: Sequence[Node]) -> frozenset[str]:
    """What the page calls its section, squeezed: titles have it as a tail too."""
    found = [content for name, contents in meta.items() if _SECTION.search(name) for content in contents[:3]]
    for node in article_nodes[:1]:
        found += texts(node, "articleSection")
    return frozenset(name for name in map(squeezed, found) if 1 < len(name) < 30)


def is_site_name(text: str, names: frozenset[str]) -> bool:
    """Whether a text is the site's name, its article, its possessive or top-level domain aside."""
    if _is_called(squeezed(text), names):
        return True
    if "s" in text and (bare := _POSSESSIVE.sub("", text)) != text and _is_called(squeezed(bare), names):
        return True
    return not text.isascii() and any(_is_called(plain, names) for plain in _in_host_letters(text))


def _in_host_letters(text: str) -> Iterator[str]:
    """As hosts spell it: 'Süddeutsche' is 'sueddeutsche', 'Zprávy' is 'zpravy', 'Ø' is 'oe' or 'o'."""
    for letters in (_SPELLED, _BARE):
        yield squeezed(unicodedata.normalize("NFKD", text.casefold().translate(letters)))


def _is_called(plain: str, names: frozenset[str]) -> bool:
    if plain in names or plain[:-1] in names or plain.removeprefix("the") in names or f"the{plain}" in names:
        return True
    heads = [name for name in names if plain.startswith(name)] if plain.startswith(tuple(names)) else ()
    if any(plain[len(head) :] in _SUFFIXES for head in heads):
        return True
    return len(plain) > _LEAST_BEGUN and any(name.startswith(plain) for name in names)


_BARE = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i"})
_SPELLED = _BARE | str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_SUFFIXES = words("com de fr net org co uk couk ch at it es pl ru ua cz se no dk fi nl be pt br in online news")


def _labels(url: str) -> list[str]:
    """The host as printed in titles: 'www.star.example' gives 'star.example' and 'star'."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [label for label in host.split(".")[:-1] if label not in _HOSTS and len(label) > 2]
    called = [bare for label in labels if len(bare := _CALL.sub("", label)) >= _LEAST_CALLED]
    return [host, *labels, *called, "".join(reversed(labels))]


_CALL = re.compile(r"^(?:get|try|join)")
_LEAST_CALLED = 5
"""Letters of a name before which a host has a call: 'getharbour.example'."""
