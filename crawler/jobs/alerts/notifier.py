"""Who is told of incidents: whatever Apprise can reach, from mail to a chat room."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from crawler.jobs.alerts.incidents import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a message."""

    taken: int
    """How many of the addresses took it."""
    failed: tuple[str, ...] = ()
    """Which did not, as can be told without secrets: 'address 2 (mailto:)'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody is told."""

    title: str
    text: str
    kind: Literal["failure", "success", "info"]
    """As Apprise has it: services show it by a colour, a sign, or a field of their own."""


Send = Callable[[Message], Sent]
"""Sends a message."""


class AlertsUnusable(Exception):
    """Nobody can be told; its text is one line: what, where, what next."""


def notifier(configured: str | None) -> Send | None:
    """What sends messages to the Apprise URLs in a text, apart by blanks, or in the file that it names.

    None, if nothing is configured; AlertsUnusable, if it cannot be used.
    """
    if not configured or not configured.strip():
        return None
    try:
        import apprise  # an extra
    except ImportError as exc:
        raise AlertsUnusable("NEWSWARC_ALERTS: Apprise is not installed; pip install 'newswarc[alerts]'") from exc
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its complaints name addresses, which hold passwords
    addresses = {}
    for number, url in enumerate(_urls(configured), start=1):
        address, scheme = apprise.Apprise(), url.partition(":")[0]
        if not address.add(url):
            raise AlertsUnusable(f"NEWSWARC_ALERTS: Apprise cannot use a '{scheme}:' address; mend it, or leave it out")
        for service in address if "overflow=" not in url else ():
            service.overflow_mode = apprise.OverflowMode.SPLIT  # what is too long, as of an outage, would be refused
        addresses[f"address {number} ({scheme}:)"] = address
    if not addresses:
        raise AlertsUnusable(f"NEWSWARC_ALERTS: {configured} holds no address; write one a line")

    def send(said: Message) -> Sent:
        failed = [
            name
            for name, address in addresses.items()
            if not address.notify(title=said.title, body=said.text, notify_type=said.kind)
        ]
        return Sent(taken=len(addresses) - len(failed), failed=tuple(failed))

    return send


def _urls(configured: str) -> list[str]:
    path = Path(configured)
    if "://" in configured:
        return configured.split()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "not UTF-8"
        raise AlertsUnusable(f"NEWSWARC_ALERTS: {path}: {reason}; name a file with an Apprise URL a line") from exc
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def message(incidents: Sequence[Incident]) -> Message:
    """What is said of incidents that begin or are over, in one message."""
    begun = [incident for incident in incidents if incident.closed is None]
    over = [incident for incident in incidents if incident.closed is not None]
    sites = ", ".join(dict.fromkeys(incident.site or "machines and files" for incident in incidents))
    what = "recovered" if not begun else f"{len(begun)} alert{'s' if len(begun) > 1 else ''}"
    lines = [f"{incident.site}: {incident.text}".removeprefix(": ") for incident in begun]
    lines += [
        f"Over since {incident.closed}: {incident.site}: {incident.kind}: {incident.what}".replace(": : ", ": ")
        for incident in over
    ]
    return Message(title=f"newswarc: {what} ({sites})", text="\n".join(lines), kind="failure" if begun else "success")
