"""The catalogue of figures: what each metric file says about the columns it yields.

A metric file begins with one block of comment lines per figure, its contract; the query follows.
Tooltips, exports and docs/metrics.md print these lines, so a figure is described where it is
computed and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PREPARATIONS = (
    "window_segments",
    "window_buckets",
    "grid",
    "limit_steps",
    "running",
)
"""Queries that prepare what the families share, in the order they run; they define no figure."""

FAMILIES = (
    "demand",
    "reasons",
    "acceptance",
    "execution",
    "reserved",
    "closing_balances",
    "band",
    "band_usage",
    "limit_usage",
    "availability",
    "errors",
    "reconciliation",
    "utilization",
    "reserved_utilization",
    "rates",
)
"""The metric files in the order they run: a later one may read the figures of an earlier one."""

KEPT = ("demand", "execution")
"""The families whose answers later families read; the others are handed on and forgotten."""

FROM_FIGURES = ("utilization", "reserved_utilization", "rates")
"""The families that read the figures before them as the table `figures`."""

FIGURES = (
    "quote_requests",
    "indicative_quotes",
    "firm_quotes",
    "unavailable_quotes",
    "errored_quotes",
    "unavailable_reasons",
    "failed_quote_attempts",
    "accepted_quotes",
    "rejected_quotes",
    "expired_quotes",
    "open_quotes",
    "trades_created",
    "requested_volume",
    "quoted_volume",
    "accepted_volume",
    "settled_volume",
    "failed_volume",
    "released_volume",
    "returned_volume",
    "net_settled_volume",
    "limit_errors",
    "balance_errors",
    "transact_conflicts",
    "ledger_exceptions",
    "reserved_notional",
    "reserved_count",
    "oldest_reserved_age_s",
    "balance_visible",
    "balance_reserved",
    "balance_available",
    "quote_utilization",
    "execution_utilization",
    "reserved_utilization",
    "failure_utilization",
    "quote_success_rate",
    "unavailable_rate",
    "accepted_quote_rate",
    "quote_conversion_rate",
    "expiry_rate",
    "conflict_rate",
    "settle_rate",
    "daily_band_usage",
    "velocity_24h_usage",
    "max_order_usage",
    "approved_band",
    "availability_minutes",
    "unavailable_minutes",
    "unknown_minutes",
    "reopened_at",
)
"""Every figure in the order a row and docs/metrics.md show them."""

KINDS = ("flow", "stock", "ratio")
DIRECTIONS = ("neutral", "up_is_good", "down_is_good")

_KEYS = (
    "metric",
    "title",
    "formula",
    "unit",
    "kind",
    "grain",
    "null",
    "direction",
    "source",
    "is not",
)
_HEADER_LINE = re.compile(rf"-- ({'|'.join(_KEYS)}): (\S.*)")
_WORD = re.compile(r"\w+|[^\w\s]")
_PARAMETER = re.compile(r"\$(\w+)")
_COMMENT = re.compile(r"--.*")
_READ = re.compile(r"\b(?:from|join)\s+(\w+)")


class UnknownMetricError(ValueError):
    """A figure that no metric file defines, or that its file does not yield."""


class IncompleteHeaderError(ValueError):
    """A metric file whose header lacks a line or holds a value outside the known ones."""


@dataclass(frozen=True, slots=True)
class Metric:
    """The contract of one figure, as its file's header states it.

    `kind` is one of `KINDS`, `direction` one of `DIRECTIONS`, `family` the file's name without
    `.sql`; the rest is prose for readers.
    """

    name: str
    title: str
    formula: str
    unit: str
    kind: str
    grain: str
    null_rule: str
    direction: str
    source: str
    is_not: str
    family: str


@dataclass(frozen=True, slots=True)
class Query:
    """The text of one metric file and the names of the parameters it binds."""

    sql: str
    parameters: tuple[str, ...]


@cache
def load_query(name: str) -> Query:
    """Return the query in `<name>.sql`, or raise UnknownMetricError where there is no such file."""
    path = FOLDER / f"{name}.sql"
    if not path.is_file():
        raise UnknownMetricError(f"no metric file {path.name}")
    sql = path.read_text(encoding="utf-8")
    return Query(sql, tuple(sorted(set(_PARAMETER.findall(_COMMENT.sub("", sql))))))


@cache
def tables_read(name: str) -> frozenset[str]:
    """Return the names that the query in `<name>.sql` reads: tables, and parts of its own."""
    return frozenset(_READ.findall(_COMMENT.sub("", load_query(name).sql)))


@cache
def preparations_of(families: tuple[str, ...]) -> tuple[str, ...]:
    """Return what `families` read of `PREPARATIONS`, and what that reads, in the order they run.

    `grid`, which every answer begins with, is always among them.
    """
    read = {"grid"}.union(*map(tables_read, families))
    for name in reversed(PREPARATIONS):
        if name in read:
            read |= tables_read(name)
    return tuple(name for name in PREPARATIONS if name in read)


@cache
def load_catalog() -> dict[str, Metric]:
    """Return every figure by name, family by family.

    Raises IncompleteHeaderError or UnknownMetricError naming the file and what is wrong in it.
    """
    catalog: dict[str, Metric] = {}
    for family in FAMILIES:
        for metric in parse_family(family, load_query(family).sql):
            if metric.name in catalog:
                raise IncompleteHeaderError(
                    f"{family}.sql: {metric.name} is already defined in "
                    f"{catalog[metric.name].family}.sql"
                )
            catalog[metric.name] = metric
    return catalog


def parse_family(family: str, sql: str) -> list[Metric]:
    """Return the figures the header of `<family>.sql` defines, in its order."""
    blocks: list[dict[str, str]] = []
    for line in sql.splitlines():
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            if not line.startswith("--"):
                break
            continue
        if match[1] == "metric":
            blocks.append({})
        if not blocks:
            raise IncompleteHeaderError(f"{family}.sql: the header begins without a metric line")
        if match[1] in blocks[-1]:
            raise IncompleteHeaderError(
                f"{family}.sql: {blocks[-1]['metric']} has two lines {match[1]!r}"
            )
        blocks[-1][match[1]] = match[2]
    if not blocks:
        raise IncompleteHeaderError(f"{family}.sql: no metric line in the header")
    columns = yielded_columns(sql)
    return [_metric(family, block, columns) for block in blocks]


def yielded_columns(sql: str) -> list[str]:
    """Return the names in the outermost select list of a query laid out by sqlfmt.

    sqlfmt begins the line of the outermost select, and of no other, with the word itself.
    """
    _, _, selected = f"\n{_COMMENT.sub('', sql)}".rpartition("\nselect")
    columns, depth = [""], 0
    for word in _WORD.findall(selected):
        if depth == 0 and word == "from":
            break
        if depth == 0 and word == ",":
            columns.append("")
        elif depth == 0 and word.isidentifier():
            columns[-1] = word
        depth += (word in "([{") - (word in ")]}")
    return columns


def _metric(family: str, block: dict[str, str], columns: list[str]) -> Metric:
    name = block["metric"]
    missing = [key for key in _KEYS if key not in block]
    if missing:
        raise IncompleteHeaderError(f"{family}.sql: {name} lacks {', '.join(missing)}")
    for key, known in (("kind", KINDS), ("direction", DIRECTIONS)):
        if block[key] not in known:
            raise IncompleteHeaderError(
                f"{family}.sql: {name} has {key} {block[key]!r}; it is one of {', '.join(known)}"
            )
    if name not in columns:
        raise UnknownMetricError(f"{family}.sql: its query yields no column {name}")
    return Metric(
        name=name,
        title=block["title"],
        formula=block["formula"],
        unit=block["unit"],
        kind=block["kind"],
        grain=block["grain"],
        null_rule=block["null"],
        direction=block["direction"],
        source=block["source"],
        is_not=block["is not"],
        family=family,
    )
