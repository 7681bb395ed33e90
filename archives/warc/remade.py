"""Records made anew from others: a revisit that refers elsewhere, or that became the response that it stands for."""

from dataclasses import dataclass
from typing import BinaryIO

from archives.digests import sha1_of
from archives.http import entity, head_of
from archives.warc.bundle import HTTP_RESPONSE
from archives.warc.groups import resolved_message
from archives.warc.members import MemberWriter, Sink
from archives.warc.record import Record

_PIECE = 1024 * 1024
_OF_REVISITS = {"warc-profile", "warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date"}
_OF_BLOCKS = {"content-type", "content-length", "warc-block-digest", "warc-payload-digest", "warc-truncated"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """A record in the place of another."""

    headers: tuple[tuple[str, str], ...]
    """Content-Length among them."""
    block: BinaryIO
    """Read from its start."""


def referring(revisit: Record, *, record_id: str, url: str, date: str) -> Remade:
    """The revisit with another response as what it refers to; its block stays."""
    told = {"warc-refers-to": record_id, "warc-refers-to-target-uri": url, "warc-refers-to-date": date}
    headers = tuple((name, told.get(name.lower(), value)) for name, value in revisit.headers)
    return Remade(headers=headers, block=revisit.block)


def filled(revisit: Record, original: Record) -> Remade:
    """The response that a revisit stands for, under the revisit's own id, date and neighbours.

    Its head is its own, or the original's after a 304; digests are computed anew.
    """
    message = resolved_message(revisit, original)
    head = head_of(message)
    payload = sha1_of(entity(head, message)) if head else None
    message.seek(0)
    block = sha1_of(iter(lambda: message.read(_PIECE), b""))
    size = message.tell()
    kept = [
        (name, "response" if name.lower() == "warc-type" else value)
        for name, value in revisit.headers
        if name.lower() not in _OF_REVISITS | _OF_BLOCKS
    ]
    kept.append(("WARC-Block-Digest", block))
    if payload:
        kept.append(("WARC-Payload-Digest", payload))
    if cut := original.get("WARC-Truncated"):
        kept.append(("WARC-Truncated", cut))
    kept += [("Content-Type", original.get("Content-Type") or HTTP_RESPONSE), ("Content-Length", str(size))]
    return Remade(headers=tuple(kept), block=message)


def write_record(version: str, remade: Remade, out: Sink, *, gzipped: bool = True) -> None:
    """Write a record as a gzip member of its own, or plain."""
    member = MemberWriter(out) if gzipped else None
    to: Sink = member or out
    lines = "".join(f"{name}: {value}\r\n" for name, value in remade.headers)
    to.write(f"WARC/{version}\r\n{lines}\r\n".encode())
    remade.block.seek(0)
    while piece := remade.block.read(_PIECE):
        to.write(piece)
    to.write(b"\r\n\r\n")
    if member:
        member.close()
