"""Load one batch into the facts: a set union, whatever was told before and in whatever order.

A batch is screened records of one kind for one partner, or the landed segments of one when the
facts are caught up or rebuilt. Both go the same way, so landing alone gives the same warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.batch_log import BatchRecord, Counts, batch_name
from pipelines.errors import PipelineError
from pipelines.failpoints import reach
from pipelines.kindtables import TRADE_IDENTITY, KindTable, kind_table
from pipelines.landing import check_segment, finish, land, read_quarantine, write_quarantine
from pipelines.quarantine import add_entries
from pipelines.screening.staging import empty_screened
from pipelines.sqlfiles import sql_text
from pipelines.whereabouts import add_places
from pipelines.windows import format_instant, parse_instant

if TYPE_CHECKING:
    from pipelines.facts import Facts

MODEL_OF = {
    "quotes": "quotes",
    "trades": "trades",
    "errors": "errors",
    "availability": "availability",
    "balances": "books",
    "ledger": "books",
}
"""The buckets that records of a kind change."""

REPLACED_IDS = {"ledger": ("ref_hash", "transact_hash"), "orders": ("quote_hash", "transact_hash")}
"""The ids by which a record of a kind names the trades that must be reconciled without it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a batch besides its records."""

    kind: str
    source: str
    landed_at: datetime
    """Given by the door; nothing here reads a clock."""

    set_aside: list[dict[str, Any]]
    """Quarantine entries, as they are written."""

    dropped: dict[str, int]
    is_shared: bool = False
    """Whether `screened` also holds records of other partners, or only of others."""

    resolves: tuple[str, ...] = ()


def load_batch(facts: Facts, arrival: Arrival) -> Counts:
    """Land and load this partner's records of table `screened`; returns what became of them."""
    connection, table = facts.connection, kind_table(arrival.kind)
    name = batch_name(facts.next_sequence, arrival.kind)
    offered = _resolve(facts, table, arrival.source, is_shared=arrival.is_shared)
    quarantined = sum(entry["disposition"] == "quarantined" for entry in arrival.set_aside)
    refused = len(arrival.set_aside) - quarantined
    days = connection.execute(sql_text("landing_days.sql").format(**table.names())).fetchall()
    rows_by_day = {day: rows for day, rows, _ in days}
    newest = max((event_at for _, _, event_at in days), default=None)
    quarantine = None
    if arrival.set_aside:
        quarantine = write_quarantine(facts.place, name, arrival.set_aside)
    segments = land(connection, facts.place, table, name, rows_by_day) if days else ()
    conflicted = _conflicted_before(connection, table)
    landed = Counts(
        offered=offered.offered + quarantined + refused,
        loaded=offered.loaded,
        duplicate=offered.duplicate,
        quarantined=offered.quarantined + quarantined,
        refused=refused,
    )
    counts = _count_trade_conflicts(connection, table, landed, conflicted)
    record = BatchRecord(
        sequence=facts.next_sequence,
        kind=arrival.kind,
        source=arrival.source,
        landed_at=format_instant(arrival.landed_at),
        counts=counts,
        segments=segments,
        newest_event_at=format_instant(newest.replace(tzinfo=UTC)) if newest else None,
        quarantine=quarantine,
        dropped=arrival.dropped,
        resolves=arrival.resolves,
    )
    position = facts.log.append(record, facts.position)
    reach("log_appended")
    _commit(facts, table, record, position)
    finish(facts.place, name)
    return counts


def replay_batch(facts: Facts, record: BatchRecord, position: int) -> None:
    """Load a batch that landing holds and the facts do not.

    Raises LandingDamagedError when its segments are not what was landed.
    """
    connection, table = facts.connection, kind_table(record.kind)
    paths = [str(check_segment(facts.place, segment)) for segment in record.segments]
    empty_screened(connection, record.kind)
    if paths:
        connection.execute(sql_text("replayed.sql"), {"paths": paths})
    _resolve(facts, table, record.source)
    if table.kind == "trades":
        _fold(connection, table)
    _commit(facts, table, record, position)


def _resolve(facts: Facts, table: KindTable, source: str, *, is_shared: bool = False) -> Counts:
    """Set up `fresh` and `to_land` from `screened`, and count what its records come to."""
    connection, place = facts.connection, facts.place
    connection.execute(
        sql_text("chosen.sql"),
        {"partner_id": place.partner_id, "environment": place.environment, "source": source},
    )
    names = table.names()
    owned = sql_text("owned.sql") if is_shared else ""
    connection.execute(sql_text("incoming.sql").format(owned=owned, **names))
    connection.execute(sql_text("clashing.sql").format(**names))
    offered = _scalar(connection, "count_incoming.sql")
    is_clashing = _scalar(connection, "count_clashing.sql") > 0
    if not is_clashing:
        connection.execute(sql_text("no_variants.sql"))
        connection.execute(sql_text("fresh_unclashed.sql").format(**names))
        connection.execute(sql_text("to_land_unclashed.sql").format(**names))
        return Counts(offered=offered, loaded=offered)
    connection.execute(sql_text("variants.sql").format(**names), {"kind": table.kind})
    connection.execute(sql_text("fresh.sql").format(**names))
    connection.execute(sql_text("to_land.sql").format(**names))
    clashed, duplicate, loaded, conflicting = _row(connection, "variant_counts.sql")
    return Counts(offered, offered - clashed + loaded, duplicate, conflicting, 0)


def _commit(facts: Facts, table: KindTable, record: BatchRecord, position: int) -> None:
    """Put a landed batch into the facts: rows, batch record, counts and position together."""
    connection = facts.connection
    if not record.counts.adds_up:
        raise PipelineError(f"{record.source}: the counts of {record.kind} do not add up")
    connection.execute("begin")
    try:
        reach("facts_begun")
        _store(connection, table)
        _store_record(facts, record)
        connection.execute(
            sql_text("set_position.sql"),
            {"log_bytes": position, "next_sequence": record.sequence + 1},
        )
        reach("facts_loaded")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    reach("facts_committed")
    facts.advance(record, position)


def _store(connection: duckdb.DuckDBPyConnection, table: KindTable) -> None:
    names = table.names()
    has_variants = _scalar(connection, "count_clashing.sql") > 0
    if table.kind in MODEL_OF:
        model = {"model": MODEL_OF[table.kind]}
        connection.execute(sql_text("dirty_days.sql"), model)
        if has_variants:
            connection.execute(sql_text("dirty_replaced_days.sql"), model)
    if table.kind == "webhooks":
        told = sql_text("told_replaced_webhooks.sql" if has_variants else "told_webhooks.sql")
        connection.execute(sql_text("dirty_webhook_days.sql").format(told=told))
    if has_variants:
        if table.kind in REPLACED_IDS:
            ids = ", ".join(REPLACED_IDS[table.kind])
            connection.execute(sql_text("touch_replaced.sql").format(ids=ids))
        connection.execute(sql_text("remove_replaced.sql").format(**names))
        connection.execute(sql_text("held_conflicts.sql"), {"kind": table.kind})
        connection.execute(sql_text("forget_conflicts.sql"), {"kind": table.kind})
        connection.execute(sql_text("add_conflicts.sql").format(**names), {"kind": table.kind})
    connection.execute(sql_text("add_fresh.sql").format(**names))
    if table.kind in ("ledger", "orders"):
        connection.execute(sql_text("touch_fresh.sql").format(**names))
    add_places(connection, table)
    if table.kind == "trades":
        connection.execute(sql_text("touch_trades.sql"))
        connection.execute(sql_text("dirty_trade_days.sql"))
        connection.execute(sql_text("merge_trades.sql"))
        connection.execute(sql_text("drop_flags.sql"))
        connection.execute(sql_text("add_flags.sql"))


def _store_record(facts: Facts, record: BatchRecord) -> None:
    connection = facts.connection
    landed_rows = sum(segment.rows for segment in record.segments)
    newest = record.newest_event_at
    connection.execute(
        sql_text("add_batch.sql"),
        {
            "sequence": record.sequence,
            "kind": record.kind,
            "source": record.source,
            "landed_at": _naive(record.landed_at),
            "offered": record.counts.offered,
            "loaded": record.counts.loaded,
            "duplicate": record.counts.duplicate,
            "quarantined": record.counts.quarantined,
            "refused": record.counts.refused,
            "landed_rows": landed_rows,
            "newest_event_at": _naive(newest) if newest else None,
        },
    )
    _store_days(facts, record)
    for name, records in record.dropped.items():
        connection.execute(
            sql_text("add_dropped.sql"),
            {
                "sequence": record.sequence,
                "kind": record.kind,
                "name": name,
                "records": records,
            },
        )
    if record.quarantine:
        add_entries(connection, record.sequence, read_quarantine(facts.place, record.quarantine))
    if record.resolves:
        connection.execute(
            sql_text("resolve_quarantine.sql"),
            {"sequence": record.sequence, "entries": list(record.resolves)},
        )


def _store_days(facts: Facts, record: BatchRecord) -> None:
    """Note on which days the batch's records lie, and whether they come late."""
    if not record.segments:
        return
    connection, landed_at = facts.connection, _naive(record.landed_at)
    before = {"required": list(facts.settings.required_kinds), "landed_before": landed_at}
    (reached, _), *_ = connection.execute(sql_text("watermark.sql"), before).fetchall()
    connection.execute(
        sql_text("add_landed_days.sql"),
        {
            "sequence": record.sequence,
            "kind": record.kind,
            "landed_at": landed_at,
            "days": [segment.day for segment in record.segments],
            "records": [segment.rows for segment in record.segments],
            "reached": reached,
        },
    )


def _conflicted_before(connection: duckdb.DuckDBPyConnection, table: KindTable) -> int:
    """Fold the trades this batch touches, and return how many conflicts they had before it."""
    if table.kind != "trades":
        return 0
    _fold(connection, table)
    return _scalar(connection, "count_conflicted.sql")


def _count_trade_conflicts(
    connection: duckdb.DuckDBPyConnection, table: KindTable, counts: Counts, before: int
) -> Counts:
    """Count an observation that contradicts its trade as quarantined, not as loaded."""
    if table.kind != "trades":
        return counts
    added = min(max(_scalar(connection, "count_flagged.sql") - before, 0), counts.loaded)
    return counts + Counts(loaded=-added, quarantined=added)


def _fold(connection: duckdb.DuckDBPyConnection, table: KindTable) -> None:
    """Work out the state and flags of each trade that `fresh` touches."""
    differing = [f"count(distinct {name}) > 1" for name in TRADE_IDENTITY]
    agreeing = [f"coalesce({name} = reference.{name}, true)" for name in TRADE_IDENTITY]
    names = {
        **table.names(),
        "disagreement": " or ".join(differing),
        "identity": ", ".join(f"{name} := {name}" for name in TRADE_IDENTITY),
        "agreement": " and ".join(agreeing),
    }
    for file in (
        "touched_trades.sql",
        "folded.sql",
        "left_reserved.sql",
        "trade_flags.sql",
        "trade_rows.sql",
    ):
        connection.execute(sql_text(file).format(**names))


def _naive(instant: str) -> datetime:
    return parse_instant(instant).replace(tzinfo=None)


def _row(connection: duckdb.DuckDBPyConnection, file: str) -> tuple[int, ...]:
    row = connection.execute(sql_text(file)).fetchone()
    return tuple(int(value) for value in row) if row else ()


def _scalar(connection: duckdb.DuckDBPyConnection, file: str) -> int:
    return _row(connection, file)[0]
