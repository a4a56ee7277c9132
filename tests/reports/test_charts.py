"""A chart names only columns its table has, and draws what the metric layer says.

Goal: no chart can be empty because of a misspelt column, too heavy, or tell a zone's hours wrongly.
Method: one answer is shaped for every chart; each field of each specification is looked for in its
table, the marks are counted, and the shapes are compared with the rows they came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.outline import Outline, read_outline
from pipelines.periods import choose_period
from pipelines.places import Place
from pipelines.sample import write_sample
from pipelines.serving import opened
from pipelines.settings import load_settings
from pipelines.utilization import windows_table
from reports import charts, figures
from reports.palette import DASHES, SERIES, SHAPES

MOST_MARKS = 1500


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("charts")
    home = folder / "home"
    home.mkdir()
    write_sample(folder / "records", days=4, quotes_per_day=80)
    with writing(home, 30):
        settings = load_settings(home)
        Ingestion(settings, at=datetime(2026, 7, 1, tzinfo=UTC)).run([folder / "records"])
    return Place(home, "production", "lumen-wallet")


def answer_of(place: Place, preset: str, zone: str = "UTC") -> tuple[figures.Answer, Outline]:
    with opened(place) as build:
        assert build.watermark is not None
        outline = read_outline(build, build.watermark)
        period = choose_period(preset, build.watermark, zone)
        table = windows_table(build.connection, figures.asked_windows(period), as_of=period.as_of)
    return figures.Answer(period, table, outline.pools, outline.first_event), outline


def drawn(answer: figures.Answer) -> dict[str, tuple[charts.Spec, pa.Table]]:
    pools = answer.drawn
    return {
        "requests": (charts.requests(), figures.requests_over_time(answer)),
        "band": (charts.band(pools, "Use"), figures.band_over_time(answer)),
        "unavailable": (charts.unavailable(pools), figures.unavailable_over_time(answer)),
        "funnel": (charts.funnel(), figures.funnel(answer)),
        **{
            currency: (
                charts.reserved(answer.pools_in(currency), pools),
                figures.reserved_over_time(answer, currency),
            )
            for currency in answer.currencies
        },
    }


def fields(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "field":
                yield value
            else:
                yield from fields(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from fields(value)


@pytest.mark.parametrize("preset", ["24h", "7d", "90d", "month"])
def test_every_field_is_a_column_and_no_chart_is_too_heavy(place: Place, preset: str) -> None:
    answer, _ = answer_of(place, preset)
    for name, (spec, table) in drawn(answer).items():
        assert set(fields(spec)) <= set(table.schema.names), name
        assert 0 < table.num_rows <= MOST_MARKS, name
        assert "data" not in spec


def test_requests_over_time_are_the_counts_of_all_pools(place: Place) -> None:
    answer, _ = answer_of(place, "24h")
    shaped = figures.requests_over_time(answer).to_pylist()
    expected = sum(row["quote_requests"] for row in answer.totals)
    assert expected
    assert sum(line["quotes"] for line in shaped) == expected


def test_the_funnel_parts_add_up_to_their_stage(place: Place) -> None:
    answer, _ = answer_of(place, "7d")
    shaped = figures.funnel(answer).to_pylist()
    for stage, figure in (("Quote requests", "quote_requests"), ("Firm quotes", "firm_quotes")):
        parts = sum(line["quotes"] for line in shaped if line["stage"] == stage)
        assert parts == sum(row[figure] for row in answer.totals)


def test_an_unknown_rate_has_no_point_and_few_requests_are_told(place: Place) -> None:
    answer, _ = answer_of(place, "24h")
    rows = {(row["pool_id"], row["window_start"]): row for row in answer.rows("coarse")}
    shaped = figures.unavailable_over_time(answer).to_pylist()
    assert len(shaped) == len(rows)
    for line, row in zip(shaped, rows.values(), strict=True):
        assert (line["value"] is None) == (row["quote_requests"] == 0)
        assert line["base"] == ("30 or more" if row["quote_requests"] >= 30 else "fewer than 30")


def test_nothing_is_drawn_of_the_time_before_the_first_record(place: Place) -> None:
    answer, outline = answer_of(place, "90d")
    assert outline.first_event is not None
    first = outline.first_event.replace(tzinfo=None)
    ends = figures.requests_over_time(answer).column("end").to_pylist()
    assert min(ends) > first
    assert min(ends) <= first + timedelta(days=1)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_days_begin_at_midnight_on_the_axis_of_any_zone(place: Place, zone: str) -> None:
    answer, _ = answer_of(place, "7d", zone)
    starts = figures.band_over_time(answer).column("at").to_pylist()
    assert starts
    assert {(at.hour, at.minute) for at in starts} <= {(0, 0), *_first(answer)}


def _first(answer: figures.Answer) -> set[tuple[int, int]]:
    """Where the first day is cut by the period's start, if it is."""
    start = answer.period.window.start
    return {(start.hour, start.minute)} if start.minute else set()


def test_the_window_still_open_is_told_from_whole_ones(place: Place) -> None:
    answer, _ = answer_of(place, "today")
    states = figures.requests_over_time(answer).column("state").to_pylist()
    assert states.count("partial") == len(figures.OUTCOMES)
    assert states[-1] == "partial"


def test_a_sixth_pool_is_left_to_the_tables(place: Place) -> None:
    answer, _ = answer_of(place, "7d")
    one = answer.table.slice(0, 0)
    assert figures.Answer(answer.period, one, answer.pools).drawn == ()
    assert len(answer.drawn) <= figures.MOST_LINES == len(SERIES) == len(DASHES) == len(SHAPES)


def test_a_specification_is_built_once() -> None:
    assert charts.requests() is charts.requests()
    assert charts.band(("a",), "Use") is charts.band(("a",), "Use")


def test_the_theme_file_has_the_charts_own_colours() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    config = (root / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert all(colour in config for colour in SERIES)
