"""Texts and queries as the index has them: every database tells the same words apart, and no query is wrong."""

import unicodedata
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from archives.schema import metadata
from archives.search.marks import BEGIN, END, LENGTH, Marks
from archives.search.query import COLUMNS, parse
from archives.search.tables import WEIGHTS
from archives.search.text_index import text_index
from archives.search.words import shown, tokens, words

Matches = Callable[[str, str], bool]
ACCENT = "\N{COMBINING DIAERESIS}"
LETTERS = f"aaAbß_-'\".:* \n\t09½éÅœłŠİıжЁйΣςάأّहिनौ渡輪フェ한ลล่\N{REPLACEMENT CHARACTER}{ACCENT}"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=40)
QUERIES = st.text(st.sampled_from(LETTERS), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def indexes(postgres) -> Iterator[dict[str, Matches]]:
    """Name of a database → whether an article with texts is found there by a query."""
    engines = {"SQLite": sa.create_engine("sqlite://"), "PostgreSQL": sa.create_engine(postgres.database())}
    connections = {name: engine.connect() for name, engine in engines.items()}
    for connection in connections.values():
        metadata.create_all(connection)
        text_index(connection).create(connection)
        connection.commit()
    yield {name: _matches_in(connection) for name, connection in connections.items()}
    for name, engine in engines.items():
        connections[name].close()
        engine.dispose()


def _matches_in(connection: sa.Connection) -> Matches:
    index = text_index(connection)
    found = sa.text(f"SELECT count(*) FROM search_text WHERE {index.matches}")

    def matches(query: str, **columns: str) -> bool:
        asked = parse(query)
        if asked is None:
            return False
        index.add(connection, [{"id": 1, **{column: words(columns.get(column)) for column in WEIGHTS}}])
        there = connection.execute(found, {"match": index.match(asked)}).scalar_one()
        connection.rollback()
        return bool(there)

    return matches


@given(text=TEXTS, query=QUERIES, phrase=st.booleans(), prefix=st.booleans(), no=st.booleans())
def test_every_database_finds_the_same(indexes, text, query, phrase, prefix, no):
    asked = f'"{query}"' if phrase else query + "*" * prefix
    asked = f"common -{asked}" if no else asked
    found = {name: matches(asked, title="common", body=text) for name, matches in indexes.items()}
    assert len(set(found.values())) == 1, found


@given(text=TEXTS.filter(lambda text: ACCENT not in words(text)), column=st.sampled_from(sorted(COLUMNS)))
def test_a_text_is_found_by_each_of_its_words_in_its_column(indexes, text, column):
    for token in tokens(words(text)):
        for name, matches in indexes.items():
            assert matches(f'{column}:"{token}"', **{COLUMNS[column]: text}), (name, token)
            elsewhere = "body" if COLUMNS[column] != "body" else "title"
            assert not matches(f'{column}:"{token}"', **{elsewhere: text}), (name, token)


@given(st.text(max_size=60))
def test_no_query_is_wrong(indexes, query):
    for matches in indexes.values():
        matches(query, title="Ferry", body="It was late.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"ferry late"', True),
        ('"late again"', False),  # the title ends, the body begins
        ('"ferry la"', False),
        ("harb*", True),
        ("title:harb*", False),
        ('body:"again in the harbour" -title:again', True),
        ("ferry -harb*", False),
        ("ferry -title:harbour", True),
    ],
)
def test_columns_and_phrases(indexes, query, found):
    for name, matches in indexes.items():
        assert matches(query, title="Ferry late", body="Again in the harbour") == found, name


@pytest.mark.parametrize(
    "body",
    [
        "many " * 30_000 + "needle",
        "".join(f"w{number} " for number in range(20_000)) + "needle",
        f"needle {'long' * 3000} ",
        f"{'渡' * 3000} needle",
        "needle " + "".join(f"{number:08d}{'z' * 20} " for number in range(60_000)),
    ],
    ids=["often", "far", "long word", "unspaced", "many words"],
)
def test_a_text_of_any_size_is_indexed(indexes, body):
    for name, matches in indexes.items():
        assert matches("needle", body=body), name


def test_a_word_of_any_length_is_found(indexes):
    for name, matches in indexes.items():
        assert matches("long" * 90, body="long" * 90), name


@given(st.text())
def test_a_text_is_shown_as_it_was(text):
    """But for what nobody sees, and in one form where Unicode has two."""
    unseen = {*map(chr, range(9)), *map(chr, range(0x0B, 0x20)), "\x7f", "\u200b"}
    assert shown(words(text)) == unicodedata.normalize("NFC", "".join(one for one in text if one not in unseen))


# Where they stand


def marked(query: str, text: str, column: str = "title") -> str:
    whole = Marks(parse(query), column).whole(words(text))
    return whole.replace(BEGIN, "[").replace(END, "]")


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("ferry", "Ferry, ferries; the FERRY.", "[Ferry], ferries; the [FERRY]."),
        ("ferr*", "Ferry, ferries", "[Ferry], [ferries]"),
        ('"the ferry"', "The  ferry and the ferry", "[The  ferry] and [the ferry]"),
        ("fahre", "Fähre und Fährmann", "[Fähre] und Fährmann"),
        ("mayor's", "The mayor’s", "The [mayor’s]"),
        ("body:ferry late", "Ferry late", "Ferry [late]"),
        ("ferry -late", "Ferry late", "[Ferry] late"),
        ("渡轮", "渡轮再次晚点", "[渡轮]再次晚点"),
        ('ferry "ferry late"', "Ferry late", "[Ferry late]"),
    ],
)
def test_words_are_marked(query, text, shown):
    assert marked(query, text) == shown


def test_a_snippet_is_where_most_of_the_words_stand():
    text = "The ferry. " + "Other things. " * 100 + "The ferry was late. " + "Other things. " * 100
    snippet = Marks(parse("ferry late"), "body").snippet(text)
    assert f"{BEGIN}ferry{END} was {BEGIN}late{END}" in snippet
    assert (snippet[0], snippet[-1], len(tokens(snippet))) == ("…", "…", LENGTH)


def test_a_snippet_without_the_words_is_how_it_begins():
    marks = Marks(parse("title:ferry"), "body")
    assert marks.snippet("“One two.”") == "“One two.”"
    assert marks.snippet("one " * 50) == "one " * (LENGTH - 1) + "one…"


@given(TEXTS, QUERIES)
def test_marks_change_nothing(text, query):
    asked = parse(query)
    if asked is not None:
        marks = Marks(asked, "body")
        for made in (marks.whole(words(text)), marks.snippet(words(text)).replace("…", "")):
            assert made.replace(BEGIN, "").replace(END, "") == shown(words(text))
