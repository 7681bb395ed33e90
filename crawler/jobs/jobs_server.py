"""The schema on a database server in which the queue is, with history, timetable and incidents."""

import sqlalchemy as sa

from archives.database import Faults, open_database, preparing
from crawler.jobs.alerts import incidents
from crawler.jobs.run_row import RUNS
from crawler.jobs.runs import TABLES

SCHEMA = "public"
"""Without it, a collection that is named as the role is would be looked into first."""
JOBS = (*TABLES, *incidents.METADATA.sorted_tables)
"""All tables of the jobs."""
_SCHEMA_OF = sa.text(
    "SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE pg_class.oid = to_regclass(:table)"
)


def jobs_server(database: str) -> sa.Engine:
    """The scheduler's database on the server at a URL; what an earlier version put elsewhere there is brought in."""
    engine = open_database(database, write=True, schema=SCHEMA)
    try:
        with Faults(engine), preparing(engine) as connection:
            _bring_in(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _bring_in(connection: sa.Connection) -> None:
    """Move the tables here from where the connection's own path leads, such as the role's schema, unless some are here.

    Tables of somebody else that are called the same stay where they are.
    """
    if sa.inspect(connection).has_table(RUNS.name, schema=SCHEMA):
        return
    connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")
    elsewhere = connection.execute(_SCHEMA_OF, {"table": RUNS.name}).scalar()
    if elsewhere is not None and _is_ours(connection, RUNS, elsewhere):
        quoted = connection.dialect.identifier_preparer.quote_identifier(elsewhere)
        for table in JOBS:
            if _is_ours(connection, table, elsewhere):
                connection.exec_driver_sql(f"ALTER TABLE {quoted}.{table.name} SET SCHEMA {SCHEMA}")


def _is_ours(connection: sa.Connection, table: sa.Table, schema: str) -> bool:
    """Whether a schema has the table, as any version made it: later ones added columns that may be empty."""
    there = sa.inspect(connection)
    if not there.has_table(table.name, schema=schema):
        return False
    names = {column["name"] for column in there.get_columns(table.name, schema=schema)}
    return names >= {column.name for column in table.columns if not column.nullable}
