"""The only door to the archive: exchanges are teed on the wire, archived, and only then handed to the spider."""

from archives.cdxj import Capture
from crawler.items import CaptureRef


def capture_ref(capture: Capture) -> CaptureRef:
    """Where the bytes of a capture are, as an article tells it."""
    return CaptureRef(
        warc=capture.warc,
        offset=capture.offset,
        length=capture.length,
        record_id=capture.record_id,
        date=capture.date,
        payload_digest=capture.payload_digest,
        status=capture.status,
    )
