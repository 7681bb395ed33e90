"""The names of the months in the languages of newspapers."""

import unicodedata

_NAMES = """
january jan gener janvier janv januar januari jänner jaenner jän enero ene janeiro gennaio gen ianuarie ian
  leden ledna január januára styczeń stycznia sty janar sausis sausio januarie tammikuu tammikuuta tammi январь
  января янв январ січень січня січ студзень студзеня ιανουάριος ιανουαρίου ιαν ocak oca يناير كانون_الثاني
  ژانویه ינואר siječanj siječnja jaan jaanuar janvāris janvārī janúar eanáir yanvar januarja जनवरी জানুয়ারি
  มกราคม ม.ค. januar’s
  sij јануар јан јануари януари яну saus yan қаңтар қаң հունվարի հունվար հնվ იანვარი იან ינו جنوری जन जानेवारी जाने
  জানু ஜனவரி ஜன జనవరి జన ജനുവരി ജനു ಜನವರಿ ಜನ જાન્યુઆરી જાન્યુ ਜਨਵਰੀ ਜਨ jannaayo janairu janar xaneiro xan urtarrila
  ionawr jannar jannewaris januwari
february feb febrer février févr fev fevrier februar februari feber febrero fevereiro febbraio febr februarie
  únor února február februára luty lutego lut vasaris vasario helmikuu helmikuuta helmi февраль февраля фев февр
  февруари лютий лютого лют люты лютага φεβρουάριος φεβρουαρίου φεβ şubat şub فبراير شباط فوریه פברואר veljača
  veljače veebruar veebr februāris februārī febrúar fevral फरवरी ফেব্রুয়ারি กุมภาพันธ์ ก.พ.
  velj фебруар феб фебруари vas ақпан ақп փետրվարի փետրվար փտվ თებერვალი თებ פבר فروری फ़रवरी फ़र ফেব फेब्रुवारी
  फेब्रु फेब्रुअरी பிப்ரவரி பிப் ఫిబ్రవరి ఫిబ్ర ഫെബ്രുവരി ഫെബ്രു ಫೆಬ್ರವರಿ ಫೆಬ್ರ ફેબ્રુઆરી ફેબ્રુ ਫ਼ਰਵਰੀ pebrero
  febraayo faburairu shkurt febreiro otsaila chwefror feabhra frar
march mar març mars märz maerz mrz maart mrt marzo março martie březen března marec marca marzec marts márc
  március kovas kovo maaliskuu maaliskuuta maalis март марта мар березень березня бер сакавік сакавіка μάρτιος
  μαρτίου μαρ mart مارس آذار מרץ ožujak ožujka märts martā maret mac मार्च মার্চ มีนาคม มี.ค.
  mär mäerz ožu μάρ kov наурыз մարտի մարտ მარტი მარ مارچ மார்ச் மார் మార్చి മാർച്ച് ಮಾರ್ಚ್ માર્ચ ਮਾਰਚ marso machi
  maarso maris martxoa mawrth márta marzu
april apr abril avril avr aprile abr aprilie duben dubna apríl apríla kwiecień kwietnia kwi ápr április balandis
  balandžio huhtikuu huhtikuuta huhti апрель апреля апр април квітень квітня квіт красавік красавіка απρίλιος
  απριλίου απρ nisan nis أبريل نيسان ابريل آوریل אפריל travanj travnja aprill aprīlis aprīlī aprel अप्रैल এপ্রিল
  เมษายน เม.ย.
  сәуір сәу ապրիլի ապրիլ ապր აპრილი აპრ אפר اپریل إبريل এপ্রি एप्रिल एप्रि अप्रिल ஏப்ரல் ஏப் ఏప్రిల్ ఏప్రి ഏപ്രിൽ
  ഏപ്രി ಏಪ್ರಿಲ್ ಏಪ್ರಿ એપ્રિલ ਅਪ੍ਰੈਲ aprili abriil afirilu prill apirila ebrill aibreán abrëll
may mai mayo maio maggio mag mei maj květen května kveten máj mája maja május gegužė gegužės toukokuu toukokuuta
  touko май мая мај травень травня трав μάιος μαΐου μαϊ mayıs مايو أيار ماي مه מאי svibanj svibnja maijs maijā
  maí मई মে พฤษภาคม พ.ค.
  μαΐ μάι μάϊ geg мамыр мам մայիսի մայիս მაისი მაი مئی मे மே మే മേയ് ಮೇ મે ਮਈ maayo mayu maig maiatza bealtaine mejju
  mee
june jun juny juin juni junio junho giugno giu iunie iun červen června jún júna czerwiec czerwca cze június
  birželis birželio kesäkuu kesäkuuta kesä июнь июня июн јун юни червень червня черв чэрвень чэрвеня ιούνιος
  ιουνίου ιουν haziran haz يونيو حزيران ژوئن יוני lipanj lipnja juuni jūnijs jūnijā júní iyun जून জুন มิถุนายน
  มิ.ย.
  junij јуни ιούν birž jūn iyn маусым мау հունիսի հունիս հնս ივნისი ივნ جون يونيه जुन ஜூன் జూన్ ജൂൺ ಜೂನ್ જૂન ਜੂਨ
  hunyo juun yuni qershor xuño ekaina mehefin meitheamh ġunju junie
july jul juliol juillet juil juli julio julho luglio lug iulie iul červenec července júl júla lipiec lipca lip
  július liepa liepos heinäkuu heinäkuuta heinä июль июля июл јул юли липень липня лип ліпень ліпеня ιούλιος
  ιουλίου ιουλ temmuz tem يوليو تموز ژوئیه יולי srpanj srpnja juuli jūlijs jūlijā júlí iyul जुलाई জুলাই กรกฎาคม
  ก.ค.
  julij јули ιούλ liep jūl iyl шілде шіл հուլիսի հուլիս հլս ივლისი ივლ يوليوز يوليه جولائی जुल জুল जुलै ஜூலை జులై
  జూలై ജൂലൈ ಜುಲೈ જુલાઈ ਜੁਲਾਈ julai hulyo luulyo yuli korrik xullo xul uztaila gorffennaf iúil lulju julie
august aug agost août aout agosto ago augusti augustus srpen srpna augusta sierpień sierpnia sie augusztus
  rugpjūtis rugpjūčio elokuu elokuuta elo август августа авг серпень серпня серп жнівень жніўня αύγουστος
  αυγούστου αυγ ağustos ağu أغسطس آب اوت אוגוסט kolovoz kolovoza augusts augustā ágúst avqust avgust ogos अगस्त
  আগস্ট สิงหาคม ส.ค.
  avg αύγ rugp ágú avq тамыз там օգոստոսի օգոստոս օգս აგვისტო აგვ אוג غشت اغسطس اگست अग আগ ऑगस्ट ऑग अगस्ट ஆகஸ்ட் ஆக
  ఆగస్టు ఆగ ഓഗസ്റ്റ് ഓഗ ಆಗಸ್ಟ್ ಆಗ ઑગસ્ટ ઓગસ્ટ ਅਗਸਤ agustus agt ogos agosti ogosto agusta gusht abuztua awst lúnasa
  awwissu
september sep sept setembre septembre septiembre setiembre setembro set settembre septembrie září wrzesień
  września wrz szept szeptember rugsėjis rugsėjo syyskuu syyskuuta syys сентябрь сентября сен сент септембар
  септември вересень вересня вер верасень верасня σεπτέμβριος σεπτεμβρίου σεπ eylül eyl سبتمبر أيلول سپتامبر
  ספטמבר rujan rujna septembris septembrī sentyabr septembar सितंबर সেপ্টেম্বর กันยายน ก.ย.
  сеп ruj rugs sentabr қыркүйек қыр սեպտեմբերի սեպտեմբեր սեպ სექტემბერი სექ ספט شتنبر ستمبر सित সেপ সেপ্ট सप्टेंबर
  सप्टें सेप्टेम्बर செப்டம்பர் செப் సెప్టెంబర్ సెప్టెం സെപ്റ്റംബർ സെപ്റ്റം ಸೆಪ್ಟೆಂಬರ್ ಸೆಪ್ಟೆಂ સપ્ટેમ્બર સપ્ટે ਸਤੰਬਰ
  setyembre septemba sebteembar satumba shtator iraila settembru
october oct octubre octobre oktober okt outubro out ottobre ott octombrie říjen října október októbra
  październik października paź spalis spalio lokakuu lokakuuta loka октябрь октября окт октобар октомври жовтень
  жовтня жовт кастрычнік кастрычніка οκτώβριος οκτωβρίου οκτ ekim eki أكتوبر تشرين_الأول تشرين_الاول اکتبر אוקטובר
  oktoober oktobris oktobrī oktyabr oktobar अक्टूबर অক্টোবর ตุลาคม ต.ค.
  spal oktabr қазан қаз հոկտեմբերի հոկտեմբեր հոկ ოქტომბერი ოქტ אוק اکتوبر اكتوبر अक्टू অক্টো ऑक्टोबर ऑक्टो अक्टोबर
  அக்டோபர் அக் అక్టోబర్ అక్టో ഒക്‌ടോബർ ഒക്ടോബർ ഒക്ടോ ಅಕ್ಟೋಬರ್ ಅಕ್ಟೋ ઑક્ટોબર ઓક્ટોબર ਅਕਤੂਬਰ oktubre oktoba oktoobar
  tetor urria hydref ottubru
november nov novembre noviembre novembro noiembrie noi listopadu novembra listopada lis lapkritis lapkričio
  marraskuu marraskuuta marras ноябрь ноября ноя нояб новембар ноември листопад листопада лист лістапад
  лістапада νοέμβριος νοεμβρίου νοε kasım kas نوفمبر تشرين_الثاني نوامبر נובמבר studeni studenoga studenog
  novembris novembrī nóvember noyabr novembar नवंबर নভেম্বর พฤศจิกายน พ.ย.
  нов ное lapkr nóv noy қараша қар նոյեմբերի նոյեմբեր նոյ ნოემბერი ნოე נוב نونبر نومبر नव নভে नोव्हेंबर नोव्हें
  नोभेम्बर நவம்பர் நவ నవంబర్ నవం നവംബർ നവം ನವೆಂಬರ್ ನವೆಂ નવેમ્બર નવે ਨਵੰਬਰ nobyembre novemba noofeembar nuwamba nëntor
  azaroa tachwedd samhain novembru
december dec desembre décembre déc dezember dez diciembre dic dezembro dicembre decembrie prosinec prosince
  decembra grudzień grudnia gru gruodis gruodžio joulukuu joulukuuta joulu декабрь декабря дек децембар декември
  грудень грудня груд снежань снежня δεκέμβριος δεκεμβρίου δεκ aralık ara ديسمبر كانون_الأول كانون_الاول دسامبر דצמבר
  prosinac prosinca detsember decembris decembrī desember des dekabr decembar disember दिसंबर ডিসেম্বর ธันวาคม
  ธ.ค.
  дец dets gruod dek желтоқсан жел դեկտեմբերի դեկտեմբեր դեկ დეკემბერი დეკ דצמ دجنبر دسمبر दिस ডিসে डिसेंबर डिसें
  डिसेम्बर டிசம்பர் டிச డిసెంబర్ డిసెం ഡിസംബർ ഡിസം ಡಿಸೆಂಬರ್ ಡಿಸೆಂ ડિસેમ્બર ડિસે ਦਸੰਬਰ dis disyembre desemba diseembar
  disamba dhjetor decembro abendua rhagfyr nollaig diċembru
"""


def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    month = 0
    for line in _NAMES.strip().splitlines():
        month += not line.startswith(" ")
        for name in line.split():
            table.setdefault(_plain(name), month)
    return table


def _plain(word: str) -> str:
    """In lower case, one way, without the dot or its like behind an abbreviation."""
    return unicodedata.normalize("NFC", word.casefold().replace("\u0307", "")).rstrip(".׳॰")


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
    word = _plain(word)
    return MONTHS.get(word) or MONTHS.get(word[1:] if word[:1] == "ב" else word)


def persian_month_of(word: str) -> int | None:
    """The number of a month of the Persian calendar."""
    return PERSIAN_MONTHS.get(unicodedata.normalize("NFC", word))
