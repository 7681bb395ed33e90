"""`crawler.extraction.class_words` for the compiled walk: words are cut out letter by letter, not by expressions."""

from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_FromStringAndSize

from crawler.extraction import class_words as plain

cdef int LONGEST = plain.LONGEST, SHORTEST = plain.SHORTEST
cdef dict BY_OPENING = plain.BY_OPENING
cdef long long PAIRED = plain.PAIRED
cdef frozenset FIRST_HALVES = plain.FIRST_HALVES
cdef object plain_word_signs = plain.word_signs
cdef enum:
    MOST_KNOWN = 32768
cdef dict known = {}, known_words = {}


cdef long long class_signs(str names) except? -1:
    """What the plain function of this name gives."""
    names = names[: LONGEST + 1]  # what is longer says no more, and is told apart by one letter
    found = known.get(names)
    if found is None:
        if len(known) >= MOST_KNOWN:
            known.clear()
        found = known[names] = _read(names) if names.isascii() else plain.class_signs(names)
    return found


cdef long long _read(str names) except? -1:
    cdef Py_ssize_t size, place, start = 0
    cdef const char* letters = PyUnicode_AsUTF8AndSize(names, &size)
    cdef bytearray lowered = bytearray(names[:LONGEST].lower(), "ascii")
    cdef char* lower = lowered
    cdef long long found = 0
    cdef str previous = "", word
    for place in range(min(size, LONGEST) + 1):
        if place < size and place < LONGEST and _is_word(lower[place]) and not (
            place > start and _is_capital(letters[place]) and not _is_capital(letters[place - 1])
        ):
            continue
        if place > start:
            word = PyUnicode_FromStringAndSize(lower + start, place - start)
            found |= word_signs(word)
            if previous in FIRST_HALVES:
                found |= word_signs(previous + word) & PAIRED
            previous = word
        start = place if place < size and place < LONGEST and _is_word(lower[place]) else place + 1
    return found


cdef inline long long word_signs(str word) except? -1:
    if word[:SHORTEST] not in BY_OPENING:
        return 0
    found = known_words.get(word)
    if found is None:
        if len(known_words) >= MOST_KNOWN:
            known_words.clear()
        found = known_words[word] = plain_word_signs(word)
    return found


cdef inline bint _is_word(char letter) noexcept:
    return 97 <= letter <= 122 or 48 <= letter <= 57


cdef inline bint _is_capital(char letter) noexcept:
    return 65 <= letter <= 90
