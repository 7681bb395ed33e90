"""The right to crawl a site for a while: it is in the database, is renewed while the crawl lives, and ends by itself.

A crawl that was stopped past its end, as by a signal or in a machine that slept, has lost it, whether or not another
worker has taken the site over: it asks for nothing any more, archives nothing, and commits nothing.
"""

import logging
import threading
import time
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from archives.errors import ArchiveError, LeaseLost
from crawler.jobs.runs import Runs

logger = logging.getLogger(__name__)

SECONDS = 60.0
"""For how long a lease is, where nobody says otherwise."""
_BEATS = 4
"""So often it is renewed within its length."""


def _clock() -> float:
    """Seconds, also those that the machine slept, where its clock tells (clock_gettime(2), CLOCK_BOOTTIME)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Lease:
    """The lease of one attempt of a run, for the length of the block; LeaseLost, if it has run out before."""

    def __init__(self, runs: Runs, number: int, attempt: int, seconds: float) -> None:
        self._runs = runs
        self._number = number
        self._attempt = attempt
        self._seconds = seconds
        self._holding = runs.holding(number, attempt)
        self._until = 0.0
        self._has_ended = False
        self._over = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._renew()
        self.require()
        self._beating.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._beating.join(self._seconds)

    def __deepcopy__(self, _: object) -> Self:
        """Itself: Scrapy copies its settings, and this is one of them."""
        return self

    @property
    def loss(self) -> LeaseLost | None:
        """Why nothing may be done any more; None while the lease holds. What was lost once stays lost."""
        self._has_ended = self._has_ended or _clock() >= self._until
        if not self._has_ended:
            return None
        return LeaseLost(f"run {self._number}: its lease has run out; the crawl is given up, another worker goes on")

    def require(self) -> None:
        """LeaseLost, if the lease has run out."""
        if loss := self.loss:
            raise loss

    def confirm(self, connection: Connection) -> None:
        """LeaseLost, if the lease has run out by the server's clock; if not, it holds until the transaction ends."""
        self.require()
        if connection.execute(self._holding).first() is None:
            self._has_ended = True
            self.require()

    def _beat(self) -> None:
        while not self._over.wait(self._seconds / _BEATS) and self.loss is None:
            try:
                self._renew()
            except ArchiveError as fault:
                logger.warning("The lease cannot be renewed: %s", fault)  # tried again, until it has run out

    def _renew(self) -> None:
        asked = _clock()
        if self._runs.renew(self._number, self._attempt, self._seconds):
            self._until = asked + self._seconds
        else:
            self._has_ended = True
