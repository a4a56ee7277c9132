"""Findings as tables: every judgement in words, as a file, and what fired in a period."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa

from pipelines.findings.replaying import Fired
from reports import advice_words as words
from reports import findings_words
from reports import format as text
from reports.findings_cards import Looked
from reports.tables import Cell, Column, table


def states_table(looked: Looked, zone: str) -> pa.Table:
    """Each judgement of each rule in words, the most pressing first."""
    return pa.Table.from_pylist(
        [
            {
                "rule": findings_words.RULES[one.rule].title,
                "about": one.pool_id or one.currency or findings_words.NO_POOL,
                "state": words.STATES_SHORT[one.state],
                "severity": findings_words.SEVERITIES[one.severity],
                "since": "" if one.since is None else words.since(one.since, looked.as_of, zone),
                "figures": " ".join(
                    findings_words.input_sentence(each, one.currency, zone) for each in one.inputs
                ),
            }
            for one in looked.findings
        ],
        _STATES,
    )


_STATES = pa.schema(
    [(name, pa.string()) for name in ("rule", "about", "state", "severity", "since", "figures")]
)
_FILE = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "state", "severity", "pool_id", "currency")),
        *((name, pa.timestamp("us", "UTC")) for name in ("period_start", "period_end", "since")),
        *((name, pa.string()) for name in ("action", "figures")),
    ]
)


@lru_cache(maxsize=16)
def file(looked: Looked) -> pa.Table:
    """Every judgement with its figures as text, for those who take them away."""
    rows = [
        {
            **{name: getattr(one, name) for name in _FILE.names if name != "figures"},
            "figures": "; ".join(f"{name}: {told}" for name, told in one.figures.items()),
        }
        for one in looked.findings
    ]
    return pa.Table.from_pylist(rows, _FILE)


def fired_table(found: Sequence[Fired], zone: str) -> str:
    """What fired in a review period, when, and when it was over."""
    columns = [
        Column("Finding", "", is_text=True),
        Column("Severity", "", is_text=True),
        Column("Held since", "", is_text=True),
        Column("Told from", "", is_text=True),
        Column("Over", "", is_text=True),
    ]
    rows = [
        [
            Cell(findings_words.RULES[one.rule].title, one.pool_id or one.currency or ""),
            Cell(findings_words.SEVERITIES[one.severity]),
            Cell(text.moment(one.since, zone)),
            Cell(text.moment(one.fired_at, zone)),
            Cell("not yet" if one.recovered_at is None else text.moment(one.recovered_at, zone)),
        ]
        for one in found
    ]
    return table(words.FIRED_TITLE, columns, rows)
