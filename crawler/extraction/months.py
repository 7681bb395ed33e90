"""The names of the months in the languages of newspapers."""

import unicodedata

_NAMES = """
january jan gener janvier janv januar januari jänner jaenner jän enero ene janeiro gennaio gen ianuarie ian
  leden ledna január januára styczeń stycznia sty janar sausis sausio januarie tammikuu tammikuuta tammi январь
  января янв январ січень січня січ студзень студзеня ιανουάριος ιανουαρίου ιαν ocak oca يناير كانون_الثاني
  ژانویه ינואר siječanj siječnja jaan jaanuar janvāris janvārī janúar eanáir yanvar januarja जनवरी জানুয়ারি
  มกราคม ม.ค. januar’s
february feb febrer février févr fev fevrier februar februari feber febrero fevereiro febbraio febr februarie
  únor února február februára luty lutego lut vasaris vasario helmikuu helmikuuta helmi февраль февраля фев февр
  февруари лютий лютого лют люты лютага φεβρουάριος φεβρουαρίου φεβ şubat şub فبراير شباط فوریه פברואר veljača
  veljače veebruar veebr februāris februārī febrúar fevral फरवरी ফেব্রুয়ারি กุมภาพันธ์ ก.พ.
march mar març mars märz maerz mrz maart mrt marzo março martie březen března marec marca marzec marts márc
  március kovas kovo maaliskuu maaliskuuta maalis март марта мар березень березня бер сакавік сакавіка μάρτιος
  μαρτίου μαρ mart مارس آذار מרץ ožujak ožujka märts martā maret mac मार्च মার্চ มีนาคม มี.ค.
april apr abril avril avr aprile abr aprilie duben dubna apríl apríla kwiecień kwietnia kwi ápr április balandis
  balandžio huhtikuu huhtikuuta huhti апрель апреля апр април квітень квітня квіт красавік красавіка απρίλιος
  απριλίου απρ nisan nis أبريل نيسان ابريل آوریل אפריל travanj travnja aprill aprīlis aprīlī aprel अप्रैल এপ্রিল
  เมษายน เม.ย.
may mai mayo maio maggio mag mei maj květen května kveten máj mája maja május gegužė gegužės toukokuu toukokuuta
  touko май мая мај травень травня трав μάιος μαΐου μαϊ mayıs مايو أيار ماي مه מאי svibanj svibnja maijs maijā
  maí मई মে พฤษภาคม พ.ค.
june jun juny juin juni junio junho giugno giu iunie iun červen června jún júna czerwiec czerwca cze június
  birželis birželio kesäkuu kesäkuuta kesä июнь июня июн јун юни червень червня черв чэрвень чэрвеня ιούνιος
  ιουνίου ιουν haziran haz يونيو حزيران ژوئن יוני lipanj lipnja juuni jūnijs jūnijā júní iyun जून জুন มิถุนายน
  มิ.ย.
july jul juliol juillet juil juli julio julho luglio lug iulie iul červenec července júl júla lipiec lipca lip
  július liepa liepos heinäkuu heinäkuuta heinä июль июля июл јул юли липень липня лип ліпень ліпеня ιούλιος
  ιουλίου ιουλ temmuz tem يوليو تموز ژوئیه יולי srpanj srpnja juuli jūlijs jūlijā júlí iyul जुलाई জুলাই กรกฎาคม
  ก.ค.
august aug agost août aout agosto ago augusti augustus srpen srpna augusta sierpień sierpnia sie augusztus
  rugpjūtis rugpjūčio elokuu elokuuta elo август августа авг серпень серпня серп жнівень жніўня αύγουστος
  αυγούστου αυγ ağustos ağu أغسطس آب اوت אוגוסט kolovoz kolovoza augusts augustā ágúst avqust avgust ogos अगस्त
  আগস্ট สิงหาคม ส.ค.
september sep sept setembre septembre septiembre setiembre setembro set settembre septembrie září wrzesień
  września wrz szept szeptember rugsėjis rugsėjo syyskuu syyskuuta syys сентябрь сентября сен сент септембар
  септември вересень вересня вер верасень верасня σεπτέμβριος σεπτεμβρίου σεπ eylül eyl سبتمبر أيلول سپتامبر
  ספטמבר rujan rujna septembris septembrī sentyabr septembar सितंबर সেপ্টেম্বর กันยายน ก.ย.
october oct octubre octobre oktober okt outubro out ottobre ott octombrie říjen října október októbra
  październik października paź spalis spalio lokakuu lokakuuta loka октябрь октября окт октобар октомври жовтень
  жовтня жовт кастрычнік кастрычніка οκτώβριος οκτωβρίου οκτ ekim eki أكتوبر تشرين_الأول اکتبر אוקטובר
  listopad_hr oktoober oktobris oktobrī oktyabr oktobar अक्टूबर অক্টোবর ตุลาคม ต.ค.
november nov novembre noviembre novembro noiembrie noi listopadu novembra listopada lis lapkritis lapkričio
  marraskuu marraskuuta marras ноябрь ноября ноя нояб новембар ноември листопад листопада лист лістапад
  лістапада νοέμβριος νοεμβρίου νοε kasım kas نوفمبر تشرين_الثاني نوامبر נובמבר studeni studenoga studenog
  novembris novembrī nóvember noyabr novembar नवंबर নভেম্বর พฤศจิกายน พ.ย.
december dec desembre décembre déc dezember dez diciembre dic dezembro dicembre decembrie prosinec prosince
  decembra grudzień grudnia gru gruodis gruodžio joulukuu joulukuuta joulu декабрь декабря дек децембар декември
  грудень грудня груд снежань снежня δεκέμβριος δεκεμβρίου δεκ aralık ara ديسمبر كانون_الأول دسامبر דצמבר
  prosinac prosinca detsember decembris decembrī desember des dekabr decembar disember दिसंबर ডিসেম্বর ธันวาคม
  ธ.ค.
"""


def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    month = 0
    for line in _NAMES.strip().splitlines():
        month += not line.startswith(" ")
        for name in line.split():
            table.setdefault(unicodedata.normalize("NFC", name).rstrip("."), month)
    return table


_PERSIAN = (
    "فروردین فروردين",
    "اردیبهشت ارديبهشت",
    "خرداد",
    "تیر تير",
    "مرداد امرداد",
    "شهریور شهريور",
    "مهر",
    "آبان ابان",
    "آذر",
    "دی دي",
    "بهمن",
    "اسفند",
)
PERSIAN_MONTHS = {name: number for number, names in enumerate(_PERSIAN, 1) for name in names.split()}
"""Of the Persian solar calendar, with either letter yeh."""

MONTHS = _table()
"""Month names and abbreviations in lower case to their numbers."""


def month_of(word: str) -> int | None:
    """The month's number; None if the word is no month. Hebrew's prefixed preposition is looked through."""
    word = unicodedata.normalize("NFC", word.casefold().replace("\u0307", "")).rstrip(".")
    return MONTHS.get(word) or MONTHS.get(word[1:] if word[:1] == "ב" else word)


def persian_month_of(word: str) -> int | None:
    """The number of a month of the Persian calendar."""
    return PERSIAN_MONTHS.get(unicodedata.normalize("NFC", word))
