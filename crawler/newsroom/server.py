"""The newsroom's server: asyncio in a thread of its own, on loopback, which writes and notes down every byte itself."""

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.newsroom.message import BadRequest, Reply, Request, Script, take_request

Answer = Callable[[Request], Reply | Script]
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
_HEADS = 65_536
_KEPT = 5_000
_RESET = struct.pack("ii", 1, 0)


class NewsroomError(Exception):
    """The newsroom cannot be opened; its text is one line for a person."""


@dataclass(slots=True, kw_only=True)
class Served:
    """One exchange as the server saw it: grows while the answer is being sent."""

    target: str
    """Path and query as requested; empty where the request could not be read."""
    received: bytes
    connection: int
    """Which connection it was on, counted from 1."""
    pieces: list[bytes] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def sent(self) -> bytes:
        """Every byte of the answer, interim heads and bytes after the message included."""
        return b"".join(self.pieces)

    @property
    def status(self) -> int:
        """Of the final answer; 0 where what was sent has no status line."""
        finals = [int(found[1]) for found in _STATUS.finditer(self.sent[:_HEADS]) if found[1][:1] != b"1"]
        return finals[0] if finals else 0


class Server:
    """Listens on 127.0.0.1 from the moment it is made; `start` answers, `stop` ends every connection."""

    def __init__(self, answer: Answer, date: Callable[[], str], *, port: int = 0, log: bool = True) -> None:
        self.answer = answer
        self.date = date
        self.log = log
        self._served: list[Served] = []
        self.connections: set[Connection] = set()
        self.accepted = 0
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="newsroom", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End every connection and the thread; may be called again."""
        if self._thread.is_alive():
            self._ready.wait()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        elif not self._loop.is_closed():
            self._socket.close()
            self._loop.close()

    def served(self) -> list[Served]:
        """Every exchange so far, in order of the requests; of very many, the newest."""
        return self._served.copy()

    def note(self, served: Served) -> None:
        """Write an exchange down."""
        if self.log:
            self._served.append(served)
            if len(self._served) > 2 * _KEPT:
                del self._served[:_KEPT]

    def forget(self) -> None:
        """Drop what was written down."""
        self._served.clear()

    def _run(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        listener = loop.run_until_complete(loop.create_server(lambda: Connection(self), sock=self._socket, backlog=512))
        loop.call_soon(self._ready.set)
        try:
            loop.run_forever()
        finally:
            listener.close()
            for connection in tuple(self.connections):
                connection.abort()
            loop.run_until_complete(_finish(asyncio.all_tasks(loop)))
            loop.close()


class Connection(asyncio.Protocol):
    """One client: requests are answered in order, pipelined ones too."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = bytearray()
        self._writable = asyncio.Event()
        self._writable.set()
        self._playing: asyncio.Task[None] | None = None
        self._number = 0
        self._ended = False
        self._promised = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - tells mypy what create_server promises
        self._transport = transport
        self._server.connections.add(self)
        self._server.accepted += 1
        self._number = self._server.accepted

    def connection_lost(self, _: Exception | None) -> None:
        """The client went."""
        self._ended = True
        self._server.connections.discard(self)
        if self._playing is not None:
            self._playing.cancel()

    def data_received(self, received: bytes) -> None:
        """Bytes came; answer every whole request among them."""
        self._buffer += received
        self._serve()

    def pause_writing(self) -> None:
        """The client reads too slowly: hold back."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._writable.set()
        # Not at once: closing the transport from inside its own callback makes asyncio lose the connection twice.
        asyncio.get_running_loop().call_soon(self._serve)

    def abort(self) -> None:
        """Drop the connection."""
        self._ended = True
        self._transport.abort()

    def _serve(self) -> None:
        while self._buffer and self._playing is None and not self._ended and self._writable.is_set():
            try:
                request = take_request(self._buffer)
            except BadRequest as problem:
                self._refuse(problem)
                return
            if request is None:
                self._promise()
                return
            self._promised = False
            self._reply(request)

    def _promise(self) -> None:
        """Send 100 Continue, once, to a client that waits for it before it sends its body."""
        head, found, _ = bytes(self._buffer).partition(b"\r\n\r\n")
        if found and not self._promised and b"100-continue" in head.lower():
            self._promised = True
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _reply(self, request: Request) -> None:
        served = self._note(request.target, request.raw)
        reply = self._server.answer(request)
        if isinstance(reply, Script):
            self._playing = asyncio.get_running_loop().create_task(self._play(reply, served, keep=request.keep_alive))
            return
        keep = request.keep_alive
        self._send(served, reply.wire(date=self._server.date(), head_only=request.method == "HEAD", keep_alive=keep))
        if not keep:
            self._close()

    async def _play(self, script: Script, served: Served, *, keep: bool) -> None:
        for step in script.plan():
            if isinstance(step, float):
                await asyncio.sleep(step)
            else:
                await self._writable.wait()
                self._send(served, step)
                await asyncio.sleep(0)
        self._playing = None
        if script.end == "reset":
            await self._reset()
        elif script.end == "close" or not keep:
            self._close()
        else:
            self._serve()

    async def _reset(self) -> None:
        """Drop the connection with a TCP reset, once everything sent is with the client's kernel."""
        self._ended = True
        while self._transport.get_write_buffer_size():
            await asyncio.sleep(0.001)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def _refuse(self, problem: BadRequest) -> None:
        served = self._note("", bytes(self._buffer))
        self._buffer.clear()
        allow = (("Allow", "GET, HEAD, POST"),) if problem.status == 405 else ()
        plain = (*allow, ("Content-Type", "text/plain; charset=utf-8"))
        reply = Reply(status=problem.status, headers=plain, body=f"{problem.reason}\n".encode())
        self._send(served, reply.wire(date=self._server.date(), keep_alive=False))
        self._close()

    def _note(self, target: str, received: bytes) -> Served:
        served = Served(target=target, received=received, connection=self._number)
        self._server.note(served)
        return served

    def _send(self, served: Served, piece: bytes) -> None:
        if self._server.log:
            served.pieces.append(piece)
        self._transport.write(piece)

    def _close(self) -> None:
        self._ended = True
        self._transport.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except (OSError, OverflowError) as problem:
        listener.close()
        advice = "choose another port, or 0 for any"
        why = getattr(problem, "strerror", None) or problem
        raise NewsroomError(f"127.0.0.1:{port}: cannot listen there ({why}); {advice}") from problem
    listener.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listener


async def _finish(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(0)
