"""The clocks that a newspaper's country is on, for times that a page prints without their zone."""

from urllib.parse import urlsplit

_COUNTRIES = """
ae/om=Asia/Dubai af=Asia/Kabul al=Europe/Tirane ao/bj/cm/ne/ng=Africa/Lagos ar=America/Argentina/Buenos_Aires
at=Europe/Vienna az=Asia/Baku ba/hr/mk/rs/si=Europe/Belgrade bb=America/Barbados bd=Asia/Dhaka
be/lu/nl=Europe/Brussels bf/ci/gh/gm/gn/is/mr/sl/sn/tg=Africa/Abidjan bg=Europe/Sofia bh/qa=Asia/Qatar
bi/bw/mw/mz/rw/zm/zw=Africa/Maputo bn=Asia/Brunei bo=America/La_Paz bs=America/Nassau bt=Asia/Thimphu
by=Europe/Minsk ch/li=Europe/Zurich cn=Asia/Shanghai cr=America/Costa_Rica cu=America/Havana
cv=Atlantic/Cape_Verde cy=Asia/Nicosia cz/sk=Europe/Prague de=Europe/Berlin dk=Europe/Copenhagen
do=America/Santo_Domingo dz=Africa/Algiers ee=Europe/Tallinn eg=Africa/Cairo er/et/ke/km/mg/tz/ug=Africa/Nairobi
fi=Europe/Helsinki fj=Pacific/Fiji fr/mc=Europe/Paris ge=Asia/Tbilisi gr=Europe/Athens gt=America/Guatemala
gw=Africa/Bissau gy=America/Guyana hk=Asia/Hong_Kong hn=America/Tegucigalpa ht=America/Port-au-Prince
hu=Europe/Budapest ie=Europe/Dublin il=Asia/Jerusalem in=Asia/Kolkata iq=Asia/Baghdad ir=Asia/Tehran
it/sm/va=Europe/Rome jm=America/Jamaica jo=Asia/Amman jp=Asia/Tokyo kg=Asia/Bishkek kh/th=Asia/Bangkok kr=Asia/Seoul
kw/sa/ye=Asia/Riyadh lb=Asia/Beirut lk=Asia/Colombo lr=Africa/Monrovia ls/sz/za=Africa/Johannesburg
lt=Europe/Vilnius lv=Europe/Riga ma=Africa/Casablanca md=Europe/Chisinau mm=Asia/Yangon mt=Europe/Malta
mv=Indian/Maldives my=Asia/Kuala_Lumpur na=Africa/Windhoek ni=America/Managua no=Europe/Oslo np=Asia/Kathmandu
nz=Pacific/Auckland pa=America/Panama pe=America/Lima ph=Asia/Manila pk=Asia/Karachi pl=Europe/Warsaw
py=America/Asuncion ro=Europe/Bucharest sb=Pacific/Guadalcanal sd=Africa/Khartoum se=Europe/Stockholm
sg=Asia/Singapore ss=Africa/Juba sv=America/El_Salvador sy=Asia/Damascus tj=Asia/Dushanbe tn=Africa/Tunis
tr=Europe/Istanbul tt=America/Port_of_Spain tw=Asia/Taipei ua=Europe/Kyiv uk=Europe/London uy=America/Montevideo
uz=Asia/Tashkent ve=America/Caracas vn=Asia/Ho_Chi_Minh
"""
"""Top-level domains of countries with one zone (the tz database's zone1970.tab), without those that anybody uses."""
_SEVERAL = """
au=Australia/Sydney,Australia/Brisbane,Australia/Adelaide,Australia/Darwin,Australia/Perth
br=America/Sao_Paulo,America/Manaus,America/Rio_Branco,America/Noronha
ca=America/Toronto,America/Vancouver,America/Winnipeg,America/Edmonton,America/Regina,America/Halifax,America/St_Johns
cl=America/Santiago,Pacific/Easter ec=America/Guayaquil,Pacific/Galapagos es=Europe/Madrid,Atlantic/Canary
id=Asia/Jakarta,Asia/Makassar,Asia/Jayapura kz=Asia/Almaty,Asia/Aqtau mn=Asia/Ulaanbaatar,Asia/Hovd
mx=America/Mexico_City,America/Tijuana,America/Hermosillo,America/Cancun
pt=Europe/Lisbon,Atlantic/Azores ru=Europe/Moscow,Europe/Kaliningrad,Europe/Samara,Asia/Yekaterinburg,Asia/Omsk,\
Asia/Krasnoyarsk,Asia/Irkutsk,Asia/Yakutsk,Asia/Vladivostok,Asia/Magadan,Asia/Kamchatka
us=America/New_York,America/Chicago,America/Denver,America/Phoenix,America/Los_Angeles,America/Anchorage,\
Pacific/Honolulu
"""
"""Countries with several."""
_ZONES = {
    country: tuple(zones.split(","))
    for countries, _, zones in (entry.partition("=") for entry in (_COUNTRIES + _SEVERAL).split())
    for country in countries.split("/")
}
_LANGUAGES = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo", "th": "Asia/Bangkok", "he": "Asia/Jerusalem"}
"""Languages of one country's newspapers."""


def country_of(url: str) -> str:
    """The country whose top-level domain the URL has, e.g. 'it'; '' where that is nobody's, or anybody's."""
    domain = (urlsplit(url).hostname or "").rpartition(".")[2]
    return domain if domain in _ZONES else ""


def zones_of(url: str, language: str | None = None) -> tuple[str, ...]:
    """The IANA zones of the country that the URL's domain, else the language, belongs to; none if neither tells."""
    spoken = _LANGUAGES.get((language or "")[:2].lower())
    return _ZONES.get(country_of(url)) or ((spoken,) if spoken else ())
