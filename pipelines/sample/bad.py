"""Records that must not enter: each is wrong in one way, in files named for it."""

from __future__ import annotations

import json
from typing import NamedTuple

from pipelines.sample.agreements import Row, instant
from pipelines.sample.partners import Lane
from pipelines.sample.stories import Calendar

# A value that may be found nowhere after ingestion.
CANARY = "canary-do-not-store"


class Bad(NamedTuple):
    """One wrong record: what is changed in a good one, or which text replaces it."""

    name: str
    kind: str
    rule: str  # the rule it breaks: a field's shape, `missing`, `private`, or `unreadable`
    change: Row
    drop: str | None = None
    text: str | None = None


BAD: tuple[Bad, ...] = (
    Bad("amount_is_a_json_number", "quotes", "money", {"fiat_amount": 250.0}),
    Bad("nine_decimals", "quotes", "money", {"crypto_amount": "114.320000001"}),
    Bad("exponent", "quotes", "money", {"fiat_amount": "2.5e2"}),
    Bad("negative_amount", "quotes", "money", {"fiat_amount": "-250.00"}),
    Bad("no_offset", "quotes", "instant", {"requested_at": "2026-06-10T09:30:00"}),
    Bad("leap_second", "quotes", "instant", {"requested_at": "2026-06-10T23:59:60Z"}),
    Bad("no_request_id", "quotes", "missing", {}, drop="request_id"),
    Bad("unknown_side", "quotes", "enum", {"side": "buy"}),
    Bad("spellings_differ", "quotes", "spellings_differ", {"poolId": "GBP-USDT"}),
    Bad("private_name", "quotes", "private", {"treasury_balance": CANARY}),
    Bad("private_name_nested", "quotes", "private", {"meta": {"routeName": CANARY}}),
    Bad("private_value", "quotes", "private", {"network": "whsec_" + CANARY}),
    Bad("duplicate_name", "quotes", "unreadable", {}, text='{"request_id":"a","request_id":"b"}'),
    Bad("broken_json", "quotes", "unreadable", {}, text='{"request_id":"req_cut_off","pool_id":'),
    Bad("not_a_number", "quotes", "unreadable", {}, text='{"request_id":"a","fee_bps":NaN}'),
    Bad("unknown_status", "trades", "enum", {"status": "processing"}),
    Bad("no_creation_time", "trades", "instant", {"created_at": "yesterday"}),
    Bad("unknown_ledger_reason", "ledger", "enum", {"reason": "adjustment"}),
)
# A field that no kind has is dropped and counted; the record enters.
UNKNOWN_FIELD: Row = {"request_id": "req_unknown_field", "app_version": "4.2.0"}


def _good(lane: Lane, calendar: Calendar, kind: str, name: str) -> Row:
    at = instant(calendar.begin_ms + 9 * 3_600_000)
    pool = lane.pools[0]
    row: Row = {
        "partner_id": lane.partner_id,
        "environment": lane.environment,
        "program_id": lane.programs[0].program_id,
    }
    if kind == "ledger":
        entry: Row = {"entry_id": f"le_bad_{name}", "currency": pool.fiat, "delta": "-250.00"}
        return {**row, **entry, "reason": "buy_debit", "ref": f"pq_bad_{name}", "created_at": at}
    row |= {"request_id": f"req_bad_{name}", "pool_id": pool.pool_id, "side": "on_ramp"}
    row |= {"quote_id": f"pq_bad_{name}", "fiat_currency": pool.fiat, "fiat_amount": "250.00"}
    row |= {"crypto_currency": pool.crypto, "crypto_amount": "285.800000", "network": "tron"}
    if kind == "trades":
        trade: Row = {"transact_id": f"pt_bad_{name}", "status": "reserved"}
        return {**row, **trade, "status_at": at, "created_at": at}
    expires = instant(calendar.begin_ms + 9 * 3_600_000 + 15_000)
    quote: Row = {"quote_type": "firm", "available": True, "rate": "1.143200"}
    return {**row, **quote, "requested_at": at, "expires_at": expires}


def bad_lines(lane: Lane, calendar: Calendar, kind: str) -> list[bytes]:
    """The wrong records of one kind as JSON lines; for quotes also the one that may enter."""
    found: list[bytes] = []
    for bad in BAD:
        if bad.kind == kind:
            row = {**_good(lane, calendar, kind, bad.name), **bad.change}
            row.pop(bad.drop or "", None)
            text = json.dumps(row, separators=(",", ":")) if bad.text is None else bad.text
            found.append((text + "\n").encode("ascii"))
    if kind == "quotes":
        row = {**_good(lane, calendar, kind, "unknown_field"), **UNKNOWN_FIELD}
        found.append((json.dumps(row, separators=(",", ":")) + "\n").encode("ascii"))
    return found
