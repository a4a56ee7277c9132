"""What was agreed: the versions of each program's terms, and the limits with their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.books.queries import in_utc, naive
from pipelines.review.queries import query


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one program from one instant (aware UTC) on."""

    program_id: str
    effective_from: datetime
    product: str
    program_type: str | None
    approved_pools: tuple[str, ...]
    funding_model: str | None
    support_sla_label: str | None
    phase: str
    time_zone: str
    review_cadence: str
    funding_ready: bool
    webhooks_ready: bool
    monitoring_ready: bool
    support_ready: bool
    first_order_limit: Decimal | None


def read_terms(
    connection: duckdb.DuckDBPyConnection, as_of: datetime
) -> dict[str, tuple[Terms, ...]]:
    """Return each program's versions up to the aware `as_of`, the one in force last."""
    with connection.cursor() as cursor:
        rows = cursor.execute(query("terms"), {"as_of": naive(as_of)}).fetchall()
    programs: dict[str, tuple[Terms, ...]] = {}
    for program_id, effective_from, product, program_type, pools, *rest in rows:
        version = Terms(
            program_id,
            effective_from.replace(tzinfo=UTC),
            product,
            program_type,
            tuple(pools),
            *rest,
        )
        programs[program_id] = (*programs.get(program_id, ()), version)
    return programs


def limit_history(
    connection: duckdb.DuckDBPyConnection, pools: Sequence[str], as_of: datetime
) -> pa.Table:
    """Return every limit of `pools` and of their currencies that began by `as_of`.

    pool_id (null for all pools of the currency), currency, limit_name, value (DECIMAL),
    effective_from, effective_to (aware UTC, null for no end); by pool, name and time.
    """
    parameters = {"as_of": naive(as_of), "pools": list(pools)}
    with connection.cursor() as cursor:
        answer = cursor.execute(query("limit_history"), parameters).to_arrow_table()
    return in_utc(answer)
