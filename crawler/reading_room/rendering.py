"""Pages from templates: everything that is put into them is escaped."""

from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from archives.digests import sha1
from crawler import __version__
from crawler.reading_room import words
from crawler.reading_room.library import Found
from crawler.reading_room.prose import is_web
from crawler.reading_room.room import Room

HERE = Path(__file__).parent
STATIC = HERE / "static"
KINDS = {
    "removed": "removed",
    "restored": "restored",
    "paywalled": "paywalled",
    "correction_note": "correction",
    "headline": "headline",
    "cut": "cut",
    "silent_edit": "silent edit",
    "update": "update",
    "body": "text",
    "metadata": "details",
    "reading": "read otherwise",
}
"""Kinds of changes, as they are called on a page."""


def address(path: str, **query: Any) -> str:  # noqa: ANN401  # whatever may stand in a query
    """An address of the reading room; `in_` stands for `in`, and what is None or empty is left out."""
    told = {name.rstrip("_"): value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(told)}" if told else path


def article_address(shelf: str, url: str, revision: int | None = None) -> str:
    """Where an article is read."""
    at_revision = f"&revision={revision}" if revision else ""
    return f"/article?in={quote_plus(shelf)}&url={quote_plus(url)}{at_revision}"


def picture_address(found: Found) -> str | None:
    """Where the picture of a found article is shown."""
    url = found.hit.card["image"]
    return address("/picture", in_=found.shelf.name, url=url, near=found.hit.captured) if is_web(url) else None


def _version_of(name: str) -> str:
    return sha1((STATIC / name).read_bytes()).removeprefix("sha1:")[:8].lower()


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    named = (
        words.day,
        words.moment,
        words.second,
        words.number,
        words.size,
        words.marked,
        words.direction,
        words.readable,
    )
    made.filters.update({one.__name__: one for one in (*named, words.counted)})
    made.filters["called"] = lambda names: ", ".join(KINDS[name] for name in names)
    made.filters["xml"] = lambda text: "".join(c for c in str(text) if c >= " " or c in "\t\n")
    made.globals.update(
        address=address,
        article_address=article_address,
        picture_address=picture_address,
        is_web=is_web,
        kinds=KINDS,
        version=__version__,
        static={path.name: f"/static/{path.name}?{_version_of(path.name)}" for path in STATIC.iterdir()},
    )
    return made


TEMPLATES = _environment()


def render(template: str, room: Room, /, **values: Any) -> str:  # noqa: ANN401  # whatever the template asks for
    """A template with its values."""
    return TEMPLATES.get_template(template).render(room=room, library=room.library, **values)


def page(template: str, room: Room, /, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401  # likewise
    """A page."""
    return HTMLResponse(render(template, room, **values), status)
