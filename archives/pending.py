"""What waits to be committed to the catalog: captures, which can be looked up meanwhile, and new articles."""

from collections.abc import Mapping
from typing import Any

from archives.cdxj import Capture
from archives.digests import Digest


class Pending:
    """Captures and articles that are committed together."""

    def __init__(self) -> None:
        self.captures: dict[str, Capture] = {}
        """By record id."""
        self.latest: dict[str, Capture] = {}
        """Of each URL the last one that was asked for by GET."""
        self.with_payload: dict[Digest, list[Capture]] = {}
        self.articles: dict[str, Mapping[str, Any]] = {}
        """Items of new articles, by their keys."""

    def add(self, capture: Capture) -> None:
        """Take a capture; a rendition is found by its record id alone."""
        self.captures[capture.record_id] = capture
        if capture.kind == "rendition":
            return
        if capture.method == "GET":
            self.latest[capture.url] = capture
        self.with_payload.setdefault(capture.payload_digest, []).append(capture)
