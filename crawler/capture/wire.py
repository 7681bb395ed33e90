"""The wire: what Scrapy's HTTP/1.1 client really sends and receives, teed byte for byte.

This is the one file that stands on private names of Scrapy 2.19 (`_pool`, `_LenientHTTP11ClientProtocol`) and Twisted
26.10 (`HTTPConnectionPool._factory`, `_quiescentCallback`, `_finishResponse`, `_giveUp`). The test of byte-exactness in
tests/crawler/capture/test_wire.py fails first when a new version moves them.

The way of a tag: the pool hands out each connection in a wrapper that ties the `Tee` to the Twisted request. Twisted
retries the same request object on a new connection when an idle one turned out to be dead, so the tag survives.
"""

# mypy: disable-error-code="no-untyped-call"
# (the client that Twisted keeps to itself has no types)

import io
import re
import tempfile
from collections.abc import Callable, Hashable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientProtocol
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, IStreamClientEndpoint
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import HTTPConnectionPool, _HTTP11ClientFactory
from twisted.web.iweb import IResponse

Ending = Literal["whole", "closed", "dropped"]

SPOOL_AT = 1 << 20
"""Bytes of one response from which on they go to a temporary file."""

Transport = Any
"""Twisted's transports have no common type."""

TwistedRequest = Any
"""twisted.web._newclient.Request, with the tee as its attribute `tee`."""

HEAD_LIMIT = 1 << 16
"""Bytes in which an interim head must end to be told from the message."""

INTERIM_LINE = re.compile(rb"\S+ 1\d\d(?:[ \r][^\n]*)?\n")
INTERIM_HEAD = re.compile(INTERIM_LINE.pattern + rb"(?:[^\n]*\n)*?\r?\n")


def utc_now() -> datetime:
    """Aware, with microseconds."""
    return datetime.now(UTC)


def permit_any(peer: str) -> None:
    """The check of a crawl that may go anywhere."""


class Tee:
    """Both directions of one exchange, written down while it happens.

    Bytes that arrive after the message, but not in the same segment as its end, find the connection idle: Twisted
    closes it, and no exchange owns them.
    """

    def __init__(
        self,
        *,
        permit: Callable[[str], None] = permit_any,
        now: Callable[[], datetime] = utc_now,
        spool_at: int = SPOOL_AT,
    ) -> None:
        self.permit = permit
        """Called with the peer's address before the first byte is sent; raises to refuse it."""
        self.failure: OSError | None = None
        """What went wrong with the temporary file."""
        self._now = now
        self._spool_at = spool_at
        self._closed = False
        self.begin(None)

    def begin(self, peer: str | None) -> None:
        """A connection is about to carry the request; whatever an earlier, dead connection got is void."""
        self.started = self._now()
        self.peer = peer
        self.sent: list[bytes] = []
        self.interim: list[bytes] = []
        self.trailing = b""
        self.protocols: tuple[str, ...] = ()
        self.ending: Ending | None = None
        """`whole`: the message ended; `closed`, `dropped`: the connection did, in order or not; None: we hung up."""
        self._pieces: list[bytes] = []
        self._size = 0
        self._file: BinaryIO | None = None
        self._head: bytes | None = b""

    def receive(self, data: bytes) -> None:
        """Bytes came in."""
        if self._closed:
            return
        if self._head is not None:
            data = self._after_interim_heads(self._head + data)
        if data:
            self._keep(data)

    def finish(self, rest: bytes) -> None:
        """The message has ended; `rest` of what came last does not belong to it."""
        self.ending = "whole"
        if rest:
            self.trailing = rest
            self._cut(len(rest))

    def lose(self, *, in_good_order: bool) -> None:
        """The connection is gone."""
        self.ending = "closed" if in_good_order else "dropped"

    def close(self) -> BinaryIO:
        """The final message as far as it was received; nothing is taken in afterwards."""
        self._closed = True
        if self._head:
            self._keep(self._head)
        self._head = None
        return self._file or io.BytesIO(b"".join(self._pieces))

    def _after_interim_heads(self, head: bytes) -> bytes:
        while interim := INTERIM_HEAD.match(head):
            self.interim.append(interim.group())
            head = head[interim.end() :]
        undecided = INTERIM_LINE.match(head) or b"\n" not in head
        if undecided and len(head) < HEAD_LIMIT:
            self._head = head
            return b""
        self._head = None
        return head

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._file is None and self._size > self._spool_at:
            self._file = tempfile.TemporaryFile(prefix="newswarc-")  # noqa: SIM115  (the archive reads it after the exchange)
            self._file.write(b"".join(self._pieces))
            self._pieces = []
        if self._file is None:
            self._pieces.append(data)
        else:
            self._file.write(data)

    def _cut(self, length: int) -> None:
        self._size -= length
        if self._file is not None:
            self._file.truncate(self._size)
        else:
            self._pieces[-1] = self._pieces[-1][:-length]


_current: ContextVar[Tee] = ContextVar("newswarc_tee")


class WireHandler(HTTP11DownloadHandler):
    """Scrapy's own HTTP/1.1 handler, with a tee on each connection."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        pool = _TeePool(reactor, persistent=True)
        pool.maxPersistentPerHost = self._pool.maxPersistentPerHost
        self._pool = pool

    async def download(self, request: Request, tee: Tee) -> Response:
        """Scrapy's answer, or its exception; the tee has the bytes either way."""
        token = _current.set(tee)
        try:
            return await self.download_request(request)
        finally:
            _current.reset(token)


class _TeeProtocol(_LenientHTTP11ClientProtocol):
    """One connection; the tee of the exchange that is on it, if any."""

    transport: Transport
    _tee: Tee | None = None

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        tee: Tee = request.tee
        peer: str = self.transport.getPeer().host
        try:
            tee.permit(peer)
        except Exception:  # noqa: BLE001  (whatever refuses the peer goes to the one who asked)
            self.transport.abortConnection()
            return fail()
        tee.begin(peer)
        self._tee = tee
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self._tee is not None:
            try:
                self._tee.protocols = self._tee.protocols or _tls_version(self.transport)
                self._tee.receive(data)
            except OSError as exc:
                self._tee.failure = exc
                self._giveUp(Failure(exc))
                return
        super().dataReceived(data)

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802
        if self._tee is not None:
            self._tee.finish(rest)
            self._tee = None
        super()._finishResponse(rest)

    def _giveUp(self, reason: Failure) -> None:  # noqa: N802
        self._tee = None
        super()._giveUp(reason)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if self._tee is not None:
            self._tee.lose(in_good_order=reason.check(ConnectionDone) is not None)
            self._tee = None
        super().connectionLost(reason)


class _TeeFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: ARG002, N802
        return _TeeProtocol(self._quiescentCallback)


class _TeePool(HTTPConnectionPool):
    _factory = _TeeFactory

    def getConnection(self, key: Hashable, endpoint: IStreamClientEndpoint) -> Deferred[Any]:  # noqa: N802
        return super().getConnection(key, endpoint).addCallback(_TaggingConnection, _current.get())


class _TaggingConnection:
    """Ties the tee to the request on its way to the connection."""

    def __init__(self, connection: HTTP11ClientProtocol, tee: Tee) -> None:
        self._connection = connection
        self._tee = tee

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        write_to = request.writeTo
        request.writeTo = lambda transport: write_to(_TeeTransport(transport, self._tee))
        request.tee = self._tee
        return self._connection.request(request)


class _TeeTransport:
    """What a request is written to: the connection's transport, and the tee."""

    def __init__(self, transport: Transport, tee: Tee) -> None:
        self._transport = transport
        self._tee = tee
        self.registerProducer = transport.registerProducer
        self.unregisterProducer = transport.unregisterProducer

    def write(self, data: bytes) -> None:
        self._tee.sent.append(data)
        self._transport.write(data)

    def writeSequence(self, pieces: Sequence[bytes]) -> None:  # noqa: N802
        self.write(b"".join(pieces))


def _tls_version(transport: Transport) -> tuple[str, ...]:
    """('tls/1.3',) on a TLS connection after its handshake, else ()."""
    try:
        name: str = transport.getHandle().get_protocol_version_name()
    except AttributeError:
        return ()
    return (name.lower().replace("tlsv", "tls/"),)
