"""The authors that a page's data declares: JSON-LD and microdata, metadata, share cards."""

from collections.abc import Iterable, Iterator

from crawler.extraction.document import Document
from crawler.extraction.lexicon import phrases
from crawler.extraction.linked_data import Node, link, text, types, values
from crawler.extraction.names import LONGEST, clean_name, folded, is_name, kind_of, split_names
from crawler.extraction.site_names import is_site_name
from crawler.items import Author

_METAS = (
    "author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "byl", "dc.creator.author", "article:author_name", "cxenseparse:author", "authors",
    "article.author", "creator", "dcsext.author", "mediator_author",
)  # fmt: skip
_CARD_LABELS = phrases(
    "written by; verfasst von; geschrieben von; écrit par; escrito por; scritto da; geschreven door; skrevet av; "
    "skrevet af; автор; autor; napisane przez; skriven av; yazan; ditulis oleh; author; автор записи"
)


def authors_of_nodes(document: Document) -> list[Author]:
    """Of the first article in the page's linked data that names any."""
    for node in document.article_nodes:
        found = distinct(
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


def names_of_metas(document: Document, names: frozenset[str]) -> list[str]:
    """Of the first meta that names more than the site, whose `names` these are; no addresses, no logins."""
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


def names_of_cards(document: Document) -> list[str]:
    """The names in the labelled lines of a share card: twitter:label1 'Written by', twitter:data1 the name."""
    return [
        name
        for number in ("1", "2")
        if (document.meta_content(f"twitter:label{number}") or "").casefold() in _CARD_LABELS
        for name in split_names(document.meta_content(f"twitter:data{number}") or "")
    ] or split_names(document.meta_content("twitter:misc:written by") or "")


def _is_login(name: str) -> bool:
    return " " not in name and name.isascii() and (name.islower() or any(letter.isdigit() for letter in name))


def distinct(authors: Iterable[Author]) -> list[Author]:
    """The authors without repeats, the first spelling kept."""
    found: dict[str, Author] = {}
    for author in authors:
        found.setdefault(folded(author.name), author)
    return list(found.values())
