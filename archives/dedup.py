"""Is this payload here already? Then a revisit record is enough."""

from collections.abc import Iterable

from archives.cdxj import Capture
from archives.digests import EMPTY
from archives.exchange import Exchange
from archives.request_query import method_of
from archives.warc.bundle import Facts


def worth_looking(exchange: Exchange, facts: Facts) -> bool:
    """Whether a response may become a revisit at all: whole, with a payload, and the answer to a GET.

    Replay looks a revisit's original up by URL and date, and finds the answers to GET there.
    """
    return bool(
        facts.head and not exchange.truncated and facts.payload_digest != EMPTY and method_of(exchange.request) == "GET"
    )


def choose_original(facts: Facts, candidates: Iterable[Capture]) -> Capture | None:
    """The capture whose payload the response repeats, out of those with the same payload digest.

    Replay sends the original's framed body under the revisit's headers. So the original must be unframed, or framed
    as the revisit's headers say, or chunk sizes leak into the page.
    """
    return next((original for original in candidates if _can_stand_for(original, facts)), None)


def _can_stand_for(original: Capture, facts: Facts) -> bool:
    return (
        original.kind == "response"
        and original.method == "GET"
        and original.truncated is None
        and original.payload_digest == facts.payload_digest
        and original.framing in {"identity", facts.framing}
    )
