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
_READ = re.compile(
    r"\b(?:læs|les|läs|read|lies|lesen|weiterlesen|lire|leer|leia|ler|leggi|leggere|lees|lezen|czytaj|przeczytaj|čtěte"
    r"|číst|читайте|читати)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:rest|resten|hele|hela|ganzen?|full|entire|suite|completo|completa|tutto|intero|verder|całość|całego|celý"
    r"|полностью|повністю)\b",
    re.IGNORECASE,
)
_ACCESS = re.compile(
    r"\babonn|\babbonat|\bsubscri(?:be|ption|ber)|\bprenumer|\bsuscri(?:b|p)|\bassin(?:e|ante|atura)\b|\bpředplat|\btilgang"
    r"|\badgang|\bподпис|\bпередплат",
    re.IGNORECASE,
)


def offers_the_rest(text: str) -> bool:
    """Whether a line says that the rest of the story, or all of it, can be read."""
    if len(text) > _LONGEST_OFFER or not any(map(text.lower().__contains__, _STORIES)):
        return False
    return _READ.search(text) is not None and _WHOLE.search(text) is not None


def tells_of_access(text: str) -> bool:
    """Whether a text tells of subscriptions."""
    return _ACCESS.search(text) is not None


def counts_what_is_left(text: str) -> bool:
    """Whether a short text says how many per cent of the story are left to read."""
    if len(text) > _LONGEST or not _SHARE.search(text):
        return False
    lowered = text.lower()
    return any(map(lowered.__contains__, _STORIES)) and any(map(lowered.__contains__, _LEFT))
