"""Laws of the comparison of two texts and of two items."""

import random
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.seen import FIELDS, plain, show_the_same
from crawler.changes import compare, word_changes

PIECES = ["ferry ", "late ", "the ", "the", "“", '"', "\n\n", "\n", " ", ". ", "訂正", "港", "हिन्दी ", "3.5 ", "’"]
WORDS = st.sampled_from(PIECES)
TEXTS = st.lists(WORDS, max_size=60).map("".join) | st.text(max_size=60)
VALUES = {
    "authors": st.lists(st.fixed_dictionaries({"name": TEXTS, "kind": st.just("person")}), max_size=2),
    "images": st.lists(st.fixed_dictionaries({"url": TEXTS, "caption": TEXTS, "credit": st.none()}), max_size=2),
    "tags": st.lists(TEXTS, max_size=3),
    "access": st.sampled_from([None, "free", "metered", "paywalled"]),
    "date_modified": st.sampled_from([None, "2024-06-11", "2024-06-11T10:00:00Z", "2024-06-12T10:00:00+03:00"]),
}
ITEMS = st.fixed_dictionaries({name: VALUES.get(name, TEXTS) for name in (*FIELDS, "date_modified")})


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(part.kept for part in word_changes(text, text))


@given(TEXTS, TEXTS)
def test_the_parts_are_both_texts(old, new):
    """Whoever applies the changes to the one text has the other."""
    parts = word_changes(old, new)
    assert "".join(part.old for part in parts) == old
    assert "".join(part.new for part in parts) == new
    assert all(part.old or part.new for part in parts)


@given(TEXTS, TEXTS)
def test_what_is_kept_looks_the_same(old, new):
    for part in word_changes(old, new):
        if part.kept:
            assert "".join(plain(part.old).split()) == "".join(plain(part.new).split())


@given(ITEMS)
def test_an_item_does_not_differ_from_itself(item):
    assert compare(item, item).fields == compare(item, item).kinds == ()


@given(ITEMS, ITEMS)
def test_a_change_has_a_kind_and_its_fields_lead_from_one_item_to_the_other(old, new):
    change = compare(old, new)
    assert bool(change.kinds) == bool(change.fields) == (not show_the_same(old, new))
    applied = old | {field.field: field.new for field in change.fields}
    assert show_the_same(applied, new)
    assert all(old[field.field] == field.old for field in change.fields)


def words(draw, count):
    return " ".join(draw(number) for number in range(count))


HOSTILE = {
    "one-word": lambda count: ("a " * count, f"b {'a ' * count}c"),
    "two-words": lambda count: tuple(words(lambda _: random.choice("ab"), count) for _ in "ab"),
    "few-words": lambda count: tuple(words(lambda _: random.choice(ascii_lowercase), count) for _ in "ab"),
    "backwards": lambda count: (words(str, count), words(lambda number: str(count - number), count)),
    "landmarks": lambda count: tuple(
        words(lambda number: f"x{number}" if number % 90 == 0 else random.choice("ab"), count) for _ in "ab"
    ),
    "paragraphs": lambda count: ("a\n\n" * count, "a\n\nb\n\n" * count),
    "no-blanks": lambda count: ("x" * 8 * count, "x" * 8 * count + "y"),
    "signs": lambda count: ("'" * count + "a", "-" * count + "'a"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("texts", HOSTILE.values(), ids=HOSTILE)
def test_nobody_stops_a_crawl_with_a_long_page(texts):
    """100,000 words are a matter of seconds; in a time that grows with the square they would be one of hours."""
    random.seed(1)
    old, new = texts(100_000)
    assert "".join(part.new for part in word_changes(old, new)) == new
