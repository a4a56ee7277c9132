"""A story as one page in one file: nothing is fetched, everything from a record is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from pipelines.story import Story, StoryRecord
from reports import story_words
from reports.evidence import (
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

STYLE = Path(__file__).parent / "static" / "evidence.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def story_page(story: Story) -> str:
    """The page as HTML, light or dark as the reader's system is."""
    title, sentence = headline(story)
    found = ", ".join(story_words.FOUND_AS[role] for role in story.found_as)
    parts = [
        f'<p class="soft">Evidence of {escape(found)}</p>',
        f'<h1><span class="id">{escape(story.id)}</span></h1>',
        f'<p class="soft">{escape(story.environment)} / {escape(story.partner_id)}, as of'
        f" {exact_moment(story.as_of)} UTC. All times are UTC.</p>",
        f'<div class="said"><strong>{escape(title)}</strong><br><span class="soft">'
        f"{escape(story_words.FOR_THE_USER)}:</span> {escape(sentence)}</div>",
        *_section("State", _items(_states(story))),
        *_section("Missing", _items(lacking(story))),
        *_section("Exceptions", _exceptions(story)),
        *_section("Records in time order", _records(story)),
        *_section("Versions set aside", _items(difference_lines(story))),
        *_section("Notes", _items(notes(story))),
        *_section("Support packet", _packet(story)),
    ]
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(story.id)}: {escape(title)}</title>",
            f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n<main>",
            *parts,
            "</main>\n</body>\n</html>\n",
        ]
    )


def _section(title: str, body: str) -> Iterator[str]:
    if body:
        yield f"<section>\n<h2>{escape(title)}</h2>\n{body}\n</section>"


def _items(lines: Iterable[str]) -> str:
    items = "\n".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>\n{items}\n</ul>" if items else ""


def _states(story: Story) -> Iterator[str]:
    for trade in story.trades:
        yield f"Trade {trade.transact_id}: {trade_line(trade)}"
    for quote in story.quotes:
        yield f"Quote {quote.quote_id or quote.request_id}: {quote.outcome}"


def _exceptions(story: Story) -> str:
    if not story.exceptions:
        return ""
    heads = ("State", "Kind", "Match", "Amount", "Event time", "Ids")
    rows = [exception_cells(row) for row in story.exceptions]
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return _table("exceptions", heads, body)


def _records(story: Story) -> str:
    body = "\n".join(map(_record, story.records))
    return _table("records", ("Time", "Kind", "What it says"), body)


def _table(name: str, heads: Iterable[str], body: str) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return (
        f'<div class="scroll"><table class="{name}">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _record(record: StoryRecord) -> str:
    marks = "".join(f'<div class="mark">{escape(text)}</div>' for text in remarks(record))
    fields = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in details(record)
    )
    return (
        f'<tr><td class="at">{exact_moment(record.at)}</td>'
        f"<td>{escape(story_words.STORY_KINDS[record.kind])}</td>"
        f"<td><strong>{escape(summary(record))}</strong>{marks}<dl>{fields}</dl></td></tr>"
    )


def _packet(story: Story) -> str:
    text = json.dumps(json.loads(packet_json(story)), indent=2)
    return f'<p class="soft">{escape(story_words.SUPPORT_PACKET)}</p>\n<pre>{escape(text)}</pre>'
