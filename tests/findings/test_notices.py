"""Which notices are due: one for each recipient, rule, pool, day and severity, and no more.

Goal: repeats, flickering, levels, reminders, snoozes, recoveries, unknown states, scopes and order
come out as the rules of hygiene say. Method: findings by hand, told at instants by hand, against a
journal kept as the product keeps it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipelines.errors import UsageError
from pipelines.findings.finding import Finding
from pipelines.findings.journal import Entry, append, journal_of, read_journal
from pipelines.findings.notices import Notice, Snooze, due_notices, remember
from pipelines.findings.notifying import deliveries, snooze, snoozes, unsnooze
from pipelines.places import Place
from pipelines.settings import Recipient

AT = datetime(2026, 6, 17, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRING = Finding(
    "reservations_stuck", "firing", "warning", "EUR-USDT", None, AT, AT, AT - HOUR, "x"
)
OK = replace(FIRING, state="ok", since=None, action=None)


def recipient(name: str = "ops", **fields: Any) -> Recipient:
    choices = {"url": SecretStr("json://127.0.0.1:1/secret"), "partners": ("acme",), **fields}
    return Recipient(name=name, **choices)


class Desk:
    """A journal, and whom it tells; everything that is due is sent."""

    def __init__(self, home: Path, *recipients: Recipient, partner: str = "acme") -> None:
        self.place = Place(home, "production", partner)
        self.place.root.mkdir(parents=True)
        self.recipients = recipients or (recipient(),)
        self.renotify_after: timedelta | None = DAY

    def due(self, at: datetime, *findings: Finding) -> list[Notice]:
        return due_notices(
            self.place,
            findings,
            remember(read_journal(self.place)),
            self.recipients,
            at=at,
            renotify_after=self.renotify_after,
        )

    def tell(self, at: datetime, *findings: Finding) -> list[tuple[str, str]]:
        """Send what is due; kind and severity of each."""
        found = self.due(at, *findings)
        for notice in found:
            one = notice.finding
            begun = Entry(
                "intent",
                at,
                one.rule,
                one.pool_id,
                one.currency,
                notice.notice_id,
                notice.recipient,
                notice.kind,
                one.severity,
            )
            append(self.place, [begun, replace(begun, event="sent")])
        return [(notice.kind, notice.finding.severity) for notice in found]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_fires_is_told_once_and_that_it_is_over_once(desk: Desk) -> None:
    assert desk.tell(AT, FIRING) == [("firing", "warning")]
    assert desk.tell(AT + HOUR, FIRING) == []
    assert desk.tell(AT + 2 * HOUR, replace(FIRING, state="recovering")) == []
    assert desk.tell(AT + 3 * HOUR, OK) == [("recovered", "warning")]
    assert desk.tell(AT + 4 * HOUR, OK) == []


def test_what_is_pending_or_was_never_told_is_not_told(desk: Desk) -> None:
    assert desk.tell(AT, replace(FIRING, state="pending"), OK) == []


def test_what_is_not_known_is_neither_over_nor_told_again(desk: Desk) -> None:
    desk.tell(AT, FIRING)
    for state in ("no_data", "error"):
        assert desk.tell(AT + 2 * DAY, replace(FIRING, state=state)) == []
    assert desk.tell(AT + 2 * DAY, OK) == [("recovered", "warning")]


def test_a_higher_severity_is_told_and_a_lower_one_is_not(desk: Desk) -> None:
    desk.tell(AT, FIRING)
    critical = replace(FIRING, severity="critical")
    assert desk.tell(AT + HOUR, critical) == [("firing", "critical")]
    assert desk.tell(AT + 2 * HOUR, FIRING) == []
    assert desk.tell(AT + 3 * HOUR, critical) == []
    assert desk.tell(AT + 4 * HOUR, replace(OK, severity="warning")) == [("recovered", "warning")]


def test_what_goes_on_is_told_again_after_the_time_set(desk: Desk) -> None:
    desk.tell(AT, FIRING)
    assert desk.tell(AT + DAY - HOUR, FIRING) == []
    assert desk.tell(AT + DAY, FIRING) == [("reminder", "warning")]
    assert desk.tell(AT + DAY + HOUR, FIRING) == []
    desk.renotify_after = None
    assert desk.tell(AT + 9 * DAY, FIRING) == []


def test_what_flickers_is_told_once_a_day(desk: Desk) -> None:
    told = [desk.tell(AT + n * HOUR, FIRING if n % 2 == 0 else OK) for n in range(12)]
    assert told[:3] == [[("firing", "warning")], [("recovered", "warning")], []]
    assert told[2:] == [[]] * 10
    assert desk.tell(AT + 12 * HOUR, FIRING) == [("firing", "warning")]  # the next UTC day


def test_other_pools_and_rules_are_told_apart(desk: Desk) -> None:
    others = (replace(FIRING, pool_id="GBP-USDT"), replace(FIRING, rule="expiry_spike"))
    assert len(desk.tell(AT, FIRING, *others)) == 3
    assert desk.tell(AT + HOUR, FIRING, replace(others[0], state="ok"), others[1]) == [
        ("recovered", "warning")
    ]


def test_a_recipient_hears_of_its_own_partners_only(tmp_path: Path) -> None:
    nobodys = recipient("nobodys", partners=())
    others = recipient("others", partners=("globex",))
    sandbox = recipient("sandbox", environments=("sandbox",))
    desk = Desk(tmp_path, nobodys, others, sandbox, recipient())
    assert [notice.recipient for notice in desk.due(AT, FIRING)] == ["ops"]


def test_a_recipient_hears_of_its_own_severities_and_rules_only(tmp_path: Path) -> None:
    severe = recipient("severe", min_severity="critical")
    expiry = recipient("expiry", rules=("expiry_spike",))
    everything = recipient("everything", min_severity="notice")
    desk = Desk(tmp_path, severe, expiry, everything)
    notice = replace(FIRING, severity="notice")
    assert [one.recipient for one in desk.due(AT, notice)] == ["everything"]
    critical = replace(FIRING, rule="expiry_spike", severity="critical")
    assert [one.recipient for one in desk.due(AT, critical)] == ["severe", "expiry", "everything"]


def test_what_is_snoozed_is_not_told_until_then_but_that_it_is_over_is(desk: Desk) -> None:
    desk.tell(AT, FIRING)
    nap = Snooze("reservations_stuck", "EUR-USDT", AT + 3 * DAY, "known", "kim", AT)
    snooze(desk.place, nap, wait_seconds=0)
    assert desk.tell(AT + 2 * DAY, FIRING) == []
    assert desk.tell(AT + 2 * DAY, replace(FIRING, pool_id="GBP-USDT")) == [("firing", "warning")]
    assert desk.tell(AT + 2 * DAY + HOUR, OK) == [("recovered", "warning")]
    assert desk.tell(AT + 2 * DAY + 2 * HOUR, FIRING) == []
    assert desk.tell(AT + 3 * DAY, FIRING) == [("firing", "warning")]


def test_a_snooze_of_a_rule_is_of_all_its_pools_and_can_be_ended(desk: Desk) -> None:
    nap = Snooze("reservations_stuck", None, AT + DAY, "known", "kim", AT)
    snooze(desk.place, nap, wait_seconds=0)
    assert snoozes(desk.place, AT) == [nap]
    assert desk.tell(AT, FIRING) == []
    unsnooze(desk.place, "reservations_stuck", None, at=AT, author="kim", wait_seconds=0)
    assert snoozes(desk.place, AT) == []
    assert desk.tell(AT, FIRING) == [("firing", "warning")]


@pytest.mark.parametrize(
    ("nap", "said"),
    [
        (Snooze("no_rule", None, AT + DAY, "a", "kim", AT), "no rule 'no_rule'"),
        (Snooze("expiry_spike", None, AT + DAY, " ", "kim", AT), "a snooze needs a reason"),
        (Snooze("expiry_spike", None, AT, "a", "kim", AT), "a snooze ends after it begins"),
    ],
)
def test_a_snooze_that_says_too_little_is_refused(desk: Desk, nap: Snooze, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        snooze(desk.place, nap, wait_seconds=0)
    assert read_journal(desk.place) == []


def test_a_snooze_that_is_not_there_cannot_be_ended(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no snooze of 'expiry_spike'"):
        unsnooze(desk.place, "expiry_spike", None, at=AT, author="kim", wait_seconds=0)


def test_a_line_that_a_crash_cut_off_is_none_and_harms_no_other(desk: Desk) -> None:
    desk.tell(AT, FIRING)
    path = journal_of(desk.place)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert [one.event for one in read_journal(desk.place)] == ["intent"]
    desk.tell(AT + 2 * DAY, FIRING)
    assert [one.event for one in read_journal(desk.place)] == ["intent", "intent", "sent"]
    assert [one.state for one in deliveries(desk.place)] == ["sent", "in_doubt"]
