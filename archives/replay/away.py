"""WARC files that are in a store, for pywb: it asks for records by ranges, over HTTP on loopback."""

import contextlib
import re
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

from archives.collection import Collection
from archives.errors import ArchiveError

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@contextlib.contextmanager
def away(collections: Mapping[str, Collection]) -> Iterator[dict[str, str]]:
    """Serve the files of collections by name; name of the collection → address to which a file's name is added."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(collections)) as server:
        thread = threading.Thread(target=server.serve_forever, name="away", daemon=True)
        thread.start()
        try:
            yield {name: f"http://127.0.0.1:{server.server_port}/{quote(name, safe='')}/" for name in collections}
        finally:
            server.shutdown()
            thread.join()


def _handler(collections: Mapping[str, Collection]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server's name
            collection, warc = map(unquote, self.path.lstrip("/").partition("/")[::2])
            asked = _RANGE.fullmatch(self.headers.get("Range") or "")
            file = collections[collection].warcs.away(warc) if collection in collections else None
            if file is None or asked is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            start, end = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else file.size, file.size)
            try:
                content = collections[collection].warcs.read(file, start, end)
            except ArchiveError as fault:
                self.send_error(HTTPStatus.BAD_GATEWAY, explain=str(fault))
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{file.size}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
            """Nothing: pywb tells what it could not load."""

    return Handler
