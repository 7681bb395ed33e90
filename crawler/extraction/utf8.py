"""Whether bytes are UTF-8."""

import codecs

_PIECE = 1 << 15


def is_utf8(content: bytes) -> bool:
    """Whether they are to the end (RFC 3629); read piece by piece, in memory that is used again."""
    view, place = memoryview(content), 0
    try:
        while place < len(content):
            last = place + _PIECE >= len(content)
            place += codecs.utf_8_decode(view[place : place + _PIECE], "strict", last)[1]
    except UnicodeDecodeError:
        return False
    return True
