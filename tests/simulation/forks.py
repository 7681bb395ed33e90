"""`python -m tests.simulation.forks`: crawls in forks, so that imports cost once, each at the time that it is told.

A line of JSON starts one: `arguments` of `newswarc crawl`, `now`, files for `out` and `err`; the answer is its process
number. A line with `reap` asks for the exit status of one, null while it goes on.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import time_machine

import crawler.cli
from tests.support.forked import prepare


def work(job):
    """What a fork does; its exit status."""
    with Path(job["out"]).open("wb") as out, Path(job["err"]).open("wb") as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
    time_machine.travel(datetime.fromisoformat(job["now"]), tick=True).start()
    sys.argv = ["newswarc", "crawl", *job["arguments"]]
    try:
        crawler.cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def start(job):
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setsid()
            status = work(job)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return child


def reap(child):
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    prepare()
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(reap(job["reap"]) if "reap" in job else start(job)), flush=True)
