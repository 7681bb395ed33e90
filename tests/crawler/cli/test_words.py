"""Changed words as a terminal shows them, and paragraphs with what changed in them."""

import pytest

from crawler.changes import paragraphs, word_changes
from crawler.cli.words import NEW, OLD, marked

BEFORE = "The ferry is late.\n\nNobody knows why.\n\nIt sails on Monday."


def test_on_a_terminal_words_are_coloured():
    text = marked("The ferry is late.", "The ferry was late.", marks=False)
    assert text.plain == "The ferry is was late."
    assert [(text.plain[span.start : span.end], span.style) for span in text.spans] == [("is ", OLD), ("was ", NEW)]


def test_elsewhere_they_stand_between_marks():
    assert marked("The ferry is late.", "The ferry was late.", marks=True).plain == "The ferry [-is -]{+was +}late."


def test_nothing_of_a_page_comes_to_life():
    assert "\x1b" not in marked("\x1b[2J", "\x1b[31mred", marks=False).plain


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(BEFORE, [True, True, True], id="same"),
        pytest.param(BEFORE.replace("Monday", "Friday"), [True, True, False], id="edited"),
        pytest.param(BEFORE.replace("Nobody knows why.\n\n", ""), [True, False, True], id="taken-out"),
        pytest.param(f"{BEFORE}\n\nCorrection: it does not.", [True, True, True, False], id="put-in"),
        pytest.param("Something else altogether", [False], id="rewritten"),
    ],
)
def test_paragraphs_that_are_kept(after, expected):
    rows = paragraphs(word_changes(BEFORE, after))
    assert [all(part.kept for part in row) for row in rows] == expected
