"""What every record has, and the rules that look at two fields of one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from pipelines.contracts.fields import Environment, Id, Label, PartnerId


@dataclass(frozen=True, slots=True)
class NullWhileTrue:
    """`field` must be null in a record whose boolean `flag` is true."""

    field: str
    flag: str
    name: ClassVar[str] = "null_while_true"

    @property
    def found(self) -> str:
        """What a record that breaks the rule holds, without its values."""
        return f"a value although {self.flag} is true"

    @property
    def expected(self) -> str:
        """What to send instead."""
        return f"{self.field} only where {self.flag} is false"

    def broken(self, values: Mapping[str, Any]) -> bool:
        """Whether these values, of which unreadable ones are left out, break the rule."""
        return values.get(self.flag) is True and values.get(self.field) is not None


@dataclass(frozen=True, slots=True)
class LaterThan:
    """The instant `field`, where there is one, must be later than the instant `start`."""

    field: str
    start: str
    name: ClassVar[str] = "later_than"

    @property
    def found(self) -> str:
        """What a record that breaks the rule holds, without its values."""
        return f"a time at or before {self.start}"

    @property
    def expected(self) -> str:
        """What to send instead."""
        return f"a time later than {self.start}, or null for no end"

    def broken(self, values: Mapping[str, Any]) -> bool:
        """Whether these values, of which unreadable ones are left out, break the rule."""
        end, start = values.get(self.field), values.get(self.start)
        return end is not None and start is not None and bool(end <= start)


Rule = NullWhileTrue | LaterThan


class Record(BaseModel):
    """One thing a partner's systems report about the partner's own activity."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    kind: ClassVar[str]
    """The kind's name: in file names, folders and messages."""

    key: ClassVar[tuple[str, ...]]
    """The fields that make two records the same thing within one partner and environment."""

    event_time: ClassVar[str]
    """The field whose time the record's figures belong to."""

    rules: ClassVar[tuple[Rule, ...]] = ()
    """What must hold between two fields of one record."""

    partner_id: PartnerId
    """The partner whose activity this is. Every table keys on it."""

    environment: Environment
    """Where it happened; the two are never mixed in a figure."""

    program_id: Id | None = None
    """The liquidity program the activity belongs to."""

    source: Label | None = None
    """Where the record came from; the file or job that brought it, when it does not say."""

    @model_validator(mode="after")
    def _hold_rules(self) -> Self:
        for rule in self.rules:
            if rule.broken(self.__dict__):
                raise PydanticCustomError(rule.name, "{expected}", {"expected": rule.expected})
        return self
