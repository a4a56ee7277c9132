"""A story as the dashboard shows it: its state, what is missing, and its records in time order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape

import pyarrow as pa

from pipelines.contracts.fields import ID_PATTERN
from pipelines.story import Story, StoryRecord
from reports import story_words
from reports.evidence import (
    IDS,
    details,
    difference_lines,
    exception_cells,
    headline,
    lacking,
    notes,
    packet_json,
    remarks,
    summary,
    trade_line,
)
from reports.format import exact_moment
from reports.tables import Cell, Column, table


def is_id(asked: str) -> bool:
    """Whether a record could carry this as an id."""
    return re.fullmatch(ID_PATTERN, asked) is not None


def said(story: Story) -> str:
    """What was found, its state, and the words for the partner's user."""
    title, sentence = headline(story)
    found = ", ".join(story_words.FOUND_AS[role] for role in story.found_as)
    lines = [
        *(f"Trade {one.transact_id}: {trade_line(one)}" for one in story.trades),
        *(f"Quote {one.quote_id or one.request_id}: {one.outcome}" for one in story.quotes),
    ]
    return (
        f'<p><span class="pu-soft">{escape(found.capitalize())}</span> '
        f'<strong class="pu-id">{escape(story.id)}</strong>, as of'
        f" {exact_moment(story.as_of)} UTC</p>"
        f'<div class="pu-said"><strong>{escape(title)}</strong><br>'
        f'<span class="pu-soft">{escape(story_words.FOR_THE_USER)}:</span> {escape(sentence)}</div>'
        f"{_list(lines)}"
    )


def missing(story: Story) -> str:
    """What is not there by now and should be; empty where nothing is."""
    return _list(lacking(story))


def remaining(story: Story) -> str:
    """Versions that were set aside, and how far the story was followed."""
    return _list([*difference_lines(story), *notes(story)])


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="pu-lines">{items}</ul>' if items else ""


def exceptions(story: Story) -> str:
    """What does not tie out about it."""
    columns = [
        Column("Kind", "", is_text=True),
        Column("State", "", is_text=True),
        Column("Match", "", is_text=True),
        Column("Amount"),
        Column("Event time", "UTC"),
        Column("Ids", "", is_text=True),
    ]
    rows = []
    for one in story.exceptions:
        state, kind, match, *rest = exception_cells(one)
        rows.append([Cell(kind), Cell(state), Cell(match), *map(Cell, rest)])
    return table("Exceptions of this story", columns, rows)


def records(story: Story) -> str:
    """The records in the order of time, weak links and misfits labelled."""
    columns = [
        Column("Time", "UTC", is_text=True),
        Column("Record", "", is_text=True),
        Column("What it says", "", is_text=True),
        Column("Ids", "", is_text=True),
    ]
    rows = [
        [
            Cell(exact_moment(record.at)),
            Cell(story_words.STORY_KINDS[record.kind]),
            Cell(summary(record), "; ".join(remarks(record)), is_flagged=bool(remarks(record))),
            Cell("", _ids(record)),
        ]
        for record in story.records
    ]
    return table("Records in time order", columns, rows)


def _ids(record: StoryRecord) -> str:
    return " · ".join(f"{name} {value}" for name, value in details(record) if name in IDS)


def every_field(story: Story) -> pa.Table:
    """Each field of each record as text, in the order of time; times are UTC."""
    rows = [
        {
            "time": exact_moment(record.at),
            "record": story_words.STORY_KINDS[record.kind],
            "match": record.match,
            "field": name,
            "value": value,
        }
        for record in story.records
        for name, value in details(record)
    ]
    return pa.Table.from_pylist(rows)


def packet(story: Story) -> str:
    """The support packet as JSON that people can read."""
    return json.dumps(json.loads(packet_json(story)), indent=2)


def file_name(story: Story, ending: str) -> str:
    """`evidence-qt_1a2b.json`; what does not belong into a file's name is a dash."""
    return f"evidence-{re.sub(r'[^A-Za-z0-9_]+', '-', story.id)}.{ending}"
