"""Who wrote it: the credit line as printed, and the authors parsed from structured data and from that line."""

import re
from collections.abc import Iterable, Iterator, Sequence

from crawler.extraction.agencies import is_agency, is_unnamed
from crawler.extraction.credits import Credit, credits_of, labelled_credits, signatures
from crawler.extraction.document import Document
from crawler.extraction.lexicon import phrases
from crawler.extraction.linked_data import Node, link, text, types, values
from crawler.extraction.names import LONGEST, clean_name, folded, is_full_name, is_name, kind_of, split_names
from crawler.extraction.page import Page
from crawler.extraction.places import Places
from crawler.extraction.selectors import selected
from crawler.extraction.site_names import is_site_name, squeezed
from crawler.items import Author

_METAS = (
    "author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "byl", "dc.creator.author", "article:author_name", "cxenseparse:author", "authors",
    "article.author", "creator", "dcsext.author", "mediator_author",
)  # fmt: skip


_EDITED = re.compile(
    r"\W{0,3}(?:editors?|edited by|editing|penyunting|redaktur|redaktör|redaktor|düzenleyen|editado por|a cura di"
    r"|редактор|責任編集|编辑|編輯)\s?[:：]",
    re.IGNORECASE,
)
"""A line that names who edited the story."""
_CARD_LABELS = phrases(
    "written by; verfasst von; geschrieben von; écrit par; escrito por; scritto da; geschreven door; skrevet av; "
    "skrevet af; автор; autor; napisane przez; skriven av; yazan; ditulis oleh; author; автор записи"
)


def fill_byline(page: Page) -> Page:
    """Adds byline and authors."""
    document = page.document
    places = page.places
    printed = credits_of(document, places)
    authors, source = _selected_authors(page) or _authors(document, printed, places)
    credit = _crediting(printed, authors) or _crediting(_unmarked(places), authors)
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
    return (_unique(authors), source) if authors else None


def _authors(document: Document, printed: list[Credit], places: Places) -> tuple[list[Author], str | None]:
    """The first candidates who are more than departments and accounts of the site, else the first of all."""
    names = document.site_names
    own: tuple[list[Author], str] | None = None
    for found, source in candidates(document, printed, places):
        if any(not _is_of_the_site(author.name, names) for author in found):
            return found, source
        own = own or (found, source)
    return own or ([], None)


def candidates(document: Document, printed: list[Credit], places: Places) -> Iterator[tuple[list[Author], str]]:
    """Structured data first; then where the printed line and the metadata agree; then each of them alone."""
    names = document.site_names
    structured = _from_nodes(document)
    named = [author for author in structured if not is_site_name(author.name, names)]
    if named and (writers := _writers_beside(named, printed)):
        yield writers, "byline"
    if named:
        outside = any(not _is_of_the_site(author.name, names) for author in named)
        yield (_completed(named, printed) if outside else named), "json-ld"
    metas = [name for name in _from_metas(document, names) if not is_site_name(name, names)]
    cited = [name for content in document.meta.get("citation_author", ()) for name in split_names(content)]
    credits_ = [credit for credit in printed if not all(is_site_name(name, names) for name in credit.names)]
    none_yet = not named
    for chosen, source in _fallbacks(document, places, metas, cited, credits_):
        found = _unique(Author(name=name, kind=kind_of(name)) for name in _without_site(chosen, names))
        if found:
            none_yet = False
            yield found, source
    if other := _sharing(places, names):
        none_yet = False
        yield [Author(name=other, kind="agency" if is_agency(other) else "organization")], "text"
    if none_yet and structured:
        yield [Author(name=author.name, url=author.url, kind="organization") for author in structured[:1]], "json-ld"


def _writers_beside(named: list[Author], printed: list[Credit]) -> list[Author]:
    """The people printed by the headline, where all whom the data names are printed as its editors elsewhere."""
    editors = {folded(name) for credit in printed if _EDITED.match(credit.text) for name in credit.names}
    if not all(folded(author.name) in editors for author in named):
        return []
    rows = (row for row in _rows(printed) if all(map(is_full_name, row)) and editors.isdisjoint(map(folded, row)))
    return [Author(name=name) for name in next(rows, [])]


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
    document: Document, places: Places, metas: list[str], cited: list[str], printed: list[Credit]
) -> Iterator[tuple[Sequence[str], str]]:
    known = {folded(name) for name in metas}
    for credit in printed:
        if known and known & {folded(name) for name in credit.names}:
            yield credit.names if credit.labelled or credit.marked else metas, "byline"
    yield cited, "meta:citation_author"
    yield from _printed(places, printed)
    yield _from_cards(document), "meta:twitter"
    yield metas, "meta"
    for credit in signatures(places):
        yield credit.names, "text"
    yield from ((credit.names, "byline") for credit in printed if all(map(is_full_name, credit.names)))


def _sharing(places: Places, names: frozenset[str]) -> str | None:
    """The outlet that the story's last line names beside the site: 'Harbour Post / Island Herald'."""
    for block in places.layout.blocks[max(0, places.last) : places.last + 2]:
        own, slash, other = (part.strip() for part in block.text.partition("/"))
        if slash and len(other) <= LONGEST and is_site_name(own, names) and is_name(other):
            return other
    return None


def _printed(places: Places, printed: list[Credit]) -> Iterator[tuple[Sequence[str], str]]:
    """Labelled lines, then what the markup says to be authors, then clear names by the headline."""
    yield from ((credit.names, "byline") for credit in printed if credit.labelled)
    if any(credit.marked for credit in printed):
        yield [name for credit in printed if credit.marked for name in credit.names][:6], "rel"
    yield from ((row, "byline") for row in _rows(printed) if all(map(_is_clear, row)))
    yield from ((credit.names, "byline") for credit in labelled_credits(places))


def _rows(printed: list[Credit]) -> Iterator[list[str]]:
    """The names by the headline, those in boxes of one class together."""
    rows: dict[str, list[str]] = {}
    for credit in printed:
        if credit.leading:
            rows.setdefault(credit.classes, []).extend(credit.names)
    for row in rows.values():
        yield list({folded(name): name for name in reversed(row)}.values())[::-1]


def _is_clear(name: str) -> bool:
    return is_full_name(name) or is_agency(name)


def _from_nodes(document: Document) -> list[Author]:
    for node in document.article_nodes:
        found = _unique(
            author for value in values(node, "author", "creator", "byline") for author in _from_value(value, document)
        )
        if found:
            return found
    return []


def _from_value(value: object, document: Document) -> Iterator[Author]:
    if isinstance(value, str):
        yield from (Author(name=name, kind=kind_of(name)) for name in split_names(value) if "://" not in value)
    elif isinstance(value, dict) and not any(kind.startswith("Image") for kind in types(value)):
        name = text(value, "name") or _full_name(value)
        for inner in values(value, "name"):
            if isinstance(inner, dict):
                yield from _from_value(inner, document)
                return
        if name and len(values(value, "name")) > 1:
            yield from (author for inner in values(value, "name") for author in _from_value(inner, document))
        elif name:
            yield from _named(value, name, document)


def _named(node: Node, name: str, document: Document) -> Iterator[Author]:
    organisation = any("Organization" in kind for kind in types(node))
    url = document.absolute(link(node))
    whole = clean_name(name) or (name if organisation and len(name) <= LONGEST and "/" not in name else None)
    names = [whole] if organisation and whole else split_names(name)
    for one in names:
        kind = kind_of(one)
        person = kind == "organization" and "Person" in types(node) and len(one.split()) > 1
        yield Author(
            name=one,
            url=url if len(names) == 1 else None,
            kind="organization" if organisation and kind == "person" else "person" if person else kind,
        )


def _full_name(node: Node) -> str | None:
    parts = [part for part in (text(node, "givenName"), text(node, "familyName")) if part]
    return " ".join(parts) or None


def _from_metas(document: Document, names: frozenset[str]) -> list[str]:
    for name in _METAS:
        found = [
            one
            for content in document.meta.get(name, ())
            if "://" not in content and "@" not in content and not is_site_name(content, names)
            for one in split_names(content)
        ]
        if found:
            return list({folded(one): one for one in found if is_name(one) and not _is_login(one)}.values())
    return []


def _from_cards(document: Document) -> list[str]:
    """The names in the labelled lines of a share card: twitter:label1 'Written by', twitter:data1 the name."""
    return [
        name
        for number in ("1", "2")
        if (document.meta_content(f"twitter:label{number}") or "").casefold() in _CARD_LABELS
        for name in split_names(document.meta_content(f"twitter:data{number}") or "")
    ] or split_names(document.meta_content("twitter:misc:written by") or "")


def _is_login(name: str) -> bool:
    return " " not in name and name.isascii() and (name.islower() or any(letter.isdigit() for letter in name))


def _unmarked(places: Places) -> list[Credit]:
    """Credit lines that no class or attribute marks."""
    return [*labelled_credits(places), *signatures(places)]


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


def _unique(authors: Iterable[Author]) -> list[Author]:
    found: dict[str, Author] = {}
    for author in authors:
        found.setdefault(folded(author.name), author)
    return list(found.values())
