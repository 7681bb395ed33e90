"""Bodies that stand in script data alone: `__NEXT_DATA__` and its like, else JSON-LD's articleBody."""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Union, cast

from lxml import etree
from lxml.etree import _Element as Element

from crawler.extraction.document import Document
from crawler.extraction.json_repair import without_halves
from crawler.extraction.linked_data import text

_STRING = re.compile(r'"((?:[^"\\]|\\.){120,})"')
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_ASSIGNED = re.compile(r"^\s*(?:(?:window|self|var|let|const)[\w.\[\]'\"\s]{0,80}=\s*)?(?=[{\[])")
_TEXT_KEYS = ("text", "content", "value", "html", "body", "paragraph", "data", "children")
_HEADING_TYPES = re.compile(r"head|title|^h[1-6]$", re.IGNORECASE)
_OTHER_TYPES = re.compile(
    r"image|photo|video|embed|caption|ad$|advert|related|newsletter|script|tweet|gallery|promo|link", re.IGNORECASE
)
Json = Union[None, bool, float, str, list["Json"], dict[str, "Json"]]  # noqa: UP007 - it refers to itself
_LEAST = 40
_MOST_NODES = 200_000


def script_root(document: Document) -> Element | None:
    """The story's paragraphs from the page's scripts as a tree of their own; None if they hold none."""
    scripts = [script for script in document.scripts if len(script) > 300]
    markup = _longest_markup(scripts) or _structured(scripts) or _linked_body(document)
    if not markup:
        return None
    tree = etree.fromstring(f"<html><body><article>{markup}</article></body></html>", etree.HTMLParser(huge_tree=True))
    return tree if tree is not None and len(tree) else None


def _longest_markup(scripts: list[str]) -> str | None:
    """The longest script string with at least three paragraphs of markup."""
    found = (
        _unquoted(match[1])
        for script in scripts
        if "<p" in script or "\\u003" in script
        for match in _STRING.finditer(script)
    )
    return max((string for string in found if len(_PARAGRAPH.findall(string)) >= 3), key=len, default=None)


def _unquoted(quoted: str) -> str:
    try:
        string = json.loads(f'"{without_halves(quoted)}"', strict=False)
    except ValueError:  # a JavaScript escape that JSON has not
        return quoted
    return str(string)


def _structured(scripts: list[str]) -> str | None:
    """The list with the most text among the lists of paragraph-like objects in JSON scripts."""
    best, best_size = None, 0
    for script in scripts:
        for paragraphs in _paragraph_lists(_json(script)):
            size = sum(len(paragraph) for paragraph in paragraphs)
            if len(paragraphs) >= 3 and size > max(best_size, 250):
                best, best_size = paragraphs, size
    return "".join(best) if best else None


def _json(script: str) -> Json:
    match = _ASSIGNED.match(script)
    if match is None:
        return None
    try:
        return cast(Json, json.JSONDecoder(strict=False).raw_decode(without_halves(script), match.end())[0])
    except (ValueError, RecursionError):
        return None


def _paragraph_lists(data: Json) -> Iterator[list[str]]:
    """For each list of objects anywhere in the data, the paragraphs that they make."""
    waiting = [data]
    seen = 0
    while waiting and seen < _MOST_NODES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
            paragraphs = [paragraph for item in value[:2000] if (paragraph := _paragraph(item))]
            if paragraphs:
                yield paragraphs


def _paragraph(item: Json) -> str | None:
    """An object of a type, or with a text, as markup."""
    if not isinstance(item, dict):
        return None
    kind = str(item.get("type") or item.get("__typename") or item.get("kind") or item.get("nodeType") or "")
    if _OTHER_TYPES.search(kind):
        return None
    words = next((words for key in _TEXT_KEYS if (words := _words(item.get(key)))), "")
    if _HEADING_TYPES.search(kind) and 0 < len(words) < 200:
        return f"<h2>{words}</h2>"
    return f"<p>{words}</p>" if len(words) >= _LEAST else None


def _words(value: Json, depth: int = 0) -> str:
    """The text of a value: a string with its markup, or the texts of its children put together."""
    if isinstance(value, str):
        spaced = " " in value.strip() or not value.isascii()
        return (value if "<" in value else escape(value, quote=False)) if spaced or depth else ""
    if isinstance(value, list) and depth < 4:
        return "".join(
            _words(next((item[key] for key in _TEXT_KEYS if key in item), None), depth + 1)
            for item in value
            if isinstance(item, dict)
        )
    return ""


def _linked_body(document: Document) -> str | None:
    for node in document.article_nodes:
        body = text(node, "articleBody")
        if body and len(body) > 2 * _LEAST:
            return (
                body
                if "<p" in body
                else "".join(f"<p>{escape(line)}</p>" for line in body.splitlines() if line.strip())
            )
    return None
