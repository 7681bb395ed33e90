"""A visit in a real browser, with the newspaper down: find, read, replay, compare; nobody but us is asked."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archives.collection import Collection
from crawler.capture.browser import BrowserUnavailable, find_chromium
from tests.archives.takedown.stories import at as exchange_at
from tests.crawler.reading_room.conftest import at
from tests.crawler.reading_room.test_guard import hostile
from tests.support.serving import Serving, serving
from tests.support.visitor import QUIET, Visitor

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: pip install 'newswarc[browser]'"
)

pytestmark = pytest.mark.timeout(300)
AXE = Path(__file__).parents[3] / ".venv" / "axe-core" / "axe.min.js"
SCREENS = Path(os.environ.get("NEWSWARC_SCREENSHOTS") or Path(__file__).parents[3] / "build" / "screenshots")
"""Where the pictures of pages are kept."""
__all__ = ["hostile"]


@pytest.fixture(scope="module")
def browser() -> Iterator:
    try:
        program = find_chromium(os.environ.get("NEWSWARC_BROWSER"))
    except BrowserUnavailable as missing:
        pytest.skip(str(missing))
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(program), args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def room(crawled, pywb) -> Iterator[Serving]:
    with serving(crawled.folder, crawled.collection) as opened:
        opened.wait_for_replay()
        yield opened


@pytest.fixture
def visitor(browser, room) -> Iterator[Visitor]:
    visiting = Visitor(browser, room)
    yield visiting
    visiting.context.close()


PICTURES_ARE_THERE = "document.images.length && [...document.images].every(one => one.naturalWidth > 0)"


def test_a_whole_visit(visitor, room, crawled):
    """Front page → search → article → replay → back → revisions → what changed, and nothing goes to the live web."""
    page, item = visitor.page, next(one for one in crawled.items() if one["url"] == crawled.changed["correction"])
    page.goto(room.base)
    assert page.title() == "Front page · newswarc"
    page.keyboard.press("/")
    page.keyboard.type(f'"{" ".join(item["title"].split()[:4])}"')
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.locator("mark").first.wait_for()
    page.get_by_role("link", name=item["title"]).first.click()
    page.wait_for_url("**/article?*")
    assert page.get_by_role("heading", level=1).inner_text() == item["title"]
    page.wait_for_function(PICTURES_ARE_THERE)

    page.get_by_role("link", name="Replay the page").click()
    replayed = page.frame_locator("iframe")
    replayed.get_by_role("heading", name=item["title"]).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert urlsplit(page.url).netloc == urlsplit(room.replay).netloc
    assert item["capture"]["date"][:19].replace("T", " ") in page.locator("header").inner_text()
    frame = next(one for one in page.frames if "mp_/" in one.url)
    assert frame.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily !== ''")
    frame.wait_for_function(PICTURES_ARE_THERE)
    assert frame.evaluate("[...document.styleSheets].length") > 0
    keep(page, "replay")

    page.get_by_role("link", name="Back to the reading room").click()
    page.wait_for_url(f"{room.base}/article?*")
    page.get_by_role("link", name=re.compile("revisions?$")).first.click()
    page.wait_for_url(f"{room.base}/revisions?*")
    assert page.locator(".timeline li").count() == 2
    page.get_by_role("button", name="Compare the two").click()
    page.wait_for_url(f"{room.base}/diff?*")
    page.wait_for_load_state()
    assert page.locator("ins").count() > 0
    page.keyboard.press("n")
    assert page.locator(".here").count() == 1
    page.get_by_role("link", name="Side by side").click()
    page.locator("table ins").first.wait_for()
    assert visitor.refused == []
    assert visitor.faults == []


def test_links_inside_the_replay_lead_on_within_it(visitor, room, crawled):
    item = next(one for one in crawled.items() if one["url"] == crawled.changed["headline"])
    page = visitor.page
    page.goto(room.base + at("/article", url=item["url"]))
    page.get_by_role("link", name="Replay the page").click()
    frame = page.frame_locator("iframe")
    frame.locator("nav a").first.click()
    page.wait_for_function("url => !document.getElementById('url').textContent.endsWith(url)", arg=item["url"])
    page.get_by_role("link", name="Back to the reading room").click()
    page.wait_for_url(f"{room.base}/calendar?*")
    assert visitor.refused == []


def test_what_is_not_archived_is_told_in_the_replay(visitor, room):
    page = visitor.page
    page.goto(f"{room.replay}/newsroom/2026/http://nowhere.example/ferry")
    told = page.frame_locator("iframe")
    told.get_by_role("heading", name="Not archived").wait_for()
    assert "http://nowhere.example/ferry" in told.locator("body").inner_text()
    assert "captured" not in page.locator("header").inner_text()
    assert visitor.refused == []


PAGES = {
    "front": "/",
    "search": "/search?q=council",
    "article": "article",
    "revisions": "revisions",
    "diff": "diff",
    "calendar": "calendar",
    "changes": "/changes",
    "site": "/site/newsroom",
    "runs": "/runs",
    "tags": "/labels/tag",
    "nothing": "/search?q=zzzz",
}
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


def address_of(name: str, crawled) -> str:
    if PAGES[name] == name:
        return at(f"/{name}", url=crawled.changed["correction"])
    return PAGES[name]


@pytest.mark.parametrize("view", VIEWS)
def test_pages_look_as_they_should(browser, room, crawled, view):
    """Nothing is wider than the window, nothing complains; what it looks like is kept."""
    visitor = Visitor(browser, room, **VIEWS[view])
    for name in PAGES:
        visitor.page.goto(room.base + address_of(name, crawled))
        visitor.page.wait_for_load_state("networkidle")
        keep(visitor.page, f"{name}-{view}")
        assert_not_too_wide(visitor.page)
    visitor.context.close()
    assert (visitor.refused, visitor.faults) == ([], [])


@pytest.mark.parametrize("view", ["desktop", "dark"])
def test_pages_can_be_used_by_everybody(browser, room, crawled, view):
    """axe-core finds nothing serious (https://www.w3.org/TR/WCAG21/)."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make .venv/axe-core, which needs npm and its registry")
    visitor = Visitor(browser, room, **VIEWS[view], bypass_csp=True)
    found = []
    for name in PAGES:
        visitor.page.goto(room.base + address_of(name, crawled))
        visitor.page.add_script_tag(path=AXE)
        result = visitor.page.evaluate("axe.run()")
        assert len(result["passes"]) > 10
        found += [
            f"{name}: {one['id']} ({one['impact']}): {node['html'][:160]} {node['failureSummary']}"
            for one in result["violations"]
            for node in one["nodes"]
            if one["impact"] in {"serious", "critical"}
        ]
    visitor.context.close()
    assert found == []


def test_it_works_without_scripts(browser, room, crawled):
    visitor = Visitor(browser, room, java_script_enabled=False)
    page = visitor.page
    page.goto(room.base)
    page.get_by_role("searchbox").fill("council")
    page.get_by_role("button", name="Search").click()
    page.locator(".results h2 a").first.click()
    page.locator(".provenance").wait_for()
    page.goto(room.base + at("/revisions", url=crawled.changed["correction"]))
    page.get_by_role("button", name="Compare the two").click()
    page.locator("ins").first.wait_for()
    visitor.context.close()
    assert visitor.refused == []


def test_a_hostile_article_runs_nowhere(browser, hostile, tmp_path):
    """Script in title, body, author, tag and address: none of it runs, nobody is asked, long words break."""
    with serving(tmp_path, hostile, "--no-replay") as room:
        visitor = Visitor(browser, room, **VIEWS["phone"])
        visitor.page.on("dialog", lambda dialog: visitor.faults.append(dialog.message))
        visitor.page.goto(f"{room.base}/search")
        links = visitor.page.evaluate("[...document.querySelectorAll('main a')].map(one => one.href)")
        for address in ["/", "/labels/author", "/labels/tag", "/changes", "/sites", *dict.fromkeys(links)]:
            visitor.page.goto(address if "://" in address else room.base + address)
            visitor.page.wait_for_load_state("networkidle")
            assert "owned" not in visitor.page.title().partition("<")[0]
            assert visitor.page.evaluate("document.querySelectorAll('main script, [onerror]').length") == 0
            assert_not_too_wide(visitor.page)
        visitor.context.close()
        assert visitor.refused == []
        assert [fault for fault in visitor.faults if not NO_PICTURE.match(fault)] == []


NO_PICTURE = re.compile(
    r"Failed to load .* 404 .*'url': 'http://127\.0\.0\.1:\d+/picture\?in=hostile&url=http%3A%2F%2Fevil\.example%2Fx\.png&"
)
"""What the browser says of the picture that is none."""


def assert_not_too_wide(page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url}: {wide} px too wide"


def keep(page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")


LIVE = "http://live.example"
"""Nobody may be asked there."""
RESTLESS = """
<style>@import url("LIVE/sheet.css"); body { background: url(LIVE/background.png) }</style>
<img src="LIVE/picture.png" srcset="LIVE/large.png 2x"><link rel=preconnect href="LIVE">
<script src="LIVE/script.js"></script>
<script>
  new Image().src = "LIVE/image.png";
  fetch("LIVE/fetched").catch(() => 0);
  const request = new XMLHttpRequest();
  request.open("GET", "LIVE/requested");
  request.send();
  try { new WebSocket("ws://live.example/socket") } catch (fault) {}
  try { new EventSource("LIVE/events") } catch (fault) {}
  navigator.sendBeacon("LIVE/beacon", "x");
  import("LIVE/module.js").catch(() => 0);
  try { new Worker(URL.createObjectURL(new Blob(["fetch('LIVE/worker')"]))) } catch (fault) {}
  document.write("<img src='LIVE/written.png'>");
  document.body.insertAdjacentHTML("beforeend", "<iframe srcdoc=\\"<img src='LIVE/framed.png'>\\"></iframe>");
  const sheet = document.createElement("style");
  sheet.textContent = "p { background: url(LIVE/late.png) }";
  document.head.append(sheet);
</script>""".replace("LIVE", LIVE)


def test_a_restless_page_leaks_nothing_to_the_live_web(browser, pywb, tmp_path):
    """Whatever a page and its frames ask for when they are replayed, only the replay server is asked."""
    root, url, inner = tmp_path / "restless", "http://restless.example/page", "http://restless.example/inner"
    story = f"<!doctype html><title>Restless</title><h1>Restless</h1><p>Text</p>{RESTLESS}"
    with Collection.open(root, write=True) as collection:
        outer = collection.archive(exchange_at(1, url, f"{story}<iframe src={inner}></iframe>".encode()))
        collection.archive(exchange_at(2, inner, story.encode()))
    with serving(tmp_path, root) as room:
        room.wait_for_replay()
        visitor = Visitor(browser, room)
        for modifier in ("", "mp_"):
            visitor.page.goto(f"{room.replay}/restless/{outer.timestamp}{modifier}/{url}")
            visitor.page.wait_for_load_state("networkidle")
            visitor.page.wait_for_timeout(500)
        asked = list(visitor.asked)
        visitor.context.close()
    assert [one for one in asked if "live.example/requested" in one], "the scripts ran"
    assert visitor.refused == []
