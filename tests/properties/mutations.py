"""Pages made worse at random, the same for the same seed: what networks, templates and enemies do to HTML."""

import json
import re
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

TOKENS = (
    b"<div>", b"</div>", b"</article>", b"<p>", b"<svg>", b"<template>", b"<table><tr>", b"<select>", b"<noscript>",
    b"<textarea>", b"<plaintext>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<script>", b"</script>", b"<style>",
    b"<?xml ", b"<base href='http://['>", b"<meta charset=utf-16>", b"<meta charset=utf-7>",
    b"<meta charset=x-user-defined>", b"<meta property=og:title content>",
    b"<time datetime='99999-99-99T99:99:99+99:99'>", b"<time>31.02.0000</time>", b"<time datetime='-0001-01-01'>",
    b"<a href='javascript:x'>", b"<a href='http://[::1'>x</a>", b"<a href='//'>x</a>",
    b"<a rel=author href='mailto:x'>By</a>", b"<img src='data:,x' srcset=', 1x,, 2w'>",
    b"<link rel=canonical href='http://[]'>", b"<span class='byline author'>By By and &amp; ,,</span>",
    b"<div itemscope itemtype itemprop>", b"<h1>", b"<h1></h1>", b"&#x110000;", b"&#0;", b"&#xD800;",
    b"&amp;amp;amp;", b"&lt;script&gt;", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf",
    b"\x1b[31m", "\u0661\u0662/\u0663\u0664/\u0665".encode(), "\u00b2\u00b3:\u2460".encode(),
    b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\ud800","author":[[[[]]]]}</script>',
    b'<script type="application/ld+json">{"@graph":[{"@id":"a","author":{"@id":"a"}},{"@id":"a"}]}</script>',
    b'<script type="application/ld+json">{"@type":["NewsArticle",7,null],"datePublished":1e999,"author":NaN}</script>',
    b'<script type="application/ld+json">' + b"[" * 3000 + b"</script>",
    b'<script type="application/ld+json">{"a":' * 40,
    b'<script id="__NEXT_DATA__">{"props":{"body":"<p>a<p>b<p>c<p>d"}}</script>',
)  # fmt: skip
VALUES = (
    None, True, 0, -1, 10**40, 1e308, "", " ", "\x00", "\ud800", "2031-02-30T25:61:61Z", "0000-00-00", "http://[",
    "@", "," * 50, [], [[]], [None], {}, {"@id": "#self"}, {"@type": None}, {"name": {"name": {"name": 7}}},
    ["a", 1, {"@type": "Person"}],
)  # fmt: skip
TYPES = (
    None, "", "text/html", "text/html; charset=utf-8", "text/html; charset=windows-1251",
    "text/html; charset=utf-16", "text/html; charset=klingon", "text/html;charset=",
    "application/xhtml+xml; charset=iso-2022-jp", "\x00; charset=\xff",
)  # fmt: skip
_LINKED = re.compile(rb"(<script[^>]*ld\+json[^>]*>)(.*?)(</script>)", re.DOTALL)
_TAG = re.compile(rb"<[^>]{1,300}>")
_VALUE = re.compile(rb"=(\"[^\"]{0,300}\"|'[^']{0,300}')")


def mutated(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    """The page after one to five mutations."""
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        page = random.choice(MUTATIONS)(random, page, others)
    return page


def _span(random: Random, page: bytes, longest: int) -> tuple[int, int]:
    start = random.randrange(len(page) + 1)
    return start, min(len(page), start + random.randint(0, longest))


def _change_bytes(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(page)
    for _ in range(random.choice((1, 5, 50))):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _cut_out(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(random, page, 2000)
    return page[:start] + page[end:]


def _cut_off(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(random, page, len(page))
    return random.choice((page[:start], page[end:]))


def _repeat(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(random, page, 400)
    return page[:end] + page[start:end] * random.choice((1, 3, 40)) + page[end:]


def _transplant(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    start, end = _span(random, other, 3000)
    place = random.randrange(len(page) + 1)
    return page[:place] + other[start:end] + page[place:]


def _insert(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    places = [found.end() for found in _TAG.finditer(page)] or [0]
    for _ in range(random.choice((1, 2, 8))):
        place = min(random.choice(places), len(page))
        page = page[:place] + random.choice(TOKENS) * random.choice((1, 1, 30)) + page[place:]
    return page


def _drop_tags(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    share = random.choice((0.02, 0.3))
    return _TAG.sub(lambda found: b"" if random.random() < share else found[0], page)


def _change_values(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    """Attributes get each other's values, or ones that no attribute should have."""
    values = _VALUE.findall(page) or [b'""']
    odd = (
        b'""',
        b'"' + b"x " * 2000 + b'"',
        b'"\xff"',
        b'"http://["',
        b'"9999-99-99"',
        b"'<p>'",
        b'"#"',
        b'"display:none"',
    )
    share = random.choice((0.02, 0.2))
    return _VALUE.sub(
        lambda found: (
            b"=" + random.choice((random.choice(values), random.choice(odd))) if random.random() < share else found[0]
        ),
        page,
    )


def _change_linked_data(random: Random, page: bytes, others: Sequence[bytes]) -> bytes:
    """Linked data with values of other kinds, or of no kind."""

    def changed(found: re.Match[bytes]) -> bytes:
        try:
            data = json.loads(found[2])
        except (ValueError, RecursionError):
            return found[0]
        written = json.dumps(_with_other_values(random, data, random.choice((0.05, 0.3))))
        return found[1] + written.encode("utf-8", "replace") + found[3]

    return _LINKED.sub(changed, page)


def _with_other_values(random: Random, data: object, share: float) -> object:
    if random.random() < share:
        return random.choice((*VALUES, [data], {"@graph": [data]}, {"name": data}))
    if isinstance(data, dict):
        return {key: _with_other_values(random, value, share) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_other_values(random, value, share) for value in data]
    return data


MUTATIONS: tuple[Mutation, ...] = (
    _change_bytes, _cut_out, _cut_off, _repeat, _transplant, _insert, _insert, _drop_tags, _change_values,
    _change_linked_data, _change_linked_data,
)  # fmt: skip
