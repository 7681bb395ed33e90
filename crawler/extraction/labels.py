"""What newspapers print over related links, in many languages, and over boxes that are something else."""

import re
import string
import unicodedata
from functools import lru_cache
from typing import Literal

from crawler.extraction.kindred import offers_kindred

Label = Literal["related", "other"]

_WHOLE = """
related|related articles|related article|related stories|related story|related news|related content
related posts|related post|related links|related link|related coverage|related reading|related information
related reports|related features|related items|read more|read also|also read|read next|read this|read this next
see also|also see|see more|also on this story|more on this|more on this story|more on this topic
more on the topic|more on the story|further reading|read further|what to read next|go deeper|dig deeper|in depth
must read|must-read|keep reading|continue reading|updates|the latest on this story|more coverage|full coverage
background|context|explainer|previously|previous coverage|earlier coverage|in case you missed it|don't miss
dont miss|read|more|also|recommended reading|suggested reading|similar articles|similar stories
related topics and articles|more stories like this|lesen sie auch|lesen sie hier|lesen sie dazu
lesen sie dazu auch|lesen sie mehr|lesen sie weiter|lesen sie mehr dazu|auch lesenswert|lesen sie mehr zum thema
lesen sie ausserdem|lesen sie außerdem|mehr zum thema|mehr dazu|mehr lesen|mehr infos|mehr hintergründe
zum thema|passend zum thema|passend dazu|siehe auch|weitere artikel zum thema|weitere beiträge zum thema
weiterführende links|ähnliche beiträge|ähnliche artikel|ähnliche themen|verwandte artikel|verwandte themen
verwandte beiträge|weitere beiträge|weitere artikel|hintergrund|auch interessant|auch spannend|dazu passend
das könnte sie auch interessieren|lies auch|lies mehr|lies dazu|mehr zu diesem thema|weiterlesen
weitere informationen|mehr dazu lesen sie hier|hier geht es weiter|links zum thema|à lire aussi|a lire aussi
lire aussi|à lire|a lire|lire également|à lire également|a lire également|lire la suite|à voir aussi|voir aussi
sur le même sujet|sur le même thème|articles liés|article lié|articles connexes|pour aller plus loin
en savoir plus|dans le même dossier|à lire sur le même sujet|nos articles sur le sujet|notre dossier|lisez aussi
lisez également|relire|à relire|à découvrir aussi|contenu associé|contenus liés|articles associés|dossier
noticias relacionadas|noticia relacionada|artículos relacionados|artículo relacionado|contenido relacionado
relacionado|relacionados|relacionadas|notas relacionadas|nota relacionada|lee también|lea también|lee además
lea además|leer también|leer más|lee más|lea más|más información|ver también|vea también|mira también
sigue leyendo|te recomendamos leer|te puede interesar|también te puede interesar|temas relacionados y noticias
lee aquí|lea aquí|otras noticias|más noticias sobre el tema|además|también lee|puedes leer|leia também|leia mais
leia ainda|veja também|veja mais|ver também|saiba mais|notícias relacionadas|notícia relacionada
artigos relacionados|artigo relacionado|matérias relacionadas|matéria relacionada|conteúdo relacionado
confira também|ler mais|ler também|leia a seguir|mais sobre o tema|sobre o mesmo tema|leggi anche|leggi
leggi pure|leggi tutto|leggi di più|articoli correlati|articolo correlato|correlati|notizie correlate|vedi anche
approfondimenti|per approfondire|leggi anche su|approfondisci|sullo stesso argomento|sullo stesso tema|guarda anche
leggi ancora|ti potrebbe interessare|potrebbe interessarti|leggi altro|contenuti correlati|sul tema|lees ook
lees meer|lees verder|lees hier|gerelateerd|gerelateerde artikelen|gerelateerd artikel|zie ook|bekijk ook
meer hierover|meer over dit onderwerp|ook interessant|lees meer over dit onderwerp|aanbevolen artikelen|les også
les mer|les mer om saken|relaterte saker|relaterte artikler|relatert|se også|saken fortsetter under|mer om saken
läs också|läs även|läs mer|läs vidare|läs mer om|relaterat|relaterade artiklar|se även|mer om ämnet|mer i ämnet
læs også|læs mere|relaterede artikler|relateret|relaterede|mere om emnet|se også her|læs videre|lue myös
lue lisää|aiheesta lisää|lisää aiheesta|aiheeseen liittyvää|katso myös|lue seuraavaksi|tengdar fréttir
tengt efni|sjá einnig|lestu einnig|lesa meira|tengdar greinar|czytaj także|czytaj też|czytaj również
czytaj więcej|czytaj dalej|przeczytaj także|przeczytaj też|przeczytaj również|zobacz także|zobacz też
zobacz również|zobacz więcej|powiązane|powiązane artykuły|powiązane tematy|więcej na ten temat|sprawdź także
dowiedz się więcej|čtěte také|čtěte více|čtěte dále|přečtěte si|přečtěte si také|přečtěte si i|související
související články|související články a témata|viz také|k tématu|více k tématu|mohlo by vás zajímat|čítajte aj
čítajte tiež|čítajte viac|prečítajte si|prečítajte si aj|prečítajte si tiež|súvisiace|súvisiace články
súvisiaci článok|k téme|mohlo by vás zaujať|kapcsolódó|kapcsolódó cikkek|kapcsolódó cikk|kapcsolódó cikkeink
kapcsolódó tartalom|olvasta már|olvassa el|olvasd el|lásd még|ezek is érdekelhetnek|ez is érdekelheti
további cikkek a témában|a témában|ajánlott cikkek|citește și|citeşte şi|citește mai mult|citeşte mai mult
vezi și|vezi şi|articole similare|știri similare|articole asemănătoare|pe aceeași temă|pe aceeaşi temă
te-ar putea interesa și|citeste si|vezi si|mai multe pe această temă|articole recomandate|pročitajte i
pročitajte još|pročitaj|pročitaj i|pročitaj još|čitajte još|čitaj još|povezano|povezane vijesti|povezane vesti
povezani članci|vezane vijesti|opširnije|preberite tudi|preberite še|berite tudi|sorodne vsebine|sorodni članki
sorodne novice|povezane teme|на исту тему|прочетете още|прочети още|свързани|свързани статии|свързани новини
вижте още|виж още|вижте също|още по темата|прочитајте|повезано|повезане вести|прочитај и ова|читайте также
читать также|читайте ещё|читайте еще|читайте по теме|по теме|материалы по теме|еще по теме|ещё по теме
больше по теме|похожие материалы|похожие статьи|похожие новости|связанные материалы|связанные статьи
смотрите также|см. также|подробнее|читать далее|читать дальше|также читайте|также по теме|новости по теме
статьи по теме|ранее по теме|другие материалы по теме|контекст|читайте також|читайте ще|читати також
також читайте|до теми|за темою|по темі|матеріали за темою|матеріали по темі|дивіться також|новини за темою
пов'язані теми|схожі новини|схожі матеріали|більше за темою|чытайце таксама|глядзіце таксама|па тэме
διαβάστε επίσης|διαβάστε ακόμα|διαβάστε ακόμη|διαβάστε περισσότερα|διαβάστε|δείτε επίσης|σχετικά άρθρα|σχετικά
σχετικά θέματα|σχετικές ειδήσεις|ilgili haberler|ilgili haber|ilgili içerikler|ilgili konular|benzer haberler
ayrıca bakınız|bunu da okuyun|bunlar da ilginizi çekebilir|ilginizi çekebilir|ayrıca oku|daha fazla oku
oxşar xəbərlər|həmçinin oxuyun|اقرأ أيضا|اقرأ ايضا|إقرأ أيضا|اقرا ايضا|اقرا أيضا|اقرأ المزيد|إقرأ المزيد
اقرأ كذلك|مواضيع ذات علاقة|مواضيع ذات صلة|أخبار ذات صلة|اخبار ذات صلة|ذات صلة|مقالات ذات صلة|موضوعات ذات صلة
موضوعات متعلقة|مواضيع متعلقة|أخبار متعلقة|المزيد حول هذا الموضوع|شاهد أيضا|شاهد ايضا|طالع أيضا|مقالات مشابهة
مواضيع مرتبطة|مطالب مرتبط|اخبار مرتبط|خبرهای مرتبط|مرتبط|بیشتر بخوانید|همچنین بخوانید|بخوانید|در همین زمینه
در همین رابطه|مطالب مشابه|اخبار پیشنهادی|یہ بھی پڑھیں|یہ بھی پڑھیے|مزید پڑھیں|متعلقہ خبریں|متعلقہ مضامین|קראו גם
קראו עוד|כתבות קשורות|כתבות נוספות בנושא|עוד בנושא|ראו גם|קרא גם|קרא עוד|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें
और पढ़ें|संबंधित खबरें|संबंधित|संबंधित लेख|हे ही वाचा|हेही वाचा|आणखी वाचा|संबंधित बातम्या|આ પણ વાંચો|ਇਹ ਵੀ ਪੜ੍ਹੋ
আরও পড়ুন|আরো পড়ুন|সম্পর্কিত খবর|সম্পর্কিত|தொடர்புடைய செய்திகள்|மேலும் படிக்க|இதையும் படிங்க|இதையும் படியுங்கள்
ఇవీ చదవండి|ఇది కూడా చదవండి|ഇതും വായിക്കുക|കൂടുതൽ വായിക്കാം|ಇದನ್ನೂ ಓದಿ|baca juga|baca|baca selengkapnya
berita terkait|artikel terkait|terkait|lihat juga|simak juga|baca lagi|berita berkaitan|artikel berkaitan
berkaitan|bacaan lanjut|xem thêm|đọc thêm|tin liên quan|bài liên quan|liên quan|tin cùng chủ đề
bài viết liên quan|tin bài liên quan|cùng chủ đề|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|อ่านข่าวที่เกี่ยวข้อง
เรื่องที่เกี่ยวข้อง|บทความที่เกี่ยวข้อง|อ่านต่อ|basahin din|basahin|kaugnay na balita|相关新闻|相关阅读|相关报道
相关文章|相关链接|相关专题|延伸阅读|推荐阅读|更多阅读|扩展阅读|更多相关报道|相關新聞|相關報導|相關報道|相關文章
相關閱讀|相關連結|延伸閱讀|推薦閱讀|更多相關新聞|看更多|相關|関連記事|関連ニュース|関連リンク|関連|関連する記事
関連キーワードの記事|関連コンテンツ|関連トピックス|あわせて読みたい|合わせて読みたい|併せて読みたい
こちらもおすすめ|こちらの記事も|この記事に関連する記事|この記事に関連するニュース|おすすめ関連記事|参考記事
前の記事はこちら|관련 기사|관련기사|관련 뉴스|관련뉴스|이 기사와 관련된 기사|연관기사|연관 기사
함께 읽으면 좋은 기사|함께 볼만한 기사|같이 보면 좋은 기사|이어서 보기|llegeix també|llegeix més
notícies relacionades|més informació|irakurri ere|ler tamén|novas relacionadas|loe ka|loe lisaks|loe veel
seotud lood|seotud artiklid|lasi arī|lasiet arī|saistītie raksti|saistītās ziņas|skaitykite taip pat
taip pat skaitykite|susiję straipsniai|susijusios naujienos|lexo edhe|lexo më shumë|të ngjashme|soma pia
lees ook hier|verwante artikels|lees ook dit|xwendina bêtir|დაკავშირებული|ასევე წაიკითხეთ|կարդացեք նաև
төмендегілерді де оқыңыз|тағы оқыңыз
"""
_BEGINNINGS = """
more on the|more on|more about|read more about|read more on|read more in|mehr zu|mehr zum|mehr zur|mehr über
alles zu|lesen sie auch|lesen sie hier|lesen sie mehr|lesen sie dazu|mehr zum thema|lire aussi|à lire aussi
sur le même|tout savoir sur|plus d'infos sur|más sobre|lee también|lea también|mais sobre|leia também
leggi anche|altro su|tutto su|meer over|lees ook|mer om|mere om|les også|läs också|lisää aiheesta|więcej o
czytaj także|více o|viac o|još o|više o|больше о|подробнее о|читайте также|читайте також|baca juga|ilgili|関連
关于|更多关于|related to this|stories related to|this story relates to|dosszié|dossier :|dossier:|temas de
archivado en relación
"""
_OTHER = """
most read|most popular|most viewed|most shared|most commented|trending|trending now|popular|popular now
popular stories|top stories|top news|latest|latest news|latest stories|just in|more news|more stories|more from
more in|more by|recent|recent posts|recent articles|recent stories|editor's picks|editors' picks|editors picks
featured|sponsored|sponsored content|advertisement|advertorial|paid content|paid post|from our partners
partner content|around the web|from around the web|promoted|you may also like|you may like|you might also like
you might like|recommended|recommended for you|recommended stories|newsletter|newsletters|subscribe|sign up
follow us|share|comments|tags|topics|related topics|categories|about the author|authors|about us|contact
next article|previous article|next|previous|shop|deals|our best deals|videos|latest videos|podcasts|photos|watch
listen|meistgelesen|meistgelesene artikel|am meisten gelesen|beliebt|beliebte artikel|top-artikel|aktuell
neueste|neueste artikel|mehr aus|mehr von|anzeige|werbung|themen|schlagwörter|schlagworte|kommentare
newsletter abonnieren|featured video|today's headlines|previous post|next post|nächster artikel|vorheriger artikel
article précédent|article suivant|artículo anterior|artículo siguiente|artigo anterior|próximo artigo|article anterior
article següent|articolo precedente|articolo successivo|سایر اخبار مهم|سایر اخبار
auch auf|les plus lus|les plus lues|à la une|dernières nouvelles|derniers articles
en continu|publicité|plus lus|articles récents|contenus sponsorisés|lo más leído|lo más visto|más leídas
más leídos|lo último|últimas noticias|últimas|publicidad|etiquetas|mais lidas|mais lidos|últimas notícias
publicidade|i più letti|più letti|ultime notizie|ultim'ora|pubblicità|meest gelezen|laatste nieuws|mest lest
siste nytt|mest läst|senaste nytt|senaste|mest læste|seneste nyt|luetuimmat|uusimmat|najczęściej czytane
najnowsze|popularne|polecane|polecamy|nejčtenější|najčítanejšie|legolvasottabb|legfrissebb|friss hírek
cele mai citite|ultimele știri|ultimele stiri|najčitanije|najnovije|последние новости|самое читаемое|популярное
лента новостей|новости партнеров|новости|останні новини|популярне|найпопулярніше|τελευταία νέα|δημοφιλή
en çok okunanlar|son haberler|الأكثر قراءة|آخر الأخبار|پربازدیدترین|آخرین اخبار|最新新闻|热门|热点|最新
ランキング|アクセスランキング|新着|新着記事|おすすめ|おすすめ記事|人気記事|많이 본 뉴스|최신기사|인기기사
랭킹뉴스|terpopuler|terkini|berita terbaru|tin mới|đọc nhiều|ข่าวล่าสุด|ยอดนิยม
"""
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
"""From the first letter or digit to the last."""
_ARABIC_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_PUNCTUATION = string.punctuation + " "
_LONGEST = 70


def _phrases(text: str) -> frozenset[str]:
    return frozenset(normal(phrase) for line in text.strip().splitlines() for phrase in line.split("|"))


def normal(text: str) -> str:
    """A label without case, punctuation at its ends and vowel signs that writers leave out."""
    if text.isascii():
        return " ".join(text.lower().split()).strip(_PUNCTUATION)
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    core = _CORE.search(_ARABIC_MARKS.sub("", text))
    return " ".join(core[0].split()) if core else ""


def classify(text: str) -> Label | None:
    """Whether a short text is a label over related links, over something else, or none."""
    return _classified(text) if 0 < len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _classified(text: str) -> Label | None:
    phrase = normal(text)
    if phrase in RELATED:
        return "related"
    opens = phrase.partition(" ")[0] in _FIRST_WORDS
    if phrase in _OTHERS or (opens and phrase.startswith(_OTHER_BEGINNINGS)) or phrase.endswith(_OTHER_ENDS):
        return "other"
    longest = 12 if text.endswith((":", "：")) else 7
    if opens and phrase.startswith(_RELATED_BEGINNINGS) and len(phrase.split()) <= longest:
        return "related"
    return "related" if offers_kindred(phrase) else None


def is_label(text: str) -> bool:
    """Whether a text is, letter for letter, what newspapers print over related links: a call to read on."""
    return len(text) <= _LONGEST and normal(text) in RELATED


def split_label(text: str) -> tuple[str, str] | None:
    """('Related article', 'the rest') where a text opens with a label and a colon, dash or the like; else None."""
    if not _DELIMITER.search(text, 2, _LONGEST + 2):
        return None
    found = _OPENING.match(text[: _LONGEST + 2])
    label = normal(found[1]) if found else ""
    if found is None or not (label in RELATED or offers_kindred(label)):
        return None
    return found[1].strip(" ►▶>»•*[【■●"), text[found.end() :].strip()


_DELIMITER = re.compile(r"[:：|»>►▶\]】\n–—-]")
_OPENING = re.compile(r"^\W{0,3}([^:：|»>►▶\]】–—\n]{2,60}?)\s*(?:[:：|»>►▶\]】\n]|[–—-] )\s*")
RELATED = _phrases(_WHOLE)
"""Every label over related links, as `normal` spells it."""
_OTHERS = _phrases(_OTHER)
_RELATED_BEGINNINGS = tuple(f"{phrase} " for phrase in sorted(_phrases(_BEGINNINGS)))
_OTHER_ENDS = ("topics", "these tags", "diesen themen", "estos temas", "estes temas", "questi temi", "mêmes thèmes")
_OTHER_BEGINNINGS = tuple(
    f"{phrase} "
    for phrase in (
        "more from", "more by", "more in", "mehr aus", "mehr von", "mehr vom", "plus de", "plus du", "más de",
        "más del", "mais de", "mais do", "mais da", "altro da", "meer van", "mer fra", "mer från", "mere fra",
        "latest", "most", "about", "read more from", "read more by",
    )
)  # fmt: skip
_FIRST_WORDS = frozenset(phrase.partition(" ")[0] for phrase in _OTHER_BEGINNINGS + _RELATED_BEGINNINGS)
"""Few texts begin with any of them."""
