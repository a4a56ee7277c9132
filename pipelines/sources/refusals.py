"""What a reader could not even hand over as a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One place in a file that yields no record: its line, the rule and a value-free reason."""

    line_number: int
    rule: str
    reason: str
