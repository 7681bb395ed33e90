"""How an operating system keeps the scheduler running: text for systemd, and a line for cron."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from crawler.jobs.worker import STOP_SECONDS

_LEAVING = 30.0
"""Seconds that the scheduler has for its own end, once its crawls have ended."""
_PASSED_ON = (
    "NEWSWARC_HOME",
    "NEWSWARC_SITES",
    "NEWSWARC_CONTACT",
    "NEWSWARC_OPERATOR",
    "NEWSWARC_DATABASE",
    "NEWSWARC_STORE",
    "NEWSWARC_CACHE",
    "NEWSWARC_CACHE_SIZE",
    "NEWSWARC_ALERTS",
    "NEWSWARC_ENOUGH_ROOM",
    "NEWSWARC_KEEP_RUNS",
    "NEWSWARC_BROWSER",
    "NEWSWARC_PYWB",
    "TMPDIR",
    "PGPASSFILE",
    "AWS_ENDPOINT_URL",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_MAX_ATTEMPTS",
    "PATH",
)
"""Of the environment, what scheduler and crawls need; but for secrets."""
_SECRETS = ("PGPASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""What they need as well, and is written nowhere."""


def secrets_in(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Names of what is needed and not written into units, as it holds passwords or keys."""
    return [name for name in (*_PASSED_ON, *_SECRETS) if _is_secret(name, environment.get(name, ""))]


def _is_secret(name: str, value: str) -> bool:
    """Addresses of who is told hold passwords, and a database's may; names of files do not."""
    if name in _SECRETS:
        return bool(value)
    if "://" not in value:
        return False
    address = urlsplit(value)
    return name == "NEWSWARC_ALERTS" or address.password is not None or "password" in parse_qs(address.query)


def systemd_unit(at_once: int, environment: Mapping[str, str] = os.environ) -> str:
    """A unit file (systemd.service(5)) that runs the scheduler in this folder as this user, always."""
    settings = "\n".join(f"Environment={_quoted(f'{name}={value}')}" for name, value in _kept(environment).items())
    return f"""\
[Unit]
Description=newswarc: scheduled news crawls
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={_quoted(sys.executable).replace("$", "$$")} -m crawler schedule run --at-once {at_once}
WorkingDirectory={str(Path.cwd()).replace("%", "%%")}
{settings}
Restart=always
RestartSec=10
KillMode=mixed
TimeoutStopSec={STOP_SECONDS + _LEAVING:.0f}

[Install]
WantedBy=default.target
"""


def cron_line(at_once: int, environment: Mapping[str, str] = os.environ) -> str:
    """A line for crontab(5) that starts the scheduler each minute where it does not run; what it says is in syslog."""
    settings = [f"{name}={value}" for name, value in _kept(environment).items()]
    scheduler = ["-m", "crawler", "schedule", "run", "--at-once", str(at_once), "--unless-running"]
    command = shlex.join(["env", *settings, sys.executable, *scheduler])
    line = f"(cd {shlex.quote(str(Path.cwd()))} && {command}) 2>&1 | logger -t newswarc"
    return "* * * * * " + line.replace("%", "\\%") + "\n"


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    secret = secrets_in(environment)
    return {name: environment[name] for name in _PASSED_ON if environment.get(name) and name not in secret}


def _quoted(text: str) -> str:
    """As one word of a unit file (systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers")."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
