"""A mark on a catalog on a server while its copy takes its place in the folder: who dies at that leaves two of them.

Nobody goes on with the one on the server then, which would lack what the other one gets, until it is set aside.
"""

import sqlalchemy as sa

from archives.catalog import Catalog
from archives.errors import StorageFailed
from archives.layout import Layout

_MARK = sa.Table("moved_back", sa.MetaData(), sa.Column("place", sa.Text, nullable=False))


def mark(catalog: Catalog, layout: Layout) -> None:
    """Note on a server that the catalog is in the folder from now on."""
    with catalog.writing() as connection:
        _MARK.create(connection, checkfirst=True)
        connection.execute(sa.insert(_MARK).values(place=str(layout.root.resolve())))


def unmark(connection: sa.Connection) -> None:
    """Take that back."""
    _MARK.drop(connection, checkfirst=True)


def is_marked(catalog: Catalog) -> bool:
    """Whether a move into a folder was cut off; only for who knows that none goes on."""
    return _place(catalog) is not None


def unmarked(catalog: Catalog, layout: Layout) -> Catalog:
    """The catalog, if nobody moves it away; else StorageFailed, and it is closed."""
    try:
        place = _place(catalog)
    except BaseException:
        catalog.engine.dispose()
        raise
    if place is not None:
        catalog.engine.dispose()
        what = f"the move of its catalog into {place} was cut off; 'newswarc migrate {layout.name} --back' there"
        raise StorageFailed(f"{layout.root}: {what} does the rest")
    return catalog


def _place(catalog: Catalog) -> str | None:
    if catalog.engine.dialect.name == "sqlite":
        return None
    with catalog.reading() as connection:
        if not sa.inspect(connection).has_table(_MARK.name):
            return None
        return connection.execute(sa.select(_MARK.c.place)).scalars().first()
