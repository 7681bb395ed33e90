"""Pages whose captures are lost: they are asked for again."""

from datetime import datetime

import sqlalchemy as sa

from archives.database import writing
from archives.schema import captures_table, of_url
from crawler.frontier.entry import stamp
from crawler.frontier.tables import LEDGER, has_ledger

_captures, _originals = captures_table.c, captures_table.alias("originals").c
_HAS_PAYLOAD = sa.or_(
    _captures.kind == "response",
    sa.exists().where(_originals.record_id == _captures.refers_to).correlate(captures_table),
)
_IS_LOST = sa.and_(
    LEDGER.c.state.in_(("captured", "unchanged")), ~sa.exists().where(of_url(LEDGER.c.url), _HAS_PAYLOAD)
)


def ask_for_lost(engine: sa.Engine, now: datetime) -> int:
    """Have the articles asked for again of which no capture with a payload is left; returns how many that are."""
    anew = {"state": "pending", "reason": None, "last_seen": None, "since": None, "looks": 0, "next_look": stamp(now)}
    with writing(engine) as connection:
        if not has_ledger(connection):
            return 0
        return connection.execute(sa.update(LEDGER).where(_IS_LOST).values(anew)).rowcount
