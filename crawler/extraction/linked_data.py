"""JSON-LD and microdata as one list of nodes: graphs flattened, references resolved."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.etree import _Element as Element

from crawler.extraction.json_repair import read_json
from crawler.extraction.lexicon import words
from crawler.extraction.microdata import read_microdata

Node = dict[str, Any]
"""A thing that the page describes: schema.org property names to values, `@type` without its vocabulary."""

MOST_NODES = 4_000
"""Dicts of one page that are looked at."""
_ENTITY_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf")
"""Where a top-level node keeps further nodes about this page."""
_NESTED = (dict, list)
_REFERENCE = frozenset(("@id", "@type", "name"))
_POSTINGS = words("BlogPosting LiveBlogPosting Report SocialMediaPosting Review")


def read_nodes(scripts: Sequence[Element], marked: Sequence[Element], url: str) -> tuple[Node, ...]:
    """The page's own nodes in document order: of the JSON-LD in its scripts, then of the elements with microdata."""
    values: list[Any] = []
    refers = False
    for script in scripts:
        kind = script.get("type")
        if kind and "ld+json" in kind.lower():
            printed = script.text or ""
            values.extend(read_json(printed))
            refers = refers or "@id" in printed
    if refers:
        _resolve(values)
    return (*_top_level(values), *read_microdata(marked, url))


def articles(nodes: Iterable[Node], url: str) -> tuple[Node, ...]:
    """The nodes that are articles; if some name this page as theirs, those that name another are left out."""
    found = [node for node in nodes if is_article(node)]
    here = _key(url)
    named = [(node, [_key(link) for link in _links(node)]) for node in found]
    ours = [node for node, keys in named if here in keys]
    if not ours:
        return tuple(found)
    return (*ours, *(node for node, keys in named if not keys))


def types(node: Node) -> tuple[str, ...]:
    """Its types without their vocabulary: 'https://schema.org/NewsArticle' is 'NewsArticle'."""
    kind = node.get("@type")
    return tuple(str(name).rstrip("/").rpartition("/")[2].rpartition(":")[2] for name in _listed(kind))


def is_article(node: Node) -> bool:
    """Whether the node is a piece of journalism."""
    return any(name.endswith("Article") or name in _POSTINGS for name in types(node))


def is_page(value: object) -> bool:
    """Whether a value is the node of a web page or of an article, rather than of a site or a periodical."""
    return isinstance(value, dict) and (is_article(value) or any(name.endswith("Page") for name in types(value)))


def values(node: Node, *names: str) -> list[Any]:
    """Everything the node says under these property names, nested lists flattened, empty values left out."""
    return [value for name in names for value in _listed(node.get(name)) if value not in ("", None, {}, [])]


def texts(node: Node, *names: str) -> list[str]:
    """The same, only what is text; a node gives its name, its value or its text."""
    found = []
    for value in values(node, *names):
        inner = value
        if isinstance(value, dict):
            inner = next(iter(values(value, "name", "@value", "headline", "text")), None)
        if isinstance(inner, str) and inner.strip():
            found.append(inner.strip())
    return found


def text(node: Node, *names: str) -> str | None:
    """The first of `texts`."""
    return next(iter(texts(node, *names)), None)


def link(value: object) -> str | None:
    """The URL that a value is or has."""
    candidates = values(value, "url", "@id", "sameAs") if isinstance(value, dict) else [value]
    return next((found for found in candidates if isinstance(found, str) and "/" in found), None)


def _listed(value: object) -> Iterator[Any]:
    """A value, or those of a list of whatever depth."""
    stack = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, list):
            stack.extend(reversed(top))
        elif top is not None:
            yield top


def _resolve(values: list[Any]) -> None:
    """Replace every reference in the values by what it refers to."""
    nodes = _dicts(values)
    known: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(known.get(name, ())):
            known[name] = node
    for node in nodes if known else ():
        for key, value in node.items():
            if isinstance(value, dict):
                if "@id" in value:
                    node[key] = _referent(value, known)
            elif isinstance(value, list):
                node[key] = [_referent(item, known) if isinstance(item, dict) else item for item in value]


def _referent(node: Node, known: dict[str, Node]) -> Node:
    """What a reference refers to; it may repeat the type and the name, as WordPress plugins write it."""
    name = node.get("@id")
    if not isinstance(name, str) or not node.keys() <= _REFERENCE:
        return node
    target = known.get(name, node)
    return target if node.get("name") in (None, target.get("name")) else node


def _dicts(values: list[Any]) -> list[Node]:
    """Every dict anywhere in the values, outer before inner."""
    found: list[Node] = []
    level = values
    while level and len(found) < MOST_NODES:
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                found.append(value)
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner
    return found[:MOST_NODES]


def _top_level(values: list[Any]) -> list[Node]:
    """The nodes about the page: of the values themselves, and where those keep further ones."""
    found: list[Node] = []
    seen: set[int] = set()
    stack = list(reversed(values))
    while stack and len(found) < MOST_NODES:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict) and id(value) not in seen:
            seen.add(id(value))
            if "@type" in value:
                found.append(value)
            stack.extend(value[key] for key in reversed(_ENTITY_KEYS) if isinstance(value.get(key), _NESTED))
    return found


def _links(node: Node) -> list[str]:
    return [found for found in map(link, values(node, "url", "mainEntityOfPage", "@id")) if found and "://" in found]


def _key(url: str) -> tuple[str, str]:
    """What two URLs of one page have in common, whatever their scheme, query and slashes."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ("", url)
    return (parts.netloc.lower().removeprefix("www."), unquote(parts.path).rstrip("/").lower())
