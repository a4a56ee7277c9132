"""What settled volume changed by is told without remainder. Method: rows of any size, known or not,
are taken apart, and the parts of each pool, the pools of each currency and the ranked list are
added up again; what is told of a pack's findings and forecasts is held against the core."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings as settings_of_examples
from hypothesis import strategies as some

from pipelines.findings.asking import replay_of
from pipelines.findings.journal import Entry, Event, append
from pipelines.pack.advised import Told
from pipelines.pack.scope import Wanted
from pipelines.pack.settled import by_currency, ranked, settled_changes
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.settings import Settings, load_settings
from reports.findings_words import RULES
from reports.pack.blocks import Table
from reports.pack.document import Pack, build_pack
from tests.pack.conftest import PARTNER, PERIOD, PROGRAM

VOLUMES = ("requested_volume", "accepted_volume", "failed_volume", "released_volume")
amounts = some.decimals(0, 1000, places=2)
rows = some.fixed_dictionaries(dict.fromkeys((*VOLUMES, "settled_volume"), amounts))
spans = some.lists(
    some.tuples(some.sampled_from(["A", "B", "C"]), some.sampled_from(["EUR", "GBP"]), rows, rows),
    max_size=6,
    unique_by=lambda one: one[:2],
)


@settings_of_examples(max_examples=50)
@given(spans)
def test_parts_add_up_to_pools_and_pools_to_currencies(
    found: list[tuple[str, str, dict[str, Decimal], dict[str, Decimal]]],
) -> None:
    now: list[dict[str, Any]] = [{"pool_id": p, "currency": c, **row} for p, c, row, _ in found]
    before = [{"pool_id": p, "currency": c, **row} for p, c, _, row in found]
    changes = settled_changes(now, before)
    parts = ranked(changes)
    for pool, currency, row, earlier in found:
        change = row["settled_volume"] - earlier["settled_volume"]
        assert changes[pool, currency].change == change
        mine = [p.amount for p in parts if (p.pool_id, p.currency) == (pool, currency)]
        assert sum(mine) == change
    for currency, whole in by_currency(changes).items():
        mine = [part.amount for part in parts if part.currency == currency]
        assert sum(mine) == whole.change
        assert mine == sorted(mine, key=abs, reverse=True)


def test_a_pool_without_a_span_before_is_not_told() -> None:
    row = {"pool_id": "A", "currency": "EUR", **dict.fromkeys((*VOLUMES, "settled_volume"), 1)}
    assert settled_changes([row], []) == {}


def test_the_pack_tells_what_fired_and_what_became_of_it(
    settings: Settings, place: Place, pack: Pack
) -> None:
    scope = pack.figures.scope
    with opened(place) as build:
        assert build.watermark == scope.as_of
        fired = replay_of(build, settings, scope.window.start, scope.as_of)
    wanted = {
        (one.rule, one.severity, one.pool_id, one.currency, one.fired_at, one.recovered_at)
        for one in fired
        if one.fired_at < scope.window.end and (one.pool_id is None or one.pool_id in scope.pools)
    }
    rows = pack.tables["findings"].to_pylist()
    names = ("rule", "severity", "pool_id", "currency", "fired_at", "recovered_at")
    told = {tuple(row[name] for name in names) for row in rows}
    assert told == {one for one in wanted if one[3] in (None, "EUR", "GBP")}
    assert rows
    for row in rows:
        is_over = row["recovered_at"] is not None
        assert (row["state"], row["action"] is None) == (
            ("over", True) if is_over else ("firing", False)
        )


def test_a_finding_is_printed_once_for_each_pool_or_balance_with_how_often_it_was_told(
    pack: Pack,
) -> None:
    told = pack.tables["findings"].to_pylist()
    assert {"limit_pace_exceeds", "top_up_due"} & {row["rule"] for row in told}
    (table,) = (
        block
        for section in pack.sections
        for block in section.blocks
        if isinstance(block, Table) and block.name == "findings"
    )
    lasting = [cells[5].text == "still firing" for cells in table.rows]
    assert lasting == sorted(lasting, reverse=True)
    seen = 0
    for cells in table.rows:
        called, about, times, severity, _, over, action = (cell.text for cell in cells)
        mine = [
            row
            for row in told
            if RULES[row["rule"]].title == called
            and about in (row["pool_id"], f"{row['currency']} balance", "all records")
        ]
        seen += len(mine)
        assert int(times) == len(mine) > 0
        assert (severity == "Critical") == any(row["severity"] == "critical" for row in mine)
        is_lasting = any(row["recovered_at"] is None for row in mine)
        assert (over == "still firing") == is_lasting == bool(action)
    assert seen == len(told)


def test_forecasts_of_the_period_alone_are_scored_and_short_history_is_unknown(pack: Pack) -> None:
    scope = pack.figures.scope
    rows = pack.tables["forecast_accuracy"].to_pylist()
    bands = {row["pool_id"] for row in rows if row["measure"] == "daily_band"}
    assert bands == set(scope.pools)
    scored = [row for row in rows if row["state"] == "scored"]
    for row in scored:
        assert row["scored_from"] >= scope.window.start
        assert row["scored_to"] <= scope.window.end
    for row in rows:
        assert (row["coverage_80"] is None) == (row["state"] == "short_history")


def test_runways_are_as_of_the_packs_instant(pack: Pack) -> None:
    rows = pack.tables["runway"].to_pylist()
    assert {row["currency"] for row in rows} == {"EUR", "GBP"}
    assert {row["as_of"] for row in rows} == {pack.figures.scope.as_of}


def test_trades_that_ended_unsettled_are_settlement_and_not_execution() -> None:
    same = {"requested_volume": Decimal(100), "accepted_volume": Decimal(50)}
    lane = {"pool_id": "A", "currency": "EUR", "released_volume": Decimal(0), **same}
    before = {**lane, "failed_volume": Decimal(0), "settled_volume": Decimal(50)}
    now = {**lane, "failed_volume": Decimal(25), "settled_volume": Decimal(25)}
    (part,) = ranked(settled_changes([now], [before]))
    assert (part.factor, part.amount, part.share) == ("settlement", Decimal(-25), Decimal(1))


def test_notices_are_counted_by_what_became_of_them_before_the_packs_instant(home: Path) -> None:
    place, early = Place(home, "production", PARTNER), datetime(2026, 6, 25, tzinfo=UTC)

    def step(event: Event, name: str, at: datetime = early, pool: str = "EUR-USDT") -> Entry:
        return Entry(event, at, "balance_low", pool, notice_id=name, recipient="ops")

    late = datetime(2026, 7, 2, tzinfo=UTC)
    append(place, [step("intent", "a"), step("sent", "a"), step("intent", "b")])
    append(place, [step("intent", "c", pool="BRL-USDT"), step("sent", "b", late)])
    told = build_pack(load_settings(home), place, Wanted(PROGRAM, PERIOD)).figures.advised.told
    assert told == Told(sent=1, not_sent=1)
