"""What pages are dressed in: style sheets, script, typeface, favicon and pictures."""

import re
from datetime import datetime, timedelta
from importlib.resources import files

from crawler.newsroom.clock import OPENING
from crawler.newsroom.entity import Entity
from crawler.newsroom.pictures import icon, picture
from crawler.newsroom.typeface import woff

PRINTED: datetime = OPENING - timedelta(days=400)
"""When the dress was made: long before any story."""

_PICTURE = re.compile(r"/pictures/(\d{1,9})(?:-(\d{1,3}))?\.png")
_ASSETS = {
    "/assets/paper.css": "text/css; charset=utf-8",
    "/assets/old.css": "text/css",
    "/assets/paper.js": "text/javascript; charset=utf-8",
    "/assets/app.js": "text/javascript; charset=utf-8",
}


def medium(path: str, query: str) -> Entity | None:
    """What stands at an address of this module; None for any other."""
    if path in _ASSETS:
        content = files("crawler.newsroom").joinpath("assets", path.rpartition("/")[2]).read_bytes()
        return Entity(content=content, content_type=_ASSETS[path], modified=PRINTED, coding="gzip", max_age=86_400)
    if path == "/assets/marks.woff":
        return _lasting(woff(), "font/woff")
    if path == "/favicon.ico":
        return _lasting(icon(), "image/x-icon")
    if found := _PICTURE.fullmatch(path):
        return _lasting(picture(int(found[1]) * 1_000 + int(found[2] or 0), _width(query)), "image/png")
    return None


def _width(query: str) -> int:
    found = re.search(r"(?:^|&)w=(\d{1,4})(?:&|$)", query)
    return int(found[1]) if found else 320


def _lasting(content: bytes, content_type: str) -> Entity:
    return Entity(content=content, content_type=content_type, modified=PRINTED, max_age=86_400)
