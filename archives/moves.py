"""Articles that go by another address than before: their history goes on there."""

import json

from sqlalchemy import Connection, Row, delete, insert, select, update

from archives.database import hold_articles
from archives.removals import gone_since, note_return
from archives.revisions import revision_row, settle_article
from archives.schema import articles_table, removals_table, revisions_table, sightings_table, withheld_table
from archives.seen import show_the_same

Revision = Row[tuple[int, int, int, str, str]]

_articles, _kept, _removals, _shown = articles_table.c, revisions_table.c, removals_table.c, sightings_table.c


def move_article(connection: Connection, former: str, key: str) -> None:
    """Have the article with a former key go by another one, and what is known by that be its later revisions.

    The first of these is a change that nobody was told of: whoever follows the changes meets it now. Two articles of
    which revisions were seen in turns stay two, as nobody knows which was a change of which.
    """
    hold_articles(connection)
    moved, there = _revisions(connection, former), _revisions(connection, key)
    in_turns = moved and there and there[0].date < moved[-1].date
    if former == key or in_turns:
        return
    _move_withheld(connection, former, key)
    if not moved:
        return
    article_id = moved[0].article_id
    if there:
        _append(connection, moved[-1], there)
        settle_article(connection, article_id)
    connection.execute(update(articles_table).where(_articles.id == article_id).values(url=key))


def _move_withheld(connection: Connection, former: str, key: str) -> None:
    """Have what a takedown keeps aside come back to the article where it is then."""
    kept = withheld_table.c
    of_revisions = select(withheld_table).where(kept.place == "", kept.content.contains(json.dumps(former)))
    for row in connection.execute(of_revisions).all():
        told = json.loads(row.content)
        if told["url"] == former:
            same = (kept.record_id == row.record_id, kept.place == row.place)
            moved = json.dumps({**told, "url": key})
            connection.execute(update(withheld_table).where(*same).values(content=moved))


def _revisions(connection: Connection, key: str) -> list[Revision]:
    """Those of the article with a key, in order."""
    query = select(revisions_table).join(articles_table, _articles.id == _kept.article_id).where(_articles.url == key)
    return list(connection.execute(query.order_by(_kept.revision)))


def _append(connection: Connection, last: Revision, later: list[Revision]) -> None:
    """Have another article's revisions follow the last one of an article; the other one is none any more."""
    first, *others = later
    item = json.loads(first.item)
    repeats = show_the_same(json.loads(last.item), item)
    shift = last.revision - (first.revision if repeats else 0)
    article_id, was_gone = first.article_id, gone_since(connection, first.article_id)
    connection.execute(delete(revisions_table).where(_kept.id == first.id))
    if not repeats:  # under a number that no cursor has passed
        row = revision_row(item, last.article_id, first.revision + shift)
        connection.execute(insert(revisions_table), row)
    for other in others:
        row = revision_row(json.loads(other.item), last.article_id, other.revision + shift)
        connection.execute(update(revisions_table).where(_kept.id == other.id).values(row))
    shown = {"article_id": last.article_id, "revision": _shown.revision + shift}
    connection.execute(update(sightings_table).where(_shown.article_id == article_id).values(shown))
    gone = {"article_id": last.article_id}
    connection.execute(update(removals_table).where(_removals.article_id == article_id).values(gone))
    connection.execute(delete(articles_table).where(_articles.id == article_id))
    since = gone_since(connection, last.article_id)
    if since and not was_gone:
        there_again = next((row for row in later if row.date > since), later[-1])
        note_return(connection, last.article_id, json.loads(there_again.item))
