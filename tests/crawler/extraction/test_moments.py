"""Dates and times as pages write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.moments import read_moment
from tests.support.endless import must_end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-11", "2024-06-11"),
        ("2024-06-11T10:00:00Z", "2024-06-11T10:00:00+00:00"),
        ("2024-06-11T10:00:00.123+0200", "2024-06-11T10:00:00+02:00"),
        ("2024-06-11 10:00:00 -05:30", "2024-06-11T10:00:00-05:30"),
        ("20240611T101112Z", "2024-06-11T10:11:12+00:00"),
        ("Tue, 11 Jun 2024 10:00:00 GMT", "2024-06-11T10:00:00+00:00"),
        ("11.06.2024 18:00 MESZ", "2024-06-11T18:00:00+02:00"),
        ("June 11, 2024 3:30 p.m. EDT", "2024-06-11T15:30:00-04:00"),
        ("Jan. 11, 2024 3 p.m. ET", "2024-01-11T15:00:00-05:00"),
        ("Jul. 11, 2024 3 p.m. ET", "2024-07-11T15:00:00-04:00"),
        ("July 11, 2024 3 p.m. EST", "2024-07-11T15:00:00-04:00"),
        ("January 11, 2024 3 p.m. EST", "2024-01-11T15:00:00-05:00"),
        ("October 23, 2025 5:50 pm CET", "2025-10-23T17:50:00+02:00"),
        ("13 мая 2019, 09:40 MSK", "2019-05-13T09:40:00+03:00"),
        (1718100000, "2024-06-11T10:00:00+00:00"),
        ("1718100000000", "2024-06-11T10:00:00+00:00"),
        ("Published: 11th June 2024", "2024-06-11"),
        ("le 1er juin 2024", "2024-06-01"),
        ("3. März 2025", "2025-03-03"),
        ("5 de marzo de 2024", "2024-03-05"),
        ("2024年6月11日", "2024-06-11"),
        ("2024년 6월 11일", "2024-06-11"),
        ("2024. június 11.", "2024-06-11"),
        ("11 haziran 2024", "2024-06-11"),
        ("11 มิถุนายน 2567", "2024-06-11"),
        ("24 نيسان / أبريل 2020", "2020-04-24"),
        ("25.04.24 | 14:07 Uhr", "2024-04-25"),
        ("دوشنبه ۲ تير ۱۳۹۹", "2020-06-22"),
        ("۱۴۰۳/۱۲/۳۰", "2025-03-20"),
        ("3 آذر 1402", "2023-11-24"),
        ("११ जून २०२४", "2024-06-11"),
        ("25/04/2024", "2024-04-25"),
        ("04/25/2024", "2024-04-25"),
        ("04-25-2024", "2024-04-25"),
        ("06.18.2024", "2024-06-18"),
        ("11.jun.2024", "2024-06-11"),
        ("11/jun/2024", "2024-06-11"),
        ("11 June,2024", "2024-06-11"),
        ("June 11,2024", "2024-06-11"),
        ("Junio 11 de 2024", "2024-06-11"),
        ("2024 m. birželio 11 d.", "2024-06-11"),
        ("2024. gada 11. jūnijs", "2024-06-11"),
        ("2024-yil 11-iyun", "2024-06-11"),
        ("2024 жылғы 11 маусым", "2024-06-11"),
        ("Thứ ba, 11 tháng 6, 2024", "2024-06-11"),
        ("ngày 11 tháng 6 năm 2024", "2024-06-11"),
        ("24 كانون الثاني 2024", "2024-01-24"),
        ("24 تشرين الاول / أكتوبر 2024", "2024-10-24"),
        ("11 Agustus 2024 10:30 WITA", "2024-08-11T10:30:00+08:00"),
        ("12. MÄR 2024", "2024-03-12"),
        ("11 фебруар 2024", "2024-02-11"),
        ("11 януари 2024", "2024-01-11"),
        ("11 Ιανουάριος 2024", "2024-01-11"),
        ("11 אוק׳ 2024", "2024-10-11"),
        ("11 फ़रवरी 2024", "2024-02-11"),
        ("11 जन॰ 2024", "2024-01-11"),
        ("ஜூன் 11, 2024", "2024-06-11"),
        ("11 qershor 2024", "2024-06-11"),
        ("11 ივნისი, 2024", "2024-06-11"),
        ("11 հունիսի, 2024", "2024-06-11"),
        ("جون 11, 2024", "2024-06-11"),
    ],
)
def test_read_moment(text, expected):
    assert str(read_moment(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "12:30",
        "@ada1989 Jul 10",
        "3 مهر 2020",
        "1404/12/31",
        "3425278444",
        "99",
        "2024",
        "June 2024",
        "2024-13-01",
        "2024-02-30",
        "99.99.2024",
        "tomorrow",
        "iPhone 12 Pro 2020",
        None,
        [],
        {},
    ],
)
def test_no_date_is_made_up(text):
    assert read_moment(text) is None


def test_a_naive_time_is_known_but_is_no_instant():
    """Without a zone the clock is kept aside: the printed form is the day alone."""
    moment = read_moment("11 juin 2024 à 10h30")
    assert (str(moment), str(moment.clock), moment.at) == ("2024-06-11", "10:30:00", None)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("11 يونيو 2024 10:30 م", "22:30:00"),
        ("۲ تير ۱۳۹۹ - ۰۲:۰۹:۰۸ ب.ظ", "14:09:08"),
        ("11 Ιουνίου 2024, 3:15 μ.μ.", "15:15:00"),
        ("Junio 11 de 2024 - 03:15 p. m.", "15:15:00"),
        ("11 Ιουνίου 2024, 12:15 π.μ.", "00:15:00"),
    ],
)
def test_halves_of_the_day(text, clock):
    assert str(read_moment(text).clock) == clock


def test_moved_to_a_zone_is_the_same_instant():
    moment = read_moment("2024-06-11T23:30Z")
    moved = moment.moved_to("Europe/Rome")
    assert (str(moved), moved.at) == ("2024-06-12T01:30:00+02:00", moment.at)
    assert moment.moved_to("Nowhere/At_All") == moment


def test_in_zone_knows_summer_time():
    summer, winter = (read_moment(f"2024-{month}-11 10:00").in_zone("Europe/Berlin").offset for month in ("07", "01"))
    assert (summer, winter) == (timedelta(hours=2), timedelta(hours=1))


def test_an_unknown_zone_changes_nothing():
    moment = read_moment("2024-07-11 10:00")
    assert moment.in_zone("Nowhere/At_All") == moment


@pytest.mark.parametrize(("month_first", "expected"), [(True, "2024-03-04"), (False, "2024-04-03"), (None, None)])
def test_the_order_of_day_and_month(month_first, expected):
    """3/4/2024 is read as the country reads it, and not at all where that is unknown."""
    moment = read_moment("3/4/2024", month_first=month_first)
    assert (str(moment) if moment else None) == expected


@pytest.mark.parametrize("text", ["3-4-2024", "3.4.2024"])
@pytest.mark.parametrize(("month_first", "expected"), [(True, None), (False, "2024-04-03"), (None, "2024-04-03")])
def test_the_order_with_dashes_and_stops(text, month_first, expected):
    moment = read_moment(text, month_first=month_first)
    assert (str(moment) if moment else None) == expected


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_is_read_back(day):
    assert read_moment(day.isoformat()).day == day
    assert read_moment(day.strftime("%d %B %Y")).day == day


@given(st.text(alphabet="0123456789:./- TZ年月日apm+,"))
def test_any_text_gives_a_moment_or_none(text):
    read_moment(text)


@must_end
@pytest.mark.parametrize("piece", ["1", "1 a", "2024-", "a ", "10:", " ", "1/1/", "年"])
def test_long_nonsense_is_left_soon(piece):
    for _ in range(20):
        read_moment(piece * 100_000)
