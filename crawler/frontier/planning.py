"""Looks that are planned anew: where a site has other times than before, or the clock was set back."""

from datetime import datetime

import sqlalchemy as sa

from crawler.frontier.entry import Entry, stamp
from crawler.frontier.looks import Looks
from crawler.frontier.tables import LEDGER, TIMES


def take_up_times(connection: sa.Connection, site: str, looks: Looks, now: datetime) -> None:
    """Plan what came out within the site's times, if these are others than those by which it was planned last.

    A look that is due stays so, and none is put off.
    """
    times = {"after": str(looks.revisits)}
    known = connection.execute(sa.select(TIMES.c.after).where(TIMES.c.site == site)).scalar()
    if known == times["after"]:
        return
    came_out = sa.func.coalesce(LEDGER.c.since, LEDGER.c.first_announced)
    was_there = LEDGER.c.state.in_(("captured", "unchanged", "gone"))
    which = sa.and_(LEDGER.c.site == site, was_there, came_out > stamp(now - looks.revisits.span))
    entries = [Entry(**row._asdict()) for row in connection.execute(sa.select(LEDGER).where(which))]
    planned = [{"address": entry.url, "planned": looks.next(entry)} for entry in entries]
    sooner = sa.or_(LEDGER.c.next_look.is_(None), LEDGER.c.next_look > sa.bindparam("planned"))
    update = sa.update(LEDGER).where(LEDGER.c.url == sa.bindparam("address"), sooner)
    if sought := [one for one in planned if one["planned"] is not None]:
        connection.execute(update.values(next_look=sa.bindparam("planned")), sought)
    if known is None:
        connection.execute(sa.insert(TIMES).values(site=site, **times))
    else:
        connection.execute(sa.update(TIMES).where(TIMES.c.site == site).values(times))


def heed_clock(connection: sa.Connection, site: str, now: str) -> None:
    """Have due what was planned by a clock that was ahead, and nothing have happened later than now."""
    later = sa.or_(LEDGER.c.last_seen > now, LEDGER.c.last_announced > now, LEDGER.c.state == "failed")
    which = sa.and_(LEDGER.c.site == site, LEDGER.c.next_look > now, later)
    connection.execute(sa.update(LEDGER).where(which).values(next_look=now))
    for column in (LEDGER.c.first_announced, LEDGER.c.last_announced, LEDGER.c.last_seen, LEDGER.c.since):
        is_ahead = sa.and_(LEDGER.c.site == site, column > now)
        connection.execute(sa.update(LEDGER).where(is_ahead).values({column: now}))
