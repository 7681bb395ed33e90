"""What is meant by a takedown: which captures, and what it does to the others."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urldefrag
from uuid import uuid4

from sqlalchemy import select

from archives.catalog import Catalog
from archives.cdxj import Capture
from archives.digests import EMPTY
from archives.errors import StorageFailed
from archives.folders import elsewhere
from archives.layout import Layout
from archives.notices import Action, Named, Notice, Standing, standing
from archives.schema import captures_table
from archives.stored import require_here
from archives.surt import surt
from archives.takedown.dependents import arrange, dependents_of
from archives.takedown.plan import Plan, Remaking, save_plan
from archives.takedown.search import Found, is_about, search
from archives.takedown.steps import carry_out
from archives.takedown.withheld import heirs
from archives.warc.bundle import clean_uri
from archives.warc.groups import Group

if TYPE_CHECKING:
    from archives.collection import WritableCollection

Level = Literal["hide", "block", "purge"]
ItemOf = Callable[[Capture, str], dict[str, Any] | None]
"""(capture, name of its site) → the item of its page; None if it has none."""

_UUID = re.compile(r"(?:<?urn:uuid:)?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})>?")
_captures = captures_table.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who wants what taken down, and why."""

    target: str
    """A URL, or the id of a record."""
    action: Action
    payload: bool = False
    """Also every other capture that has the same payload."""
    reason: str = ""
    who: str = ""

    @property
    def record_id(self) -> str | None:
        """The id of the record that is meant; None if it is a URL."""
        if match := _UUID.fullmatch(self.target):
            return f"<urn:uuid:{match[1].lower()}>"
        return self.target if self.target.startswith("<") else None

    @property
    def url(self) -> str:
        """The URL that is meant, as records have it."""
        return clean_uri(urldefrag(self.target).url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of an order."""

    notice: Notice
    """As it is in the log; without captures and blocks it is not: there was nothing to do."""
    filled: int = 0
    """Revisits that got their payload moved to them."""
    referred: int = 0
    """Revisits that refer to another capture of their payload now."""
    alike: tuple[str, ...] = ()
    """Other URLs in the collection that are the same to an index, e.g. with http instead of https."""
    damage: tuple[str, ...] = field(default=())
    """Places in WARC files that cannot be read, so that nobody knows whether they belong to it."""

    @property
    def done(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.notice.captures or self.notice.blocks)


def take_down(
    collection: "WritableCollection",
    order: Order,
    *,
    item_of: ItemOf | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> Taken:
    """Carry an order out, to its end or, if the process dies, so that the next writer of the collection ends it.

    With `item_of` an article's revision that other captures show too is extracted from one of them. StorageFailed,
    where files of the collection are in other folders: nobody there would know of it.
    """
    layout, catalog = collection.layout, collection.catalog
    _require_whole(layout, catalog)
    before = standing(layout)
    named, found = _meant(collection, order, before)
    notice = Notice(
        id=new_id(),
        when=now().isoformat(timespec="seconds"),
        who=order.who,
        action=order.action,
        target=order.record_id or order.url,
        payload=order.payload,
        reason=order.reason,
        captures=tuple(named),
        blocks=tuple(_blocks(order, before)),
    )
    alike = () if order.record_id else tuple(_alike(catalog, order.url))
    taken = Taken(notice=notice, alike=alike, damage=tuple(found.damage))
    if not taken.done:
        return taken
    gone = {one.record_id for one in named}
    remakings = _remakings(catalog, order, before, gone, found)
    successors = {} if order.action == "undo" else _successors(collection, gone, item_of)
    plan = Plan(notice=notice, remakings=remakings, successors=successors)
    save_plan(layout, plan)
    carry_out(layout, catalog, plan)
    filled = sum(one.fill for one in remakings.values())
    return replace(taken, filled=filled, referred=len(remakings) - filled)


def _require_whole(layout: Layout, catalog: Catalog) -> None:
    """Refuse a collection of which files are somewhere else: what is in them would stay."""
    if others := elsewhere(catalog, layout):
        places = ", ".join(sorted(set(others.values())))
        what = f"files of the collection are also in {places}; copy them into this folder, and take down then"
        raise StorageFailed(f"{layout.root}: {what}")
    require_here(catalog, layout, "can only be taken down from on the disk")


def _remakings(catalog: Catalog, order: Order, now: Standing, gone: set[str], found: Found) -> dict[str, Remaking]:
    """What becomes of the revisits that are to be seen, and whose payload is not."""
    outside = found.captures.values()
    if order.action == "undo":
        hidden = now.hidden.keys() - gone
        dependents = [one for one in outside if one.record_id in gone and one.refers_to in hidden]
        return arrange(dependents, hidden, found.captures, catalog)
    stay = [one for one in outside if one.record_id not in gone and one.refers_to in gone]
    dependents = list({one.record_id: one for one in (*dependents_of(catalog, gone), *stay)}.values())
    return arrange(dependents, gone, found.captures, catalog)


def _meant(collection: "WritableCollection", order: Order, now: Standing) -> tuple[list[Named], Found]:
    """The captures that an order is about, and what was found in the files besides."""
    chosen = _chosen(order)
    if order.action == "undo":
        return _hidden_ones(collection, order, now)
    rows = list(_rows(collection.catalog, order))
    digests = {row.payload_digest for row in rows} | {one.digest for one in now.hidden.values() if chosen(one)}
    digests = digests - {EMPTY, ""} if order.payload else set()
    if order.action == "purge":
        return _all_of_it(collection, order, now, digests)
    if order.payload:
        rows += [row for digest in digests for row in _of_digest(collection.catalog, digest)]
    return list({row.record_id: _named(row) for row in rows}.values()), Found()


def _all_of_it(
    collection: "WritableCollection", order: Order, now: Standing, digests: set[str]
) -> tuple[list[Named], Found]:
    """What a purge is about, and the revisits outside of the index, which may depend on it."""
    urls = set() if order.record_id else {order.url}
    meant: set[str] = set()

    def wanted(group: Group, capture: Capture | None) -> bool:
        named = is_about(group, urls) or any(record.record_id == order.record_id for record in group)
        if named or (capture and capture.payload_digest in digests):
            meant.add(capture.record_id if capture else group[0].record_id)
            return True
        outside = capture and (not capture.indexed or capture.record_id in now.hidden)
        return bool(outside and capture and capture.kind == "revisit")

    found = search(collection.layout, wanted)
    return [one for one in found.named if one.record_id in meant], found


def _hidden_ones(collection: "WritableCollection", order: Order, now: Standing) -> tuple[list[Named], Found]:
    """What an undo brings back, and everything that is hidden beside it: payloads may be there."""
    chosen = _chosen(order)
    back = [one for one in now.hidden.values() if chosen(one)]
    if order.payload:
        digests = {one.digest for one in back} - {EMPTY, ""}
        back = [one for one in now.hidden.values() if chosen(one) or one.digest in digests]
    if not back:
        return back, Found()
    warcs = {one.warc for one in now.hidden.values()}
    hidden = now.hidden.keys()
    return back, search(
        collection.layout, lambda _, capture: bool(capture and capture.record_id in hidden), warcs=warcs
    )


def _chosen(order: Order) -> Callable[[Named], bool]:
    return lambda one: one.record_id == order.record_id if order.record_id else one.url == order.url


def _blocks(order: Order, now: Standing) -> list[str]:
    if order.record_id or order.action == "hide":
        return []
    if order.action == "undo":
        return [url for url in sorted(now.blocked) if surt(url) == surt(order.url)]
    return [order.url]


def _rows(catalog: Catalog, order: Order) -> Iterable[Capture]:
    if order.record_id is None:
        return catalog.captures(order.url)
    row = catalog.by_record_id(order.record_id)
    return [row] if row else []


def _of_digest(catalog: Catalog, digest: str) -> Iterable[Capture]:
    with catalog.engine.connect() as connection:
        ids = connection.execute(select(_captures.record_id).where(_captures.payload_digest == digest)).scalars().all()
    return [row for name in ids if (row := catalog.by_record_id(name))]


def _alike(catalog: Catalog, url: str) -> list[str]:
    query = select(_captures.url).distinct().where(_captures.surt == surt(url), _captures.url != url)
    with catalog.engine.connect() as connection:
        return sorted(connection.execute(query).scalars())


def _named(capture: Capture) -> Named:
    return Named(record_id=capture.record_id, url=capture.url, warc=capture.warc, digest=capture.payload_digest)


def _successors(collection: "WritableCollection", gone: set[str], item_of: ItemOf | None) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for owner, (heir, item) in heirs(collection.catalog, gone).items() if item_of else ():
        capture = collection.catalog.by_record_id(heir)
        fresh = item_of(capture, item.get("site") or "") if item_of and capture else None
        if fresh is not None:
            made[owner] = fresh
    return made
