"""Processes that extract: forks of one that has loaded all that the extraction loads once, and nothing else."""

import gc
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import parent_process

from archives.errors import StorageFailed, in_words

_LOADED = "crawler.jobs.loaded"


def forks(*modules: str) -> ForkServerContext:
    """How they are made, and share what they have loaded, on every system and with every Python; `modules` as well.

    The process that is forked is a server's, which has neither threads nor anything that the command has opened
    (https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods). There is one for the length of
    the command, which starts at once. Neither it nor the forks take note of Ctrl-C, which goes to all of the terminal:
    who started them decides. StorageFailed, if the folder for temporary files can hold no socket.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules, _LOADED])
    resource_tracker.ensure_running()  # here, as it lets Ctrl-C through when it has started
    try:
        with _without_interrupts():
            forkserver.ensure_running()
    except OSError as exc:  # a socket's path has at most 107 bytes (unix(7))
        what = f"no socket for processes: {in_words(exc)}; name a folder with a short path in TMPDIR"
        raise StorageFailed(f"{tempfile.gettempdir()}: {what}") from exc
    return context


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ctrl-C waits until the block ends; processes that start in it inherit that it waits, for good."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """Have this process end when the one that started it does, even by a kill: nobody has what an orphan makes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def settle_in() -> None:
    """Have this process do nothing but extract: what it has loaded stays, and objects go in their thousands a page."""
    gc.freeze()  # no collection goes through what is shared, and so copies it (https://docs.python.org/3/library/gc.html#gc.freeze)
    gc.set_threshold(20_000)  # a page makes thousands of objects, none of them in a cycle
