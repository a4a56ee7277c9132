"""Judge one raw record: accepted, faulty, or private."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from pipelines.contracts.cells import from_cell
from pipelines.contracts.faults import MISSING, SPELLINGS_DIFFER, Fault, describe
from pipelines.contracts.fields import Shape
from pipelines.contracts.private import find_private, secret_in
from pipelines.contracts.records import MODELS, FieldSpec, field_table

NO_CODES: Mapping[str, str] = MappingProxyType({})

UNPRINTABLE_NAME = "(unprintable name)"
_PRINTABLE_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one record: exactly one of `record`, `faults` and `private` is set."""

    record: dict[str, Any] | None = None
    """Accepted: every field of the kind in stored order, as Decimal, aware UTC datetime, int,
    bool, str, list of str, or None."""

    faults: tuple[Fault, ...] = ()
    """Faulty: everything that is wrong with it, field by field, then between fields."""

    private: str | None = None
    """Refused as a whole: the rule of the private list it broke. Nothing of it may be kept."""

    unknown_fields: tuple[str, ...] = ()
    """Names of the fields that no kind has and that were dropped; unsafe names are replaced."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the names of one record map onto the fields of its kind."""

    renames: tuple[tuple[str, str], ...]
    """(name in the record, field), one for each field that the record spells once."""

    contested: tuple[tuple[str, tuple[str, ...]], ...]
    """(field, its names in the record) for each field that the record spells more than once."""

    unknown: tuple[str, ...]
    """Names of no field, safe to show."""


def judge(
    kind: str,
    raw: dict[str, Any],
    *,
    text_cells: bool = False,
    codes: Mapping[str, str] = NO_CODES,
) -> Verdict:
    """Judge one raw record of `kind`; never raises for what the record holds.

    `text_cells`: the record is a row of a CSV file. `codes`: a partner's own error codes, to the
    known ones.
    """
    private = find_private(raw)
    if private is not None:
        return Verdict(private=private)
    plan = plan_of(kind, tuple(raw))
    values, contested = take(kind, raw, plan, text_cells=text_cells, codes=codes)
    if not contested:
        try:
            model = MODELS[kind].__pydantic_validator__.validate_python(values)
        except ValidationError:
            pass
        else:
            return Verdict(record=model.__dict__, unknown_fields=plan.unknown)
    return Verdict(faults=tuple(_faults(kind, values, contested)), unknown_fields=plan.unknown)


@lru_cache(maxsize=256)
def plan_of(kind: str, names: tuple[str, ...]) -> Plan:
    """The plan for records of `kind` with exactly these names."""
    fields = _fields_by_name(kind)
    spelled: dict[str, list[str]] = {}
    for name in names:
        if name in fields:
            spelled.setdefault(fields[name], []).append(name)
    return Plan(
        renames=tuple((given[0], field) for field, given in spelled.items() if len(given) == 1),
        contested=tuple((field, tuple(given)) for field, given in spelled.items() if given[1:]),
        unknown=tuple(sorted({_shown(name) for name in names if name not in fields})),
    )


@cache
def _fields_by_name(kind: str) -> dict[str, str]:
    return {name: spec.name for spec in field_table(kind) for name in (spec.name, *spec.aliases)}


def _shown(name: str) -> str:
    if _PRINTABLE_NAME.fullmatch(name) and secret_in(name) is None:
        return name
    return UNPRINTABLE_NAME


def take(
    kind: str,
    raw: dict[str, Any],
    plan: Plan,
    *,
    text_cells: bool,
    codes: Mapping[str, str],
) -> tuple[dict[str, Any], set[str]]:
    """The record's values under their fields' own names, and the fields spelled in two ways.

    Two spellings of a field are fine where they say the same; a null says nothing. A field whose
    spellings contradict each other has no value.
    """
    values = {field: raw[name] for name, field in plan.renames}
    differing: set[str] = set()
    for field, names in plan.contested:
        said = [raw[name] for name in names if not _is_silent(raw[name], text_cells=text_cells)]
        if all(_is_same(said[0], other) for other in said[1:]):
            values[field] = said[0] if said else None
        else:
            differing.add(field)
    if text_cells:
        shapes = _shapes(kind)
        values = {field: from_cell(shapes[field], cell) for field, cell in values.items()}
    code = values.get("error_code")
    if codes and isinstance(code, str):
        values["error_code"] = codes.get(code, code)
    return values, differing


@cache
def _shapes(kind: str) -> dict[str, Shape]:
    return {spec.name: spec.shape for spec in field_table(kind)}


def _is_silent(value: object, *, text_cells: bool) -> bool:
    return value is None or (text_cells and value == "")


def _is_same(one: object, other: object) -> bool:
    """Equality that tells 1 from true and from 1.0."""
    return type(one) is type(other) and one == other


def _faults(kind: str, values: Mapping[str, Any], differing: set[str]) -> Iterator[Fault]:
    """Everything wrong with a record, field by field, then between fields."""
    readable: dict[str, Any] = {}
    for spec in field_table(kind):
        fault = _fault(spec, values, differing, readable)
        if fault is not None:
            yield fault
    for rule in MODELS[kind].rules:
        if rule.broken(readable):
            yield Fault(rule.field, rule.name, rule.found, rule.expected)


def _fault(
    spec: FieldSpec, values: Mapping[str, Any], differing: set[str], readable: dict[str, Any]
) -> Fault | None:
    """What is wrong with one field; a field that is right goes to `readable`."""
    if spec.name in differing:
        found = "two spellings of it with different values"
        return Fault(spec.name, SPELLINGS_DIFFER, found, f"it once, as {spec.shape.expected}")
    value = values.get(spec.name)
    if value is None:
        if spec.nullable:
            return None
        found = "a null" if spec.name in values else "nothing"
        return Fault(spec.name, MISSING, found, spec.shape.expected)
    try:
        readable[spec.name] = spec.validator.validate_python(value)
    except ValidationError:
        found = describe(spec.name, spec.shape, value)
        return Fault(spec.name, spec.shape.tag, found, spec.shape.expected)
    return None
