"""One request and its response, as sent."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Literal

Truncation = Literal["length", "time", "disconnect", "unspecified"]
"""WARC-Truncated reasons, ISO 28500:2017 section 5.13."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response, byte for byte as they were on the wire."""

    url: str
    """Target URI, absolute, ASCII (percent-encoded, host in Punycode), no fragment."""
    started: datetime
    """When the first byte of the request was sent; aware, UTC."""
    request: bytes
    """Request line, headers and body as sent; b'' if nothing was sent or it is not known (foreign WARC files)."""
    response: BinaryIO
    """The final message as received, head and body, transfer coding included; seekable. Empty if nothing came."""
    interim: tuple[bytes, ...] = ()
    """Heads of 1xx responses, in order."""
    trailing: bytes = b""
    """Bytes received after the end of the message."""
    peer: str | None = None
    """IP address of the server; None behind a proxy or if unknown."""
    truncated: Truncation | None = None
    """Why the response is not whole; None if it is."""
    protocols: tuple[str, ...] = ()
    """WARC-Protocol values, e.g. ('tls/1.3',); a synthesized head is marked by the true protocol, e.g. ('h2',)."""

    def response_bytes(self) -> bytes:
        """The whole response message in memory."""
        self.response.seek(0)
        return self.response.read()


def message(content: bytes) -> BinaryIO:
    """Bytes as the seekable file that `Exchange.response` wants."""
    return io.BytesIO(content)
