"""`newswarc serve`: the reading room, until stopped."""

import contextlib
import ipaddress
import json
import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import uvicorn

from archives.errors import PortTaken, ReplayUnavailable
from archives.replay import frame_back_to, kept_replay
from crawler.cli.grouped import grouped
from crawler.cli.options import as_json, collection_path, database, sites_of
from crawler.jobs.indexing import catch_up
from crawler.reading_room import Library, Room, make_app
from crawler.reading_room.library import name_of_two
from crawler.reading_room.room import NoReplay, ReplayElsewhere, ReplayServer

LOOPBACK = "127.0.0.1"
NAMES = frozenset({LOOPBACK, "localhost", "[::1]"})
"""Names of this machine that only itself uses."""
PATIENCE = 5
"""Seconds that readers have to get their answers when it is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the reading room is opened, and to whom."""

    host: str = LOOPBACK
    port: int = 0
    token: str | None = None
    """What readers must bring; None, if nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayBeside:
    """The replay server that is wanted beside it."""

    replay_port: int = 0
    replay_url: str | None = None
    """Where one is at work already."""
    no_replay: bool = False

    @contextlib.contextmanager
    def opened(self, paths: Sequence[Path], home: str) -> Iterator[ReplayServer | None]:
        """It, over collections, with links back to `home`; where pywb is missing, that is told and no reason to end."""
        if self.no_replay:
            yield None
        elif self.replay_url:
            yield ReplayElsewhere(self.replay_url)
        else:
            with contextlib.ExitStack() as stack:
                pywb: ReplayServer
                try:
                    beside = kept_replay(paths, port=self.replay_port, frame=frame_back_to(home), database=database())
                    pywb = stack.enter_context(beside)
                except PortTaken:
                    raise
                except ReplayUnavailable as fault:
                    click.echo(f"newswarc: without replay: {fault}", err=True)
                    pywb = NoReplay(str(fault))
                yield pywb


@click.command()
@click.argument("collections", nargs=-1, required=True, metavar="COLLECTION…")
@grouped(
    "door",
    Door,
    click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one."),
    click.option(
        "--host",
        default=LOOPBACK,
        show_default=True,
        help="Address to listen at; other than loopback asks for a token.",
    ),
    click.option(
        "--token", envvar="NEWSWARC_TOKEN", help="What readers must bring; by default none is asked for on loopback."
    ),
)
@grouped(
    "replay",
    ReplayBeside,
    click.option(
        "--replay-port",
        type=click.IntRange(0, 65535),
        default=0,
        help="Port of the replay server; 0 takes a free one.",
    ),
    click.option("--replay-url", help="A pywb that is at work elsewhere, instead of one of our own."),
    click.option("--no-replay", is_flag=True, help="Without replay."),
)
@as_json
def serve(collections: tuple[str, ...], *, door: Door, replay: ReplayBeside, as_json: bool) -> None:
    """Open the reading room: find, read, compare and replay what was archived, in a browser.

    The address is printed, and it is open until Ctrl-C. pywb runs beside it, at a port of its own, so that archived
    scripts have no part in the reading room. Nothing is written to the collections, but for a search index that is
    behind.

    \b
    Examples:
      newswarc serve collections/demo
      newswarc serve paper evening --port 8000
    """
    serve_collections([collection_path(named) for named in collections], door=door, replay=replay, as_json=as_json)


def serve_collections(
    paths: Sequence[Path], *, door: Door = Door(), replay: ReplayBeside = ReplayBeside(), as_json: bool = False
) -> None:
    """Serve collections until Ctrl-C or SIGTERM."""
    if double := name_of_two(paths):
        raise click.UsageError(f"{double}: several collections have this name; serve them one by one, or rename one")
    made = None if door.token or is_loopback(door.host) else secrets.token_urlsafe(24)
    token = door.token or made
    with contextlib.ExitStack() as opened, contextlib.suppress(KeyboardInterrupt):
        library = opened.enter_context(library_of(paths))
        listening = opened.enter_context(listening_at(door.host, door.port))
        address = address_of(listening, door.host)
        server = opened.enter_context(replay.opened(paths, address))
        room = Room(library=library, replay=server, token=token, hosts=NAMES if token is None else frozenset())
        opens = f"{address}/?token={made}" if made else f"{address}/"  # what was given is known, and no log's affair
        replayed_at = server.address if server else None
        click.echo(json.dumps({"address": opens, "replay": replayed_at}) if as_json else opens)
        click.echo("Ctrl-C stops it.", err=True)
        run(make_app(room), listening)


@contextlib.contextmanager
def library_of(paths: Sequence[Path]) -> Iterator[Library]:
    """The collections, open for reading, with all searchable that can be."""
    for why in filter(None, (catch_up(path, database()) for path in paths)):
        click.echo(f"newswarc: {why}", err=True)
    with contextlib.closing(Library.open(paths, sites=sites_of(*paths), database=database())) as library:
        yield library


def run(app: object, listening: socket.socket) -> None:
    """Answer at a socket until it is stopped."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    uvicorn.Server(config).run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def listening_at(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that is listened at; UsageError, if that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as fault:
        why = (fault.strerror or os.strerror(fault.errno or 0)).partition(" (while ")[0]  # it names the address again
        raise click.UsageError(
            f"{host}:{port}: cannot listen there ({why}); choose another --port, or 0 for any"
        ) from fault
    with listening:
        # Connections inherit it; without, each answer waits for the reader's delayed acknowledgement (RFC 896, 40 ms).
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listening


def address_of(listening: socket.socket, host: str) -> str:
    """Where the reading room is, for this machine's browser."""
    number = listening.getsockname()[1]
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104  # only named
    return f"http://[{shown}]:{number}" if ":" in shown else f"http://{shown}:{number}"
