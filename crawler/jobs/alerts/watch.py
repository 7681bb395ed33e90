"""The watch over all sites: looks at what runs and sources show, keeps the incidents, and has somebody told."""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from archives.errors import ArchiveError
from crawler.frontier.due import left_behind
from crawler.frontier.entry import stamp
from crawler.frontier.source import Source
from crawler.frontier.tables import SOURCES
from crawler.jobs.alerts.checks import BEHIND, KINDS, Finding, Kind, behind, endless, findings, waiting
from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.alerts.notifier import Send, message
from crawler.jobs.due import opened_ledger
from crawler.jobs.runs import Run, Runs
from crawler.jobs.site_files import SiteFiles

logger = logging.getLogger(__name__)

ENOUGH_ROOM = 2 * 10**9
"""Bytes that should be free for the collections."""
_RECOVERED = 1.1
"""So many times as much has to be free until it is enough again, lest each file that comes or goes is told."""
_LOW = "{disk}: {room:.1f} GB are free; make room, or crawls will stop when there is none"
_OF_UNENDED: Sequence[Kind] = ("waiting", "endless")
"""What runs that wait or are under way show, who are looked at each minute."""
_OF_LEDGER: Sequence[Kind] = ("silent", "source", "overflow", "behind")
_OF_ENDED: Sequence[Kind] = [kind for kind in KINDS if kind not in (*_OF_UNENDED, *_OF_LEDGER)]
"""What runs that have ended show."""
PAST = 300
"""So many runs of a site are looked back at."""


class Watch:
    """Looks after the sites whose runs are in a history; what is found is kept as incidents.

    With `sites` it looks after their files, too: incidents of a site that has none any more are over. Beside the
    room at `home` it looks at that of all workers but at `place`, which is there.
    """

    def __init__(
        self,
        runs: Runs,
        incidents: Incidents,
        home: Path,
        *,
        sites: SiteFiles | None = None,
        database: str | None = None,
        place: str | None = None,
        send: Send | None = None,
        room: int = ENOUGH_ROOM,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._runs = runs
        self._incidents = incidents
        self._home = home
        self._sites = sites
        self._database = database
        self._place = place
        self._send = send
        self._room = room
        self._now = now

    def look(self, sites: Iterable[str]) -> None:
        """Look at sites, their files, and the disks; tell what is new.

        Where a ledger cannot be read, that is raised in the end: as an ArchiveError, or one of SQLAlchemy's.
        """
        faults = [fault for site in sites if (fault := self._look_at(site))]
        self._look_at_queue()
        self._incidents.update("", [*self._of_disks(), *self._of_files()])
        self._drop_removed()
        self.tell()
        if faults:
            raise faults[0]

    def _look_at(self, site: str) -> Exception | None:
        """Look at a site's runs, sources and stories; returns why these two cannot be looked at, if so."""
        recent = self._runs.recent(site=site, limit=PAST)
        ended = [run for run in recent if run.state in ("done", "failed") and run.cause != "by hand"]
        since = {(incident.kind, incident.subject): incident.opened for incident in self._incidents.open(site)}
        self._incidents.update(site, findings(ended, (), self._now(), since=since), kinds=_OF_ENDED)
        try:
            wrong = list(self._in_ledger(site, ended[0].collection)) if ended else []
        except (ArchiveError, SQLAlchemyError) as fault:
            return fault
        self._incidents.update(site, wrong, kinds=_OF_LEDGER)
        return None

    def _look_at_queue(self) -> None:
        """Tell which sites' runs wait, or are at work, for too long, where that is new, and where it is over."""
        late = {run.site: found for run in self._runs.waiting() if (found := list(self._of_waiting(run)))}
        late |= {run.site: found for run in self._runs.running() if (found := list(self._of_running(run)))}
        wrong = {(site, finding.kind) for site, found in late.items() for finding in found}
        told = {(one.site, one.kind) for one in self._incidents.open() if one.kind in _OF_UNENDED}
        for site in {site for site, _ in wrong ^ told}:
            self._incidents.update(site, late.get(site, []), kinds=_OF_UNENDED)

    def _of_waiting(self, run: Run) -> Iterator[Finding]:
        site = self._sites.known.get(run.site) if self._sites else None
        return waiting(run, site.schedule if site else None, self._now())

    def _of_running(self, run: Run) -> Iterator[Finding]:
        if list(endless(run, (), self._now())):
            yield from endless(run, self._runs.recent(site=run.site, limit=PAST), self._now())

    def _drop_removed(self) -> None:
        for site in {incident.site for incident in self._incidents.open() if incident.site}:
            if self._sites and self._sites.has_lost(site):
                self._incidents.drop(site, f"{site} is no configured site any more")
                logger.info("%s is no configured site any more: what was wrong with it is over", site)

    def _of_files(self) -> list[Finding]:
        faults = self._sites.faults if self._sites else {}
        return [Finding(kind="file", subject=name, text=fault) for name, fault in faults.items()]

    def tell(self) -> None:
        """Send one message about all that nobody was told of yet; if nobody takes it, the next one has it too."""
        untold = self._incidents.untold()
        if not untold or self._send is None:
            return
        sent = self._send(message(untold))
        for address in sent.failed:
            logger.error("NEWSWARC_ALERTS: %s took no message; see 'newswarc alerts test'", address)
        if sent.taken:
            self._incidents.note_told(untold)
        else:
            logger.error("%s alerts could not be sent to anybody; they are tried again", len(untold))

    def _in_ledger(self, site: str, collection: str) -> Iterator[Finding]:
        """What is wrong with the site's sources, and with its stories."""
        with opened_ledger(self._home / collection, self._database) as connection:
            if connection is None or not sa.inspect(connection).has_table(SOURCES.name):
                return
            rows = connection.execute(sa.select(SOURCES).where(SOURCES.c.site == site))
            yield from findings((), [Source(**row._asdict()) for row in rows], self._now())
            now, before = stamp(self._now()), stamp(self._now() - BEHIND)
            yield from behind(*left_behind(connection, site, now=now, before=before))

    def _of_disks(self) -> list[Finding]:
        free = {str(self._home): shutil.disk_usage(self._home).free}
        free |= {one.place: one.free for one in self._runs.places.all() if one.place != self._place}
        low = {incident.subject for incident in self._incidents.open("") if incident.kind == "disk"}
        return [
            Finding(kind="disk", subject=disk, text=_LOW.format(disk=disk, room=room / 10**9))
            for disk, room in free.items()
            if room < self._room * (_RECOVERED if disk in low else 1)
        ]
