"""Revisits whose payload is taken down where it was, while they stay: where each has it from now on."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from sqlalchemy import select

from archives.catalog import Catalog
from archives.cdxj import Capture
from archives.schema import captures_table
from archives.takedown.plan import Remaking
from archives.warc.groups import NOT_MODIFIED_STATUS

_captures = captures_table.c


def dependents_of(catalog: Catalog, gone: Set[str]) -> Iterator[Capture]:
    """Indexed revisits of what goes that stay themselves."""
    for record_id in sorted(gone):
        query = select(_captures.record_id).where(_captures.refers_to == record_id, _captures.kind == "revisit")
        with catalog.engine.connect() as connection:
            ids = connection.execute(query).scalars().all()
        yield from (row for name in ids if name not in gone and (row := catalog.by_record_id(name)))


def arrange(
    dependents: Iterable[Capture], gone: Set[str], sources: Mapping[str, Capture], catalog: Catalog
) -> dict[str, Remaking]:
    """Each dependent refers to another response with its payload; where none is left, it becomes one itself.

    `sources` are captures outside of the index that revisits may refer to, by record id.
    """
    made: dict[str, Remaking] = {}
    filled: list[Capture] = []
    for revisit in sorted(dependents, key=lambda one: one.date):
        original = _original(revisit, sources, catalog)
        if original is None:
            continue  # it never had a payload here
        candidates = (*(() if original.record_id in gone else (original,)), *filled, *_holders(catalog, revisit, gone))
        holder = next((one for one in candidates if _can_hold(one, revisit, original)), None)
        if holder is None:
            filled.append(_as_response(revisit, original))
        made[revisit.record_id] = _remaking(revisit, holder or original, fill=holder is None)
    return made


def _remaking(revisit: Capture, holder: Capture, *, fill: bool) -> Remaking:
    return Remaking(
        warc=revisit.warc,
        holder=holder.record_id,
        holder_warc=holder.warc,
        holder_url=holder.url,
        holder_date=holder.date,
        fill=fill,
    )


def _original(revisit: Capture, sources: Mapping[str, Capture], catalog: Catalog) -> Capture | None:
    """The response behind a revisit; foreign files have revisits of revisits."""
    capture: Capture | None = revisit
    for _ in range(8):
        if capture is None or capture.kind != "revisit":
            return capture
        name = capture.refers_to or ""
        capture = sources.get(name) or catalog.by_record_id(name)
    return None


def _holders(catalog: Catalog, revisit: Capture, gone: Set[str]) -> Iterator[Capture]:
    query = (
        select(_captures.record_id)
        .where(_captures.payload_digest == revisit.payload_digest, _captures.kind == "response")
        .order_by(_captures.date)
    )
    with catalog.engine.connect() as connection:
        ids = connection.execute(query).scalars().all()
    yield from (row for name in ids if name not in gone and (row := catalog.by_record_id(name)))


def _can_hold(holder: Capture, revisit: Capture, original: Capture) -> bool:
    """Whether the revisit is replayed alike with another response behind it.

    A 304 is replayed with the holder's head; other revisits with their own, which must not promise other framing.
    """
    if holder.kind != "response" or holder.truncated != original.truncated:
        return False
    if holder.payload_digest != original.payload_digest:
        return False
    if _is_not_modified(revisit):
        return holder.url == revisit.url and holder.status == original.status
    return holder.framing in {"identity", revisit.framing}


def _is_not_modified(revisit: Capture) -> bool:
    return revisit.status in {NOT_MODIFIED_STATUS, 0}


def _as_response(revisit: Capture, original: Capture) -> Capture:
    of_original = _is_not_modified(revisit)
    return replace(
        revisit,
        kind="response",
        refers_to=None,
        status=original.status if of_original else revisit.status,
        framing=original.framing if of_original else revisit.framing,
        truncated=original.truncated,
    )
