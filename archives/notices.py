"""The log of takedowns: a JSON line for each, never with content; and what follows from all of them together."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from archives.errors import StorageFailed
from archives.layout import Layout, sync_folder
from archives.surt import surt

Action = Literal["hide", "block", "purge", "undo"]

LOG = "takedowns.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A capture that was taken down, or brought back."""

    record_id: str
    """Of its first record."""
    url: str
    warc: str
    digest: str
    """Of its payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line of the log."""

    id: str
    """Unlike that of any other."""
    when: str
    """ISO 8601, UTC."""
    who: str
    action: Action
    target: str
    """The URL or record id that was named."""
    payload: bool
    """Whether all captures of the payload were meant."""
    reason: str
    captures: tuple[Named, ...]
    blocks: tuple[str, ...] = ()
    """URLs that later crawls are refused; after `undo`, those that they are free to ask for again."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, as the log has them."""
        return asdict(self)


def notice_from(fields: dict[str, Any]) -> Notice:
    """Read a notice back from its plain values."""
    captures = tuple(Named(**one) for one in fields["captures"])
    return Notice(**fields | {"captures": captures, "blocks": tuple(fields["blocks"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is taken down now."""

    hidden: dict[str, Named]
    """By record id: in the WARC files, and in nothing that is made from them."""
    blocked: frozenset[str]
    """URLs."""
    _keys: frozenset[str]

    def blocks(self, url: str) -> bool:
        """Whether crawls are refused a URL: it or one that is the same to an index (http and https, www and not)."""
        return bool(self._keys) and surt(url) in self._keys


def read_notices(layout: Layout) -> Iterator[Notice]:
    """All notices in their order; StorageFailed, if the log cannot be read: nothing may then be shown or asked for."""
    path = layout.root / LOG
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as exc:
        raise StorageFailed(f"{path}: cannot be read: {exc.strerror}; make it readable") from exc
    for number, line in enumerate(lines[:-1], 1):  # what has no line end was never finished
        try:
            yield notice_from(json.loads(line))
        except (ValueError, TypeError, KeyError) as exc:
            what = f"not a notice of a takedown ({type(exc).__name__}); restore the file from a copy"
            raise StorageFailed(f"{path}, line {number}: {what}") from exc


def standing(layout: Layout) -> Standing:
    """What is hidden and blocked after all notices."""
    hidden: dict[str, Named] = {}
    blocked: dict[str, None] = {}
    for notice in read_notices(layout):
        names = {capture.record_id: capture for capture in notice.captures}
        if notice.action in {"hide", "block"}:
            hidden |= names
        else:
            hidden = {key: capture for key, capture in hidden.items() if key not in names}
        if notice.action == "undo":
            blocked = {url: None for url in blocked if url not in notice.blocks}
        else:
            blocked |= dict.fromkeys(notice.blocks)
    keys = frozenset(surt(url) for url in blocked)
    return Standing(hidden=hidden, blocked=frozenset(blocked), _keys=keys)


def write_down(layout: Layout, notice: Notice) -> None:
    """Append a notice, so that it lasts; one that is there already stays as it is."""
    path = layout.root / LOG
    if any(earlier.id == notice.id for earlier in read_notices(layout)):
        return
    line = json.dumps(notice.as_json(), ensure_ascii=False).encode() + b"\n"
    try:
        with path.open("ab") as log:
            _cut_torn_line(path, log.fileno())
            log.write(line)
            log.flush()
            os.fsync(log.fileno())
        sync_folder(layout.root)
    except OSError as exc:
        raise StorageFailed(f"{path}: {exc.strerror}; nothing is taken down that is not written down") from exc


def _cut_torn_line(path: Path, descriptor: int) -> None:
    """Take half a line of a dead writer off the end."""
    content = path.read_bytes()
    if (whole := content.rfind(b"\n") + 1) < len(content):
        os.ftruncate(descriptor, whole)
