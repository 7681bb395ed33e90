"""`python -m tests.support.forked FD`: runs each program that comes through the socket in a fork of its own."""

import contextlib
import gc
import importlib
import json
import os
import runpy
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings, Settings
from scrapy.utils.misc import load_object, walk_modules_iter

import crawler.cli.crawl
import crawler.jobs.run
import crawler.settings
from crawler.extraction.offers import domain_of


def prepare() -> None:
    """Import and read what most programs need; they see to the rest themselves."""
    settings = Settings()
    settings.setmodule(crawler.settings)
    for parts in settings.values():
        for name in parts if isinstance(parts, dict | BaseSettings) else ():
            if isinstance(name, str) and "." in name:
                load_object(name)
    for package in settings["SPIDER_MODULES"]:
        list(walk_modules_iter(package))
    domain_of("https://news.example/")  # which reads the Public Suffix List, once
    gc.freeze()  # what is shared stays shared


def serve(channel: socket.socket) -> dict[str, Any] | None:
    """Fork for each job that comes, and tell what became of it; returns the job in the fork, and nothing in the end."""
    lines = channel.makefile("rb")
    while True:
        came, files, _, _ = socket.recv_fds(channel, 1, maxfds=3)
        if not came:
            return None
        job = json.loads(lines.readline())
        child = os.fork()
        if child == 0:
            lines.close()
            channel.close()
            for number, file in enumerate(files):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        if child == 0:
            return dict(job)
        channel.sendall(b"%d\n" % child)
        _, status, usage = os.wait4(child, 0)  # which alone tells what this one child took
        channel.sendall(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss]).encode() + b"\n")


def become(job: dict[str, Any]) -> None:
    """Be the process that a shell would have started."""
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    importlib.reload(crawler.settings)  # which reads the environment
    if job["strict"]:
        warnings.simplefilter("error")
    sys.argv = job["command"]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    prepare()
    wanted = None
    with contextlib.suppress(KeyboardInterrupt):
        wanted = serve(socket.socket(fileno=int(sys.argv[1])))
    if wanted:
        become(wanted)
