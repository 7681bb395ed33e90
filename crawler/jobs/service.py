"""How the crawls that start by themselves stand: per site, when it is due, what runs, and how its last run ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.jobs.run_row import is_site
from crawler.jobs.runs import Run, Runs
from crawler.jobs.summary import is_whole
from crawler.sites import Site

_FIGURES = ("announced", "new", "changed", "articles", "captures", "bytes", "seconds", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteService:
    """How one site stands."""

    site: str
    next_due: str | None
    """None, if nothing is scheduled."""
    paused: bool
    running: Mapping[str, Any] | None
    """The run that is queued or under way: its number, state, and since when."""
    last: Mapping[str, Any] | None
    """The last run that ended: its number, state, when, figures, and what was bad."""


def services(runs: Runs, sites: Mapping[str, Site], now: datetime) -> list[SiteService]:
    """One of each site that is scheduled, or was ever run."""
    last = {name: run for name, run in runs.last_ended().items() if is_site(name)}
    due, paused = runs.timetable.due(), runs.timetable.paused()
    open_runs = {run.site: run for run in (*runs.waiting(), *runs.running())}
    scheduled = {name: site.schedule for name, site in sites.items() if site.schedule is not None}
    found = []
    for name in sorted({*scheduled, *last, *open_runs}):
        schedule = scheduled.get(name)
        next_due = (due.get(name) or schedule.next_after(now, site=name)) if schedule else None
        found.append(
            SiteService(
                site=name,
                next_due=None if next_due is None else next_due.isoformat(timespec="seconds"),
                paused=name in paused,
                running=_told_open(open_runs[name]) if name in open_runs else None,
                last=_told_ended(last[name]) if name in last else None,
            )
        )
    return found


def _told_open(run: Run) -> dict[str, Any]:
    return {"run": run.id, "state": run.state, "since": run.started or run.due, "attempts": run.attempts}


def _told_ended(run: Run) -> dict[str, Any]:
    said = run.summary or {}
    figures = {key: said.get(key) for key in _FIGURES}
    told = {**figures, "whole": is_whole(said), "problem": run.problem}
    return {"run": run.id, "state": run.state, "ended": run.ended, **told}
