"""The timetable on a database that several write to at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import sqlalchemy as sa

from archives.database import open_database
from crawler.jobs.runs import Runs

DUE = datetime(2031, 3, 2, 8, tzinfo=UTC)


def test_two_that_are_first_to_have_something_of_a_site_both_have_it(postgres):
    """A command pauses it while the scheduler sets when it is due."""
    engine = open_database(postgres.database(), write=True)
    waits = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with closing(Runs(engine)) as runs, ThreadPoolExecutor(1) as pool:
        with engine.begin() as pausing:
            pausing.execute(sa.text("INSERT INTO scheduled_sites (site, paused) VALUES ('paper', true)"))
            setting = pool.submit(runs.timetable.set_due, "paper", DUE)
            deadline = time.monotonic() + 30
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
                while not looking.execute(waits).scalar():
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
        setting.result()
        assert (runs.timetable.due(), runs.timetable.paused()) == ({"paper": DUE}, {"paper"})
