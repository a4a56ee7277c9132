"""A story as text: folded and coloured on a terminal, plain anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.story import Story
from reports import story_words
from reports.evidence import (
    IDS,
    details,
    difference_lines,
    exception_cells,
    headline,
    lacking,
    notes,
    packet_text,
    remarks,
    summary,
    trade_line,
)
from reports.format import exact_moment

PLAIN_WIDTH = 180
"""Columns of the text where it does not go to a terminal."""


def write_text(story: Story, file: TextIO) -> None:
    """Write the story for people: with colours and folded on a terminal, plain anywhere else."""
    console = Console(file=file, highlight=False, emoji=False, markup=False)
    if console.is_terminal:
        console.print(Group(*_parts(story)))
        return
    console.width = PLAIN_WIDTH
    with console.capture() as captured:
        console.print(Group(*_parts(story)))
    file.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _parts(story: Story) -> Iterator[RenderableType]:
    title, sentence = headline(story)
    found = ", ".join(story_words.FOUND_AS[role] for role in story.found_as)
    yield Text(f"{found} {story.id}", "bold")
    yield Text(f"{story.environment}/{story.partner_id}, as of {exact_moment(story.as_of)} UTC")
    yield Text()
    yield Text(title, "bold")
    yield Text(f"{story_words.FOR_THE_USER}: {sentence}")
    for trade in story.trades:
        yield Text(f"trade {trade.transact_id}: {trade_line(trade)}")
    for quote in story.quotes:
        yield Text(f"quote {quote.quote_id or quote.request_id}: {quote.outcome}")
    yield from _section("Missing", [Text(line) for line in lacking(story)])
    cells = [exception_cells(row) for row in story.exceptions]
    yield from _section("Exceptions", [_grid(cells)] if cells else [])
    yield from _section("Records (times are UTC)", [_timeline(story)])
    yield from _section("Set aside", [Text(line) for line in difference_lines(story)])
    yield from _section("Notes", [Text(line) for line in notes(story)])
    packet = [(name, packet_text(value)) for name, value in story.support_packet.items()]
    yield from _section("Support packet", [_grid([row for row in packet if row[1]])])


def _section(title: str, parts: Sequence[RenderableType]) -> Iterator[RenderableType]:
    if parts:
        yield Text(f"\n{title}", "bold")
        yield from parts


def _grid(rows: list[tuple[str, ...]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        grid.add_row(*(Text(cell, overflow="fold") for cell in row))
    return grid


def _timeline(story: Story) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for column in ("at", "kind", "says"):
        grid.add_column(column, no_wrap=column != "says")
    grid.add_column("ids", overflow="fold")
    for record in story.records:
        said = [Text(summary(record)), *(Text(line, "yellow") for line in remarks(record))]
        named = [f"{name}={text}" for name, text in details(record) if name in IDS]
        grid.add_row(
            exact_moment(record.at),
            story_words.STORY_KINDS[record.kind],
            Text("\n").join(said),
            Text(" ".join(named), "dim", overflow="fold"),
        )
    return grid
