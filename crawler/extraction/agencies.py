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
    "agencias; Agenturen; agencies; agences; agenzia; dpa-AFX; Reuters Staff; Dow Jones Newswires; Anadolu Agency; "
    "Press Trust of India; Xinhua News Agency; TASS News Agency; AFP News; Servimedia; News Agencies; 新华社; 共同; "
    "時事; 연합뉴스; 新華社; 共同通信; 時事通信; Thomson Reuters; red/agencias; Ukrinform; Укрінформ; "
    "Интерфакс; РИА Новости"
)
_PICTURES = phrases("Getty; Getty Images; Shutterstock; iStock; imago; Alamy; Scanpix; Keystone; PA; EPA; РИА Новости")
_NAMES = frozenset(name.casefold() for name in _NEWS | _NEWS_IN_WORDS)
OF_PICTURES = tuple(sorted(_NEWS | _PICTURES, key=lambda name: (-len(name), name)))
"""Names under pictures, as printed, the longest first."""


def is_agency(name: str) -> bool:
    """Whether the name is a news agency's."""
    name = name.casefold().strip(" .")
    return name in _NAMES or name.endswith((" news agency", " press agency"))
