"""The only place where a number, an amount or a time becomes text.

An unknown value is a dash, never 0. Amounts carry their currency and its usual decimals; nothing
is shortened to k or M.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from babel.dates import format_date, format_datetime, get_month_names
from babel.numbers import get_currency_precision

from pipelines.windows import Window, load_zone

UNKNOWN = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"
LOCALE = "en_GB"

_PERMILLE = Decimal("0.001")
_ALMOST_ONE = Decimal("0.9995")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def count(number: int | None) -> str:
    """`1,234`."""
    return UNKNOWN if number is None else f"{number:,}"


def counted(number: int, one: str, many: str) -> str:
    """`1 pool`, `12 pools`."""
    return f"{count(number)} {one if number == 1 else many}"


def money(amount: Decimal | None, currency: str | None) -> str:
    """`1,234.50`, with as many decimals as the currency usually has; halves go to even."""
    if amount is None:
        return UNKNOWN
    return f"{amount:,.{_places(currency)}f}"


def money_with_code(amount: Decimal | None, currency: str | None) -> str:
    """`1,234.50 EUR`."""
    return UNKNOWN if amount is None else f"{money(amount, currency)} {currency or ''}".rstrip()


def exact_money(amount: Decimal | None, currency: str | None) -> str:
    """Every stored decimal that is not a trailing zero, for hovers: `1,234.50000001 EUR`."""
    if amount is None:
        return UNKNOWN
    whole, _, fraction = f"{amount:,.8f}".partition(".")
    kept = fraction.rstrip("0").ljust(_places(currency), "0")
    return f"{whole}{'.' if kept else ''}{kept} {currency or ''}".rstrip()


def exact(number: Decimal) -> str:
    """Every stored decimal that is not a trailing zero, at least two: `-377.88`."""
    whole, _, fraction = f"{number:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def percent(ratio: Decimal | None) -> str:
    """`41.3 %`; what is not quite 0 or 100 % is never rounded to it, and above 100 % stays so."""
    if ratio is None:
        return UNKNOWN
    if 0 < ratio < _PERMILLE:
        return f"< 0.1{SPACE}%"
    if _ALMOST_ONE <= ratio < 1:
        return f"> 99.9{SPACE}%"
    return f"{ratio * 100:,.1f}{SPACE}%"


def tenths(number: Decimal | None) -> str:
    """`109.7`: a count that is a mean, or a multiple."""
    return UNKNOWN if number is None else f"{number:,.1f}"


def minutes(number: Decimal | None) -> str:
    """Whole minutes: `1,435`."""
    return UNKNOWN if number is None else f"{number:,.0f}"


def duration(seconds: int | None) -> str:
    """`45 s`, `12 min`, `1 h 12 min`, `2 d 13 h`; from a week on whole days, `8 d`."""
    if seconds is None:
        return UNKNOWN
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    whole_minutes = rest // _MINUTE
    if days:
        parts = [f"{days} d", f"{hours} h" if hours and days < 7 else ""]
    elif hours:
        parts = [f"{hours} h", f"{whole_minutes} min" if whole_minutes else ""]
    else:
        parts = [f"{whole_minutes} min" if whole_minutes else f"{seconds} s"]
    return " ".join(part for part in parts if part).replace(" ", SPACE)


def age(of: datetime | None, now: datetime) -> str:
    """How long before `now` something was, in words; both aware."""
    if of is None:
        return UNKNOWN
    elapsed = max(now - of, timedelta(0)) // timedelta(seconds=1)
    return "just now" if elapsed < _MINUTE else f"{duration(elapsed)} ago"


def offset(instant: datetime, zone: str) -> str:
    """`UTC+02:00`, or `UTC`."""
    text = format_datetime(instant, "xxx", tzinfo=load_zone(zone), locale=LOCALE)
    return "UTC" if text == "+00:00" else f"UTC{text}"


def zone_name(instant: datetime, zone: str) -> str:
    """`Europe/Berlin (UTC+02:00)`, or `UTC`."""
    return zone if zone == "UTC" else f"{zone} ({offset(instant, zone)})"


def zone_of(window: Window, zone: str) -> str:
    """`Europe/Berlin (UTC+02:00, then +01:00)` where the clocks change within the window."""
    first = offset(window.start, zone)
    last = offset(window.end - timedelta(microseconds=1), zone)
    if first == last:
        return zone_name(window.start, zone)
    return f"{zone} ({first}, then {last.removeprefix('UTC') or last})"


def moment(instant: datetime | None, zone: str) -> str:
    """`30 Jun 2026, 23:49`, by the clock of `zone`."""
    if instant is None:
        return UNKNOWN
    here = instant.astimezone(load_zone(zone))
    return f"{day(here)}, {here:%H:%M}"


def exact_moment(instant: datetime) -> str:
    """`2026-06-30 23:49:06.978`, in UTC, as exact as the record is."""
    naive = instant.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(" ", "auto" if naive.microsecond % 1000 else "milliseconds")


def short_moment(instant: datetime, zone: str) -> str:
    """`30 Jun 23:49`, where the year is clear from what stands around it."""
    here = instant.astimezone(load_zone(zone))
    return f"{here.day} {_months()[here.month]} {here:%H:%M}"


def day(when: date) -> str:
    """`30 Jun 2026`."""
    return f"{when.day} {_months()[when.month]} {when.year}"


def span(window: Window, zone: str) -> str:
    """The window by the clock of `zone`: whole days by their dates, anything else with times."""
    here = load_zone(zone)
    start, end = window.start.astimezone(here), window.end.astimezone(here)
    midnight = (0, 0, 0, 0)
    if all((at.hour, at.minute, at.second, at.microsecond) == midnight for at in (start, end)):
        last = (window.end - timedelta(microseconds=1)).astimezone(here).date()
        first = start.date()
        return day(first) if first == last else f"{day(first)} to {day(last)}"
    if start.date() == end.date():
        return f"{moment(window.start, zone)} to {end:%H:%M}"
    return f"{moment(window.start, zone)} to {moment(window.end, zone)}"


def span_in_utc(window: Window) -> str:
    """The window's two bounds in UTC, with times."""
    return f"{moment(window.start, 'UTC')} to {moment(window.end, 'UTC')}"


def local_day(instant: datetime, zone: str) -> str:
    """`30 Jun 2026`, the day on which `instant` falls in `zone`."""
    return day(instant.astimezone(load_zone(zone)).date())


def calendar_name(window: Window, zone: str) -> str:
    """`June 2026`, `2nd quarter 2026`, or `Week of 22 Jun 2026`, for a window of that name."""
    start = window.start.astimezone(load_zone(zone)).date()
    if window.name == "month":
        return format_date(start, "MMMM y", locale=LOCALE)
    if window.name == "quarter":
        return format_date(start, "QQQQ y", locale=LOCALE)
    return f"Week of {day(start)}"


def signed(number: int) -> str:
    """`+1,234`, or a true minus sign before the figure."""
    sign = "+" if number > 0 else "\N{MINUS SIGN}" if number < 0 else ""
    return f"{sign}{count(abs(number))}"


@cache
def _months() -> dict[int, str]:
    """The short names of the months by their number. Looking them up each time is slow."""
    return dict(get_month_names("abbreviated", "format", LOCALE))


@cache
def _places(currency: str | None) -> int:
    """The decimals a currency usually has; 2 where none is named."""
    return get_currency_precision(currency or "EUR")


def warm() -> None:
    """Read the locale before the first reader comes."""
    _months()
    _places(None)
