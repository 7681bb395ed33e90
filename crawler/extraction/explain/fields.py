"""Each field's candidates, from the functions that the steps of the extraction choose from, and how they choose."""

from collections.abc import Callable, Iterable, Iterator

from crawler.extraction import access, byline, canonical_url, dates, description, language, section, tags, title
from crawler.extraction.credits import credits_of
from crawler.extraction.explain.facts import Candidate, Field
from crawler.extraction.language import language_of, language_tag
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected
from crawler.extraction.unmarked_credits import Unmarked
from crawler.items import Author, Image

Found = Iterator[tuple[str, str]]
"""Values with their sources."""
_MOST = 40
"""Candidates of one field that are shown."""
_LONGEST = 500


def _titles(page: Page) -> Found:
    found = title.candidates(page.document)
    yield from ((text, source) for source, text in found.votes.items())
    yield from ((text, source) for source, text in found.named.items() if source not in found.votes)


def _bylines(page: Page) -> Found:
    for credit in credits_of(page.document, page.places):
        yield credit.text, "byline"


def _authors(page: Page) -> Found:
    printed = credits_of(page.document, page.places)
    for authors, source in byline.candidates(page.document, printed, Unmarked(page.places)):
        yield _shown(authors) or "", source


def _published(page: Page) -> Found:
    yield from ((str(dated.moment), dated.source) for dated in dates.published(page))


def _modified(page: Page) -> Found:
    yield from ((str(dated.moment), dated.source) for dated in dates.modified(page))


def _sections(page: Page) -> Found:
    return section.stated(page.document)


def _tags(page: Page) -> Found:
    yield from ((", ".join(found), source) for found, source in tags.stated(page) if found)


def _languages(page: Page) -> Found:
    yield from ((language_tag(text) or text, source) for text, source in language.declared_languages(page.document))
    told = language_of(page.article.body)
    if told:
        yield told, "text"


def _access(page: Page) -> Found:
    yield from access.declared(page.document)


_RULES: tuple[tuple[str, str, Callable[[Page], Found]], ...] = (
    (
        "canonical_url",
        "the first that is an address, and not the front page's",
        canonical_url.candidates,
    ),
    (
        "title",
        "what most of json-ld, h1 and og say; where all differ, the h1 in a headline's place, else json-ld",
        _titles,
    ),
    ("byline", "the printed line that names most of the authors", _bylines),
    ("authors", "the first who are not the site itself or a department of it, else the first", _authors),
    ("date_published", "the first; a time or zone that it lacks from another that agrees with it", _published),
    ("date_modified", "the first; a time or zone that it lacks from another that agrees with it", _modified),
    ("description", "the first that is not the title", lambda p: description.described(p.document)),
    ("section", "the first that is neither the site's name, nor its front page, nor the title", _sections),
    ("tags", "the first list that is not empty", _tags),
    (
        "language",
        "the first declared one that the story's words do not contradict, else what the words say",
        _languages,
    ),
    ("access", "the first declaration", _access),
)
_WITHOUT = (
    ("kind", "by type, else article unless data or the weighed signs say otherwise; then by address and section"),
    ("images", "pictures by the story's blocks that are no ornaments, the one above the text or of og:image first"),
)
_SELECTORS = {"authors": "author"}


def fields_of(page: Page) -> tuple[Field, ...]:
    """The fields of a page whose steps are done."""
    explained = [_field(page, name, why, candidates(page)) for name, why, candidates in _RULES]
    return (*explained, *(_field(page, name, why, ()) for name, why in _WITHOUT))


def _field(page: Page, name: str, why: str, candidates: Iterable[tuple[str, str]]) -> Field:
    value, source = _shown(getattr(page.article, name)), page.article.sources.get(name)
    by_selector = [(item.value, item.source) for item in selected(page, _SELECTORS.get(name, name))]
    if by_selector and source == by_selector[0][1]:
        why = "what the site's selector finds"
    found = [(text[:_LONGEST], rule) for text, rule in (*by_selector, *candidates)]
    found = list(dict.fromkeys(found))[:_MOST]
    winner = _winner(found, value, source)
    return Field(
        name=name,
        value=value,
        source=source,
        why=why,
        candidates=tuple(
            Candidate(value=text, source=rule, chosen=place == winner) for place, (text, rule) in enumerate(found)
        ),
    )


def _winner(found: list[tuple[str, str]], value: str | None, source: str | None) -> int | None:
    """Which of the candidates gave the value: that of its source, the equal one first."""
    if value is None:
        return None
    same = [place for place, (_, rule) in enumerate(found) if rule == source]
    equal = [place for place in same if found[place][0] == value]
    return next(iter(equal or same), None)


def _shown(value: object) -> str | None:
    """A field's value as text; None of nothing."""
    if isinstance(value, tuple | list):
        return ", ".join(part for part in map(_shown, value) if part) or None
    if isinstance(value, Author):
        return value.name if value.kind == "person" else f"{value.name} ({value.kind})"
    if isinstance(value, Image):
        return value.url
    return str(value) if value not in (None, "") else None
