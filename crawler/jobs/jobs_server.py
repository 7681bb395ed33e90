"""The schema on a database server in which the queue is, with history, timetable and incidents."""

import logging
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateSchema

from archives.database import PUBLIC, Faults, open_database, preparing
from archives.moving import this_second
from crawler.jobs.alerts import incidents
from crawler.jobs.run_row import LEASE, RUNS
from crawler.jobs.runs import QUEUE, TABLES, UNENDED
from crawler.jobs.timetable import SITES

logger = logging.getLogger(__name__)

JOBS = (*TABLES, *incidents.METADATA.sorted_tables)
"""All tables of the jobs."""
_LASTING = {column.name for column in RUNS.columns} - {"id", "state", "place", "hosts", LEASE}
"""Columns of a run that mean the same in another queue, once its crawl is given up."""
_SCHEMA_OF = sa.text(
    "SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE pg_class.oid = to_regclass(:table)"
)


def jobs_server(database: str) -> sa.Engine:
    """The scheduler's database on the server at a URL; what an earlier version put elsewhere there is brought in."""
    engine = open_database(database, write=True, schema=PUBLIC)
    try:
        with Faults(engine), preparing(engine) as connection:
            _bring_in(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def set_aside(connection: sa.Connection, schema: str, tables: Iterable[sa.Table], why: str) -> str:
    """Have tables of a schema in one of their own, where nobody goes on with them; returns its name."""
    aside = f"jobs {why} {this_second()}"
    connection.execute(CreateSchema(aside))
    for table in tables:
        _move(connection, table, schema, aside)
    return aside


def _bring_in(connection: sa.Connection) -> None:
    """Have the tables here that are where the connection's own path leads, such as in the role's schema.

    Tables of somebody else that are called the same stay where they are. Where some are here already, as two versions
    have each made a queue, what waits there waits here, too, and its history is set aside.
    """
    connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")
    elsewhere = connection.execute(_SCHEMA_OF, {"table": RUNS.name}).scalar()
    if elsewhere in (None, PUBLIC) or not _is_ours(connection, RUNS, elsewhere):
        return
    here = sa.inspect(connection).get_table_names(schema=PUBLIC)
    theirs = [table for table in JOBS if _is_ours(connection, table, elsewhere)]
    twice = [table for table in theirs if table.name in here]
    for table in (table for table in theirs if table not in twice):
        _move(connection, table, elsewhere, PUBLIC)
    if twice:
        aside = set_aside(connection, elsewhere, twice, "merged")
        if RUNS in twice:
            _take_over_runs(connection, aside)
        if SITES in twice:
            _take_over_sites(connection, aside)
        logger.warning("What waited in a second queue, in %s, is in this one; its history is in '%s'", elsewhere, aside)


def _take_over_runs(connection: sa.Connection, elsewhere: str) -> None:
    """Have what waits in another queue, or is under way, wait in this one: of each site one run.

    Who crawls for the other one loses its lease with it.
    """
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(QUEUE)))
    theirs, ours = _in_schema(RUNS, elsewhere), _in_schema(RUNS, PUBLIC)
    known = sa.select(ours.c.site).where(ours.c.state.in_(UNENDED))
    both = _columns(connection, theirs) & _columns(connection, ours) & _LASTING
    values = {name: theirs.c[name] for name in sorted(both)} | {"state": sa.literal("queued")}
    rows = sa.select(*values.values()).where(theirs.c.state.in_(UNENDED), theirs.c.site.not_in(known))
    connection.execute(sa.insert(ours).from_select([*values], rows.order_by(theirs.c.id)))


def _take_over_sites(connection: sa.Connection, elsewhere: str) -> None:
    """Have each site be due when either queue has it, and paused if either has it paused."""
    theirs, ours = _in_schema(SITES, elsewhere), _in_schema(SITES, PUBLIC)
    row = postgresql.insert(ours).from_select([column.name for column in ours.c], sa.select(theirs))
    either = {
        "next_due": sa.func.least(ours.c.next_due, row.excluded.next_due),
        "paused": sa.or_(ours.c.paused, row.excluded.paused),
    }
    connection.execute(row.on_conflict_do_update(index_elements=["site"], set_=either))


def _move(connection: sa.Connection, table: sa.Table, schema: str, to: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier
    connection.exec_driver_sql(f"ALTER TABLE {quoted(schema)}.{table.name} SET SCHEMA {quoted(to)}")


def _in_schema(table: sa.Table, schema: str) -> sa.Table:
    return table.to_metadata(sa.MetaData(), schema=schema)


def _columns(connection: sa.Connection, table: sa.Table) -> set[str]:
    return {column["name"] for column in sa.inspect(connection).get_columns(table.name, schema=table.schema)}


def _is_ours(connection: sa.Connection, table: sa.Table, schema: str) -> bool:
    """Whether a schema has the table, as any version made it: later ones added columns that may be empty."""
    there = sa.inspect(connection)
    if not there.has_table(table.name, schema=schema):
        return False
    names = _columns(connection, _in_schema(table, schema))
    return names >= {column.name for column in table.columns if not column.nullable}
