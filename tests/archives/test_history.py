"""The catalog's articles over time."""

import pytest
import sqlalchemy as sa

from archives.catalog import Catalog
from archives.cdxj import Capture
from archives.digests import Digest
from archives.history import Cursor, History
from archives.surt import surt
from archives.takedown.withheld import put_back, take_out

URL = "http://news.example/a"


@pytest.fixture
def catalog(database):
    opened = Catalog.open(database, write=True)
    yield opened
    opened.close()


def capture(catalog, number, url=URL, status=200):
    date = f"2024-06-11T12:00:{number:02d}.000000Z"
    made = Capture(
        url=url, surt=surt(url), timestamp=f"202406111200{number:02d}", date=date, warc="x.warc.gz", offset=number,
        length=1, record_id=f"<urn:x:{number}>", payload_digest=Digest(f"sha1:{number}"), status=status,
        mime="text/html", kind="response", framing="", truncated=None, refers_to=None, etag=None, last_modified=None,
        method="GET",
    )  # fmt: skip
    catalog.add(made)
    return {"record_id": made.record_id, "date": date}


def put(catalog, number, title="Ferry late", url=URL, site="evening"):
    item = {"url": url, "site": site, "title": title, "capture": capture(catalog, number, url), "revision": 1}
    return catalog.put_article(item).revision


def remove(catalog, number, url=URL, status=410):
    return catalog.put_removal(url, **capture(catalog, number, url, status), reason=f"status {status}")


def told(catalog, since="0.0", site=None):
    found = History(catalog).happenings(Cursor.parse(since), site=site)
    return [(str(one.cursor), one.item["title"], one.removed, one.before and one.before["title"]) for one in found]


def test_changes_come_in_order_and_once(catalog):
    put(catalog, 1)
    put(catalog, 2, "Other", url="http://news.example/b", site="morning")
    put(catalog, 3, "Ferry on time")
    assert remove(catalog, 4)
    put(catalog, 5, "Ferry sunk")
    expected = [
        ("3.0", "Ferry on time", None, "Ferry late"),
        ("3.1", "Ferry on time", "status 410", None),
        ("4.1", "Ferry sunk", None, "Ferry on time"),
        ("4.2", "Ferry sunk", None, None),
    ]
    assert told(catalog) == expected
    for place, (cursor, *_) in enumerate(expected, 1):
        assert told(catalog, cursor) == expected[place:]
    assert told(catalog, site="evening") == expected
    assert told(catalog, site="morning") == []


def test_a_story_is_gone_once(catalog):
    put(catalog, 1)
    assert remove(catalog, 2)
    assert not remove(catalog, 3)
    assert not remove(catalog, 4, "http://news.example/never-captured")
    catalog.flush()
    (article,) = [History(catalog).article([URL])]
    looks = History(catalog).captures(article)
    assert [(look.status, look.revision, look.removed, look.returned) for look in looks] == [
        (200, 1, None, False),
        (410, None, "status 410", False),
        (410, None, None, False),
    ]


def test_a_story_that_is_there_again_unchanged(catalog):
    put(catalog, 1)
    remove(catalog, 2)
    assert put(catalog, 3) == 1
    assert [(cursor, removed) for cursor, _, removed, _ in told(catalog)] == [("0.1", "status 410"), ("0.2", None)]
    article = History(catalog).article(["http://news.example/other", f"{URL}?utm_source=feed"])
    assert [look.returned for look in History(catalog).captures(article)] == [False, False, True]


def test_a_removal_goes_with_its_article(catalog):
    """What a power cut took back was never there."""
    put(catalog, 1)
    remove(catalog, 2)
    put(catalog, 3, "Other", url="http://news.example/b")
    catalog.flush()
    catalog.of_warc("x.warc.gz").drop_behind(2)
    assert told(catalog) == []
    remove(catalog, 4)
    catalog.flush()
    catalog.of_warc("x.warc.gz").drop_behind(1)
    assert History(catalog).article([URL]) is None


def test_no_number_of_a_revision_comes_twice(catalog):
    """Whoever has read up to a revision that was taken back must not miss the next."""
    put(catalog, 1)
    put(catalog, 2, "Ferry on time")
    ((cursor, *_),) = told(catalog)
    catalog.flush()
    catalog.of_warc("x.warc.gz").drop_behind(2)
    put(catalog, 3, "Ferry sunk")
    assert [title for _, title, _, _ in told(catalog, cursor)] == ["Ferry sunk"]


def test_a_catalog_of_old_knows_of_no_removals(catalog, database):
    put(catalog, 1)
    put(catalog, 2, "Ferry on time")
    with catalog.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE removals"))
    reader = Catalog.open(database, write=False)
    assert [title for _, title, _, _ in told(reader)] == ["Ferry on time"]
    assert len(History(reader).captures(History(reader).article([URL]))) == 2
    reader.close()


@pytest.mark.parametrize("text", ["", "1", "1.2.3", "a.b", "-1.0", "1.٣"])
def test_what_is_no_cursor(text):
    with pytest.raises(ValueError):
        Cursor.parse(text)


NEW = "http://news.example/where-it-is-now"


def shown(catalog, url=NEW):
    """What is known of an article: revision → headline; nothing, where there is none."""
    article = History(catalog).article([url])
    return article and {number: item["title"] for number, item in History(catalog).revisions(article).items()}


def test_a_story_that_moved_is_known_by_its_new_address(catalog):
    put(catalog, 1)
    catalog.move_article(URL, NEW)
    assert (shown(catalog, URL), shown(catalog)) == (None, {1: "Ferry late"})
    assert put(catalog, 2, "Ferry sunk", NEW) == 2


def test_what_was_seen_at_the_new_address_first_is_what_became_of_the_story(catalog):
    """Who had followed the changes until then is told what was not told before, and nothing twice."""
    put(catalog, 1)
    put(catalog, 2, "Ferry on time")
    put(catalog, 3, "Ferry sunk", NEW)
    put(catalog, 4, "Ferry raised", NEW)
    remove(catalog, 5, NEW)
    before = told(catalog)
    catalog.move_article(URL, NEW)
    assert (shown(catalog, URL), shown(catalog)) == (
        None,
        {1: "Ferry late", 2: "Ferry on time", 3: "Ferry sunk", 4: "Ferry raised"},
    )
    assert told(catalog, before[-1][0]) == [("5.1", "Ferry sunk", None, "Ferry on time")]
    article = History(catalog).article([NEW])
    looks = History(catalog).captures(article)
    assert [(look.revision, look.removed) for look in looks] == [
        (1, None),
        (2, None),
        (3, None),
        (4, None),
        (None, "status 410"),
    ]
    assert put(catalog, 6, "Ferry lost", NEW) == 5


def test_the_same_at_the_new_address_is_no_change(catalog):
    put(catalog, 1)
    remove(catalog, 2)
    put(catalog, 3, url=NEW)
    put(catalog, 4, "Ferry sunk", NEW)
    before = told(catalog)
    catalog.move_article(URL, NEW)
    assert shown(catalog) == {1: "Ferry late", 2: "Ferry sunk"}
    assert [removed for *_, removed, _ in told(catalog)] == ["status 410", None, None]
    assert [title for _, title, *_ in told(catalog, max(cursor for cursor, *_ in before))] == ["Ferry late"]
    assert [look.revision for look in History(catalog).captures(History(catalog).article([NEW]))] == [1, None, 1, 2]


def test_articles_that_changed_in_turns_stay_two(catalog):
    put(catalog, 1)
    put(catalog, 2, "Ferry sunk", NEW)
    put(catalog, 3, "Ferry on time")
    catalog.move_article(URL, NEW)
    assert (shown(catalog, URL), shown(catalog)) == ({1: "Ferry late", 2: "Ferry on time"}, {1: "Ferry sunk"})


def test_what_is_no_article_does_not_move(catalog):
    put(catalog, 1, url=NEW)
    catalog.move_article(URL, NEW)
    catalog.move_article(f"{NEW}?utm_source=feed", NEW)
    assert (shown(catalog, URL), shown(catalog)) == (None, {1: "Ferry late"})


def hidden(catalog, *numbers):
    take_out(catalog, [f"<urn:x:{number}>" for number in numbers], {}, keep=True)


def undone(catalog, **urls):
    for number, url in urls.items():
        capture(catalog, int(number[1:]), url)
    catalog.flush()
    put_back(catalog, [f"<urn:x:{number[1:]}>" for number in urls])


def test_a_takedown_of_a_story_that_moved_is_undone(catalog):
    put(catalog, 1)
    put(catalog, 2, "Ferry sunk", NEW)
    catalog.move_article(URL, NEW)
    hidden(catalog, 2)
    assert (shown(catalog, URL), shown(catalog)) == (None, {1: "Ferry late"})
    undone(catalog, n2=NEW)
    assert (shown(catalog, URL), shown(catalog)) == (None, {1: "Ferry late", 2: "Ferry sunk"})
    hidden(catalog, 1, 2)
    assert shown(catalog) is None
    undone(catalog, n1=URL, n2=NEW)
    assert (shown(catalog, URL), shown(catalog)) == (None, {1: "Ferry late", 2: "Ferry sunk"})


def test_what_is_hidden_while_its_story_moves_comes_back_to_it(catalog):
    put(catalog, 1)
    put(catalog, 2, "Ferry sunk")
    hidden(catalog, 1)
    catalog.move_article(URL, NEW)
    put(catalog, 3, "Ferry raised", NEW)
    undone(catalog, n1=URL)
    assert (shown(catalog, URL), shown(catalog)) == (None, {1: "Ferry late", 2: "Ferry sunk", 3: "Ferry raised"})


def test_what_is_hidden_of_two_that_stay_two_comes_back_to_its_own(catalog):
    put(catalog, 1)
    put(catalog, 2, "Ferry sunk", NEW)
    put(catalog, 3, "Ferry on time")
    hidden(catalog, 1)
    catalog.move_article(URL, NEW)
    undone(catalog, n1=URL)
    assert (shown(catalog, URL), shown(catalog)) == ({1: "Ferry late", 2: "Ferry on time"}, {1: "Ferry sunk"})
