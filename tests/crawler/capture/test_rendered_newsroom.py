"""The newsroom's app, whose pages hold no word of their stories: with a browser each is read as the paper wrote it."""

import json
import os
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from archives.warc.reader import read_records
from crawler.capture.browser import VIEWPORT, BrowserUnavailable, find_chromium
from crawler.newsroom import Newsroom
from crawler.newsroom.truth import expected
from tests.support.commands import BIN, environment_in, run

SITE = """domains = ["{host}"]
feeds = ["{url}/rss/app"]
allow_private = true
timezone = "Europe/Berlin"
render = {render}
[politeness]
delay = 0
recheck_after = 0
[browser]
screenshot = true
"""


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom(articles=12, crawl_delay=0.0) as opened:
        yield opened


@pytest.fixture(scope="module")
def crawl(newsroom, tmp_path_factory):
    """Crawls the app with a browser or without one; returns the folder and what the command said."""

    def crawl(*, render: bool):
        folder = tmp_path_factory.mktemp("app")
        write_site(folder, newsroom.url, render=render)
        return folder, run(folder, "newswarc", "crawl", "app", "--json")

    return crawl


def write_site(folder: Path, url: str, *, render: bool) -> None:
    (folder / "sites").mkdir()
    text = SITE.format(host=url.removeprefix("http://"), url=url, render=str(render).lower())
    (folder / "sites" / "app.toml").write_text(text)


@pytest.fixture(scope="module")
def chromium() -> Path:
    try:
        return find_chromium(os.environ.get("NEWSWARC_BROWSER"))
    except BrowserUnavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def rendered(crawl, chromium):
    folder, said = crawl(render=True)
    assert said.status == 0, said.err
    return folder


@pytest.fixture
def stories(newsroom):
    """The truth, by the story's own address."""
    return {story.url: story for story in newsroom.stories if story.family == "courier"}


def test_without_a_browser_there_is_nothing_to_read(crawl, stories):
    folder, said = crawl(render=False)
    assert json.loads(said.out)["outcomes"] == {"skipped": len(stories)}
    assert run(folder, "newswarc", "export", "app").out == ""


def test_with_a_browser_every_field_is_as_the_paper_wrote_it(rendered, newsroom, stories):
    items = [json.loads(line) for line in run(rendered, "newswarc", "export", "app").out.splitlines()]
    assert {item["url"].replace("/app/", "/") for item in items} == stories.keys()
    for item in items:
        truth = expected(stories[item["canonical_url"]])
        told = {name: plain(value) for name, value in truth.items()}
        assert {name: item[name] for name in told} == told


def plain(value):
    """A field of the truth as JSON has it."""
    if isinstance(value, tuple):
        return [asdict(one) if hasattr(one, "__dataclass_fields__") else one for one in value]
    return value


def test_what_the_browser_made_is_verified_and_read_again(rendered):
    assert run(rendered, "newswarc", "verify", "app", "--deep").status == 0


def test_each_screenshot_shows_the_story(rendered, stories):
    """The whole page, which is longer than a window: there is something in most of its lines."""
    (warc,) = (rendered / "collections" / "app" / "archive").glob("*.warc.gz")
    shots = [record.content() for record in read_records(warc) if record.type == "resource"]
    assert len(shots) == len(stories)
    for shot in shots:
        width, height, lines = lines_of(shot)
        assert (width, height > VIEWPORT["height"]) == (VIEWPORT["width"], True)
        assert len({line for line in lines if len(set(line)) > 1}) > height / 10


def lines_of(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height, and the lines of pixels as the file has them: filtered, so that plain ones are of one value."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunks[kind] = chunks.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, _, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    stride = 1 + width * {2: 3, 6: 4}[colour]
    pixels = zlib.decompress(chunks[b"IDAT"])
    return width, height, [pixels[start + 1 : start + stride] for start in range(0, len(pixels), stride)]


NOBODY = 65_534
"""The user that owns nothing (nobody, on Debian)."""
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
READING = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
"""What lets nobody read this Python, wherever root has it."""
WITHOUT = "setpriv --ambient-caps=-all --inh-caps=-all"


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    if os.geteuid():
        pytest.skip("whoever is not root is tested by the other tests")
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not installed: apt-get install util-linux")
    with tempfile.TemporaryDirectory(prefix="newswarc-nobody-") as name:
        os.chown(name, NOBODY, NOBODY)
        yield Path(name)


def crawl_as_nobody(folder: Path, browser: Path) -> subprocess.CompletedProcess:
    """One story of the app."""
    own = {"HOME": str(folder), "TMPDIR": str(folder), "NEWSWARC_BROWSER": str(browser)}
    return subprocess.run(
        [*AS_NOBODY, *READING, BIN / "newswarc", "crawl", "app", "--max-pages", "1", "--json"],
        cwd=folder,
        env=environment_in(folder, **own),
        capture_output=True,
        text=True,
        timeout=100,
    )


def script(folder: Path, text: str) -> Path:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_whoever_is_not_root_opens_pages_in_the_sandbox(newsroom, folder_of_nobody, chromium):
    if subprocess.run([*AS_NOBODY, "unshare", "--user", "--map-root-user", "true"], cwd="/", check=False).returncode:
        pytest.skip("Chromium's sandbox needs user namespaces, which this machine grants to root alone")
    write_site(folder_of_nobody, newsroom.url, render=True)
    browser = script(folder_of_nobody, f'echo "$@" >{folder_of_nobody}/switches\nexec {WITHOUT} {chromium} "$@"')
    done = crawl_as_nobody(folder_of_nobody, browser)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"] == 1
    assert "--no-sandbox" not in (folder_of_nobody / "switches").read_text().split()


@pytest.mark.usefixtures("chromium")
def test_a_browser_without_a_sandbox_is_told_in_one_line(newsroom, folder_of_nobody):
    write_site(folder_of_nobody, newsroom.url, render=True)
    browser = script(folder_of_nobody, "echo 'FATAL:zygote_host_impl_linux.cc(127)] No usable sandbox!' >&2; exit 1")
    done = crawl_as_nobody(folder_of_nobody, browser)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"{browser} has no sandbox to run pages in" in line
    assert line.endswith("or install Debian's chromium-sandbox")
