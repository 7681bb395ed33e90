"""Names of authors out of credit lines and metadata: labels, roles, places and dates off, several names told apart."""

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from crawler.extraction.agencies import is_agency
from crawler.extraction.credit_lines import without_dates
from crawler.extraction.lexicon import words
from crawler.items import AuthorKind

_LABEL = re.compile(
    r"^\W*(?:(?:written|words|story|reporting|report|text[eo]?|article|posted|published|compiled"
    r"|analysis|opinion|review|interview"
    r"|submitted|contributed|edited)\s+by|by line|byline|by|von|par|por|de|di|da|af|av|door|autorin/autor"
    r"|autor(?:a|en|in|i|e|es)?|auteurs?|authors?|writers?|kirjoittaja"
    r"|skrevet av|skrevet af|tekst|text[eo]?|testo|szerző|yazar|yazan|tác giả|penulis|oleh|reporter|editor"
    r"|redaktor(?:ka)?|redacción|автор(?:ы|и)?|редактор|szerkesztő|urednik|redaktør|toimittaja"
    r"|текст|журналист|от|од|από|του|מאת|بقلم|كتب|نویسنده|خبرنگار|kirjutas|pisze|napisal[ai]?"
    r"|napisał[ai]?|opracowa\w{1,6}|od|írta|文|記者|作者|撰文|来源|責任編集|기자|글|"
    r"editado por|escrito por|publicado por|redigé par|rédigé par|publié par|propos recueillis par|a cura di"
    r"|scritto da|pubblicato da|geschrieben von|ein (?:gast)?(?:kommentar|beitrag|artikel|interview|bericht"
    r"|essay) von"
    r"|(?:a |an )?(?:analysis|opinion|commentary|report) by)(?:\s*[:：／・|]\s*|\s+(?=\S)|(?<=[文者])／?)",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"\s*(?:;|\||•|·|⋅|∙|●|、|／|\n|\s/\s|&amp;)\s*|\s+(?:and|und|et|y|e|og|och|ja|en|i|и|й|і|та|ve|dan|és|a|și|şi|with"
    r"|mit|avec|con|com|και|und|&|\+)\s+"
    r"|,\s*(?:and|und|et|y|e|og|och|en|и|й|і|та|ve|dan|és|&)\s+|\s*[,،，]\s*",
    re.IGNORECASE,
)
_PARENS = re.compile(r"\s*[(\[（【][^()\[\]（）【】]{0,120}[)\]）】]")
_URL = re.compile(r"https?://|www\.|\.com\b|\.de\b|@|#|\{|\}|=")
_TAIL = re.compile(
    r"\s+(?:[-–—|]|in|aus|from|for|für|of|at|at the|à|a|i|en)\s+.{0,80}$|\s*[-–—|/]\s+.{0,80}$|\s*[:：].{0,80}$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:\b(?:staff|senior|sr\.|chief|political|business|sports?|science|health|foreign|associate|deputy|managing"
    r"|executive|assistant|tech|film|music|food|travel|fashion|legal|court|religion|media|climate|energy|transport"
    r"|housing|investigat\w{1,4}|breaking|review|community|social affairs|international|regional|security|financ\w{1,4}"
    r"|personal|markets?|general|weekend|former|lead|principal|contributing|special|junior|digital|features?|news|"
    r"crime|education|environment|economics?|technology|defen[cs]e|diplomatic|city|local|national|global|europe"
    r"|world|entertainment|culture|arts|lifestyle|money|consumer|royal|video|data|"
    r"white house|us|uk|our|the)\b\s*){0,4}(?:\b(?:writer|editor|reporter|correspondent|columnist|journalist"
    r"|contributor|producer|journaliste|redakteur(?:in)?|korrespondent(?:in)?|"
    r"autor(?:in)?|reporter(?:in)?|volontär(?:in)?|chefredakteur(?:in)?|redactora?|periodista|corresponsal"
    r"|giornalista|inviat[oa]|journalist[ei]n?|author|professor|lecturer|photographer|bureau chief|"
    r"fellow|analyst|director|intern|freelance|publisher|redaktør|journalistin|wetenschapsredacteur|redacteur"
    r"|grand reporter|envoyée? spéciale?|correspondante?)\b)(?:\s+.{0,60})?$",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"\b(?:c[eft]o|founder|president|chair(?:man|woman|person)?|head of|director|manager|consultant|specialist|expert"
    r"|strategist|analyst|researcher|scientist|economist|historian|philosopher|sociologist|professor|lecturer|educator"
    r"|attorney|lawyer|physician|psychologist|dietitian|nutritionist|horticulturalist|coach|contributor|correspondent"
    r"|reporter|editor|journalist|writer|author|columnist|critic"
    r"|professor(?:in|a)?|direktor(?:in)?|wissenschaftler(?:in)?|ökonom(?:in)?|historiker(?:in)?|soziologe|soziologin"
    r"|jurist(?:in)?|redakteur(?:in)?|korrespondent(?:in)?|journalist(?:in)?|autor(?:in|a)?"
    r"|professeure?|directeur|directrice|chercheu(?:r|se)|économiste|historien(?:ne)?|sociologue|philosophe|politologue"
    r"|politiste|avocate?|médecin|président(?:e)?|journaliste|écrivaine?|essayiste"
    r"|profesora?|catedrátic[oa]|directora|investigadora?|economista|historiadora?|sociólog[oa]|politólog[oa]|abogad[oa]"
    r"|médic[oa]|periodista|escritora?|presidente|professore|direttore|direttrice|ricercat(?:ore|rice)|giornalista"
    r"|diretora?|pesquisadora?|advogad[oa]|colunista|jornalista|hoogleraar|onderzoeker|profesor|dyrektor)\b",
    re.IGNORECASE,
)
"""What somebody is, where it follows a name and a comma: 'Ada Lovelace, Certified Ferry Consultant'."""
_CREDENTIALS = re.compile(
    r"(?:,?\s(?:Ph\.?D\.?|M\.?D\.?|MBA|MPH|MSc?|BSc|BSN|R[ND]N?|CPA|CFA|CFP|CPP|PMP|DVM|DDS|J\.?D\.?|Esq\.?|Psy\.?D\.?"
    r"|LCSW))+$"
)
_SUFFIX = re.compile(r",\s+((?:Jr|Sr)\b\.?|II|III|IV)(?=\s*(?:[,;&]|$|\b(?:and|und|et|y)\b))")
"""It belongs to the name before it: 'Ada Lovelace, Jr.'"""
_FIRST_NAMES = re.compile(r"([^\W\d_]{2,20})\s+(?:and|und|et|y|e|og|och|en|&)\s+([^\W\d_]{2,20})")
"""Two people by their first names: 'Ada & Karl'."""
_SUBJECTS = words(
    "politics policy economy economics business finance money markets life lifestyle style fashion arts culture "
    "science technology tech health wellness sport sports news opinion analysis food travel music film books society "
    "law crime world home family work education weather climate environment energy nature people entertainment "
    "politik wirtschaft finanzen kultur gesellschaft leben stil wissen wissenschaft technik gesundheit meinung "
    "panorama reise bildung umwelt familie geld recht politique économie société sciences santé idées monde política "
    "economía economia cultura sociedad sociedade ciencia ciência salud saúde deportes esportes mundo politica "
    "società scienza salute cronaca esteri spettacoli politiek economie cultuur wetenschap gezondheid ekonomi "
    "samhälle hälsa vetenskap økonomi sundhed helse"
)
"""What departments are about: 'Politics & Economy' are no two people."""
_COLLECTIVE = re.compile(
    r"\b(?:redaktion|redacci[oó]n|redação|redazione|rédaction|redactie|redaksi|redakcja|redakce|newsroom"
    r"|news ?desk|staff|team|editorial|editors?|editor|desk|online|news|media|"
    r"agency|agencia|agence|press|tv|radio|magazine|times|post|herald|tribune|journal|gazette|daily|bureau|network"
    r"|service|group|institute|foundation|university|association|council|"
    r"ministry|department|office|company|inc|ltd|gmbh|corp|web desk|correspondents?|reporters?|contributors?"
    r"|writers|redaktionen|toimitus|редакция|редакція|пресс-служба|zeitung|rundfunk|"
    r"board|committee|wire|digital|studio|presse|polizei|police|polizia|polic[ií]a|feuerwehr)\b|ब्यूरो|डेस्क|編集部|編集局|本報|取材班|社説|報道部|新聞|网|网络|편집국|뉴스|온라인|تحرير",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(
    r"(?<=[\uac00-\ud7af])\s?(?:선임|수습|인턴|전문)?\s?(?:기자|특파원|논설위원)$|\s?(?:記者|记者)$"
    r"|\s*\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\s\d{1,2}$"
)
_PARTED = re.compile(f"({_JOIN.pattern})", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]")
_NOT_NAMES = re.compile(
    r"\d{3}|\b(?:updated?|published|posted|minutes?|read|ago|share|comments?|follow|subscribe|photos?|fotos?|image"
    r"|bild|video|copyright|getty|january|february|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|uhr|am|pm|ist|est|guest|admin|administrator|null"
    r"|undefined|none|unknown|user|editorial team only|"
    r"more from|alle artikel|view all|posts|(?:view|see|full|my|your|author) profile|by|see also|read more|archives?"
    r"|exclusive|exklusiv|aktualisiert|unbekannt"
    r"|(?:privacy|cookies?|editorial) (?:policy|process|guidelines|standards|statement)|terms of \w+|key takeaways)\b"
    r"|(?:報導|報道|报道)$"
    r"|^(?:also|profile|spotlight|register)$|^(?:sign in|log ?in)\b"
    r"|^(?:view|from|link|about|related)(?:$| (?:the|our|us|this|all|more|bio|to|in|with|story|stories|articles?"
    r"|author)\b)",
    re.IGNORECASE,
)
_NEWS = words(
    "nachrichten aktuelles noticias actualidad notícias atualidade nouvelles actualités actualité notizie attualità "
    "nieuws nyheter nyheder uutiset wiadomości aktualności zprávy správy hírek știri новости новини вести vijesti "
    "vesti novice haberler haber berita ειδήσεις أخبار חדשות 新闻 新聞 ニュース 뉴스"
)
"""What departments are called that stand where a name should."""
_PARTICLES = words(
    "de di da von van der den del della la le el al bin ibn ben du dos das do e y af av zu zum ter ten abu st mac mc"
)
LONGEST = 60


def split_names(credit: str) -> list[str]:
    """The names in a credit line, in its order: 'By Ada Lovelace and AP' gives 'Ada Lovelace' and 'AP'."""
    return list(_names_in(credit[:600]))


@lru_cache(maxsize=4096)
def _names_in(credit: str) -> tuple[str, ...]:
    text = without_dates(_PARENS.sub("", html.unescape(credit)))
    text = _SUFFIX.sub(r" \1", without_label(" ".join(text.split())))
    pair = _FIRST_NAMES.fullmatch(text)
    if pair and all(name.casefold() in _SUBJECTS for name in pair.groups()):
        return ()
    if pair and all(map(_is_first_name, pair.groups())):
        return (text,)
    turned = _turned_round(text)
    if turned:
        return (turned,)
    return tuple(unique(clean for part in _people(text) if (clean := clean_name(part))))


def _people(text: str) -> Iterator[str]:
    """The parts of a line that may be names: none of a place or a position behind one: 'Ada Lovelace, Berlin'."""
    join, positioned, begun = "", False, False
    for number, part in enumerate(_PARTED.split(text)):
        if number % 2:
            join = part
        elif part.strip():
            joined = any(map(str.isalpha, join)) and not positioned
            positioned = begun and _is_position(part, joined=joined)
            if not positioned and not (begun and _is_bare(part)):
                yield part
            begun = True


def without_label(text: str) -> str:
    """The line without 'By' and its like before the names."""
    for _ in range(3):
        label = _LABEL.match(text)
        if label is None or label.end() == len(text):
            break
        text = text[label.end() :]
    return text.strip()


@lru_cache(maxsize=4096)
def clean_name(text: str) -> str | None:
    """One name without role, place and punctuation; None if that is none."""
    text = without_label(" ".join(html.unescape(text).split()).strip(" \t,;:|·•–—-*/"))
    text = _PARENS.sub("", text)
    if is_agency(text):
        return text
    label = _LABEL.match(f"{text} x")
    if label and label.end() > len(text):
        return None
    text = _HONORIFIC.sub("", text)
    shorter = _TAIL.sub("", text)
    text = shorter if _WORD.search(shorter) and " " in shorter else text
    without_role = _ROLE.sub("", text).strip(" ,-–—|")
    text = without_role if " " in without_role or is_agency(without_role) or not _is_office(text) else text
    text = _without_agency(text.strip(" \t,;:|·•⋅●–—-*/\"'“”„"))
    plain = _CREDENTIALS.sub("", text)
    text = plain if " " in plain and not plain.isupper() else text
    return text if is_name(text) else None


def _is_office(text: str) -> bool:
    """Whether a text with a role in it is an account of several people: 'Online News Editor', 'HT Correspondent'."""
    return _ROLE.search(text) is not None and "," not in text


def _without_agency(text: str) -> str:
    """The name without the agency set behind it: 'Ada Lovelace Associated Press'."""
    words = text.split()
    for last in (1, 2):
        if len(words) >= last + 2 and is_agency(" ".join(words[-last:])) and (last > 1 or words[-1].isupper()):
            return " ".join(words[:-last])
    return text


def is_name(text: str) -> bool:
    """Whether a text can be a name: short, of few words, with a capital letter, no date, address or phrase."""
    if not 2 <= len(text) <= LONGEST or not _WORD.search(text) or _URL.search(text) or _NOT_NAMES.search(text):
        return False
    words = text.split()
    if len(words) > 6 or (len(words) == 1 and text.casefold() in _NEWS):
        return False
    first = next((letter for letter in text if letter.isalpha()), "")
    return not first.islower() or is_agency(text) or (words[0] in _PARTICLES and len(words) > 1)


def is_full_name(text: str) -> bool:
    """Whether a text looks like a person's first and last name: a few words, all of them with a capital."""
    words = [word for word in text.split() if word.casefold() not in _PARTICLES]
    return (
        2 <= len(words) <= 4
        and all(word[0].isupper() for word in words)
        and is_name(text)
        and not text.endswith((".", "!", "?"))
        and not any(map(str.isdigit, text))
    )


def is_clear_name(text: str) -> bool:
    """Whether a text can be nothing but an author: a full name or an agency."""
    return is_full_name(text) or is_agency(text)


def kind_of(name: str) -> AuthorKind:
    """Person, agency or organization, by the words of the name."""
    if is_agency(name):
        return "agency"
    return "organization" if _COLLECTIVE.search(name) or name.startswith("The ") or _is_office(name) else "person"


def unique(names: Iterable[str]) -> list[str]:
    """The names without repeats, the first spelling kept."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(folded(name), name)
    return list(found.values())


def folded(name: str) -> str:
    """What two spellings of a name have in common."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _turned_round(text: str) -> str | None:
    """'Lovelace, Ada' is 'Ada Lovelace'; two agencies or two full names are no such thing."""
    last, comma, first = text.partition(",")
    last, first = last.strip(), first.strip()
    if not comma or "," in first or is_agency(last) or is_agency(first) or not (last and first):
        return None
    if (
        " " in last
        or len(first.split()) > 2
        or not first[0].isupper()
        or not last[0].isupper()
        or len(first) < 3
        or _COLLECTIVE.search(text)
        or _ROLE.search(first)
    ):
        return None
    return f"{first} {last}" if " " not in first or first.split()[-1].endswith(".") else None


def _is_first_name(name: str) -> bool:
    return name.istitle() and not is_agency(name) and not _COLLECTIVE.search(name) and name.casefold() not in _SUBJECTS


def _is_bare(part: str) -> bool:
    """Whether what follows a name is one word, as that of a place."""
    return " " not in part.strip() and part.isascii() and not is_agency(part)


def _is_position(part: str, *, joined: bool) -> bool:
    """Whether what follows a name says what somebody is; who is joined by a word may have a surname like Coach."""
    if _ROLE.fullmatch(part.strip()):
        return True
    return _POSITION.search(part) is not None and not (joined and is_full_name(part.strip()) and part.count(" ") == 1)
