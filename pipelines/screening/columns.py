"""One field of a kind as SQL calls: how its raw value is checked and read, for lines and cells.

Nothing here comes from a record: names and patterns are the contracts' own, and the spelling of a
JSON member is bound as a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.contracts.fields import Shape, Tag
from pipelines.contracts.records import FieldSpec

Form = Literal["json", "text", "typed", "absent", "odd"]
"""How a raw value stands there: JSON text, the text of a cell, a typed cell, not at all, or in a
type that no value of the field may have."""

SQL_TYPES: dict[Tag, str] = {
    "money": "decimal(28, 8)",
    "rate": "decimal(38, 18)",
    "integer": "integer",
    "boolean": "boolean",
    "instant": "timestamp",
    "id_list": "varchar[]",
}
READERS: dict[Tag, str] = {
    "money": "read_money",
    "rate": "read_rate",
    "integer": "read_integer",
    "boolean": "read_boolean",
    "instant": "read_instant",
}
BARE_IN_JSON: frozenset[Tag] = frozenset({"integer", "boolean"})
ROW_BY_ROW: frozenset[Tag] = frozenset({"zone", "id_list"})
"""Shapes that no pattern decides; kinds that have one are small and go to the models whole."""


def sql_type(shape: Shape) -> str:
    """The column type a field of this shape is stored in."""
    return SQL_TYPES.get(shape.tag, "varchar")


@dataclass(frozen=True, slots=True)
class Column:
    """One field as it comes from one file."""

    field: FieldSpec
    form: Form

    @property
    def raw(self) -> str:
        """Name of the column that holds the value as it came."""
        return f"raw_{self.field.name}"

    @property
    def value(self) -> str:
        """Expression of the value, typed; null where the raw value is null or cannot be read."""
        shape = self.field.shape
        reader = READERS.get(shape.tag, "read_text")
        if self.form == "absent":
            return f"cast(null as {sql_type(shape)})"
        if self.form in ("typed", "odd"):
            return f"try_cast({self.raw} as {sql_type(shape)})"
        if self.form == "text":
            return f"{reader}({self.raw})"
        raw = f"given({self.raw})" if self.field.nullable else self.raw
        text = raw if shape.tag in BARE_IN_JSON else f"json_text({raw})"
        return f"{reader}({text})"

    def checks(self) -> list[str]:
        """Expressions that are all true where the value is right, and otherwise false or null."""
        if self.form == "absent":
            return [] if self.field.nullable else ["false"]
        if self.form == "odd":
            return [f"{self.raw} is null"] if self.field.nullable else ["false"]
        found = [] if self.form == "typed" else [self._pattern_check()]
        bounds = self._bounds()
        if bounds and self.field.nullable:
            found.append(f"({self._missing()} or {bounds})")
        elif bounds:
            found.append(bounds)
        elif self.form == "typed" and not self.field.nullable:
            found.append(f"{self.raw} is not null")
        return found

    def _missing(self) -> str:
        return f"not is_given({self.raw})" if self.form == "json" else f"{self.raw} is null"

    def _pattern_check(self) -> str:
        shape = self.field.shape
        words = shape.values or (("true", "false") if shape.tag == "boolean" else ())
        if words:
            known = [self._spelled(word) for word in words]
            check = f"{self.raw} in ({', '.join(map(_literal, [*known, *self._null()]))})"
        elif self.form == "json" and shape.tag == "id":
            # The line is known to be printable ASCII by then, so an id only has to lack spaces.
            check = " or ".join([f"is_json_id({self.raw})", *self._is_null()])
        else:
            pattern = "|".join([self._spelled(f"(?:{shape.pattern})"), *self._null()])
            check = f"fits({self.raw}, {_literal(pattern)})"
        return f"coalesce({check}, true)" if self.field.nullable else check

    def _spelled(self, text: str) -> str:
        """A text as the raw value has it: in quotes where it is a JSON string."""
        if self.form == "json" and self.field.shape.tag not in BARE_IN_JSON:
            return f'"{text}"'
        return text

    def _null(self) -> list[str]:
        return ["null"] if self.form == "json" and self.field.nullable else []

    def _is_null(self) -> list[str]:
        return [f"{self.raw} = 'null'"] if self._null() else []

    def _bounds(self) -> str:
        shape, name = self.field.shape, self.field.name
        if shape.tag == "instant":
            return f"is_instant({name})"
        if shape.tag == "integer":
            return f"{name} between {shape.minimum} and {shape.maximum}"
        if self.form == "typed" and shape.tag in ("money", "rate"):
            return f"{name} is not null" if shape.signed else f"{name} >= 0"
        return ""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
