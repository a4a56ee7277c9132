"""The catalogue: every figure is described exactly once, where it is computed.

Goal: no figure without its contract, no contract without its column, no division outside the one
macro and no binary float in an answer. Method: the catalogue against a literal list of figures and
against what the queries yield; broken headers one fault at a time.
"""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa
import pytest

from pipelines.lanes import read_lanes
from pipelines.metrics.catalog import (
    DIRECTIONS,
    FAMILIES,
    FIGURES,
    FOLDER,
    KEPT,
    KINDS,
    PREPARATIONS,
    IncompleteHeaderError,
    UnknownMetricError,
    load_catalog,
    load_query,
    parse_family,
    preparations_of,
    yielded_columns,
)
from pipelines.utilization import now_table, windows_table
from pipelines.windows import parse_instant
from tests.metrics.conftest import Serving, window

NAMES = """
quote_requests indicative_quotes firm_quotes unavailable_quotes errored_quotes unavailable_reasons
failed_quote_attempts accepted_quotes rejected_quotes expired_quotes open_quotes trades_created
requested_volume quoted_volume accepted_volume settled_volume failed_volume released_volume
returned_volume net_settled_volume limit_errors balance_errors transact_conflicts ledger_exceptions
reserved_notional reserved_count oldest_reserved_age_s balance_visible balance_reserved
balance_available quote_utilization execution_utilization reserved_utilization failure_utilization
quote_success_rate unavailable_rate accepted_quote_rate quote_conversion_rate expiry_rate
conflict_rate settle_rate daily_band_usage velocity_24h_usage max_order_usage approved_band
availability_minutes unavailable_minutes unknown_minutes reopened_at
"""
ALL_FIGURES = NAMES.split()

FILES = sorted(path.stem for path in FOLDER.glob("*.sql"))
HEADER = """\
-- metric: settled_volume
-- title: Settled volume
-- formula: sum of amounts
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never
-- direction: up_is_good
-- source: trades
-- is not: revenue
"""
QUERY = "select row_no, sum(amount) as settled_volume\nfrom trades\n"


def test_every_figure_is_defined_exactly_once() -> None:
    defined = [
        metric.name
        for family in FAMILIES
        for metric in parse_family(family, load_query(family).sql)
    ]

    assert sorted(defined) == sorted(ALL_FIGURES)
    assert list(FIGURES) == ALL_FIGURES
    assert set(load_catalog()) == set(ALL_FIGURES)


def test_every_header_is_whole_and_fits_its_line() -> None:
    for metric in load_catalog().values():
        assert metric.kind in KINDS
        assert metric.direction in DIRECTIONS
        assert metric.title[0].isupper()
    long = [
        f"{name}: {line}"
        for name in FILES
        for line in load_query(name).sql.splitlines()
        if len(line) > 100
    ]
    assert long == []


def test_every_metric_file_has_its_part_in_an_answer() -> None:
    others = {"macros", "keep", "only", "cuts", "reported_lanes", "now"}

    assert {*FAMILIES, *PREPARATIONS, *others} == set(FILES)


@pytest.mark.parametrize("name", [name for name in FILES if name != "macros"])
def test_nothing_is_divided_outside_the_ratio_macro(name: str) -> None:
    body = re.sub(r"--.*", "", load_query(name).sql)
    body = re.sub(r"\bdivide\(\s*epoch_us", "", body)  # whole seconds of an age

    assert "/" not in body
    assert not re.search(r"\b(divide|avg|mean|double|float|real)\b", body)


@pytest.mark.parametrize("key", re.findall(r"-- ([a-z ]+):", HEADER)[1:])
def test_a_header_without_one_of_its_lines_is_refused(key: str) -> None:
    text = re.sub(rf"-- {key}: .*\n", "", HEADER)

    with pytest.raises(IncompleteHeaderError, match=rf"volumes.sql: settled_volume lacks {key}$"):
        parse_family("volumes", text + QUERY)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (QUERY, IncompleteHeaderError, "no metric line"),
        (HEADER[26:] + QUERY, IncompleteHeaderError, "begins without a metric line"),
        (HEADER + "-- unit: money\n" + QUERY, IncompleteHeaderError, "two lines 'unit'"),
        (HEADER.replace("flow", "sum") + QUERY, IncompleteHeaderError, "flow, stock, ratio"),
        (HEADER.replace("up_is_good", "up") + QUERY, IncompleteHeaderError, "up_is_good"),
        (
            HEADER + QUERY.replace("settled_volume", "volume"),
            UnknownMetricError,
            "volumes.sql: its query yields no column settled_volume",
        ),
    ],
)
def test_a_header_that_cannot_be_trusted_is_refused(
    text: str, error: type[ValueError], message: str
) -> None:
    with pytest.raises(error, match=message):
        parse_family("volumes", text)


def test_a_whole_header_is_read() -> None:
    (metric,) = parse_family("volumes", HEADER + QUERY)

    assert metric.name == "settled_volume"
    assert metric.is_not == "revenue"
    assert metric.null_rule == "never"
    assert metric.family == "volumes"


def test_an_unknown_metric_file_is_named() -> None:
    with pytest.raises(UnknownMetricError, match=r"no metric file treasury\.sql"):
        load_query("treasury")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select a, b.c, d as e from f", ["a", "c", "e"]),
        ("with x as (select y from z)\n\nselect\n    a,\n    f(b, c) as d\nfrom x", ["a", "d"]),
        ("-- from here\nselect sum(a) filter (where b from c) as d\nfrom e", ["d"]),
    ],
)
def test_yielded_columns_are_those_of_the_outermost_select(sql: str, columns: list[str]) -> None:
    assert yielded_columns(sql) == columns


def test_every_family_yields_the_columns_its_text_promises(serving: Serving) -> None:
    serving.trade("2026-06-10T10:00:00Z", "1")
    table = windows_table(
        serving.connection,
        [window("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")],
        as_of=parse_instant("2026-06-11T00:00:00Z"),
    )

    identity = ["pool_id", "currency", "window", "window_start", "window_end", "as_of"]
    assert table.schema.names == identity + ALL_FIGURES


def test_no_answer_holds_a_binary_float(serving: Serving) -> None:
    serving.trade("2026-06-10T10:00:00Z", "1")
    at = parse_instant("2026-06-10T11:00:00Z")
    hour = window("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")

    for table in (
        windows_table(serving.connection, [hour], as_of=at),
        now_table(serving.connection, at=at),
    ):
        for field in table.schema:
            assert not pa.types.is_floating(field.type), field
            if re.search(r"volume|notional|band$|^balance_(?!errors)", field.name):
                assert pa.types.is_decimal(field.type), field
                assert field.type.scale == 8, field
            if field.name.endswith(("_rate", "_utilization", "_usage", "_minutes")):
                assert field.type == pa.decimal128(38, 6), field


def test_the_macros_can_be_made_in_a_locked_read_only_database(tmp_path: object) -> None:
    path = f"{tmp_path}/serving.duckdb"
    serving = Serving()
    serving.trade("2026-06-10T10:00:00Z", "1")
    serving.connection.execute(f"attach '{path}' as kept")
    serving.connection.execute("copy from database memory to kept")
    serving.connection.close()
    locked: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": False,
        "lock_configuration": True,
    }

    with duckdb.connect(path, read_only=True, config=locked) as connection:
        hour = window("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
        for _ in range(2):
            table = windows_table(connection, [hour], as_of=parse_instant("2026-06-11T00:00:00Z"))
            assert table.column("trades_created").to_pylist() == [1]


def test_only_what_the_asked_families_read_is_prepared() -> None:
    assert preparations_of(()) == ("grid",)
    assert preparations_of(("demand",)) == ("window_segments", "window_buckets", "grid")
    assert preparations_of(("band",)) == ("grid", "limit_steps")
    assert set(preparations_of(FAMILIES)) == set(PREPARATIONS)
    assert "running" in preparations_of(("band_usage",))


@pytest.mark.parametrize(
    "families",
    [
        ("demand",),
        ("reasons",),
        ("execution",),
        ("reserved",),
        ("closing_balances",),
        ("band",),
        ("band_usage",),
        ("execution", "limit_usage"),
        ("availability",),
        ("demand", "errors"),
        ("reconciliation",),
        ("demand", "acceptance", "execution", "errors", "rates"),
        ("demand", "execution", "band", "utilization"),
        ("reserved", "closing_balances", "reserved_utilization"),
    ],
)
def test_a_figure_is_the_same_whichever_others_are_asked(
    serving: Serving, families: tuple[str, ...]
) -> None:
    serving.limit("daily_band", "1000")
    serving.quotes("2026-06-10T10:05:00Z", firm=5, unavailable=2)
    serving.trade("2026-06-10T10:10:00Z", "70", settled="2026-06-10T10:40:00Z")
    as_of = parse_instant("2026-06-11T00:00:00Z")
    hour = window("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
    whole = windows_table(serving.connection, [hour], as_of=as_of)
    few = windows_table(serving.connection, [hour], as_of=as_of, families=families)
    assert few.num_columns > 6
    assert few.equals(whole.select(few.column_names))


@pytest.mark.parametrize("pools", [None, ["EUR-USDT"], ["GBP-USDT"], []])
def test_lanes_that_were_read_before_change_no_answer(
    serving: Serving, pools: list[str] | None
) -> None:
    serving.program("p", pools=["EUR-USDT", "GBP-USDT"], zone="Asia/Kolkata")
    serving.limit("daily_band", "1000")
    serving.limit("velocity_24h", "500", pool="EUR-USDT")
    serving.trade("2026-06-10T10:10:00Z", "70", settled="2026-06-10T10:40:00Z")
    serving.trade("2026-06-10T10:20:00Z", "30", pool="GBP-USDT", failed="2026-06-10T10:50:00Z")
    as_of = parse_instant("2026-06-11T00:00:00Z")
    hours = [window("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")]
    lanes = read_lanes(serving.connection, as_of)
    asked = windows_table(serving.connection, hours, as_of=as_of, pools=pools)
    given = windows_table(serving.connection, hours, as_of=as_of, pools=pools, lanes=lanes)
    assert given.equals(asked)
    assert asked.num_rows == (2 if pools is None else len(pools))


def test_a_family_is_kept_if_and_only_if_another_reads_it() -> None:
    read = {
        named
        for family in FAMILIES
        for named in re.findall(r"\b(?:from|join)\s+(\w+)", load_query(family).sql)
        if named in FAMILIES and named != family
    }
    assert read == set(KEPT)
