"""What kind of piece it is: by its linked data, its metadata, its address and its section."""

from crawler.extraction.address_signs import is_front_page, split
from crawler.extraction.document import Document
from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import Node, link, text, types, values
from crawler.extraction.page import Page
from crawler.extraction.weighing import weight
from crawler.items import ArticleKind

_BY_TYPE: dict[str, ArticleKind] = {
    "LiveBlogPosting": "live_blog",
    "OpinionNewsArticle": "opinion",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
    "VideoObject": "video",
    "PodcastEpisode": "podcast",
}
_GALLERIES = frozenset(("ImageGallery", "MediaGallery"))
_PIECES = _GALLERIES | {"PodcastEpisode"}
_LONGEST_BESIDE_GALLERY = 1500
"""Characters of a text that a gallery goes with; a longer one has a gallery in it."""
_ANOTHER_TYPES = words("QAPage DiscussionForumPosting CollectionPage SearchResultsPage CheckoutPage ContactPage")
_TEASERS = 4
"""So many articles of which none names this page are its teasers."""
_SEGMENTS: dict[ArticleKind, str] = {
    "live_blog": "live liveblog live-ticker liveticker en-direct directo minuto-a-minuto live-update live-updates",
    "podcast": "podcast podcasts audio",
    "video": "video videos watch mediathek",
    "gallery": "gallery galleries galeria galerias galerie galeries photo photos pictures foto fotos bilder "
    "fotostrecke fotostrecken bildergalerie photo-gallery photogallery diaporama diaporamas slideshow "
    "fotogalerie fotogalerij",
    "opinion": "opinion opinions comment comentarios column columns columnist columnists columnas "
    "editorial editorials meinung kommentar kommentare debat debatt debatte opinión opinie opiniao mielipide tribune "
    "tribunes idees mnenie mnenia letters op-ed voices kolumne kolumnen yazarlar ledare leder",
}
_BY_SEGMENT = {segment: kind for kind, segments in _SEGMENTS.items() for segment in segments.split()}
_OPINION_SECTIONS = words(
    "opinion opinions comment commentary columns columnists editorial editorials meinung kommentar kommentare "
    "leitartikel gastkommentar debatte debatt "
    "opinión opinião opinioni opinie tribune idées débats мнения мнение думка погляди opinia opinie názory "
    "vélemény mielipide ledare leder kronikk "
    "社説 オピニオン コラム 评论 評論 観点 오피니언 사설 رأي آراء yazarlar görüş letters op-ed"
)


def fill_kind(page: Page) -> Page:
    """Adds the kind."""
    kind, source = kind_of_page(page)
    return page.fill(source, kind=kind)


def kind_of_page(page: Page) -> tuple[ArticleKind, str | None]:
    """The kind and the rule that told it; a plain article is what nothing speaks against."""
    found = _declared(page)
    if found:
        return found
    settled = is_settled(page)
    if settled is False:
        return "other", "data"
    if settled is None and weight(page) < 0:
        return "other", "signs"
    return _by_words(page)


def is_settled(page: Page) -> bool | None:
    """Whether the page is an article, as far as its data or its site's rules say; None if neither does."""
    document = page.document
    if is_front_page(document.url):  # some front pages, too, call themselves an article
        return False
    if document.article_nodes and not _are_teasers(document):
        return True
    if page.rules is not None and page.fields.get("sources", {}).get("body", "").startswith("selector:"):
        return True
    kinds = {kind for node in document.linked_data for kind in types(node)}
    og = (document.meta_content("og:type") or "").lower()
    return False if kinds & _ANOTHER_TYPES or og in ("product", "profile", "business.business") else None


def _are_teasers(document: Document) -> bool:
    """Whether the article nodes are several stories, and none of them is this page."""
    nodes = document.article_nodes
    if len(nodes) < _TEASERS:
        return False
    names = {text(node, "headline", "name") for node in nodes}
    return len(names) >= _TEASERS and not any(_names(node, document.url) for node in nodes)


def _names(node: Node, url: str) -> bool:
    """Whether the node says that its page is this one."""
    here = split(url).path.rstrip("/")
    links = [link(value) for value in values(node, "url", "mainEntityOfPage", "@id")]
    return any(found is not None and split(found).path.rstrip("/") == here for found in links)


def _declared(page: Page) -> tuple[ArticleKind, str] | None:
    """What the types in the page's linked data say; of a page without articles, a video or gallery may be the piece."""
    document = page.document
    declared = [kind for node in document.article_nodes[:2] for kind in types(node)]
    for kind in declared:
        if kind in _BY_TYPE:
            return _BY_TYPE[kind], "json-ld"
    if declared:
        return None
    kinds = [kind for node in document.linked_data for kind in types(node)]
    if (document.meta_content("og:type") or "").lower().startswith("video") and "VideoObject" in kinds:
        return "video", "og"
    is_prose = len(page.fields.get("body") or "") > _LONGEST_BESIDE_GALLERY
    return next(
        ((_BY_TYPE[kind], "json-ld") for kind in kinds if kind in _PIECES and not (kind in _GALLERIES and is_prose)),
        None,
    )


def _by_words(page: Page) -> tuple[ArticleKind, str | None]:
    path = split(page.document.url).path.lower()
    for segment in path.split("/")[1:-1]:
        if segment in _BY_SEGMENT:
            return _BY_SEGMENT[segment], "url"
    if (page.fields.get("section") or "").casefold() in _OPINION_SECTIONS:
        return "opinion", "section"
    return "article", None
