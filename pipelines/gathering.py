"""Gather the records of one id from the attached facts, and of every id that these lead to.

An id is looked up among the places of all ids, so that only the days on which it occurs are read.
What is found is looked up in turn, each id as what it is, until nothing new comes. An id that many
records share, such as a placeholder, is of many stories and not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import duckdb

from pipelines.kindtables import kind_table
from pipelines.sqlfiles import sql_text
from pipelines.story import Match, NotFollowed, StoryRecord
from pipelines.whereabouts import Whereabouts, find_places, id_hashes

MOST_RECORDS = 500
"""Records of one story; beyond them nothing more is looked up."""

MOST_OF_ONE_KIND = 200
"""Records of one kind looked up at once; beyond them the later ones are left out."""

MOST_DAYS = 62
"""Days of one kind on which ids are looked up at once, the first ones."""

SHARED_BY = 50
"""Places of one kind beyond which an id found on the way is not followed there."""

COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "request": {
        "quotes": ("request_id",),
        "errors": ("request_id",),
        "trades": ("request_id",),
        "orders": ("request_id",),
    },
    "quote": {
        "quotes": ("quote_id",),
        "trades": ("quote_id",),
        "ledger": ("ref",),
        "orders": ("quote_id",),
        "errors": ("quote_id",),
    },
    "trade": {
        "trades": ("transact_id",),
        "ledger": ("ref", "transact_id"),
        "orders": ("transact_id",),
        "webhooks": ("transact_id",),
        "tickets": ("transact_id",),
    },
    "event": {"webhooks": ("event_id",)},
    "order": {
        "orders": ("partner_reference",),
        "trades": ("partner_reference",),
        "ledger": ("ref",),
    },
    "ledger_entry": {"ledger": ("entry_id",)},
}
"""What an id can be, and the fields in which it stands as that."""

REFERENCE = "ledger_reference"
"""What an id is that only a ledger entry refers to."""

ROLES = {
    "request_id": "request",
    "quote_id": "quote",
    "transact_id": "trade",
    "partner_reference": "order",
}
"""What the ids of a record found on the way are looked up as."""

ATTACHED_TO_ONE = ("errors", "webhooks", "tickets")
"""Kinds that may rightly hold very many records of one quote or trade."""


WEAK_ROLES = {"ledger": ("ledger_entry", "entry_id"), "trades": ("trade", "transact_id")}
"""What is linked by amount and time alone, and the field that holds its id."""


class _Id(NamedTuple):
    role: str
    id: str


class _Read:
    """What to read of one kind: ids by the field they stand in, and their hashes by day."""

    def __init__(self) -> None:
        self.wanted: dict[str, set[_Id]] = {}
        self.days: dict[date, set[int]] = {}

    def add(self, where: Whereabouts, column: str, one: _Id) -> None:
        self.wanted.setdefault(column, set()).add(one)
        for day in where.days:
            self.days.setdefault(day, set()).add(where.hash)


class Gathering:
    """Records before the aware `as_of`, by kind and key, and what could not be followed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
        self._connection = connection
        self._as_of = as_of
        self._found_as: set[str] = set()
        self.records: dict[tuple[str, str], StoryRecord] = {}
        """By kind and the text of the key."""

        self.texts: dict[tuple[str, str], str] = {}
        """The same records as JSON objects of texts, as a version set aside is kept."""

        self.later: dict[tuple[str, str], datetime] = {}
        """Times of records at or after `as_of`."""

        self.not_followed: list[NotFollowed] = []
        self.is_truncated = False

    @property
    def found_as(self) -> tuple[str, ...]:
        """What the asked id is; a reference of the ledger only where it is nothing else."""
        return tuple(role for role in COLUMNS if role in self._found_as) or (REFERENCE,)

    def gather(self, asked: str) -> None:
        """Look up `asked` as everything it can be, and then what it leads to."""
        seen = {_Id(role, asked) for role in COLUMNS}
        waiting = sorted(seen)
        while waiting:
            self._look_up(waiting, asked)
            waiting = sorted(set(self._named()) - seen)
            seen.update(waiting)
            if waiting and len(self.records) >= MOST_RECORDS:
                self.is_truncated = True
                return

    def values(self, kind: str, field: str) -> list[str]:
        """The ids in one field of the records of one kind, sorted."""
        found = {record.fields[field] for record in self.records.values() if record.kind == kind}
        return sorted(found - {None})

    def add_weak(self) -> frozenset[tuple[str, str]]:
        """Add what belongs to the story by amount and time alone; return (entry, trade) pairs."""
        entries, trades = self.values("ledger", "entry_id"), self.values("trades", "transact_id")
        ids = {"entry_ids": entries, "transact_ids": trades}
        pairs = self._connection.execute(sql_text("story_weak_links.sql"), ids).fetchall()
        others = {name for pair in pairs for name in pair} - {*entries, *trades}
        for where in find_places(self._connection, sorted(others)):
            if where.kind in WEAK_ROLES:
                role, column = WEAK_ROLES[where.kind]
                read = _Read()
                read.add(where, column, _Id(role, where.id))
                list(self._read(where.kind, read, "weak"))
        return frozenset((entry, trade) for entry, trade in pairs)

    def _look_up(self, waiting: Sequence[_Id], asked: str) -> None:
        """Read the records that carry ids of `waiting` as what these are."""
        reads: dict[str, _Read] = {}
        for where in find_places(self._connection, sorted({one.id for one in waiting})):
            columns = [
                (one, column)
                for one in waiting
                if one.id == where.id
                for column in COLUMNS[one.role].get(where.kind, ())
            ]
            is_shared = where.places > SHARED_BY and where.kind not in ATTACHED_TO_ONE
            if columns and is_shared and where.id != asked:
                role = columns[0][0].role
                self.not_followed.append(NotFollowed(role, where.id, where.kind, where.places))
                continue
            read = reads.setdefault(where.kind, _Read())
            for one, column in columns:
                read.add(where, column, one)
        for kind, read in reads.items():
            for one, column in self._read(kind, read, "durable"):
                if one.id == asked and column != "ref":
                    self._found_as.add(one.role)

    def _read(self, kind: str, read: _Read, match: Match) -> Iterator[tuple[_Id, str]]:
        """Read the records of `kind` that `read` wants; yield which of its ids were there."""
        table = kind_table(kind)
        carries = " or ".join(f"list_contains($hashes, {name})" for name in id_hashes(table))
        statement = sql_text("story_rows.sql").format(carries=carries, **table.names())
        days = sorted(read.days)
        self.is_truncated |= len(days) > MOST_DAYS
        left = MOST_OF_ONE_KIND
        for day in days[:MOST_DAYS]:
            hashes = sorted(read.days[day])
            given = {"day": day, "hashes": hashes, "most": left + 1}
            rows = self._connection.execute(statement, given).fetchall()
            self.is_truncated |= len(rows) > left
            for row in rows[:left]:
                yield from self._add(kind, row, read, match)
            left -= min(len(rows), left)

    def _add(
        self, kind: str, row: tuple[Any, ...], read: _Read, match: Match
    ) -> Iterator[tuple[_Id, str]]:
        """Keep a row that carries a wanted id in its place; yield each such id."""
        *values, event_at, key_text, text = row
        fields = dict(zip(kind_table(kind).fields, map(aware, values), strict=True))
        carried = [
            (one, column)
            for column, wanted in read.wanted.items()
            for one in wanted
            if fields[column] == one.id
        ]
        key, at = (kind, key_text), aware(event_at)
        if carried and at >= self._as_of:
            self.later[key] = at
            return
        if carried and key not in self.records:
            self.records[key] = StoryRecord(kind, at, match, (), fields)
            self.texts[key] = text
        yield from carried

    def _named(self) -> Iterator[_Id]:
        """Every id that the records name, as what it is."""
        for record in self.records.values():
            for field, role in ROLES.items():
                if (named := record.fields.get(field)) is not None:
                    yield _Id(role, named)
            # A pay-in's reference is that of a transfer, which many pay-ins may share.
            if record.kind == "ledger" and record.fields["reason"] != "payin_credit":
                for role in ("quote", "trade", "order"):
                    yield _Id(role, record.fields["ref"])


def aware(value: Any) -> Any:
    """The warehouse's own times are UTC without saying so; anything else as it is."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
