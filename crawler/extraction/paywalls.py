"""Whether a paragraph is a paywall's counter: how much of the story is left to read, in many languages."""

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


def counts_what_is_left(text: str) -> bool:
    """Whether a short text says how many per cent of the story are left to read."""
    if len(text) > _LONGEST or not _SHARE.search(text):
        return False
    lowered = text.lower()
    return any(map(lowered.__contains__, _STORIES)) and any(map(lowered.__contains__, _LEFT))
