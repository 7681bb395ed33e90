"""What kind of piece it is: by its linked data, its metadata, its address and its section."""

import re
from urllib.parse import urlsplit

from crawler.extraction.document import Document
from crawler.extraction.linked_data import types
from crawler.extraction.page import Page
from crawler.extraction.tree import xpath
from crawler.items import ArticleKind

_BY_TYPE: dict[str, ArticleKind] = {
    "LiveBlogPosting": "live_blog",
    "OpinionNewsArticle": "opinion",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
    "VideoObject": "video",
    "PodcastEpisode": "podcast",
}
_OTHER_TYPES = frozenset("Product QAPage DiscussionForumPosting Recipe Event JobPosting SoftwareApplication LocalBusiness FAQPage".split())
_BY_PATH: tuple[tuple[ArticleKind, re.Pattern[str]], ...] = (
    ("live_blog", re.compile(r"/(?:live|liveblog|live-?ticker|en-direct|directo|minuto-a-minuto|live-?updates?)(?=[/_-]|$)")),
    ("podcast", re.compile(r"/(?:podcasts?|audio)(?=/)")),
    ("video", re.compile(r"/(?:videos?|watch|mediathek)(?=/)")),
    ("gallery", re.compile(r"/(?:galler(?:y|ies)|galeri[ae]s?|photos?|pictures|fotos?|bilder|fotostrecken?|bildergalerie|photo-?galler(?:y|ies)|diaporamas?|slideshow|fotogalerij?e?n?)(?=/)")),
    ("opinion", re.compile(r"/(?:opinions?|opinion-\w{2,20}|commentisfree|comment|comentarios?|columns?|columnists?|columnas|editorials?|editorial|meinung|kommentare?|debatt?e?|opini[oó]n|opinie|opiniao|mielipide|opinie|tribunes?|idees|mnenie|mnenia|letters|op-ed|voices|kolumnen?|yazarlar|ledare|leder)(?=/)")),
)  # fmt: skip
_OPINION_SECTIONS = frozenset(
    "opinion opinions comment commentary columns columnists editorial editorials meinung kommentar kommentare leitartikel gastkommentar debatte debatt "
    "opinión opinião opinioni opinie tribune idées débats мнения мнение думка погляди opinia opinie názory vélemény mielipide ledare leder kronikk "
    "社説 オピニオン コラム 评论 評論 観点 오피니언 사설 رأي آراء yazarlar görüş letters op-ed".split()
)
_LIVE_MARKS = xpath("//*[@itemtype='http://schema.org/LiveBlogPosting' or @itemtype='https://schema.org/LiveBlogPosting']")


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
    if _LIVE_MARKS(document.root):
        return "live_blog", "microdata"
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
    if any(kind in _OTHER_TYPES for kind in kinds) or (document.meta_content("og:type") or "").lower() in ("product", "profile", "business.business"):
        return "other", "json-ld"
    return None


def _by_words(page: Page) -> tuple[ArticleKind, str | None]:
    path = urlsplit(page.document.url).path.lower() if "[" not in page.document.url else ""
    for kind, pattern in _BY_PATH:
        if pattern.search(path):
            return kind, "url"
    if (page.article.section or "").casefold() in _OPINION_SECTIONS:
        return "opinion", "section"
    return "article", None
