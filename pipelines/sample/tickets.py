"""The support tickets that the stories led to, each with its updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.sample.agreements import Row, instant
from pipelines.sample.partners import Lane
from pipelines.sample.stories import HOUR_MS, STORIES, Calendar


class _Ticket(NamedTuple):
    """A ticket that opens some hours after its story begins; `updates` are hours after that."""

    story: str
    ticket_type: str
    severity: str
    opens: float
    updates: tuple[float, ...]
    closes: float | None
    about: str | None = None  # which noted trade it names


_TICKETS = (
    _Ticket("band_binds", "escalation", "S2", 3.5, (0, 14, 40, 88), 88),
    _Ticket("webhooks_fail", "incident", "S3", 0.4, (0, 0.7, 3), 3),
    _Ticket("outage", "incident", "S2", 0.3, (0, 1.5, 4.5, 5.5, 26), 26),
    _Ticket("slow_release", "complaint", "S4", 9, (0, 30), None),
    _Ticket("reservations_stuck", "escalation", "S3", 26, (0, 20, 72), None, "stuck"),
    _Ticket("rate_wobble", "incident", "S3", 0.5, (0, 2.8, 5), 5),
    _Ticket("balance_low", "escalation", "S2", 60, (0, 9, 16), 16),
    _Ticket("trades_returned", "complaint", "S3", 50, (0, 22), None, "returned"),
)


def ticket_rows(lane: Lane, calendar: Calendar, noted: Mapping[str, str]) -> list[Row]:
    """One row per update of each ticket; `noted` holds the ids of trades that tickets name."""
    rows: list[Row] = []
    for number, ticket in enumerate(_TICKETS, 1041):
        opened = calendar.span(ticket.story)[0] + round(ticket.opens * HOUR_MS)
        for hours in ticket.updates if calendar.fits(ticket.story) else ():
            updated = opened + round(hours * HOUR_MS)
            if updated >= calendar.horizon_ms:
                continue
            row: Row = {
                "partner_id": lane.partner_id,
                "environment": lane.environment,
                "ticket_id": f"tck_{number}",
                "ticket_type": ticket.ticket_type,
                "severity": ticket.severity,
                "pool_id": STORIES[ticket.story].pool_id,
                "transact_id": noted.get(ticket.about or ""),
                "opened_at": instant(opened),
                "closed_at": instant(updated) if hours == ticket.closes else None,
                "updated_at": instant(updated),
            }
            rows.append(row)
    return rows
