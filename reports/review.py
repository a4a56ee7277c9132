"""The scorecard of a review: seven items, each with its state, figures, trend and since when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from pipelines.review.intervals import FEW, Share
from pipelines.review.readings import Cases, Reading
from pipelines.review.scorecard import Height, Item, Review, Since
from pipelines.review.states import COMPLAINTS, ESCALATIONS, known_minutes
from pipelines.shares import wilson
from pipelines.windows import Window
from reports import format as text
from reports.review_words import ITEMS, STATES, TRENDS, reason, rules
from reports.tables import Cell, Column, table
from reports.wording import title

Write = Callable[[Review, Reading], Cell]
_SEVERITIES = ("S1", "S2", "S3", "S4")


def scorecard_table(review: Review) -> str:
    """One row per item; a hover on the state says its rule."""
    columns = [
        Column("Item", "", is_text=True),
        Column("State", "why", "Hover over a state for its rule.", is_text=True),
        Column("This period", text.span(review.current.window, review.asked.zone), is_text=True),
        Column("Span before", text.span(review.before.window, review.asked.zone), is_text=True),
        Column("13 weeks", "each complete; a gap is not known"),
        Column("In this state since", "by the week", is_text=True),
    ]
    return table("Scorecard", columns, scorecard_rows(review))


def scorecard_rows(review: Review) -> list[list[Cell]]:
    """The cells of the scorecard: item, state, this period, span before, 13 weeks, since when."""
    said = rules(review.asked.bounds)
    return [
        [
            Cell(*ITEMS[item.name]),
            Cell(STATES[item.verdict.state], reason(item.name, item.verdict), said[item.name]),
            _WRITERS[item.name](review, review.current),
            _before(review, item.name),
            _trend(item),
            _since(item, review.asked.zone),
        ]
        for item in review.items
    ]


def rules_table(review: Review) -> str:
    """The rule of each item, for those who cannot hover."""
    columns = [Column("Item", "", is_text=True), Column("Rule", "", is_text=True)]
    said = rules(review.asked.bounds)
    return table("Rules", columns, [[Cell(ITEMS[name][0]), Cell(said[name])] for name in ITEMS])


def weeks_table(review: Review) -> pa.Table:
    """The trend of every item as text: one row per week."""
    lines = []
    for number, reading in enumerate(review.weeks):
        line = {"Week": text.span(reading.window, review.asked.zone)}
        for item in review.items:
            week = item.weeks[number]
            name = ITEMS[item.name][0]
            line[name] = _height(item.name, week.height)
            line[f"{name}: state"] = STATES[week.verdict.state]
        lines.append(line)
    return pa.Table.from_pylist(lines)


def items_file(review: Review) -> pa.Table:
    """The scorecard as it is taken away: one row per item."""
    return pa.Table.from_pylist(
        [
            {
                "item": ITEMS[item.name][0],
                "state": item.verdict.state,
                "why": reason(item.name, item.verdict),
                "rule": rules(review.asked.bounds)[item.name],
                "since_week": item.since.start if item.since else None,
                "this_period": _plain(_WRITERS[item.name](review, review.current)),
                "span_before": _plain(_before(review, item.name)),
            }
            for item in review.items
        ]
    )


def _plain(cell: Cell) -> str:
    return f"{cell.text}: {cell.under}" if cell.under else cell.text


def period_name(window: Window, zone: str) -> str:
    """What a review's period is called: a week by its days, a month or quarter by its name."""
    return text.calendar_name(window, zone)


def _before(review: Review, name: str) -> Cell:
    if not review.before.is_whole:
        return Cell(text.UNKNOWN, "not known whole", "Records begin after the span before began.")
    return _WRITERS[name](review, review.before)


def _trend(item: Item) -> Cell:
    heights = [week.height for week in item.weeks]
    known = [height for height in heights if height is not None]
    latest = _height(item.name, heights[-1] if heights else None)
    missing = f"; {len(heights) - len(known)} weeks not known" if len(known) < len(heights) else ""
    said = f"{TRENDS[item.name]} in each of 13 weeks; latest {latest}{missing}"
    if not known:
        return Cell(text.UNKNOWN, "no week known", said)
    return Cell(latest, "last week", said, bars=heights, bars_title=said)


def _height(name: str, height: Height) -> str:
    if height is None:
        return text.UNKNOWN
    if isinstance(height, Decimal):
        return text.percent(height)
    if name == "reserved_age":
        return text.duration(height) if height else "0"
    return f"{text.count(height)} min" if name == "availability" else text.count(height)


def _since(item: Item, zone: str) -> Cell:
    last = item.weeks[-1].verdict if item.weeks else None
    if item.since is None:
        if last is None or item.verdict.state == last.state:
            return Cell(text.UNKNOWN, "", "An unknown state has no beginning.")
        under = f"the last week alone: {STATES[last.state]}"
        return Cell(text.UNKNOWN, under, "Judged by the same rule over a week.")
    return Cell(_week_words(item.since, zone), _row_words(item.since))


def _week_words(since: Since, zone: str) -> str:
    return f"week of {text.local_day(since.start, zone)}"


def _row_words(since: Since) -> str:
    weeks = "1 week" if since.weeks == 1 else f"{since.weeks} weeks in a row"
    return f"{weeks} or longer: the first that can be judged" if since.is_at_least else weeks


def _share_cell(share: Share, under: str) -> Cell:
    """A share; over fewer than 30 events it is greyed and stands with its interval."""
    if share.value is None:
        return Cell(text.UNKNOWN, under, "Not known: there is nothing to take it of.", True)
    bounds = wilson(share.part, share.whole) if share.part <= share.whole < FEW else None
    if bounds is not None:
        interval = f"95 % interval {text.percent(bounds[0])} to {text.percent(bounds[1])}"
        return Cell(text.percent(share.value), f"{under} · {interval}", "Too few to say.", True)
    return Cell(text.percent(share.value), under)


def _limits(review: Review, reading: Reading) -> Cell:
    errors = reading.share(["limit_errors"], "quote_requests")
    said = (
        f"{text.count(errors.part)} limit errors, {text.count(errors.whole)} requests"
        f" ({text.percent(errors.value)})"
    )
    if not reading.peaks:
        return Cell(text.UNKNOWN, said, "No limit of these pools was in force with a use.")
    peak = reading.peaks[0]
    when = text.short_moment(peak.at, review.asked.zone)
    where = f"{title(peak.figure)}, {peak.pool_id}, {when}"
    return Cell(text.percent(peak.usage), f"{where} · {said}", "At the end of each hour.")


def _availability(_: Review, reading: Reading) -> Cell:
    share = reading.share(["unavailable_quotes"], "quote_requests")
    minutes = known_minutes(reading)
    said = f"{text.count(share.part)} of {text.count(share.whole)} requests"
    if minutes.whole:
        known = f"{text.count(minutes.part)} of {text.count(minutes.whole)} known minutes"
        return _share_cell(share, f"{said} · {known}")
    return _share_cell(share, f"{said} · minutes not known: no snapshots")


def _failed_trades(_: Review, reading: Reading) -> Cell:
    share = reading.share(["failed_trades", "released_trades"], "left_trades")
    failed, released = reading.total("failed_trades"), reading.total("released_trades")
    returned, settled = reading.total("returned_trades"), reading.total("settled_trades")
    return _share_cell(
        share,
        f"{text.count(share.part)} of {text.count(share.whole)} that left reserved:"
        f" {text.count(failed)} failed, {text.count(released)} released"
        f" · {text.count(returned)} returned, {text.count(settled)} settled",
    )


def _reserved_age(review: Review, reading: Reading) -> Cell:
    over = review.over if reading is review.current else review.over_before
    most = text.duration(int(review.asked.bounds.reserved_age.total_seconds()))
    stock = reading.stock
    if over is None:
        said = f"of {text.count(stock.trades)} reserved"
    else:
        number, notional = over
        said = f"{text.count(number)} of {text.count(stock.trades)} reserved for over {most}"
        if notional:
            amounts = (text.money_with_code(each, code) for code, each in notional.items())
            said += f": {', '.join(amounts)}"
    if stock.oldest_age_s is None:
        return Cell("Nothing reserved", "at the end")
    return Cell(text.duration(stock.oldest_age_s), f"{said} · oldest in {stock.pool_id}")


def _tickets(types: Sequence[str], review: Review, reading: Reading) -> Cell:
    if not review.asked.has_tickets:
        return Cell(text.UNKNOWN, "", "Not ingested: no ticket has arrived.")
    opened = reading.cases.tickets_of(types, "opened")
    by_type = [_counted(reading.cases.tickets_of([name], "opened"), name) for name in types]
    said = f"{', '.join(by_type)} · " if len(types) > 1 else ""
    return Cell(
        f"{text.count(opened)} opened",
        f"{said}{_open_words(reading.cases, types)} at the end{_now(review, reading, types)}",
    )


def _counted(number: int, name: str) -> str:
    return f"{text.count(number)} {name}{'' if number == 1 else 's'}"


def _open_words(cases: Cases, types: Sequence[str]) -> str:
    by_severity = {name: cases.tickets_of(types, "open_at_end", [name]) for name in _SEVERITIES}
    each = [f"{number} {name}" for name, number in by_severity.items() if number]
    total = cases.tickets_of(types, "open_at_end")
    return f"{text.count(total)} open ({', '.join(each)})" if each else "none open"


def _now(review: Review, reading: Reading, types: Sequence[str]) -> str:
    if reading is not review.current:
        return ""
    return f", {text.count(review.now_open.tickets_of(types, 'open_at_end'))} now"


def _escalations(review: Review, reading: Reading) -> Cell:
    return _tickets(ESCALATIONS, review, reading)


def _complaints(review: Review, reading: Reading) -> Cell:
    return _tickets(COMPLAINTS, review, reading)


def _ledger_exceptions(review: Review, reading: Reading) -> Cell:
    cases = reading.cases
    if cases.exceptions is None:
        return Cell(text.UNKNOWN, "", "Not known: trades and ledger entries are not both known.")
    said = f"{text.count(cases.exceptions_of('open_at_end'))} open at the end"
    if cases.oldest_exception_s is not None:
        said += f", oldest {text.duration(cases.oldest_exception_s)}"
    if reading is review.current:
        said += f", {text.count(review.now_open.exceptions_of('open_at_end'))} open now"
    amounts = [
        text.money_with_code(row["value_at_risk"], row["currency"])
        for row in cases.exceptions
        if row["value_at_risk"] is not None
    ]
    without = sum(row["open_without_amount"] for row in cases.exceptions)
    if amounts:
        said += f" · at risk {', '.join(amounts)}"
    if without:
        said += f" · {text.count(without)} without an amount"
    return Cell(f"{text.count(cases.exceptions_of('arising'))} arising", said)


_WRITERS: Mapping[str, Write] = {
    "limits": _limits,
    "availability": _availability,
    "failed_trades": _failed_trades,
    "reserved_age": _reserved_age,
    "escalations": _escalations,
    "ledger_exceptions": _ledger_exceptions,
    "complaints": _complaints,
}
