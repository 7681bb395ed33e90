"""What every page needs: the collections, where captures are replayed, and who may read."""

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from archives.cdxj import timestamp_of
from crawler.reading_room.library import Library


class ReplayServer(Protocol):
    """What replays captures, or ought to."""

    @property
    def address(self) -> str | None:
        """Where it is, whenever it is at work; None, if it never is."""

    @property
    def url(self) -> str | None:
        """Its address; None while it is not at work."""

    @property
    def why_not(self) -> str:
        """Why it is not at work."""


@dataclass(frozen=True, slots=True)
class ReplayElsewhere:
    """A pywb that somebody else looks after."""

    url: str
    why_not: str = ""

    @property
    def address(self) -> str:
        """Where it is."""
        return self.url


@dataclass(frozen=True, slots=True)
class NoReplay:
    """What cannot be had."""

    why_not: str
    address: None = None
    url: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An open reading room."""

    library: Library
    replay: ReplayServer | None = None
    """None, if nobody wants any."""
    token: str | None = None
    """What readers must bring; None, if anybody on this machine may read."""
    hosts: frozenset[str] = frozenset()
    """Names under which the server may be addressed, without the port; empty: under any."""

    @property
    def replay_url(self) -> str | None:
        """Address of the replay server as it is now; None while there is none."""
        return self.replay.url if self.replay else None

    @property
    def why_no_replay(self) -> str:
        """Why there is none."""
        return self.replay.why_not if self.replay else "replay was turned off"

    def replayed(self, collection: str, url: str, date: str, *, bare: bool = False) -> str | None:
        """Where a capture is replayed at its own time; `bare` is without the frame around it."""
        server = self.replay_url
        return server and f"{server}/{collection}/{timestamp_of(date)}{'mp_' if bare else ''}/{url}"

    def timemap(self, collection: str, url: str) -> str | None:
        """The Memento TimeMap of an address (RFC 7089)."""
        server = self.replay_url
        return server and f"{server}/{collection}/timemap/link/{url}"

    def timegate(self, collection: str, url: str) -> str | None:
        """The Memento TimeGate of an address (RFC 7089)."""
        server = self.replay_url
        return server and f"{server}/{collection}/{url}"


async def _room(request: Request) -> Room:
    room: Room = request.app.state.room
    return room


InRoom = Annotated[Room, Depends(_room)]
"""The room that a route is in."""
