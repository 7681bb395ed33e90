"""WARC records as another program would write them."""


def response(url: str, page: bytes, *, number: int = 1, headers: str = "") -> bytes:
    """A response record, not compressed; records of different numbers have different ids."""
    message = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{headers}Content-Length: {len(page)}\r\n\r\n"
    ).encode() + page
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
        f"WARC-Date: 2031-03-02T08:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(message)}\r\n\r\n"
    )
    return head.encode() + message + b"\r\n\r\n"
