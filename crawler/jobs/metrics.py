"""The scheduler's figures for Prometheus: read from the history when they are asked for, so that nothing is lost."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.run_row import is_site
from crawler.jobs.runs import Run, Runs
from crawler.jobs.summary import figures_of, is_whole

_FIGURES = {
    "announced": "Stories that the last run announced for the first time",
    "pages": "Responses that came in the last run",
    "captures": "Exchanges that the last run archived",
    "articles": "Articles that the last run extracted",
    "new": "Articles that the last run captured for the first time",
    "changed": "Articles that the last run found changed",
    "bytes": "Bytes that the last run received",
    "seconds": "How long the last run took",
    "sources_failed": "Feeds, sitemaps and sections that the last run could not have or read",
}
_COUNTED = {
    "outcomes": ("outcomes", "state", "Stories that the last run settled, by state"),
    "failed": ("failures", "reason", "Stories that failed in the last run, by reason"),
    "ledger": ("ledger_urls", "state", "Stories ever announced, by state, at the end of the last run"),
}


class Figures(Collector):
    """What Prometheus reads: runs, the last run of each site, open incidents, room on the disk."""

    def __init__(self, runs: Runs, incidents: Incidents, home: Path) -> None:
        self._runs = runs
        self._incidents = incidents
        self._home = home

    def collect(self) -> Iterator[Metric]:
        """All of them, as they are now."""
        yield from self._of_runs()
        yield from _of_last({site: run for site, run in self._runs.last_ended().items() if is_site(site)})
        open_now = GaugeMetricFamily("newswarc_incidents", "Incidents that go on", labels=["site", "kind"])
        for (site, kind), count in _counted((one.site, one.kind) for one in self._incidents.open()).items():
            open_now.add_metric([site, kind], count)
        yield open_now
        free = shutil.disk_usage(self._home).free
        yield GaugeMetricFamily("newswarc_disk_free_bytes", "Room for the collections", value=free)
        workers = GaugeMetricFamily("newswarc_worker_disk_free_bytes", "Room on workers' disks", labels=["place"])
        for one in self._runs.places.all():
            workers.add_metric([one.place], one.free)
        yield workers

    def _of_runs(self) -> Iterator[Metric]:
        ended = CounterMetricFamily("newswarc_runs", "Runs that ended", labels=["site", "state"])
        for (site, state), count in self._runs.counts().items():
            if state in ("done", "failed") and is_site(site):
                ended.add_metric([site, state], count)
        yield ended
        yield GaugeMetricFamily("newswarc_runs_under_way", "Crawls at work", value=len(self._runs.running()))
        yield GaugeMetricFamily("newswarc_runs_queued", "Runs that wait", value=len(self._runs.waiting()))
        due = GaugeMetricFamily("newswarc_next_due_timestamp_seconds", "When a site is due", labels=["site"])
        for site, moment in self._runs.timetable.due().items():
            due.add_metric([site], moment.timestamp())
        yield due


def _of_last(last: Mapping[str, Run]) -> Iterator[Metric]:
    ended = GaugeMetricFamily("newswarc_last_run_timestamp_seconds", "When the last run ended", labels=["site"])
    good = GaugeMetricFamily("newswarc_last_run_good", "Whether the last run found nothing bad", labels=["site"])
    for site, run in last.items():
        if run.ended:
            ended.add_metric([site], datetime.fromisoformat(run.ended).timestamp())
        good.add_metric([site], float(run.state == "done" and run.status in (0, None)))
    yield from (ended, good)
    said: Mapping[str, Mapping[str, Any]] = {site: figures_of(run.summary) for site, run in last.items()}
    whole = GaugeMetricFamily(
        "newswarc_last_run_whole", "Whether the last run's figures are of all that it did", labels=["site"]
    )
    for site, run in last.items():
        whole.add_metric([site], float(is_whole(run.summary)))
    yield whole
    for key, what in _FIGURES.items():
        gauge = GaugeMetricFamily(f"newswarc_last_run_{key}", what, labels=["site"])
        for site, run in last.items():
            if (figure := (run.summary or {}).get(key, 0)) is not None:
                gauge.add_metric([site], figure)
        yield gauge
    for key, (name, label, what) in _COUNTED.items():
        gauge = GaugeMetricFamily(f"newswarc_last_run_{name}", what, labels=["site", label])
        for site, summary in said.items():
            for part, count in summary.get(key, {}).items():
                gauge.add_metric([site, part], count)
        yield gauge
    share = GaugeMetricFamily(
        "newswarc_last_run_coverage", "Share of the last run's articles that have a field", labels=["site", "field"]
    )
    for site, summary in said.items():
        for field, count in summary.get("coverage", {}).items():
            share.add_metric([site, field], count / summary["articles"] if summary.get("articles") else 0.0)
    yield share


def _counted(keys: Iterator[tuple[str, str]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


def serve_metrics(figures: Figures, host: str, port: int) -> int:
    """Answer at /metrics in a thread of its own; returns the port. OSError, if nobody can listen there."""
    registry = CollectorRegistry()
    registry.register(figures)
    server, _ = start_http_server(port, addr=host, registry=registry)
    return int(server.server_port)
