"""Test-only addresses below /wire/, linked nowhere: what the wire can look like when nobody minds the standards."""

import zlib
from collections.abc import Callable

from crawler.newsroom.coding import chunked, encode
from crawler.newsroom.message import Reply, Request, Script

PAGE = (
    b'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Wire test</title></head>\n'
    b"<body><h1>Wire test</h1><p>The signal lamp at Tarn Hollow was seen as far as Eastmere.</p></body></html>\n"
)
LATIN = PAGE.replace(b"utf-8", b"iso-8859-1").replace(b"Tarn Hollow", b"Tarn H\xf6llow")
_HTML = ("Content-Type", "text/html; charset=utf-8")
_TYPE = b"Content-Type: text/html; charset=utf-8\r\n"
_BOMB_BYTES = 64 * 2**20
_FEED_BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE rss [
<!ENTITY tide "flood flood flood flood flood flood flood flood flood flood">
%s
]>
<rss version="2.0"><channel><title>&tide9;</title><link>/</link><description>&tide9;</description></channel></rss>
""" % b"\n".join(
    b'<!ENTITY tide%d "%s">' % (level, (b"&tide%d;" % (level - 1) if level > 1 else b"&tide;") * 10)
    for level in range(1, 10)
)

Play = Callable[[Request, str], Reply | Script]


def _raw(*steps: bytes | float, end: str = "keep") -> Play:
    script = Script(steps=steps, end="close" if end == "close" else "reset" if end == "reset" else "keep")
    return lambda _request, _date: script


def _sized(head: bytes, body: bytes = PAGE, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\n%s%sContent-Length: %d\r\n\r\n%s" % (status, _TYPE, head, len(body), body)


def _posted(request: Request, _date: str) -> Reply:
    """What was sent comes back."""
    kind = request.headers.get("content-type", "application/octet-stream")
    return Reply(headers=(("Content-Type", kind), ("Allow", "POST")), body=request.body)


def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(2**20)
    packed = [packer.compress(PAGE)] + [packer.compress(block) for _ in range(_BOMB_BYTES // len(block))]
    return b"".join([*packed, packer.flush()])


def _gzip_bomb(_request: Request, _date: str) -> Reply:
    """64 MB of nothing in 64 KB."""
    return Reply(headers=(_HTML, ("Content-Encoding", "gzip")), body=_bomb())


def _folded(_: Request, __: str) -> Script:
    """RFC 9112 section 5.2: obsolete, and still seen."""
    return Script(steps=(_sized(b"X-Long: first line\r\n  second line\r\n\tthird line\r\n"),))


_CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\n" + _TYPE + b"Transfer-Encoding: chunked\r\n\r\n"
_CHUNKS = chunked(PAGE, size=60)
_DRIBBLE = [step for byte in _sized(b"X-Pace: slow\r\n") for step in (bytes([byte]), 0.0005)]
_DEFLATED = zlib.compress(PAGE, 9)

PLAYS: dict[str, Play] = {
    "lf-only": _raw(_sized(b"X-Ends: LF\r\n").replace(b"\r\n", b"\n")),
    "http10": _raw(b"HTTP/1.0 200 OK\r\n" + _TYPE + b"\r\n" + PAGE, end="close"),
    "folded": _folded,
    "repeated": _raw(_sized(b"SET-COOKIE: a=1\r\nx-oDD:1\r\nSet-Cookie: b=2\r\nX-Odd:  2 \r\nset-cookie: c=3\r\n")),
    "garbage-status": _raw(b"ICY 200 maybe\r\n" + _TYPE + b"\r\n" + PAGE, end="close"),
    "trailing": _raw(_sized(b"") + b"bytes after the message\r\n", end="close"),
    "no-content": lambda _request, _date: Reply(status=204, headers=(("X-Empty", "yes"),)),
    "dribble": _raw(*_DRIBBLE),
    "cut-head": _raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht", end="close"),
    "cut-chunk": _raw(_CHUNKED_HEAD + _CHUNKS[:100], end="close"),
    "reset": _raw(_sized(b"")[:-40], end="reset"),
    "post": _posted,
    "gzip-bomb": _gzip_bomb,
    "feed-bomb": lambda _request, _date: Reply(headers=(("Content-Type", "application/rss+xml"),), body=_FEED_BOMB),
    "no-length": _raw(b"HTTP/1.1 200 OK\r\n" + _TYPE + b"Connection: close\r\n\r\n" + PAGE, end="close"),
    "continue": _raw(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01, _sized(b"")),
    "empty-reply": _raw(end="close"),
    "deflate": _raw(_sized(b"Content-Encoding: deflate\r\n", _DEFLATED)),
    "gzip-chunked": lambda _request, date: Script(
        steps=(
            Reply(headers=(_HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))).head(date=date),
            chunked(encode(PAGE, "gzip"), size=50, extensions=True, trailers=(("X-After", "all"),)),
        )
    ),
    "reason": _raw(_sized(b"", status=b"200 Alles in Ordnung \xe4")),
    "latin1-header": _raw(_sized(b"X-Place: Tarn H\xf6llow\r\n", LATIN).replace(b"utf-8", b"iso-8859-1", 1)),
    "slow-head": _raw(b"HTTP/1.1 200 OK\r\n" + _TYPE, 0.3, b"Content-Length: %d\r\n\r\n" % len(PAGE), PAGE),
    "bad-chunk": _raw(_CHUNKED_HEAD + b"zz\r\n" + PAGE + b"\r\n0\r\n\r\n", end="close"),
    "long-header": _raw(_sized(b"X-Long: " + b"salt " * 1_000 + b"\r\n")),
}
"""By the name below /wire/."""


def wire(request: Request, date: str) -> Reply | Script | None:
    """What an address below /wire/ does; None where nothing is."""
    play = PLAYS.get(request.path.removeprefix("/wire/"))
    if play is None:
        return None
    reply = play(request, date)
    if request.method == "HEAD" and isinstance(reply, Script):
        return Reply(headers=(_HTML,), body=PAGE)
    return reply
