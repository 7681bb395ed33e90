"""The WARC files that the writer of a collection makes, one after the other."""

from archives.catalog import Catalog
from archives.cdxj import write_shard
from archives.errors import StorageFailed
from archives.folders import enter_file
from archives.layout import Layout
from archives.stored import Sending
from archives.warc.segment import Segment, begin_segment
from archives.writing import Writing


class Segments:
    """One file is written at a time; large or old enough, it gets its shard, is sealed, and goes to the store."""

    def __init__(
        self, layout: Layout, catalog: Catalog, writing: Writing, *, sending: Sending | None, shared: bool
    ) -> None:
        self._layout = layout
        self._catalog = catalog
        self._writing = writing
        self._sending = sending
        self._shared = shared
        """Whether other folders have files of the collection, too."""
        self._written: Segment | None = None

    def to_write(self) -> Segment:
        """The file that the next exchange goes into; LeaseLost, if nothing may be written any more."""
        writing = self._writing
        if writing.lease is not None:
            writing.lease.require()
        now = writing.now()
        if (written := self._written) and writing.is_enough(written.size, now - written.started):
            self.seal()
        if self._written is None:
            self._written = begin_segment(self._layout, writing.info, now=now, record_id=writing.new_id())
            if self._shared:
                enter_file(self._catalog, self._layout, self._written.name)
        return self._written

    def sync(self) -> None:
        """Push what was written to the disk.

        Nothing is kept of what the disk did not take: the next start looks what of it is there.
        """
        if segment := self._written:
            try:
                segment.sync()
            except StorageFailed:
                self._catalog.forget_behind(segment.name, segment.synced)
                raise

    def seal(self) -> None:
        """End the file that is being written: its shard is put in place, then it gets its final name."""
        if segment := self._written:
            self.sync()
            self._catalog.flush()
            self._catalog.persist()
            write_shard(self._layout.shard_path(segment.name), self._catalog.captures(warc=segment.name))
            self._written = None
            path = segment.seal()
            if self._sending:
                self._sending.note()
                self._sending.send(path)

    def abandon(self) -> None:
        """Let go of a file that could not be sealed."""
        if self._written:
            self._written.abandon()
            self._written = None
