"""Processes that extract: forks of one that has loaded all that the extraction loads once, and nothing else."""

import gc
import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

_LOADED = "crawler.jobs.loaded"


def forks(*modules: str) -> ForkServerContext:
    """How they are made, and share what they have loaded, on every system and with every Python; `modules` as well.

    The process that is forked is a server's, which has neither threads nor anything that the command has opened
    (https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods). There is one for the length of
    the command, which starts at once.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules, _LOADED])
    forkserver.ensure_running()
    return context


def settle_in() -> None:
    """Have this process do nothing but extract: what it has loaded stays, and objects go in their thousands a page."""
    gc.freeze()  # no collection goes through what is shared, and so copies it (https://docs.python.org/3/library/gc.html#gc.freeze)
    gc.set_threshold(20_000)  # a page makes thousands of objects, none of them in a cycle
