"""The services of the compose file as processes, with its commands and variables: they crawl, read, export and replay.

What only Docker could show, which are the image, its user and the volumes, is not tried.
"""

import json
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
import yaml

from crawler.newsroom import Newsroom
from tests.support.commands import BIN, SITES, environment_in, free_port, run

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "newswarc"}
LONGEST = 300
STOP_SECONDS = 90
"""The compose file's stop_grace_period."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


class Deployment:
    """The services, each with a disk of its own; who ends is started again."""

    def __init__(self, folder: Path, variables: dict[str, str], secrets: Path) -> None:
        self.ports = {port: str(free_port()) for port in ("8080", "8081", "9100")}
        self._folder, self._variables, self._secrets = folder, variables, secrets
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, name: str) -> dict[str, str]:
        """What the file gives a service; only where the others are is otherwise."""
        service = OURS[name]
        files = "".join((self._secrets / file).read_text() for file in service["env_file"])
        secret = dict(line.split("=", 1) for line in files.splitlines())
        return {**service["environment"], "NEWSWARC_CONTACT": "me@example.org", **secret, **self._variables}

    def look_after(self) -> None:
        for name, service in OURS.items():
            if name not in self._running or self._running[name].poll() is not None:
                (self._folder / name).mkdir(exist_ok=True)
                command = [BIN / "newswarc", *(self.ports.get(word, word) for word in service["command"])]
                environment = environment_in(self._folder / name, **self.environment(name))
                with (self._folder / f"{name}.log").open("ab") as log:
                    self._running[name] = subprocess.Popen(
                        command, cwd=self._folder / name, env=environment, stdout=log, stderr=log
                    )

    def until(self, has_come: Callable[[], object]) -> None:
        deadline = time.monotonic() + LONGEST
        while not has_come():
            assert time.monotonic() < deadline, self.said()
            self.look_after()
            time.sleep(1)

    def stop(self) -> list[int]:
        """As Docker does it; the exit statuses."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        return [process.wait(STOP_SECONDS) for process in self._running.values()]

    def kill(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()

    def command(self, name: str, *words: str):
        return run(self._folder / name, "newswarc", *words, **self.environment(name))

    def said(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text()[-800:]}" for path in self._folder.glob("*.log"))


@pytest.fixture
def deployment(tmp_path, postgres, s3, pywb) -> Iterator[Deployment]:
    subprocess.run(["sh", DEPLOY / "secrets.sh"], cwd=tmp_path, check=True)
    s3.make("newswarc")
    (tmp_path / "sites").mkdir()
    elsewhere = {
        "NEWSWARC_DATABASE": postgres.database(),
        "NEWSWARC_SITES": str(tmp_path / "sites"),
        "NEWSWARC_PYWB": str(pywb),
        "NEWSWARC_CACHE": str(tmp_path / "cache"),
        **s3.environment,
    }
    made = Deployment(tmp_path, elsewhere, tmp_path)
    try:
        yield made
    finally:
        made.kill()


def answer(url: str, token: str = "") -> int:
    """The status that a page comes with; 0, if none comes."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as came:
            return int(came.status)
    except (URLError, OSError) as exc:
        return getattr(exc, "code", 0)


def test_what_is_crawled_is_read_exported_and_replayed_elsewhere(deployment, s3, tmp_path):
    with Newsroom(articles=8, crawl_delay=0) as newsroom:
        site = (SITES / "newsroom.toml").read_text(encoding="utf-8").replace("http://127.0.0.1:8765", newsroom.url)
        site = site.replace("127.0.0.1:8765", newsroom.url.removeprefix("http://"))
        schedule = '\n[schedule]\nevery = "1 min"\ncollection = "news"\nmax_pages = 10\n'
        (tmp_path / "sites" / "paper.toml").write_text(site + schedule, encoding="utf-8")
        deployment.until(lambda: any(key.endswith(".warc.gz") for key in s3.keys("newswarc")))
        room, replay, metrics = (f"http://127.0.0.1:{port}" for port in deployment.ports.values())
        token = deployment.environment("room")["NEWSWARC_TOKEN"]
        deployment.until(lambda: answer(room, token) == 200)
        assert (answer(room), answer(f"{metrics}/metrics")) == (401, 200)
        [first, *_] = map(json.loads, deployment.command("room", "export", "news").out.splitlines())
        stamp = re.sub(r"\D", "", first["capture"]["date"])[:14]
        deployment.until(lambda: answer(f"{replay}/news/{stamp}mp_/{first['url']}") == 200)
    assert deployment.command("worker-1", "status", "news").status == 0
    assert deployment.stop() == [0] * len(OURS), deployment.said()
    secrets = {name: value for name, value in deployment.environment("room").items() if "PASSWORD" in name}
    secrets["NEWSWARC_TOKEN"] = token
    for path in (path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "secrets"):
        assert [name for name, value in secrets.items() if value.encode() in path.read_bytes()] == [], path
