"""What every page needs: the collections, where captures are replayed, and who may read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from archives.cdxj import timestamp_of
from crawler.reading_room.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An open reading room."""

    library: Library
    replay: Callable[[], str | None] = field(default=lambda: None)
    """Address of the replay server as it is now; None while there is none."""
    replay_wanted: bool = False
    """Whether there ought to be one."""
    why_no_replay: Callable[[], str] = field(default=lambda: "no replay server was started")
    token: str | None = None
    """What readers must bring; None, if anybody on this machine may read."""
    hosts: frozenset[str] = frozenset()
    """Names under which the server may be addressed, without the port; empty: under any."""

    def replayed(self, collection: str, url: str, date: str, *, bare: bool = False) -> str | None:
        """Where a capture is replayed at its own time; `bare` is without the frame around it."""
        server = self.replay()
        return server and f"{server}/{collection}/{timestamp_of(date)}{'mp_' if bare else ''}/{url}"

    def timemap(self, collection: str, url: str) -> str | None:
        """The Memento TimeMap of an address (RFC 7089)."""
        server = self.replay()
        return server and f"{server}/{collection}/timemap/link/{url}"

    def timegate(self, collection: str, url: str) -> str | None:
        """The Memento TimeGate of an address (RFC 7089)."""
        server = self.replay()
        return server and f"{server}/{collection}/{url}"


async def _room(request: Request) -> Room:
    room: Room = request.app.state.room
    return room


InRoom = Annotated[Room, Depends(_room)]
"""The room that a route is in."""
