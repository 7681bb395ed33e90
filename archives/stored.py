"""What of a collection is in an object store: the catalog knows of each sealed file where it is, and what it is.

So whoever reads needs no more than the catalog; an address is given only to those who send.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from archives.catalog import Catalog
from archives.database import Faults, preparing
from archives.errors import StorageFailed
from archives.folders import enter_file
from archives.layout import SUFFIX, Layout, sync_folder
from archives.ranges import RangeCache
from archives.store import Store, StoreAway, content_of

_METADATA = sa.MetaData()
TABLE = sa.Table(
    "stored",
    _METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("shard_digest", sa.String, nullable=False),
    sa.Column("mark", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A WARC file that is in a store, with its shard."""

    name: str
    place: str
    """The collection's folder in the store, e.g. 's3://bucket/prefix/paper'."""
    size: int
    digest: str
    """SHA-256, in hexadecimal."""
    shard_digest: str
    mark: str
    """Of the collection's folder whose file it is; '' where there is one folder."""

    def __str__(self) -> str:
        return f"{self.name}: sent to {self.place} and verified; {self.size:,} bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that is on the disk again, as the catalog did not know that it is in the store."""

    file: str
    place: str

    def __str__(self) -> str:
        return f"{self.file}: unknown to the catalog, fetched from {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Why no more could be sent."""

    problem: str

    def __str__(self) -> str:
        return f"{self.problem}; what is not in the store stays on the disk"


def prepare(catalog: Catalog) -> None:
    """Make room for what is in a store."""
    with Faults(catalog.engine), preparing(catalog.engine) as connection:
        _METADATA.create_all(connection)


def in_use(catalog: Catalog) -> bool:
    """Whether anything was ever to be sent to a store."""
    with catalog.reading() as connection:
        return sa.inspect(connection).has_table(TABLE.name)


def stored(catalog: Catalog) -> dict[str, Stored]:
    """The files that are in a store, by name."""
    if not in_use(catalog):
        return {}
    with catalog.reading() as connection:
        rows = connection.execute(sa.select(TABLE).order_by(TABLE.c.name)).mappings()
        return {row["name"]: Stored(**row) for row in rows}


def stored_file(catalog: Catalog, name: str) -> Stored | None:
    """Where a file is in a store; None if it is in none."""
    if not in_use(catalog):
        return None
    with catalog.reading() as connection:
        row = connection.execute(sa.select(TABLE).where(TABLE.c.name == name)).mappings().first()
    return Stored(**row) if row else None


def alone(catalog: Catalog, layout: Layout) -> dict[str, Stored]:
    """The folder's files that are in a store and not on the disk, by name."""
    here = layout.warc_names()
    there = stored(catalog)
    return {name: file for name, file in there.items() if file.mark == layout.mark and name not in here}


def of_others(catalog: Catalog, layout: Layout) -> dict[str, Stored]:
    """The files that other folders of the collection sent to a store, and that are not on this disk, by name."""
    here = layout.warc_names()
    there = stored(catalog)
    return {name: file for name, file in there.items() if file.mark != layout.mark and name not in here}


def require_here(catalog: Catalog, layout: Layout, what: str) -> None:
    """StorageFailed, if any file of the folder is in a store alone."""
    if away := alone(catalog, layout):
        place = next(iter(away.values())).place
        advice = f"'newswarc store {layout.name} --back' brings them back"
        raise StorageFailed(f"{layout.root}: {len(away):,} WARC files are in {place} alone, and {what}; {advice}")


def note(catalog: Catalog, file: Stored) -> None:
    """Write down that a file is in a store, or what it is there now."""
    with catalog.writing() as connection:
        connection.execute(sa.delete(TABLE).where(TABLE.c.name == file.name))
        connection.execute(sa.insert(TABLE).values(**asdict(file)))


def unsent(catalog: Catalog, layout: Layout) -> list[Path]:
    """Sealed files of the folder that are in no store."""
    there = stored(catalog)
    return [path for path in layout.sealed_warcs() if path.name not in there]


def send(place: Store, layout: Layout, path: Path, *, digest: str | None = None) -> Stored:
    """Have a sealed file and its shard in the collection's folder in a store, verified; StorageFailed, if not.

    A file that was sent before is given with its digest: what was damaged since takes no whole one's place.
    """
    shard = layout.shard_path(path.name)
    content = place.send(path, f"archive/{path.name}", digest=digest)
    of_shard = place.send(shard, f"indexes/{shard.name}")
    return Stored(
        name=path.name,
        place=place.address,
        size=content.size,
        digest=content.digest,
        shard_digest=of_shard.digest,
        mark=layout.mark,
    )


def send_all(place: Store, layout: Layout, catalog: Catalog) -> Iterator[Stored]:
    """Send what is in no store yet, and shards that were made anew; only for who holds the writer's lock.

    StorageFailed, if one cannot be sent.
    """
    prepare(catalog)
    changed = {
        layout.archive / file.name: file.digest for file in stored(catalog).values() if _has_changed(layout, file)
    }
    for path, digest in {**dict.fromkeys(unsent(catalog, layout)), **changed}.items():
        sent = send(place, layout, path, digest=digest)
        note(catalog, sent)
        yield sent


def renew(layout: Layout, catalog: Catalog, names: Iterable[str]) -> None:
    """Have files that were rewritten as they are now wherever they were sent; StorageFailed, if that cannot be."""
    there = stored(catalog)
    for file in (there[name] for name in names if name in there):
        note(catalog, send(Store(file.place), layout, layout.archive / file.name))
        RangeCache.of_user().forget(file.digest)


def remove_sent(layout: Layout, catalog: Catalog) -> Iterator[Stored]:
    """Remove from the disk what is in a store, each held against it once more; only for who holds the writer's lock.

    Shards stay: the captures are found, and replay finds them, as before.
    """
    for file in stored(catalog).values():
        path = layout.archive / file.name
        if path.exists():
            sent = send(Store(file.place), layout, path, digest=file.digest)
            note(catalog, sent)
            path.unlink()
            sync_folder(layout.archive)
            yield sent


def bring_back(layout: Layout, catalog: Catalog) -> Iterator[Stored]:
    """Have on the disk what is in a store alone, verified; it stays in the store, too."""
    for file in alone(catalog, layout).values():
        Store(file.place).fetch(f"archive/{file.name}", layout.archive / file.name, digest=file.digest)
        yield file


def own(catalog: Catalog, layout: Layout) -> None:
    """Make this folder's what was sent when the collection had no other one, and so no marks."""
    if layout.mark and in_use(catalog):
        with catalog.writing() as connection:
            connection.execute(sa.update(TABLE).where(TABLE.c.mark == "").values(mark=layout.mark))


def fetch_unknown(place: Store, layout: Layout, catalog: Catalog) -> Iterator[Fetched]:
    """Have on the disk what is in the store alone, and the catalog, which was lost, knows nothing of.

    The folder's shards name its files; those of others in the same store are none of its business.
    """
    known = {path.name for path in layout.warcs()} | stored(catalog).keys()
    names = (f"{shard.stem}{SUFFIX}" for shard in sorted(layout.indexes.glob("*.cdxj")))
    for name in [name for name in names if name not in known]:
        if place.has(f"archive/{name}"):
            place.fetch(f"archive/{name}", layout.archive / name, digest=None)
            yield Fetched(file=name, place=place.address)


def take_over(layout: Layout, catalog: Catalog, mark: str) -> set[str]:
    """Make this folder's what is in a store and was another folder's, whose disk is gone; returns the files."""
    theirs = {name: file for name, file in stored(catalog).items() if file.mark == mark}
    for file in theirs.values():
        fetch_shard(file, layout.shard_path(file.name))
        note(catalog, replace(file, mark=layout.mark))
        enter_file(catalog, layout, file.name)
    return set(theirs)


def fetch_shard(file: Stored, path: Path) -> None:
    """Have the shard of a file that is in a store on the disk, verified."""
    Store(file.place).fetch(f"indexes/{path.name}", path, digest=file.shard_digest)


def _has_changed(layout: Layout, file: Stored) -> bool:
    shard = layout.shard_path(file.name)
    is_here = (layout.archive / file.name).exists() and shard.exists()
    return is_here and content_of(shard).digest != file.shard_digest


class Sending:
    """Sends sealed files while their writer goes on; what fails stays on the disk, for the next writer."""

    def __init__(self, place: Store, layout: Layout, catalog: Catalog) -> None:
        prepare(catalog)
        self.problem = ""
        """Why a file could not be sent; one line."""
        self.waiting = 0
        """Files that were not sent."""
        self._place, self._layout, self._catalog = place, layout, catalog
        self._away: StoreAway | None = None
        self._at_work = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._earlier = deque(self._begin(path) for path in unsent(catalog, layout))
        self._own: deque[Future[Stored]] = deque()

    def send(self, path: Path) -> None:
        """Begin to send a file that was sealed just now."""
        self._own.append(self._begin(path))

    def note(self) -> None:
        """Write down what has come to the store."""
        for futures in (self._earlier, self._own):
            while futures and futures[0].done():
                self._take(futures.popleft())

    def close(self) -> None:
        """Wait for the writer's own files; of earlier ones, what was not begun is left to others."""
        for future in self._earlier:
            future.cancel()
        self._at_work.shutdown()
        self.note()

    def _begin(self, path: Path) -> Future[Stored]:
        return self._at_work.submit(self._sent, path)

    def _sent(self, path: Path) -> Stored:
        """As `send`; once the store did not answer, it is not asked again."""
        if self._away:
            raise self._away
        try:
            return send(self._place, self._layout, path)
        except StoreAway as fault:
            self._away = fault
            raise

    def _take(self, future: Future[Stored]) -> None:
        try:
            note(self._catalog, future.result())
        except CancelledError:
            self.waiting += 1
        except StorageFailed as fault:
            self.waiting += 1
            self.problem = str(fault)
