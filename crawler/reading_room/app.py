"""The application: its addresses, what stands before them, and what is shown when something is not there."""

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from archives.errors import ArchiveError
from crawler import __version__
from crawler.reading_room.guard import Doorkeeper, SecurityHeaders
from crawler.reading_room.missing import Missing
from crawler.reading_room.rendering import STATIC, page
from crawler.reading_room.room import Room
from crawler.reading_room.routes import api, comparing, feeds, finding, health, holdings, reading

FOR_PROGRAMS = ("/api/", "/health", "/openapi.json")


def make_app(room: Room) -> FastAPI:
    """The reading room over open collections."""
    app = FastAPI(
        title="newswarc reading room",
        summary="Find, read, compare and replay archived news articles.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(_refuse_nul)],
    )
    app.state.room = room
    for part in (finding, reading, comparing, holdings, feeds, api, health):
        app.include_router(part.routes)
    app.mount("/static", StaticFiles(directory=STATIC))
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Doorkeeper, token=room.token, hosts=room.hosts)
    app.add_middleware(SecurityHeaders)
    return app


async def _refuse_nul(request: Request) -> None:
    """Nothing that is archived has a NUL in its name, and PostgreSQL knows none (§ 8.3 of its manual)."""
    if "\0" in request.url.path or b"%00" in request.scope["query_string"]:
        raise HTTPException(400, "There is a NUL (%00) in this address, which no name has")


def _told(request: Request, status: int, what: str, advice: str) -> Response:
    if request.url.path.startswith(FOR_PROGRAMS):
        return JSONResponse({"detail": what, "advice": advice}, status)
    return page("error.html", request.app.state.room, status=status, what=what, advice=advice, code=status)


async def _missing(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Missing)  # noqa: S101  # as it is registered
    return _told(request, 404, fault.what, fault.advice)


async def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)  # noqa: S101  # as it is registered
    return _told(request, 422, "This cannot be asked for", "; ".join(map(_in_words, fault.errors())))


def _in_words(fault: dict[str, Any]) -> str:
    name, kind = str(fault["loc"][-1]), fault["type"]
    if kind == "missing":
        return f"{name} must be given"
    if kind.startswith("date"):
        return f"{name} should be a day such as 2024-06-11"
    return str(fault["msg"]).replace("Input", name, 1).replace("String", name, 1)


async def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)  # noqa: S101  # as it is registered
    if fault.status_code == 404:
        return _told(request, 404, "There is no such page", "Begin at the front page, or search.")
    return _told(request, fault.status_code, str(fault.detail), "")


async def _unavailable(request: Request, fault: Exception) -> Response:
    return _told(request, 503, "The archive cannot give this now", str(fault))


HANDLERS = {
    Missing: _missing,
    RequestValidationError: _invalid,
    HTTPException: _refused,
    ArchiveError: _unavailable,
}
