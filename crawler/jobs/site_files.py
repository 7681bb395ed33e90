"""The configured sites as those see them who go on for long: read again now and then."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from crawler.sites import BrokenFiles, Site, SiteError

logger = logging.getLogger(__name__)

_LOOK_AGAIN = timedelta(minutes=1)
_WITHOUT = "without the site until the file is mended"
_AS_BEFORE = "with the site files as they were"


class SiteFiles:
    """The sites by their names, at most a minute old; those are left out whose files are broken.

    Their crawls would read the same files. Where the whole folder is gone meanwhile, all are as they were.
    """

    def __init__(
        self, read: Callable[[], Mapping[str, Site]], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.known: Mapping[str, Site] = {}
        self.faults: Mapping[str, str] = {}
        """What is wrong with files, in one line each, by the names of their sites; '' of the whole folder."""
        self._read = read
        self._now = now
        self._looked = datetime.min.replace(tzinfo=UTC)

    def look(self) -> bool:
        """Read them, if a minute is over; returns whether they were. SiteError, if there never were any."""
        now = self._now()
        if self._looked <= now < self._looked + _LOOK_AGAIN:
            return False
        self._looked = now
        faults: dict[str, str] = {}
        try:
            self.known = self._read()
        except BrokenFiles as broken:
            self.known = broken.others
            faults = {name: str(fault) for name, fault in broken.faults.items()}
        except SiteError as fault:
            if not self.known:
                raise
            faults = {"": str(fault)}
        self._note(faults)
        return True

    def has_lost(self, name: str) -> bool:
        """Whether no file describes the site any more; as long as one cannot be read, that may be its."""
        return name not in self.known and not self.faults

    def _note(self, faults: Mapping[str, str]) -> None:
        for name, fault in faults.items():
            if self.faults.get(name) != fault:
                logger.error("%s; going on %s", fault, _WITHOUT if name else _AS_BEFORE)
        self.faults = faults
