"""Whether a paragraph asks the reader to subscribe to a newsletter, in many languages."""

import re

_LONGEST = 160
"""Characters: what is longer tells of newsletters rather than asking."""
_ASKS = re.compile(
    r"(?:^|[:;,.!?–—-]\s+)(?:please |now |click here to )?(?:subscribe|sign up|join our)\b"
    r"|\babonniere(?:n|t)?\b|\banmelden\b|\bmelden sie sich\b"
    r"|\b(?:inscri|abonn)(?:vez|ez)-vous\b|\bs['’](?:inscrire|abonner)\b|\bsuscr[ií]b(?:ete|ase|irse)\b|\bapúntate\b"
    r"|\b(?:inscreva-se|subscreva|assine)\b|\biscriv(?:iti|etevi)\b|\bmeld (?:je|u|deg)\b|\bschrijf je in\b"
    r"|\babonneer\b|\bprenumerera\b|\banmäl dig\b|\b(?:abonner|tilmeld)\b|\btilaa\b|\bzapisz się\b|\bpřihlaste se\b"
    r"|\bodebírejte\b|\biratkoz\w+|\babonează-te\b|\bподпи(?:ш(?:итесь|ись)|сывайтесь)\b|\bпідпи(?:шіться|суйтесь)\b"
    r"|\bабонирайте\b|\babone ol\w*|\bkaydol\w*|\bberlangganan\b|\bđăng ký\b|\bεγγραφείτε\b|\bاشترك"
    r"|\bהירשמו\b|订阅|訂閱|購読|登録|구독",
    re.IGNORECASE,
)
_NEWSLETTERS = (
    "newsletter", "mailing list", "infolettre", "lettre d'info", "lettre d’info", "boletin", "boletín", "boletim",
    "nieuwsbrief", "nyhetsbrev", "nyhedsbrev", "uutiskirje", "hírlevel", "hírlevél", "zpravodaj", "bülten", "рассылк",
    "розсилк", "бюлетин", "bản tin", "ενημερωτικ", "نشرة", "ניוזלטר", "通讯", "通訊", "電子報", "メルマガ",
    "ニュースレター", "뉴스레터",
)  # fmt: skip


def asks_to_subscribe(text: str) -> bool:
    """Whether a short text asks to subscribe to, or sign up for, a newsletter."""
    if len(text) > _LONGEST:
        return False
    lowered = text.lower()
    return any(map(lowered.__contains__, _NEWSLETTERS)) and bool(_ASKS.search(text))
