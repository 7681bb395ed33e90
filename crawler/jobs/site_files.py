"""The configured sites as those see them who go on for long: read again now and then."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from crawler.sites import Site, SiteError

logger = logging.getLogger(__name__)

_LOOK_AGAIN = timedelta(minutes=1)


class SiteFiles:
    """The sites by their names, at most a minute old; where a file breaks meanwhile, as they were before."""

    def __init__(
        self, read: Callable[[], Mapping[str, Site]], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.known: Mapping[str, Site] = {}
        self._read = read
        self._now = now
        self._looked = datetime.min.replace(tzinfo=UTC)

    def look(self) -> bool:
        """Read them, if a minute is over; returns whether they were."""
        now = self._now()
        if self._looked <= now < self._looked + _LOOK_AGAIN:
            return False
        self._looked = now
        try:
            self.known = self._read()
        except SiteError as fault:
            if not self.known:
                raise
            logger.error("%s; going on with the site files as they were", fault)  # noqa: TRY400  # one line says it
        return True
