"""Which record ids are in an archive, in eight bytes each: memory should hold no names of millions of records."""

import heapq
from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter

Place = tuple[int, int]
"""Number of a file and an offset in it."""


def key_of(record_id: str) -> int:
    """64 bits of an id: among a thousand million ids, one chance in forty that any two share them."""
    return int.from_bytes(blake2b(record_id.encode(), digest_size=8).digest(), "big")


class Mentions:
    """Ids and where they are mentioned, sorted by id."""

    def __init__(self, mentioned: Iterable[tuple[int, int]] = ()) -> None:
        pairs = sorted(mentioned)
        self.keys = array("Q", (key for key, _ in pairs))
        self.offsets = array("Q", (offset for _, offset in pairs))

    def places(self, file: int) -> Iterator[tuple[int, Place]]:
        """Each id with its place."""
        return ((key, (file, offset)) for key, offset in zip(self.keys, self.offsets, strict=True))


def doubles(files: Iterable[Mentions]) -> Iterator[Place]:
    """Where ids stand that stand in another file, or before in the same one, too."""
    for _, places in _by_key(files):
        yield from places[1:]


def unanswered(wanted: Iterable[Mentions], files: Iterable[Mentions]) -> Iterator[Place]:
    """Where ids are named that stand nowhere in the files."""
    known = (key for key, _ in _by_key(files))
    here = next(known, None)
    for key, places in _by_key(wanted):
        while here is not None and here < key:
            here = next(known, None)
        if here != key:
            yield from places


def _by_key(files: Iterable[Mentions]) -> Iterator[tuple[int, list[Place]]]:
    merged = heapq.merge(*(mentions.places(number) for number, mentions in enumerate(files)))
    for key, group in groupby(merged, key=itemgetter(0)):
        yield key, [place for _, place in group]
