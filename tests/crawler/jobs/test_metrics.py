"""What Prometheus reads from a scheduler."""

import urllib.request

from crawler.jobs.alerts.checks import Finding
from crawler.jobs.folder import incidents_in, runs_in
from crawler.jobs.metrics import Figures, serve_metrics
from crawler.jobs.summary import UNKNOWN, joined

SAID = {
    "articles": 4,
    "new": 3,
    "changed": 1,
    "bytes": 5_000,
    "outcomes": {"captured": 4, "failed": 2},
    "failed": {"time-out": 2},
    "ledger": {"captured": 90, "pending": 7},
    "coverage": {"title": 4, "byline": 1},
}


def test_figures_are_those_of_the_history(tmp_path):
    runs, incidents = runs_in(tmp_path), incidents_in(tmp_path)
    lost = joined({**SAID, "at_least": True}, UNKNOWN)
    for site, summary in (("paper", {**SAID, "articles": 0}), ("paper", SAID), ("lost", lost)):
        run = runs.begin(runs.of(runs.queue(site, site, cause="schedule")))
        runs.end(run, status=0, summary=summary)
    runs.queue("other", "other", cause="asked")
    incidents.update("paper", [Finding(kind="silent", subject=str(n), text="quiet") for n in range(2)])
    port = serve_metrics(Figures(runs, incidents, tmp_path), "127.0.0.1", 0)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    assert {
        'newswarc_runs_total{site="paper",state="done"} 2.0',
        "newswarc_runs_queued 1.0",
        "newswarc_runs_under_way 0.0",
        'newswarc_last_run_good{site="paper"} 1.0',
        'newswarc_last_run_articles{site="paper"} 4.0',
        'newswarc_last_run_new{site="paper"} 3.0',
        'newswarc_last_run_bytes{site="paper"} 5000.0',
        'newswarc_last_run_outcomes{site="paper",state="captured"} 4.0',
        'newswarc_last_run_failures{reason="time-out",site="paper"} 2.0',
        'newswarc_last_run_ledger_urls{site="paper",state="pending"} 7.0',
        'newswarc_last_run_coverage{field="byline",site="paper"} 0.25',
        'newswarc_incidents{kind="silent",site="paper"} 2.0',
    } <= set(lines)
    whole = {line for line in lines if line.startswith("newswarc_last_run_whole")}
    assert whole == {'newswarc_last_run_whole{site="paper"} 1.0', 'newswarc_last_run_whole{site="lost"} 0.0'}
    assert {line.split("{")[0] for line in lines if 'site="lost"' in line and "_last_run_" in line} == {
        f"newswarc_last_run_{name}" for name in ("timestamp_seconds", "good", "whole")
    }, "what is not known has no value"
    assert any(line.startswith("newswarc_disk_free_bytes ") for line in lines)
