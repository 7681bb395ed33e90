"""`crawler.extraction.utf8` without making text of the bytes: most of a page is ASCII, and is passed by in eights, four at a time."""

from libc.stdint cimport uint64_t
from libc.string cimport memcpy

cdef uint64_t HIGH_BITS = 0x8080808080808080


def is_utf8(bytes content):
    """Whether they are to the end."""
    cdef const unsigned char* place = content
    cdef const unsigned char* end = place + len(content)
    cdef uint64_t[4] eights
    cdef int size
    while place < end:
        if end - place >= 32:
            memcpy(eights, place, 32)
            if not (eights[0] | eights[1] | eights[2] | eights[3]) & HIGH_BITS:
                place += 32
                continue
            if not eights[0] & HIGH_BITS:
                place += 8
                continue
        size = _length(place, end)
        if size == 0:
            return False
        place += size
    return True


cdef inline int _length(const unsigned char* first, const unsigned char* end) noexcept:
    """Bytes of the character that begins here, by the table of RFC 3629, section 4; 0 if they are none."""
    cdef unsigned char lead = first[0], least = 0x80, most = 0xBF
    cdef int size, place
    if lead < 0x80:
        return 1
    size = 2 if 0xC2 <= lead <= 0xDF else 3 if 0xE0 <= lead <= 0xEF else 4 if 0xF0 <= lead <= 0xF4 else 0
    if size == 0 or end - first < size:
        return 0
    if lead == 0xE0:
        least = 0xA0
    elif lead == 0xED:
        most = 0x9F
    elif lead == 0xF0:
        least = 0x90
    elif lead == 0xF4:
        most = 0x8F
    if not least <= first[1] <= most:
        return 0
    for place in range(2, size):
        if first[place] & 0xC0 != 0x80:
            return 0
    return size
