"""Findings on the screen say everything of a finding once, and nothing that is not known.

Goal: what asks for the same stands together and in order; gates, other pools and the share of a
change are told; records that are old take all advice away; what comes from records is escaped;
links lead to the days that were judged. Method: findings are written by hand and the HTML is read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pyarrow as pa
import pytest

from pipelines.findings.catalogue import ALL_RULES
from pipelines.findings.finding import Explained, Finding, Gate
from pipelines.findings.inputs import Input
from pipelines.findings.states import STATES
from pipelines.outline import Limit, Outline
from reports import advice_words, findings_words
from reports.findings_cards import Looked, Telling, cards, groups, ids_list, strip
from reports.findings_places import PLACES, records_link, spots
from reports.findings_tables import file, states_table

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OUTLINE = Outline(
    (),
    "UTC",
    ("A-B", "C-D"),
    (
        Limit("A-B", "EUR", "daily_band", Decimal(1), is_shared=False),
        Limit("C-D", "EUR", "daily_band", Decimal(1), is_shared=False),
        Limit("C-D", "GBP", "daily_band", Decimal(1), is_shared=False),
    ),
    (),
    pa.table({}),
    None,
    frozenset(),
)
HOW = Telling("UTC", "pool=A-B&period=7d", is_stale=False)


def finding(rule: str = "limit_errors_rising", **changes: object) -> Finding:
    plain = Finding(
        rule,
        "firing",
        "warning",
        "A-B",
        None,
        AT - DAY,
        AT,
        AT - timedelta(hours=30),
        "request_account_review",
        (Input("limit_error_rate", AT - DAY, AT, part=3, whole=142),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def read(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def card(one: Finding, how: Telling = HOW) -> str:
    return cards(Looked((one,), AT), OUTLINE, how)


def beside(one: Finding, how: Telling = HOW) -> str:
    """The strip above the figures that a finding is about."""
    return strip(spots(one)[0].panel, Looked((one,), AT), OUTLINE, how)


def test_a_card_says_what_since_when_how_sure_why_what_to_do_and_what_it_is_not() -> None:
    said = read(card(finding()))
    words = findings_words.RULES["limit_errors_rising"]
    for part in (
        "Warning",
        words.title,
        words.why,
        words.is_not,
        "A-B. Since 29 Jun 2026, 06:00, for 1 d 6 h.",
        "3 of 142 quote requests and refused calls stopped by a limit (2.1 %, 95 % interval 0.7 %",
        "29 Jun 2026, 12:00 to 30 Jun 2026, 12:00.",
        "You may: Ask for an account review of the limit.",
    ):
        assert part in said


def test_the_share_of_a_change_is_told_with_both_windows() -> None:
    week = timedelta(days=7)
    part = Explained(
        "demand", "EUR", Decimal(-40), Decimal(-100), Decimal("0.4"), AT - DAY, AT, AT - week, AT
    )
    said = read(card(finding(explained=part)))
    assert "demand here accounts for -40.00 EUR of it" in said
    assert "Settled volume changed by -100.00 EUR" in said


def test_the_moments_of_a_forecast_are_told_by_the_clock_of_the_view() -> None:
    name = next(iter(findings_words.MOMENTS))
    one = finding("top_up_due", action="top_up_now", moments=((name, AT),))
    how = replace(HOW, zone="Asia/Kolkata")
    for made in (card, beside):
        said = read(made(one, how))
        assert f"{findings_words.MOMENTS[name]} 30 Jun 2026, 17:30." in said


def test_gates_say_what_is_within_bounds_and_what_is_not() -> None:
    gates = (Gate("failure", False, "0.2 (0.05)"), Gate("reserved_age_s", True, "0 (86400)"))
    said = read(card(finding(gates=gates, action="fix_quality_before_limit_review")))
    assert "Not within its bound: quotes that fail" in said
    assert "Checked first, and within bounds: age of the oldest reserved trade." in said


def test_other_pools_are_named_where_they_answer() -> None:
    one = finding("localized_unavailability", action="show_alternate_pools", alternates=("C-D",))
    assert "Approved pools that answer now: C-D." in read(card(one))


def test_old_records_take_advice_gates_and_other_pools_away() -> None:
    one = finding(gates=(Gate("failure", True, ""),), alternates=("C-D",))
    for made in (card, beside):
        html = made(one, replace(HOW, is_stale=True))
        said = read(html)
        assert findings_words.RULES[one.rule].title in said
        for gone in ("You may", "answer now", "within bounds"):
            assert gone not in said


def test_what_asks_for_the_same_stands_together_in_the_order_of_the_first() -> None:
    first = finding()
    other = finding("expiry_spike", action="review_price_display_or_expiry")
    second = finding(pool_id="C-D")
    worse = finding(severity="critical", pool_id="E-F")
    assert groups([first, other, second, worse]) == ((first, second), (other,), (worse,))
    said = read(cards(Looked((first, second), AT), OUTLINE, HOW))
    assert said.count("You may:") == 1
    assert "A-B. Since" in said
    assert "C-D. Since" in said


@pytest.mark.parametrize(
    ("severity", "shape"),
    [
        ("critical", "\N{BLACK DIAMOND}"),
        ("warning", "\N{BLACK UP-POINTING TRIANGLE}"),
        ("notice", "\N{BLACK CIRCLE}"),
    ],
)
def test_each_severity_has_a_word_and_a_shape_of_its_own(severity: str, shape: str) -> None:
    html = card(finding(severity=severity))
    assert f'aria-hidden="true">{shape}</i> {findings_words.SEVERITIES[severity]}' in html


def test_what_comes_from_records_is_escaped() -> None:
    nasty = '<img src=x onerror="alert(1)">'
    one = finding(pool_id=nasty, alternates=(nasty,), ids=(nasty,))
    for html in (card(one), beside(one), ids_list([one], [one], "")):
        assert "<img" not in html


def test_ids_stand_once_and_only_for_what_is_shown() -> None:
    one, other = finding(ids=("pq_1", "pq_1", "pq_2")), finding(pool_id="C-D", ids=("pq_3",))
    html = ids_list([one, other], [one], "pool=A-B")
    assert re.findall(r"<code>(\w+)</code>", html) == ["pq_1", "pq_2"]
    assert 'href="investigate?pool=A-B&amp;id=pq_1"' in html
    assert advice_words.NO_IDS in ids_list([finding()], [finding()], "")


def test_every_rule_has_a_place() -> None:
    assert set(PLACES) == set(ALL_RULES)
    panels = [spot.panel for spot in spots(finding())]
    assert panels == ["How full each limit is", "Terms of the program"]


def test_a_link_to_records_covers_the_days_judged_and_keeps_the_rest_of_the_view() -> None:
    link = records_link(finding(), OUTLINE, "UTC", HOW.kept)
    assert link == (
        "investigate?pool=A-B&period=custom&days=2026-06-29..2026-06-30"
        "&figure=limit_errors&lane=A-B%3AEUR"
    )


def test_a_stock_leads_to_the_days_since_it_began_and_several_lanes_to_all_of_them() -> None:
    stock = finding("ledger_does_not_tie", pool_id="C-D", period_start=AT, since=AT - 5 * DAY)
    link = records_link(stock, OUTLINE, "UTC", "")
    assert link == (
        "investigate?period=custom&days=2026-06-25..2026-06-30&figure=ledger_exceptions"
    )


@pytest.mark.parametrize(
    "one", [finding("webhooks_missing"), finding("ledger_does_not_tie", pool_id=None)]
)
def test_there_is_no_link_where_there_is_no_count(one: Finding) -> None:
    assert records_link(one, OUTLINE, "UTC", "") == ""


def test_the_table_of_states_and_the_file_hold_every_judgement() -> None:
    every = tuple(
        finding(pool_id=f"P-{number}", state=state, since=None if state == "ok" else AT)
        for number, state in enumerate(STATES)
    )
    looked = Looked(every, AT)
    named = states_table(looked, "UTC").column("state").to_pylist()
    assert named == [advice_words.STATES_SHORT[state] for state in STATES]
    assert file(looked).column("state").to_pylist() == list(STATES)
    assert "limit_error_rate: 0.021127 (3/142)" in file(looked).column("figures")[0].as_py()
    assert looked.firing == every[:1]


def test_a_choice_of_pools_keeps_what_is_about_no_pool() -> None:
    own, other, nobody = finding(), finding(pool_id="C-D"), finding(pool_id=None)
    euro, pound = (finding(pool_id=None, currency=one) for one in ("EUR", "GBP"))
    looked = Looked((own, other, nobody, euro, pound), AT)
    assert looked.about(("A-B",), ("EUR",)).findings == (own, nobody, euro)


def test_rules_whose_setting_is_not_made_are_named() -> None:
    looked = Looked((finding(),), AT)
    assert "failure_budget_burn" in looked.off
    assert "limit_errors_rising" not in looked.off
    assert findings_words.RULES["failure_budget_burn"].title in advice_words.rules_off(looked.off)
