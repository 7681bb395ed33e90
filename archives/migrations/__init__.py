"""The catalog's tables: made for a new catalog, and brought up to date for one of old, by whoever opens it to write.

Each change of the schema is a step of Alembic's in `versions/`, and the table `alembic_version` says which was the last
one. Alembic is loaded only where there are steps to be done. Who only reads takes a catalog as it is.
"""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select

from archives.database import place_of
from archives.errors import StorageFailed
from archives.schema import captures_table, metadata

HEAD = "2"
"""The last step, which a new catalog has done."""
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def settle_schema(connection: Connection) -> None:
    """Have the tables as this version of newswarc wants them, in the connection's transaction.

    StorageFailed, if a newer version has changed them.
    """
    there = inspect(connection)
    counted = there.has_table(_VERSION.name)
    if counted and connection.execute(select(_VERSION)).scalar_one_or_none() == HEAD:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # or each change of a table would be a transaction of its own
    if counted or there.has_table(captures_table.name):
        _upgrade(connection)
    else:
        metadata.create_all(connection)
        _VERSION.create(connection)
        connection.execute(insert(_VERSION).values(version_num=HEAD))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        what = "a newer newswarc has written to the catalog; use that one, or update this one"
        raise StorageFailed(f"{place_of(connection.engine.url)}: {what}") from exc
