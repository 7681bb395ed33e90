"""Whether a few words of a label call something related, tell to read it as well, or say that its subject is the same.

The lists of labels hold whole phrases; these hold the words that such phrases are made of in many languages, so that a
phrase that no list has is understood too.
"""

from crawler.extraction.lexicon import words

_MOST_WORDS = 5
_UNSPACED = "\u2e80"
"""Where scripts begin that set no spaces between words."""
_KINDRED = tuple(
    words(
        "related similar verwandt ähnlich connexe associé similaire relacionad correlat gerelateerd verwant relatert "
        "relatera relatere beslekted tengd powiązan podobn souvisejíc súvisiac kapcsolód hasonló asemănăto conex "
        "srodn sorodn povezan сродн повезан свързан похож связанн пов'язан схож звязан σχετικ παρόμοι ilgili benzer "
        "əlaqəli seotud saistīt susij relacionat terkait berkaitan متعلق مرتبط مشابه صلة علاقة קשור संबंधित "
        "সম্পর্কিত தொடர்புடைய"
    )
)
"""How words begin that call something related or alike."""
_LONGEST_UNSPACED = 16
_STORIES_UNSPACED = ("ニュース", "記事", "こちら", "新闻", "新聞", "报道", "報導", "文章", "기사", "뉴스")
"""Ends of labels of any length."""
_KINDRED_UNSPACED = ("関連", "相关", "相關", "관련", "연관")
_READ = words(
    "read reading lesen lest lies leset lire lisez lis leer lee lea leed ler leia leggi leggete lees lezen les lese "
    "läs läsa læs lue lukea lesa lestu czytaj przeczytaj czytać číst čtěte přečtěte čítajte prečítajte olvas olvassa "
    "olvasd olvassák citește citeşte citiți citiţi čitaj čitajte pročitaj pročitajte preberi preberite читай читайте "
    "читать прочитай прочитайте прочетете прочети читати чытайце διαβάστε διάβασε oku okuyun oxuyun loe lasi lasiet "
    "skaityk skaitykite lexo lexoni llegeix llegiu irakurri baca đọc اقرأ إقرأ بخوانید پڑھیں پڑھیے קראו קרא पढ़ें "
    "পড়ুন वाचा"
)
_ALSO = words(
    "also next further auch ausserdem außerdem weiter aussi également ensuite también tambien además também ainda "
    "anche pure ook också även også myös einnig także też również také též tiež aj is și şi "
    "i još tudi takođe također также тоже ещё еще також ще таксама също още επίσης ακόμα ayrıca da de həmçinin ka "
    "arī pat edhe gjithashtu també ere juga thêm أيضا ايضا كذلك همچنین بھی גם भी আরও"
)
_SAME = words(
    "same selben gleichen même mismo mesma mesmo stesso stessa hetzelfde zelfde samme samma samaan samasta stejné "
    "rovnakú rovnakej tym той том тому ugyanebben isti istu istoj ίδιο aynı"
)
_SUBJECT = words(
    "topic subject theme story thema sujet thème dossier tema assunto argomento onderwerp emne emnet sak ämne aiheesta "
    "tématu téma téme temat témában тему теме тэму θέμα konu konuda"
)
_TOPICS = tuple(
    words(
        "topic tag theme thema themen thème tema temi temas teemat téma témy témat temat тем θέμα konu keyword schlag "
        "stichw etiqueta etikett emne ämne person people compan unternehmen firm tick stock countr länder place ort "
        "search suche produ video galler galer foto photo link job event categor kategor rubri"
    )
)
"""How words begin that name something else than stories: topics, people, goods."""
_TOPICS_UNSPACED = ("タグ", "キーワード", "标签", "標籤", "关键", "關鍵", "태그", "키워드", "商品", "상품")
_TELLING = _SAME | _READ | _ALSO
_SHORTEST = min(map(len, _KINDRED))
_OPENINGS = frozenset(stem[:_SHORTEST] for stem in _KINDRED)
"""How their first letters are: few words begin like any of them."""


def offers_kindred(phrase: str) -> bool:
    """Whether a phrase in lower case offers what is related to the story, and no topics, people or goods."""
    if phrase >= _UNSPACED:
        named = _names_one(phrase, _KINDRED_UNSPACED) and not _names_one(phrase, _TOPICS_UNSPACED)
        return named and (len(phrase) <= _LONGEST_UNSPACED or phrase.endswith(_STORIES_UNSPACED))
    parts = phrase.split()
    if not 1 < len(parts) <= _MOST_WORDS:
        return False
    if _TELLING.isdisjoint(parts) and _OPENINGS.isdisjoint([part[:_SHORTEST] for part in parts]):
        return False
    if not (_SAME.isdisjoint(parts) or _SUBJECT.isdisjoint(parts)):
        return True
    if any(part.startswith(_TOPICS) for part in parts):
        return False
    return any(part.startswith(_KINDRED) for part in parts) or not (_READ.isdisjoint(parts) or _ALSO.isdisjoint(parts))


def names_subject(phrase: str) -> bool:
    """Whether a phrase in lower case says that what it stands over is of the story's subject, or related to it."""
    if phrase >= _UNSPACED:
        return _names_one(phrase, _KINDRED_UNSPACED)
    parts = phrase.split()
    return not _SUBJECT.isdisjoint(parts) or any(part.startswith(_KINDRED) for part in parts)


def _names_one(phrase: str, names: tuple[str, ...]) -> bool:
    return any(name in phrase for name in names)
