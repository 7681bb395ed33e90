"""Articles and their revisions: what a capture shows is compared with what the last one showed."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, and_, bindparam, delete, insert, select, update

from archives.database import hold_articles
from archives.digests import Digest, sha1
from archives.removals import note_return
from archives.schema import articles_table, removals_table, revisions_table, sightings_table
from archives.seen import show_the_same

_DIGESTED = (
    "title",
    "byline",
    "authors",
    "date_published",
    "date_modified",
    "body",
    "description",
    "images",
    "related_links",
    "section",
    "tags",
    "access",
    "kind",
)
"""The fields that the digest of an item covers. Digests are in catalogs, so this must not change."""

_ITEM_SEEN = (
    select(revisions_table.c.item)
    .join(
        sightings_table,
        and_(
            sightings_table.c.article_id == revisions_table.c.article_id,
            sightings_table.c.revision == revisions_table.c.revision,
        ),
    )
    .where(sightings_table.c.record_id == bindparam("record_id"))
)
REVISIONS = select(
    articles_table.c.url,
    articles_table.c.site,
    articles_table.c.revision.label("latest"),
    articles_table.c.digest,
    revisions_table.c.revision,
    revisions_table.c.item,
).join(revisions_table, revisions_table.c.article_id == articles_table.c.id)
"""Each revision's number and item, beside what is written down of its article."""
_asked = select(
    bindparam("url", type_=String).label("url"), bindparam("record_id", type_=String).label("record_id")
).cte()
KNOWN = select(articles_table, sightings_table.c.revision.label("shown")).select_from(
    _asked.outerjoin(articles_table, articles_table.c.url == _asked.c.url).outerjoin(
        sightings_table, sightings_table.c.record_id == _asked.c.record_id
    )
)
"""The article of a URL, and the revision that a capture was found to show; NULL for what there is none of."""
_NEW_ARTICLE = insert(articles_table).returning(articles_table.c.id, articles_table.c.url)
_NEW_REVISION = insert(revisions_table)
_LAST_ITEM = select(revisions_table.c.item).where(
    revisions_table.c.article_id == bindparam("article_id"), revisions_table.c.revision == bindparam("revision")
)
_NEW_SIGHTING = insert(sightings_table)
_CHANGED = update(articles_table).where(articles_table.c.id == bindparam("article_id"))


class Sighting(NamedTuple):
    """What a capture showed of an article."""

    revision: int
    first: bool
    """Whether it was the first to show this revision."""


class Known(NamedTuple):
    """An article that the catalog has."""

    id: int
    revision: int
    digest: Digest


def sighting_of(connection: Connection, record_id: str | None) -> Sighting | None:
    """What a capture was found to show when it was committed before; None if it was not."""
    item = item_seen(connection, record_id) if record_id else None
    return None if item is None else Sighting(item["revision"], record_id_of(item) == record_id)


def item_seen(connection: Connection, record_id: str) -> dict[str, Any] | None:
    """The item of the revision that a capture was given; None if it was given none."""
    text = connection.execute(_ITEM_SEEN, {"record_id": record_id}).scalar_one_or_none()
    return None if text is None else json.loads(text)


def record_id_of(item: Mapping[str, Any]) -> str | None:
    """The capture that an item was made from."""
    return (item.get("capture") or {}).get("record_id")


def look_up(connection: Connection, key: str, item: Mapping[str, Any]) -> Known | Sighting | None:
    """The article with that key, or what the item's capture was found to show before; None if neither is known."""
    record_id = record_id_of(item)
    row = connection.execute(KNOWN, {"url": key, "record_id": record_id}).one()
    if row.shown is not None:
        return sighting_of(connection, record_id)
    return None if row.id is None else Known(row.id, row.revision, row.digest)


def put_articles(connection: Connection, items: Mapping[str, Mapping[str, Any]]) -> None:
    """Write down articles that there were none of, by their keys; of those that others wrote meanwhile, a revision."""
    hold_articles(connection)
    known = _known_among(connection, items)
    if new := {key: item for key, item in items.items() if key not in known}:
        _put_new(connection, new)
    for key, article in known.items():
        _put_revision(connection, article, items[key])


def put_article(connection: Connection, key: str, item: Mapping[str, Any]) -> Sighting:
    """Write an item down, whoever wrote about the article before: as its first revision, a further one, or the last."""
    hold_articles(connection)
    known = look_up(connection, key, item)
    if known is None:
        _put_new(connection, {key: item})
        return Sighting(1, first=True)
    return known if isinstance(known, Sighting) else _put_revision(connection, known, item)


def _known_among(connection: Connection, keys: Collection[str]) -> dict[str, Known]:
    """Key → article, of those that there is one of."""
    rows = connection.execute(select(articles_table).where(articles_table.c.url.in_(keys)))
    return {row.url: Known(row.id, row.revision, row.digest) for row in rows}


def _put_new(connection: Connection, items: Mapping[str, Mapping[str, Any]]) -> None:
    rows = [
        {"url": key, "site": item.get("site"), "revision": 1, "digest": item_digest(item)}
        for key, item in items.items()
    ]
    ids = {row.url: row.id for row in connection.execute(_NEW_ARTICLE, rows)}
    connection.execute(_NEW_REVISION, [revision_row(item, ids[key], 1) for key, item in items.items()])
    sightings = [
        {"record_id": record_id, "article_id": ids[key], "revision": 1}
        for key, item in items.items()
        if (record_id := record_id_of(item))
    ]
    if sightings:
        connection.execute(_NEW_SIGHTING, sightings)


def _put_revision(connection: Connection, known: Known, item: Mapping[str, Any]) -> Sighting:
    """Write an item down as a new revision of a known article, or just another sighting of its last one."""
    record_id, digest = record_id_of(item), item_digest(item)
    first = known.digest != digest and _differs(connection, item, known)
    revision = known.revision + first
    if first:
        connection.execute(_NEW_REVISION, revision_row(item, known.id, revision))
        now = {"revision": revision, "site": item.get("site"), "digest": digest}
        connection.execute(_CHANGED, {"article_id": known.id, **now})
    note_return(connection, known.id, item)
    if record_id is not None:
        shown = {"record_id": record_id, "article_id": known.id, "revision": revision}
        connection.execute(_NEW_SIGHTING, shown)
    return Sighting(revision, first)


def _differs(connection: Connection, item: Mapping[str, Any], known: Known) -> bool:
    """Whether a reader sees another story than in the article's last revision."""
    text = connection.execute(_LAST_ITEM, {"article_id": known.id, "revision": known.revision}).scalar_one()
    return not show_the_same(json.loads(text), item)


def revision_row(item: Mapping[str, Any], article_id: int, revision: int) -> dict[str, Any]:
    """An item as a revision of an article."""
    text = json.dumps({**item, "revision": revision}, ensure_ascii=False)
    date = (item.get("capture") or {}).get("date") or ""
    return {"article_id": article_id, "revision": revision, "date": date, "item": text}


def forget_sightings(connection: Connection, record_ids: Iterable[str]) -> None:
    """Take back what captures showed that are no more: with the last sighting of a revision the revision goes too."""
    hold_articles(connection)
    shown = sightings_table.c
    for record_id in record_ids:
        connection.execute(delete(removals_table).where(removals_table.c.record_id == record_id))
        gone = delete(sightings_table).where(shown.record_id == record_id).returning(shown.article_id, shown.revision)
        for article_id, revision in connection.execute(gone).all():
            others = select(shown.record_id).where(shown.article_id == article_id, shown.revision == revision).limit(1)
            if connection.execute(others).first() is None:
                drop_revision(connection, article_id, revision)


def drop_revision(connection: Connection, article_id: int, revision: int) -> None:
    """Without the revision the article is what it was before, or is none."""
    kept = revisions_table.c
    connection.execute(delete(revisions_table).where(kept.article_id == article_id, kept.revision == revision))
    settle_article(connection, article_id)


def settle_article(connection: Connection, article_id: int) -> None:
    """Make an article what its last revision says; without any it is none."""
    kept = revisions_table.c
    of_article = select(kept.revision, kept.item).where(kept.article_id == article_id)
    last = connection.execute(of_article.order_by(kept.revision.desc()).limit(1)).first()
    if last is None:
        connection.execute(delete(removals_table).where(removals_table.c.article_id == article_id))
        connection.execute(delete(articles_table).where(articles_table.c.id == article_id))
        return
    item = json.loads(last.item)
    now = {"revision": last.revision, "digest": item_digest(item), "site": item.get("site")}
    connection.execute(_CHANGED, {"article_id": article_id, **now})


def item_digest(item: Mapping[str, Any]) -> Digest:
    """Equal for two items whose fields say letter by letter the same; readers may see no difference in others too."""
    return sha1(json.dumps([item.get(name) for name in _DIGESTED], ensure_ascii=False, sort_keys=True).encode())
