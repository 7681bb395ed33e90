import hashlib
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from archives.catalog import Catalog
from archives.cdxj import Capture
from archives.digests import Digest
from archives.errors import StorageFailed
from archives.revisions import item_digest
from archives.schema import articles_table
from archives.seen import FIELDS
from archives.surt import surt


@pytest.fixture
def catalog(database):
    opened = Catalog.open(database, write=True)
    yield opened
    opened.close()


def capture(number: int, url: str = "http://news.example/a", **changes) -> Capture:
    made = Capture(
        url=url, surt=surt(url), timestamp=f"202406111200{number:02d}", date=f"2024-06-11T12:00:{number:02d}.000000Z",
        warc="x.warc.gz", offset=number, length=1, record_id=f"<urn:x:{number}>", payload_digest=Digest("sha1:A"),
        status=200, mime="text/html", kind="response",
    )  # fmt: skip
    return replace(made, **changes)


def item(number: int, **changes) -> dict:
    return {
        "url": "http://news.example/a",
        "site": "evening",
        "title": "Ferry late",
        "body": "It is late.",
        "capture": {"record_id": f"<urn:x:{number}>", "date": "2024-06-11T12:00:00Z"},
        "revision": 1,
        **changes,
    }


def test_captures_are_found_before_and_after_they_are_committed(catalog):
    first, second = capture(1), capture(2)
    catalog.add(first)
    catalog.add(second)
    for _ in ("pending", "committed"):
        assert second == catalog.latest(first.url)
        assert first == catalog.by_record_id(first.record_id)
        assert {first, second} == set(catalog.with_payload(Digest("sha1:A")))
        assert catalog.count_captures() == 2
        catalog.flush()
    assert catalog.latest("http://news.example/other") is None


def test_captures_come_in_the_order_of_the_index(catalog):
    urls = ["http://b.example/", "http://a.example/~", "http://a.example/b", "http://a.example/B1"]
    for number, url in enumerate(urls):
        catalog.add(capture(number, url))
    keys = [found.surt for found in catalog.captures()]
    assert keys == sorted(keys, key=str.encode)
    assert [found.record_id for found in catalog.captures("http://b.example/")] == ["<urn:x:0>"]


def test_files_are_known_each_once_whatever_they_are_called(catalog):
    assert catalog.warcs() == set()
    names = ["b.warc.gz", "a.warc.gz", "A.warc", "", "ä b'%.warc.gz", "b.warc.gz-"]
    for number in range(12):
        catalog.add(capture(number, warc=names[number % len(names)]))
    catalog.flush()
    assert catalog.warcs() == set(names)


def test_truncated_captures_and_revisits_are_no_originals(catalog):
    catalog.add(capture(1, truncated="length"))
    catalog.add(capture(2, kind="revisit"))
    catalog.flush()
    assert list(catalog.with_payload(Digest("sha1:A"))) == []


def test_a_revision_is_what_a_reader_would_see(catalog):
    assert catalog.put_article(item(1)) == (1, True)
    assert catalog.put_article(item(2)) == (1, False), "the same again"
    assert catalog.put_article(item(3, sources={"title": "h1"}, extractor="newer")) == (1, False), "nothing to be seen"
    assert catalog.put_article(item(4, title="Ferry on time")) == (2, True)
    assert catalog.put_article(item(5)) == (3, True), "changed back"
    assert [found["revision"] for found in catalog.articles()] == [3]
    assert [found["revision"] for found in catalog.articles(latest=False)] == [1, 2, 3]
    assert catalog.count_articles() == 1


def test_what_readers_do_not_see_makes_no_revision(catalog):
    """The item of the revision stays the one that was committed first."""
    first = item(1, title="The “late” ferry", related_links=[{"url": "http://news.example/b"}], tags=["Sea", "Port"])
    catalog.put_article(first)
    again = item(2, title='The "late"  ferry', related_links=[], tags=["port", "sea"], date_modified="2024-06-12")
    assert catalog.put_article(again).revision == 1
    assert list(catalog.articles(latest=False)) == [first]
    ((row, committed),) = catalog.revisions()
    assert (row.revision, row.latest, row.digest) == (1, 1, item_digest(committed))


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_that_readers_see_makes_a_revision(catalog, name):
    values = {"authors": [{"name": "Ada"}], "images": [{"url": "http://news.example/ferry.png"}], "tags": ["sea"]}
    catalog.put_article(item(1))
    assert catalog.put_article(item(2, **{name: values.get(name, "changed")})).revision == 2


def test_committing_a_capture_again_changes_nothing(catalog):
    """A crashed run may commit the same items once more, even after later ones."""
    catalog.put_article(item(1))
    catalog.put_article(item(2))
    changed = item(3, title="Ferry on time")
    catalog.put_article(changed)
    assert [catalog.put_article(one) for one in (item(1), item(2), changed)] == [(1, True), (1, False), (2, True)]
    assert len(list(catalog.articles(latest=False))) == 2


def test_an_article_keeps_its_keys_in_order_and_its_letters(catalog):
    made = item(1, title="Паром опаздывает", authors=[])
    catalog.put_article(made)
    (found,) = catalog.articles("evening")
    assert list(made.items()) == list(found.items())
    assert list(catalog.articles("another")) == []


def test_an_item_is_committed_with_the_captures_before_it(catalog, database):
    catalog.add(capture(1))
    catalog.put_article(item(1))
    reader = Catalog.open(database, write=False)
    assert [found.record_id for found in reader.captures()] == ["<urn:x:1>"]
    reader.close()


def test_pending_captures_keep_nobody_from_writing(catalog):
    """The frontier writes from the same thread: a lock held between two flushes would stop it for good."""
    catalog.add(capture(1))
    with catalog.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE frontier (url TEXT)")
    catalog.flush()


def test_an_article_is_known_without_tracking(catalog):
    catalog.put_article({**item(1), "url": "https://n.example/a?utm_source=feed&id=7#top"})
    assert catalog.put_article({**item(1), "url": "https://n.example/a?id=7&at_medium=rss"}).revision == 1
    assert len(list(catalog.articles("evening"))) == 1


def test_a_catalog_that_is_none_is_one_clear_line(tmp_path):
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(b"this is no database, " * 100)
    with pytest.raises(StorageFailed, match=r"catalog\.sqlite: file is not a database") as caught:
        Catalog.at(path, write=True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a?b", "a%20b", "a#b", "paper:1"])
def test_a_folder_may_have_any_name(tmp_path, name):
    """None of it is taken for a part of the database's URL."""
    folder = tmp_path / name
    folder.mkdir()
    with closing(Catalog.at(folder / "catalog.sqlite", write=True)) as catalog:
        assert catalog.count_captures() == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (folder / "catalog.sqlite").is_file()


def committed(database):
    """What another process sees of the articles."""
    reader = Catalog.open(database, write=False)
    try:
        return [(found["title"], found["revision"]) for found in reader.articles(latest=False)]
    finally:
        reader.close()


def test_new_articles_are_committed_together_with_the_next_flush(catalog, database):
    catalog.add(capture(1))
    taken = [catalog.take_article({**item(number), "url": f"http://news.example/{number}"}) for number in range(3)]
    assert (taken, committed(database)) == ([(1, True)] * 3, [])
    catalog.flush()
    assert committed(database) == [("Ferry late", 1)] * 3
    assert [found.record_id for found in catalog.captures()] == ["<urn:x:1>"]


def test_an_article_that_waits_to_be_committed_is_known(catalog):
    assert catalog.take_article(item(1)) == (1, True)
    assert catalog.sighting("<urn:x:1>") == (1, True)
    assert catalog.take_article(item(1)) == (1, True), "the same capture again"
    assert catalog.take_article(item(2)) == (1, False)
    assert catalog.take_article(item(3, title="Ferry on time")) == (2, True)
    assert [found["revision"] for found in catalog.articles(latest=False)] == [1, 2]


def test_a_known_article_is_committed_behind_those_that_wait(catalog, database):
    catalog.put_article(item(1))
    catalog.take_article({**item(2), "url": "http://news.example/other"})
    catalog.take_article(item(3, title="Ferry on time"))
    assert committed(database) == [("Ferry late", 1), ("Ferry on time", 2), ("Ferry late", 1)]


def test_a_capture_may_be_of_any_url_and_any_size(catalog):
    """Far longer than what an index of PostgreSQL takes, and not to be compressed."""
    url = f"http://news.example/{sha512_of_many()}"
    large = capture(1, url, offset=2**40, length=2**33)
    catalog.add(large)
    catalog.add(capture(2, f"{url}#other"))
    catalog.flush()
    assert catalog.latest(url) == large
    assert list(catalog.captures(url)) == [large]
    assert catalog.put_article({**item(1), "url": url}).revision == 1
    assert catalog.put_article({**item(2, title="Ferry on time"), "url": url}).revision == 2


def sha512_of_many() -> str:
    return "".join(hashlib.sha512(bytes([number])).hexdigest() for number in range(100))


def test_an_article_is_there_once_whoever_else_writes(catalog, database):
    catalog.put_article(item(1))
    insert_again = insert(articles_table).values(url=item(1)["url"], revision=1, digest="x")
    with (
        closing(Catalog.open(database, write=True)) as other,
        other.writing() as connection,
        pytest.raises(IntegrityError),
    ):
        connection.execute(insert_again)
