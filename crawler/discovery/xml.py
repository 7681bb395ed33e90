"""XML from strangers: no entities, no network, no gzip bombs, and a torn tail gives what came before it."""

import zlib
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from crawler.discovery.announced import Unreadable

LARGEST = 64 * 2**20
"""Bytes of one source, unpacked; the sitemap protocol allows 50 MB."""
_PIECE = 2**16
_PROLOGUE = 2**13


def unpacked(content: bytes) -> bytes:
    """The content, un-gzipped if it is gzipped; Unreadable if it is too large or broken."""
    if content[:2] == b"\x1f\x8b":
        content = _gunzipped(content)
    if len(content) > LARGEST:
        raise Unreadable(f"more than {LARGEST >> 20} MB; leave this source out of the site file")
    return content


def _gunzipped(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    size = 0
    rest = content
    try:
        while rest and not unpacker.eof:
            piece = unpacker.decompress(rest, _PIECE)
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST:
                raise Unreadable(f"a gzip bomb: more than {LARGEST >> 20} MB unpacked; leave it out of the site file")
            if not piece and not unpacker.unconsumed_tail:
                break
            rest = unpacker.unconsumed_tail
    except zlib.error as exc:
        if not pieces:
            raise Unreadable(f"broken gzip ({exc}); look at the source in a browser") from exc
    return b"".join(pieces)


def elements(content: bytes) -> Iterator[etree._Element]:
    """The elements of a document, each at its end tag; the caller clears what it is done with."""
    content = content.lstrip(b"\x00\t\r\n ")
    _refuse_entities(content)
    events = etree.iterparse(
        BytesIO(content),
        events=("end",),
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        collect_ids=False,
    )
    try:
        for _, element in events:
            if isinstance(element.tag, str):
                yield element
    except etree.XMLSyntaxError as exc:
        reason = " ".join(str(exc).split())
        raise Unreadable(f"broken XML ({reason}); look at the source in a browser") from exc


def _refuse_entities(content: bytes) -> None:
    start = content[:_PROLOGUE]
    text = start.decode("utf-16", "replace") if start[:2] in (b"\xff\xfe", b"\xfe\xff") else start.decode("latin-1")
    if "<!ENTITY" in text.upper():
        raise Unreadable("declares XML entities, as an entity bomb does; leave this source out of the site file")


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def namespace(element: etree._Element) -> str:
    """The namespace of the tag; '' if it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def text_of(element: etree._Element) -> str:
    """All text under the element, on one line."""
    return " ".join("".join(map(str, element.itertext())).split())
