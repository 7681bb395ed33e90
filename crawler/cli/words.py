"""Changed words on a terminal, in colours; elsewhere between marks."""

from collections.abc import Iterator
from itertools import chain

from rich.text import Text

from crawler.changes import FieldChange, Part, word_changes
from crawler.export.explained import printable

OLD, NEW = "red strike", "green underline"


def marked(old: str, new: str, *, marks: bool) -> Text:
    """Both texts as one, what was taken out and put in marked: `[-old-]{+new+}` with `marks`, else by colour."""
    return assembled(word_changes(old, new), marks=marks)


def marked_value(field: FieldChange, *, marks: bool) -> Text:
    """A field that is one text, marked word by word; dates, and what there was not or is no more, as a whole."""
    if field.old is not None and field.new is not None and not field.field.startswith("date_"):
        return marked(field.old, field.new, marks=marks)
    return assembled([Part(field.old or "", field.new or "", kept=False)], marks=marks)


def assembled(parts: list[Part], *, marks: bool) -> Text:
    """A row of parts as one text."""
    return Text.assemble(*chain.from_iterable(_pieces(part, marks=marks) for part in parts))


def _pieces(part: Part, *, marks: bool) -> Iterator[tuple[str, str]]:
    old, new = printable(part.old), printable(part.new)
    if part.kept:
        yield new, ""
        return
    for text, before, behind, style in ((old, "[-", "-]", OLD), (new, "{+", "+}", NEW)):
        if text:
            yield (f"{before}{text}{behind}", "") if marks else (text, style)
