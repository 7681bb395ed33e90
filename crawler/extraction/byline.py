"""Who wrote it: the credit line as printed, and the authors parsed from structured data and from that line."""

import re
from collections.abc import Iterator, Sequence

from crawler.extraction.agencies import is_agency, is_unnamed
from crawler.extraction.credit_parts import is_author_page
from crawler.extraction.credits import Credit, credits_of
from crawler.extraction.declared_authors import authors_of_nodes, distinct, names_of_cards, names_of_metas
from crawler.extraction.document import Document
from crawler.extraction.names import LONGEST, folded, is_clear_name, is_full_name, is_name, kind_of, split_names
from crawler.extraction.page import Page
from crawler.extraction.places import Places
from crawler.extraction.selectors import selected
from crawler.extraction.site_names import is_site_name, names_of_site, squeezed
from crawler.extraction.unmarked_credits import Unmarked, boxed_authors
from crawler.items import Author

_EDITED = re.compile(
    r"\W{0,3}(?:editors?|edited by|editing|penyunting|redaktur|redaktör|redaktor|düzenleyen|editado por|a cura di"
    r"|редактор|責任編集|编辑|編輯)\s?[:：]",
    re.IGNORECASE,
)
"""A line that names who edited the story."""


def fill_byline(page: Page) -> Page:
    """Adds byline and authors."""
    document = page.document
    places = page.places
    printed = credits_of(document, places)
    unmarked = Unmarked(places)
    authors, source = _selected_authors(page) or _authors(document, printed, unmarked)
    credit = _crediting(printed, authors)
    if credit is None or not credit.labelled:
        credit = _crediting([*printed, *unmarked.labelled, *unmarked.signatures], authors)
    page = page.fill(source, authors=_linked(authors, [*printed, *([credit] if credit else [])], document))
    chosen = list(selected(page, "byline"))
    if chosen:
        return page.fill(chosen[0].source, byline=", ".join(dict.fromkeys(item.value for item in chosen[:6])))
    return page.fill("byline", byline=credit.text) if credit else page


def _selected_authors(page: Page) -> tuple[list[Author], str] | None:
    """By the site's author selector, else parsed from its byline."""
    found = [item for field in ("author", "byline") for item in selected(page, field)][:12]
    if not found:
        return None
    source = found[0].source
    found = [item for item in found if item.source == source]
    authors: list[Author] = []
    for item in list(selected(page, "author")) or found:
        url = page.document.absolute(item.element.get("href")) if item.element is not None else None
        authors += [Author(name=name, url=url, kind=kind_of(name)) for name in split_names(item.value)]
    return (distinct(authors), source) if authors else None


def _authors(document: Document, printed: list[Credit], unmarked: Unmarked) -> tuple[list[Author], str | None]:
    """The first candidates who are more than departments and accounts of the site, else the first of all."""
    names = document.site_names
    own: tuple[list[Author], str] | None = None
    for found, source in candidates(document, printed, unmarked):
        if any(not _is_of_the_site(author.name, names) for author in found):
            return found, source
        own = own or (found, source)
    return own or ([], None)


def candidates(document: Document, printed: list[Credit], unmarked: Unmarked) -> Iterator[tuple[list[Author], str]]:
    """Structured data first; then where the printed line and the metadata agree; then each of them alone."""
    names = document.site_names
    structured = authors_of_nodes(document)
    named = [author for author in structured if not is_site_name(author.name, names)]
    if named and (writers := _writers_beside(named, printed)):
        yield writers, "byline"
    if named:
        outside = any(not _is_of_the_site(author.name, names) for author in named)
        yield (_completed(named, printed) if outside else named), "json-ld"
    metas = [name for name in names_of_metas(document, names) if not is_site_name(name, names)]
    cited = [name for content in document.meta.get("citation_author", ()) for name in split_names(content)]
    lines = _unambiguous(_about_the_story(unmarked.labelled, names))
    none_yet = not named
    for chosen, source in _fallbacks(document, unmarked, metas, cited, _about_the_story(printed, names), lines):
        found = distinct(Author(name=name, kind=kind_of(name)) for name in _without_site(chosen, names))
        if found:
            none_yet = False
            yield found, source
    if other := _sharing(unmarked.places, names):
        none_yet = False
        yield [Author(name=other, kind="agency" if is_agency(other) else "organization")], "text"
    if none_yet and structured:
        yield [Author(name=author.name, url=author.url, kind="organization") for author in structured[:1]], "json-ld"
    for credit in printed:
        if (credit.leading or credit.labelled) and _is_the_sites(credit, names):
            yield [_owner(credit.names[0], document)], "byline"


def _about_the_story(credits_: list[Credit], names: frozenset[str]) -> list[Credit]:
    """The credits of others than the site; only those by the headline where it is the site that is credited there."""
    others = [credit for credit in credits_ if not _is_the_sites(credit, names)]
    own = any(credit.leading and credit.labelled and _is_the_sites(credit, names) for credit in credits_)
    return [credit for credit in others if credit.leading or not own]


def _is_the_sites(credit: Credit, names: frozenset[str]) -> bool:
    return all(is_site_name(name, names) for name in credit.names)


def _writers_beside(named: list[Author], printed: list[Credit]) -> list[Author]:
    """The people printed by the headline, where all whom the data names are printed as its editors elsewhere."""
    editors = {folded(name) for credit in printed if _EDITED.match(credit.text) for name in credit.names}
    if not all(folded(author.name) in editors for author in named):
        return []
    rows = (row for row in _rows(printed) if all(map(is_full_name, row)) and editors.isdisjoint(map(folded, row)))
    return [Author(name=name) for name in next(rows, [])]


def _owner(name: str, document: Document) -> Author:
    """The site as an author: a person where the host has the name and the page calls the site nothing like it."""
    declared = names_of_site("", document.meta, document.linked_data)
    own = is_full_name(name) and kind_of(name) == "person" and not is_site_name(name, declared)
    return Author(name=name, kind="person" if own else "organization")


def _is_of_the_site(name: str, names: frozenset[str]) -> bool:
    """Whether the name is a department or an account of the site: 'STAR Sport', 'Star W.', of 'Star News', too."""
    first = squeezed(name.split()[0])
    return first in names or f"{first}news" in names


def _completed(named: list[Author], printed: list[Credit]) -> list[Author]:
    """With the people and agencies that are printed beside them by the headline, where all of them are."""
    known = {folded(author.name): author for author in named}
    for row in _rows(printed):
        printed_ones = {folded(name): Author(name=name, kind=kind_of(name)) for name in row}
        if known.keys() < printed_ones.keys() and all(map(_is_person_or_agency, row)):
            return list({**printed_ones, **known}.values())
    return named


def _is_person_or_agency(name: str) -> bool:
    return is_agency(name) or (is_full_name(name) and kind_of(name) == "person")


def _without_site(chosen: Sequence[str], names: frozenset[str]) -> list[str]:
    """Without the site, or agencies that stand unnamed beside it; next to a person also without its departments."""
    people = [_without_outlet(name, names) for name in chosen if not is_site_name(name, names)]
    if len(people) < len(chosen):
        people = [name for name in people if not is_unnamed(name)]
    others = [name for name in people if not _is_of_the_site(name, names)]
    return others or people


def _without_outlet(name: str, names: frozenset[str]) -> str:
    """The name without the site's behind it: 'Ada Lovelace Harbour Post'."""
    words = name.split()
    for end in range(2, len(words)):
        if squeezed(" ".join(words[end:])) in names:
            return " ".join(words[:end])
    return name


def _fallbacks(
    document: Document,
    unmarked: Unmarked,
    metas: list[str],
    cited: list[str],
    printed: list[Credit],
    lines: list[Credit],
) -> Iterator[tuple[Sequence[str], str]]:
    known = {folded(name) for name in metas}
    for credit in printed:
        if known and known & {folded(name) for name in credit.names}:
            yield credit.names if credit.labelled or credit.marked else metas, "byline"
    yield cited, "meta:citation_author"
    yield from _printed(printed, lines)
    yield names_of_cards(document), "meta:twitter"
    yield metas, "meta"
    for credit in unmarked.signatures:
        yield credit.names, "text"
    yield from ((credit.names, "byline") for credit in printed if all(map(is_full_name, credit.names)))
    boxed = boxed_authors(unmarked.places)
    if len(boxed) == 1:
        yield boxed, "byline"
    yield from ((credit.names, "byline") for credit in printed if credit.leading and _is_one_account(credit))


def _sharing(places: Places, names: frozenset[str]) -> str | None:
    """The outlet that the story's last line names beside the site: 'Harbour Post / Island Herald'."""
    for block in places.layout.blocks[max(0, places.last) : places.last + 2]:
        own, slash, other = (part.strip() for part in block.text.partition("/"))
        if slash and len(other) <= LONGEST and is_site_name(own, names) and is_name(other):
            return other
    return None


def _printed(printed: list[Credit], lines: list[Credit]) -> Iterator[tuple[Sequence[str], str]]:
    """Labelled lines, then what the markup says to be authors, then clear names by the headline."""
    yield from ((credit.names, "byline") for credit in printed if credit.labelled)
    yield from ((credit.names, "byline") for credit in lines if credit.leading)
    if any(credit.marked for credit in printed):
        yield [name for credit in printed if credit.marked for name in credit.names][:6], "rel"
    yield from ((row, "byline") for row in _rows(printed) if all(map(is_clear_name, row)))
    yield from ((credit.names, "byline") for credit in lines)


def _is_one_account(credit: Credit) -> bool:
    """Whether the line is one name alone that cannot be told from a word, but for its link or a newsroom's name."""
    (name, *others), links = credit.names, [href for _, href in credit.links]
    return not others and credit.text == name and (any(map(is_author_page, links)) or kind_of(name) == "organization")


def _unambiguous(lines: list[Credit]) -> list[Credit]:
    """The lines by the headline; the others only where all name the same, as those of several stories do not."""
    others = {credit.names for credit in lines if not credit.leading}
    return [credit for credit in lines if credit.leading or len(others) == 1]


def _rows(printed: list[Credit]) -> Iterator[list[str]]:
    """The names by the headline, those in boxes of one class together."""
    rows: dict[str, list[str]] = {}
    for credit in printed:
        if credit.leading:
            rows.setdefault(credit.classes, []).extend(credit.names)
    for row in rows.values():
        yield list({folded(name): name for name in reversed(row)}.values())[::-1]


def _crediting(printed: list[Credit], authors: list[Author]) -> Credit | None:
    """The printed line that names the authors; the one that names most of them."""
    known = {folded(author.name) for author in authors}
    scored = [
        (len(known & {folded(name) for name in credit.names}), credit.labelled, -place)
        for place, credit in enumerate(printed)
    ]
    best = max(scored, default=None)
    return printed[-best[2]] if best and best[0] else None


def _linked(authors: list[Author], printed: list[Credit], document: Document) -> tuple[Author, ...]:
    """The authors with the page that their printed name links to, where the structured data names none."""
    links = {folded(name): href for credit in printed for name, href in credit.links}
    return tuple(
        Author(name=author.name, url=author.url or document.absolute(links.get(folded(author.name))), kind=author.kind)
        for author in authors
    )
