"""What kind of piece it is: by its linked data, its metadata, its address and its section."""

from urllib.parse import urlsplit

from crawler.extraction.document import Document
from crawler.extraction.lexicon import words
from crawler.extraction.linked_data import types
from crawler.extraction.page import Page
from crawler.items import ArticleKind

_BY_TYPE: dict[str, ArticleKind] = {
    "LiveBlogPosting": "live_blog",
    "OpinionNewsArticle": "opinion",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
    "VideoObject": "video",
    "PodcastEpisode": "podcast",
}
_OTHER_TYPES = words(
    "Product QAPage DiscussionForumPosting Recipe Event JobPosting SoftwareApplication LocalBusiness FAQPage"
)
_SEGMENTS: dict[ArticleKind, str] = {
    "live_blog": "live liveblog live-ticker liveticker en-direct directo minuto-a-minuto live-update live-updates",
    "podcast": "podcast podcasts audio",
    "video": "video videos watch mediathek",
    "gallery": "gallery galleries galeria galerias galerie galeries photo photos pictures foto fotos bilder "
    "fotostrecke fotostrecken bildergalerie photo-gallery photogallery diaporama diaporamas slideshow "
    "fotogalerie fotogalerij",
    "opinion": "opinion opinions commentisfree comment comentarios column columns columnist columnists columnas "
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
    document = page.document
    declared = [kind for node in document.article_nodes[:2] for kind in types(node)]
    for kind in declared:
        if kind in _BY_TYPE:
            return _BY_TYPE[kind], "json-ld"
    if not declared:
        main = _by_main_node(document)
        if main:
            return main
    return _by_words(page)


def _by_main_node(document: Document) -> tuple[ArticleKind, str] | None:
    """Of a page whose linked data names no article: a video or a gallery may be the piece itself, or a shop's page."""
    kinds = [kind for node in document.linked_data for kind in types(node)]
    if (document.meta_content("og:type") or "").lower().startswith("video") and "VideoObject" in kinds:
        return "video", "og"
    for kind in kinds:
        if kind in ("PodcastEpisode", "ImageGallery", "MediaGallery"):
            return _BY_TYPE[kind], "json-ld"
    if any(kind in _OTHER_TYPES for kind in kinds) or (document.meta_content("og:type") or "").lower() in (
        "product",
        "profile",
        "business.business",
    ):
        return "other", "json-ld"
    return None


def _by_words(page: Page) -> tuple[ArticleKind, str | None]:
    path = urlsplit(page.document.url).path.lower()
    for segment in path.split("/")[1:-1]:
        if segment in _BY_SEGMENT:
            return _BY_SEGMENT[segment], "url"
    if (page.article.section or "").casefold() in _OPINION_SECTIONS:
        return "opinion", "section"
    return "article", None
