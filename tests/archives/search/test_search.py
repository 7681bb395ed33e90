"""What is found, in whatever script, in what order, and where the words stand."""

from contextlib import closing
from datetime import date

import pytest

from archives.catalog import Catalog
from archives.search import results
from archives.search.marks import BEGIN, END
from archives.search.results import Search
from archives.search.wanted import Wanted
from archives.search.writer import SearchWriter

TEXTS = {
    "English": ("Harbour ferry late again", "The harbour ferry was late, the mayor's office said."),
    "German": ("Fähre verspätet", "Die Hafenfähre kam zu spät, weil der Fährmann schlief."),
    "Russian": ("Паром опоздал", "Паром в гавани снова опоздал, сообщила мэрия."),
    "Arabic": ("تأخر العبّارة", "تأخرت العبّارة في الميناء مرة أخرى"),
    "Hindi": ("नौका देर से आई", "बंदरगाह की नौका फिर देर से आई"),
    "Japanese": ("フェリーが遅れる", "港のフェリーがまた遅れた、と市長が述べた。"),
    "Chinese": ("渡轮再次晚点", "市长办公室表示，港口渡轮再次晚点。"),
    "Thai": ("เรือข้ามฟากล่าช้า", "เรือข้ามฟากที่ท่าเรือล่าช้าอีกครั้ง"),
    "Korean": ("여객선 지연", "항구의 여객선이 또 늦었다고 시장이 밝혔다"),
}


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("ferry", "English"),
        ("HARBOUR late", "English"),
        ("mayor's", "English"),
        ('"ferry was late"', "English"),
        ("offi*", "English"),
        ("fahre", "German"),
        ("FÄHRE", "German"),
        ("hafen*", "German"),
        ("гавани", "Russian"),
        ("мэрия паром", "Russian"),
        ("الميناء", "Arabic"),
        ("नौका", "Hindi"),
        ("市長", "Japanese"),
        ("フェリー", "Japanese"),
        ("港口", "Chinese"),
        ("市长 渡轮", "Chinese"),
        ("เรือข้าม", "Thai"),
        ("여객선", "Korean"),
    ],
)
def test_words_are_found_in_any_script(put, found, query, language):
    for title, body in TEXTS.values():
        put(title, body)
    assert found(query) == [TEXTS[language][0]]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("roof school", ["School roof leaks"]),
        ('"school roof"', ["School roof leaks"]),
        ('"roof school"', []),
        ("roof -school", ["Roof garden"]),
        ("title:roof", ["Roof garden", "School roof leaks"]),
        ("title:rain", []),
        ("body:rain", ["School roof leaks"]),
        ("author:lovelace", ["Roof garden"]),
        ("by:lovelace roof", ["Roof garden"]),
        ("tag:green", ["Roof garden"]),
        ("AND", []),
        ("near:roof", []),
        ("-school", []),
        ('"', []),
        ("(roof", ["Roof garden", "School roof leaks"]),
    ],
)
def test_queries(put, found, query, titles):
    put("School roof leaks", "The rain came in.")
    put("Roof garden", "Herbs.", authors=[{"name": "Ada Lovelace", "url": None, "kind": "person"}], tags=["Green city"])
    assert sorted(found(query)) == titles


def test_a_word_in_the_title_counts_more_and_dates_sort_when_asked(put, found):
    put("Council meets", "On the ferry.", date_published="2024-06-12")
    put("Ferry", "It sailed.", date_published="2024-06-10")
    assert found("ferry") == ["Ferry", "Council meets"]
    assert found("ferry", order="date") == ["Council meets", "Ferry"]


def test_filters(put, found):
    ada = [{"name": "Ada Lovelace", "url": None, "kind": "person"}]
    put(
        "One",
        "ferry",
        site="a",
        authors=ada,
        section="City",
        language="en-GB",
        date_published="2024-06-10T23:30:00-05:00",
    )
    put("Two", "ferry", site="b", tags=["Hafen"], language="de", date_published="2024-06-10")
    for text in ("", "ferry"):
        assert found(text, site="a") == ["One"]
        assert found(text, author="ada  lovelace") == ["One"]
        assert found(text, section="city") == ["One"]
        assert found(text, tag="hafen") == ["Two"]
        assert found(text, language="en") == ["One"]
        assert found(text, since=date(2024, 6, 11)) == ["One"], "the day in UTC"
        assert found(text, until=date(2024, 6, 10)) == ["Two"]
        assert found(text, site="b", language="en") == []


def test_what_changed_since_a_day(put, found):
    put("Stays", "ferry")
    url = put("Was", "ferry")
    put("Is", "ferry at last", url=url)
    assert found("ferry", changed_since=date(2024, 6, 11)) == ["Is"]
    assert found("", changed_since=date(2024, 6, 12)) == []


def test_a_changed_article_is_found_as_it_is_now(put, found):
    url = put("Ferry late", "In the morning.")
    put("Ferry sunk", "In the evening.", url=url)
    assert (found("sunk"), found("evening"), found("late"), found("morning")) == (
        ["Ferry sunk"],
        ["Ferry sunk"],
        [],
        [],
    )


def test_found_words_are_marked(put, catalog):
    put("渡轮再次晚点", "市长办公室表示，港口渡轮再次晚点。")
    (hit,) = Search(catalog).find(Wanted(text="渡轮")).hits
    assert hit.title == f"{BEGIN}渡轮{END}再次晚点"
    assert f"{BEGIN}渡轮{END}再次" in hit.snippet


def test_of_many_hits_the_newest_and_those_in_titles_are_ranked(put, catalog, monkeypatch):
    monkeypatch.setattr(results, "MOST", 3)
    put("Ferry", "Old.", index=False)
    for number in range(9):
        put(f"Story {number}", "The ferry.", index=False)
    SearchWriter(catalog).catch_up()
    found = Search(catalog).find(Wanted(text="ferry"))
    assert (found.total, found.more, found.hits[0].card["title"]) == (4, True, "Ferry")
    assert [hit.card["title"] for hit in found.hits[1:]] == ["Story 8", "Story 7", "Story 6"]


def test_lists_of_labels_count_articles(put, catalog):
    put("One", tags=["Ferry", "Harbour"], section="City")
    put("Two", tags=["ferry"], site="other")
    search = Search(catalog)
    assert [(one.label, one.articles) for one in search.labels("tag")] == [("Ferry", 2), ("Harbour", 1)]
    assert [one.label for one in search.labels("tag", site="other")] == ["ferry"]
    assert search.sites() == {"evening": 1, "other": 1}
    assert search.choices("site") == ["evening", "other"]
    assert search.choices("language") == []


def test_labels_of_any_length_and_kind(put, found):
    ends = ["".join(chr(0x4E00 + number * step % 9973) for number in range(5000)) for step in (7, 11)]
    put("Long", tags=ends, section="Ci\0ty", authors=[{"name": "Ada\x0b\0", "url": None, "kind": "person"}])
    assert found(tag=ends[1]) == found(section="city") == found(author="ada\0") == ["Long"]
    assert found(site="no\0where") == found(section="\0") == []


def test_pages_of_results(put, catalog):
    for number in range(7):
        put(f"Story {number}", "ferry", index=False)
    SearchWriter(catalog).catch_up()
    search = Search(catalog)
    for text in ("", "ferry"):
        pages = [search.find(Wanted(text=text), start=start, most=3) for start in (0, 3, 6, 9)]
        assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
        assert {page.total for page in pages} == {7}
        assert len({hit.number for page in pages for hit in page.hits}) == 7


# Keeping up


def test_a_crawl_indexes_a_batch_a_minute_and_the_rest_when_it_ends(put, catalog, found):
    now = [0.0]
    writer = SearchWriter(catalog, clock=lambda: now[0])
    put("Ferry", index=False)
    writer.follow()
    assert (found("ferry"), Search(catalog).waiting()) == ([], 1)
    now[0] = 61.0
    writer.follow()
    assert (found("ferry"), Search(catalog).waiting()) == (["Ferry"], 0)
    for number in range(201):
        put(f"Story {number}", index=False)
    now[0] = 120.0
    writer.follow()
    assert Search(catalog).waiting() == 201
    now[0] = 121.0
    writer.follow()
    assert Search(catalog).waiting() == 1
    assert (writer.catch_up(), Search(catalog).waiting()) == (1, 0)


def test_a_catalog_of_old_is_indexed_by_the_next_writer(put, catalog, place):
    url, name = place
    put("Ferry late")
    server = catalog.engine.dialect.name == "postgresql"
    with catalog.writing() as connection:
        for trigger in ("added", "changed", "gone"):
            connection.exec_driver_sql(f"DROP TRIGGER search_{trigger}{' ON articles' if server else ''}")
        for table in ("text", "documents", "labels", "stale"):
            connection.exec_driver_sql(f"DROP TABLE search_{table}")
    with closing(Catalog.open(url, write=False, name=name)) as reader:
        assert not Search(reader).possible
        assert Search(reader).find(Wanted(text="ferry")).hits == ()
        with closing(Catalog.open(url, write=True, name=name)) as writer:
            assert SearchWriter(writer).catch_up() == 1
        assert [hit.card["title"] for hit in Search(reader).find(Wanted(text="ferry")).hits] == ["Ferry late"]
