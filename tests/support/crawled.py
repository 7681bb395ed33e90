"""A newspaper that is crawled twice while stories change, and is down afterwards."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from archives.collection import Collection
from crawler.newsroom import Newsroom
from tests.support.commands import QUICK, run, settle_newsroom

SCHEDULE = [
    (1, "headline", "courier", 1),
    (2, "correction", "courier", 2),
    (3, "silent", "wordpress", 1),
    (4, "gone", "courier", 3),
    (5, "cut", "wordpress", 2),
]


@dataclass(frozen=True)
class Crawled:
    """The folder in which a newspaper was crawled that is down since."""

    folder: Path
    base: str
    changed: dict[str, str]
    """Kind of change → address of the story."""

    @property
    def collection(self) -> Path:
        return self.folder / "collections" / "newsroom"

    def items(self, **wanted: Any) -> list[dict]:
        with Collection.open(self.collection) as collection:
            items = list(collection.catalog.articles())
        return [item for item in items if all(item[name] == value for name, value in wanted.items())]


def crawl_newsroom(folder: Path) -> Crawled:
    """Crawl it into a folder."""
    with Newsroom(articles=48, schedule=SCHEDULE, **QUICK) as newsroom:
        settle_newsroom(folder, newsroom.url.removeprefix("http://"))
        for hours in (0, 8):
            newsroom.clock.advance(timedelta(hours=hours))
            said = run(folder, "newswarc", "crawl", "newsroom")
            assert said.status == 0, said.err[-3000:]
        plans = {plan.number: plan for plan in newsroom.edition.by_path.values()}
        changes = [change for change in newsroom.changes if change.kind != "published"]
    return Crawled(folder, newsroom.url, {one.kind: newsroom.url + plans[one.number].path for one in changes})
