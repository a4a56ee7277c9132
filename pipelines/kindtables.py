"""The warehouse table of each kind, derived from its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.contracts import MODELS, field_table
from pipelines.screening.columns import sql_type

SCOPE = ("partner_id", "environment")
LINKS: Mapping[str, tuple[str, ...]] = {
    "quotes": ("quote_id",),
    "trades": ("transact_id", "quote_id", "request_id", "partner_reference"),
    "ledger": ("ref", "transact_id"),
    "orders": ("quote_id", "transact_id", "request_id"),
    "errors": ("quote_id",),
    "webhooks": ("event_id", "transact_id"),
    "tickets": ("transact_id",),
}
"""Ids that other kinds join on, by kind: each gets a hash column, eight bytes to scan."""
REVISED = {"quotes": "rejected_at"}
"""The one field that may be told later, by kind."""
TRADE_IDENTITY = (
    "quote_id",
    "pool_id",
    "side",
    "fiat_currency",
    "fiat_amount",
    "crypto_currency",
    "crypto_amount",
)
"""What no two observations of one trade may say differently."""


def hash_name(link: str) -> str:
    """The column that holds the hash of id `link`; null where the record names none."""
    return f"{link.removesuffix('_id')}_hash"


@dataclass(frozen=True, slots=True)
class KindTable:
    """How one kind is stored: names for the SQL files' placeholders, all from the contracts."""

    kind: str
    fields: tuple[str, ...]
    """Fields of the record without partner and environment, `source` last."""

    key: tuple[str, ...]
    event_time: str
    links: tuple[str, ...]
    revised: str | None

    @property
    def content(self) -> tuple[str, ...]:
        """What makes two records of one key the same: all but source and what may come later."""
        return tuple(name for name in self.fields if name not in ("source", self.revised))

    def names(self) -> dict[str, str]:
        """The placeholders of the loading SQL."""
        links = [
            f"case when {link} is not null then hash({link}) end as {hash_name(link)}"
            for link in self.links
        ]
        stored = [*self.fields, "day", "key_hash", *map(hash_name, self.links)]
        key_texts = ", ".join(f"coalesce({name}::varchar, chr(30))" for name in self.key)
        same = [f"held.{name} is not distinct from replaced.{name}" for name in self.key]
        return {
            "kind": self.kind,
            "fields": ", ".join(f"screened.{name}" for name in self.fields if name != "source"),
            "columns": ", ".join(stored),
            "landed": ", ".join(self.fields),
            "key": ", ".join(self.key),
            "event_time": self.event_time,
            "links": ", " + ", ".join(links) if links else "",
            "hashed": ", ".join(f"coalesce({n}::varchar, chr(30))" for n in self.content),
            "key_text": f"concat_ws(chr(31), {key_texts})",
            "same_key": " and ".join(same),
            "revised": self.revised or "cast(null as timestamp)",
            "record": "to_json(struct_pack("
            + ", ".join(f"{name} := {name}::varchar" for name in self.fields)
            + "))",
        }

    def definition(self) -> str:
        """Column definitions of the table."""
        types = {spec.name: sql_type(spec.shape) for spec in field_table(self.kind)}
        columns = [f"{name} {types[name]}" for name in self.fields]
        columns += ["day date not null", "key_hash ubigint not null"]
        columns += [f"{hash_name(link)} ubigint" for link in self.links]
        return ", ".join(columns)


@cache
def kind_table(kind: str) -> KindTable:
    """The table of `kind`."""
    model = MODELS[kind]
    names = [spec.name for spec in field_table(kind)]
    fields = [name for name in names if name not in (*SCOPE, "source")]
    return KindTable(
        kind=kind,
        fields=(*fields, "source"),
        key=tuple(name for name in model.key if name not in SCOPE),
        event_time=model.event_time,
        links=LINKS.get(kind, ()),
        revised=REVISED.get(kind),
    )
