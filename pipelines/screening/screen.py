"""Screen one file: good records into a table, part by part; the others to the caller, with why.

Lines and cells are checked as whole columns. What does not fit, and every record of a kind that no
pattern decides, goes to the models one by one, which either take it or say exactly what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from pipelines.contracts import (
    UnreadableRecordError,
    field_table,
    judge,
    keepable,
    parse_object,
)
from pipelines.contracts.private import secret_in
from pipelines.screening.columns import ROW_BY_ROW
from pipelines.screening.staging import add_judged
from pipelines.settings import Settings
from pipelines.sources.discovery import SourceFile
from pipelines.sources.refusals import Refusal

JUDGED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class SetAside:
    """One record that is not loaded: where it stood, why, and what of it may be kept."""

    line_number: int
    disposition: Literal["quarantined", "refused"]
    rule: str
    reason: str
    partner_id: str | None = None
    environment: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sink:
    """Where the screen reports what it does not load."""

    aside: Callable[[SetAside], None]
    progress: Callable[[int], None]
    dropped: Counter[str] = field(default_factory=Counter)
    """Names of undeclared fields, and how many records carried each."""


class Judge:
    """Takes raw records one by one: good ones to the table, the others to the sink."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: SourceFile,
        settings: Settings,
        sink: Sink,
    ) -> None:
        self._connection = connection
        self._kind = file.kind
        self._text_cells = file.format == "csv"
        self._codes = settings.codes
        self._sink = sink
        self._numbers: list[int] = []
        self._records: list[dict[str, Any]] = []

    def line(self, number: int, line: str) -> None:
        """Judge one line of JSON; a blank one is no record."""
        if not line.strip():
            return
        try:
            raw = parse_object(line)
        except UnreadableRecordError as error:
            reason = f"{error.reason}; send one strict JSON object a line"
            self._sink.aside(SetAside(number, "refused", "unreadable", reason))
            return
        self.row(number, raw)

    def row(self, number: int, raw: dict[str, Any]) -> None:
        """Judge one raw record."""
        verdict = judge(self._kind, raw, text_cells=self._text_cells, codes=self._codes)
        if verdict.private is not None:
            self._sink.aside(self._refused(number, raw, verdict.private))
            return
        self._sink.dropped.update(verdict.unknown_fields)
        if verdict.record is None:
            faults = "; ".join(str(fault) for fault in verdict.faults)
            rules = ",".join(dict.fromkeys(fault.rule for fault in verdict.faults))
            self._sink.aside(self._quarantined(number, raw, rules, faults))
            return
        self._numbers.append(number)
        self._records.append(verdict.record)
        if len(self._records) >= JUDGED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Put what was accepted so far into the table."""
        add_judged(self._connection, self._kind, self._numbers, self._records)
        self._numbers, self._records = [], []

    def _refused(self, number: int, raw: dict[str, Any], word: str) -> SetAside:
        reason = f"carries a private field or value ({word}); remove it at the source"
        return SetAside(number, "refused", "private", reason, *self._owner(raw))

    def _quarantined(self, number: int, raw: dict[str, Any], rules: str, faults: str) -> SetAside:
        kept = keepable(self._kind, raw, text_cells=self._text_cells, codes=self._codes)
        partner_id, environment = self._owner(raw)
        return SetAside(number, "quarantined", rules, faults, partner_id, environment, *kept)

    def _owner(self, raw: dict[str, Any]) -> tuple[str | None, str | None]:
        """The partner and environment of a record whose own two fields are right."""
        owner: list[str | None] = []
        for spec in field_table(self._kind)[:2]:
            value = next((raw[name] for name in (spec.name, *spec.aliases) if name in raw), None)
            try:
                word = str(spec.validator.validate_python(value))
            except ValueError:
                owner.append(None)
            else:
                owner.append(None if secret_in(word) else word)
        return owner[0], owner[1]


def is_row_by_row(kind: str, settings: Settings) -> bool:
    """Whether every record of `kind` goes to the models one by one."""
    specs = field_table(kind)
    if settings.codes and any(spec.name == "error_code" for spec in specs):
        return True
    return any(spec.shape.tag in ROW_BY_ROW for spec in specs)


def report_refusals(refusals: list[Refusal], sink: Sink) -> None:
    """Hand over what the reader could not read, and empty the list."""
    for refusal in refusals:
        sink.aside(SetAside(refusal.line_number, "refused", refusal.rule, refusal.reason))
    refusals.clear()
