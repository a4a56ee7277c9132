"""Publish what readers open: an immutable file for each build, and a pointer to the newest.

A build begins as a copy of the one before and replaces the days that changed. Files are never
written again once the pointer names them; readers that hold the last two builds go on reading them.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines import hours
from pipelines.building import AS_LOADED, BY_HOUR, MODELS_OF, changed_groups, prepare_models
from pipelines.checks.identities import run_checks
from pipelines.facts import Facts
from pipelines.failpoints import reach
from pipelines.places import Place, sync_file, sync_folder, write_durably
from pipelines.refining import cuts_for, refine
from pipelines.sqlfiles import definitions_version, sql_text

KEPT_BUILDS = 2
POINTER = "current.json"
BALANCE_COLUMNS = (
    "day, currency, observed_at, balance_id, visible_balance, reserved_amount,"
    " available_for_new_quotes"
)


def read_pointer(place: Place) -> dict[str, Any] | None:
    """What the pointer says, or None when nothing has been published."""
    pointer = place.serving / POINTER
    if not pointer.exists():
        return None
    found: dict[str, Any] = json.loads(pointer.read_bytes())
    return found


def publish(facts: Facts, *, anew: bool = False) -> str:
    """Publish the facts as they are and return the build's id; the current one if nothing changed.

    `anew` begins from nothing instead of from the build before.
    """
    place = facts.place
    current = read_pointer(place)
    state = {"sequence": facts.next_sequence - 1, "definitions": _version(facts)}
    if current is not None and not anew and _is_current(facts, current, state):
        return str(current["build_id"])
    build_id = _next_build_id(place, facts.next_sequence - 1)
    file = place.serving / f"{build_id}.duckdb"
    waiting = place.serving / f".{build_id}.tmp"
    place.serving.mkdir(parents=True, exist_ok=True)
    base = None if anew else _base(place, current, state)
    try:
        _write(facts, waiting, base, build_id)
    except duckdb.Error:
        if base is None:
            raise
        # The build before may be what is damaged; the facts do not need it.
        _write(facts, waiting, None, build_id)
    sync_file(waiting)
    waiting.replace(file)
    sync_folder(place.serving)
    reach("build_written")
    pointer = {"build_id": build_id, "file": file.name, "log_bytes": facts.position, **state}
    write_durably(place.serving / POINTER, json.dumps(pointer, sort_keys=True).encode())
    reach("pointer_replaced")
    facts.connection.execute(sql_text("clear_unpublished.sql"))
    _remove_old(place, keep=file)
    return build_id


def _version(facts: Facts) -> str:
    required = ",".join(facts.settings.required_kinds)
    gap = facts.settings.availability_max_gap.total_seconds()
    return f"{definitions_version()}/{required}/{gap}"


def _is_current(facts: Facts, current: dict[str, Any], state: dict[str, Any]) -> bool:
    if any(current.get(name) != value for name, value in state.items()):
        return False
    row = facts.connection.execute(sql_text("count_unpublished.sql")).fetchone()
    return row == (0,) and (facts.place.serving / str(current["file"])).exists()


def _base(place: Place, current: dict[str, Any] | None, state: dict[str, Any]) -> Path | None:
    """The build to start from: the current one, where it was made by the same definitions."""
    if current is None or current.get("definitions") != state["definitions"]:
        return None
    if int(current.get("sequence", -1)) > state["sequence"]:
        return None
    file = place.serving / str(current["file"])
    return file if file.exists() else None


def _write(facts: Facts, waiting: Path, base: Path | None, build_id: str) -> None:
    connection = facts.connection
    waiting.unlink(missing_ok=True)
    if base is not None:
        shutil.copyfile(base, waiting)
    connection.execute(sql_text("attach_serving.sql"), {"file": str(waiting)})
    try:
        prepare_models(connection, facts.settings)
        _fill(facts, is_new=base is None)
        _describe(facts, build_id)
        run_checks(connection, is_new=base is None)
        connection.execute("checkpoint serving")
    finally:
        connection.execute(sql_text("detach_serving.sql"))


def _fill(facts: Facts, *, is_new: bool) -> None:
    connection = facts.connection
    if is_new:
        connection.execute(sql_text("serving_tables.sql"))
        for catalog in hours.BOTH:
            for file in ("model_tables.sql", "trade_buckets.sql"):
                connection.execute(sql_text(file).format(catalog=catalog))
    files = ("publish_all.sql",) if is_new else ("unpublish_days.sql", "publish_days.sql")
    queue = "unpublished_days"
    for group in MODELS_OF if is_new else changed_groups(connection, queue=queue):
        tables = MODELS_OF[group]
        if not is_new:
            connection.execute(sql_text("scope.sql").format(queue=queue), {"model": group})
        for table in (*tables, *AS_LOADED.get(group, ())):
            columns = BALANCE_COLUMNS if table == "balances" else "*"
            for file in files:
                connection.execute(sql_text(file).format(table=table, columns=columns))
        for table in (one for one in tables if one in BY_HOUR):
            hours.mark_replaced(connection, table, everything=is_new)
    connection.execute(sql_text("serving_whole.sql"))


def _describe(facts: Facts, build_id: str) -> None:
    watermark, latest = reach_of(facts)
    cuts = cuts_for(watermark) if watermark is not None else []
    refine(facts.connection, facts.settings, cuts)
    facts.connection.execute(sql_text("open_trades.sql"), {"watermark": watermark})
    facts.connection.execute(
        sql_text("add_build.sql"),
        {
            "build_id": build_id,
            "partner_id": facts.place.partner_id,
            "environment": facts.place.environment,
            "watermark": watermark,
            "latest": latest,
            "cuts": cuts,
            "definitions": definitions_version(),
        },
    )


def reach_of(facts: Facts) -> tuple[datetime | None, datetime | None]:
    """The watermark and the newest event time, naive UTC; None before anything arrived."""
    required = {"required": list(facts.settings.required_kinds), "landed_before": None}
    row = facts.connection.execute(sql_text("watermark.sql"), required).fetchone()
    return (row[0], row[1]) if row else (None, None)


def _next_build_id(place: Place, sequence: int) -> str:
    number = 1
    while (place.serving / f"{sequence:010d}-{number}.duckdb").exists():
        number += 1
    return f"{sequence:010d}-{number}"


def _remove_old(place: Place, *, keep: Path) -> None:
    """Keep the newest builds, for readers that are still on the one before."""
    builds = sorted(place.serving.glob("*.duckdb"), key=lambda path: path.stat().st_mtime_ns)
    older = [path for path in builds if path != keep]
    for path in older[: max(len(older) - (KEPT_BUILDS - 1), 0)]:
        path.unlink(missing_ok=True)
    for path in place.serving.glob(".*.tmp*"):
        path.unlink(missing_ok=True)
