"""A collection: WARC files, their index and the catalog in one folder, with one writer and any number of readers."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, overload

from sqlalchemy import event, inspect

from archives.catalog import Catalog
from archives.cdxj import Capture
from archives.counted import counted
from archives.database import Faults, is_server
from archives.dedup import choose_original, worth_looking
from archives.errors import CollectionMissing, MalformedRecord, StorageFailed
from archives.exchange import Exchange
from archives.folders import enter, telling_where
from archives.http import DECODED_LIMIT, parse
from archives.layout import Layout
from archives.lock import writer_lock
from archives.moving import unmarked
from archives.provisional import Provisional
from archives.reindex import Forgotten, Reindexed, reindex_missing
from archives.repair import LineCut, Repair, repair_files
from archives.schema import captures_table
from archives.search.writer import SearchWriter
from archives.segments import Segments
from archives.store import Store
from archives.stored import Sending
from archives.takedown.steps import TakedownFinished, finish_takedown
from archives.warc.bundle import Facts, bundle, examine
from archives.warc.groups import Group, captured, exchange_of, groups, resolved_message
from archives.warc.reader import read_record, read_records
from archives.warc.renditions import Rendition, bundle_rendition, rendition_captured
from archives.warc.segment import Segment
from archives.warcs import Warcs
from archives.writing import Writing

Done = Repair | LineCut | Reindexed | Forgotten | TakedownFinished
"""Something that was put right: its text is a line for a person."""


class Collection:
    """Archives exchanges and gives them back; `Collection.open` makes one, for reading or as the one writer."""

    repairs: tuple[Done, ...] = ()
    """What opening had to repair after a crash."""

    def __init__(self, layout: Layout, catalog: Catalog) -> None:
        self.layout = layout
        self.catalog = catalog
        self.warcs = Warcs(catalog, layout)

    @overload
    @staticmethod
    def open(path: Path | str, *, database: str | None = None) -> "Collection": ...
    @overload
    @staticmethod
    def open(
        path: Path | str, *, write: Writing | Literal[True], create: bool = True, database: str | None = None
    ) -> "WritableCollection": ...
    @staticmethod
    def open(
        path: Path | str, *, write: Writing | bool = False, create: bool = True, database: str | None = None
    ) -> "Collection":
        """Open the collection in a folder, to read, or to write in the usual way or as a `Writing` says.

        A reader takes no lock and may read while another process writes; it makes no folder where a server has the
        catalog, and the disk nothing. The writer makes a collection that is missing (unless `create` is False) and
        repairs what a dead writer left; a second writer is refused.
        """
        layout = Layout(Path(path))
        is_on_server = False
        if database and is_server(database) and (layout.has_catalog or not write):
            is_on_server = _is_on_server(layout, database)
        if not (create if write else is_on_server):
            layout.require()
        if not write:
            return Collection(layout, unmarked(catalog_of(layout, database, write=False), layout))
        made = Provisional(layout)
        layout.create()
        try:
            return WritableCollection(layout, database, Writing() if write is True else write)
        except BaseException:
            with made:
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the collection."""
        self.catalog.close()

    def archive(self, exchange: Exchange, *, not_modified: Capture | None = None) -> Capture:  # noqa: ARG002 - the writer's
        """Write an exchange; only a collection that was opened with `write=True` can."""
        raise StorageFailed(
            f"{self.layout.root}: opened for reading; open it with write=True to archive {exchange.url}"
        )

    def latest(self, url: str) -> Capture | None:
        """The newest capture of exactly this target URI; None if it was never captured."""
        return self.catalog.latest(url)

    def captures(self, url: str | None = None) -> Iterator[Capture]:
        """All indexed captures, or those of one target URI, in the order of the index."""
        return self.catalog.captures(url)

    def exchange(self, capture: Capture) -> Exchange:
        """Read an exchange back from its place.

        A revisit comes with the payload that it refers to; the head is its own, or the original's after a 304.
        """
        group = self._group(capture)
        if capture.kind != "revisit":
            return exchange_of(group, capture)
        original = self._original(capture)
        with telling_where(self.catalog, self.layout, original.warc):
            record = read_record(self.warcs.source_at(original, alone=True), original.offset)
        return exchange_of(group, capture, resolved_message(group[0], record))

    def payload(self, capture: Capture, *, limit: int = DECODED_LIMIT) -> bytes:
        """The entity body with transfer and content coding removed; larger than `limit` bytes it is refused."""
        return parse(self.exchange(capture).response, limit=limit).body

    def holds(self, capture: Capture) -> bool:
        """Whether the file with the capture's payload is in this folder, or in a store."""
        referred = self.catalog.by_record_id(capture.refers_to)
        files = {capture.warc, *([referred.warc] if referred else [])}
        return all(map(self.warcs.has, files))

    def _group(self, capture: Capture) -> Group:
        path = self.layout.warc_path(capture.warc)
        with telling_where(self.catalog, self.layout, capture.warc):
            source = self.warcs.source_at(capture)
            group = next(groups(read_records(source, start=capture.offset)), None)
        if group is None:
            what = "the file ends before it, the index has a record there; restore it from a copy"
            raise MalformedRecord(str(path), what, capture.offset)
        if group[0].record_id != capture.record_id:
            what = f"holds {group[0].record_id}, the index says {capture.record_id}; run 'newswarc verify'"
            raise MalformedRecord(str(path), what, capture.offset)
        return group

    def _original(self, revisit: Capture) -> Capture:
        original = self.catalog.by_record_id(revisit.refers_to)
        if original is None:
            what = f"refers to {revisit.refers_to}, which is not in the collection"
            raise MalformedRecord(revisit.warc, what, revisit.offset)
        return original


class WritableCollection(Collection):
    """The one writer of a collection."""

    def __init__(self, layout: Layout, database: str | None, writing: Writing) -> None:
        self._new_id = writing.new_id
        store = Store(writing.store).inner(layout.name) if writing.store else None
        self._lock = writer_lock(layout)
        try:
            super().__init__(layout, unmarked(catalog_of(layout, database, write=True), layout))
            if writing.lease is not None:
                event.listen(self.catalog.engine, "commit", writing.lease.confirm)
            is_shared = bool(database and is_server(database))
            if is_shared:
                enter(self.catalog, layout)
            self.repairs = (
                *repair_files(layout, self.catalog),
                *finish_takedown(layout, self.catalog),
                *reindex_missing(layout, self.catalog),
            )
            self._sending = Sending(store, layout, self.catalog) if store else None
        except BaseException:
            self._lock.release()
            raise
        self._segments = Segments(layout, self.catalog, writing, sending=self._sending, shared=is_shared)
        self._search = SearchWriter(self.catalog)
        if is_shared:  # others refer to what they see there: it must not get lost
            self.catalog.before_captures = self._segments.sync

    @property
    def unsent(self) -> str:
        """How many sealed files did not come to the store, and why, in one line; '' if all did, or will do."""
        if not (self._sending and self._sending.problem):
            return ""
        waiting = self._sending.waiting
        return f"{counted(waiting, 'file')} {'waits' if waiting == 1 else 'wait'} to be sent; {self._sending.problem}"

    def archive(self, exchange: Exchange, *, not_modified: Capture | None = None) -> Capture:
        """Write an exchange in one write and index it.

        A payload that is here already becomes a revisit of it. With `not_modified`, a 304 becomes a revisit of that
        earlier capture, and its own bytes are kept beside it.
        """
        with self._temporary_files(exchange.url):
            return self._archive(exchange, not_modified)

    @contextmanager
    def _temporary_files(self, url: str) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            what = f"no temporary file for {url}: {exc.strerror}; make room or set TMPDIR"
            raise StorageFailed(f"{self.layout.root}: {what}") from exc

    def _archive(self, exchange: Exchange, not_modified: Capture | None) -> Capture:
        facts = examine(exchange)
        earlier = self._payload_holder(not_modified) if not_modified else None
        original = None if earlier else self._find_original(exchange, facts)
        segment = self._segments.to_write()
        packed = bundle(
            exchange,
            facts,
            new_id=self._new_id,
            original=original,
            not_modified=earlier,
            warcinfo_id=segment.warcinfo_id,
        )
        offset = segment.append(packed.content)
        return self._indexed(captured(exchange, facts, packed, segment.name, offset, original or earlier), segment)

    def archive_rendition(self, rendition: Rendition) -> Capture:
        """Write what a browser made of a document, in one write, and index it."""
        segment = self._segments.to_write()
        with self._temporary_files(rendition.document.url):
            packed = bundle_rendition(rendition, new_id=self._new_id, warcinfo_id=segment.warcinfo_id)
        capture = rendition_captured(rendition, packed, segment.name, segment.append(packed.content))
        return self._indexed(capture, segment)

    def _indexed(self, capture: Capture, segment: Segment) -> Capture:
        if capture.indexed:
            self.catalog.add(capture)
        if segment.sync_if_due():
            self.catalog.flush()
        return capture

    def flush(self) -> None:
        """Push what was archived to the disk and commit its rows."""
        self._segments.sync()
        self.catalog.flush()
        self._search.follow()

    def seal(self) -> None:
        """End the file that is being written; the next exchange begins another one."""
        self._segments.seal()

    def close(self) -> None:
        """Seal, send, commit, and let the next writer in."""
        with ExitStack() as ending:
            ending.callback(self._lock.release)
            ending.callback(super().close)
            if self._sending:
                ending.callback(self._sending.close)
            ending.callback(self._segments.abandon)
            self.seal()
            self._search.catch_up()

    def _find_original(self, exchange: Exchange, facts: Facts) -> Capture | None:
        if not worth_looking(exchange, facts):
            return None
        return choose_original(facts, self.catalog.with_payload(facts.payload_digest))

    def _payload_holder(self, capture: Capture) -> Capture:
        """The response that holds a capture's payload: itself, or what it refers to."""
        return self._original(capture) if capture.kind == "revisit" else capture


def catalog_of(layout: Layout, database: str | None, *, write: bool) -> Catalog:
    """The catalog of the collection in a folder: embedded there, or in the database at a URL.

    CollectionMissing, if it is neither, as it is on a server that nobody names, or, for a reader, if it is lost.
    """
    if database:
        return Catalog.open(database, write=write, name=layout.name)
    if layout.signs_of_server and not layout.has_catalog:
        what = "its catalog is on a database server; name that in NEWSWARC_DATABASE"
        signs = " and ".join(sign.name for sign in layout.signs_of_server)
        raise CollectionMissing(f"{layout.root}: {what}, or move {signs} away to begin anew")
    if not (write or layout.catalog.exists()):
        what = f"the catalog is not there; 'newswarc recover {layout.root} --reindex' makes it anew"
        raise CollectionMissing(f"{layout.catalog}: {what}")
    return Catalog.at(layout.catalog, write=write)


def _is_on_server(layout: Layout, database: str) -> bool:
    """Whether the server has the collection's catalog; CollectionMissing, if that of the folder must be another one.

    Beside a catalog in the folder that was not moved there, nobody begins a second one.
    """
    if is_known(layout, database):
        return True
    if layout.has_catalog:
        what = f"its catalog is in {layout.catalog.name}; 'newswarc migrate {layout.root}' moves it to the server"
        raise CollectionMissing(f"{layout.root}: {what}")
    if layout.exists:
        what = "nothing was crawled into this collection with this database"
        raise CollectionMissing(f"{layout.root}: {what}; crawl, or name in NEWSWARC_DATABASE the one that has it")
    return False


def is_known(layout: Layout, database: str) -> bool:
    """Whether the server at a URL has the catalog of the collection of this name."""
    if not is_server(database):
        return False
    with closing(catalog_of(layout, database, write=False)) as catalog, Faults(catalog.engine):
        return inspect(catalog.engine).has_table(captures_table.name)
