"""Pictures made of numbers: small PNG files, each with a sky, a horizon and a light of its own."""

import struct
import zlib
from functools import lru_cache
from random import Random

Colour = tuple[int, int, int]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RATIO = 9 / 16
WIDTHS = (96, 320)
"""What is offered; other widths get the nearest."""


@lru_cache(maxsize=512)
def picture(number: int, width: int = WIDTHS[-1]) -> bytes:
    """The PNG file of a picture's number."""
    width = min(WIDTHS, key=lambda offered: abs(offered - width))
    height = round(width * _RATIO)
    rng = Random(number)  # noqa: S311 - a picture, not a secret
    sky, glow, ground = _colour(rng, 90), _colour(rng, 170), _colour(rng, 20)
    horizon = height * rng.uniform(0.45, 0.75)
    sun = rng.randrange(width)
    rows = []
    for y in range(height):
        base = _mix(sky, glow, y / horizon) if y < horizon else _mix(ground, glow, 0.35 * (height - y) / height)
        rows.append(b"\0" + _row(base, glow, sun, width, reach=width / 5 if y < horizon else width / 12))
    return png(width, height, b"".join(rows))


def icon() -> bytes:
    """The favicon: a PNG of 16 by 16 in an ICO file."""
    edge, paper = (20, 60, 90), (240, 236, 222)
    inside = [[1 < x < 14 and 1 < y < 14 and (y % 3 or x < 3 or x > 12) for x in range(16)] for y in range(16)]
    rows = b"".join(b"\0" + b"".join(bytes(paper if one else edge) for one in row) for row in inside)
    image = png(16, 16, rows)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 24, len(image), 22) + image


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG of 8-bit RGB rows, each with its filter byte."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return _SIGNATURE + _part(b"IHDR", header) + _part(b"IDAT", zlib.compress(rows, 9)) + _part(b"IEND", b"")


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _row(base: Colour, glow: Colour, sun: int, width: int, *, reach: float) -> bytes:
    row = bytearray(bytes(base) * width)
    for x in range(max(0, int(sun - reach)), min(width, int(sun + reach))):
        row[3 * x : 3 * x + 3] = bytes(_mix(glow, base, abs(x - sun) / reach))
    return bytes(row)


def _colour(rng: Random, floor: int) -> Colour:
    return (floor + rng.randrange(80), floor + rng.randrange(80), floor + rng.randrange(80))


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    share = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)
