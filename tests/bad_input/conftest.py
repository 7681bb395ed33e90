"""Who gives commands in a folder, disks that are full, and stories."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom
from tests.support.commands import Said, run
from tests.support.disk import Disk, small_disks


class Person:
    """Who gives commands in a folder; collections and site files live there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sites").mkdir()

    def newswarc(self, *arguments: str | Path, **more) -> Said:
        return run(self.folder, "newswarc", *arguments, **more)

    def write_site(self, name: str, **lists: list[str]) -> None:
        """A site on loopback with these sources."""
        keys = "".join(f"{key} = {urls!r}\n" for key, urls in lists.items())
        hosts = sorted({url.split("/")[2] for urls in lists.values() for url in urls if "://" in url})
        text = f"domains = {hosts!r}\n{keys}allow_private = true\n[politeness]\ndelay = 0\nrecheck_after = 0\n"
        (self.folder / "sites" / f"{name}.toml").write_text(text)


@pytest.fixture
def person(tmp_path) -> Person:
    return Person(tmp_path)


@pytest.fixture(scope="session")
def make_person(tmp_path_factory) -> Callable[[], Person]:
    """Somebody whose folder several tests share."""
    return lambda: Person(tmp_path_factory.mktemp("person"))


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=24, crawl_delay=0.0) as opened:
        yield opened


@pytest.fixture
def disk(tmp_path) -> Iterator[Callable[[int], Disk]]:
    """Makes a disk of so many kilobytes."""
    with small_disks(tmp_path) as make:
        yield make


STORY = """<!doctype html><html lang="{language}"><head>{meta}<title>{title}</title>
<meta property="og:type" content="article"></head><body><article><h1>{title}</h1>{text}</article></body></html>"""
PARAGRAPH = (
    "<p>The council of Varnholm met for the {word} time this spring and heard the harbour master, who asked for new "
    "lamps along the northern quay before the autumn storms.</p>"
)


@pytest.fixture(scope="session")
def story() -> Callable[..., str]:
    """A page with a story."""

    def make(title: str = "Council asks for new lamps", *, meta: str = "", text: str = "", language: str = "en") -> str:
        text = text or "".join(PARAGRAPH.format(word=word) for word in ("first", "second", "third", "fourth"))
        return STORY.format(title=title, meta=meta, text=text, language=language)

    return make
