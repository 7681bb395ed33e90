"""One record of a WARC file, as it was read."""

from dataclasses import dataclass, field
from typing import BinaryIO, cast

from archives.http import Head, head_of

_UNREAD = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One WARC record and its place."""

    file: str
    offset: int
    """Of the record, or of the gzip member that holds it."""
    length: int
    """In the file, compressed where the file is; 0 where several records share one gzip member."""
    version: str
    """E.g. '1.1'."""
    headers: tuple[tuple[str, str], ...]
    block: BinaryIO
    """Seekable, at its start."""
    faults: tuple[str, ...] = ()
    """What is against the grammar, though it could be read."""
    type: str = field(init=False)
    """WARC-Type in lower case, '' if missing."""
    record_id: str = field(init=False)
    """WARC-Record-ID, '' if missing."""
    _firsts: dict[str, str] = field(init=False, repr=False, compare=False)
    _head: object = field(init=False, repr=False, compare=False, default=_UNREAD)

    def __post_init__(self) -> None:
        firsts = {key.lower(): value for key, value in reversed(self.headers)}
        object.__setattr__(self, "_firsts", firsts)
        object.__setattr__(self, "type", firsts.get("warc-type", "").lower())
        object.__setattr__(self, "record_id", firsts.get("warc-record-id", ""))

    def get(self, name: str) -> str | None:
        """The first value of a header, whatever its case; None if the record has none."""
        return self._firsts.get(name.lower())

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a header."""
        name = name.lower()
        if name not in self._firsts:
            return ()
        size = len(name)
        return tuple([value for key, value in self.headers if len(key) == size and key.lower() == name])

    @property
    def repeats(self) -> bool:
        """Whether any header is there more than once."""
        return len(self._firsts) != len(self.headers)

    @property
    def target_uri(self) -> str:
        """WARC-Target-URI without the angle brackets that WARC/1.0 writers put around it; '' if missing."""
        uri = self.get("WARC-Target-URI") or ""
        return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri

    @property
    def end(self) -> int:
        """Offset behind the record."""
        return self.offset + self.length

    def content(self) -> bytes:
        """The whole block in memory."""
        self.block.seek(0)
        return self.block.read()

    def http_head(self) -> Head | None:
        """Head of the HTTP response in the block; None if the block holds none."""
        if self._head is _UNREAD:
            holds_request = "msgtype=request" in (self.get("Content-Type") or "")
            object.__setattr__(self, "_head", None if holds_request else head_of(self.block))
        return cast("Head | None", self._head)
