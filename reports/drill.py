"""From a figure to its ids: how often by pool and by window, by reason, and one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.drill.counts import RESERVED
from pipelines.windows import Window, format_instant
from reports import format as text
from reports.books_words import EXCEPTIONS
from reports.charts_investigate import MARKS
from reports.drill_words import DRILLS, EXPIRED, RESERVED_FOR, TRADE_ENDS, TRANSACT_LIMITED, adds_up
from reports.figures import lane_key, lane_of
from reports.found import INSTANT, Found, Row, on_axis
from reports.links import story_link
from reports.tables import Cell, Column, table
from reports.wording import REASONS

MOST_ROWS = 200
Lane = tuple[str, str | None]
_ID_COLUMNS = {
    "transact_id": "Trade",
    "request_id": "Request",
    "quote_id": "Quote",
    "entry_id": "Ledger entry",
    "partner_reference": "Order",
}
_BARS = pa.schema(
    [
        ("start", INSTANT),
        ("end", INSTANT),
        ("window", pa.string()),
        ("slot", pa.string()),
        ("events", pa.int64()),
        ("chosen", pa.string()),
        ("state", pa.string()),
    ]
)


def lanes(found: Found) -> dict[str, Lane]:
    """The lanes of a count, as the address writes them."""
    return {lane_key(lane_of(row)): (row["pool_id"], row["currency"]) for row in found.rows}


def of_lane(found: Found, lane: Lane) -> list[Row]:
    """The rows of one lane, in the order of time."""
    return [row for row in found.rows if (row["pool_id"], row["currency"]) == lane]


def lane_name(lane: Lane) -> str:
    """`EUR-USDT, EUR`."""
    pool, currency = lane
    return f"{pool}, {currency}" if currency else pool


def total(rows: Sequence[Row]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [row["events"] for row in rows if row["events"] is not None]
    return sum(known) if known else None


def pools_table(found: Found, name: str, means: str, chosen: Lane | None) -> str:
    """How often in each pool, and the sum; `means` says what is counted."""
    columns = [
        Column("Pool", "", is_text=True),
        Column("Count", "now" if name == RESERVED else "in the period", means),
    ]
    rows = [
        [
            Cell(row["pool_id"], row["currency"] or ""),
            Cell(
                text.count(row["events"]),
                "chosen" if (row["pool_id"], row["currency"]) == chosen else "",
                "" if row["events"] is not None else "Not known: a side has not been loaded.",
                is_muted=not row["events"],
            ),
        ]
        for row in found.rows
    ]
    rows.append([Cell("Sum"), Cell(text.count(total(found.rows)))])
    return table(f"{DRILLS[name]} by pool", columns, rows)


@lru_cache(maxsize=32)
def windows_of(found: Found, lane: Lane, zone: str) -> Mapping[str, str]:
    """What each window with anything in it is called in a list, by its start."""
    return {
        format_instant(row["window_start"]): (
            f"{text.span(_window(row), zone)}: {text.count(row['events'])}"
        )
        for row in reversed(of_lane(found, lane))
        if row["events"]
    }


@lru_cache(maxsize=32)
def bars(found: Found, lane: Lane, chosen: str, zone: str, as_of: datetime) -> pa.Table:
    """How often in each window of one lane, for the chart."""
    rows = of_lane(found, lane)
    places = on_axis([row[bound] for row in rows for bound in ("window_start", "window_end")], zone)
    drawn = [
        {
            "start": places[row["window_start"]],
            "end": places[row["window_end"]],
            "window": text.span(_window(row), zone),
            "slot": format_instant(row["window_start"]),
            "events": row["events"] or 0,
            "chosen": MARKS["yes" if format_instant(row["window_start"]) == chosen else "no"],
            "state": "partial" if row["window_end"] > as_of else "complete",
        }
        for row in rows
    ]
    return pa.Table.from_pylist(drawn, schema=_BARS)


def sum_words(what: str, rows: Sequence[Row], whole: int | None) -> str:
    """Whether these rows add up to the figure above them."""
    return adds_up(what, text.count(total(rows)), text.count(whole))


def _window(row: Row) -> Window:
    return Window(row["window_start"], row["window_end"], "")


def within(events: pa.Table, lane: Lane, window: Window) -> pa.Table:
    """The events of one lane and window, of a list that names the pool of each."""
    pool, currency = lane
    at = events["event_at"]
    inside = pc.and_(pc.greater_equal(at, window.start), pc.less(at, window.end))
    of = pc.and_(pc.equal(events["pool_id"], pool), pc.equal(events["currency"], currency))
    return events.filter(pc.and_(inside, of))


def of_reason(events: pa.Table, reason: str) -> pa.Table:
    """The events of one reason; all of them for an empty one."""
    return events.filter(pc.equal(events["reason"], reason)) if reason else events


def reasons(events: pa.Table) -> Mapping[str, int]:
    """How often each reason occurs, the most frequent first."""
    counted = Counter(events["reason"].to_pylist())
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def reason_title(name: str, reason: str) -> str:
    """What a reason of one count is called; an error code is its own name."""
    if name == "ledger_exceptions":
        return EXCEPTIONS[reason][0]
    titles = {
        "unavailable_quotes": REASONS,
        "expired_quotes": {"expired": EXPIRED},
        "limit_errors": {"transact_429": TRANSACT_LIMITED},
        "undelivered_trades": TRADE_ENDS,
        "long_reserved_trades": RESERVED_FOR,
    }.get(name, {})
    if reason.startswith("http_"):
        return f"HTTP {reason.removeprefix('http_')}, without a code"
    return titles.get(reason, reason)


def reasons_table(name: str, counted: Mapping[str, int]) -> str:
    """Each reason and how often, and the sum."""
    columns = [Column("Reason", "", is_text=True), Column("Count")]
    rows = [
        [Cell(reason_title(name, reason)), Cell(text.count(number))]
        for reason, number in counted.items()
    ]
    rows.append([Cell("Sum"), Cell(text.count(sum(counted.values())))])
    return table(f"{DRILLS[name]} by reason", columns, rows)


def events_words(events: pa.Table) -> str:
    """How many there are, and how many of them the table shows."""
    number = events.num_rows
    if number > MOST_ROWS:
        return f"The {MOST_ROWS} newest of {text.count(number)}; the files below hold all of them."
    return f"{text.count(number)}, the newest first."


def events_table(events: pa.Table, name: str, zone: str, kept: str) -> str:
    """The newest events one by one, each id a link to its story; `kept` stays in the address."""
    rows = events.slice(0, MOST_ROWS).to_pylist()
    ids = {field: title for field, title in _ID_COLUMNS.items() if any(row[field] for row in rows)}
    columns = [
        *(Column(title, "", is_text=True) for title in ids.values()),
        Column("When"),
        Column("Reason", "", is_text=True),
        Column("Amount"),
    ]
    lines = [
        [
            *(_id(row[field], kept) for field in ids),
            Cell(
                text.moment(row["event_at"], zone), "", f"{text.exact_moment(row['event_at'])} UTC"
            ),
            Cell(reason_title(name, row["reason"])),
            Cell(
                text.money_with_code(row["amount"], row["currency"]),
                "" if row["amount"] is not None else "states none",
                text.exact_money(row["amount"], row["currency"]),
            ),
        ]
        for row in rows
    ]
    return table(f"{DRILLS[name]} one by one", columns, lines)


def _id(value: str | None, kept: str) -> Cell:
    return Cell(value, link=story_link(value, kept)) if value else Cell(text.UNKNOWN, is_muted=True)


def whole_table(events: pa.Table, lane: Lane) -> pa.Table:
    """Every event with its pool, for files."""
    pool, _ = lane
    rest = events.drop_columns(["pool_id"]) if "pool_id" in events.schema.names else events
    return rest.add_column(0, "pool_id", pa.array([pool] * events.num_rows, pa.string()))
