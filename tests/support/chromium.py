"""A real Chromium without a window, spoken to by the DevTools protocol over two pipes."""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
LONGEST = 60.0


@dataclass
class Visit:
    """What a page asked for, and what came."""

    answers: dict[str, int | str] = field(default_factory=dict)
    """URL → status, or what went wrong."""
    evaluate: Callable[[str], Any] = lambda _: None
    """The value of an expression in the page."""


class Chromium:
    """One browser with a profile of its own; a context manager."""

    def __init__(self) -> None:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            pytest.skip("no Chromium is installed")
        self._program = program
        self._number = 0
        self._unread = b""
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        their_in, self._out = _high_pipe()
        self._in, their_out = _high_pipe()

        def settle() -> None:
            os.dup2(their_in, 3)
            os.dup2(their_out, 4)

        self._process = subprocess.Popen(
            [self._program, *QUIET, f"--user-data-dir={self._profile.name}"],
            preexec_fn=settle,
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        os.set_blocking(self._in, False)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def visit(self, url: str, *, quiet_for: float = 1.0) -> Visit:
        """Open a page and wait until it has asked for nothing for a while."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Network", "Page", "Runtime"):
            self._call(f"{domain}.enable", session)
        self._events.clear()
        self._call("Page.navigate", session, url=url)
        self._listen(quiet_for)
        visit = Visit(evaluate=lambda expression: self._evaluate(session, expression))
        asked: dict[str, str] = {}
        for event in self._events:
            told = event.get("params", {})
            match event.get("method"):
                case "Network.requestWillBeSent":
                    asked[told["requestId"]] = told["request"]["url"]
                    visit.answers.setdefault(told["request"]["url"], "no answer")
                case "Network.responseReceived":
                    visit.answers[told["response"]["url"]] = told["response"]["status"]
                case "Network.loadingFailed":
                    visit.answers[asked.get(told["requestId"], "")] = told["errorText"]
        return visit

    def _evaluate(self, session: str, expression: str) -> Any:
        return self._call("Runtime.evaluate", session, expression=expression, returnByValue=True, awaitPromise=True)[
            "result"
        ].get("value")

    def _call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        os.write(self._out, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            for event in self._read(deadline - time.monotonic()):
                if event.get("id") == self._number:
                    assert "error" not in event, event
                    return dict(event["result"])
                self._events.append(event)
        raise TimeoutError(f"Chromium did not answer {method}")

    def _listen(self, quiet_for: float) -> None:
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline and (events := self._read(quiet_for)):
            self._events += events

    def _read(self, seconds: float) -> list[dict[str, Any]]:
        """The messages that come within so many seconds, at least one of them if any does."""
        until = time.monotonic() + seconds
        while b"\0" not in self._unread:
            try:
                piece = os.read(self._in, 1 << 20)
            except BlockingIOError:
                if time.monotonic() > until:
                    return []
                time.sleep(0.02)
                continue
            assert piece, "Chromium has ended"
            self._unread += piece
        *whole, self._unread = self._unread.split(b"\0")
        return [json.loads(one) for one in whole]


def _high_pipe() -> tuple[int, int]:
    """A pipe whose ends are not among the first descriptors, which Chromium wants for itself."""
    reading, writing = os.pipe()
    high = fcntl.fcntl(reading, fcntl.F_DUPFD_CLOEXEC, 10), fcntl.fcntl(writing, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(reading)
    os.close(writing)
    return high
