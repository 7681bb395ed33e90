"""Pages filled up to a size with what real pages are full of: script data and long hidden menus."""

import json
from functools import lru_cache

from crawler.newsroom.families.around import PADDING_HERE

_STREETS = ("Tannery", "Lantern", "Harbour", "Cooper", "Signal", "Mill", "Ropewalk", "Orchard", "Ferry", "Chapel")


def padded(html: str, size: int | None) -> str:
    """The page with about so many bytes; no smaller than it is."""
    if size is None:
        return html.replace(PADDING_HERE, "")
    missing = size - len(html.encode()) + len(PADDING_HERE)
    return html.replace(PADDING_HERE, _filling(missing - missing % 256) if missing > 0 else "")


@lru_cache(maxsize=64)
def _filling(size: int) -> str:
    data: list[str] = []
    menu: list[str] = []
    filled = 0
    for number in range(size):  # each round adds more than a byte
        street = _STREETS[number % len(_STREETS)]
        if number % 2:
            menu.append(f'<li class="wards__item"><a href="/search?ward={number}">{street} ward {number}</a></li>\n')
            filled += len(menu[-1])
        else:
            data.append(json.dumps({"id": number, "ward": street, "tide": number * 37 % 24, "open": number % 3 == 0}))
            filled += len(data[-1]) + 2
        if filled >= size - 160:
            break
    script = f'<script type="application/json" id="wards">[{", ".join(data)}]</script>'
    return f'{script}\n<nav class="wards" hidden><ul>\n{"".join(menu)}</ul></nav>'
