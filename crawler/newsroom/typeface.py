"""A typeface made of code: a TrueType font of geometric shapes, each a bar of another height, wrapped as WOFF."""

import struct
import zlib
from functools import cache

_UNITS = 1000
_FIRST, _LAST = 0x25A0, 0x25A9  # geometric shapes, ■ among them; glyph 0 stands for all else
_WIDTH = 600
Table = tuple[bytes, bytes]


@cache
def woff() -> bytes:
    """The font as a WOFF 1.0 file."""
    tables = _tables()
    sfnt_size = 12 + 16 * len(tables) + sum(_padded(len(content)) for _, content in tables)
    offset = 44 + 20 * len(tables)
    directory, body = b"", b""
    for tag, content in tables:
        packed = min(zlib.compress(content, 9), content, key=len)
        directory += tag + struct.pack(">IIII", offset, len(packed), len(content), _sum(content))
        body += packed.ljust(_padded(len(packed)), b"\0")
        offset += _padded(len(packed))
    header = struct.pack(">4sIIHHIHHIIIII", b"wOFF", 0x00010000, offset, len(tables), 0, sfnt_size, 1, 0, *[0] * 5)
    return header + directory + body


def _tables() -> list[Table]:
    glyphs = [_bar(700)] + [_bar(400 + 30 * number) for number in range(_LAST - _FIRST + 1)]
    offsets = [sum(map(len, glyphs[:number])) // 2 for number in range(len(glyphs) + 1)]
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": b"".join(glyphs),
        b"head": _head(),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, _WIDTH, 0, 0, 500, 1, *[0] * 7, len(glyphs)),
        b"hmtx": struct.pack(">Hh", _WIDTH, 100) * len(glyphs),
        b"loca": struct.pack(f">{len(offsets)}H", *offsets),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, len(glyphs), 4, 1, 0, 0, 1, *[0] * 8),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _adjusted(sorted(tables.items()))


def _bar(height: int) -> bytes:
    """One contour of four points, all on the curve."""
    outline = struct.pack(">hhhhhHH", 1, 100, 0, 500, height, 3, 0) + b"\x01" * 4
    return outline + struct.pack(">hhhh", 100, 400, 0, -400) + struct.pack(">hhhh", 0, 0, height, 0)


def _head() -> bytes:
    bounds = (100, 0, 500, 700)
    return struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, _UNITS, 0, 0, *bounds, 0, 8, 2, 0, 0)


def _cmap() -> bytes:
    """Format 4, two segments: the shapes, and the end mark."""
    fields = (4, 32, 0, 4, 4, 1, 0, _LAST, 0xFFFF, 0, _FIRST, 0xFFFF, (1 - _FIRST) & 0xFFFF, 1, 0, 0)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">16H", *fields)


def _name() -> bytes:
    texts = {1: "Selmark Marks", 2: "Regular", 3: "Selmark Marks 1", 4: "Selmark Marks", 6: "SelmarkMarks"}
    records, storage = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(storage))
        storage += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + storage


def _os2() -> bytes:
    script = (650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0)
    head = struct.pack(">HhHHH11h", 3, _WIDTH, 400, 5, 0, *script) + bytes(10)
    ranges = struct.pack(">IIII4sHHH", 1, 0, 0, 0, b"SELM", 0x40, _FIRST, _LAST)
    return head + ranges + struct.pack(">hhhHHIIhhHHH", 800, -200, 0, 800, 200, 1, 0, 500, 700, 0, 32, 1)


def _adjusted(tables: list[Table]) -> list[Table]:
    """With the checksum of the whole file in `head`, as the OpenType specification reckons it."""
    offset = 12 + 16 * len(tables)
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128)
    for tag, content in tables:
        directory += tag + struct.pack(">III", _sum(content), offset, len(content))
        offset += _padded(len(content))
    whole = directory + b"".join(content.ljust(_padded(len(content)), b"\0") for _, content in tables)
    adjustment = struct.pack(">I", (0xB1B0AFBA - _sum(whole)) & 0xFFFFFFFF)
    return [(tag, content[:8] + adjustment + content[12:] if tag == b"head" else content) for tag, content in tables]


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _sum(content: bytes) -> int:
    padded = content.ljust(_padded(len(content)), b"\0")
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF
