"""A folder in which a person crawls the scripted newspaper."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawler.frontier import Entry, read_entries
from tests.support.commands import Said, run
from tests.support.paper import Paper


@dataclass
class Crawled:
    """What a crawl left behind."""

    items: list[dict]
    ledger: dict[str, Entry]
    log: str
    asked: Counter

    def states(self, base: str) -> dict[str, tuple[str, str | None]]:
        """State and reason by path; the paper's origin left out of both."""
        return {
            url.removeprefix(base): (entry.state, entry.reason and entry.reason.replace(base, ""))
            for url, entry in self.ledger.items()
        }


@dataclass
class Desk:
    """Where a person works: a folder with site files and collections."""

    folder: Path
    paper: Paper

    def write_site(self, text: str = "", **lists: list[str]) -> None:
        keys = "\n".join(f"{key} = {json.dumps(value)}" for key, value in lists.items())
        host = self.paper.base.removeprefix("http://")
        sites = self.folder / "sites"
        sites.mkdir(exist_ok=True)
        content = (
            f'domains = ["{host}"]\nallow_private = true\n{keys}\n{text}\n[politeness]\ndelay = 0\nrecheck_after = 0\n'
        )
        (sites / "paper.toml").write_text(content, encoding="utf-8")

    def scrapy(self, *arguments: str) -> Said:
        done = run(self.folder, "scrapy", *arguments)
        assert done.status == 0, done.err[-4000:]
        return done

    def crawl(self, *arguments: str, spider: str = "paper") -> Crawled:
        self.paper.asked.clear()
        done = self.scrapy("crawl", spider, "-O", "items.jsonl", "-s", "NEWSWARC_RETRY_BACKOFF=0.05", *arguments)
        lines = (self.folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
        engine = sa.create_engine(f"sqlite:///{self.folder / 'collections' / spider / 'catalog.sqlite'}")
        ledger = {entry.url: entry for entry in read_entries(engine)}
        engine.dispose()
        return Crawled([json.loads(line) for line in lines], ledger, done.err, Counter(self.paper.asked))


@pytest.fixture
def desk(tmp_path, paper):
    return Desk(tmp_path, paper)
