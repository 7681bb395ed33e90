"""What the ledger forgets of a page that is taken down."""

import sqlalchemy as sa

from archives.database import open_database
from crawler.discovery import Announced
from crawler.frontier import Frontier
from crawler.frontier.tables import ANNOUNCEMENTS
from crawler.jobs.takedown import forget_titles

BASE = "https://n.example/2031/03/02"
A, B = f"{BASE}/story-a-of-today", f"{BASE}/story-b-of-today"


def test_titles_of_all_addresses_of_the_story_are_forgotten(database):
    """Whichever of them is named; other stories keep theirs."""
    engine = open_database(database, write=True)
    for named in (A, f"{A}/print"):
        frontier = Frontier(engine, site="n")
        found = [Announced(url=url, kind="feed", title=url) for url in (A, f"{A}/print", f"{A}/amp", B)]
        frontier.announce(found, source="https://n.example/rss")
        forget_titles(engine, named)
        with engine.connect() as connection:
            assert connection.execute(sa.select(ANNOUNCEMENTS.c.title)).scalars().all().count(None) == 3
    engine.dispose()
