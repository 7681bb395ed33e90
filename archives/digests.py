"""Digests of blocks and payloads, in the labelled form of WARC headers: `sha1:` and base32."""

import base64
import hashlib
from collections.abc import Iterable
from typing import NewType

Digest = NewType("Digest", str)
"""A labelled digest, e.g. 'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'."""

EMPTY = Digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
"""Of no bytes at all."""

_ALGORITHMS = {
    "sha1": "sha1",
    "sha-1": "sha1",
    "sha256": "sha256",
    "sha-256": "sha256",
    "sha512": "sha512",
    "md5": "md5",
}


class Digester:
    """Digests bytes piece by piece; the default algorithm is the one that CDXJ indexes and deduplication agree on."""

    def __init__(self, algorithm: str = "sha1") -> None:
        self._name = algorithm
        self._state = hashlib.new(_ALGORITHMS[algorithm.lower()], usedforsecurity=False)

    def update(self, content: bytes | memoryview) -> None:
        """Take more bytes."""
        self._state.update(content)

    def base32(self) -> Digest:
        """The labelled digest of all bytes so far."""
        return Digest(f"{self._name}:{base64.b32encode(self._state.digest()).decode('ascii')}")

    def agrees_with(self, digest: str) -> bool:
        """Whether a labelled digest, in base32 or hexadecimal, is that of the bytes so far."""
        value = digest.partition(":")[2]
        return value.upper().rstrip("=") == self.base32().partition(":")[2].rstrip("=") or (
            value.lower() == self._state.hexdigest()
        )


def sha1(content: bytes | memoryview) -> Digest:
    """The labelled SHA-1 digest of bytes."""
    raw = hashlib.sha1(content, usedforsecurity=False).digest()
    return Digest(f"sha1:{base64.b32encode(raw).decode('ascii')}")


def sha1_of(chunks: Iterable[bytes]) -> Digest:
    """The labelled SHA-1 digest of a stream of bytes."""
    digester = Digester()
    for chunk in chunks:
        digester.update(chunk)
    return digester.base32()


def algorithm_of(digest: str) -> str | None:
    """The label of a digest if it can be recomputed here, e.g. 'sha1' or 'sha256'; None if not."""
    label = digest.partition(":")[0]
    return label if label.lower() in _ALGORITHMS else None
