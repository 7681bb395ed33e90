"""SURT keys: URLs in the canonical form, host turned round, under which indexes sort and look up captures.

The form is that of the Wayback Machine's indexes, so that pywb finds by its own keys what is filed under ours: Google's
canonicalisation first (unescape fully, resolve dots, escape once), then the archive's own leniency (case, `www`,
default port, session ids, order of the query).
"""

import re
from functools import lru_cache
from typing import NewType
from urllib.parse import unquote_to_bytes

Surt = NewType("Surt", str)
"""A canonical key, e.g. 'com,example)/news?id=7'."""

_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.\-]*):")
_PARTS = re.compile(rb"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_DEFAULT_PORTS = {b"http": 80, b"https": 443}
_WWW = re.compile(rb"www\d*\.")
_NUMERIC_HOST = re.compile(rb"\d+(?:\.\d+){0,3}")
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
_PERCENT = ord("%")
_UNSAFE = re.compile(rb"[\x00-\x20\x7f-\xff#%]")
_PATH_SESSIONS = (
    re.compile(rb"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(rb"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE),
)
_QUERY_SESSIONS = tuple(
    re.compile(rb"^(.*)(?:" + session + rb")(?:&(.*))?$", re.IGNORECASE | re.DOTALL)
    for session in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt(url: str) -> Surt:
    """The key of a URL; of other URIs (`urn:`, `dns:`) their own canonical form."""
    raw = re.sub(rb"[\t\r\n]", b"", url.encode("utf-8", "surrogatepass").strip())
    if not raw:
        return Surt("-")
    if not _SCHEME.match(raw):
        raw = b"http://" + raw
    raw = re.sub(rb"^(https?://)+", lambda match: match[1], raw)
    match = _PARTS.fullmatch(raw)
    scheme, authority, path, query = match.groups() if match else (b"http", None, raw, None)
    if scheme.startswith(b"http") and not authority:
        authority, _, path = path.lstrip(b"/").partition(b"/")
        path = b"/" + path
    if not authority:
        return Surt((scheme + b":" + _path(path, hierarchical=False) + _query(query)).decode("ascii", "replace"))
    return Surt(
        (_host(scheme, authority) + b")" + _path(path, hierarchical=True) + _query(query)).decode("ascii", "replace")
    )


@lru_cache(maxsize=4096)
def _host(scheme: bytes, authority: bytes) -> bytes:
    """Host turned round, with its port where that is not the scheme's own."""
    name, port = _split_port(authority.rpartition(b"@")[2])
    name = _escape(_unescape(name))
    name = re.sub(rb"\.{2,}", b".", name).strip(b".").lower()
    if _NUMERIC_HOST.fullmatch(name):
        name = _dotted_quad(name)
    name = name[len(match[0]) :] if (match := _WWW.match(name)) else name
    turned = b",".join(reversed(name.split(b".")))
    return turned + (b":%d" % port if port and port != _DEFAULT_PORTS.get(scheme.lower()) else b"")


def _split_port(host: bytes) -> tuple[bytes, int | None]:
    bracketed = re.fullmatch(rb"\[([^\]]*)\](?::(\d*))?", host)
    match = bracketed or re.fullmatch(rb"(.*?)(?::(\d*))?", host, re.DOTALL)
    name, port = (match[1], match[2]) if match else (host, None)
    if not bracketed:
        name = _to_punycode(name)
    return name, int(port) if port else None


def _to_punycode(host: bytes) -> bytes:
    """An international name as DNS has it; a name that IDNA refuses stays as it is."""
    host = _unescape(host)
    if host.isascii():
        return host
    try:
        return host.decode("utf-8").encode("idna")
    except UnicodeError:
        return host


def _dotted_quad(host: bytes) -> bytes:
    """An IPv4 address in any of inet_aton's decimal and octal spellings; a number that is none stays as it is."""
    try:
        *front, last = [int(part, 8 if len(part) > 1 and part.startswith(b"0") else 10) for part in host.split(b".")]
    except ValueError:
        return host
    if any(part > 255 for part in front) or last >= 256 ** (4 - len(front)):
        return host
    return b".".join(b"%d" % octet for octet in bytes(front) + last.to_bytes(4 - len(front), "big"))


def _unescape(text: bytes) -> bytes:
    """Percent escapes undone until none is left, those too that only come about by that: %2541 is A."""
    if not _ESCAPE.search(text := unquote_to_bytes(text)):
        return text
    plain = bytearray()  # byte by byte, as rounds over the whole of %25252525… would take for ever
    for byte in text:
        plain.append(byte)
        while byte != _PERCENT and _ESCAPE.match(plain, max(0, len(plain) - 3)):
            byte = int(plain[-2:], 16)
            plain[-3:] = bytes([byte])
    return bytes(plain)


def _escape(text: bytes) -> bytes:
    return _UNSAFE.sub(lambda match: b"%%%02x" % match[0][0], text)


def _path(path: bytes, *, hierarchical: bool) -> bytes:
    text = _unescape(path)
    if hierarchical:
        text = _resolve_dots(text)
    text = _escape(text).lower()
    for session in _PATH_SESSIONS:
        text = session.sub(rb"\1\2", text)
    return text[:-1] if text.endswith(b"/") and len(text) > 1 else text


def _resolve_dots(path: bytes) -> bytes:
    """Segments `.` dropped, `..` taken with the one before it (or left where there is none), slashes made single."""
    kept: list[bytes] = []
    for segment in path.split(b"/")[1:]:
        if segment == b".." and kept:
            kept.pop()
        elif segment != b".":
            kept.append(segment)
    return b"/" + b"/".join(filter(None, kept))


def _query(query: bytes | None) -> bytes:
    if not query:
        return b""
    text = _escape(_unescape(query))
    for session in _QUERY_SESSIONS:
        text = session.sub(lambda match: match[1] + (match[2] or b""), text)
    pairs = sorted(text.lower().split(b"&"), key=lambda pair: pair.split(b"=", 1))
    return b"?" + b"&".join(pairs) if text else b""
