"""Data health's panel of notices: what became of each, and which rules are snoozed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.findings.notices import Snooze
from pipelines.findings.sending import Delivery
from reports import format as text
from reports.findings_words import KINDS, RULES, SEVERITIES, title
from reports.tables import Cell, Column, table

SHOWN = 12
STATES: Mapping[str, str] = {
    "sent": "\N{CHECK MARK} Sent",
    "retrying": "\N{BLACK UP-POINTING TRIANGLE} Failed, tried again",
    "in_doubt": "\N{BLACK UP-POINTING TRIANGLE} In doubt, sent again",
    "given_up": "\N{MULTIPLICATION X} Given up",
}
COUNTED: Mapping[str, str] = {
    "sent": "sent",
    "retrying": "failed and to be tried again",
    "in_doubt": "in doubt and to be sent again",
    "given_up": "given up",
}
NOBODY = (
    "Nobody is told of this partner's findings yet. Add a `[[recipients]]` with a `name`, a `url`"
    " and this partner among its `partners` to `utilization.toml`, and run `utilization sync`,"
    " or `utilization notify` after each load."
)
NONE_YET = "No notice has been due yet: `utilization sync`, or `utilization notify`, sends what is."
NOTHING_SNOOZED = "No rule is snoozed."
SNOOZED_ARE = "Nobody is told of a snoozed rule until its time, but that something is over."


def counted_words(deliveries: Sequence[Delivery]) -> str:
    """How many notices there were, and what became of them."""
    found = Counter(one.state for one in deliveries)
    parts = [f"{text.count(found[name])} {words}" for name, words in COUNTED.items() if found[name]]
    noun = "notice" if len(deliveries) == 1 else "notices"
    return f"{text.count(len(deliveries))} {noun}: {', '.join(parts)}."


def notices_table(deliveries: Sequence[Delivery], zone: str) -> str:
    """The notices that are still to be delivered, and then the newest."""
    columns = [
        Column("Notice", "", is_text=True),
        Column("To", "", is_text=True),
        Column("What became of it", "", is_text=True),
        Column("Attempts"),
        Column("Last step", "", is_text=True),
        Column("Next attempt", "not before", is_text=True),
    ]
    waiting = sorted(deliveries, key=lambda one: one.state in ("sent", "given_up"))
    return table("Notices", columns, [_notice_row(one, zone) for one in waiting[:SHOWN]])


def _notice_row(one: Delivery, zone: str) -> list[Cell]:
    return [
        _about(one),
        Cell(one.recipient),
        Cell(STATES.get(one.state, one.state), one.fault or ""),
        Cell(text.count(one.attempts)),
        Cell(text.moment(one.at, zone)),
        Cell("" if one.retry_at is None else text.moment(one.retry_at, zone)),
    ]


def _about(one: Delivery) -> Cell:
    if one.program_id is not None:
        return Cell(f"Review pack: {one.program_id}", one.period or "")
    what = f"{KINDS.get(one.kind, '')}{title(one.rule, one.pool_id, one.currency)}"
    return Cell(what, SEVERITIES.get(one.severity, one.severity))


def snoozes_table(snoozes: Sequence[Snooze], zone: str) -> str:
    """The rules that nobody is told of, until when, and who wanted that and why."""
    columns = [
        Column("Snoozed", "", is_text=True),
        Column("Until", "", is_text=True),
        Column("Reason", "", is_text=True),
        Column("By", "", is_text=True),
    ]
    rows = [
        [
            Cell(RULES[one.rule].title, one.pool_id or "all pools"),
            Cell(text.moment(one.until, zone)),
            Cell(one.reason),
            Cell(one.author, text.moment(one.at, zone)),
        ]
        for one in snoozes
    ]
    return table("Snoozed rules", columns, rows)
