"""The whole story of one id, as of an instant: its records, its state, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.contracts import MODELS, field_table
from pipelines.errors import UnknownIdError
from pipelines.gathering import Gathering, aware
from pipelines.kindtables import kind_table
from pipelines.places import Place
from pipelines.reading import reading
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text
from pipelines.story import (
    Difference,
    Story,
    StoryRecord,
    TradeEnd,
    missing_from,
    moved,
    quote_ends,
)
from pipelines.support import headline, support_packet
from pipelines.windows import format_instant

Row = dict[str, Any]


def evidence(
    settings: Settings, place: Place, asked: str, as_of: datetime | None, *, wait_seconds: float
) -> Story:
    """The story of `asked` at `place` before the aware `as_of`; None means the watermark.

    Raises UnknownIdError where nothing carries the id, and HomeLockedError when a writer keeps the
    facts for the wait.
    """
    with reading(settings, place, wait_seconds, instead="try again, or raise --wait") as facts:
        return find_story(facts, settings, place, asked, as_of)


def find_story(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    place: Place,
    asked: str,
    as_of: datetime | None,
) -> Story:
    """The same from facts that are attached already."""
    as_of = as_of or _watermark(connection, settings)
    found = Gathering(connection, as_of)
    found.gather(asked)
    if not found.records:
        raise UnknownIdError(_unknown(place, as_of, found.later.values()))
    weak = found.add_weak()
    records = _in_order(connection, found)
    trades = tuple(_trade_ends(connection, settings, records, as_of, weak))
    durable = [record for record in records if record.match == "durable"]
    quotes = quote_ends(durable, _accepted(found, trades), as_of)
    state = headline(asked, quotes, trades, durable)
    arrived = {row["kind"]: row["reach"] for row in _rows(connection, "arrived.sql", {})}
    # Of a kind in which an id was not looked up, nothing can be said to be missing.
    for one in found.not_followed:
        arrived.pop(one.kind, None)
    return Story(
        partner_id=place.partner_id,
        environment=place.environment,
        as_of=as_of,
        id=asked,
        found_as=found.found_as,
        state=state,
        records=records,
        quotes=quotes,
        trades=trades,
        exceptions=tuple(_exceptions(connection, found, as_of)),
        differences=tuple(_differences(connection, found, as_of)),
        missing=() if found.is_truncated else missing_from(durable, trades, arrived),
        support_packet=support_packet(asked, place.environment, state, trades, durable),
        not_followed=tuple(found.not_followed),
        is_truncated=found.is_truncated,
        later_records=len(found.later),
    )


def _watermark(connection: duckdb.DuckDBPyConnection, settings: Settings) -> datetime:
    """The instant that every required kind has reached."""
    required = {"required": list(settings.required_kinds), "landed_before": None}
    row = connection.execute(sql_text("watermark.sql"), required).fetchone()
    if row is None or row[0] is None:
        raise UnknownIdError("nothing with a time of its own has arrived yet; ingest first")
    moment: datetime = aware(row[0])
    return moment


def _unknown(place: Place, as_of: datetime, later: Collection[datetime]) -> str:
    where = f"{place.environment}/{place.partner_id}"
    if later:
        past_all = format_instant(max(later) + timedelta(microseconds=1))
        return (
            f"{where}: no record carries this id before {format_instant(as_of)}, but later ones"
            f" do; ask with --as-of {past_all}"
        )
    return f"{where}: no record carries this id; check it, and --partner and --environment"


def _in_order(connection: duckdb.DuckDBPyConnection, found: Gathering) -> tuple[StoryRecord, ...]:
    """The records in time order, observations marked that are no part of their trade's state."""
    ids = {"transact_ids": found.values("trades", "transact_id")}
    flags = {
        (row["transact_id"], row["status"]): row["flag"]
        for row in _rows(connection, "story_flags.sql", ids)
    }
    kinds = list(MODELS)
    ordered = sorted(
        found.records.items(), key=lambda item: (item[1].at, kinds.index(item[0][0]), item[0])
    )
    return tuple(_marked(record, flags) for _, record in ordered)


def _marked(record: StoryRecord, flags: Mapping[tuple[str, str], str]) -> StoryRecord:
    if record.kind != "trades":
        return record
    flag = flags.get((record.fields["transact_id"], record.fields["status"]))
    return replace(record, marks=(flag,)) if flag else record


def _trade_ends(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    records: Sequence[StoryRecord],
    as_of: datetime,
    weak: frozenset[tuple[str, str]],
) -> Iterator[TradeEnd]:
    created: dict[str, list[datetime]] = {}
    for record in records:
        if record.kind == "trades" and record.match == "durable":
            created.setdefault(record.fields["transact_id"], []).append(record.fields["created_at"])
    for transact_id, moments in created.items():
        asked = {
            "transact_id": transact_id,
            "first_created_at": _naive(min(moments)),
            "last_created_at": _naive(max(moments)),
        }
        for row in _rows(connection, "story_trades.sql", asked):
            if row["created_at"] < as_of:
                yield _trade_end(settings, row, records, as_of, weak)


def _trade_end(
    settings: Settings,
    row: Row,
    records: Sequence[StoryRecord],
    as_of: datetime,
    weak: frozenset[tuple[str, str]],
) -> TradeEnd:
    left_status, left_at, returned_at = (
        row.pop(name) for name in ("left_status", "left_at", "returned_at")
    )
    status, status_at = "reserved", row["created_at"]
    age = as_of - row["created_at"]
    if left_at is not None and left_at < as_of:
        status, status_at = left_status, left_at
    else:
        left_status = None
    if returned_at is not None and returned_at < as_of:
        status, status_at = "returned", returned_at
    return TradeEnd(
        **row,
        status=status,
        status_at=status_at,
        left_status=left_status,
        debited=moved(records, row, "buy_debit", weak),
        refunded=moved(records, row, "buy_refund", weak),
        is_overdue=status == "reserved" and age >= settings.reserved_age_threshold,
    )


def _accepted(found: Gathering, trades: Sequence[TradeEnd]) -> frozenset[str]:
    """The quote ids that trades carry, those included that too many trades carry to look up."""
    shared = (one.id for one in found.not_followed if (one.role, one.kind) == ("quote", "trades"))
    return frozenset([*(trade.quote_id for trade in trades), *shared])


def _exceptions(
    connection: duckdb.DuckDBPyConnection, found: Gathering, as_of: datetime
) -> Iterator[Row]:
    asked = {
        "as_of": _naive(as_of),
        "transact_ids": found.values("trades", "transact_id"),
        "quote_ids": found.values("quotes", "quote_id"),
        "entry_ids": found.values("ledger", "entry_id"),
        "references": found.values("orders", "partner_reference"),
    }
    for row in _rows(connection, "story_exceptions.sql", asked):
        if row["state"] != "resolved":
            row["resolved_at"] = None
        yield {**row, "age_s": (as_of - row["event_at"]) // timedelta(seconds=1)}


def _differences(
    connection: duckdb.DuckDBPyConnection, found: Gathering, as_of: datetime
) -> Iterator[Difference]:
    """What was set aside because another version of the same record is kept."""
    asked = {"keys": [f"{kind}\x1f{key}" for kind, key in sorted(found.records)]}
    for row in _rows(connection, "story_conflicts.sql", asked):
        kind, kept = row["kind"], json.loads(found.texts[row["kind"], row["key_text"]])
        other = json.loads(row["record"])
        at = _value(kind, MODELS[kind].event_time, other)
        fields = {
            name: (_value(kind, name, kept), _value(kind, name, other))
            for name in kind_table(kind).content
            if kept.get(name) != other.get(name)
        }
        if at < as_of:
            yield Difference(kind, at, fields)


def _value(kind: str, name: str, texts: Mapping[str, str | None]) -> Any:
    """A field's value from its text in the warehouse."""
    text = texts.get(name)
    tag = next(spec.shape.tag for spec in field_table(kind) if spec.name == name)
    if text is None:
        return None
    if tag == "instant":
        return aware(datetime.fromisoformat(text))
    return Decimal(text) if tag in ("money", "rate") else text


def _rows(
    connection: duckdb.DuckDBPyConnection, file: str, asked: Mapping[str, Any]
) -> Iterator[Row]:
    cursor = connection.execute(sql_text(file), dict(asked))
    names = [column[0] for column in cursor.description or ()]
    for values in cursor.fetchall():
        yield dict(zip(names, map(aware, values), strict=True))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
