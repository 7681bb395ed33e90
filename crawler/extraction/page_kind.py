"""What a fetched page is: an article, or why it is none. Only what is certain is turned away."""

import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Literal

from lxml.etree import _Element as Element

from crawler.extraction.address_signs import is_front_page, is_search, names_its_address
from crawler.extraction.document import Document
from crawler.extraction.linked_data import types
from crawler.extraction.tree import is_linked, text_of
from crawler.extraction.xpaths import xpath

PageKind = Literal["article", "listing", "soft 404", "consent wall", "challenge", "login", "empty", "not HTML"]

_CHALLENGE = re.compile(
    r"^(?:just a moment|checking your browser|attention required|verify(?:ing)? (?:that )?you(?:'re"
    r"| are) (?:a )?human|are you (?:a )?(?:human|robot)"
    r"|access (?:to this page has been )?denied|please wait|one more step|security check|ddos.guard"
    r"|pardon our interruption|bot (?:check|verification)"
    r"|einen moment|un momento|un instant|один момент|robot or human|unusual traffic|(?:please )?(?:enable"
    r"|turn on) (?:javascript|cookies|js))",
    re.IGNORECASE,
)
_CHALLENGE_MARKS = xpath(
    "//*[@id='challenge-form' or @id='cf-challenge' or @id='challenge-running' or @id='px-captcha' or "
    "@id='cf-wrapper' or @id='challenge-stage'"
    " or @id='challenge-error-text' or contains(@class, 'g-recaptcha') or contains(@class, 'h-captcha')]"
)
_CONSENT = re.compile(
    r"before you continue|cookie|consent|(?:we|wir) (?:value|respect|schätzen) (?:your|ihre) privacy"
    r"|your (?:privacy|data)|privacy (?:choices|settings|gate)|datenschutz"
    r"|zustimm|einwilligung|werbung und tracking|consentement|vie privée|consenso|privacidad|consentimiento"
    r"|personvern|samtycke|toestemming|zgoda|souhlas",
    re.IGNORECASE,
)
_PARTNERS = re.compile(r"partner|partenaires|socios|parceiros|партн", re.IGNORECASE)
_PERSONAL_DATA = re.compile(
    r"cookie|tracking|personal data|personenbezogen|einwilligung|données personnelles|dati personali|datos personales"
    r"|dados pessoais|persoonsgegevens|persondata|personopplysninger|personuppgifter|danych osobowych|osobní(?:ch"
    r"|mi) úda"
    r"|személyes adat|персональн",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"consent|accept|agree|einverstanden|zustimm|widerruf|akzeptier|accord|accepte|consenso|acconsent|accett"
    r"|consentimiento|acepta|aceitar|toestemming|akkoord|samtyk|samtyc|godkän|zgod|souhlas|elfogad|соглас|прийня",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:log ?in|sign ?in|anmelden|einloggen|connexion|iniciar sesión|accedi|inloggen|logga in|вход)\b", re.IGNORECASE
)
_SEARCHED = re.compile(
    r"^search results|\bresults for\b|suchergebnis|résultats (?:de|pour)|resultados (?:de|para)|risultati (?:per"
    r"|della ri)"
    r"|zoekresultaten|søkeresultat|søgeresultat|sökresultat|wyniki wyszukiwania|výsledky (?:vy)?hledávání"
    r"|keresési eredmény"
    r"|результаты поиска|результати пошуку|検索結果|搜索结果|搜尋結果|검색 ?결과|نتائج البحث",
    re.IGNORECASE,
)
_FEW_TEASERS = 3
_GONE = re.compile(
    r"\b(?:page|story|article|content|url)\b.{0,30}\b(?:not found|no longer (?:available|exists?)|doesn.t exist"
    r"|does not exist|has been (?:removed|deleted)|unavailable)"
    r"|^(?:error )?404\b|\b404 (?:error|not found|[-–|])|^not found|(?:seite|artikel"
    r"|inhalt).{0,20}nicht (?:gefunden|mehr verfügbar|vorhanden)"
    r"|page (?:introuvable|non trouvée|inexistante)|p[áa]gina no (?:encontrada|existe)|página não encontrada"
    r"|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|finns inte)"
    r"|siden (?:ble ikke funnet|findes ikke|blev ikke fundet)|sivua ei löydy|nie znaleziono strony"
    r"|strona nie (?:istnieje|została znaleziona)|stránka (?:nenalezena|nebyla nalezena|neexistuje)"
    r"|страница не найдена|сторінк[ау] не знайден|sayfa bulunamadı|az oldal nem található"
    r"|ページが(?:見つかりません|存在しません)"
    r"|页面不存在|找不到(?:页面|頁面|该页)|페이지를 찾을 수 없|الصفحة غير موجودة"
    r"|halaman tidak ditemukan|không tìm thấy trang",
    re.IGNORECASE,
)
_LISTING_TYPES = frozenset(("CollectionPage", "SearchResultsPage", "ProfilePage", "ContactPage", "CheckoutPage"))
_ARTICLE_TYPES = frozenset(("article", "news", "newsarticle", "video.other", "og:article"))
_PROSE = 80
"""Characters of a paragraph that is prose and no label."""
_BOX_OF_PROSE = 200
"""Characters that a box has of its own which holds prose and no teaser."""
_LEAST_CARDS, _LONGEST_CARD = 6, 600
_MOST_TEASERS = 12
"""More change nothing."""
_ENOUGH = 600
"""Characters of prose that make a page worth reading whatever it calls itself."""
_FEEDS = frozenset(("rss", "feed", "urlset", "sitemapindex", "rdf", "opml", "plist"))


def page_kind(document: Document) -> PageKind:
    """What the page is, by its own words and build; what is certain, the fields being unknown yet."""
    if document.article_nodes or _says_article(document):
        return "soft 404" if not _prose(document.root, 1) and _heads_match(document, _GONE) else "article"
    prose = _prose(document.root, 2 * _ENOUGH)
    if prose < _ENOUGH:
        shut = _shut(document)
        if shut:
            return shut
    if _is_listing(document, prose):
        return "listing"
    return "empty" if not prose and _is_empty(document) else "article"


def rejection(document: Document) -> str | None:
    """Why the page holds no article; None if it may hold one."""
    if not is_html(document):
        return "not an article: not HTML"
    kind = page_kind(document)
    return None if kind == "article" else f"not an article: {kind}"


def is_html(document: Document) -> bool:
    """Whether the page is HTML at all and no feed, picture, document or JSON."""
    parts = {part.tag: part for part in reversed(document.root)}
    head, body = parts.get("head"), parts.get("body")
    if body is not None and len(body) and body[0].tag in _FEEDS:
        return False
    return (head is not None and len(head) > 0) or not _is_file(text_of(document.root, 400))


def _is_file(text: str) -> bool:
    """Whether a text without a head is a file of another kind: by its first bytes, by broken letters, as data."""
    broken = sum(letter == "\ufffd" or "\x7f" <= letter < "\xa0" or letter < " " for letter in text)
    return _FILE.match(text) is not None or (len(text) > 20 and broken > 0.05 * len(text))


_FILE = re.compile(r"%PDF-|.?PNG\b|GIF8\d|RIFF|PK\W|ID3|\W{0,6}JFIF|[\[{]\s*[\[{\"]", re.DOTALL)


def _says_article(document: Document) -> bool:
    kind = (document.meta_content("og:type") or "").lower()
    return kind in _ARTICLE_TYPES or "article:published_time" in document.meta


def _shut(document: Document) -> PageKind | None:
    """What stands between the reader and the page; asked only where there is next to no prose."""
    if _heads_match(document, _CHALLENGE) or (
        len(text_of(document.root, _ENOUGH)) < _ENOUGH and _CHALLENGE_MARKS(document.root)
    ):
        return "challenge"
    if _heads_match(document, _GONE):
        return "soft 404"
    if _heads_match(document, _CONSENT) or _asks_for_consent(text_of(document.root, 2 * _ENOUGH)):
        return "consent wall"
    return (
        "login"
        if _heads_match(document, _LOGIN) and document.root.find(".//input[@type='password']") is not None
        else None
    )


def _asks_for_consent(text: str) -> bool:
    """Whether a page's few words are of partners, of personal data and of agreeing."""
    return all(pattern.search(text) for pattern in (_PARTNERS, _PERSONAL_DATA, _CHOICE))


def _heads_match(document: Document, pattern: re.Pattern[str]) -> bool:
    return any(map(pattern.search, document.title_and_headings))


def _is_listing(document: Document, prose: int) -> bool:
    if is_front_page(document.url) or is_search(document.url):
        return True
    if _heads_match(document, _SEARCHED) and len(list(islice(_teasers(document.root), _FEW_TEASERS))) == _FEW_TEASERS:
        return True
    said = any(kind in _LISTING_TYPES for node in document.linked_data for kind in types(node))
    if prose >= 2 * _ENOUGH and not said:
        return _tells_by_teasers(document.root) and not _names_its_address(document)
    teasers = sum(1 for _ in islice(_teasers(document.root), _MOST_TEASERS))
    teases = (said and (teasers >= 5 or prose < _ENOUGH)) or (
        teasers >= 8 and prose < 100 * teasers and prose < 2 * _ENOUGH
    )
    return teases and not _names_its_address(document)


def _tells_by_teasers(root: Element) -> bool:
    """Whether a page with prose has it all on teasers: a few lines each, under a heading that leads to the story."""
    cards = {card for heading in islice(_teasers(root), _MOST_TEASERS) if (card := _card(heading)) is not None}
    if len(cards) < _LEAST_CARDS:
        return False
    parts = (part for part in root.iter("p", "div", "td") if cards.isdisjoint((part, *part.iterancestors())))
    return not any(map(_has_prose, parts))


def _has_prose(part: Element) -> bool:
    if part.tag == "p":
        return len(text_of(part, _PROSE)) >= _PROSE
    return _size_of_own_text(part) >= _BOX_OF_PROSE


def _card(heading: Element) -> Element | None:
    """The element around a teaser: the largest that has not much more text than a heading and a few lines."""
    small = list(
        takewhile(lambda around: len(text_of(around, _LONGEST_CARD + 1)) <= _LONGEST_CARD, heading.iterancestors())
    )
    return next((around for around in reversed(small[:4]) if next(around.iter("p"), None) is not None), None)


def _teasers(root: Element) -> Iterator[Element]:
    """The headings that are links or hold one."""
    return filter(is_linked, root.iter("h2", "h3", "h4"))


def _names_its_address(document: Document) -> bool:
    told = [document.meta_content("og:title") or "", *document.title_and_headings]
    return names_its_address(document.url, " ".join(told))


def _is_empty(document: Document) -> bool:
    """Whether nothing is shown, and no script is there that could show something."""
    return len(text_of(document.root, 200)) < 20 and not document.scripts


def _prose(root: Element, enough: int) -> int:
    """Characters of the page's prose, links left out, counted up to what is enough: in paragraphs, else in boxes."""
    size = 0
    for paragraph in root.iter("p"):
        text = text_of(paragraph, 500)
        if (len(text) >= _PROSE or (len(text) >= _PROSE / 2.5 and not text.isascii())) and not _is_link(paragraph):
            linked = sum(len(text_of(link, 500)) for link in paragraph.iter("a"))
            size += len(text) if linked * 2 < len(text) else 0
            if size >= enough:
                return size
    return size + sum(own for box in root.iter("div", "td") if (own := _size_of_own_text(box)) >= _BOX_OF_PROSE)


def _size_of_own_text(box: Element) -> int:
    """Characters that stand in the element itself, and in none within it."""
    return sum(len(text.strip()) for text in (box.text, *(child.tail for child in box)) if text)


def _is_link(paragraph: Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and parent.tag == "a"
