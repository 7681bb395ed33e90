"""Broken JSON as pages print it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.json_repair import read_json
from tests.support.endless import must_end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a": 1}', [{"a": 1}], id="sound"),
        pytest.param('{"a": [1, 2,], "b": {"c": 1,},}', [{"a": [1, 2], "b": {"c": 1}}], id="trailing commas"),
        pytest.param('{"a": 1, , }', [{"a": 1}], id="commas in a row"),
        pytest.param('{"a": "one\ntwo"}', [{"a": "one\ntwo"}], id="raw newline"),
        pytest.param(
            '{"a": 1 /* one */, // two\n "b": "//x"}', [{"a": 1, "b": "//x"}], id="comments, and none in strings"
        ),
        pytest.param("{&quot;a&quot;: &quot;b&quot;}", [{"a": "b"}], id="entities for quotes"),
        pytest.param('<!--\n{"a": 1}\n-->', [{"a": 1}], id="in an HTML comment"),
        pytest.param('//<![CDATA[\n{"a": 1}\n//]]>', [{"a": 1}], id="in CDATA"),
        pytest.param('{"a": 1};', [{"a": 1}], id="semicolon after it"),
        pytest.param('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}], id="two in a row"),
        pytest.param(r'{"a": "it\'s"}', [{"a": "it's"}], id="escape that JSON has not"),
        pytest.param('{"a": ["b", {"c": "d', [{"a": ["b", {"c": "d"}]}], id="cut off"),
        pytest.param(r'{"a": "\ud83d\ude00 \ud83d \uDE00"}', [{"a": "😀 \ufffd \ufffd"}], id="half characters"),
        pytest.param("no json", [], id="none"),
        pytest.param("", [], id="empty"),
        pytest.param(
            '{"@type": "NewsArticle", "headline": "A "quoted" word", "datePublished": "2024-05-01"}',
            [{"@type": "NewsArticle", "datePublished": "2024-05-01"}],
            id="quotes inside a string: the rest is saved",
        ),
    ],
)
def test_read_json(text, expected):
    assert expected == read_json(text)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _VALUES, min_size=1))
def test_sound_json_is_read_as_it_is(value):
    """Repair never changes what needs none."""
    assert [value] == read_json(json.dumps(value))


@given(st.text(alphabet='{}[]",:\\/*a1 \n'))
def test_any_text_ends(text):
    """Whatever stands in the script, there is an answer."""
    assert isinstance(read_json(text), list)


@must_end
@pytest.mark.parametrize("piece", ['\\"', " ,", "/*", "[", '"@type":', '{"a":', '"', " "], ids=repr)
def test_long_nonsense_takes_linear_time(piece):
    read_json('{"@type": "x' + piece * 400_000)
    read_json('{"@type": ' + piece * 400_000)
