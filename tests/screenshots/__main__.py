"""`python -m tests.screenshots`: crawl the built-in newspaper, open the reading room over it, and take the pictures."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from crawler.capture.browser import find_chromium
from tests.crawler.reading_room.conftest import at
from tests.support.crawled import Crawled, crawl_newsroom
from tests.support.serving import serving
from tests.support.visitor import QUIET, Visitor

HERE = Path(__file__).parent
SIZE = {"width": 1200, "height": 820}


def pages(crawled: Crawled) -> dict[str, tuple[str, str]]:
    """File name → address and colours."""
    return {
        "article": (at("/article", url=crawled.changed["headline"]), "light"),
        "diff": (at("/diff", url=crawled.changed["cut"]), "dark"),
    }


def main() -> None:
    """Take the pictures."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        crawled = crawl_newsroom(Path(name))
        browser = playwright.chromium.launch(
            executable_path=str(find_chromium(os.environ.get("NEWSWARC_BROWSER"))), args=QUIET
        )
        with serving(crawled.folder, crawled.collection) as room:
            room.wait_for_replay()
            for file, (address, colours) in pages(crawled).items():
                visitor = Visitor(browser, room, viewport=SIZE, color_scheme=colours)
                visitor.page.goto(room.base + address)
                visitor.page.wait_for_load_state("networkidle")
                visitor.page.screenshot(path=HERE / f"{file}.png")
                visitor.context.close()
        browser.close()


if __name__ == "__main__":
    main()
