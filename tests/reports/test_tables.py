"""A table on the page says what it is given and nothing else.

Goal: whatever a record's id holds is shown as text, never as markup; bars and meters are drawn to
scale, above the limit too. Method: cells with markup, missing values and shares over the whole are
rendered and read back.
"""

from __future__ import annotations

from decimal import Decimal

from reports.tables import Cell, Column, Meter, defined, table

EVIL = '<img src=x onerror="alert(1)">&"'


def one(cell: Cell, column: Column | None = None) -> str:
    return table("caption", [Column("Pool"), column or Column("n")], [[Cell("a"), cell]])


def test_every_text_of_a_table_is_escaped() -> None:
    html = table(
        EVIL,
        [Column(EVIL, EVIL, EVIL), Column("n")],
        [[Cell(EVIL, EVIL, EVIL), Cell("1", bars=[1], bars_title=EVIL)]],
    )
    assert "<img" not in html
    assert html.count("&lt;img") == 11


def test_the_first_cell_of_a_row_is_its_heading() -> None:
    html = one(Cell("1"))
    assert html.count('<th scope="row"') == 1
    assert html.count('<th scope="col"') == 2
    assert "<caption>caption</caption>" in html


def test_a_heading_carries_the_definition_of_its_figure() -> None:
    html = one(Cell("1"), defined("failure_utilization", "Failure", "of requests"))
    assert 'title="Failure utilization = failed_quote_attempts / quote_requests.' in html


def test_bars_are_to_scale_and_a_missing_one_is_a_gap() -> None:
    html = one(Cell("1", bars=[0, 5, None, 10]))
    assert "height:0.00%" in html
    assert "height:50.00%" in html
    assert "height:100.00%" in html
    assert html.count("pu-gap") == 1


def test_bars_of_nothing_but_zeros_stay_on_the_ground() -> None:
    assert one(Cell("0", bars=[0, 0])).count("height:0.00%") == 2


def test_a_meter_above_its_limit_is_drawn_beyond_the_mark_and_marked() -> None:
    html = one(Cell("", meter=Meter(Decimal("1.5"), Decimal(2), Decimal("1.6"))))
    assert "width:75.00%" in html
    assert '"pu-mark" style="left:50.00%"' in html
    assert '"pu-peak" style="left:80.00%"' in html
    assert "pu-over" in html


def test_a_meter_at_its_limit_is_not_over_it() -> None:
    assert "pu-over" not in one(Cell("", meter=Meter(Decimal(1), Decimal("1.1"))))
