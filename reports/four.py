"""The four questions of a morning, each answered in a line of counts with the pool to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from reports import format as text
from reports.figures import Answer, Row, added, lane_of
from reports.links import drill_link
from reports.overview import lane_names
from reports.wording import FEW, FOUR_QUESTIONS, title

REFUSALS = ("limit_errors", "balance_errors", "transact_conflicts")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to a question: the count, and under it what to look at."""

    question: str
    figure: str
    under: tuple[str, ...]
    link: str
    """Where the count is taken apart."""


def replies(answer: Answer, books: Sequence[Row], kept: str) -> list[Reply]:
    """The four answers; `books` is one row of reconciliation per currency.

    `kept` is the query that links go on with.
    """
    quote, trade, end, tie = FOUR_QUESTIONS
    return [
        Reply(quote, *_quotes(answer), drill_link("unavailable_quotes", None, kept)),
        Reply(trade, *_trades(answer), drill_link("limit_errors", None, kept)),
        Reply(end, *_ends(answer), drill_link("long_reserved_trades", None, kept)),
        Reply(tie, *_books(books), f"finance?{kept}" if kept else "finance"),
    ]


def panel(found: Sequence[Reply]) -> str:
    """The answers beside each other; below each other where there is no room."""
    cards = "".join(_card(one) for one in found)
    return f'<div class="pu-replies">{cards}</div>'


def _card(reply: Reply) -> str:
    figure = f'<a href="{escape(reply.link)}">{escape(reply.figure)}</a>'
    under = "".join(f"<small>{escape(line)}</small>" for line in reply.under)
    return f'<div class="pu-reply"><h3>{escape(reply.question)}</h3><p>{figure}</p>{under}</div>'


def _quotes(answer: Answer) -> tuple[str, tuple[str, ...]]:
    counts = added(answer.totals, ["quote_requests", "failed_quote_attempts"])
    asked = counts["quote_requests"]
    if not asked:
        return text.UNKNOWN, ("No quote was asked for in the period.",)
    got = asked - counts["failed_quote_attempts"]
    lowest = _extreme(answer, "quote_success_rate", lambda row: row["quote_requests"], min)
    return f"{text.count(got)} of {text.count(asked)} requests", lowest


def _trades(answer: Answer) -> tuple[str, tuple[str, ...]]:
    counts = added(answer.totals, ["trades_created", *REFUSALS])
    refused = sum(counts[name] for name in REFUSALS)
    told = (
        f"{text.count(refused)} calls refused: {text.count(counts['limit_errors'])} by a limit,"
        f" {text.count(counts['balance_errors'])} for the balance,"
        f" {text.count(counts['transact_conflicts'])} conflicts"
    )
    highest = _extreme(answer, "conflict_rate", lambda row: row["trades_created"], max)
    return f"{text.count(counts['trades_created'])} trades created", (told, *highest)


def _ends(answer: Answer) -> tuple[str, tuple[str, ...]]:
    now = added(answer.totals, ["reserved_count"])["reserved_count"]
    ages = [age for row in answer.totals if (age := row["oldest_reserved_age_s"]) is not None]
    oldest = f"the oldest for {text.duration(max(ages))}" if ages else "none is waiting"
    lowest = _extreme(answer, "settle_rate", lambda row: row["trades_created"], min)
    return f"{text.count(now)} still reserved", (oldest, *lowest)


def _books(books: Sequence[Row]) -> tuple[str, tuple[str, ...]]:
    known = [row for row in books if row["trades"] is not None]
    if not known:
        return text.UNKNOWN, ("Trades and ledger have not both arrived, so nothing is compared.",)
    still_open = sum(row["open_exceptions"] for row in books)
    worth = ", ".join(
        text.money_with_code(row["value_at_risk"], row["currency"])
        for row in known
        if row["value_at_risk"]
    )
    untied = sum(row["untied_trades"] for row in known)
    of_all = sum(row["trades"] for row in known)
    told = f"{text.count(untied)} of {text.count(of_all)} trades do not tie out"
    return f"{text.count(still_open)} exceptions open", (
        f"worth {worth}, of any age" if worth else "worth nothing that is known",
        told,
    )


def _extreme(
    answer: Answer, figure: str, base: Callable[[Row], int], choose: Any
) -> tuple[str, ...]:
    """The pool whose rate is the lowest or highest, of those with enough to say."""
    names = lane_names(answer.totals)
    rated = [row for row in answer.totals if row[figure] is not None and base(row) >= FEW]
    if len(rated) < 2:
        return ()
    row = choose(rated, key=lambda one: one[figure])
    which = "Lowest" if choose is min else "Highest"
    name = names[lane_of(row)]
    return (f"{which} {title(figure).lower()}: {name}, {text.percent(row[figure])}",)
