"""How an operating system keeps the scheduler running: text for systemd, and a line for cron."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

_PASSED_ON = ("NEWSWARC_HOME", "NEWSWARC_SITES", "NEWSWARC_CONTACT", "NEWSWARC_PYWB", "NEWSWARC_ENOUGH_ROOM", "PATH")
"""Of the environment, what a crawl needs and names no secret."""
_ALERTS = "NEWSWARC_ALERTS"
"""Passed on where it names a file: addresses of who is told hold passwords."""


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
TimeoutStopSec=90

[Install]
WantedBy=default.target
"""


def cron_line(at_once: int, environment: Mapping[str, str] = os.environ) -> str:
    """A line for crontab(5) that starts the scheduler each minute where it does not run; a second one ends at once."""
    settings = [f"{name}={value}" for name, value in _kept(environment).items()]
    command = ["env", *settings, sys.executable, "-m", "crawler", "schedule", "run", "--at-once", str(at_once)]
    line = f"cd {shlex.quote(str(Path.cwd()))} && {shlex.join(command)} >/dev/null 2>&1"
    return "* * * * * " + line.replace("%", "\\%") + "\n"


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    names = (*_PASSED_ON, *([_ALERTS] if "://" not in environment.get(_ALERTS, "") else []))
    return {name: environment[name] for name in names if environment.get(name)}


def _quoted(text: str) -> str:
    """As one word of a unit file (systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers")."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
