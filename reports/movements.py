"""What trades moved in a period: settled, failed, released, returned, and what stays settled."""

from __future__ import annotations

from functools import lru_cache

from reports import format as text
from reports.figures import Answer, Row, lane_of
from reports.overview import lane_names
from reports.tables import Cell, defined, table
from reports.tables import Column as Heading
from reports.wording import why_unknown

FAMILIES = ("demand", "execution")
"""Where these figures come from; what was asked for says whether anything happened at all."""

FIGURES = {
    "settled_volume": "Settled",
    "returned_volume": "Returned",
    "net_settled_volume": "Net settled",
    "failed_volume": "Failed",
    "released_volume": "Released",
}


@lru_cache(maxsize=32)
def movements_table(answer: Answer, before: Answer | None) -> str:
    """Amounts per pool in its own currency, by when the status began, with the span before."""
    compared = {} if before is None else {lane_of(row): row for row in before.totals}
    columns = [
        Heading("Pool", "", is_text=True),
        *(defined(figure, title, "amount") for figure, title in FIGURES.items()),
    ]
    names = lane_names(answer.totals)
    rows = [
        [
            Cell(names[lane_of(row)], row["currency"] or ""),
            *(_amount(row, figure, compared.get(lane_of(row))) for figure in FIGURES),
        ]
        for row in answer.totals
    ]
    return table("What trades moved", columns, rows)


def _amount(row: Row, figure: str, was: Row | None) -> Cell:
    amount, currency = row[figure], row["currency"]
    hover = why_unknown(figure) if amount is None else text.exact_money(amount, currency)
    under = f"was {text.money(was[figure], currency)}".replace(" ", text.SPACE) if was else ""
    return Cell(text.money(amount, currency), under, hover)
