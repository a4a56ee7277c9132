"""The eleven kinds of record, and each kind's fields as a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from pydantic.fields import FieldInfo
from pydantic_core import SchemaValidator

from pipelines.contracts.aliases import aliases_of
from pipelines.contracts.base import Record
from pipelines.contracts.fields import Shape
from pipelines.contracts.ledger import Availability, Balance, LedgerEntry
from pipelines.contracts.orders import Order, Ticket
from pipelines.contracts.programs import Limit, Program
from pipelines.contracts.quotes import FailedCall, Quote
from pipelines.contracts.trades import Trade, WebhookDelivery

MODELS: dict[str, type[Record]] = {
    model.kind: model
    for model in (
        Quote,
        Trade,
        LedgerEntry,
        Balance,
        Availability,
        FailedCall,
        Order,
        WebhookDelivery,
        Ticket,
        Limit,
        Program,
    )
}
"""The model of each kind, in the order the documentation lists them."""


@dataclass(frozen=True)
class FieldSpec:
    """One field of one kind, as data: what the screen, the docs and the judge all read."""

    name: str
    """The one spelling used inside."""

    shape: Shape
    """What a value that is not null must be."""

    nullable: bool
    """Whether the field may be null or missing."""

    doc: str
    """One or two sentences for people."""

    aliases: tuple[str, ...]
    """The other spellings taken from a source."""

    @cached_property
    def validator(self) -> SchemaValidator:
        """Reads one value of this field on its own; nulls are not its business."""
        return SchemaValidator(self.shape.core_schema())


@cache
def field_table(kind: str) -> tuple[FieldSpec, ...]:
    """The fields of `kind` in their stored order; KeyError for a kind that does not exist."""
    return tuple(_spec(kind, name, info) for name, info in MODELS[kind].__pydantic_fields__.items())


def _spec(kind: str, name: str, info: FieldInfo) -> FieldSpec:
    return FieldSpec(
        name=name,
        shape=_shape_of(info),
        nullable=not info.is_required(),
        doc=info.description or "",
        aliases=aliases_of(kind, name),
    )


def _shape_of(info: FieldInfo) -> Shape:
    """The shape in the annotation: beside the type, or inside `X | None`."""
    inner = [getattr(part, "__metadata__", ()) for part in getattr(info.annotation, "__args__", ())]
    marks = [*info.metadata, *(mark for metadata in inner for mark in metadata)]
    (shape,) = (mark for mark in marks if isinstance(mark, Shape))
    return shape
