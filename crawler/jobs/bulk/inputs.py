"""Lists of files to extract from: paths and addresses, a line each, as Common Crawl publishes them too."""

import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path, PurePosixPath

from archives.errors import ArgumentUnusable
from archives.store import has_password, is_address

COMMON_CRAWL = "https://data.commoncrawl.org/"
"""Where the paths of Common Crawl's lists lead (https://commoncrawl.org/get-started)."""
_ITS_PATHS = "crawl-data/"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to extract from."""

    address: str
    """A path, or a URL that fsspec knows: https://…, s3://…."""

    @property
    def is_remote(self) -> bool:
        """Whether it has to be fetched."""
        return is_address(self.address)

    @property
    def name(self) -> str:
        """The file's own name, which stands in the `capture` of its articles."""
        return PurePosixPath(self.address.partition("?")[0] if self.is_remote else self.address).name

    @property
    def stem(self) -> str:
        """A name for files that are made of it, which no other input has."""
        name = re.sub(r"[^\w.-]", "_", self.name.partition(".")[0])[:100]
        return f"{name}-{sha1(self.address.encode(), usedforsecurity=False).hexdigest()[:10]}"


def read_list(path: Path) -> list[Input]:
    """The files that a list names, each once, in its order; the list may be gzipped. ArgumentUnusable, if it is none.

    Empty lines, and those that begin with '#', are left out.
    """
    content = path.read_bytes()
    try:
        text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise ArgumentUnusable(f"{path}: {exc}; a list has a path or an address a line, in UTF-8") from exc
    return list(dict.fromkeys(_inputs(path, text.splitlines())))


def _inputs(path: Path, lines: Iterable[str]) -> Iterator[Input]:
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        if is_address(line) and has_password(line):
            what = "the address holds a password, which manifest and messages would repeat; take it out of the list"
            raise ArgumentUnusable(f"{path}, line {number}: {what}")
        yield Input(COMMON_CRAWL + line if line.startswith(_ITS_PATHS) and not Path(line).exists() else line)
