"""The story's language."""

import pytest

from crawler.extraction import parse, start
from crawler.extraction.language import fill_language, language_of, language_tag

PROSE = {
    "en": (
        "The ferry crossed the lower harbour for the first time in nine years, "
        "after the city had reopened a line that was given up for want of "
        "passengers and of a boat that could be had for the price."
    ),
    "de": (
        "Die Fähre fuhr am Dienstag zum ersten Mal seit neun Jahren über den "
        "Hafen, nachdem die Stadt eine Linie wieder eröffnet hatte, die sich "
        "nicht mehr gelohnt hat und für die auch kein Schiff mehr da war."
    ),
    "fr": (
        "Le bac a traversé le port pour la première fois depuis neuf ans, "
        "après que la ville a rouvert une ligne qui avait été abandonnée faute "
        "de passagers et que les habitants demandaient avec insistance depuis "
        "des années."
    ),
    "ru": (
        "Паром впервые за девять лет пересёк нижнюю гавань, после того как "
        "город снова открыл линию, от которой отказались из-за нехватки "
        "пассажиров и судна, которое можно было бы купить."
    ),
    "uk": (
        "Пором уперше за девʼять років перетнув нижню гавань, після того як "
        "місто знову відкрило лінію, від якої відмовилися через брак пасажирів "
        "та судна, яке можна було б придбати."
    ),
    "ja": "渡し船が九年ぶりに港を横切った。市は乗客が少ないため廃止されていた航路を再び開いた。",
    "ko": (
        "나룻배가 구 년 만에 처음으로 항구를 건넜다. 시는 승객이 적"
        "어 없앴던 노선을 다시 열었다. 첫날 아침에는 많은 사람이 모였다."
    ),
    "ar": (
        "عبرت العبارة الميناء لأول مرة منذ تسع سنوات بعد أن أعادت المدينة فتح "
        "الخط الذي أغلق بسبب قلة الركاب في السنوات الماضية"
    ),
    "fa": (
        "قایق پس از نه سال برای نخستین بار از بندر گذشت و شهر خطی را که به "
        "دلیل کمبود مسافر بسته شده بود دوباره گشود و گروهی از مردم آن را جشن "
        "گرفتند"
    ),
}


@pytest.mark.parametrize("language", PROSE)
def test_language_of(language):
    assert language_of(PROSE[language]) == language


@pytest.mark.parametrize("text", ["", "Ada Lovelace", "12 34 56", "Lorem ipsum dolor sit amet " * 20])
def test_doubt_is_no_language(text):
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("pt-BR", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("de_DE.utf8", "de-DE"),
        ("eng", "en"),
        ("swe", "sv"),
        ("cze-CZ", "cs-CZ"),
        ("ckb", "ckb"),
        ("prs-AF", "fa-AF"),
        ("cnr", "sr"),
        ("", None),
        ("english", None),
        ("us", None),
        ("x" * 500, None),
    ],
)
def test_language_tag(declared, expected):
    assert language_tag(declared) == expected


@pytest.mark.parametrize(
    ("attributes", "prose", "expected"),
    [
        pytest.param("lang=en-GB", "en", ("en-GB", "html"), id="declared"),
        pytest.param("lang=en", "ru", ("ru", "text"), id="declared wrongly"),
        pytest.param("", "de", ("de", "text"), id="not declared"),
        pytest.param("lang=nn", "en", ("nn", "html"), id="a language that is not judged is believed"),
    ],
)
def test_fill_language(attributes, prose, expected):
    page = parse(f"<html {attributes}><body><p>{PROSE[prose]}</p></body></html>".encode(), "https://a.example/x")
    article = fill_language(start(page)).article
    assert (article.language, article.sources["language"]) == expected
