"""Pages whose articles are known: of a folder, of the project's golden pages, and of the newsroom."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.jobs.extract import Extracted, extract_pages
from crawler.jobs.pages import pages_of_warc
from crawler.newsroom.changes import changes
from crawler.newsroom.clock import OPENING
from crawler.newsroom.desk import Desk
from crawler.newsroom.edition import Edition
from crawler.newsroom.families import CHARSETS
from crawler.newsroom.paper import render
from crawler.newsroom.plan import Plan, plan_stories
from crawler.newsroom.story import Story
from crawler.newsroom.truth import expected, expected_of_print

GOLDEN = Path(__file__).parents[1] / "pages"
BASE = "https://newsroom.example"


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as it came, and what is known of its article."""

    url: str
    content: bytes
    content_type: str | None
    gold: dict[str, Any]
    """As a row of a gold.jsonl: url, dataset, title, authors, date, body."""
    related: tuple[dict[str, Any], ...]


def of_folder(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of a corpus' gold.jsonl, and those of its related.jsonl if there is one."""
    related = folder / "related.jsonl"
    return rows(folder / "gold.jsonl"), rows(related) if related.exists() else []


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def digest(folder: Path) -> str:
    """By what a corpus is known, wherever it lies and whatever it is called: the digest of its gold.jsonl."""
    return hashlib.sha256((folder / "gold.jsonl").read_bytes()).hexdigest()[:16]


def items_of_folder(folder: Path, jobs: int = 1) -> dict[str, dict[str, Any]]:
    """The items of the corpus' pages, by address, by generic rules alone."""
    faults: list[object] = []
    pages = pages_of_warc(folder / "pages.warc.gz", "pages.warc.gz", faults.append)
    found = {}
    for made in extract_pages(pages, jobs=jobs):
        if isinstance(made, Extracted):
            item = json.loads(made.line)
            found[item["url"]] = item
    if faults:
        raise ValueError(f"{folder}: {faults[0]}; mend the corpus")
    return found


def known_pages(folder: Path) -> list[KnownPage]:
    """The pages of a corpus of which articles are known, in the order of the WARC file."""
    gold, related = of_folder(folder)
    by_url = {row["url"]: row for row in gold if row.get("page_type", "article") == "article"}
    links = {row["url"]: tuple(row["related"]) for row in related}
    found: dict[str, KnownPage] = {}
    for page in pages_of_warc(folder / "pages.warc.gz", "pages.warc.gz", lambda _: None):
        if page.url in by_url:
            content, content_type = page.content()
            found[page.url] = KnownPage(page.url, content, content_type, by_url[page.url], links.get(page.url, ()))
    return list(found.values())


def golden_pages() -> list[KnownPage]:
    """The pages that the project wrote by hand."""
    found = []
    for file in sorted(GOLDEN.glob("*/*/article.json")):
        item = json.loads(file.read_text(encoding="utf-8"))
        if "rejected" not in item:
            content = file.with_name("page.html").read_bytes()
            found.append(_known(item["url"], content, item.get("content_type"), "golden", item))
    return found


def newsroom_pages(count: int, seed: int = 1, page_size: int | None = None) -> list[KnownPage]:
    """So many stories of the newsroom, in turn over all families of templates, filled up to so many bytes."""
    plans = plan_stories(count, seed, BASE)
    paper = Edition(Desk(plans, changes(plans), seed, BASE), plans, OPENING, BASE)
    found: list[KnownPage] = []
    for number, plan in enumerate(paper.plans):
        story = paper.story(plan)
        printed = story.print_url is not None and number % 12 == 0
        found.append(_newsroom_page(paper, plan, story, "print" if printed else plan.family, page_size))
    return found


def _newsroom_page(paper: Edition, plan: Plan, story: Story, family: str, size: int | None) -> KnownPage:
    truth = expected_of_print(story) if family == "print" else expected(story)
    links = tuple({"url": link.url, "kind": link.kind} for link in truth["related_links"])
    item = truth | {"related_links": links, "authors": [author.name for author in truth["authors"]]}
    url = story.print_url if family == "print" and story.print_url else story.url
    content_type = "text/html" if family in CHARSETS else "text/html; charset=utf-8"
    return _known(url, render(paper, plan, story, family, size), content_type, "newsroom", item)


def _known(url: str, content: bytes, content_type: str | None, dataset: str, item: dict[str, Any]) -> KnownPage:
    gold = {"url": url, "dataset": dataset, "date": item.get("date_published")}
    gold |= {name: item[name] for name in ("title", "authors", "body") if name in item}
    return KnownPage(url, content, content_type, gold, tuple(item.get("related_links", ())))


def related_rows(pages: Sequence[KnownPage]) -> list[dict[str, Any]]:
    """What is known of the pages' related links, as rows of a related.jsonl."""
    return [{"url": page.url, "related": page.related} for page in pages]
