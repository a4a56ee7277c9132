"""What became of notices and review packs is told of each by what it was about.

Goal: a finding's notice and a review pack stand in one table, what is still to come first. Method:
deliveries are made by hand, and their table is read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipelines.findings.sending import Delivery
from reports.health_notices import counted_words, notices_table

AT = datetime(2026, 6, 30, 9, 30, tzinfo=UTC)
SENT = Delivery(
    "n1", "ops", "report", "", None, None, "", AT, "sent", 1, AT, None, None, "lp", "2026-06"
)
RETRYING = Delivery(
    "n2",
    "treasurer@example",
    "fired",
    "balance_low",
    None,
    "EUR",
    "critical",
    AT,
    "retrying",
    2,
    AT,
    AT + timedelta(minutes=30),
    "no answer",
)


def test_a_pack_stands_beside_notices_and_what_is_to_come_is_first() -> None:
    html = notices_table([SENT, RETRYING], "UTC")
    assert html.index("Failed, tried again") < html.index("Review pack: lp")
    assert "2026-06" in html
    assert "no answer" in html
    assert "10:00" in html
    words = counted_words([SENT, RETRYING])
    assert words == "2 notices: 1 sent, 1 failed and to be tried again."
