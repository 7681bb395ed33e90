"""What a page's metadata, linked data and the fields found so far say about its kind."""

from collections.abc import Iterator

from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import types
from crawler.extraction.page import Page

_TYPES: tuple[tuple[str, frozenset[str]], ...] = (
    ("data of a product", words("Product ProductGroup IndividualProduct Offer AggregateOffer")),
    ("data of a collection", words("CollectionPage SearchResultsPage ItemList OfferCatalog ProfilePage")),
    ("data of a forum", words("DiscussionForumPosting QAPage UserComments")),
    ("data of questions", words("FAQPage")),
    (
        "data of a service",
        words("Service SoftwareApplication WebApplication LocalBusiness ProfessionalService Course JobPosting Event"),
    ),
)


def data_signs(page: Page) -> Iterator[str]:
    """The signs that metadata, linked data and the fields found so far show."""
    document = page.document
    kind = (document.meta_content("og:type") or "").lower()
    found = {name for node in document.linked_data for name in types(node)}
    yield from (name for name, known in _TYPES if found & known)
    if kind in ("article", "og:article", "news", "post", "blog"):
        yield "type article"
    if "product" in kind or kind.endswith(":item"):
        yield "type product"
    if "article:published_time" in document.meta:
        yield "publication in the head"
    yield from _field_signs(page)
    if not (_source_of_date(page) or page.fields.get("authors")):
        yield "undated and unsigned"
        if kind != "article":
            yield "nothing declared"


def _field_signs(page: Page) -> Iterator[str]:
    if _source_of_date(page) == "text":
        yield "dated in the text"
    if any(author.kind == "person" for author in page.fields.get("authors") or ()):
        yield "signed by a person"


def _source_of_date(page: Page) -> str | None:
    """What gave the day of publication, or where there is none, the day of the update that the page shows."""
    sources = page.fields.get("sources", {})
    shown = sources.get("date_modified")
    return sources.get("date_published") or (shown if shown in ("text", "time", "itemprop") else None)
