"""A word by word comparison in rows, a paragraph each."""

from collections.abc import Iterator

from crawler.changes.words import Part


def paragraphs(parts: list[Part]) -> Iterator[list[Part]]:
    """The parts by paragraphs; one ends where both texts, or the one that is there, have a break."""
    row: list[Part] = []
    for part in parts:
        for number, piece in enumerate(_split(part)):
            if number and row:
                yield row
            if number:
                row = []
            if piece.old or piece.new:
                row.append(piece)
    if row:
        yield row


def _split(part: Part) -> list[Part]:
    if part.kept:
        olds, news = part.old.split("\n\n"), part.new.split("\n\n")
        if len(olds) == len(news):
            return [Part(old, new, kept=True) for old, new in zip(olds, news, strict=True)]
    elif not part.old:
        return [Part("", text, kept=False) for text in part.new.split("\n\n")]
    elif not part.new:
        return [Part(text, "", kept=False) for text in part.old.split("\n\n")]
    return [part]
