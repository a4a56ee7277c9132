"""A figure reads as what it is: unknown is never 0, and nothing is rounded to what it is not.

Goal: amounts keep their currency's decimals and their last digit, shares above the whole stay
above it, and windows read by the clock they were asked in. Method: figures picked by hand at the
edges of rounding, of a day and of a change of clocks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_datetime
from babel.numbers import format_decimal, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from pipelines.windows import Window, load_zone
from reports import format as text


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "write",
    [text.count, text.percent, text.minutes, text.duration, lambda _: text.money(None, "EUR")],
)
def test_an_unknown_figure_is_a_dash(write: object) -> None:
    assert write(None) == text.UNKNOWN  # type: ignore[operator]


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("0", "EUR", "0.00"),
        ("1234567.5", "EUR", "1,234,567.50"),
        ("0.125", "EUR", "0.12"),
        ("0.135", "EUR", "0.14"),
        ("-12.345", "GBP", "-12.34"),
        ("1234.5", "JPY", "1,234"),
        ("99999999999999999999.99", "EUR", "99,999,999,999,999,999,999.99"),
    ],
)
def test_money_has_its_currencys_decimals_and_loses_no_digit_before_them(
    amount: str, currency: str, shown: str
) -> None:
    assert text.money(Decimal(amount), currency) == shown


def test_the_hover_of_an_amount_holds_every_stored_decimal() -> None:
    assert text.exact_money(Decimal("1234.50000001"), "EUR") == "1,234.50000001 EUR"
    assert text.exact_money(Decimal("1234.50000000"), "EUR") == "1,234.50 EUR"


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        ("0", "0.0 %"),
        ("0.000999", "< 0.1 %"),
        ("0.001", "0.1 %"),
        ("0.021127", "2.1 %"),
        ("0.9994", "99.9 %"),
        ("0.9996", "> 99.9 %"),
        ("1", "100.0 %"),
        ("1.264526", "126.5 %"),
        ("12.5", "1,250.0 %"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_to_the_whole_nor_clamped(
    ratio: str, shown: str
) -> None:
    assert text.percent(Decimal(ratio)).replace(text.SPACE, " ") == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (720, "12 min"),
        (4320, "1 h 12 min"),
        (7200, "2 h"),
        (219_600, "2 d 13 h"),
        (172_800, "2 d"),
        (740_903, "8 d"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds: int, shown: str) -> None:
    assert text.duration(seconds).replace(text.SPACE, " ") == shown


def test_the_age_of_what_lies_in_the_future_is_not_negative() -> None:
    now = utc("2026-06-30T12:00")
    assert text.age(now + timedelta(minutes=5), now) == "just now"
    assert text.age(now - timedelta(minutes=5), now) == f"5{text.SPACE}min ago"
    assert text.age(None, now) == text.UNKNOWN


@pytest.mark.parametrize(
    ("start", "end", "zone", "shown"),
    [
        ("2026-06-23", "2026-06-30", "UTC", "23 Jun 2026 to 29 Jun 2026"),
        ("2026-06-29T18:30", "2026-06-30T18:30", "Asia/Kolkata", "30 Jun 2026"),
        ("2026-10-24T22:00", "2026-10-25T23:00", "Europe/Berlin", "25 Oct 2026"),
        ("2026-06-30T10:00", "2026-06-30T11:00", "UTC", "30 Jun 2026, 10:00 to 11:00"),
        ("2026-06-30T22:00", "2026-07-01T02:00", "UTC", "30 Jun 2026, 22:00 to 1 Jul 2026, 02:00"),
    ],
)
def test_a_window_reads_by_the_clock_of_its_zone(
    start: str, end: str, zone: str, shown: str
) -> None:
    assert text.span(Window(utc(start), utc(end), "any"), zone) == shown


def test_a_zone_is_named_with_its_offset_at_that_time() -> None:
    assert text.zone_name(utc("2026-06-30"), "Europe/Berlin") == "Europe/Berlin (UTC+02:00)"
    assert text.zone_name(utc("2026-12-30"), "Europe/Berlin") == "Europe/Berlin (UTC+01:00)"
    assert text.zone_name(utc("2026-06-30"), "Asia/Kolkata") == "Asia/Kolkata (UTC+05:30)"
    assert text.zone_name(utc("2026-06-30"), "UTC") == "UTC"


def test_a_zone_is_named_with_both_offsets_where_its_clocks_change() -> None:
    october = Window(utc("2026-09-30T22:00"), utc("2026-10-31T23:00"), "month")
    assert text.zone_of(october, "Europe/Berlin") == "Europe/Berlin (UTC+02:00, then +01:00)"
    assert text.zone_of(october, "Europe/London") == "Europe/London (UTC+01:00, then UTC)"
    assert text.zone_of(october, "Asia/Kolkata") == "Asia/Kolkata (UTC+05:30)"


def test_a_count_agrees_with_its_noun() -> None:
    assert text.counted(1, "pool", "pools") == "1 pool"
    assert text.counted(1200, "pool", "pools") == "1,200 pools"


_AMOUNTS = st.decimals(Decimal(-(10**19)), Decimal(10**19), places=8)
_MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(amount=_AMOUNTS, currency=st.sampled_from(["EUR", "JPY", "BHD", "USDT", None]))
def test_amounts_read_as_the_locale_writes_them(amount: Decimal, currency: str | None) -> None:
    places = get_currency_precision(currency or "EUR")
    zeros = "0" * places
    usual = format_decimal(amount, f"#,##0.{zeros}" if places else "#,##0", locale=text.LOCALE)
    assert text.money(amount, currency) == usual
    whole = format_decimal(amount, f"#,##0.{zeros}{'#' * (8 - places)}", locale=text.LOCALE)
    assert text.exact_money(amount, currency) == f"{whole} {currency or ''}".rstrip()


@given(number=st.integers(-(10**15), 10**15))
def test_counts_read_as_the_locale_writes_them(number: int) -> None:
    assert text.count(number) == format_decimal(number, locale=text.LOCALE)


@given(instant=_MOMENTS, zone=st.sampled_from(["UTC", "Europe/London", "Asia/Kolkata"]))
def test_times_read_as_the_locale_writes_them(instant: datetime, zone: str) -> None:
    def written(pattern: str) -> str:
        return format_datetime(instant, pattern, tzinfo=load_zone(zone), locale=text.LOCALE)

    assert text.moment(instant, zone) == written("d MMM y, HH:mm")
    assert text.short_moment(instant, zone) == written("d MMM HH:mm")
    assert text.local_day(instant, zone) == written("d MMM y")
