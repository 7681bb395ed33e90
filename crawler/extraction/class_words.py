"""What the words in `class` and `id` attributes say of an element: a bit set, remembered word by word."""

import re
from functools import lru_cache

from crawler.extraction.lexicon import words


class Sign:
    """What class words, and some tags, hint at: bits of a plain int."""

    COMMENT = 1 << 0
    RELATED = 1 << 1
    RECIRCULATION = 1 << 2
    SHARE = 1 << 3
    CAPTION = 1 << 4
    BYLINE = 1 << 5
    DATE = 1 << 6
    PROMOTION = 1 << 7
    ADVERTISING = 1 << 8
    CONSENT = 1 << 9
    TAGS = 1 << 10
    SIDEBAR = 1 << 11
    TEASER = 1 << 12
    LEAD = 1 << 13
    BODY = 1 << 14
    NAVIGATION = 1 << 15
    HIDDEN = 1 << 16
    TITLE = 1 << 17
    BIOGRAPHY = 1 << 18
    BOX = 1 << 19
    QUOTE = 1 << 20
    EMBED = 1 << 21
    MEDIA = 1 << 22
    WIDGET = 1 << 23
    PARAGRAPH = 1 << 24


# Beginnings of words, many languages; matched against each word of a class or id in lower case.
_WORDS = {
    Sign.COMMENT: "comment koment kommentar disqus discuss respond reply replies forum opinie vuukle coral livefyre "
    "hyvor",
    Sign.RELATED: "relat readmore morelike moreon seealso alsoread readalso further verwandt zumthema mehrzum relacion "
    "correlat lireaussi aussi siehe gerelateerd zobacz powiazane svyaz",
    Sign.RECIRCULATION: "recirc popular trend mostread mostview outbrain taboola recommend suggest latest mgid zergnet "
    "plista nativo revcontent upnext bestof top10 ranking rank breaking ticker mostpopular topnews "
    "morenews",
    Sign.SHARE: "share sharing social facebook twitter whatsapp telegram linkedin addthis addtoany sns compart "
    "partage teilen",
    Sign.CAPTION: "caption credit copyright legend bildunter bildtext imagetext imgdesc cutline didascalia leyenda pie "
    "photocredit source quelle bildnachweis",
    Sign.BYLINE: "byline author autor auteur writer contributor signature redakt reporter journalist verfasser firma "
    "columnist",
    Sign.DATE: "date datum fecha time timestamp publish posted meta info updated modified dateline",
    Sign.PROMOTION: "promo newsletter subscri signup donat donate contribut paywall regwall piano offer banner cta abo "
    "support appeal republish republication appdownload download membership register login magazine mailing campaign",
    Sign.ADVERTISING: "ad ads adv advert adslot adunit dfp gpt sponsor werbung anzeige publicid reklam annonce partner "
    "commercial adsense adbox adwrap adcontainer advertorial brand affiliate shop",
    Sign.CONSENT: "cookie consent gdpr onetrust didomi usercentrics ccpa privacy",
    Sign.TAGS: "tag tags tagged tagcloud topic topics keyword categor schlagw etiqueta thema themen kategori rubri",
    Sign.SIDEBAR: "sidebar aside rail right secondary complementary marginal col2",
    Sign.TEASER: "teaser card item list grid thumb tile headlines listing slider carousel swiper",
    Sign.LEAD: "lead lede intro standfirst subtitle summary dek deck excerpt chapo chapeau perex vorspann sapo "
    "subhead subheadline subtit ingress anrisstext preamble sottotitolo bajada copete entradilla strap "
    "underline abstract",
    Sign.BODY: "article articulo artikel body content story text entry post texto cuerpo corpo prose rich contenido "
    "inhalt wysiwyg richtext main noticia news detail articlebody",
    Sign.NAVIGATION: "nav navigation menu breadcrumb header footer masthead toolbar navbar topbar pager "
    "pagination paging next prev skip search",
    Sign.HIDDEN: "hidden hide sr visually screen print noprint modal popup overlay lightbox tooltip offscreen "
    "invisible accessib dialog",
    Sign.TITLE: "title headline heading titulo titre titel hed",
    Sign.BIOGRAPHY: "bio biograph profile about aboutauthor avatar",
    Sign.BOX: "fact facts fakta box infobox infokasten factbox highlight keypoint bullet tldr callout note notice "
    "disclaimer correction",
    Sign.QUOTE: "quote blockquote pullquote pull zitat cita",
    Sign.EMBED: "embed tweet instagram iframe youtube tiktok oembed",
    Sign.MEDIA: "image img photo foto picture media gallery figure bild video player audio slide slideshow",
    Sign.WIDGET: "widget module block component plugin container wrapper",
    Sign.PARAGRAPH: "paragraph para absatz textblock",
}
_WORD = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WHOLE = words(
    "ad ads adv abo sr pie bio tag tags text time date next prev main news nav cta dek hed pull rail col2 "
    "lead rank shop item list card right note para post rich info meta top10 print search box story img "
    "skip hide"
)


def _index(*, whole: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for sign, stems in _WORDS.items():
        for stem in stems.split():
            if (stem in _WHOLE) == whole:
                found[stem] = found.get(stem, 0) | sign
    return found


_EXACT, _STEMS = _index(whole=True), _index(whole=False)
PAIRED = Sign.RELATED | Sign.RECIRCULATION | Sign.BIOGRAPHY | Sign.LEAD | Sign.CAPTION
LONGEST = 300
"""Characters of a class that are read."""
SHORTEST = min(map(len, _STEMS))


def _by_opening() -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {word[:SHORTEST]: [] for word in _EXACT}
    for stem, signs in _STEMS.items():
        found.setdefault(stem[:SHORTEST], []).append((stem, signs))
    return found


BY_OPENING = _by_opening()
"""The stems by their first letters, and those of the whole words: few words of a page begin like any of them."""
FIRST_HALVES = frozenset(
    stem[:end] for stem, signs in (*_EXACT.items(), *_STEMS.items()) if signs & PAIRED for end in range(1, len(stem))
)
"""What a word must be so that it says more together with the next one: `read` before `more`."""


@lru_cache(maxsize=32768)
def word_signs(word: str) -> int:
    """The signs of one lower-case word: short ones must match whole, longer ones its beginning."""
    found = _EXACT.get(word, 0)
    for stem, signs in BY_OPENING.get(word[:SHORTEST], ()):
        if word.startswith(stem):
            found |= signs
    return found


@lru_cache(maxsize=32768)
def class_signs(names: str) -> int:
    """The signs of a whole class (and id) string, neighbouring words also read as one: `read-more` as `readmore`."""
    lowered = names[:LONGEST].lower()
    if lowered != names:
        lowered = _CAMEL.sub(" ", names[:LONGEST]).lower()
    found = 0
    previous = ""
    for word in _WORD.findall(lowered):
        found |= word_signs(word)
        if previous in FIRST_HALVES:
            found |= word_signs(previous + word) & PAIRED
        previous = word
    return found
