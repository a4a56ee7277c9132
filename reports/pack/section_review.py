"""The first sections: the scorecard with its notes, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from pipelines.pack.contributions import contributions
from pipelines.review.changes import Change
from reports import format as text
from reports import tables
from reports.pack import words
from reports.pack.blocks import Block, Cell, Column, Heading, Paragraph, Section, Table
from reports.pack.section_settled import settled_change
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed
from reports.review import items_file, scorecard_rows
from reports.review_pools import pools_file
from reports.review_words import (
    COUNTED,
    ITEMS,
    NOT_COMPARED,
    TRENDS,
)

_DECIMAL = pa.decimal128(38, 6)
_INSTANT = pa.timestamp("us", tz="UTC")
_WEEKS = pa.schema(
    [
        ("item", pa.string()),
        ("measure", pa.string()),
        ("week_start", _INSTANT),
        ("week_end", _INSTANT),
        ("value", _DECIMAL),
        ("state", pa.string()),
    ]
)
_NOTES = pa.schema(
    [("item", pa.string()), ("note", pa.string()), ("author", pa.string()), ("at", _INSTANT)]
)


def scorecard(told: Telling) -> Section:
    """The seven items, what was noted on them, and by which rules they are judged."""
    review = told.figures.review
    blocks: list[Block] = []
    if not review.current.is_whole:
        begins = text.moment(told.figures.scope.first_event, told.zone)
        blocks.append(Paragraph(f"{words.NOT_KNOWN_WHOLE} They begin on {begins}.", "warning"))
    columns = [
        Column("Item", weight=1.15),
        Column("State", weight=1.0),
        Column("This period", text.span(review.current.window, told.zone), weight=1.7),
        Column("Span before", text.span(review.before.window, told.zone), weight=1.7),
        Column("13 weeks", "each complete", weight=0.9),
        Column("In this state since", "judged by the week", weight=1.4),
    ]
    rows = [[_cell(cell) for cell in row] for row in scorecard_rows(review)]
    blocks += [
        Table("scorecard", "The seven review items", columns, rows, items_file(review)),
        _notes(told),
    ]
    return Section("scorecard", words.SECTIONS["scorecard"], blocks)


def _cell(cell: tables.Cell) -> Cell:
    return Cell(cell.text, cell.under, cell.bars, cell.bars_title)


def _notes(told: Telling) -> Table:
    scope = told.figures.scope
    notes = told.figures.journal.notes_of(scope.program_id, scope.name)
    lines = [
        {"item": note.item, "note": note.text, "author": note.author, "at": note.at}
        for note in notes
    ]
    called = {name: title for name, (title, _) in ITEMS.items()} | {"review": "The review"}
    shown = [
        Shown("item", "Item", weight=1.0, words=called),
        Shown("note", "Note", weight=3.4),
        Shown("author", "By", weight=0.8),
        Shown("at", "On", "moment", weight=1.1),
    ]
    data = pa.Table.from_pylist(lines, _NOTES)
    return printed(
        "notes", "Notes on the items", shown, data, zone=told.zone, empty=words.NOTES_EMPTY
    )


def weeks_data(told: Telling) -> pa.Table:
    """The 13 weeks of every item, typed."""
    lines = [
        {
            "item": item.name,
            "measure": TRENDS[item.name],
            "week_start": week.window.start,
            "week_end": week.window.end,
            "value": week.height,
            "state": week.verdict.state,
        }
        for item in told.figures.review.items
        for week in item.weeks
    ]
    return pa.Table.from_pylist(lines, _WEEKS)


def changed(told: Telling) -> Section:
    """The counts that changed, beyond chance first, and each pool's part in them."""
    review = told.figures.review
    if not (review.current.is_whole and review.before.is_whole):
        blocks: list[Block] = [Paragraph(NOT_COMPARED)]
    else:
        blocks = [
            *settled_change(told),
            Heading("Counts"),
            Paragraph(words.CHANGES_RANKED, "note"),
            _beyond(told),
            _contributed(told),
        ]
    pools = pools_file(review)
    blocks += [Heading("Each pool"), _pools(told, pools)]
    return Section("changed", words.SECTIONS["changed"], blocks)


_SIDES = (
    Shown("difference", "Difference", "signed"),
    Shown("this_period", "This period", "count"),
    Shown("span_before", "Span before", "count"),
)
_CHANGES = pa.schema(
    [
        ("figure", pa.string()),
        ("pool_id", pa.string()),
        ("difference", pa.int64()),
        ("this_period", pa.int64()),
        ("span_before", pa.int64()),
    ]
)


def _beyond(told: Telling) -> Table:
    shown = [
        Shown("figure", "Count", weight=1.6, words=COUNTED),
        Shown("pool_id", "Pool", weight=1.4),
        *_SIDES,
    ]
    return printed(
        "changes",
        "Changes beyond chance, the furthest first",
        shown,
        _changes_data(told.figures.review.changes),
        zone=told.zone,
        empty="No count of a pool changed beyond chance.",
    )


def _contributed(told: Telling) -> Table:
    """A row for each count with its pools' parts in words; behind it, a row for each part."""
    review = told.figures.review
    found = contributions(review.current, review.before)
    parts: dict[str, list[str]] = {}
    for one in found:
        parts.setdefault(one.figure, []).append(f"{one.pool_id} {text.signed(one.difference)}")
    lines = [
        {
            "figure": figure,
            "this_period": review.current.total(figure),
            "span_before": review.before.total(figure),
            "difference": review.current.total(figure) - review.before.total(figure),
            "pools": " \N{MIDDLE DOT} ".join(said),
        }
        for figure, said in parts.items()
    ]
    shown = [
        Shown("figure", "Count", weight=1.5, words=COUNTED),
        *_SIDES,
        Shown("pools", "From each pool", weight=3.6),
    ]
    names = ["figure", *(one.name for one in _SIDES), "pools"]
    summary = printed(
        "contributions",
        words.CONTRIBUTED,
        shown,
        pa.table({name: [line[name] for line in lines] for name in names}),
        zone=told.zone,
        empty=words.NO_CONTRIBUTION,
    )
    return replace(summary, data=_changes_data(found))


def _changes_data(changes: Sequence[Change]) -> pa.Table:
    lines = [
        {
            "figure": one.figure,
            "pool_id": one.pool_id,
            "difference": one.difference,
            "this_period": one.current,
            "span_before": one.before,
        }
        for one in changes
    ]
    return pa.Table.from_pylist(lines, _CHANGES)


def _pools(told: Telling, data: pa.Table) -> Table:
    shown = [
        Shown("pool_id", "Pool", weight=1.4),
        Shown("span", "Span", weight=1.1, words={"this_period": "This", "span_before": "Before"}),
        Shown("quote_requests", "Requests", "count"),
        Shown("unavailable_quotes", "Unavailable", "count"),
        Shown("limit_errors", "Limit errors", "count"),
        Shown("left_trades", "Left reserved", "count"),
        Shown("settled_trades", "Settled", "count"),
        Shown("failed_trades", "Failed", "count"),
        Shown("released_trades", "Released", "count"),
        Shown("returned_trades", "Returned", "count"),
    ]
    return printed("pools", "Counts of each pool in both spans", shown, data, zone=told.zone)
