"""What kind of change: a new headline, a correction that says so, an edit that nobody is told of, …"""

from collections.abc import Collection
from typing import Literal, get_args

from archives.seen import moment, paragraphs
from crawler.changes.fields import Item
from crawler.changes.notes import is_correction_note
from crawler.changes.words import count_words, word_changes

Kind = Literal[
    "removed",
    "restored",
    "paywalled",
    "correction_note",
    "headline",
    "cut",
    "silent_edit",
    "update",
    "body",
    "metadata",
    "reading",
]
"""The gravest first. `removed`: gone later on; `restored`: there again. `paywalled`: said to be, or of the story only
its opening is left. `correction_note`: a paragraph that says so was added. `headline`: another title. `cut`: words
taken out and hardly any put in. Of other changes of the body, `silent_edit` leaves the date of modification as it was,
`update` moves it, and of `body` nobody knows, as the page states none. `metadata`: nothing but other fields.
`reading`: nobody changed anything; the same bytes are read otherwise by newer rules."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_FEWEST_CUT = 10
"""Words: less is an edit."""
_MOST_IN_PLACE = 0.2
"""Words put in for each that was taken out of a story that is called cut."""
_OPENING = 0.5
"""Of the story's length: what a teaser shows comes from there, and it is no longer."""
_OFFER = 0.3
"""Of a teaser's words: as many may be new, e.g. an offer to subscribe."""
_BY_CHANCE = 5
"""Words: fewer in a row may stand in any two texts."""


def kinds_of(old: Item, new: Item, changed: Collection[str]) -> tuple[Kind, ...]:
    """The kinds of a change, given the names of the fields that a reader sees changed; () if there are none."""
    if changed and _are_same_bytes(old, new):
        return ("reading",)
    found: set[Kind] = set()
    closed = new.get("access") == "paywalled" != old.get("access") or _is_teaser(old, new)
    if closed:
        found.add("paywalled")
    elif "body" in changed:
        found |= _kinds_of_body(old, new)
    if "title" in changed:
        found.add("headline")
    if changed and not found:
        found.add("metadata")
    return tuple(kind for kind in KINDS if kind in found)


def _are_same_bytes(old: Item, new: Item) -> bool:
    digests = [(item.get("capture") or {}).get("payload_digest") for item in (old, new)]
    return digests[0] is not None and digests[0] == digests[1]


def _kinds_of_body(old: Item, new: Item) -> set[Kind]:
    found: set[Kind] = {"cut"} if _is_cut(old, new) else set()
    known = set(paragraphs(old.get("body")))
    if any(is_correction_note(text) for text in paragraphs(new.get("body")) if text not in known):
        return found | {"correction_note"}
    before, after = moment(old.get("date_modified")), moment(new.get("date_modified"))
    if before is None and after is None:
        return found | {"body"}
    return found | {"update" if after is not None and after > (before or "") else "silent_edit"}


def _is_cut(old: Item, new: Item) -> bool:
    parts = word_changes(old.get("body") or "", new.get("body") or "")
    changed = [part.words for part in parts if not part.kept]
    taken_out, put_in = (sum(side) for side in zip(*changed, strict=True)) if changed else (0, 0)
    return taken_out >= _FEWEST_CUT and put_in <= taken_out * _MOST_IN_PLACE


def _is_teaser(old: Item, new: Item) -> bool:
    """Whether of the story only its opening is left, and nothing says that it is free."""
    if new.get("access") == "free":
        return False
    whole, rest = "\n".join(paragraphs(old.get("body"))), "\n".join(paragraphs(new.get("body")))
    if not 0 < len(rest) <= len(whole) * _OPENING:
        return False
    read, opening, put_in = 0, 0, 0
    for part in word_changes(whole, rest):
        read += len(part.old)
        before, after = part.words
        if not part.kept:
            put_in += after
        elif before >= _BY_CHANCE:
            opening = read
    return 0 < opening <= len(whole) * _OPENING and put_in <= count_words(rest) * _OFFER
