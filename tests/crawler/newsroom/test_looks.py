"""What a reader sees in a browser: pages that scripts draw, front pages, the notice about cookies; and TLS, refused."""

import re
import shutil
import socket
import subprocess
from urllib.parse import urlsplit

import pytest

from crawler.newsroom.families.around import COOKIES, PAPER
from crawler.newsroom.story import Story


def outside_of_scripts(page: bytes) -> str:
    return re.sub(r"<script\b.*?</script>", "", page.decode(), flags=re.DOTALL)


def of_family(newsroom, family) -> Story:
    return next(story for story in newsroom.stories if story.family == family)


def test_a_script_page_has_its_body_in_its_data_alone(newsroom, wire):
    story = of_family(newsroom, "script_data")
    page = wire.ask(story.path).content
    assert story.body_text.split("\n\n")[-1] not in outside_of_scripts(page)


def test_a_browser_draws_it(newsroom):
    """The story stands in the page once its script has run."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium is installed")
    story = of_family(newsroom, "script_data")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"]
    done = subprocess.run([chromium, *options, story.url], capture_output=True, timeout=60, check=False)
    if done.returncode:
        pytest.skip(f"Chromium does not run here: {done.stderr.decode(errors='replace')[-200:]}")
    drawn = outside_of_scripts(done.stdout)
    assert story.authors[0].name in drawn
    assert drawn.count("<p>") >= 5
    assert "spinner" not in drawn


@pytest.mark.parametrize("language", PAPER)
def test_a_front_page_does_not_repeat_its_masthead(wire, language):
    page = wire.ask("/" if language == "en" else f"/{language}/").content.decode()
    title, headline = re.search(r"<title>(.*?) - ", page)[1], re.search(r"<h1>(.*?)</h1>", page)[1]
    assert title == headline != PAPER[language]


def test_some_stories_ask_about_cookies(newsroom, wire):
    asking = [
        story.number % 3 == 0
        for story in newsroom.stories
        if story.family == "courier" and COOKIES["en"][0] in wire.ask(story.path).content.decode()
    ]
    assert asking
    assert all(asking)


def test_a_client_that_speaks_tls_is_told_at_once(newsroom):
    with socket.create_connection(("127.0.0.1", urlsplit(newsroom.url).port), timeout=5) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert client.recv(64).startswith(b"HTTP/1.1 400 ")
