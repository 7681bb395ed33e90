"""How text and tables for a person are printed: whole, however narrow the terminal is."""

import os
from collections.abc import Iterator

import click
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table

_AS_WIDE_AS_NEED_BE = 1_000_000
"""Columns; text and tables take no more of them than they need."""
_WHOLE_WORD = 20
"""Characters of the longest word that is not folded while another column has room: times and figures, not addresses."""


def print_text(*parts: RenderableType) -> None:
    """Texts and tables on standard output, one below the other: as wide as the terminal, in a pipe or file unfolded.

    COLUMNS, where it is set, says how wide in either.
    """
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _AS_WIDE_AS_NEED_BE
    for part in parts:
        if isinstance(part, Table):
            _fit(part, console)
        if console.is_terminal:
            console.print(part)
        else:
            click.echo("\n".join(_lines(part, console)))


def _lines(part: RenderableType, console: Console) -> Iterator[str]:
    """What is printed of a part, without the blanks behind it."""
    with console.capture() as printed:
        console.print(part)
    yield from (line.rstrip() for line in printed.get().splitlines())


def minute(moment: str | None) -> str:
    """A moment in ISO 8601 as tables have it: '2024-06-11 10:00', which may be folded between day and time."""
    return (moment or "")[:16].replace("T", " ")


def _fit(table: Table, console: Console) -> None:
    """Give a table that is wider than the terminal narrower columns, in which text is folded and not cut off."""
    sizes = [
        [Measurement.get(console, console.options, cell) for cell in (column.header, *column.cells)]
        for column in table.columns
    ]
    widths = [max(size.maximum for size in column) for column in sizes]
    if Measurement.get(console, console.options.update(width=_AS_WIDE_AS_NEED_BE), table).maximum <= console.width:
        return
    table.padding = (0, 1, 0, 0)
    words = [min(max(size.minimum for size in column), _WHOLE_WORD) for column in sizes]
    for column, width in zip(table.columns, _shared(console.width - len(widths), widths, words), strict=True):
        column.width, column.overflow = width, "fold"


def _shared(room: int, widths: list[int], least: list[int]) -> list[int]:
    """Widths of columns in `room`: the widest give way first, and below its `least` none while another one can."""
    shared = list(widths)
    while sum(shared) > max(room, len(shared)):
        able = [number for number, width in enumerate(shared) if width > least[number]] or range(len(shared))
        shared[max(able, key=shared.__getitem__)] -= 1
    return shared


def figure(count: int | None, *, whole: bool) -> str:
    """A figure of a run; one that is not whole is no less than that; nothing, if it is not known."""
    return "" if count is None else f"{count:,}" if whole else f"≥ {count:,}"
