"""What is extracted and packed of a collection in several folders: what is in the folder, and no word of the rest."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from archives.collection import Collection, catalog_of
from archives.exchange import Exchange, message
from archives.folders import folders as noted
from archives.layout import Layout
from archives.verify import verify
from archives.wacz.pack import pack
from crawler.capture import capture_ref
from crawler.discovery import Announced
from crawler.export.jsonl import to_line
from crawler.extraction import extract
from crawler.frontier import Frontier
from crawler.items import Article, as_item
from crawler.jobs.collected import pages_of_collection
from crawler.jobs.items import begin_items
from crawler.jobs.recover import recover
from crawler.sites import read_site
from tests.support.commands import run
from tests.support.paper import article as page

DAY = "http://paper.example/2031/03/02"


def archived(collection, url, body):
    """The item of a page that is archived now."""
    answer = message(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
    asked = b"GET / HTTP/1.1\r\n\r\n"
    made = collection.archive(Exchange(url=url, started=datetime.now(UTC), request=asked, response=answer))
    found = extract(body, url, "text/html")
    assert isinstance(found, Article)
    return {**as_item(found), "site": "paper", "capture": as_item(capture_ref(made))}


def committed(collection, url, body):
    item = archived(collection, url, body)
    collection.catalog.put_article(item)
    return item


@pytest.fixture
def folders(postgres, tmp_path):
    """A database, and two folders with a story each; the second repeats the first one's page, too."""
    database = postgres.database()
    paths = [tmp_path / name / "paper" for name in ("one", "two")]
    for path, stories in zip(paths, [("a",), ("b", "a")], strict=True):
        with Collection.open(path, write=True, database=database) as collection:
            for story in stories:
                committed(collection, f"{DAY}/story-{story}-of-{path.parent.name}", page(f"/story-{story}"))
    return database, paths


def test_pages_are_those_of_the_folder(folders):
    database, (one, two) = folders
    found = [[page.url for page in pages_of_collection(path, pytest.fail, database)] for path in (one, two)]
    assert found == [[f"{DAY}/story-a-of-one"], [f"{DAY}/story-b-of-two"]]


def test_a_package_has_the_pages_of_the_folder(folders, tmp_path):
    database, (one, two) = folders
    packed = []
    for path in (one, two):
        with Collection.open(path, database=database) as collection:
            packed.append(pack(collection, tmp_path / f"{path.parent.name}.wacz"))
    assert [(one.pages, one.captures) for one in packed] == [(1, 1), (2, 2)]


def test_a_line_whose_page_another_worker_has_captured_anew_is_there_once(folders):
    """The crawl died when it had written the line, and its file was found when another one had gone on."""
    database, (one, two) = folders
    url, site = (
        f"{DAY}/story-c-of-the-day",
        read_site(b'domains = ["paper.example"]\nseeds = ["http://paper.example/"]\n', "paper.toml"),
    )
    with Collection.open(one, write=True, database=database) as collection:
        ledger = Frontier(collection.catalog.engine, site="paper")
        ledger.announce([Announced(url=url, kind="feed")], source=f"{DAY}/rss")
        job = collection.layout.new_job(datetime.now(UTC))
        begin_items(collection.layout, job)
        lines = collection.layout.items / f"{job}.jsonl"
        lines.write_text(to_line(archived(collection, url, page("/story-c"))), encoding="utf-8")
    with Collection.open(two, write=True, database=database) as collection:
        again = committed(collection, url, page("/story-c"))
        ledger = Frontier(collection.catalog.engine, site="paper")
        ledger.settle(url, "captured", seen=True, changed=True)
        ledger.flush()
    done = [str(one) for one in recover(one, {"paper": site}, database=database)]
    assert f"{lines.name}: 0 missing lines written, 1 line of nothing that was committed removed" in done
    assert lines.read_text(encoding="utf-8") == ""
    assert [str(one) for path in (one, two) for one in verify(path, database=database)] == []
    with Collection.open(one, database=database) as collection:
        assert collection.catalog.item_of(again["capture"]["record_id"])["revision"] == 1


def told(database, path):
    said = run(path.parents[1], "newswarc", "status", str(path), NEWSWARC_DATABASE=database)
    assert said.status == 0, said.err
    return said.out


def test_a_folder_of_which_nothing_is_heard_while_others_are_written_to_is_named(folders):
    database, (one, two) = folders
    assert f"{two} (" in told(database, one)
    assert "nothing was heard" not in told(database, one)
    with closing(catalog_of(Layout(one), database, write=True)) as catalog, catalog.writing() as connection:
        connection.exec_driver_sql("UPDATE folders SET heard = heard - interval '8 days' WHERE mark = %s", (mark(two),))
    assert f"if its disk is gone, 'newswarc recover paper --gone {mark(two)}'" in told(database, one)
    assert f"--gone {mark(one)}" not in told(database, one)
    with Collection.open(two, write=True, database=database):
        pass
    assert "nothing was heard" not in told(database, one)


def test_folders_that_an_earlier_version_noted_are_read_and_noted_anew(folders):
    database, (one, two) = folders
    with closing(catalog_of(Layout(one), database, write=True)) as catalog, catalog.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE folders DROP COLUMN heard")
    assert "nothing was heard" not in told(database, one)
    with Collection.open(two, write=True, database=database) as collection:
        assert [folder.heard is not None for folder in noted(collection.catalog)] == [False, True]


def mark(path):
    return Layout(path).mark
