"""Runs pywb over collections, on loopback, in a process and on a port of its own.

pywb is GPL and installs a `brotli` module that displaces the one Scrapy needs, so it is never imported: its program
`wayback` is looked for and started.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO

from archives.collection import Collection
from archives.errors import PortTaken, ReplayUnavailable
from archives.layout import Layout
from archives.replay.away import away
from archives.replay.frame import NOT_FOUND
from archives.replay.indexes import fetched_indexes
from archives.stored import in_use

LOOPBACK, ANYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104  # only where somebody asks for it
START_SECONDS = 60.0
STOP_SECONDS = 5.0
LONGEST_LOOK = 60
"""Seconds that a look into the indexes may take, where there are several."""
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens loopback addresses whatever proxy the environment names."""
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'"
"""Of replayed pages: pywb's own without `ws:` and `wss:`, by which a script could reach the live web."""
HEAD = "newswarc_head.html"
HEAD_INSERT = f"""<meta http-equiv="Content-Security-Policy" content="{POLICY}">{{% include "head_insert.html" %}}"""
"""What pywb puts first into each page, with the policy before it: its header goes with the outermost page alone."""
PROGRAM = Path("bin", "wayback")
INSTALL = "python3 -m venv .venv-replay && .venv-replay/bin/pip install pywb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A running pywb."""

    url: str
    """Its address, e.g. 'http://127.0.0.1:8080'."""
    process: subprocess.Popen[bytes]

    def page(self, collection: str, timestamp: str, url: str, *, modifier: str = "mp_") -> str:
        """Address of a capture.

        `modifier` 'mp_' is the page rewritten for replay without pywb's frame, 'id_' the payload as archived, '' the
        framed page (https://pywb.readthedocs.io/en/latest/manual/rewriter.html).
        """
        return f"{self.url}/{collection}/{timestamp}{modifier}/{url}"


@contextlib.contextmanager
def replay(
    collections: Sequence[Path],
    *,
    host: str = LOOPBACK,
    port: int = 0,
    program: Path | None = None,
    frame: str | None = None,
    database: str | None = None,
) -> Iterator[Replay]:
    """Run pywb over the collections until the block ends.

    Their catalogs, which may be in a `database`, know what is in a store: that is read from there.
    `host` is the address to listen at, `port` 0 takes a free one. `frame` is a Jinja template that stands in the place
    of pywb's own frame around pages.
    Raises PortTaken, and ReplayUnavailable if pywb is not installed or does not answer within a minute.
    """
    wayback = program or find_wayback()
    port = free_port(port, host)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newswarc-replay-")))
        log = stack.enter_context(tempfile.TemporaryFile())
        sending = stack.enter_context(sending_of(collections, database))
        places = stack.enter_context(away(sending)) if sending else {}
        shared = sending if database else {}
        indexes = stack.enter_context(fetched_indexes(shared, folder / "indexes")) if shared else {}
        (folder / "config.yaml").write_text(configuration(collections, places, indexes), encoding="utf-8")
        write_templates(folder / "templates", frame)
        process = subprocess.Popen(  # noqa: S603 — the program is the one found or named by the caller
            [wayback, "--port", str(port), "--bind", host, "--directory", folder],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C is for us, who stop it
        )
        try:
            running = Replay(url=f"http://{LOOPBACK if host == ANYWHERE else host}:{port}", process=process)
            wait_until_answers(running, log)
            yield running
        finally:
            stop(process)


@contextlib.contextmanager
def sending_of(collections: Sequence[Path], database: str | None) -> Iterator[dict[str, Collection]]:
    """The collections, by name, of which anything was ever sent to a store, or may be by others."""
    with contextlib.ExitStack() as stack:
        whole = [path for path in collections if database or Layout(path).catalog.exists()]
        opened = {path.name: stack.enter_context(Collection.open(path, database=database)) for path in whole}
        yield {name: collection for name, collection in opened.items() if database or in_use(collection.catalog)}


def write_templates(folder: Path, frame: str | None) -> None:
    """What stands in the place of pywb's own templates."""
    folder.mkdir()
    ours = {HEAD: HEAD_INSERT, "not_found.html": NOT_FOUND, **({} if frame is None else {"frame_insert.html": frame})}
    for name, template in ours.items():
        (folder / name).write_text(template, encoding="utf-8")


def configuration(
    collections: Sequence[Path],
    places: Mapping[str, str] = MappingProxyType({}),
    indexes: Mapping[str, Path] = MappingProxyType({}),
) -> str:
    """pywb's config.yaml (JSON is YAML): the named collections and nothing else, no live web.

    `places` are addresses of more files, and `indexes` folders of more indexes, by the names of the collections.
    """
    names = Counter(path.name for path in collections)
    if double := next((name for name, times in names.items() if times > 1), None):
        raise ReplayUnavailable(f"{double}: several collections have this name; replay them one by one, or rename one")
    named = {
        path.name: {
            **index_of(path, indexes.get(path.name)),
            "archive_paths": [f"{path.resolve() / 'archive'}/", *filter(None, [places.get(path.name)])],
        }
        for path in collections
    }
    settings = {"collections": named, "enable_auto_colls": False, "csp-header": POLICY, "head_insert_html": HEAD}
    return json.dumps(settings, ensure_ascii=False)


def index_of(path: Path, more: Path | None) -> dict[str, object]:
    """A collection's index, alone or together with another one (pywb's warcserver, `load_coll`).

    The folder of its own is left out where it is not there: pywb would refuse the collection.
    """
    own = path.resolve() / "indexes"
    if more is None:
        return {"index_paths": f"{own}/"}
    folders = {"own": own, "others": more} if own.is_dir() else {"others": more}
    return {"index_group": {name: f"{folder}/" for name, folder in folders.items()}, "timeout": LONGEST_LOOK}


def find_wayback() -> Path:
    """pywb's program: named by NEWSWARC_PYWB, in this environment, in .venv-replay beside it, or on PATH."""
    if named := os.environ.get("NEWSWARC_PYWB"):
        if not Path(named).is_file():
            raise ReplayUnavailable(f"NEWSWARC_PYWB names {named}, which is no file; install pywb: {INSTALL}")
        return Path(named).absolute()
    environment = Path(sys.executable).parents[1]
    places = (
        environment / PROGRAM,
        environment.with_name(".venv-replay") / PROGRAM,
        Path(shutil.which("wayback") or ""),
    )
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise ReplayUnavailable(
            f"pywb is not installed; give it an environment of its own: {INSTALL}, "
            "and set NEWSWARC_PYWB to its bin/wayback if that is elsewhere"
        )
    return found


def free_port(wanted: int = 0, host: str = LOOPBACK) -> int:
    """A port of this machine that nothing listens on now: the wanted one (else PortTaken), or any if that is 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one whose server has just ended is free
        try:
            probe.bind((host, wanted))
        except OSError as exc:
            raise PortTaken(
                f"{host}:{wanted}: cannot listen there ({exc.strerror}); choose another port, or 0 for any"
            ) from exc
        return int(probe.getsockname()[1])


def wait_until_answers(running: Replay, log: IO[bytes]) -> None:
    """Return when pywb serves its front page; raise ReplayUnavailable when it ends or is silent for too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            raise ReplayUnavailable(f"pywb ended with status {running.process.returncode}: {last_line(log)}")
        if answers(running.url):
            return
        time.sleep(0.1)
    raise ReplayUnavailable(f"pywb did not answer at {running.url} within {START_SECONDS:.0f} s: {last_line(log)}")


def answers(url: str) -> bool:
    """Whether something serves this address now."""
    try:
        DIRECT.open(url, timeout=5).close()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def last_line(log: IO[bytes]) -> str:
    """The last line that pywb printed."""
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process: politely, then by force."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
