"""Webhook health: what was delivered, how soon, and of which ends of trades nobody was told."""

from __future__ import annotations

from functools import lru_cache

from reports import format as text
from reports.books_words import EVENT_TYPES
from reports.found import Found, Row
from reports.links import story_link
from reports.tables import Cell, Column, table

MOST_ROWS = 15
_UNKNOWN = "Not known: no delivery attempt of that time has been loaded."
_COLUMNS = (
    Column("Event", "", is_text=True),
    Column("Events", "first sent", "Events whose first attempt was made in the period."),
    Column("Delivered", "of these events", "Events with a delivery by the time of the data."),
    Column("Duplicated", "of these events", "Events that were delivered more than once."),
    Column("Failed", "attempts", "Attempts of the period that did not arrive."),
    Column("Dead-lettered", "attempts", "Attempts after which no further one is made."),
    Column("Bad signature", "attempts", "Attempts whose signature did not hold."),
    Column(
        "Missing",
        "trades not told of",
        "Trades that reached this end in the period, longer ago than a webhook may take, without a"
        " delivery.",
    ),
    Column(
        "Delay",
        "half within, 95 % within",
        "Seconds from the first attempt until half, and 95 %, of the events were received: the"
        " smallest of a few fixed bounds that holds.",
    ),
)


@lru_cache(maxsize=32)
def health_table(found: Found) -> str:
    """What became of the period's webhooks, per event."""
    order = list(EVENT_TYPES)
    rows = sorted(found.rows, key=lambda row: order.index(row["event_type"]))
    return table("Webhooks of the period", _COLUMNS, [_line(row) for row in rows])


def _line(row: Row) -> list[Cell]:
    return [
        Cell(EVENT_TYPES[row["event_type"]]),
        _count(row["events"]),
        _delivered(row),
        _count(row["duplicated_events"]),
        *(_count(row[name]) for name in ("failed", "dead_lettered", "bad_signature")),
        _missing(row["missing_events"]),
        _delay(row),
    ]


def _count(number: int | None) -> Cell:
    return Cell(text.count(number), hover="" if number is not None else _UNKNOWN)


def _delivered(row: Row) -> Cell:
    if row["events"] is None:
        return Cell(text.UNKNOWN, hover=_UNKNOWN)
    return Cell(text.count(row["delivered_events"]), f"of {text.count(row['events'])}")


def _missing(number: int | None) -> Cell:
    if not number:
        return _count(number)
    return Cell(text.count(number), "nobody was told", is_flagged=True)


def _delay(row: Row) -> Cell:
    half, most = row["delay_p50_within_s"], row["delay_p95_within_s"]
    if half is None:
        return Cell(text.UNKNOWN, hover="Not known: no receipt is told.")
    longest = f"longest {text.duration(row['longest_delay_s'])}"
    return Cell(f"{text.duration(half)} / {text.duration(most)}", longest)


def missing_words(found: Found) -> str:
    """How many trades nobody was told of."""
    number = len(found.rows)
    if number > MOST_ROWS:
        return f"The {MOST_ROWS} oldest of {text.count(number)} trades nobody was told of."
    return f"{text.count(number)} {'trade' if number == 1 else 'trades'} nobody was told of."


@lru_cache(maxsize=32)
def missing_table(found: Found, zone: str, kept: str = "") -> str:
    """The trades that ended without a webhook, each with a link to its story that keeps `kept`."""
    columns = [
        Column("Trade", "", is_text=True),
        Column("Pool", "", is_text=True),
        Column("Amount"),
        Column("Ended as", "", is_text=True),
        Column("Ended"),
        Column("Age"),
    ]
    rows = [
        [
            Cell(row["transact_id"], link=story_link(row["transact_id"], kept)),
            Cell(row["pool_id"]),
            Cell(
                text.money_with_code(row["fiat_amount"], row["currency"]),
                hover=text.exact_money(row["fiat_amount"], row["currency"]),
            ),
            Cell(row["status"]),
            Cell(text.moment(row["status_at"], zone)),
            Cell(text.duration(row["age_s"])),
        ]
        for row in found.rows[:MOST_ROWS]
    ]
    return table("Trades without a webhook", columns, rows)
