"""What the figures rest on, what changed since the last review, and what every figure means."""

from __future__ import annotations

from dataclasses import asdict, replace

import pyarrow as pa

from pipelines.metrics.catalog import FIGURES, load_catalog
from pipelines.pack.sources import sources_table
from reports import format as text
from reports.pack import words
from reports.pack.blocks import Block, Heading, Paragraph, Section, Table
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed
from reports.review_words import BEYOND_CHANCE, ITEMS, rules
from reports.wording import HOW_TO_READ, IS_NOT, KINDS

_OFFERED = {
    "offered": "Offered",
    "loaded": "Loaded",
    "duplicate": "Repeats",
    "quarantined": "Set aside",
    "refused": "Refused",
}


def quality(told: Telling) -> Section:
    """Records of each kind, gaps, what was set aside, and what changed since the last review."""
    blocks: list[Block] = [
        _coverage(told),
        Paragraph(words.COVERAGE_ARE, "note"),
        _offered(told),
        Heading("Restated since the review before"),
        *_restated(told),
        _sources(told),
    ]
    return Section("quality", words.SECTIONS["quality"], blocks)


def _coverage(told: Telling) -> Table:
    """Each kind's days in the period: with records, without, and how many came late."""
    data = told.figures.quality.coverage
    counted: dict[str, dict[str, int]] = {}
    for row in data.to_pylist():
        line = counted.setdefault(row["kind"], dict.fromkeys(_DAYS, 0))
        line["records"] += row["records"] or 0
        line["late"] += row["late_records"] or 0
        line["days"] += row["state"] == "records"
        line["gaps"] += row["state"] == "gap"
        line["outside"] += row["state"] == "outside"
    lines = [{"kind": kind, **line} for kind, line in counted.items()]
    shown = [
        Shown("kind", "Records", weight=1.4, words=KINDS),
        *(Shown(name, title, "count") for name, title in _DAYS.items()),
    ]
    schema = pa.schema([("kind", pa.string()), *((name, pa.int64()) for name in _DAYS)])
    table = pa.Table.from_pylist(lines, schema)
    summary = printed("coverage", "Records of the period's days", shown, table, zone=told.zone)
    return replace(summary, data=data)


_DAYS = {
    "records": "Records",
    "late": "Of them late",
    "days": "Days with records",
    "gaps": "Gaps, days",
    "outside": "Days before or after all",
}


def _offered(told: Telling) -> Table:
    lines = [
        {"kind": kind, **asdict(counts)}
        for kind, counts in told.figures.quality.lineage.offered.items()
    ]
    schema = pa.schema([("kind", pa.string()), *((name, pa.int64()) for name in _OFFERED)])
    shown = [
        Shown("kind", "Records", weight=1.4, words=KINDS),
        *(Shown(name, title, "count") for name, title in _OFFERED.items()),
    ]
    return printed(
        "offered",
        "What became of every record offered, up to the last source batch",
        shown,
        pa.Table.from_pylist(lines, schema),
        zone=told.zone,
    )


def _restated(told: Telling) -> list[Block]:
    frozen, restated = told.figures.quality.frozen_before, told.figures.quality.restated
    if frozen is None or restated is None:
        return [Paragraph(words.RESTATED_UNKNOWN, "note")]
    lines = [
        {"batch": one.batch, "kind": one.kind, "day": day, "records": records}
        for one in restated
        for day, records in one.days
    ]
    schema = pa.schema(
        [
            ("batch", pa.string()),
            ("kind", pa.string()),
            ("day", pa.date32()),
            ("records", pa.int64()),
        ]
    )
    shown = [
        Shown("kind", "Records", words=KINDS),
        Shown("day", "Day", "day"),
        Shown("records", "Added", "count"),
        Shown("batch", "Batch", weight=1.6),
    ]
    return [
        Paragraph(f"{words.RESTATED_ARE} It was of {frozen.period}.", "note"),
        printed(
            "restated",
            "Days with records added since",
            shown,
            pa.Table.from_pylist(lines, schema),
            zone=told.zone,
            empty=words.RESTATED_EMPTY,
            most=40,
        ),
    ]


def _sources(told: Telling) -> Table:
    """The batches by kind; behind it, every batch."""
    shown = [
        Shown("kind", "Records", weight=1.4, words=KINDS),
        Shown("batches", "Batches", "count"),
        Shown("records", "Records", "count"),
        Shown("first_day", "First day", "day"),
        Shown("last_day", "Last day", "day"),
    ]
    data = sources_table(told.figures.quality.lineage.sources)
    counts = [("sha256", "count"), ("records", "sum"), ("first_day", "min"), ("last_day", "max")]
    by_kind = (
        data.group_by("kind", use_threads=False).aggregate(counts).sort_by("kind")
    ).rename_columns(["kind", "batches", "records", "first_day", "last_day"])
    summary = printed(
        "sources",
        "Batches behind this pack",
        shown,
        by_kind,
        zone=told.zone,
        note=words.SOURCES_ARE,
    )
    return replace(summary, data=data)


def _rules(told: Telling) -> Table:
    said = rules(told.figures.review.asked.bounds)
    data = pa.table(
        {"item": [ITEMS[name][0] for name in ITEMS], "rule": [said[name] for name in ITEMS]}
    )
    shown = [Shown("item", "Item", weight=1), Shown("rule", "Rule", weight=4.5)]
    return printed("rules", words.RULES, shown, data, zone=told.zone)


def definitions(told: Telling, version: str) -> Section:
    """What utilization is not, the versions, and each figure of this pack with its formula."""
    scope = told.figures.scope
    catalog = load_catalog()
    data = pa.table(
        {
            "figure": list(FIGURES),
            "title": [catalog[name].title for name in FIGURES],
            "formula": [catalog[name].formula for name in FIGURES],
            "unit": [catalog[name].unit for name in FIGURES],
            "null_rule": [catalog[name].null_rule for name in FIGURES],
            "is_not": [catalog[name].is_not for name in FIGURES],
        }
    )
    shown = [
        Shown("title", "Figure", weight=1.35),
        Shown("formula", "Formula", weight=3.5),
        Shown("unit", "Unit", weight=0.75),
        Shown("is_not", "Is not", weight=2.6),
    ]
    blocks: list[Block] = [
        Paragraph(IS_NOT, "warning"),
        Paragraph(HOW_TO_READ),
        Paragraph(
            f"Definitions {told.figures.definitions}, product version {version}. Times are by the"
            f" clock of {text.zone_of(scope.window, scope.zone)}; in files they are UTC."
            " Windows begin with their start and end before their end."
        ),
        _rules(told),
        Paragraph(BEYOND_CHANCE, "note"),
        printed(
            "definitions",
            "Figures of this product",
            shown,
            data,
            zone=told.zone,
            note=words.LETTERS,
        ),
    ]
    return Section("definitions", words.SECTIONS["definitions"], blocks)
