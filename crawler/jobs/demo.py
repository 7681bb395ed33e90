"""The main job on the built-in newspaper: crawl, archive, extract, export, verify, and replay with nobody at home."""

import re
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archives.cdxj import timestamp_of
from archives.collection import Collection
from archives.errors import ReplayUnavailable
from archives.replay import Replay, replay
from archives.verify import verify
from crawler.export import replacing, write_json_lines, write_markdown
from crawler.jobs.progress import Progress
from crawler.jobs.re_extractor import re_extractor
from crawler.jobs.run import crawl
from crawler.jobs.status import status_of
from crawler.jobs.summary import INTERRUPTED, RunSummary
from crawler.sites import Site

SITE = "newsroom"
REPLAY_SECONDS = 30
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What came of it; counts are of the whole collection."""

    collection: Path
    captures: int
    articles: int
    warc_bytes: int
    verified: bool
    """Every digest, index row and item was checked against the bytes, and every item extracted anew from them."""
    replay_checked: bool
    """pywb showed every article with its text while the newspaper was down."""
    problems: tuple[str, ...]
    """One line each; empty if all went well."""
    run: RunSummary
    json_lines: Path
    markdown: Path


def demo(
    home: Path, *, sites: Sequence[Site], progress: Callable[[Progress], None] | None = None, say: Callable[[str], None]
) -> Demo:
    """Run the job into the collection `demo` under `home`; the newspaper is started and stopped along the way.

    KeyboardInterrupt, if it is interrupted: also during the crawl, which is closed cleanly before.
    """
    path = home / "demo"
    say("crawling the built-in newspaper …")
    run = crawl([SITE], collection=path, settings={"NEWSWARC_DATABASE": None}, progress=progress)
    if run.finish_reason == INTERRUPTED:
        raise KeyboardInterrupt
    say("exporting …")
    json_lines, markdown = export(path)
    say("verifying …")
    faults = [str(finding) for finding in verify(path, extract=re_extractor(sites))]
    say("replaying every article without the newspaper …")
    losses = replay_losses(path, sites)
    status = status_of(path)
    return Demo(
        collection=path,
        captures=status.captures,
        articles=status.articles,
        warc_bytes=status.warc_bytes,
        verified=status.captures > 0 and not faults,
        replay_checked=status.articles > 0 and not losses,
        problems=(*run_problems(run), *faults, *losses),
        run=run,
        json_lines=json_lines,
        markdown=markdown,
    )


def run_problems(run: RunSummary) -> list[str]:
    """Why the crawl is no success; nothing if it is one."""
    nothing = [] if run.captures else [f"nothing was captured; {run.log} tells why"]
    return [run.problem] if run.problem else nothing


def export(path: Path) -> tuple[Path, Path]:
    """The articles as one file of JSON lines and a folder of Markdown, in the collection's reports folder."""
    with Collection.open(path) as collection:
        json_lines, markdown = collection.layout.reports / "articles.jsonl", collection.layout.reports / "markdown"
        with replacing(json_lines) as out:
            write_json_lines(collection.catalog.articles(), out)
        write_markdown(collection.catalog.articles(), markdown)
    return json_lines, markdown


def replay_losses(path: Path, sites: Sequence[Site] = ()) -> list[str]:
    """Articles whose headline or text is not in the page that pywb shows, one line each."""
    with Collection.open(path) as collection:
        articles = list(collection.catalog.articles())
    try:
        with replay([path]) as server:
            return [loss for article in articles for loss in replay_loss(server, path.name, article, sites)]
    except ReplayUnavailable as fault:
        return [str(fault)]


def replay_loss(server: Replay, collection: str, article: dict[str, Any], sites: Sequence[Site]) -> list[str]:
    """What is wrong with the replay of an article's capture; nothing if it reads as archived."""
    address = server.page(collection, timestamp_of(article["capture"]["date"]), article["url"])
    try:
        with NO_PROXY.open(address, timeout=REPLAY_SECONDS) as response:
            page, content_type = response.read(), response.headers["Content-Type"]
    except OSError as fault:
        return [f"{address}: not replayed: {fault}; see whether the capture is in the index"]
    rewritten = re.compile(re.escape(f"{server.url}/{collection}/").encode() + rb"\d{14}[a-z]{2}_/")
    shown = re_extractor(sites)(rewritten.sub(b"", page), article["url"], content_type, article)
    lost = [key for key in ("title", "body") if shown.get(key) != article[key]]
    return [f"{address}: replayed without the article's {' and '.join(lost)}"] if lost else []
