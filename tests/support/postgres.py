"""A PostgreSQL server of the tests' own: the machine's programs, a cluster in a temporary folder, a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as sa

DEBIAN = Path("/usr/lib/postgresql")
NO_SAFETY = ("fsync=off", "full_page_writes=off", "listen_addresses=", "log_min_messages=fatal")
"""What crashes with the machine is made anew by the next run of the tests, and nobody else may connect."""


class PostgresMissing(Exception):
    """The machine has no PostgreSQL, or it cannot be used; the text says why."""


def program(name: str) -> str:
    """The path of one of the server's programs; PostgresMissing if the machine has none."""
    homes = sorted(DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, homes)]))
    if found is None:
        raise PostgresMissing(f"no {name} on PATH or in {DEBIAN}/*/bin (Debian: apt-get install postgresql)")
    return found


class Postgres:
    """A running server."""

    def __init__(self, folder: Path, server: str, user: str | None) -> None:
        self.folder = folder
        self._cluster = folder / "cluster"
        self._server = server
        self._user = user
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it can be asked."""
        options = [part for setting in NO_SAFETY for part in ("-c", setting)]
        command = [self._server, "-D", str(self._cluster), "-k", str(self.folder), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, user=self._user, stdout=log, stderr=log, cwd=self.folder)
        ready = [program("pg_isready"), "-q", "-h", str(self.folder), "-d", "postgres"]
        for _ in range(300):
            if subprocess.run([*ready, "-t", "1"], check=False).returncode == 0:
                return
            if self._process.poll() is not None:
                break
        raise PostgresMissing(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-500:]}")

    def stop(self) -> None:
        """Stop it as a failing machine would: connections break."""
        if self._process is not None:
            subprocess.run(
                [program("pg_ctl"), "stop", "-s", "-m", "immediate", "-D", str(self._cluster)],
                user=self._user,
                check=True,
            )
            self._process.wait()
            self._process = None

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test{next(self._names)}"
        admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        admin.dispose()
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of a database, whether it is there or not."""
        return f"postgresql+psycopg://newswarc@/{name}?host={self.folder}"


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for the length of the block; PostgresMissing, if there can be none."""
    try:
        import psycopg  # noqa: F401
    except ModuleNotFoundError as exc:
        raise PostgresMissing("psycopg is not installed; pip install -e '.[postgres]'") from exc
    initdb, server = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="newswarc-pg-"))  # short: the path of a socket has at most 107 bytes
    try:
        user = unprivileged()
        if user is not None:
            shutil.chown(folder, user)
        subprocess.run(
            [
                initdb,
                "-D",
                folder / "cluster",
                "-U",
                "newswarc",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
            ],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
        )
        postgres = Postgres(folder, server, user)
        try:
            postgres.start()
            yield postgres
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> str | None:
    """The user to run the server as: PostgreSQL refuses root. None: as who runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    found = next((name for name in ("postgres", "nobody") if name in names), None)
    if found is None:
        raise PostgresMissing("PostgreSQL does not run as root, and there is no user postgres or nobody")
    return found
