"""A story in words, for every form it is shown in, and as one JSON object for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from pipelines.story import Story, StoryRecord, TradeEnd
from pipelines.support import focus
from pipelines.windows import format_instant
from reports import books_words, story_words
from reports.export import json_line
from reports.format import exact, exact_moment

YES, NO = "yes", "no"
SUMMARIES = {
    "quotes": "{quote_type} {fiat_amount} {fiat_currency} {available} {unavailable_reason}"
    " {http_status} {error_code}",
    "trades": "{status} {fiat_amount} {fiat_currency}",
    "ledger": "{reason} {delta} {currency}",
    "errors": "{operation} {http_status} {error_code}",
    "orders": "{status} {product_area}",
    "webhooks": "{event_type} attempt {attempt} {outcome}",
    "tickets": "{ticket_type} {severity} {ticket_id} {closed_at}",
}
"""By kind: the fields that say the most, those without a value left out."""

IDS = frozenset(
    {
        "request_id",
        "quote_id",
        "transact_id",
        "partner_reference",
        "entry_id",
        "ref",
        "event_id",
        "ticket_id",
    }
)
"""The ids of a record, shown beside what it says."""


def story_json(story: Story) -> str:
    """The story as one JSON object on one line; money in decimal strings, times in UTC."""
    title, sentence = headline(story)
    return json_line(
        {
            "partner_id": story.partner_id,
            "environment": story.environment,
            "as_of": format_instant(story.as_of),
            "id": story.id,
            "found_as": story.found_as,
            "state": story.state,
            "title": title,
            "wording": sentence,
            "quotes": [_plain(asdict(quote)) for quote in story.quotes],
            "trades": [_plain(asdict(trade)) for trade in story.trades],
            "records": [
                {
                    "kind": record.kind,
                    "at": format_instant(record.at),
                    "match": record.match,
                    "marks": record.marks,
                    **_plain(record.fields),
                }
                for record in story.records
            ],
            "exceptions": [_plain(row) for row in story.exceptions],
            "differences": [_plain(asdict(difference)) for difference in story.differences],
            "missing": [
                {**_plain(asdict(item)), "says": story_words.MISSING[item.what]}
                for item in story.missing
            ],
            "support_packet": _plain(story.support_packet),
            "not_followed": [asdict(item) for item in story.not_followed],
            "is_truncated": story.is_truncated,
            "later_records": story.later_records,
        }
    )


def headline(story: Story) -> tuple[str, str]:
    """What the story's state is called, and the sentence the partner's user may read."""
    trade = focus(story.id, story.trades)
    codes = [q.error_code for q in story.quotes if q.outcome == story.state == "errored"]
    return story_words.state(
        story.state,
        is_overdue=trade is not None and trade.is_overdue,
        error_code=codes[-1] if codes else None,
    )


def summary(record: StoryRecord) -> str:
    """What one record says, in a few words of its own fields."""
    told = dict(details(record))
    if told.get("closed_at"):
        told["closed_at"] = story_words.CLOSED
    if told.get("available") == NO:
        told["available"] = story_words.STORY_UNAVAILABLE["http_status" in told]
    else:
        told.pop("available", None)
    parts = SUMMARIES[record.kind].format_map(_Blank(told))
    return " ".join(parts.split())


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def details(record: StoryRecord) -> list[tuple[str, str]]:
    """The record's own fields that have a value, as text, in the order its kind declares them."""
    return [(name, field_text(v)) for name, v in record.fields.items() if v is not None]


def field_text(value: Any) -> str:
    """A field's value for people; times in UTC."""
    if isinstance(value, datetime):
        return exact_moment(value)
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def trade_line(trade: TradeEnd) -> str:
    """The state of a trade in one line."""
    amount = f"{exact(trade.fiat_amount)} {trade.currency}"
    debit = story_words.MOVED["debited", trade.debited]
    parts = [f"{trade.status} since {exact_moment(trade.status_at)}", amount, debit]
    if trade.wants_refund or trade.refunded is not None:
        parts.append(story_words.MOVED["refunded", trade.refunded])
    return ", ".join(parts)


def notes(story: Story) -> Iterator[str]:
    """What a reader has to know of how far the story was followed."""
    if story.is_truncated:
        yield story_words.STORY_TRUNCATED
    for item in story.not_followed:
        yield f"{item.id}: {story_words.not_followed(item.role, item.kind, item.records)}"
    if story.later_records:
        yield story_words.left_later(story.later_records)


def lacking(story: Story) -> Iterator[str]:
    """Each missing thing: the id that lacks it, and what is missing, in words."""
    for item in story.missing:
        reach = story_words.reach(item.kind, exact_moment(item.reach))
        yield f"{item.id}: {story_words.MISSING[item.what]} {reach}"


def exception_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """An exception's state, kind, match, amount, time and ids, as text."""
    ids = (row["transact_id"], row["quote_id"], row["entry_id"], row["partner_reference"])
    amount = f"{field_text(row['amount'])} {row['currency'] or ''}".strip()
    return (
        row["state"],
        books_words.exception(row["kind"]),
        row["match"],
        amount,
        exact_moment(row["event_at"]),
        ", ".join(dict.fromkeys(one for one in ids if one)),
    )


def remarks(record: StoryRecord) -> list[str]:
    """What sets a record apart from the others: a weak match, an observation that does not fit."""
    weak = [story_words.WEAK] if record.match == "weak" else []
    return [*weak, *(story_words.MARKS[mark] for mark in record.marks)]


def difference_lines(story: Story) -> list[str]:
    """One line a field in which a version that was set aside differs from the kept one."""
    return [
        f"{story_words.STORY_KINDS[one.kind]} {exact_moment(one.at)}: {name} is"
        f" {field_text(kept) or 'empty'}, another version said {field_text(other) or 'nothing'}"
        for one in story.differences
        for name, (kept, other) in one.fields.items()
    ]


def packet_text(value: Any) -> str:
    """A value of the support packet for people."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {field_text(at)}" for name, at in value.items() if at is not None)
    return field_text(value)


def packet_json(story: Story) -> str:
    """The support packet alone, as JSON to copy."""
    return json_line(_plain(story.support_packet))


def _plain(value: Any) -> Any:
    """The same with money as decimal strings and times as text."""
    if isinstance(value, Mapping):
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(child) for child in value]
    if isinstance(value, datetime):
        return format_instant(value)
    return exact(value) if isinstance(value, Decimal) else value
