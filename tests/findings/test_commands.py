"""The commands of findings, as terminals and scripts meet them.

Goal: the row is that of the interface, in order; filters, formats, past instants, replay and ids
work; mistakes end with one line and status 2. Method: the sample with its stories, asked by the
command line; ids are looked up in the records themselves.
"""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import cli
from pipelines.findings.finding import MOST_IDS

ROW = [
    *("environment", "partner_id", "rule", "state", "severity", "pool_id", "period_start"),
    *("period_end", "since", "action", "figures", "ids"),
]
OUTAGE = ("--as-of", "2026-06-17T12:00:00Z")
UNPAID = ("--as-of", "2026-06-26T14:15:00Z")


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["--home", str(home), *arguments])
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def rows(home: Path, *arguments: str) -> list[dict[str, Any]]:
    status, out, err = run(home, *arguments)
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_a_row_is_that_of_the_interface_and_the_most_pressing_come_first(told_home: Path) -> None:
    found = rows(told_home, "findings", *UNPAID)
    assert all(list(row) == ROW for row in found)
    states = [row["state"] for row in found]
    assert states == sorted(states, key=["firing", "recovering", "pending", "no_data"].index)
    firing = [row["severity"] for row in found if row["state"] == "firing"]
    assert firing == sorted(firing, key=["critical", "warning", "notice"].index)
    assert "ok" not in states
    for row in found:
        assert all(isinstance(text, str) for text in row["figures"].values())
        assert len(row["ids"]) <= MOST_IDS
        assert len(set(row["ids"])) == len(row["ids"])


def test_the_outage_is_told_with_counts_windows_alternates_and_requests(told_home: Path) -> None:
    (row,) = rows(
        told_home, "findings", *OUTAGE, "--rule", "localized_unavailability", "--state", "firing"
    )
    assert (row["pool_id"], row["action"]) == ("EUR-USDC", "show_alternate_pools")
    assert row["since"] == "2026-06-17T08:45:00Z"
    assert (row["period_start"], row["period_end"]) == (
        "2026-06-17T09:00:00Z",
        "2026-06-17T12:00:00Z",
    )
    assert re.fullmatch(
        r"1\.000000 \((\d+)/\1\) \[2026-06-17T09:00:00Z, 2026-06-17T12:00:00Z\)",
        row["figures"]["unavailable_rate"],
    )
    assert row["figures"]["alternate_pools"] == "EUR-EURC, EUR-USDT, GBP-USDT"
    assert "BRL-USDT" not in row["figures"]["alternate_pools"]  # of another program
    for asked in row["ids"][:3]:
        ended = run(told_home, "evidence", asked, "--format", "json")
        assert "unavailable" in ended[1]


@pytest.mark.parametrize(
    ("rule", "asked", "most"),
    [
        ("balance_low", UNPAID, "insufficient_balance"),
        ("trades_returned", UNPAID, "returned"),
        ("reservations_stuck", UNPAID, "reserved"),
        ("webhooks_missing", UNPAID, "dead_lettered"),
        ("limit_errors_rising", ("--as-of", "2026-06-11T19:15:00Z"), "limit"),
        ("conflicts_rising", ("--as-of", "2026-06-20T13:00:00Z"), "conflict"),
        ("ledger_does_not_tie", UNPAID, "trade_without_debit"),
        ("expiry_spike", UNPAID, "expired"),
    ],
)
def test_ids_are_those_of_records_that_the_finding_is_about(
    told_home: Path, rule: str, asked: tuple[str, str], most: str
) -> None:
    found = rows(told_home, "findings", *asked, "--rule", rule, "--state", "firing")
    ids = [one for row in found for one in row["ids"]]
    assert ids
    stories = [run(told_home, "evidence", one, "--format", "json")[1] for one in ids[:3]]
    assert any(most in story for story in stories), stories


def test_a_limit_review_is_held_back_and_the_gates_say_why(told_home: Path) -> None:
    asked = ("--as-of", "2026-06-11T19:15:00Z", "--rule", "limit_errors_rising")
    (row,) = rows(told_home, "findings", *asked, "--state", "firing")
    assert row["action"] == "fix_quality_before_limit_review"
    assert row["figures"]["gate_open_exceptions"] == "not passed: 1, at most 0"
    assert row["figures"]["gate_reserved_age_s"].startswith("passed: ")


def test_findings_are_filtered_and_come_as_csv_and_as_text(told_home: Path) -> None:
    chosen = (*OUTAGE, "--pool", "EUR-USDC", "--state", "firing", "--state", "pending")
    found = rows(told_home, "findings", *chosen)
    assert {row["pool_id"] for row in found} == {"EUR-USDC"}
    _, text, _ = run(told_home, "findings", *chosen, "--format", "csv")
    listed = list(csv.DictReader(io.StringIO(text)))
    assert [row["rule"] for row in listed] == [row["rule"] for row in found]
    assert json.loads(listed[0]["figures"]) == found[0]["figures"]
    _, words, _ = run(told_home, "findings", *chosen, "--format", "text")
    assert "One pool is unavailable while others are not: EUR-USDC [Warning, Firing]" in words
    assert "You may: Show other pools that your program approves" in words


def test_records_that_ended_long_before_are_no_data(told_home: Path) -> None:
    found = rows(told_home, "findings", "--as-of", "2026-07-01T06:00:00Z")
    assert found[0]["rule"] == "records_stale"
    assert found[0]["state"] == "firing"
    assert {row["state"] for row in found[1:]} == {"no_data"}


def test_a_replay_prints_what_would_have_fired(told_home: Path) -> None:
    span = ("--replay", "2026-06-17T00:00:00Z", "2026-06-18T00:00:00Z")
    found = rows(told_home, "findings", *span, "--pool", "EUR-USDC")
    assert [(row["rule"], row["fired_at"]) for row in found] == [
        ("localized_unavailability", "2026-06-17T09:15:00Z"),
        ("repeated_unavailability", "2026-06-17T09:45:00Z"),
    ]
    assert all(row["since"] < row["fired_at"] < row["recovered_at"] for row in found)
    _, words, _ = run(
        told_home, "findings", *span, "--rule", "repeated_unavailability", "--format", "text"
    )
    assert words.startswith("17 Jun 2026, 09:45  Quotes are unavailable again and again: EUR-USDC")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--state", "loud"), "no state 'loud'; choose from"),
        (("--rule", "loud"), "no rule 'loud'; docs/findings.md lists them"),
        (("--format", "loud"), "no format 'loud'"),
        (("--replay", "2026-06-02T00:00:00Z", "2026-06-01T00:00:00Z"), "a start before its end"),
        (("--as-of", "yesterday"), "yesterday"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    told_home: Path, arguments: tuple[str, ...], said: str
) -> None:
    status, out, err = run(told_home, "findings", *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_snooze_is_kept_with_its_reason_and_author_and_can_be_ended(told_home: Path) -> None:
    nap = ("snooze", "expiry_spike", "--for", "7d", "--reason", "new release", "--author", "kim")
    assert run(told_home, "findings", *nap)[0] == 0
    (row,) = rows(told_home, "findings", "snoozes")
    assert (row["rule"], row["pool_id"], row["reason"], row["author"]) == (
        *("expiry_spike", None, "new release", "kim"),
    )
    assert run(told_home, "findings", "unsnooze", "expiry_spike") == (0, "", "")
    assert rows(told_home, "findings", "snoozes") == []
    assert run(told_home, "findings", "unsnooze", "expiry_spike")[0] == 2
