"""What several may be the first to write of a site, or of a place, at once, as a command and the scheduler."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from archives.database import open_database
from crawler.jobs.places import Place
from crawler.jobs.runs import Runs

DUE = datetime(2031, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def at_once(postgres):
    """Runs of a server; writes there what a statement, whose transaction ends later, is the first to write."""
    engine = open_database(postgres.database(), write=True)
    waits = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )

    def write(statement, note, *values):
        with engine.begin() as writing:
            writing.execute(sa.text(statement))
            noting = pool.submit(note, *values)
            deadline = time.monotonic() + 30
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
                while not looking.execute(waits).scalar():
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
        noting.result()

    with closing(Runs(engine)) as runs, ThreadPoolExecutor(1) as pool:
        yield runs, write


def test_two_that_are_first_to_have_something_of_a_site_both_have_it(at_once):
    """A command pauses it while the scheduler sets when it is due."""
    runs, write = at_once
    write("INSERT INTO scheduled_sites (site, paused) VALUES ('paper', true)", runs.timetable.set_due, "paper", DUE)
    assert (runs.timetable.due(), runs.timetable.paused()) == ({"paper": DUE}, {"paper"})


def test_of_two_that_are_first_to_tell_of_a_place_the_last_one_holds(at_once):
    """As of a worker that is started anew before the one that it stands for has ended."""
    runs, write = at_once
    write("INSERT INTO places (place, free, heard) VALUES ('one', 5, now())", runs.places.note, "one", 7)
    assert runs.places.all() == [Place("one", 7)]
