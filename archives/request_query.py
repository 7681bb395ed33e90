"""What was sent with a request, as a query, by which captures of one URL are told apart in the index.

The form is that of pywb and the Webrecorder tools (specs.webrecorder.net, request body canonicalization): the method,
and the fields of a form or of JSON; of anything else the bytes in Base64.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote_plus, urlencode

from archives.surt import Surt, surt

LONGEST = 4096
"""Characters of a query that count."""
LOOKED_AT = 1 << 20
"""Bytes of a request message that count."""
INDEXED_BY_URL = frozenset({"GET", "HEAD"})
_WITH_BODY = frozenset({"POST", "PUT"})


def capture_key(url: str, request: bytes) -> Surt:
    """The key under which the answer to a request is filed: that of the URL, unless something was sent to it."""
    method = method_of(request)
    if method in INDEXED_BY_URL:
        return surt(url)
    query = query_of(request)
    sent = f"__wb_method={method}" + (f"&{query}" if query else "")
    return surt(f"{url}{'&' if '?' in url else '?'}{sent}")


def query_of(request: bytes) -> str:
    """What was sent with a request, as far as it counts; empty, if nothing was, or nothing that can be understood."""
    if method_of(request) not in _WITH_BODY:
        return ""
    kind, body = _sent(request[:LOOKED_AT])
    return _query(kind, body)[:LONGEST] if body else ""


def method_of(request: bytes) -> str:
    """The method of a request message; GET if there is no request to ask."""
    return request[:20].split(b" ", 1)[0].decode("ascii", "replace").upper() or "GET"


def _sent(request: bytes) -> tuple[str, bytes]:
    """Media type and body of a request message."""
    head, _, body = request.partition(b"\r\n\r\n")
    kinds = (line[13:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:"))
    return next(kinds, b"").strip().lower().decode("latin-1"), body


def _query(kind: str, body: bytes) -> str:
    try:
        if kind.startswith("application/x-www-form-urlencoded"):
            return unquote_plus(body.decode())
        if kind.startswith(("application/json", "text/plain")):
            return _of_json(json.loads(body))
    except (ValueError, RecursionError):  # neither UTF-8 nor JSON, or made to be neither
        if kind.startswith("application/json"):
            return ""
    return "__wb_post_data=" + base64.b64encode(body).decode()


def _of_json(value: object) -> str:
    met: Counter[str] = Counter()
    pairs = []
    for name, leaf in _leaves(value, ""):
        met[name] += 1
        pairs.append((name if met[name] == 1 else f"{name}.{met[name]}_", leaf))
    return urlencode(pairs)


def _leaves(value: object, name: str) -> Iterator[tuple[str, str]]:
    """The named values in a tree, depth first, written as JavaScript writes them."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, name)
    elif name:
        yield name, _written(value)


def _written(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
