"""Pages whose text only exists once scripts ran: opened in the system's Chromium, archived, extracted, replayed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from archives.cdxj import read_shard
from archives.collection import Collection
from archives.warc.reader import read_records
from crawler.capture.browser import BrowserUnavailable, find_chromium
from tests.support.commands import BIN, environment_in, run
from tests.support.paper import SENTENCE, Answer, Paper

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f00038401802e"
    "ae9e0b0000000049454e44ae426082"
)
STORY = "/2026/05/16/night-ferry-to-selmark"
TITLE = "Night ferry to Selmark runs again"
SHELL = f"""<!doctype html><html lang=en><head><title>{TITLE}</title><meta property="og:type" content="article">
<link rel=stylesheet href=/style.css><script defer src=/app.js></script></head>
<body><main id=app><p>Loading</p></main></body></html>"""
SCRIPT = """
fetch("/api/story.json").then(answer => answer.json()).then(story => {
  const article = document.createElement("article");
  const text = story.text.map(line => `<p>${line}</p>`).join("");
  article.innerHTML = `<h1>${story.title}</h1>${text}<img src=/quay.png>`;
  document.getElementById("app").replaceChildren(article);
});
"""
TEXT = [f"{SENTENCE.format(slug='night')} It was day {number}." for number in range(6)]


@pytest.fixture(scope="module", autouse=True)
def chromium() -> Path:
    try:
        return find_chromium(os.environ.get("NEWSWARC_BROWSER"))
    except BrowserUnavailable as missing:
        pytest.skip(str(missing))


def put_story(paper: Paper, script: str = SCRIPT, text: list[str] = TEXT) -> None:
    paper.put_feed("/feed", paper.base + STORY)
    paper.put_body(STORY, "text/html; charset=utf-8", SHELL.encode(), ETag='"shell"')
    paper.put_body("/app.js", "text/javascript", script.encode(), ETag=f'"{zlib.crc32(script.encode())}"')
    paper.put_body("/style.css", "text/css", b"h1 { color: navy }", ETag='"style"')
    paper.put_body("/api/story.json", "application/json", json.dumps({"title": TITLE, "text": text}).encode())
    paper.put_body("/quay.png", "image/png", PIXEL)


def site(folder: Path, paper: Paper, more: str = "render = true", tables: str = "") -> None:
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites" / "harbour.toml").write_text(
        f'domains = ["{paper.base.removeprefix("http://")}"]\nfeeds = ["{paper.base}/feed"]\nallow_private = true\n'
        f"{more}\n[politeness]\ndelay = 0\nrecheck_after = 0\n{tables}"
    )


def crawl(folder: Path, **environment: str):
    return run(folder, "newswarc", "crawl", "harbour", "--json", **environment)


def articles(folder: Path) -> list[dict]:
    said = run(folder, "newswarc", "export", "harbour", "--format", "jsonl")
    return [json.loads(line) for line in said.out.splitlines()]


def verified(folder: Path, *what: str) -> None:
    said = run(folder, "newswarc", "verify", *(what or ("harbour", "--deep")))
    assert (said.status, said.faults) == (0, []), said.out + said.err


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The folder of a crawl with a screenshot, and the paper, which still answers."""
    folder = tmp_path_factory.mktemp("rendered")
    with Paper() as paper:
        put_story(paper)
        site(folder, paper, tables="[browser]\nscreenshot = true\n")
        said = crawl(folder)
        assert said.status == 0, said.err
        yield folder, paper


def records(folder: Path) -> list:
    (warc,) = (folder / "collections/harbour/archive").glob("*.warc.gz")
    return list(read_records(warc))


def test_text_that_a_script_fetches_becomes_the_article(crawled):
    folder, _ = crawled
    (article,) = articles(folder)
    assert article["title"] == TITLE
    assert article["body"].split("\n\n") == TEXT


def test_what_the_page_asks_for_is_archived_as_it_was_on_the_wire(crawled):
    folder, paper = crawled
    found = {record.target_uri: record for record in records(folder) if record.type == "response"}
    for path in (STORY, "/app.js", "/style.css", "/api/story.json", "/quay.png"):
        content = found[paper.base + path].content()
        assert content.startswith(b"HTTP/1.1 200 OK\r\nServer: BaseHTTP")
        assert content.endswith(b"\r\n\r\n" + paper.answers[path][0].body)


def test_article_points_to_the_rendition_which_refers_to_its_document(crawled):
    folder, paper = crawled
    (article,) = articles(folder)
    by_id = {record.record_id: record for record in records(folder)}
    rendition = by_id[article["capture"]["record_id"]]
    assert (rendition.type, rendition.target_uri) == ("conversion", f"urn:newswarc:rendered:{paper.base}{STORY}")
    assert TEXT[0].encode() in rendition.content()
    document = by_id[rendition.get("WARC-Refers-To")]
    assert (document.type, document.target_uri) == ("response", paper.base + STORY)


def test_crawl_log_tells_which_page_asked(crawled):
    folder, paper = crawled
    (log,) = (folder / "collections/harbour/reports").glob("*/**/crawl.log")
    told = {line.split()[3]: line.split()[4:6] for line in log.read_text().splitlines()}
    assert told[paper.base + "/api/story.json"] == ["ME", paper.base + STORY]
    assert len(told) == len([record for record in records(folder) if record.type == "response"])


def test_screenshot_is_a_resource_and_no_capture_of_the_page(crawled):
    folder, paper = crawled
    (shot,) = [record for record in records(folder) if record.type == "resource"]
    assert shot.target_uri == f"urn:newswarc:screenshot:{paper.base}{STORY}"
    assert shot.content().startswith(b"\x89PNG")
    (shard,) = (folder / "collections/harbour/indexes").glob("*.cdxj")
    of_the_page = [line for line in shard.read_text().splitlines() if f'"url": "{paper.base}{STORY}"' in line]
    assert len(of_the_page) == 1
    assert [one.kind for one in read_shard(shard) if one.url == paper.base + STORY] == ["response", "rendition"]


def test_collection_and_package_are_verified_and_extracted_anew(crawled):
    folder, _ = crawled
    verified(folder)
    (article,) = articles(folder)
    again = run(folder, "newswarc", "extract", "harbour")
    assert [json.loads(line)["body"] for line in again.out.splitlines()] == [article["body"]]
    assert run(folder, "newswarc", "pack", "harbour", "-o", "harbour.wacz").status == 0
    verified(folder, "harbour.wacz")
    packed = run(folder, "newswarc", "extract", "harbour.wacz")
    assert article["body"] in [json.loads(line)["body"] for line in packed.out.splitlines()]


def test_index_is_made_anew_from_the_records(crawled, tmp_path):
    folder, _ = crawled
    shutil.copytree(folder / "collections", tmp_path / "collections")
    shutil.copytree(folder / "sites", tmp_path / "sites")
    for shard in (tmp_path / "collections/harbour/indexes").glob("*.cdxj"):
        shard.unlink()
    assert run(tmp_path, "newswarc", "recover", "harbour", "--reindex").status == 0
    verified(tmp_path)


def test_offline_crawl_is_given_the_rendition(crawled):
    folder, _ = crawled
    said = run(folder, "scrapy", "crawl", "harbour", "-s", "CAPTURE_REPLAY=harbour", "-O", "replayed.jsonl")
    assert said.status == 0
    lines = (folder / "replayed.jsonl").read_text().splitlines()
    assert [json.loads(line)["body"] for line in lines] == ["\n\n".join(TEXT)]


def test_takedown_takes_the_rendition_along(crawled, tmp_path):
    folder, paper = crawled
    shutil.copytree(folder / "collections", tmp_path / "collections")
    said = run(tmp_path, "newswarc", "takedown", "harbour", paper.base + STORY, "--level", "purge", "--reason", "wish")
    assert said.status == 0, said.err
    left = {record.target_uri for record in records(tmp_path)}
    assert not [uri for uri in left if uri.endswith(STORY)]
    assert paper.base + "/app.js" in left
    verified(tmp_path)


def test_replay_shows_the_page_with_its_text(crawled, pywb, chromium):
    """In replay the script runs anew, and fetches the text from the archive."""
    folder, paper = crawled
    asked = len(paper.asked)
    process = subprocess.Popen(
        [BIN / "newswarc", "replay", "harbour", "--port", "0", "--json"],
        cwd=folder,
        env=environment_in(folder, NEWSWARC_PYWB=str(pywb)),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        (told,) = json.loads(process.stdout.readline())
        shown = _dom(told["article"])
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert TEXT[0] in shown
    assert shown.count(TEXT[5]) == 1
    assert len(paper.asked) == asked


def _dom(url: str) -> str:
    """What Chromium holds in pywb's frame after it opened the address."""
    script = (
        "import sys; from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p:\n"
        "    browser = p.chromium.launch(executable_path=sys.argv[1], args=['--no-sandbox', '--disable-gpu'])\n"
        "    page = browser.new_page(); page.goto(sys.argv[2])\n"
        "    page.frame_locator('#replay_iframe').locator('article h1').wait_for(timeout=30000)\n"
        "    print(page.frame(url='**mp_/**').content())\n"
    )
    program = find_chromium(os.environ.get("NEWSWARC_BROWSER"))
    return subprocess.run(
        [sys.executable, "-c", script, program, url], capture_output=True, text=True, timeout=60, check=True
    ).stdout


def test_second_crawl_confirms_the_document_and_renders_it_again(tmp_path, paper):
    put_story(paper)
    site(tmp_path, paper)
    assert crawl(tmp_path).status == 0
    assert json.loads(crawl(tmp_path).out)["outcomes"] == {"unchanged": 1}
    later = [f"{line} Later that day it was cancelled." for line in TEXT]
    put_story(paper, text=later)
    assert json.loads(crawl(tmp_path).out)["outcomes"] == {"captured": 1}
    (article,) = articles(tmp_path)
    assert (article["revision"], article["body"]) == (2, "\n\n".join(later))
    verified(tmp_path)


def test_browser_reaches_nothing_but_what_the_crawl_may(tmp_path, paper):
    """robots.txt, the address guard and GET alone hold; sockets, posts, windows and moves away come to nothing."""
    secret = Paper()
    with secret:
        secret.put_body("/secret", "text/plain", b"s3cret", Access_Control_Allow_Origin="*")
        paper.put_robots("User-agent: *\nDisallow: /private/\n")
        put_story(
            paper,
            f"""
            fetch("/private/data.json").catch(() => 0);
            fetch("/form", {{method: "POST", body: "x"}}).catch(() => 0);
            navigator.sendBeacon("/beacon", "x");
            new WebSocket("{secret.base.replace("http", "ws")}/socket");
            new EventSource("/private/events");
            navigator.serviceWorker.register("/sw.js").catch(() => 0);
            new Worker(URL.createObjectURL(new Blob(['fetch("{secret.base}/from-worker")'])));
            window.open("{paper.base}/window");
            setTimeout(() => location.href = "{paper.base}/elsewhere", 50);
            """
            + SCRIPT,
        )
        site(tmp_path, paper)
        assert crawl(tmp_path).status == 0
        (article,) = articles(tmp_path)
        assert article["title"] == TITLE
        forbidden = {"/private/data.json", "/private/events", "/form", "/beacon", "/sw.js", "/window", "/elsewhere"}
        assert not forbidden & set(paper.asked)
        assert set(secret.asked) <= {"/robots.txt", "/from-worker"}  # which the crawl itself fetched
        agents = {headers["User-Agent"].partition("/")[0] for headers in (*paper.headers, *secret.headers)}
        assert agents == {"newswarc"}


def test_private_addresses_are_refused_to_the_browser(tmp_path, paper):
    """A page of a site on the public internet may not have the crawl look into the network that it runs in."""
    code = f"""
import asyncio
from scrapy import Request
from scrapy.http import HtmlResponse
from crawler.capture.addresses import AddressGuard
from crawler.capture.browser import Browser, find_chromium
from crawler.capture.visit import Bounds, Kept, Visit

asked = []
async def fetch(request):
    asked.append(request.url)
    await AddressGuard(None, stats=None).process_request(request)
    raise AssertionError("was let through")

async def main():
    page = HtmlResponse("http://news.example/", body=b"<img src='{paper.base}/seen.png'><p>text</p>")
    browser = Browser(find_chromium(None), user_agent="newswarc")
    bounds = Bounds(seconds=10, requests=9, bytes=10**6, scroll=0, screenshot=False)
    async with browser.page() as opened:
        dom, _ = await Visit(opened, page, found={{}}, fetch=fetch, kept=Kept(), bounds=bounds).run()
    await browser.close()
    assert b"<p>text</p>" in dom
    print(asked)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=BIN.parents[1])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"['{paper.base}/seen.png']"
    assert paper.asked == []


def test_text_that_a_script_asks_for_by_post(tmp_path, paper):
    """Where the site file says so; what is posted otherwise comes to nothing all the same."""
    asking = '{method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({id: 7})}'
    others = """
    navigator.sendBeacon("/beacon", "x");
    document.body.insertAdjacentHTML("beforeend", "<iframe name=f></iframe><form target=f action=/form method=post>");
    document.forms[0].submit();
    """
    put_story(paper, SCRIPT.replace('"/api/story.json"', f'"/api/story.json", {asking}') + others)
    site(tmp_path, paper, tables="[browser]\nposts = true\n")
    for outcome in ("captured", "unchanged"):
        assert json.loads(crawl(tmp_path).out)["outcomes"] == {outcome: 1}
    (article,) = articles(tmp_path)
    assert article["body"].split("\n\n") == TEXT
    assert paper.posted == [b'{"id":7}'] * 2
    assert not {"/beacon", "/form"} & set(paper.asked)
    with Collection.open(tmp_path / "collections/harbour") as collection:
        found = list(collection.captures(paper.base + "/api/story.json"))
        assert [(one.method, one.kind) for one in found] == [("POST", "response")] * 2
        assert {one.surt.partition("?")[2] for one in found} == {"__wb_method=post&id=7"}
        assert collection.exchange(found[0]).request.endswith(b"\r\n\r\n" + paper.posted[0])
    verified(tmp_path)


def test_redirected_requests_of_the_page_are_followed_by_the_crawl(tmp_path, paper):
    put_story(paper, SCRIPT.replace("/api/story.json", "/api/latest"))
    paper.put("/api/latest", Answer(status=302, headers={"Location": "/api/story.json"}))
    site(tmp_path, paper)
    assert crawl(tmp_path).status == 0
    (article,) = articles(tmp_path)
    assert article["body"].split("\n\n") == TEXT
    assert {"/api/latest", "/api/story.json"} <= set(paper.asked)


def test_what_loads_on_sight_is_there_after_scrolling(tmp_path, paper):
    lazy = """
    document.body.insertAdjacentHTML("beforeend", "<div style='height: 3000px'></div><p id=end>The end</p>");
    new IntersectionObserver(seen => seen[0].isIntersecting && fetch("/api/below.json"))
      .observe(document.getElementById("end"));
    """
    put_story(paper, SCRIPT + lazy)
    site(tmp_path, paper, tables="[browser]\nscroll = 9\n")
    assert crawl(tmp_path).status == 0
    assert "/api/below.json" in paper.asked


@pytest.mark.parametrize(
    ("script", "answered"),
    [
        pytest.param("setInterval(() => fetch('/api/story.json?' + Math.random()), 100);", True, id="never-silent"),
        pytest.param("for (;;) {}", True, id="never-done"),
        pytest.param("setInterval(() => { for (;;) {} }, 0);", False, id="never-done-again-and-again"),
    ],
)
def test_page_without_end_is_bounded(tmp_path, paper, script, answered):
    put_story(paper, SCRIPT + script)
    site(tmp_path, paper, tables="[browser]\ntimeout = 2\nrequests = 30\n")
    said = json.loads(crawl(tmp_path).out)
    assert said["outcomes"] == ({"captured": 1} if answered else {"failed": 1})
    assert len([path for path in paper.asked if path.startswith("/api")]) <= 30
    assert bool(articles(tmp_path)) == answered


@pytest.mark.soak
def test_dying_browser_fails_its_page_alone(tmp_path, paper):
    """The page that kills it is told in one line; the next one is rendered in another browser."""
    put_story(paper)
    killer = tmp_path / "killer"
    real = find_chromium(os.environ.get("NEWSWARC_BROWSER"))
    killer.write_text(
        f"#!/bin/sh\nif [ ! -e {tmp_path}/once ]; then touch {tmp_path}/once; "
        f'{real} "$@" & pid=$!; sleep 3; kill -9 $pid; exit 1; fi\nexec {real} "$@"\n'
    )
    killer.chmod(0o755)
    paper.put_feed("/feed", paper.base + "/2026/05/15/first-story-that-waits", paper.base + STORY)
    slow = SHELL.replace("<p>Loading", "<script>for (let t = Date.now(); Date.now() - t < 9000;);</script><p>Loading")
    paper.put_body("/2026/05/15/first-story-that-waits", "text/html", slow.encode())
    site(tmp_path, paper, tables="concurrency = 1\n")
    said = json.loads(crawl(tmp_path, NEWSWARC_BROWSER=str(killer)).out)
    assert said["failed"].get("not rendered", 0) >= 1
    assert json.loads(crawl(tmp_path, NEWSWARC_BROWSER=str(killer)).out)["articles"] >= 1
    verified(tmp_path)


def test_missing_browser_is_one_clear_line(tmp_path, paper):
    put_story(paper)
    site(tmp_path, paper)
    said = run(tmp_path, "newswarc", "crawl", "harbour", NEWSWARC_BROWSER="/nowhere/chromium")
    assert said.status == 1
    assert "NEWSWARC_BROWSER names /nowhere/chromium, which is no program" in said.one_line
    assert paper.asked == []


def test_browser_that_does_not_start_is_one_clear_line(tmp_path, paper):
    put_story(paper)
    site(tmp_path, paper)
    said = run(tmp_path, "newswarc", "crawl", "harbour", NEWSWARC_BROWSER=shutil.which("false"))
    assert said.status == 1
    assert "cannot be started" in said.one_line


@pytest.mark.soak
def test_killed_crawl_leaves_no_half_read_document(tmp_path, paper):
    """What was captured and not rendered yet is left to the next crawl, not read without its scripts."""
    put_story(paper, "for (;;) {}")
    site(tmp_path, paper)
    crawling = subprocess.Popen([BIN / "newswarc", "crawl", "harbour"], cwd=tmp_path, env=environment_in(tmp_path))
    for _ in range(300):
        if "/app.js" in paper.asked:
            break
        time.sleep(0.1)
    time.sleep(1.5)  # until what came is on the disk
    crawling.kill()
    crawling.wait(30)
    put_story(paper)
    assert run(tmp_path, "newswarc", "recover", "harbour").status == 0
    with Collection.open(tmp_path / "collections/harbour") as collection:
        assert {one.kind for one in collection.captures(paper.base + STORY)} == {"response"}
    assert json.loads(crawl(tmp_path).out)["articles"] == 1
    (article,) = articles(tmp_path)
    assert article["body"].split("\n\n") == TEXT
    verified(tmp_path)
