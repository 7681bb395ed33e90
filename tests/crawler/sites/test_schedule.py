"""When runs are due: cron and lengths of time, time zones, quiet hours, spreading."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sites import SiteError, read_site
from crawler.sites.schedule import Quiet, Schedule, cron_of, length_of, quiet_of, size_of

SITE = 'domains = ["news.example"]\nfeeds = ["https://news.example/rss"]\ntimezone = "Europe/Berlin"\n[schedule]\n'
MOMENTS = (
    st.integers(1_577_836_800, 2_208_988_800)  # 2020 to 2039
    | st.integers(1_792_886_400, 1_792_891_800)  # Berlin, 25 October 2026, 02:00 to 02:30 of the hour that comes twice
    | st.integers(1_774_742_400, 1_774_746_000)  # Berlin, 29 March 2026, 01:00 to the hour that is left out
).map(lambda second: datetime.fromtimestamp(second, UTC))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(text):
    found = read_site((SITE + text).encode(), "paper.toml").schedule
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "after", "due"),
    [
        pytest.param('cron = "*/15 6-22 * * *"', "2031-01-10T07:00", "2031-01-10T07:15", id="on-the-site's-clock"),
        pytest.param('cron = "0 6 * * *"', "2031-01-10T05:00", "2031-01-11T05:00", id="strictly-after"),
        pytest.param('cron = "0 6 * * *"\ntimezone = "UTC"', "2031-01-10T05:00", "2031-01-10T06:00", id="own-zone"),
        pytest.param('cron = "30 2 * * *"', "2031-03-29T12:00", "2031-03-30T01:00", id="a-time-that-summer-skips"),
        pytest.param('cron = "0 4 * * *"', "2031-07-01T12:00", "2031-07-02T02:00", id="summer-time"),
        pytest.param('cron = "0 1 * * *"\nquiet = "00:30-05:00"', "2031-01-10T12:00", "2031-01-11T04:00", id="quiet"),
        pytest.param('cron = "0 23 * * *"\nquiet = "22:00-06:00"', "2031-01-10T12:00", "2031-01-11T05:00", id="night"),
    ],
)
def test_the_next_run(written, after, due):
    assert schedule(written).next_after(at(after), site="paper") == at(due)


def test_an_hour_that_comes_twice_is_one_run_of_a_daily_schedule():
    """Clocks in Berlin go from 03:00 back to 02:00 on 26 October 2031."""
    found, moment, dues = schedule('cron = "30 2 * * *"'), at("2031-10-25T12:00"), []
    for _ in range(2):
        moment = found.next_after(moment, site="paper")
        dues.append(moment)
    assert [due.date().isoformat() for due in dues] == ["2031-10-26", "2031-10-27"]


def test_a_run_that_is_late_in_an_hour_that_comes_twice_stays_in_it():
    """02:14 in Berlin, for the first time on that day: the next run is at 02:07 and some minutes, for the second."""
    due = schedule('cron = "7 * * * *"\njitter = "10 min"').next_after(at("2029-10-28T00:14"), site="paper")
    assert at("2029-10-28T01:07") <= due <= at("2029-10-28T01:17")


@pytest.mark.parametrize("jitter", ["1 min", "15 min"])
def test_jitter_leaves_out_no_run(jitter):
    found, moment, dues = schedule(f'every = "15 min"\njitter = "{jitter}"'), at("2031-01-10T00:00"), []
    while moment < at("2031-01-11T00:00"):
        moment = found.next_after(moment, site="paper")
        dues.append(moment)
    assert len(dues) in (96, 97)


def test_quiet_hours_that_end_in_an_hour_that_comes_twice_are_kept_both_times():
    """Clocks in Berlin go from 03:00 back to 02:00 on 25 October 2026."""
    found, moment, dues = schedule('every = "15 min"\nquiet = "22:00-02:30"'), at("2026-10-24T22:00"), []
    while moment < at("2026-10-25T02:00") and len(dues) < 99:
        moment = found.next_after(moment, site="paper")
        dues.append(moment)
    first, second = at("2026-10-25T00:30"), at("2026-10-25T01:30")
    assert dues[0] == first
    assert second in dues
    assert not any(at("2026-10-25T01:00") <= due < second for due in dues)
    assert len(dues) in (7, 8)


def test_sites_with_the_same_interval_are_spread_over_it():
    every = Schedule(every=timedelta(minutes=15))
    minutes = {every.next_after(at("2031-01-10T07:00"), site=f"paper-{number}").minute for number in range(200)}
    assert len(minutes) == 15


def test_sites_do_not_all_begin_when_the_quiet_hours_end():
    """Wherever in them it is asked: a scheduler looks at each minute."""
    found = schedule('cron = "*/30 * * * *"\njitter = "30 min"\nquiet = "01:00-05:00"\ntimezone = "UTC"')
    asked = [at("2031-01-10T01:00") + timedelta(minutes=minute) for minute in range(0, 225, 5)]
    dues = {site: {found.next_after(moment, site=site) for moment in asked} for site in map(str, range(200))}
    assert all(len(due) == 1 for due in dues.values())
    begun = {(due.hour, due.minute) for (due,) in dues.values()}
    assert min(begun) >= (5, 0)
    assert max(begun) <= (5, 30)
    assert len(begun) > 20


def test_a_run_that_jitter_would_make_begin_in_quiet_hours_begins_after_them():
    found = schedule('cron = "55 0 * * *"\njitter = "30 min"\nquiet = "01:00-05:00"\ntimezone = "UTC"')
    begun = {found.next_after(at("2031-01-10T00:00"), site=str(number)) for number in range(200)}
    early, late = (sorted(due for due in begun if (due.hour >= 5) is after) for after in (False, True))
    assert at("2031-01-10T00:55") <= early[0] < early[-1] < at("2031-01-10T01:00")
    assert at("2031-01-10T05:00") <= late[0] < late[-1] <= at("2031-01-10T05:30")
    assert len({due.minute for due in late}) > 20


@given(
    MOMENTS,
    st.sampled_from(
        (
            'every = "15 min"',
            'every = "1 d"\njitter = "1 h"',
            'cron = "7 * * * *"\njitter = "10 min"',
            'every = "2 h"\nquiet = "22:00-06:00"',
            'every = "20 h"\nquiet = "22:00-06:00"\njitter = "20 h"',
            'every = "1 h"\nquiet = "22:00-02:30"',
            'cron = "*/15 * * * *"\nquiet = "22:00-02:30"\njitter = "10 min"',
            'cron = "7 * * * *"\nquiet = "02:30-03:30"\njitter = "1 h"',
        )
    ),
)
def test_the_next_run_is_later_never_in_quiet_hours_and_always_the_same(moment, written):
    found = schedule(written)
    due = found.next_after(moment, site="paper")
    assert due > moment
    assert due == found.next_after(moment, site="paper")
    assert due - moment < timedelta(hours=72)
    local = due.astimezone(found._zone)
    assert found.quiet is None or not found.quiet.covers(local.time())


def test_what_is_written_is_what_is_meant():
    assert length_of("90 s") == timedelta(seconds=90)
    assert length_of("6h") == timedelta(hours=6)
    assert quiet_of("23:00-05:30") == Quiet(begin=at("2031-01-01T23:00").time(), end=at("2031-01-01T05:30").time())
    assert cron_of("0 6 * * MON-FRI") == "0 6 * * MON-FRI"
    assert [size_of(text) for text in ("200 MB", "1.5GB", "700")] == [200_000_000, 1_500_000_000, 700]
    assert schedule('every = "1 h"\nmax_bytes = "5 MB"').max_bytes == 5_000_000


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('every = "often"', "paper.toml: schedule.every: 'often' is no length of time; write it as"),
        ('every = "0 min"', "schedule.every: '0 min' is no length of time"),
        ('cron = "61 * * * *"', "schedule.cron: '61 * * * *': Bad minute; write five fields"),
        ('cron = "0 0 30 2 *"', "schedule.cron: '0 0 30 2 *'"),
        ('cron = "0 6 * * *"\nevery = "1 h"', "either cron or every"),
        ("max_pages = 3", "either cron or every"),
        ('every = "1 h"\nquiet = "06:00-06:00"', "schedule.quiet: '06:00-06:00' are no hours; write them as"),
        ('every = "1 h"\ntimezone = "Mars/Olympus"', "schedule.timezone: 'Mars/Olympus' is no time zone"),
        ('every = "1 h"\ncollection = "../up"', "schedule.collection: '../up' cannot be used"),
        ('every = "15 min"\njitter = "1 h"', "schedule.jitter: 1 h is longer than every; runs would"),
        ('cron = "*/15 6-22 * * 1-5"\njitter = "20 min"', "jitter: 20 min is longer than the 15 min between two"),
        ('cron = "58 0,23 * * *"\njitter = "2 h"', "runs of cron; runs would overtake each other; write at most 1 h"),
        ('every = "1 h"\nmax_bytes = "much"', "schedule.max_bytes: 'much' is no size; write it as"),
        ('every = "1 h"\nmax_pages = 0', "schedule.max_pages: 0 lets a run do nothing; leave it out for no limit"),
        ('every = "1 h"\nmax_minutes = 0', "schedule.max_minutes: 0 lets a run do nothing"),
        ('every = "1 h"\nweekly = true', "schedule.weekly: is unknown"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_one_line(written, said):
    with pytest.raises(SiteError) as fault:
        schedule(written)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)
