"""A plan carried out, step by step. Each step finds out what is left of it to do, so that it can be done again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archives.catalog import Catalog
from archives.cdxj import write_shard
from archives.errors import MalformedRecord
from archives.folders import share_notices
from archives.layout import Layout
from archives.notices import write_down
from archives.reindex import reindex
from archives.stored import renew
from archives.takedown.lines import follow, put_lines_back, remove_drafts, take_lines_out
from archives.takedown.plan import Plan, drop_plan, saved_plan
from archives.takedown.rewrite import Edit, Edits, draft_of, rewrite
from archives.takedown.withheld import put_back, refer_anew, scrub, take_out
from archives.tracking import untracked
from archives.warc.groups import Group
from archives.warc.reader import read_record, read_records
from archives.warc.record import Record
from archives.warc.remade import filled, referring


@dataclass(frozen=True, slots=True, kw_only=True)
class TakedownFinished:
    """A takedown that was cut off and is done now."""

    target: str
    action: str

    def __str__(self) -> str:
        return f"{self.target}: the {self.action} that was cut off is done"


def finish_takedown(layout: Layout, catalog: Catalog) -> Iterator[TakedownFinished]:
    """Finish what a dead process had begun to take down; only for who holds the writer's lock."""
    plan = saved_plan(layout)
    if plan is not None:
        carry_out(layout, catalog, plan)
        yield TakedownFinished(target=plan.notice.target, action=plan.notice.action)


def carry_out(layout: Layout, catalog: Catalog, plan: Plan) -> None:
    """Do all steps; ArchiveError, if one cannot be done: the plan stays, and the next writer goes on with it.

    First, revisits that stay get their payload elsewhere; then the captures go out of index and catalog; then, in a
    purge, their bytes out of the WARC files, one at a time.
    """
    _remove_drafts(layout, plan)
    action = plan.notice.action
    articles = {untracked(capture.url) for capture in plan.notice.captures}
    for warc in plan.files_remade:
        _rewritten(layout, catalog, warc, lambda group: _remakings(group, layout, catalog, plan))
    write_down(layout, plan.notice)
    share_notices(catalog, layout)
    if action == "undo":
        _put_back(layout, catalog, plan)
    else:
        _take_out(layout, catalog, plan, keep=action != "purge")
    if action == "purge":
        _purge(layout, catalog, plan)
    rewritten = {*plan.files_remade, *(plan.files if action in ("undo", "purge") else ())}
    follow(layout, catalog, rewritten, articles)
    if action == "purge":
        scrub(catalog)
    renew(layout, catalog, dict.fromkeys((*plan.files, *plan.files_remade)))
    drop_plan(layout)


def _remove_drafts(layout: Layout, plan: Plan) -> None:
    remove_drafts(layout)
    for warc in (*plan.files, *plan.files_remade):
        draft_of(layout.warc_path(warc)).unlink(missing_ok=True)


def _put_back(layout: Layout, catalog: Catalog, plan: Plan) -> None:
    for warc in plan.files:
        reindex(layout, catalog, layout.warc_path(warc))
    put_back(catalog, plan.gone)
    put_lines_back(layout, catalog, plan.gone)


def _take_out(layout: Layout, catalog: Catalog, plan: Plan, *, keep: bool) -> None:
    take_out(catalog, sorted(plan.gone), plan.successors, keep=keep)
    catalog.persist()
    for warc in plan.files:
        write_shard(layout.shard_path(warc), catalog.captures(warc=warc))
    take_lines_out(layout, catalog, plan.gone, keep=keep)


def _purge(layout: Layout, catalog: Catalog, plan: Plan) -> None:
    for warc in plan.files:
        _rewritten(layout, catalog, warc, lambda group: _removals(group, plan))


def _rewritten(layout: Layout, catalog: Catalog, warc: str, edit: Edit) -> None:
    """Rewrite one WARC file; its rows, its shard and the items of its captures follow."""
    path = layout.warc_path(warc)
    if not path.exists():
        return
    rewrite(path, edit)
    reindex(layout, catalog, path)
    refer_anew(catalog, warc)


def _removals(group: Group, plan: Plan) -> Edits:
    if not any(record.record_id in plan.gone for record in group):
        return {}
    return {record.record_id: None for record in group}


def _remakings(group: Group, layout: Layout, catalog: Catalog, plan: Plan) -> Edits:
    edits: Edits = {}
    for record in group:
        remaking = plan.remakings.get(record.record_id)
        if remaking is None or record.type != "revisit" or record.file != str(layout.warc_path(remaking.warc)):
            continue
        if remaking.fill:
            original = find_record(layout, catalog, remaking.holder, remaking.holder_warc)
            edits = {**edits, record.record_id: filled(record, original)}
        elif record.get("WARC-Refers-To") != remaking.holder:
            now = referring(record, record_id=remaking.holder, url=remaking.holder_url, date=remaking.holder_date)
            edits = {**edits, record.record_id: now}
    return edits


def find_record(layout: Layout, catalog: Catalog, record_id: str, warc: str) -> Record:
    """A record by its id: where the catalog has it, or wherever in its file; MalformedRecord if it is not there."""
    row, path = catalog.by_record_id(record_id), layout.warc_path(warc)
    if row is not None and (found := _record_at(layout.warc_path(row.warc), row.offset, record_id)):
        return found
    for record in read_records(path, on_fault=lambda _: None):
        if record.record_id == record_id:
            return record
    raise MalformedRecord(str(path), f"{record_id} is not in it; restore the file from a copy")


def _record_at(path: Path, offset: int, record_id: str) -> Record | None:
    try:
        record = read_record(path, offset)
    except MalformedRecord:  # the file was rewritten, and its rows have not followed yet
        return None
    return record if record.record_id == record_id else None
