"""`migrate` moves a collection to a server and a store, and back: every row, every byte, and every number given."""

import json
import shutil
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from archives.collection import Collection
from archives.errors import StorageFailed
from archives.exchange import Exchange, message
from archives.handover import newest
from archives.schema import articles_table, captures_table, removals_table, revisions_table
from crawler.capture import capture_ref
from crawler.discovery import Announced
from crawler.extraction import extract
from crawler.frontier import Frontier
from crawler.frontier.tables import LEDGER
from crawler.items import as_item
from crawler.jobs.alerts.checks import Finding
from crawler.jobs.alerts.incidents import Incidents
from crawler.jobs.folder import incidents_in, only_scheduler, runs_in
from crawler.jobs.migrate import migrate
from crawler.jobs.migrate_queue import migrate_queue
from crawler.jobs.runs import Runs
from tests.support.commands import run
from tests.support.paper import article

DAY = "http://paper.example/2031/03/02"
BEGAN = datetime(2031, 3, 2, 8, tzinfo=UTC)


def commit(collection: Collection, url: str, number: int, headline: str) -> None:
    body = article(headline)
    answer = message(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
    started = BEGAN + timedelta(minutes=number)
    made = collection.archive(Exchange(url=url, started=started, request=b"GET / HTTP/1.1\r\n\r\n", response=answer))
    item = {**as_item(extract(body, url, "text/html")), "site": "paper", "capture": as_item(capture_ref(made))}
    collection.catalog.put_article(item)


@pytest.fixture
def paper(tmp_path):
    """Three articles, one of them twice, with a ledger; the number of the last revision was given once, and is free."""
    path = tmp_path / "collections" / "paper"
    with Collection.open(path, write=True) as collection:
        ledger = Frontier(collection.catalog.engine, site="paper")
        urls = [f"{DAY}/story-number-{number}-of-today" for number in range(3)]
        ledger.announce([Announced(url=url, kind="feed") for url in urls], source="http://paper.example/feed")
        for number, url in enumerate((*urls, urls[0])):
            commit(collection, url, number, f"Ferry {number} is late because of the ice")
            ledger.settle(url, "captured", seen=True, changed=True)
        ledger.flush()
        with collection.catalog.writing() as connection:
            number = connection.execute(sa.insert(revisions_table).values(
                article_id=1, revision=9, date="x", item="{}"
            )).inserted_primary_key[0]  # fmt: skip
            connection.execute(sa.delete(revisions_table).where(revisions_table.c.id == number))
        assert newest(collection.catalog) == number == 5
    return path


def told(newswarc, *more: str) -> list[str]:
    """What commands say of the collection."""
    commands = (("export", "paper"), ("ledger", "paper", "--json"), ("extract", "paper"), ("verify", "paper"))
    said = [newswarc(*command) for command in commands]
    assert [one.status for one in said] == [0, 0, 0, 0], said
    return [one.out for one in said]


def test_there_and_back(newswarc, paper, postgres, tmp_path, monkeypatch):
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    database = postgres.database()
    monkeypatch.setenv("NEWSWARC_CACHE", str(tmp_path / "cache"))
    before, warcs = told(newswarc), {path.name: path.read_bytes() for path in (paper / "archive").iterdir()}
    monkeypatch.setenv("NEWSWARC_STORE", f"file://{tmp_path}/mount")
    assert newswarc("store", "paper").status == 0, "what is in the store moves along"
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    said = newswarc("migrate", "paper")
    assert said.status == 0, said.err
    assert "3 articles, 4 captures, 4 revisions" in said.err
    assert "moved and compared; before, they were in" in said.err
    assert not (paper / "catalog.sqlite").exists()
    assert told(newswarc) == before
    assert newswarc("store", "paper", "--remove").err.count("1 WARC file removed") == 1
    assert told(newswarc) == before
    with Collection.open(paper, database=database, write=True) as collection:
        assert newest(collection.catalog) == 5
        commit(collection, f"{DAY}/story-number-9-of-today", 9, "Written on the server")
        assert newest(collection.catalog) == 6
    after = told(newswarc)
    said = newswarc("migrate", "paper", "--back", "--json")
    assert said.status == 0, said.err
    report = json.loads(said.out)
    assert (report["catalog"]["rows"]["revisions"], report["files"]) == (5, 1)
    monkeypatch.delenv("NEWSWARC_DATABASE")
    monkeypatch.delenv("NEWSWARC_STORE")
    assert told(newswarc) == after
    assert newswarc("search", "paper", "server").err == "1 article, 1 shown\n"
    assert {name: (paper / "archive" / name).read_bytes() for name in warcs} == warcs
    with Collection.open(paper) as collection:
        assert newest(collection.catalog) == 6


@pytest.mark.parametrize("back", [False, True], ids=["there", "back"])
def test_what_takes_long_to_read_is_waited_for(newswarc, paper, postgres, monkeypatch, back):
    """The server ends transactions of writers that do nothing for a minute: so long millions of rows take."""
    monkeypatch.setattr("archives.database._LONGEST_PAUSE", "100ms")
    database = postgres.database()
    if back:
        migrate(paper, database)
    moved = migrate(paper, database, back=back, progress=lambda table: time.sleep(0.3 * (table == "revisions")))
    assert moved.rows["revisions"] == 4


def test_what_came_back_takes_down_and_goes_on(newswarc, paper, postgres, monkeypatch):
    """Its folder keeps the mark that it has among others of a server."""
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", postgres.database())
        assert [newswarc("migrate", "paper", *more).status for more in ((), ("--back",))] == [0, 0]
    for order in (("--level", "hide"), ("--undo",), ("--level", "purge")):
        done = newswarc("takedown", "paper", f"{DAY}/story-number-1-of-today", *order)
        assert (done.status, done.faults) == (0, [])
    with Collection.open(paper, write=True) as collection:
        assert collection.repairs == ()
        commit(collection, f"{DAY}/story-number-9-of-today", 9, "Written in the folder again")
    assert len(newswarc("export", "paper").out.splitlines()) == 3
    assert newswarc("verify", "paper").status == 0


def test_what_came_back_and_is_lost_is_made_anew(newswarc, paper, postgres, monkeypatch):
    """In the folder, which still has what it got on the server, and what was set aside."""
    catalog, database = paper / "catalog.sqlite", postgres.database()
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", database)
        assert [newswarc("migrate", "paper", *more).status for more in ((), ("--back",))] == [0, 0]
    catalog.unlink()
    assert "'newswarc recover" in newswarc("status", "paper").one_line
    assert newswarc("recover", "paper", "--reindex").status == 0
    assert newswarc("verify", "paper").status == 0
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", database)
        assert newswarc("migrate", "paper").status == 0
    assert "its catalog is on a database server" in newswarc("recover", "paper", "--reindex").one_line
    assert not catalog.exists()


def given_next(paper, database: str | None) -> list[int]:
    """The numbers that the next revision and the next removal get, which are gone again."""
    with (
        Collection.open(paper, write=True, database=database) as collection,
        collection.catalog.writing() as connection,
    ):
        article = connection.execute(
            sa.insert(articles_table).values(url="x", revision=1, digest="x")
        ).inserted_primary_key
        rows = {
            revisions_table: {"article_id": article[0], "revision": 1, "date": "x", "item": "{}"},
            removals_table: {"article_id": article[0], "record_id": "x", "date": "x"},
        }
        made = [connection.execute(sa.insert(table).values(row)).inserted_primary_key[0] for table, row in rows.items()]
        for table in (*rows, articles_table):
            connection.execute(sa.delete(table))
    return made


def test_no_number_is_given_twice_though_every_row_is_gone(newswarc, paper, postgres, monkeypatch):
    """Whoever follows the changes remembers the last one that was told, purged or not."""
    for number in range(3):
        assert newswarc("takedown", "paper", f"{DAY}/story-number-{number}-of-today", "--level", "purge").status == 0
    database = postgres.database()
    assert given_next(paper, None) == [6, 1]
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", database)
        assert newswarc("migrate", "paper").status == 0
        assert given_next(paper, database) == [7, 2]
        assert newswarc("migrate", "paper", "--back").status == 0
    assert given_next(paper, None) == [8, 3]


def test_who_died_before_setting_aside_does_it_again(newswarc, paper, postgres, monkeypatch):
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    aside = "crawler.jobs.migrate.set_file_aside"
    with monkeypatch.context() as dying:
        dying.setattr(aside, lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        assert newswarc("migrate", "paper").status == 130
    assert (paper / "catalog.sqlite").exists()
    assert newswarc("migrate", "paper").status == 0
    assert not (paper / "catalog.sqlite").exists()


def test_no_second_catalog_is_begun_where_a_move_was_cut_off(newswarc, paper, postgres, tmp_path, monkeypatch):
    """Neither in the folder nor in another machine's, whether all rows are there or none."""
    database = postgres.database()

    def die(table):
        if table == "articles":
            raise KeyboardInterrupt

    def second_catalogs():
        for path in (paper, tmp_path / "another" / "paper"):
            with pytest.raises(StorageFailed, match=r"its catalog from .* was cut off; 'newswarc migrate paper' there"):
                Collection.open(path, write=True, database=database).close()
        assert not (tmp_path / "another" / "paper" / "archive").exists()

    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    with pytest.raises(KeyboardInterrupt):
        migrate(paper, database, progress=die)
    second_catalogs()
    assert f"the move of its catalog from {paper} to the server was cut off" in newswarc("export", "paper").one_line
    for dying_at in ("set_file_aside", "moving.unmark_here"):
        with monkeypatch.context() as dying:
            dying.setattr(f"crawler.jobs.migrate.{dying_at}", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            assert newswarc("migrate", "paper").status == 130
        second_catalogs()
    said = newswarc("migrate", "paper")
    assert said.status == 0, said.err
    assert "3 articles, 4 captures, 4 revisions" in said.err
    assert newswarc("migrate", "paper").err == f"{paper}: the catalog was moved before\n"
    assert len(newswarc("export", "paper").out.splitlines()) == 3


def test_what_is_in_the_folder_again_is_gone_on_with_nowhere_else(newswarc, paper, postgres, monkeypatch):
    """Though who moved it died before the server's own was set aside."""
    database = postgres.database()
    killed = (_ for _ in ()).throw
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", database)
        assert newswarc("migrate", "paper").status == 0
        with moving.context() as dying:
            dying.setattr("pathlib.Path.replace", lambda *_: killed(KeyboardInterrupt))
            assert newswarc("migrate", "paper", "--back").status == 130
        for command in (("export", "paper"), ("recover", "paper")):
            refused = newswarc(*command)
            assert refused.status == 1
            assert (
                f"its catalog into {paper} was cut off; 'newswarc migrate paper --back' there does" in refused.one_line
            )
        assert not (paper / "catalog.sqlite").exists()
        with moving.context() as dying:
            dying.setattr("crawler.jobs.migrate._set_schema_aside", lambda *_: killed(KeyboardInterrupt))
            assert newswarc("migrate", "paper", "--back").status == 130
        assert "was cut off" in newswarc("recover", "paper").one_line
    with Collection.open(paper, write=True) as collection:
        commit(collection, f"{DAY}/story-number-9-of-today", 9, "Written in the folder again")
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    said = newswarc("migrate", "paper", "--back")
    assert said.status == 0, said.err
    assert "3 articles, 4 captures, 4 revisions" in said.err
    assert "moved and compared; before, they were in the schema 'paper moved 20" in said.err
    assert newswarc("migrate", "paper", "--back").err == f"{paper}: the catalog was moved before\n"
    monkeypatch.delenv("NEWSWARC_DATABASE")
    assert len(newswarc("export", "paper").out.splitlines()) == 4


def test_what_an_earlier_version_kept_with_a_nul_moves_without(newswarc, paper, postgres, monkeypatch):
    """As in a media type, and in the path of an address; PostgreSQL's texts have none."""
    with Collection.open(paper, write=True) as collection, collection.catalog.writing() as connection:
        nul = sa.func.char(0)
        connection.execute(sa.update(captures_table).values(mime=captures_table.c.mime + nul))
        first = sa.select(sa.func.min(LEDGER.c.url)).scalar_subquery()
        connection.execute(sa.update(LEDGER).where(LEDGER.c.url == first).values(story=LEDGER.c.story + nul))
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", postgres.database())
        assert (
            "'newswarc recover --reindex' makes the rows anew, then try again" in newswarc("migrate", "paper").one_line
        )
        with moving.context() as unset:
            unset.delenv("NEWSWARC_DATABASE")
            assert newswarc("recover", "paper", "--reindex").status == 0
        assert newswarc("migrate", "paper").status == 0
        assert newswarc("verify", "paper").status == 0


def test_without_a_store_nothing_is_to_be_sent(newswarc, paper, postgres, monkeypatch):
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", postgres.database())
        assert newswarc("migrate", "paper").status == 0
        assert "to be sent" not in newswarc("status", "paper").out
        assert newswarc("migrate", "paper", "--back").status == 0
    assert "to be sent" not in newswarc("status", "paper").out


@pytest.mark.parametrize("more", [(), ("--back",)], ids=["there", "back"])
def test_a_store_that_is_away_is_asked_first(newswarc, paper, postgres, port, monkeypatch, more):
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    if more:
        assert newswarc("migrate", "paper").status == 0
    keys = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}
    for name, value in {**keys, "ENDPOINT_URL": f"http://127.0.0.1:{port}", "MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("NEWSWARC_STORE", "s3://papers/kept")
    assert "Could not connect" in newswarc("migrate", "paper", *more).one_line
    monkeypatch.delenv("NEWSWARC_STORE")
    assert len(newswarc("export", "paper").out.splitlines()) == 3 if more else (paper / "catalog.sqlite").exists()


def test_a_store_that_goes_away_meanwhile_is_gone_on_with(newswarc, paper, postgres, tmp_path, monkeypatch):
    """By the same command again, which finds the catalog moved."""
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    monkeypatch.setenv("NEWSWARC_STORE", f"file://{tmp_path}/mount")
    (tmp_path / "mount").write_text("no folder")
    assert newswarc("migrate", "paper").status == 1
    (tmp_path / "mount").unlink()
    again = newswarc("migrate", "paper")
    assert (again.status, again.err.splitlines()[0]) == (0, f"{paper}: the catalog was moved before")
    assert "1 WARC file sent" in again.err
    assert newswarc("store", "paper", "--remove").status == 0
    (tmp_path / "mount").rename(tmp_path / "away")
    assert newswarc("migrate", "paper", "--back").status == 1
    (tmp_path / "away").rename(tmp_path / "mount")
    assert "1 WARC file brought back" in newswarc("migrate", "paper", "--back").err
    monkeypatch.delenv("NEWSWARC_DATABASE")
    assert newswarc("verify", "paper").status == 0


def test_what_cannot_be_moved_stays_as_it_is(newswarc, paper, postgres, tmp_path, monkeypatch):
    assert "neither NEWSWARC_DATABASE nor NEWSWARC_STORE is set" in newswarc("migrate", "paper").one_line
    monkeypatch.setenv("NEWSWARC_DATABASE", f"sqlite:///{tmp_path}/other.sqlite")
    assert "names no server" in newswarc("migrate", "paper").one_line
    database = postgres.database()
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    assert "has no catalog of paper" in newswarc("migrate", "paper", "--back").one_line
    with Collection.open(tmp_path / "other" / "paper", write=True, database=database) as other:
        commit(other, f"{DAY}/story-number-7-of-today", 7, "Somebody else's")
    assert "has other rows in articles already; choose another database" in newswarc("migrate", "paper").one_line
    monkeypatch.delenv("NEWSWARC_DATABASE")
    assert len(newswarc("export", "paper").out.splitlines()) == 3


def test_nothing_begins_anew_where_a_catalog_was_moved_from(newswarc, paper, postgres, monkeypatch):
    """As a scheduler would that was started before, without the variable."""
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", postgres.database())
        assert newswarc("migrate", "paper").status == 0
    (aside,) = paper.glob("catalog.sqlite.moved-*")
    for command in ("status", "recover"):
        said = newswarc(command, "paper")
        assert said.status == 2
        signs = f"{aside.name} and .mark"
        assert f"on a database server; name that in NEWSWARC_DATABASE, or move {signs} away" in said.one_line
    assert not (paper / "catalog.sqlite").exists()


def test_what_is_on_a_server_is_no_broken_collection(newswarc, paper, postgres, tmp_path, monkeypatch):
    """Whoever has not set the variable is told so, of that collection alone, and writes nothing into its folder."""
    there = tmp_path / "collections" / "there"
    with Collection.open(there, write=True, database=postgres.database()) as collection:
        commit(collection, f"{DAY}/story-number-1-of-today", 1, "Written on the server")
    before = sorted(there.iterdir())
    for command in (["status"], ["export"], ["search"], ["verify"], ["ledger", "paper", "--collection"], ["recover"]):
        said = newswarc(*command, "there", *(["word"] if command == ["search"] else []))
        assert said.status == 2
        assert f"{there}: its catalog is on a database server; name that in NEWSWARC_DATABASE, or" in said.one_line
    said = newswarc("status")
    assert said.status == 1
    assert "its catalog is on a database server; name that in NEWSWARC_DATABASE" in said.one_line
    assert [line.split()[0] for line in said.out.splitlines()] == ["collection", "paper"]
    assert sorted(there.iterdir()) == before
    shutil.rmtree(paper)
    assert "No collections" not in newswarc("status").out, "there is one, and it is told"


def test_no_second_catalog_is_begun_on_a_server(newswarc, paper, postgres, monkeypatch, tmp_path):
    """A crawl would find nothing there, and `migrate` could move nothing any more."""
    database = postgres.database()
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    for arguments in (["status"], ["export"], ["recover"], ["crawl", "http://127.0.0.1:9/", "--collection"]):
        said = run(tmp_path, "newswarc", *arguments, "paper")  # a process of its own reads the settings anew
        assert said.status == 2
        assert f"{paper}: its catalog is in catalog.sqlite; 'newswarc migrate {paper}' moves it" in said.one_line
    assert newswarc("migrate", "paper").status == 0
    assert len(newswarc("export", "paper").out.splitlines()) == 3


def test_a_reader_makes_no_catalog(newswarc, paper):
    (paper / "catalog.sqlite").unlink()
    said = newswarc("export", "paper")
    assert said.one_line.endswith(f"the catalog is not there; 'newswarc recover {paper} --reindex' makes it anew")
    assert not (paper / "catalog.sqlite").exists()


def test_what_was_never_crawled_on_a_server_is_said_without_its_language(newswarc, paper, postgres, monkeypatch):
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    (paper / "catalog.sqlite").unlink()
    said = newswarc("status", "paper")
    assert said.one_line.startswith(f"newswarc: {paper}: nothing was crawled into this collection with this database; ")


def test_a_catalog_that_is_read_stays_where_it_is(newswarc, paper, postgres, monkeypatch):
    """Its reader, such as the reading room, would never hear of what is crawled then."""
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    with Collection.open(paper) as reader:
        assert newest(reader.catalog) == 5
        said = newswarc("migrate", "paper")
        assert (said.status, said.out) == (2, "")
        assert "catalog.sqlite: somebody has it open; stop what reads it, such as 'newswarc serve'" in said.one_line
    assert newswarc("migrate", "paper").status == 0
    assert sorted(path.name.partition(".moved-")[0] for path in paper.glob("catalog*")) == ["catalog.sqlite"]


@pytest.fixture
def queue(tmp_path):
    """One run that ended, one that waits, a site that is paused and due, and an incident."""
    with closing(runs_in(tmp_path / "collections")) as runs:
        ended = runs.begin(runs.of(runs.queue("paper", "paper", cause="asked")))
        runs.end(ended, status=0, summary={"articles": 3})
        runs.queue("paper", "paper", cause="schedule")
        runs.timetable.set_due("paper", BEGAN)
        runs.timetable.pause("post")
    with closing(incidents_in(tmp_path / "collections")) as incidents:
        incidents.update("paper", [Finding(kind="failed", subject="", text="It failed")])


def jobs_told(newswarc) -> list[object]:
    said = [newswarc("jobs", "list", "--json"), newswarc("alerts", "list", "--json"), newswarc("status", "--json")]
    assert {one.err for one in said} == {""}
    return [json.loads(one.out) for one in said]


def test_queue_and_history_move_there_and_back(newswarc, queue, postgres, tmp_path, monkeypatch):
    database, file = postgres.database(), tmp_path / "collections" / ".jobs" / "jobs.sqlite"
    before = jobs_told(newswarc)
    assert len(before[0]) == 2
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    assert jobs_told(newswarc)[0] == []
    said = newswarc("migrate", "--queue")
    assert said.status == 0, said.err
    assert "2 runs, 2 scheduled sites, 1 incidents moved and compared" in said.err
    assert not file.exists()
    assert jobs_told(newswarc) == before
    assert "none was made yet, or it was moved already" in newswarc("migrate", "--queue").one_line
    with closing(runs_in(tmp_path, database)) as runs:
        number = runs.queue("post", "post", cause="asked")
        assert number == 3
        run = runs.begin(runs.of(number), lease=60)
        assert "runs of post are under way" in newswarc("migrate", "--queue", "--back").one_line
        assert [*file.parent.glob(".*.tmp*")] == []
        runs.end(run, status=0)
    after = jobs_told(newswarc)
    said = newswarc("migrate", "--queue", "--back", "--json")
    assert (said.status, json.loads(said.out)["queue"]["rows"]["runs"]) == (0, 3), said.err
    assert jobs_told(newswarc)[0] == []
    monkeypatch.delenv("NEWSWARC_DATABASE")
    assert jobs_told(newswarc) == after
    with closing(runs_in(tmp_path / "collections")) as runs:
        assert runs.queue("evening", "evening", cause="asked") == 4


def test_the_queue_leaves_a_server_at_which_workers_were(newswarc, postgres, tmp_path, monkeypatch):
    """Their leases and places stay there; and those that are there already keep no other queue from coming."""
    database = postgres.database()
    with closing(runs_in(tmp_path, database)) as runs, closing(incidents_in(tmp_path, database)) as incidents:
        for _ in range(3):
            run = runs.begin(runs.of(runs.queue("paper", "paper", cause="schedule")), place="one:/data#ab12", lease=60)
            runs.end(run, status=0, summary={"articles": 3})
        assert runs.forget(datetime.now(UTC), but=1) == 2
        runs.put_back(runs.begin(runs.of(runs.queue("post", "post", cause="asked")), lease=60), is_death=True)
        runs.timetable.set_due("paper", BEGAN)
        incidents.update("paper", [Finding(kind="failed", subject="", text="It failed")])
        runs.places.note("one:/data#ab12", 2**40)
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    before = jobs_told(newswarc)
    said = newswarc("migrate", "--queue", "--back", "--json")
    assert said.status == 0, said.err
    rows = {"runs": 2, "forgotten_runs": 1, "scheduled_sites": 1, "incidents": 1}
    assert json.loads(said.out)["queue"]["rows"] == rows
    with monkeypatch.context() as moved:
        moved.delenv("NEWSWARC_DATABASE")
        assert jobs_told(newswarc) == before
    with closing(runs_in(tmp_path, database)) as runs:
        runs.places.note("two:/data#cd34", 2**40)
    said = newswarc("migrate", "--queue", "--json")
    assert (said.status, json.loads(said.out)["queue"]["rows"]) == (0, rows), said.err
    assert jobs_told(newswarc) == before


def test_no_second_queue_is_begun_where_it_was_moved_from(newswarc, queue, postgres, tmp_path, monkeypatch):
    """As by a scheduler, or whoever crawls by hand or looks at the history, without the variable."""
    with monkeypatch.context() as moving:
        moving.setenv("NEWSWARC_DATABASE", postgres.database())
        assert newswarc("migrate", "--queue").status == 0
    folder = tmp_path / "collections" / ".jobs"
    (aside,) = folder.glob("jobs.sqlite.moved-*")
    crawl = ["crawl", "http://127.0.0.1:9/", "--collection", "paper"]
    for command in (["jobs", "list"], ["status"], ["alerts", "list"], ["schedule", "run"], crawl):
        said = newswarc(*command)
        assert (said.status, said.out) == (2, "")
        what = "queue and history of runs were moved to a database server; name that in NEWSWARC_DATABASE, or move"
        assert said.one_line == f"newswarc: {folder / 'jobs.sqlite'}: {what} {aside.name} away to begin anew"
    assert not (folder / "jobs.sqlite").exists()
    assert not (tmp_path / "collections" / "paper").exists()
    aside.rename(tmp_path / "away")
    assert newswarc("jobs", "list", "--json").out == "[]\n"


@pytest.mark.parametrize("of", ["role", "URL"])
def test_a_queue_that_an_earlier_version_made_in_another_schema_is_brought_in(postgres, tmp_path, of):
    """It was where the connection's path led, such as the schema of a collection that is named as the role is."""
    database = postgres.database()
    user = sa.make_url(database).username
    schema = user if of == "role" else "news"
    url = database if of == "role" else f"{database}&options=-csearch_path%3Dnews"
    before = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with before.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    with closing(Runs(before)) as runs, before.connect() as connection:
        number = runs.queue("paper", "paper", cause="asked")
        runs.timetable.pause("post")
        Incidents(before).update("paper", [Finding(kind="failed", subject="", text="It failed")])
        connection.exec_driver_sql(f"DROP TABLE {schema}.places; CREATE TABLE {schema}.places (town text)")
    with closing(runs_in(tmp_path, url)) as runs, closing(incidents_in(tmp_path, url)) as incidents:
        assert ([run.id for run in runs.waiting()], runs.timetable.paused()) == ([number], {"post"})
        assert runs.queue("post", "post", cause="asked") == number + 1
        assert [one.text for one in incidents.open()] == ["It failed"]
        assert runs.places.all() == []


def test_of_two_queues_that_versions_have_made_no_task_is_lost(postgres, tmp_path):
    """One in the role's schema, which a collection of that name made, beside the one that was there before."""
    database = postgres.database()
    with closing(runs_in(tmp_path, database)) as ours:
        ours.queue("paper", "paper", cause="asked")
        ours.timetable.pause("paper")
        ours.timetable.set_due("post", BEGAN + timedelta(days=1))
    former = sa.create_engine(f"{database}&options=-csearch_path%3Dnewswarc", isolation_level="AUTOCOMMIT")
    with former.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA newswarc")
    with closing(Runs(former)) as theirs:
        for site in ("paper", "post", "echo", "over"):
            theirs.queue(site, "paper", cause="schedule")
        theirs.begin(theirs.of(3), place="elsewhere", lease=60.0)
        theirs.end(theirs.begin(theirs.of(4)), status=0)
        theirs.timetable.set_due("post", BEGAN)
        theirs.timetable.pause("late")
    for _ in range(2):
        with closing(runs_in(tmp_path, database)) as runs:
            waiting = [(run.site, run.cause, run.attempts) for run in runs.waiting()]
            assert waiting == [("paper", "asked", 0), ("post", "schedule", 0), ("echo", "schedule", 1)]
            assert (runs.running(), runs.timetable.paused()) == ([], {"paper", "late"})
            assert runs.timetable.due() == {"post": BEGAN}
    with former.connect() as connection:
        [aside] = [name for name in sa.inspect(connection).get_schema_names() if name.startswith("jobs merged ")]
        assert connection.exec_driver_sql(f'SELECT count(*) FROM "{aside}".runs').scalar() == 4
    former.dispose()


def test_what_is_asked_for_while_the_queue_moves_is_in_it_or_refused(queue, postgres, tmp_path):
    """By a command that has the queue open, and would write into what was set aside."""
    home, database = tmp_path / "collections", postgres.database()
    with closing(runs_in(home)) as runs, ThreadPoolExecutor(1) as pool:
        asked: list[Future[int | None]] = []

        def ask(table: str) -> None:
            if table == "incidents":  # the runs are copied
                asked.append(pool.submit(runs.queue, "late", "late", cause="asked"))
                wait(asked, timeout=0.5)

        migrate_queue(home, database, progress=ask)
        with pytest.raises(StorageFailed, match=r"jobs\.sqlite: was moved meanwhile, nothing was written; name where"):
            asked[0].result()
    with closing(runs_in(home, database)) as moved:
        assert {run.site for run in moved.waiting()} == {"paper"}


def test_what_comes_back_goes_into_no_other_queue(newswarc, queue, postgres, tmp_path, monkeypatch):
    database = postgres.database()
    with closing(runs_in(tmp_path, database)) as runs:
        runs.queue("other", "other", cause="asked")
    monkeypatch.setenv("NEWSWARC_DATABASE", database)
    file = tmp_path / "collections" / ".jobs" / "jobs.sqlite"
    assert f"{file}: has other rows in runs already" in newswarc("migrate", "--queue", "--back").one_line
    refused = newswarc("migrate", "--queue").one_line
    assert "postgresql+psycopg://" in refused
    assert "has other rows in runs already" in refused


def test_the_queue_stays_while_a_scheduler_is_at_work(newswarc, queue, postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    home = tmp_path / "collections"
    with closing(runs_in(home)) as runs, only_scheduler(home, runs):
        assert "another scheduler is at work" in newswarc("migrate", "--queue").one_line
    assert (home / ".jobs" / "jobs.sqlite").exists()


def test_who_moves_a_collection_is_told_of_the_queue(newswarc, paper, queue, postgres, monkeypatch):
    monkeypatch.setenv("NEWSWARC_DATABASE", postgres.database())
    assert "'newswarc migrate --queue' moves them" in newswarc("migrate", "paper").err
    assert "name a collection, or the --queue" in newswarc("migrate").one_line
