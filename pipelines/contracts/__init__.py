"""What may enter: one model per kind of record, its aliases, and the private list.

`judge` decides on one record, `field_table` describes a kind, `keepable` says what of a faulty
record quarantine may hold, `parse_object` reads a line of JSON strictly.
"""

from __future__ import annotations

from pipelines.contracts.faults import Fault
from pipelines.contracts.fields import Shape
from pipelines.contracts.judging import Verdict, judge
from pipelines.contracts.keeping import Kept, keepable
from pipelines.contracts.private import find_private, private_word
from pipelines.contracts.records import MODELS, FieldSpec, field_table
from pipelines.contracts.strict_json import UnreadableRecordError, parse_object

__all__ = [
    "MODELS",
    "Fault",
    "FieldSpec",
    "Kept",
    "Shape",
    "UnreadableRecordError",
    "Verdict",
    "field_table",
    "find_private",
    "judge",
    "keepable",
    "parse_object",
    "private_word",
]
