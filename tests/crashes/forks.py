"""`python -m tests.crashes.forks`: runs each job that comes as a line of JSON in a fork of its own: imports cost once.

A job has `work` ("archive" or "crawl"), `folder`, `arguments`, `environment`, `said` (where output goes), and either
`fault` and `at` or `after` (seconds until it is killed). The answer has `status` and `points`.
"""

import importlib
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

from tests.crashes import faults

faults.install()  # before anything is imported that keeps os.write or its like for itself

import crawler.cli  # noqa: E402
import crawler.settings  # noqa: E402
from crawler.export import feed  # noqa: E402
from tests.crashes import writer  # noqa: E402
from tests.support.forked import prepare  # noqa: E402


class Feed(faults.Disk):
    """The file below the one that items are written to."""

    kind = "feed"


def work(job: dict[str, Any]) -> int:
    """What a fork does; its exit status."""
    os.environ.update(job["environment"])
    importlib.reload(crawler.settings)  # which reads the environment
    with Path(job["said"]).open("ab") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    faults.arm(Path(job["folder"]), job["fault"], job["at"])
    if job["work"] == "archive":
        return writer.write(*job["arguments"])
    sys.argv = ["newswarc", *job["arguments"]]
    try:
        crawler.cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Fork, and wait for what becomes of it."""
    points, counted = os.pipe()
    child = os.fork()
    if child == 0:
        status = 99
        try:
            status = work(job)
            faults.PLAN.armed = False
            os.write(counted, json.dumps(faults.PLAN.names).encode())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    os.close(counted)
    if job["after"] and not select.select([points], [], [], job["after"])[0]:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(points) as pipe:
        names = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"status": status, "points": json.loads(names or "[]")}


if __name__ == "__main__":
    prepare()
    feed.WholeWrites.__bases__ = (Feed,)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
