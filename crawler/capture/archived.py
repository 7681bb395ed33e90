"""What was archived, as a spider sees it."""

from collections.abc import Sequence
from typing import Any

from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archives import http
from archives.exchange import Exchange

_OF_THE_MESSAGE_AS_SENT = {b"content-encoding", b"transfer-encoding", b"content-length", b"connection", b"trailer"}


def archived_response(
    exchange: Exchange,
    *,
    url: str,
    flags: Sequence[str],
    **connection: Any,  # noqa: ANN401  (what else Scrapy's Response takes)
) -> Response:
    """The response with its payload decoded, as HttpCompressionMiddleware leaves it; ArchiveError if it cannot be."""
    message = http.parse(exchange.response)
    headers = Headers()
    for name, value in message.head.headers:
        if name.lower() not in _OF_THE_MESSAGE_AS_SENT:
            headers.appendlist(name, value)
    kind = responsetypes.from_args(headers=headers, url=url, body=message.body)
    return kind(
        url=url, status=message.head.status, headers=headers, body=message.body, flags=list(flags), **connection
    )
