"""Codings of a body: content codings, deterministic, and chunked framing with all that RFC 9112 section 7.1 allows."""

import gzip
from collections.abc import Sequence
from functools import partial
from typing import Literal

import brotli

ContentCoding = Literal["gzip", "br"]
Field = tuple[str, str]

_ENCODERS = {"gzip": partial(gzip.compress, compresslevel=6, mtime=0), "br": partial(brotli.compress, quality=5)}


def encode(content: bytes, coding: ContentCoding) -> bytes:
    """The content in a content coding; the same content gives the same bytes."""
    encoded: bytes = _ENCODERS[coding](content)
    return encoded


def accepts(header: str | None, coding: ContentCoding) -> bool:
    """Whether an Accept-Encoding header asks for the coding (RFC 9110 section 12.5.3)."""
    for part in (header or "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {coding, "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def chunked(body: bytes, *, size: int, extensions: bool = False, trailers: Sequence[Field] = ()) -> bytes:
    """The body in chunks of a size; `extensions` adds a chunk extension to every chunk size."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(_chunk(piece, number, extensions=extensions) for number, piece in enumerate(pieces))
    end = "".join(f"{name}: {text}\r\n" for name, text in trailers).encode("latin-1")
    return framed + (b"0;last\r\n" if extensions else b"0\r\n") + end + b"\r\n"


def _chunk(piece: bytes, number: int, *, extensions: bool) -> bytes:
    extension = b';part=%d;note="ink; wet"' % number if extensions else b""
    return b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
