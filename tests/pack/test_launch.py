"""Each piece of the launch plan's evidence is there, missing or unknown for the right reason.

Method: the grounds of a good program are written by hand, all of whose evidence is there; then one
thing at a time is changed, and only the evidence that rests on it may change, as it should."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.findings.replaying import Fired
from pipelines.pack.advised import Advised, Episode, Told
from pipelines.pack.journal import Decision
from pipelines.pack.launch import (
    BY_PEOPLE,
    PHASES,
    Evidence,
    Grounds,
    counted,
    launch_evidence,
    next_phase,
)
from pipelines.pack.launch_pools import pool_evidence
from pipelines.pack.scope import Scope
from pipelines.pack.trials import FirstDay, SandboxTrials
from pipelines.places import Place
from pipelines.review.peaks import Peak, Stock
from pipelines.review.readings import Cases, Reading
from pipelines.review.scorecard import Asked, Review
from pipelines.review.states import Bounds
from pipelines.review.terms import Terms
from pipelines.windows import Window
from reports.pack.launch_words import REASONS, TITLES, conclusion, said

START, END = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
AS_OF = datetime(2026, 7, 2, tzinfo=UTC)
WINDOW = Window(START, END, "month")
POOL = "EUR-USDT"
TERMS = Terms(
    program_id="lp",
    effective_from=datetime(2026, 5, 1, tzinfo=UTC),
    product="wallet",
    program_type=None,
    approved_pools=(POOL,),
    funding_model="prefunded",
    support_sla_label=None,
    phase="pilot",
    time_zone="UTC",
    review_cadence="monthly",
    funding_ready=True,
    webhooks_ready=True,
    monitoring_ready=True,
    support_ready=True,
    first_order_limit=Decimal("50.00"),
)
COUNTS = {
    "quote_requests": 1000,
    "unavailable_quotes": 10,
    "limit_errors": 5,
    "left_trades": 400,
    "settled_trades": 396,
    "failed_trades": 2,
    "released_trades": 2,
    "returned_trades": 0,
}
BOUNDS = Bounds(Decimal("0.02"), Decimal("0.02"), Decimal("0.01"), timedelta(hours=1))


def scope(terms: Terms = TERMS, first_event: datetime | None = None) -> Scope:
    return Scope(
        place=Place(Path("home"), "production", "acme"),
        program_id="lp",
        name="2026-06",
        versions=(terms,),
        terms=terms,
        whole=WINDOW,
        window=WINDOW,
        before=Window(datetime(2026, 5, 1, tzinfo=UTC), START, "month"),
        pools=(POOL,),
        first_event=first_event or datetime(2026, 4, 1, tzinfo=UTC),
        as_of=AS_OF,
    )


def review(
    bounds: Bounds = BOUNDS,
    cases: Cases | None = None,
    over: Any = (0, {}),
    peak: str | None = "0.9",
    has_tickets: bool = True,
    **counts: int,
) -> Review:
    peaks = [Peak("max_order_usage", POOL, "EUR", Decimal(peak), START)] if peak else []
    cases = cases or Cases((), ())
    reading = Reading(WINDOW, True, {POOL: COUNTS | counts}, peaks, Stock(0, None), cases)
    asked = Asked(WINDOW, "UTC", (POOL,), START, AS_OF, bounds, has_tickets)
    return Review(asked, reading, reading, (), (), over, None, (), cases)


GOOD = Grounds(
    scope=scope(),
    review=review(),
    sandbox=SandboxTrials(AS_OF, 10, 5, 1, 5, 6, 0),
    first_day=FirstDay(START, START + timedelta(days=1), 12, 0, 0, True),
    band_pools=(POOL,),
    has_limits=True,
    bridge=({"currency": "EUR", "unexplained": Decimal(0)},),
    balances=({"currency": "EUR", "above_floor": Decimal("0.01")},),
    balance_refusals=0,
    missing_webhooks=0,
    decisions=(),
    is_frozen_before=True,
    advised=Advised((), (), (), Told(3, 0)),
)


def states(grounds: Grounds) -> dict[str, str]:
    return {one.name: one.state for one in launch_evidence(grounds)}


def test_all_of_a_good_program_is_there_but_for_what_only_people_know() -> None:
    found = states(GOOD)
    by_people = {name for names in BY_PEOPLE.values() for name in names}
    assert {name for name, state in found.items() if state == "unknown"} == by_people
    assert "missing" not in found.values()
    assert len(found) > 30


def case(**fields: Any) -> Cases:
    row = {"currency": "EUR", "arising": 1, "open_at_end": 1, "oldest_open_age_s": 60}
    return Cases((), ({**row, **fields},))


def ticket(kind: str, severity: str) -> Cases:
    row = {"ticket_type": kind, "severity": severity, "opened": 1, "closed": 0, "open_at_end": 1}
    return Cases((row,), ())


def decision(due: date | None) -> Decision:
    return Decision("D1", "lp", "2026-05", START, "x", "ops", due, "ada", START)


def advised(told: Told | None = GOOD.advised.told, over: datetime | None = END) -> Advised:
    fired = Fired("balance_low", "warning", None, "EUR", START, START, over)
    return Advised((), (), (Episode(fired, None),), told)


Change = Callable[[], Grounds]
CHANGES: list[tuple[Change, dict[str, str]]] = [
    (
        lambda: replace(GOOD, scope=scope(replace(TERMS, support_ready=False))),
        {"support_ready": "missing"},
    ),
    (
        lambda: replace(GOOD, scope=scope(replace(TERMS, funding_model=None))),
        {"funding_named": "unknown"},
    ),
    (
        lambda: replace(GOOD, scope=scope(replace(TERMS, first_order_limit=None))),
        {"first_order_limit": "unknown"},
    ),
    (lambda: replace(GOOD, band_pools=()), {"limits_agreed": "missing"}),
    (lambda: replace(GOOD, has_limits=False), {"limits_agreed": "unknown"}),
    (
        lambda: replace(GOOD, sandbox=None),
        {
            f"sandbox_{name}": "unknown"
            for name in (
                *("firm_quotes", "settled_trades", "unsettled_trades"),
                *("delivered_webhooks", "ledger_tied"),
            )
        },
    ),
    (
        lambda: replace(GOOD, sandbox=SandboxTrials(AS_OF, 10, 5, 0, 5, 6, 2)),
        {"sandbox_unsettled_trades": "missing", "sandbox_ledger_tied": "missing"},
    ),
    (
        lambda: replace(GOOD, first_day=FirstDay(START, END, 12, 1, 2, True)),
        {"first_day_reconciled": "missing", "first_day_ended": "missing"},
    ),
    (
        lambda: replace(GOOD, first_day=FirstDay(START, END, 12, 0, 0, False)),
        {"first_day_reconciled": "unknown"},
    ),
    (
        lambda: replace(GOOD, scope=scope(first_event=datetime(2026, 5, 9, tzinfo=UTC))),
        {"first_day_reconciled": "unknown", "first_day_ended": "unknown"},
    ),
    (lambda: replace(GOOD, review=review(failed_trades=20)), {"failures_low": "missing"}),
    (lambda: replace(GOOD, review=review(unavailable_quotes=21)), {"unavailable_low": "missing"}),
    (
        lambda: replace(GOOD, review=review(replace(BOUNDS, limit_errors=None))),
        {"limit_errors_low": "unknown"},
    ),
    (
        lambda: replace(GOOD, review=review(left_trades=29, failed_trades=0, released_trades=0)),
        {"failures_low": "unknown"},
    ),
    (lambda: replace(GOOD, review=review(peak="1.01")), {"orders_within_limit": "missing"}),
    (lambda: replace(GOOD, review=review(peak=None)), {"orders_within_limit": "unknown"}),
    (lambda: replace(GOOD, review=review(over=(1, {}))), {"reserved_in_time": "missing"}),
    (lambda: replace(GOOD, review=review(over=None)), {"reserved_in_time": "unknown"}),
    (
        lambda: replace(
            GOOD,
            bridge=(
                {"currency": "EUR", "unexplained": Decimal("-0.01")},
                {"currency": "GBP", "unexplained": None},
            ),
        ),
        {"balance_explained": "missing"},
    ),
    (
        lambda: replace(GOOD, bridge=({"currency": "EUR", "unexplained": None},)),
        {"balance_explained": "unknown"},
    ),
    (lambda: replace(GOOD, bridge=()), {"balance_explained": "unknown"}),
    (
        lambda: replace(GOOD, balances=({"currency": "EUR", "above_floor": Decimal("-1")},)),
        {"balance_above_floor": "missing"},
    ),
    (lambda: replace(GOOD, balance_refusals=1), {"no_balance_refusals": "missing"}),
    (lambda: replace(GOOD, balance_refusals=None), {"no_balance_refusals": "unknown"}),
    (lambda: replace(GOOD, missing_webhooks=3), {"webhooks_complete": "missing"}),
    (lambda: replace(GOOD, missing_webhooks=None), {"webhooks_complete": "unknown"}),
    (lambda: replace(GOOD, review=review(cases=case())), {"exceptions_resolved": "missing"}),
    (
        lambda: replace(GOOD, review=review(cases=case(oldest_open_age_s=8 * 86_400))),
        {"exceptions_resolved": "missing", "no_old_exception": "missing"},
    ),
    (
        lambda: replace(GOOD, review=review(cases=Cases((), None))),
        {"exceptions_resolved": "unknown", "no_old_exception": "unknown"},
    ),
    (
        lambda: replace(GOOD, review=review(cases=ticket("complaint", "S2"))),
        {"no_severe_ticket": "missing"},
    ),
    (
        lambda: replace(GOOD, review=review(cases=ticket("incident", "S3"))),
        {"incidents_resolved": "missing"},
    ),
    (
        lambda: replace(GOOD, review=review(has_tickets=False)),
        {"no_severe_ticket": "unknown", "incidents_resolved": "unknown"},
    ),
    (lambda: replace(GOOD, is_frozen_before=False), {"review_before_kept": "missing"}),
    (
        lambda: replace(GOOD, decisions=(decision(date(2026, 7, 1)),)),
        {"decisions_in_time": "missing"},
    ),
    (lambda: replace(GOOD, advised=advised()), {}),
    (lambda: replace(GOOD, advised=advised(None)), {"alerts_sent": "unknown"}),
    (lambda: replace(GOOD, advised=advised(Told(2, 1))), {"alerts_sent": "missing"}),
    (lambda: replace(GOOD, advised=advised(over=None)), {"findings_over": "missing"}),
    (lambda: replace(GOOD, decisions=(decision(date(2026, 7, 2)),)), {}),
    (lambda: replace(GOOD, decisions=(decision(None),)), {}),
]


@pytest.mark.parametrize(("change", "wanted"), CHANGES)
def test_only_what_rests_on_a_record_changes_with_it(
    change: Change, wanted: Mapping[str, str]
) -> None:
    good, changed = states(GOOD), states(change())
    assert {name: changed[name] for name in changed if changed[name] != good[name]} == wanted


def test_every_piece_has_words_and_every_reason_too() -> None:
    seen: dict[str, Evidence] = {}
    for grounds in (GOOD, *(change() for change, _ in CHANGES)):
        for one in launch_evidence(grounds):
            seen[f"{one.name} {one.state} {one.reason}"] = one
    for one in seen.values():
        assert one.phase in PHASES
        assert TITLES[one.name]
        words = said(one, "UTC")
        assert words
        assert not one.reason or REASONS[one.reason] in words


def test_a_phase_is_counted_and_never_called_passed() -> None:
    evidence = launch_evidence(GOOD)
    counts = counted(evidence, "expansion")
    assert counts == {"met": 12, "missing": 0, "unknown": 0}
    told = conclusion("expansion", counts, [])
    assert "12 of 12" in told
    assert told.endswith("is for this review to decide.")
    design = [one for one in evidence if one.phase == "design" and one.state != "met"]
    told = conclusion("design", counted(evidence, "design"), design)
    assert "the use case was reviewed" in told
    assert "decide" not in told
    assert [next_phase(phase) for phase in PHASES] == [*PHASES[1:], "ongoing"]


def test_a_pool_is_judged_by_its_own_records() -> None:
    def of(grounds: Grounds, *exceptions: Mapping[str, Any]) -> str:
        (found,) = pool_evidence(grounds, exceptions)
        return found.state

    old = {"pool_id": POOL, "state": "open", "age_s": 8 * 86_400}
    assert of(GOOD) == "met"
    assert of(GOOD, old) == "missing"
    assert of(GOOD, old | {"pool_id": "GBP-USDT"}, old | {"state": "pending"}) == "met"
    assert of(GOOD, old | {"age_s": 86_400}) == "met"
    assert of(replace(GOOD, review=review(failed_trades=20))) == "missing"
    assert of(replace(GOOD, review=review(Bounds()))) == "unknown"
