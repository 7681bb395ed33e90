"""Many files at once, each in a process of its own: what one of them does to its process, no other feels."""

import signal
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from crawler.jobs.bulk.inputs import Input
from crawler.jobs.bulk.manifest import Settled
from crawler.jobs.bulk.one_file import Settings, settle
from crawler.jobs.processes import end_with_parent, forks, settle_in

_STOP_SECONDS = 10.0
_FROM_OTHERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Signals by which somebody ends a process, such as an init system that goes to all of a service at once."""


def settle_all(inputs: Iterable[Input], settings: Settings, *, jobs: int) -> Iterator[Settled]:
    """What became of each file, as it comes: `jobs` at a time; all that run are ended with the iterator.

    A file whose process dies, for want of memory perhaps, is quarantined; one whose process was ended is tried again.
    """
    context = forks("crawler.jobs.bulk.run")
    waiting, running = iter(inputs), dict[Connection, tuple[Input, BaseProcess]]()
    try:
        while True:
            while len(running) < jobs and (source := next(waiting, None)) is not None:
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(sender, source, settings), daemon=True)
                process.start()
                sender.close()
                running[receiver] = source, process
            if not running:
                return
            ready = wait(list(running))
            for receiver in [one for one in running if one in ready]:
                yield _settled(*running.pop(receiver), receiver)
    finally:
        for receiver, (_, unfinished) in running.items():
            unfinished.terminate()
            unfinished.join(_STOP_SECONDS)
            receiver.close()


def _settled(source: Input, process: BaseProcess, receiver: Connection) -> Settled:
    try:
        settled: Settled = receiver.recv()
    except EOFError:  # it ended without a word
        process.join()
        status = process.exitcode or 0
        if -status in _FROM_OTHERS:
            reason = f"its process was ended from outside, with signal {-status}; run the command again"
            return Settled(input=source.address, state="failed", reason=reason)
        how = f"signal {-status}" if status < 0 else f"status {status}"
        reason = f"its process ended with {how}, for want of memory perhaps"
        return Settled(input=source.address, state="quarantined", reason=reason)
    finally:
        receiver.close()
    process.join()
    return settled


def _work(sender: Connection, source: Input, settings: Settings) -> None:
    """In the process of one file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of the terminal; who started it decides
    end_with_parent()
    settle_in()
    sender.send(settle(source, settings))
