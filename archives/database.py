"""The database behind a catalog: SQLite in the collection's folder, or the one that a URL names; and its faults.

On a PostgreSQL server each collection has a schema of its own, named as the collection is, so that all of them can lie
in one database.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Select,
    Table,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.schema import CreateColumn, CreateSchema

from archives.errors import ArgumentUnusable, CollectionLocked, StorageFailed

EXAMPLE = "postgresql+psycopg://user@host/name"
LONGEST_NAME = 63
"""Bytes of an identifier (https://www.postgresql.org/docs/current/limits.html)."""
PUBLIC = "public"
"""The schema that every database has, for what is of no collection."""
_PREPARING = 0x6E657773
"""Key of the advisory lock that whoever makes tables holds: 'news'."""
_ARTICLES = 0x61727469
"""Half of the key of the advisory lock that whoever writes articles holds: 'arti'."""
_HOLD_ARTICLES = select(func.pg_advisory_xact_lock(_ARTICLES, func.hashtext(func.current_schema())))
_MOVED = "SQLITE_READONLY_DBMOVED"
"""That a file has another name than when it was opened (https://sqlite.org/rescode.html#readonly_dbmoved)."""
_MAY_BE_SHOWN = re.compile(r"[\w./~-]{1,100}", re.ASCII)
"""What is no address, and holds no password, which stands behind a colon or an equals sign."""
_LONGEST_PAUSE = "60s"
"""After so long the server ends the transaction of a writer that was stopped in it, and so keeps others waiting."""


def open_database(url: str | URL, *, write: bool, schema: str | None = None) -> Engine:
    """The database at an SQLAlchemy URL; on a server all names are looked up in the schema alone, if one is given.

    ArgumentUnusable, if it is no URL of a database that can hold a catalog, or its driver is not installed.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite if write else _tune_sqlite_for_reading)
    elif schema is not None:
        event.listen(engine, "connect", _SearchPath(engine, schema), insert=True)
    if write and engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _end_what_is_stopped)
    return engine


def require_schema(name: str) -> None:
    """StorageFailed, if a collection of the name can have no schema of its own on a server."""
    if len(name.encode()) > LONGEST_NAME:
        what = f"a collection in PostgreSQL has a name of at most {LONGEST_NAME} bytes; choose a shorter one"
        raise StorageFailed(f"{name}: {what}")
    if name in (PUBLIC, "information_schema") or name.startswith("pg_"):
        raise StorageFailed(f"{name}: PostgreSQL has a schema of that name for others; give the collection another one")


def is_server(url: str | URL) -> bool:
    """Whether the URL names a server that several machines can share; ArgumentUnusable, if it is no URL."""
    return _parsed(url).get_backend_name() != "sqlite"


@contextmanager
def preparing(engine: Engine, schema: str | None = None) -> Iterator[Connection]:
    """A transaction in which tables are made where they are missing; on a server one process after the other does."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_PREPARING)))
            if schema is not None and not inspect(connection).has_schema(schema):
                connection.execute(CreateSchema(schema))
        yield connection


def add_missing_columns(connection: Connection, table: Table) -> None:
    """Give a table of old the columns that it has not."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            clause = CreateColumn(column).compile(dialect=connection.dialect)
            connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {clause}"))


def hold_articles(connection: Connection) -> None:
    """Let nobody else write articles of the collection until the transaction ends.

    What two writers find out about an article at once would be written twice, and whoever follows the revisions by
    their ids would miss one that was committed behind a later one.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD_ARTICLES)


def wait_for_ever(connection: Connection) -> None:
    """Have the server not end the transaction that is begun, however long nothing is asked in it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _engine(url: str | URL) -> Engine:
    parsed = _parsed(url)
    server = is_server(parsed)
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ArgumentUnusable(f"{place_of(parsed)}: no database that newswarc knows; write {EXAMPLE}")
    try:
        engine = create_engine(parsed, pool_pre_ping=server)  # a server may have been started anew since the last time
    except ModuleNotFoundError as exc:
        extra = "pip install 'newswarc[postgres]'" if exc.name == "psycopg" else f"write {EXAMPLE}"
        raise ArgumentUnusable(f"{place_of(parsed)}: {exc.name} is not installed; {extra}") from exc
    except NoSuchModuleError as exc:
        raise ArgumentUnusable(f"{place_of(parsed)}: no database that newswarc knows; write {EXAMPLE}") from exc
    return engine


def _parsed(url: str | URL) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as exc:
        shown = f" is {url!r}, which" if isinstance(url, str) and _MAY_BE_SHOWN.fullmatch(url) else ""
        what = f"NEWSWARC_DATABASE{shown} cannot be read as the address of a database"
        raise ArgumentUnusable(f"{what}; write {EXAMPLE}") from exc


def place_of(url: URL) -> str:
    """A URL for messages: without its password, wherever that stands in it, and of SQLite just the file."""
    if "uri" in url.query:
        return unquote((url.database or "").removeprefix("file:"))
    shown = url.update_query_dict({"password": "***"}) if "password" in url.query else url
    return shown.render_as_string(hide_password=True).removeprefix("sqlite:///")


class Lookup:
    """A query that is asked for every response: compiled once, then run by the driver itself.

    What SQLAlchemy does around a query that finds nothing takes several times as long as the query.
    """

    def __init__(self, engine: Engine, query: Select[Any]) -> None:
        compiled = query.compile(engine, compile_kwargs={"render_postcompile": True})
        self._engine = engine
        self._text = str(compiled)
        self._constants = compiled.params
        self._order = compiled.positiontup

    def __call__(self, **values: str | None) -> Sequence[Sequence[Any]]:
        """The rows for these values of the query's parameters; StorageFailed and CollectionLocked as in `Faults`."""
        named = {**self._constants, **values}
        with Faults(self._engine), closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(self._text, [named[name] for name in self._order] if self._order else named)
            return cursor.fetchall()


class Faults:
    """Tells a database's faults in the archive's words."""

    def __init__(self, engine: Engine) -> None:
        self._place = place_of(engine.url)
        self._server = engine.dialect.name != "sqlite"
        self._of_driver = engine.dialect.loaded_dbapi.Error

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if not isinstance(exc, (SQLAlchemyError, self._of_driver)):
            return
        cause = exc.orig if isinstance(exc, DBAPIError) else exc
        first_line = str(cause).strip().partition("\n")[0]
        if "locked" in first_line:
            raise CollectionLocked(
                f"{self._place}: {first_line}; another process holds the catalog, try again later"
            ) from exc
        if getattr(cause, "sqlite_errorname", "") == _MOVED:
            what = "was moved meanwhile, nothing was written; name where it is in NEWSWARC_DATABASE, and try again"
            raise StorageFailed(f"{self._place}: {what}") from exc
        advice = _advice_on_server(first_line) if self._server else _advice(first_line)
        raise StorageFailed(f"{self._place}: {first_line}; {advice}") from exc


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection; the database's faults are told in the archive's words."""
    with Faults(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction; faults likewise."""
    with Faults(engine), engine.begin() as connection:
        yield connection


@contextmanager
def holding(engine: Engine, key: int) -> Iterator[Connection]:
    """A transaction beside which no other of the same key goes on, and in SQLite none that writes; faults likewise."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(key)))
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else one of two that have both looked first would fail
        yield connection


def _advice(fault: str) -> str:
    """What to do next."""
    if "full" in fault or "I/O" in fault:
        return "make room: the captures are in the WARC files, and the next crawl adds what is missing here"
    if "no such table" in fault:
        return "a crawl was cut off before it began; crawl again"
    return "make the folder writable, or restore the file from a copy"


def _advice_on_server(fault: str) -> str:
    if fault.startswith("relation") and fault.endswith("does not exist"):
        return "nothing was crawled into this collection with this database; crawl, or name the database that has it"
    if fault.startswith("permission denied"):
        return "let the role own the database, or make schemas in it, and tables in the schema 'public'"
    if "NUL" in fault:
        return (
            "an earlier version kept one of a page's; 'newswarc recover --reindex' makes the rows anew, then try again"
        )
    return (
        "see that the server runs and lets newswarc in; captures are in the WARC files, the next crawl adds them here"
    )


class _SearchPath:
    """Has a new connection look up names in one schema."""

    def __init__(self, engine: Engine, schema: str) -> None:
        self._path = engine.dialect.identifier_preparer.quote_identifier(schema)

    def __call__(self, connection: DBAPIConnection, _record: object) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SELECT set_config('search_path', %s, false)", (self._path,))
        connection.commit()


def _end_what_is_stopped(connection: DBAPIConnection, _record: object) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", (_LONGEST_PAUSE,))
    connection.commit()


def _tune_sqlite(connection: DBAPIConnection, _record: object) -> None:
    with closing(connection.cursor()) as cursor:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")


def _tune_sqlite_for_reading(connection: DBAPIConnection, _record: object) -> None:
    with closing(connection.cursor()) as cursor:
        for pragma in ("busy_timeout=30000", "query_only=ON", "cache_size=-32000"):
            cursor.execute(f"PRAGMA {pragma}")
