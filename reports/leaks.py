"""Where demand leaks on its way from a request to an accepted quote, and for which reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pyarrow as pa

from pipelines.shares import share
from reports import format as text
from reports.figures import Answer, Row, added
from reports.tables import Cell, Column, table
from reports.wording import ENDINGS, OUTCOMES, REASONS

LIMIT_REFUSED = "Failed call: refused by a limit"
OTHER_FAILED = "Failed call: other"
UNEXPLAINED = "Not explained"
_COUNTED = ("quote_requests", *OUTCOMES, *ENDINGS, "limit_errored_quotes", "trades_created")


@dataclass(frozen=True)
class Step:
    """A level that demand reaches, or a leak on the way to the next one."""

    name: str
    group: str
    """The outcome or ending it belongs to: the key of its colour."""

    count: int
    left: int
    """What goes on after it."""

    is_leak: bool


def failed_attempts(rows: Iterable[Row]) -> Counter[str]:
    """Attempts that gave no price, by reason: unavailable ones by theirs, failed calls in two."""
    kept = list(rows)
    found: Counter[str] = Counter()
    for row in kept:
        for reason, quotes in row["unavailable_reasons"].items():
            found[REASONS.get(reason, REASONS["other"])] += quotes
    sums = added(kept, ("errored_quotes", "limit_errored_quotes"))
    found[LIMIT_REFUSED] += sums["limit_errored_quotes"]
    found[OTHER_FAILED] += sums["errored_quotes"] - sums["limit_errored_quotes"]
    return found


def steps(rows: Sequence[Row]) -> list[Step]:
    """The levels and leaks from all requests to the accepted ones; each leak is subtracted.

    What the leaks do not explain of a level is a leak of its own, which should not occur.
    """
    sums = added(rows, _COUNTED)
    failed = failed_attempts(rows)
    asked, firm = sums["quote_requests"], sums["firm_quotes"]
    lost = [
        *((name, "Unavailable", failed[name]) for name in REASONS.values()),
        *((name, "Failed calls", failed[name]) for name in (LIMIT_REFUSED, OTHER_FAILED)),
        ("Indicative only", "Indicative", sums["indicative_quotes"]),
    ]
    ended = [
        (ENDINGS[name], ENDINGS[name], sums[name])
        for name in ("expired_quotes", "rejected_quotes", "open_quotes")
    ]
    return [
        Step("Quote requests", "Requests", asked, asked, is_leak=False),
        *_leaks(asked, firm, lost),
        Step("Firm quotes", "Firm", firm, firm, is_leak=False),
        *_leaks(firm, sums["accepted_quotes"], ended),
        Step(
            "Accepted", "Accepted", sums["accepted_quotes"], sums["accepted_quotes"], is_leak=False
        ),
    ]


def _leaks(level: int, next_level: int, lost: Sequence[tuple[str, str, int]]) -> list[Step]:
    found, left = [], level
    for name, group, count in lost:
        left -= count
        found.append(Step(name, group, count, left, is_leak=True))
    if left != next_level:
        found.append(Step(UNEXPLAINED, UNEXPLAINED, left - next_level, next_level, is_leak=True))
    return found


@lru_cache(maxsize=32)
def funnel(answer: Answer) -> pa.Table:
    """The steps as bars; `low` and `high` are shares of all requests, for the picture."""
    found = steps(answer.totals)
    asked = max(1, found[0].count)
    lines = []
    for step in found:
        of_requests = share(step.count, found[0].count)
        sign = "\N{MINUS SIGN}" if step.is_leak and step.count else ""
        shown = text.percent(of_requests)
        lines.append(
            {
                "step": step.name,
                "group": step.group,
                "kind": "leak" if step.is_leak else "level",
                "quotes": step.count,
                "of requests": shown,
                "low": (step.left if step.is_leak else 0) / asked,
                "high": (step.left + step.count if step.is_leak else step.count) / asked,
                "label": f"{step.name}: {sign}{text.count(step.count)} · {shown}",
            }
        )
    return pa.Table.from_pylist(lines)


@lru_cache(maxsize=32)
def funnel_words(answer: Answer) -> list[str]:
    """The funnel as sums that add up, with what is left over, and what became of the accepted."""
    found = steps(answer.totals)
    firm = next(number for number, step in enumerate(found) if step.group == "Firm")
    trades = added(answer.totals, ["trades_created"])["trades_created"]
    return [
        _adds_up(found[0], found[1:firm], found[firm]),
        _adds_up(found[firm], found[firm + 1 : -1], found[-1]),
        f"**{text.count(trades)} trades** were created in the period, also from quotes asked for"
        " before it; the amounts they came to stand below, by currency.",
    ]


def _adds_up(level: Step, leaks: Sequence[Step], reached: Step) -> str:
    unexplained = sum(step.count for step in leaks if step.name == UNEXPLAINED)
    lost = sum(step.count for step in leaks if step.name != UNEXPLAINED)
    return (
        f"**{text.count(level.count)} {level.name.lower()}** less {text.count(lost)} lost on the"
        f" way and {text.count(unexplained)} not explained leave"
        f" **{text.count(reached.count)} {reached.name.lower()}**."
    )


@dataclass(frozen=True)
class Cause:
    """A reason why attempts gave no price."""

    reason: str
    count: int
    before: int | None
    """In the span compared with; None where there is none."""

    together: int
    """This one and all more frequent ones."""


@lru_cache(maxsize=32)
def causes(answer: Answer, before: Answer | None) -> tuple[Cause, ...]:
    """The causes of a period's rows, beside those of the span before where there is one."""
    return tuple(causes_of(answer.totals, None if before is None else before.totals))


def causes_of(rows: Sequence[Row], before: Sequence[Row] | None) -> list[Cause]:
    """The reasons of failed attempts, the most frequent first; those that never occurred left out.

    A reason of the span before alone stands with 0.
    """
    now = failed_attempts(rows)
    was = None if before is None else failed_attempts(before)
    seen = +now | +(was or Counter[str]())
    found, together = [], 0
    for name in sorted(seen, key=lambda name: (-now[name], name)):
        together += now[name]
        found.append(Cause(name, now[name], None if was is None else was[name], together))
    return found


@lru_cache(maxsize=32)
def pareto(found: tuple[Cause, ...]) -> pa.Table:
    """The reasons as bars; `high` and `was` are shares of the longest bar, for the picture."""
    total = found[-1].together if found else 0
    longest = max([1, *(cause.count for cause in found), *(cause.before or 0 for cause in found)])
    lines = [
        {
            "reason": cause.reason,
            "group": "Failed calls" if cause.reason.startswith("Failed") else "Unavailable",
            "attempts": cause.count,
            "before": text.count(cause.before),
            "share": text.percent(share(cause.count, total)),
            "together": text.percent(share(cause.together, total)),
            "from": 0.0,
            "high": cause.count / longest,
            "was": None if cause.before is None else cause.before / longest,
            "label": f"{cause.reason}: {text.count(cause.count)}"
            + (f" · cumulative {text.percent(share(cause.together, total))}" if total else ""),
        }
        for cause in found
    ]
    schema = pa.schema(
        [
            ("reason", pa.string()),
            ("group", pa.string()),
            ("attempts", pa.int64()),
            ("before", pa.string()),
            ("share", pa.string()),
            ("together", pa.string()),
            ("from", pa.float64()),
            ("high", pa.float64()),
            ("was", pa.float64()),
            ("label", pa.string()),
        ]
    )
    return pa.Table.from_pylist(lines, schema)


@lru_cache(maxsize=32)
def causes_table(found: tuple[Cause, ...], answer: Answer) -> str:
    """The reasons, how often each was one before, and when in the period they occurred."""
    columns = [
        Column("Reason", "", is_text=True),
        Column("Attempts", "of the period"),
        Column("Trend", "over the period"),
    ]
    trend = _trend(answer)
    rows = [
        [
            Cell(cause.reason),
            Cell(text.count(cause.count), _was(cause)),
            _bars([window[cause.reason] for window in trend]),
        ]
        for cause in found
    ]
    return table("Why attempts gave no price", columns, rows)


def _trend(answer: Answer) -> list[Counter[str]]:
    windows: dict[datetime, list[Row]] = {}
    for row in answer.rows("trend"):
        windows.setdefault(row["window_start"], []).append(row)
    return [failed_attempts(rows) for _, rows in sorted(windows.items())]


def _bars(counts: Sequence[int]) -> Cell:
    if not counts:
        return Cell(text.UNKNOWN)
    highest = max(counts)
    return Cell(f"at most {text.count(highest)}", bars=counts, bars_title=f"Highest {highest}")


def _was(cause: Cause) -> str:
    was = "" if cause.before is None else f"was {text.count(cause.before)}"
    return was.replace(" ", text.SPACE)
