"""What can go wrong in the archive.

    ArchiveError
    ├── MalformedRecord      bytes that are no WARC record, or a torn one
    ├── MalformedMessage     bytes that are no HTTP response
    ├── UndecodablePayload   a content coding that is unknown, or grows beyond the bound
    ├── MalformedIndex       a CDXJ line that cannot be read
    ├── CollectionMissing    no collection in that folder
    ├── CollectionLocked     another process writes to it
    ├── LeaseLost            a worker's right to write to it has run out
    ├── MalformedPackage     bytes that are no WACZ, or one made to mislead
    ├── SignatureInvalid     a signature that is not of this package, or none at all
    ├── SigningKeyUnusable   a key file without a key that can sign
    ├── StorageFailed        disk full, folder not writable, file gone
    │   └── ArgumentUnusable     what was named cannot serve: another one has to be named
    └── ReplayUnavailable    pywb is not installed or did not start
        └── PortTaken        nothing can listen at the port that it was given

Each message is one line: what, where, what next.
"""

import errno

_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class ArchiveError(Exception):
    """Root of the archive's errors; its text is one line for a person."""


class MalformedRecord(ArchiveError):
    """Bytes of a file are not a whole WARC record, at an offset or, if `at` is None, as a whole; `what` says why."""

    def __init__(self, file: str, what: str, at: int | None = None) -> None:
        super().__init__(file, what, at)
        self.file = file
        self.what = what
        self.at = at

    def __str__(self) -> str:
        place = self.file if self.at is None else f"{self.file} at {self.at}"
        return f"{place}: {self.what}"

    @property
    def offset(self) -> int:
        """Where in the file; 0 if it is about all of it."""
        return self.at or 0


class MalformedMessage(ArchiveError):
    """Bytes are not an HTTP response message."""


class UndecodablePayload(ArchiveError):
    """A payload's content coding is unknown, or its decoded form is larger than the bound."""


class MalformedIndex(ArchiveError):
    """A line is not CDXJ, or a shard is not sorted."""


class CollectionMissing(ArchiveError):
    """There is no collection in the folder."""


class CollectionLocked(ArchiveError):
    """Another process is writing to the collection."""


class LeaseLost(ArchiveError):
    """The right to write, which was for a while, has run out: another one may write by now."""


class MalformedPackage(ArchiveError):
    """A file is not a WACZ, or its ZIP is torn, or made to mislead who unpacks it; `file` is it, or a file inside."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"{file}: {what}")
        self.file = file
        self.what = what


class SignatureInvalid(ArchiveError):
    """A signature does not hold, or cannot be read."""


class SigningKeyUnusable(ArchiveError):
    """A file holds no private key that can sign a WACZ."""


class StorageFailed(ArchiveError):
    """The file system refused: full, read-only, or the file is gone."""


class ArgumentUnusable(StorageFailed):
    """A file, folder, cursor or database was named that cannot serve for this, however often it is tried."""


def in_words(fault: Exception) -> str:
    """Another's fault in one line: of the system's what it says, of any other its kind, too."""
    if isinstance(fault, OSError) and fault.strerror:
        return " ".join(": ".join(filter(None, (str(fault.filename or ""), fault.strerror))).split())
    return " ".join(f"{type(fault).__name__}: {fault}".strip(": ").split())


def remedy(fault: OSError) -> str:
    """What to do where a file system refused to write, besides choosing another place."""
    return "make it writable" if fault.errno in _FORBIDDEN else "make room"


class ReplayUnavailable(ArchiveError):
    """The replay program is not installed or did not start."""


class PortTaken(ReplayUnavailable):
    """The replay program has nowhere to listen: another program has the port, or it is not for everybody."""
