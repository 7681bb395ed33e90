"""JSON as pages print it: with trailing commas, comments, raw newlines, HTML entities, a cut-off end."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

LARGEST = 4 * 2**20
"""Characters of one script that are read."""
_DECODER = json.JSONDecoder(strict=False)
_WRAPPING = re.compile(r"\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)\s*")
# A string may run to the end of the text, so that an open quote is scanned once and not anew from every escaped one.
_TOKEN = re.compile(
    r'(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z))'
    r"|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<comma>,[\s,]*+(?P<closer>[}\]])?)",
    re.DOTALL,
)
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])|\\u(?![0-9a-fA-F]{4})")
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_NEXT_VALUE = re.compile(r"[\[{]")
_SALVAGED = ("headline", "datePublished", "dateModified", "articleSection")


def read_json(text: str) -> list[Any]:
    """The values that the text holds, repaired where it is no JSON; none if nothing can be made of it."""
    text = without_halves(_unwrapped(text[:LARGEST]))
    for candidate in _candidates(text):
        try:
            return list(_values(candidate))
        except (ValueError, RecursionError):
            continue
    return _salvage(text)


def without_halves(text: str) -> str:
    """The text with U+FFFD for each escaped half of a surrogate pair that misses the other: no text could hold it."""
    return _HALF.sub(r"\\ufffd", text) if "\\ud" in text or "\\uD" in text else text


def _unwrapped(text: str) -> str:
    wrapping = _WRAPPING.match(text)
    return (text[wrapping.end() :] if wrapping else text).strip().lstrip("\ufeff")


def _candidates(text: str) -> Iterator[str]:
    yield text
    yield _repaired(text)
    if "&quot;" in text or "&#34;" in text:
        yield _repaired(html.unescape(text))


def _values(text: str) -> Iterator[Any]:
    """Each value of the text; what stands between and after them is skipped, but the first must be one."""
    start = _NEXT_VALUE.search(text)
    if start is None:
        return
    value, end = _DECODER.raw_decode(text, start.start())
    yield value
    while following := _NEXT_VALUE.search(text, end):
        try:
            value, end = _DECODER.raw_decode(text, following.start())
        except ValueError:
            return
        yield value


def _repaired(text: str) -> str:
    return _closed(_TOKEN.sub(_mended, text))


def _mended(token: re.Match[str]) -> str:
    if token["comma"]:
        return token["closer"] or ","
    if token["string"] is None:
        return ""
    return _BAD_ESCAPE.sub("", token["string"]) if "\\" in token["string"] else token["string"]


def _closed(text: str) -> str:
    """The text with what it left open closed: an unfinished string, then the brackets."""
    stack: list[str] = []
    for token in re.finditer(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', text, re.DOTALL):
        sign = token[0]
        if sign in "[{":
            stack.append("]" if sign == "[" else "}")
        elif sign in "]}":
            if not stack:
                break
            stack.pop()
        elif len(sign) == 1 or not sign.endswith('"'):
            stack.append('"')
    return text + "".join(reversed(stack)) if stack else text


def _salvage(text: str) -> list[Any]:
    """Where quotes inside a string broke the JSON for good: the plain facts that can still be read out of it."""
    kind = re.search(r'"@type"\s*:\s*\[?\s*"(\w{1,40})"', text)
    if not kind:
        return []
    found = {"@type": kind[1]}
    for name in _SALVAGED:
        value = re.search(rf'"{name}"\s*:\s*"([^"\\]{{1,300}})"\s*[,}}\n]', text)
        if value:
            found[name] = value[1]
    return [found] if len(found) > 1 else []
