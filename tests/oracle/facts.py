"""One partner's records in one environment, as typed values: the oracle's only reader of records.

Input records are canonical: snake_case names, money as decimal strings, times as RFC 3339 text.
Times come out as UTC datetimes and money as Decimal in units of its own currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .fields import (
    Record,
    flag,
    maybe_count,
    maybe_money,
    maybe_text,
    maybe_time,
    money,
    text,
    time,
)

Records = Mapping[str, Sequence[Record]]


@dataclass(frozen=True)
class Quote:
    """One quote attempt."""

    pool_id: str
    currency: str
    quote_type: str
    quote_id: str | None
    amount: Decimal | None
    available: bool
    unavailable_reason: str | None
    http_status: int | None
    error_code: str | None
    requested_at: datetime
    expires_at: datetime | None
    rejected_at: datetime | None


@dataclass(frozen=True)
class Observation:
    """One observation of a trade."""

    transact_id: str
    quote_id: str
    pool_id: str
    currency: str
    amount: Decimal
    status: str
    status_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class Failure:
    """A failed call other than a quote."""

    pool_id: str | None
    operation: str
    http_status: int
    occurred_at: datetime


@dataclass(frozen=True)
class Balance:
    """A balance snapshot of one currency."""

    currency: str
    visible: Decimal
    reserved: Decimal | None
    available_for_new_quotes: Decimal | None
    observed_at: datetime


@dataclass(frozen=True)
class Snapshot:
    """An availability snapshot of one pool."""

    pool_id: str
    available: bool
    observed_at: datetime


@dataclass(frozen=True)
class Limit:
    """An effective-dated limit; `pool_id` None means every pool of the currency together."""

    pool_id: str | None
    name: str
    currency: str
    value: Decimal
    effective_from: datetime
    effective_to: datetime | None


@dataclass(frozen=True)
class Program:
    """One version of a program."""

    program_id: str
    approved_pools: tuple[str, ...]
    time_zone: str
    effective_from: datetime


@dataclass(frozen=True)
class Facts:
    """Everything the oracle reads of one (partner, environment)."""

    quotes: list[Quote]
    observations: list[Observation]
    ledger_times: list[datetime]
    failures: list[Failure]
    balances: list[Balance]
    snapshots: list[Snapshot]
    limits: list[Limit]
    programs: list[Program]


def read_facts(records: Records, partner_id: str, environment: str) -> Facts:
    """The typed records of this partner and environment; every other partner's are left out."""

    def own(kind: str) -> list[Record]:
        return [
            record
            for record in records.get(kind, ())
            if record["partner_id"] == partner_id and record["environment"] == environment
        ]

    return Facts(
        quotes=[_quote(record) for record in own("quotes")],
        observations=[_observation(record) for record in own("trades")],
        ledger_times=[time(record, "created_at") for record in own("ledger")],
        failures=[_failure(record) for record in own("errors")],
        balances=[_balance(record) for record in own("balances")],
        snapshots=[_snapshot(record) for record in own("availability")],
        limits=[_limit(record) for record in own("limits")],
        programs=[_program(record) for record in own("programs")],
    )


def _quote(record: Record) -> Quote:
    return Quote(
        pool_id=text(record, "pool_id"),
        currency=text(record, "fiat_currency"),
        quote_type=text(record, "quote_type"),
        quote_id=maybe_text(record, "quote_id"),
        amount=maybe_money(record, "fiat_amount"),
        available=flag(record, "available"),
        unavailable_reason=maybe_text(record, "unavailable_reason"),
        http_status=maybe_count(record, "http_status"),
        error_code=maybe_text(record, "error_code"),
        requested_at=time(record, "requested_at"),
        expires_at=maybe_time(record, "expires_at"),
        rejected_at=maybe_time(record, "rejected_at"),
    )


def _observation(record: Record) -> Observation:
    return Observation(
        transact_id=text(record, "transact_id"),
        quote_id=text(record, "quote_id"),
        pool_id=text(record, "pool_id"),
        currency=text(record, "fiat_currency"),
        amount=money(record, "fiat_amount"),
        status=text(record, "status"),
        status_at=time(record, "status_at"),
        created_at=time(record, "created_at"),
    )


def _failure(record: Record) -> Failure:
    status = maybe_count(record, "http_status")
    assert status is not None, "errors always carry an http_status"
    return Failure(
        pool_id=maybe_text(record, "pool_id"),
        operation=text(record, "operation"),
        http_status=status,
        occurred_at=time(record, "occurred_at"),
    )


def _balance(record: Record) -> Balance:
    return Balance(
        currency=text(record, "currency"),
        visible=money(record, "visible_balance"),
        reserved=maybe_money(record, "reserved_amount"),
        available_for_new_quotes=maybe_money(record, "available_for_new_quotes"),
        observed_at=time(record, "observed_at"),
    )


def _snapshot(record: Record) -> Snapshot:
    return Snapshot(
        pool_id=text(record, "pool_id"),
        available=flag(record, "available"),
        observed_at=time(record, "observed_at"),
    )


def _limit(record: Record) -> Limit:
    return Limit(
        pool_id=maybe_text(record, "pool_id"),
        name=text(record, "limit_name"),
        currency=text(record, "currency"),
        value=money(record, "value"),
        effective_from=time(record, "effective_from"),
        effective_to=maybe_time(record, "effective_to"),
    )


def _program(record: Record) -> Program:
    pools = record["approved_pools"]
    assert isinstance(pools, list), "approved_pools is a list"
    return Program(
        program_id=text(record, "program_id"),
        approved_pools=tuple(str(pool) for pool in pools),
        time_zone=text(record, "time_zone"),
        effective_from=time(record, "effective_from"),
    )
