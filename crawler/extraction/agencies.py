"""News and picture agencies: whose names stand in credit lines and under pictures."""

from crawler.extraction.lexicon import phrases, words

_NEWS = words(
    "AFP AP Reuters dpa APA SDA ATS EFE ANSA TASS UPI PTI ANI IANS AFX SID KNA epd Lusa Ritzau NTB TT STT Belga ANP "
    "MTI ČTK CTK PAP Kyodo Jiji Yonhap Xinhua Bloomberg AAP CP UNIAN УНИАН Interfax ITAR-TASS RIA BTA Agerpres Tanjug "
    "HINA STA AA DDP DAPD EP RTR Keystone-SDA TASSR Antara Bernama VNA CNA WAM SPA MENA ТАСС"
)
_NEWS_IN_WORDS = phrases(
    "Associated Press; The Associated Press; Agence France-Presse; Agence France Presse; Press Association; PA Media; "
    "Europa Press; Canadian Press; The Canadian Press; Deutsche Presse-Agentur; Austria Presse Agentur; Agencia EFE; "
    "dpa-AFX; Reuters Staff; Dow Jones Newswires; Anadolu Agency; "
    "Press Trust of India; Xinhua News Agency; TASS News Agency; AFP News; Servimedia; 新华社; 共同; "
    "時事; 연합뉴스; 新華社; 共同通信; 時事通信; Thomson Reuters; red/agencias; Ukrinform; Укрінформ; "
    "Интерфакс; РИА Новости"
)
_UNNAMED = phrases(
    "agencias; agências; Agenturen; agencies; news agencies; agences; agenzia; agenzie; ajanslar; agentury"
)
"""Agencies that are not named."""
_PICTURES = phrases("Getty; Getty Images; Shutterstock; iStock; imago; Alamy; Scanpix; Keystone; PA; EPA; РИА Новости")
_NAMES = frozenset(name.casefold() for name in _NEWS | _NEWS_IN_WORDS | _UNNAMED)
_UNNAMED_FOLDED = frozenset(name.casefold() for name in _UNNAMED)
OF_PICTURES = tuple(sorted(_NEWS | _PICTURES, key=lambda name: (-len(name), name)))
"""Names under pictures, as printed, the longest first."""


def is_agency(name: str) -> bool:
    """Whether the name is a news agency's."""
    name = name.casefold().strip(" .")
    return name in _NAMES or name.endswith((" news agency", " press agency"))


def is_unnamed(name: str) -> bool:
    """Whether it says that agencies were read, and not which."""
    return name.casefold() in _UNNAMED_FOLDED
