"""What a pack says of itself: enough to make it again, and to see what changed since.

The manifest names the question (program, period, instant, journal), the definitions and versions,
the batches it rests on, and for every table and file its size and digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from pipelines.pack.figures import Figures
from pipelines.pack.sources import Source
from pipelines.settings import Settings
from pipelines.utilization import rows as plain_rows
from pipelines.windows import Window, format_instant
from reports.export import json_line
from reports.pack.document import Pack

FORMAT = 1
JUDGED_BY = (
    "required_kinds",
    "availability_max_gap",
    "balance_max_age",
    "ledger_lateness",
    "tradeless_order_statuses",
    "reserved_age_threshold",
    "failed_trade_bound",
    "unavailable_bound",
    "limit_error_bound",
    "webhook_lateness",
    "limit_error_codes",
    "failure_budget",
    "availability_budget",
    "gate_failure_bound",
    "gate_reserved_age",
    "gate_exceptions",
    "forecast_max_lag",
    "funding_lead_time",
    "funding_cut_off",
    "funding_time_zone",
    "funding_business_days",
    "funding_holidays",
    "balance_floors",
    "balance_targets",
    "balance_floor_days",
    "balance_target_days",
    "top_up_service_level",
    "top_up_steps",
    "planned_top_ups",
)
"""The settings that figures depend on."""

_WRITTEN_BY = ("pyarrow", "typst", "vl-convert-python", "xlsxwriter")


def manifest(pack: Pack, settings: Settings, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the manifest of a pack written as `files`."""
    figures = pack.figures
    scope, journal = figures.scope, figures.journal
    frozen_before = figures.quality.frozen_before
    return {
        "format": FORMAT,
        "document": "review pack",
        "product_version": pack.version,
        "definitions_version": figures.definitions,
        "made_with": made_with(),
        "partner_id": scope.place.partner_id,
        "environment": scope.place.environment,
        "program_id": scope.program_id,
        "period": scope.name,
        "is_partial": scope.is_partial,
        "window": _window(scope.window),
        "compared_with": _window(scope.before),
        "time_zone": scope.zone,
        "files_are_in": "UTC",
        "as_of": format_instant(scope.as_of),
        "filters": {"pools": list(scope.pools)},
        "settings": told_settings(settings),
        "journal": {"entries": journal.entries, "sha256": journal.sha256},
        "frozen_before": frozen_before and frozen_before.sha256,
        "sources": [source_entry(one) for one in figures.quality.lineage.sources],
        "tables": table_digests(pack),
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        },
    }


def made_with() -> dict[str, str]:
    """The versions of the libraries that write the files: others may give other bytes."""
    return {name: version(name) for name in _WRITTEN_BY}


def manifest_bytes(told: Mapping[str, Any]) -> bytes:
    """The manifest as a file."""
    return (json.dumps(told, indent=2, ensure_ascii=True) + "\n").encode()


def source_entry(source: Source) -> dict[str, Any]:
    """One batch: what it is, when it landed, which days it holds, and its digest."""
    return {
        "batch": source.batch,
        "kind": source.kind,
        "source": source.source,
        "landed_at": source.landed_at,
        "records": source.rows,
        "first_day": source.first_day.isoformat(),
        "last_day": source.last_day.isoformat(),
        "sha256": source.sha256,
    }


@lru_cache(maxsize=4)
def table_digests(pack: Pack) -> dict[str, dict[str, Any]]:
    """What the manifest says of each table; worked out once for all formats of a pack."""
    return {name: table_digest(pack, table) for name, table in pack.tables.items()}


def table_digest(pack: Pack, table: pa.Table) -> dict[str, Any]:
    """The rows of a table, a digest of them as JSON lines, and one of each column."""
    rows = list(pack_rows(pack.figures, table))
    lines = "".join(f"{json_line(row)}\n" for row in rows)
    return {
        "rows": table.num_rows,
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "columns": {name: _column_digest(rows, name) for name in table.schema.names},
    }


def pack_rows(figures: Figures, table: pa.Table) -> Any:
    """The rows of a table as JSON values, each with its partner and environment."""
    place = figures.scope.place
    return plain_rows(table, partner_id=place.partner_id, environment=place.environment)


def told_settings(settings: Settings) -> dict[str, Any]:
    """The settings that figures depend on, as JSON values; durations in seconds."""
    return {name: _plain(getattr(settings, name)) for name in JUDGED_BY}


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return None if value is None else str(value)


def _column_digest(rows: list[dict[str, Any]], name: str) -> str:
    told = json.dumps([row[name] for row in rows], default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _window(window: Window) -> dict[str, str]:
    return {"start": format_instant(window.start), "end": format_instant(window.end)}
