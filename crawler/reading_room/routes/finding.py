"""Finding articles: the front page, the search, lists of authors, sections and tags."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crawler.reading_room.asked import PAGE, CollectionName, Label, Searched, as_sent
from crawler.reading_room.library import Found, Library, Shelf
from crawler.reading_room.missing import Missing
from crawler.reading_room.prose import is_web
from crawler.reading_room.rendering import address, article_address, page, picture_address
from crawler.reading_room.room import InRoom

routes = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
SITES, NEWEST = 12, 7
"""Sites of which the front page shows articles, and how many of each."""

LabelKind = Literal["author", "section", "tag"]
PLURALS: dict[LabelKind, str] = {"author": "authors", "section": "sections", "tag": "tags"}


@dataclass(frozen=True, slots=True)
class Card:
    """A found article as a list shows it."""

    found: Found
    address: str
    """Where it is read."""
    picture: str | None
    """Where its picture is shown; None, if it has none that was archived."""


@dataclass(frozen=True, slots=True)
class SiteNews:
    """The newest articles of a site."""

    shelf: Shelf
    site: str
    title: str
    cards: list[Card]
    """Empty, if it is only named."""


@routes.get("/", summary="The newest articles of each site")
def front(room: InRoom) -> Response:
    """The newest articles of each site, that first which had the last one; of many sites the last ones are named."""
    news = list(_news(room.library))
    return page("front.html", room, news=news[:SITES], others=news[SITES:], waiting=_waiting(room.library))


def _news(library: Library) -> Iterator[SiteNews]:
    sites = ((shelf, site) for shelf in library for site in shelf.search.freshest())
    for number, (shelf, site) in enumerate(sites):
        shown = newest_of(shelf, site, NEWEST) if number < SITES else []
        yield SiteNews(shelf, site, shelf.title_of(site), shown)


def newest_of(shelf: Shelf, site: str, most: int) -> list[Card]:
    """The articles of a site that came out last."""
    return cards([Found(shelf=shelf, hit=hit) for hit in shelf.search.newest(site, most=most)])


def _waiting(library: Library) -> int:
    return sum(shelf.search.waiting() for shelf in library)


def cards(found: Sequence[Found]) -> list[Card]:
    """Found articles with those of their pictures that were archived."""
    by_shelf: dict[str, set[str]] = {}
    for one in found:
        if is_web(url := one.hit.card["image"]):
            by_shelf.setdefault(one.shelf.name, set()).add(url)
    shelves = {one.shelf.name: one.shelf for one in found}
    held = {name: shelves[name].pictures(urls) for name, urls in by_shelf.items()}
    return [
        Card(
            found=one,
            address=article_address(one.shelf.name, one.hit.card["url"]),
            picture=picture_address(one) if one.hit.card["image"] in held.get(one.shelf.name, ()) else None,
        )
        for one in found
    ]


@routes.get("/search", summary="Search the articles, or browse them by date")
def search(room: InRoom, asked: Searched) -> Response:
    """Articles by their words, in any script, and by what is known of them. An address leads to what is of it."""
    if is_web(asked.q.strip()) and (target := _place_of(room.library, as_sent(asked.q.strip()))):
        return RedirectResponse(target, 303)
    findings = room.library.find(asked.wanted, asked.collection, start=asked.start, most=PAGE)
    return page(
        "search.html",
        room,
        asked=asked,
        findings=findings,
        cards=cards(findings.found),
        pages=-(-findings.total // PAGE),
        sites=sorted({site for shelf in room.library for site in shelf.search.choices("site")}),
        languages=sorted({one for shelf in room.library for one in shelf.search.choices("language")}),
        last=asked.start + len(findings.found),
    )


def _place_of(library: Library, url: str) -> str | None:
    for shelf in library:
        try:
            return article_address(shelf.name, shelf.article(url).article.url)
        except Missing:
            continue
    captured = next((shelf.name for shelf in library if shelf.captures(url)), None)
    return captured and address("/calendar", in_=captured, url=url)


@routes.get("/labels/{kind}", summary="Authors, sections or tags, those with the most articles first")
def labels(
    room: InRoom,
    kind: Annotated[LabelKind, Path()],
    name: CollectionName = None,
    site: Label = None,
) -> Response:
    """Authors, sections or tags, with how many articles each has."""
    found = [(shelf, shelf.search.labels(kind, site=site)) for shelf in room.library.chosen(name)]
    return page("labels.html", room, kind=kind, plural=PLURALS[kind], found=found, site=site, name=name)
