"""A collection in several folders, one on each disk that is crawled to. Only a catalog on a server can be shared so.

- The catalog is of the whole collection: captures, articles, ledger, and the payloads that revisits refer to.
- A folder is what one disk has of it: WARC files, shards, items, logs and reports. Its writer's lock is its own.
- Its mark, in the file `.mark`, is in the names of its WARC files and runs, so that no two folders make the same name.
- The catalog knows in which folder a file is. What is in another one is elsewhere, and not lost: `verify` leaves it to
  whoever verifies there, `recover` leaves it alone, and who would read it is told where it is.
- Who opens a folder for writing repairs that one alone: its torn files, indexes, items and reports.
- A payload that is elsewhere makes a revisit, but no condition is sent on the strength of bytes that are not here.
- The logs of takedowns tell the same in all folders, as soon as somebody writes there.
- Files that are copied from one folder into another are of that one as soon as somebody writes there.
- The folder of a disk that is gone is given up: its captures are forgotten, and their URLs asked for again.
"""

import json
import secrets
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from archives.catalog import Catalog
from archives.database import Faults, add_missing_columns, preparing
from archives.errors import CollectionMissing, StorageFailed
from archives.layout import Layout, sync_folder
from archives.notices import notice_from, read_notices, write_down

_METADATA = sa.MetaData()
_FOLDERS = sa.Table(
    "folders",
    _METADATA,
    sa.Column("mark", sa.String, primary_key=True),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("heard", sa.DateTime(timezone=True)),
)
SILENT = timedelta(days=7)
"""If nothing was heard of a folder for so long, while others were written to, its disk may be gone."""
_FILES = sa.Table(
    "warcs",
    _METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("mark", sa.ForeignKey(_FOLDERS.c.mark), nullable=False, index=True),
)

_NOTICES = sa.Table(
    "takedown_notices",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("notice", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Folder:
    """One of the folders of a collection."""

    mark: str
    place: str
    """Host and path, when it was opened for writing last."""
    files: tuple[str, ...]
    """The WARC files that it had then, and those that were begun since."""
    heard: datetime | None
    """When it was opened for writing last; None, if that was before it was noted."""
    is_silent: bool
    """Whether others were heard of `SILENT` later or more."""


def enter(catalog: Catalog, layout: Layout) -> None:
    """Have the catalog know the folder and the files in it; a folder without a mark gets one."""
    with Faults(catalog.engine), preparing(catalog.engine) as connection:
        _METADATA.create_all(connection)
        add_missing_columns(connection, _FOLDERS)
        mark = layout.mark or _new_mark(connection)
        folder = postgresql.insert(_FOLDERS).values(mark=mark, place=_place(layout), heard=sa.func.now())
        again = {"place": folder.excluded.place, "heard": folder.excluded.heard}
        connection.execute(folder.on_conflict_do_update(index_elements=["mark"], set_=again))
        known = set(connection.execute(sa.select(_FILES.c.name).where(_FILES.c.mark == mark)).scalars())
        here = layout.warc_names()
        _put(connection, mark, sorted(here - known))
        _share_notices(connection, layout)
    if not layout.mark:
        _write_mark(layout, mark)
    layout.came_back.unlink(missing_ok=True)


def share_notices(catalog: Catalog, layout: Layout) -> None:
    """Have each folder's log of takedowns tell those of all: what is blocked is asked for from nowhere."""
    if _can_be_shared(catalog):
        with catalog.writing() as connection:
            _share_notices(connection, layout)


def _can_be_shared(catalog: Catalog) -> bool:
    """Whether other folders can be of the collection: one whose catalog came back from a server keeps its mark."""
    return catalog.engine.dialect.name == "postgresql"


def _share_notices(connection: sa.Connection, layout: Layout) -> None:
    known = {row.id: row.notice for row in connection.execute(sa.select(_NOTICES).order_by(_NOTICES.c.number))}
    here = {notice.id: notice for notice in read_notices(layout)}
    new = [{"id": name, "notice": json.dumps(here[name].as_json())} for name in here if name not in known]
    if new:
        connection.execute(sa.insert(_NOTICES), new)
    for name in [name for name in known if name not in here]:
        write_down(layout, notice_from(json.loads(known[name])))


def enter_file(catalog: Catalog, layout: Layout, name: str) -> None:
    """Have the catalog know a file that was begun in the folder."""
    with catalog.writing() as connection:
        _put(connection, layout.mark, [name])


def folders(catalog: Catalog) -> list[Folder]:
    """The folders that the collection is in; none, if its catalog is in its folder, or nobody wrote to it lately."""
    with catalog.reading() as connection:
        if not (_can_be_shared(catalog) and sa.inspect(connection).has_table(_FILES.name)):
            return []
        files: dict[str, list[str]] = {}
        for row in connection.execute(sa.select(_FILES).order_by(_FILES.c.name)):
            files.setdefault(row.mark, []).append(row.name)
        there = {column["name"] for column in sa.inspect(connection).get_columns(_FOLDERS.name)}
        heard = _FOLDERS.c.heard if "heard" in there else sa.null().label("heard")
        query = sa.select(_FOLDERS.c.mark, _FOLDERS.c.place, heard).order_by(_FOLDERS.c.place)
        rows = connection.execute(query).all()
    last = max((row.heard for row in rows if row.heard), default=None)
    return [
        Folder(
            row.mark,
            row.place,
            tuple(files[row.mark]),
            heard=row.heard,
            is_silent=bool(last and row.heard and last - row.heard >= SILENT),
        )
        for row in rows
        if row.mark in files
    ]


def elsewhere(catalog: Catalog, layout: Layout) -> dict[str, str]:
    """WARC file → host and path of the folder that it is in, of those that are not in this one."""
    here = layout.warc_names()
    others = (folder for folder in folders(catalog) if folder.mark != layout.mark)
    return {name: folder.place for folder in others for name in folder.files if name not in here}


@contextmanager
def telling_where(catalog: Catalog, layout: Layout, warc: str) -> Iterator[None]:
    """Where a file cannot be read because it is in another folder, that is said."""
    try:
        yield
    except StorageFailed as fault:
        place = None if layout.warc_path(warc).exists() else elsewhere(catalog, layout).get(warc)
        if place is None:
            raise
        what = f"is in the collection's folder at {place}; read it there, or copy that folder's files into this one"
        raise StorageFailed(f"{layout.archive / warc}: {what}") from fault


def give_up(catalog: Catalog, layout: Layout, mark: str) -> set[str]:
    """Forget a folder whose disk is gone; returns the files that were in it alone, for the caller to forget.

    CollectionMissing, if there is no such folder, or it is this one.
    """
    gone = next((folder for folder in folders(catalog) if folder.mark == mark), None)
    if gone is None or mark == layout.mark:
        what = "is this folder, and here" if mark == layout.mark else "is no folder of this collection"
        raise CollectionMissing(f"{layout.root}: {mark} {what}; 'newswarc status {layout.name}' names the folders")
    lost = set(gone.files) - layout.warc_names()
    with catalog.writing() as connection:
        connection.execute(sa.delete(_FILES).where(_FILES.c.mark == mark))
        connection.execute(sa.delete(_FOLDERS).where(_FOLDERS.c.mark == mark))
    return lost


def _put(connection: sa.Connection, mark: str, names: Iterable[str]) -> None:
    rows = [{"name": name, "mark": mark} for name in names]
    if rows:
        file = postgresql.insert(_FILES)
        moved = file.on_conflict_do_update(index_elements=["name"], set_={"mark": file.excluded.mark})
        connection.execute(moved, rows)


def _new_mark(connection: sa.Connection) -> str:
    marks = set(connection.execute(sa.select(_FOLDERS.c.mark)).scalars())
    return next(mark for mark in iter(lambda: secrets.token_hex(3), "") if mark not in marks)


def _write_mark(layout: Layout, mark: str) -> None:
    try:
        layout.mark_path.write_text(f"{mark}\n", encoding="ascii")
        sync_folder(layout.root)
    except OSError as exc:
        raise StorageFailed(f"{layout.mark_path}: {exc.strerror}; make the folder writable") from exc


def _place(layout: Layout) -> str:
    return f"{socket.gethostname()}:{layout.root.resolve()}"
