"""One round of one program over pages, in a process of its own: `extract_once.py PROGRAM PAGES OUTPUT`.

PAGES is a line of JSON a page: url, content (base64), content_type. OUTPUT gets one JSON document: the CPU seconds of
each page, and what was found on it. Run by the environment that has the program, so that it imports nothing else.
"""

import base64
import gc
import json
import logging
import os
import re
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

WARM_UP = 5
"""Pages that are read before the clock is looked at, so that what is loaded once is loaded."""
CHARSET = re.compile(rb"charset=[\"']?([\w-]+)")


def newswarc():
    from crawler.extraction import extract

    def run(content, url, content_type):
        found = extract(content, url, content_type)
        return {"title": getattr(found, "title", None), "body": getattr(found, "body", "")}

    return run, version("newswarc")


def lxml():
    from lxml import html

    def run(content, url, content_type):
        html.document_fromstring(content, base_url=url)
        return {}

    return run, version("lxml")


def trafilatura():
    from trafilatura import bare_extraction

    def run(content, url, content_type):
        found = bare_extraction(content, url=url, favor_precision=True, with_metadata=True)
        return {"title": found.title, "body": found.text} if found else {}

    return run, version("trafilatura")


def newspaper4k():
    from newspaper import Article

    def run(content, url, content_type):
        article = Article(url, fetch_images=False)
        article.download(input_html=decoded(content, content_type))
        article.parse()
        return {"title": article.title, "body": article.text}

    return run, version("newspaper4k")


def goose3():
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False})

    def run(content, url, content_type):
        article = goose.extract(raw_html=decoded(content, content_type))
        return {"title": article.title, "body": article.cleaned_text}

    return run, version("goose3")


PROGRAMS = {one.__name__: one for one in (newswarc, lxml, trafilatura, newspaper4k, goose3)}


def decoded(content, content_type):
    """The page as text, for programs that take no bytes: by its header, else by what it says itself, else UTF-8."""
    found = CHARSET.search((content_type or "").encode()) or CHARSET.search(content[:4096])
    try:
        return content.decode(found[1].decode() if found else "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def attempt(run, page):
    """What the program finds on a page; nothing where it fails."""
    try:
        return run(*page)
    except Exception as fault:  # noqa: BLE001 - a program that stumbles over a page has found nothing there
        return {"fault": f"{type(fault).__name__}: {fault}"[:200]}


def main(name, pages_file, output):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    run, number = PROGRAMS[name]()
    with Path(pages_file).open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pages = [(base64.b64decode(row["content"]), row["url"], row["content_type"]) for row in rows]
    for page in pages[:WARM_UP]:
        attempt(run, page)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # as `newswarc extract` does: for all programs alike
    seconds, found = [], []
    for page in pages:
        start = time.process_time()
        item = attempt(run, page)
        seconds.append(time.process_time() - start)
        found.append(item)
    result = {"version": number, "seconds": seconds, "found": found}
    Path(output).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
