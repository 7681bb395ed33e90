"""What a takedown will do, on the disk before it is done: who dies in between is finished by the next writer."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archives.errors import StorageFailed
from archives.in_place import draft_of, put_in_place
from archives.layout import Layout, sync_folder
from archives.notices import Notice, notice_from

PLAN = ".takedown.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaking:
    """What becomes of a revisit whose payload is taken down where it was."""

    warc: str
    """Where the revisit is."""
    holder: str
    """Record id of the response that holds the payload."""
    holder_warc: str
    holder_url: str
    holder_date: str
    fill: bool
    """True: the revisit becomes a response with the holder's payload. False: it refers to the holder from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is needed to carry a takedown out, or to finish one."""

    notice: Notice
    remakings: Mapping[str, Remaking] = field(default_factory=dict)
    """By the record id of the revisit, in the order in which they are to be made."""
    successors: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """Record id of a capture that goes → the item, extracted from another capture, that its revision has instead."""

    @property
    def gone(self) -> frozenset[str]:
        """Record ids of what goes, or comes back."""
        return frozenset(capture.record_id for capture in self.notice.captures)

    @property
    def files(self) -> list[str]:
        """WARC files in which something goes or comes back."""
        return sorted({capture.warc for capture in self.notice.captures})

    @property
    def files_remade(self) -> list[str]:
        """WARC files in which revisits change."""
        return list(dict.fromkeys(remaking.warc for remaking in self.remakings.values()))


def save_plan(layout: Layout, plan: Plan) -> None:
    """Put the plan in place by rename: from then on the takedown happens."""
    path = layout.root / PLAN
    fields = asdict(plan) | {"notice": plan.notice.as_json()}
    with put_in_place(path, advice="nothing was taken down, make room") as out:
        out.write(json.dumps(fields, ensure_ascii=False).encode())


def saved_plan(layout: Layout) -> Plan | None:
    """The plan that was not carried out to its end; None if there is none."""
    path = layout.root / PLAN
    draft_of(path).unlink(missing_ok=True)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as exc:
        raise StorageFailed(f"{path}: the plan of a takedown cannot be read: {exc}; restore it from a copy") from exc
    remakings = {key: Remaking(**values) for key, values in fields["remakings"].items()}
    return Plan(notice=notice_from(fields["notice"]), remakings=remakings, successors=fields["successors"])


def drop_plan(layout: Layout) -> None:
    """Everything is done."""
    (layout.root / PLAN).unlink(missing_ok=True)
    sync_folder(layout.root)


def plan_path(layout: Layout) -> Path:
    """Where a plan is while it is carried out."""
    return layout.root / PLAN
