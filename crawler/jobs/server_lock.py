"""What one process of all that share a database server has, on whatever machine they are, for as long as it lives."""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archives.database import Faults, reading

_HOLDERS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :key AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class ServerLock:
    """An advisory lock of PostgreSQL that a session has until it ends (PostgreSQL's documentation, 13.3.5).

    The methods raise StorageFailed where the server is away.
    """

    def __init__(self, engine: sa.Engine, key: int) -> None:
        self._engine = engine
        self._key = key
        self._session: sa.Connection | None = None

    def is_held(self) -> bool:
        """Whether this process has it, which it tries to get; also of a server that has forgotten the session."""
        if self._session is not None:
            with suppress(SQLAlchemyError):
                return self._take(self._session)
            self.close()
        with Faults(self._engine):
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session.detach()  # closed for good in the end, and the lock with it
            return self._take(self._session)

    def _take(self, session: sa.Connection) -> bool:
        """A session that has the lock gets it again."""
        return bool(session.execute(sa.select(sa.func.pg_try_advisory_lock(self._key))).scalar())

    def is_taken(self) -> bool:
        """Whether any process has it."""
        with reading(self._engine) as connection:
            return bool(connection.execute(_HOLDERS, {"key": self._key}).scalar_one())

    def close(self) -> None:
        """Give it back."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(SQLAlchemyError):
                session.close()
