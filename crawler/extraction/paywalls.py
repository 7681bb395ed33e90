"""Whether a paragraph is a paywall's: how much of the story is left, or how to read the rest; in many languages."""

import re

_LONGEST = 200
"""Characters: what is longer is the story itself."""
_SHARE = re.compile(r"(?<![\d.,])\d{1,2}(?:[.,]\d{1,2})?\s?%|[٠-٩]{1,2}\s?٪")
_STORIES = (
    "article", "story", "artikel", "beitrag", "artículo", "articulo", "articolo", "artigo", "matéria", "artykuł",
    "článk", "cikk", "artikk", "artikl", "juttu", "jutust", "artiklist", "статьи", "статті", "материала", "άρθρ",
    "makale", "haber", "المقال", "כתבה", "記事", "文章", "기사",
)  # fmt: skip
_LEFT = (
    "left", "remain", "behind", "have read", "reste", "noch ", "verbleib", "weiterles", "queda", "resta", "mancano",
    "nog ", "resterend", "återstår", "gjenstår", "tilbage", "jäljellä", "pozostał", "zbývá", "zostáva", "hátra",
    "осталось", "залишилось", "απομέν", "kaldı", "تبقى", "נותר", "残り", "剩余", "剩餘", "남았",
)  # fmt: skip


_LONGEST_OFFER = 160
_REST = re.compile(
    r"\b(?:read|see) the (?:full|whole|entire|rest of the|complete) (?:article|story)"
    r"|\b(?:continue|keep) reading\b"
    r"|\b(?:den )?(?:ganzen|vollständigen) (?:artikel|beitrag) lesen|\bweiterlesen\b"
    r"|\blire (?:la suite|l['’]intégralité|l['’]article (?:complet|entier))|\bla suite de (?:cet|l['’])\s?article"
    r"|\bleer el (?:artículo|contenido) completo|\b(?:seguir|continuar) leyendo|\bler (?:a matéria|o artigo) complet"
    r"|\bcontinuar (?:a ler|lendo)|\bleggere? l['’](?:intero articolo|articolo completo)|\bcontinuare? a leggere"
    r"|\blees (?:het hele|verder|de rest van)|\bverder lezen|\blæs (?:resten|hele)|\blæse videre|\bles resten"
    r"|\bles hele saken|\blese videre|\bläs (?:resten|hela)|\b(?:läsa vidare|fortsätta läsa)"
    r"|\bprzeczytaj (?:cały|całość)|\bczyta[ćj] dalej|\bcelý článek|\bчитать (?:полностью|далее)"
    r"|\bчитати (?:повністю|далі)",
    re.IGNORECASE,
)
_ACCESS = re.compile(
    r"\babonn(?:e|é|ement)|\babonnier|\babbonat|\bsubscri(?:be|ption)|\bprenumer|\bsuscri(?:b|p)|\bassin(?:e|ante|atura)\b"
    r"|\bpředplat|\bподпис|\bпередплат|\bfuld adgang|\bunlimited access|\bvoller zugriff",
    re.IGNORECASE,
)


_REST_STEMS = (
    "read", "see the", "les", "lire", "suite", "lees", "leer", "leyendo", "ler", "lendo", "legge", "lezen", "læs",
    "läs", "czyta", "celý", "чита",
)  # fmt: skip
"""One of these is in every text that _REST finds, and plain searches are fast."""


def offers_the_rest(text: str, following: str) -> bool:
    """Whether a line says that the rest of the story can be read, and it or the next that this takes a subscription."""
    if len(text) > _LONGEST_OFFER or not any(map(text.lower().__contains__, _REST_STEMS)) or not _REST.search(text):
        return False
    return _ACCESS.search(text) is not None or _ACCESS.search(following) is not None


def counts_what_is_left(text: str) -> bool:
    """Whether a short text says how many per cent of the story are left to read."""
    if len(text) > _LONGEST or not _SHARE.search(text):
        return False
    lowered = text.lower()
    return any(map(lowered.__contains__, _STORIES)) and any(map(lowered.__contains__, _LEFT))
