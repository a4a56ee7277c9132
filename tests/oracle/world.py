"""The maker of one random world: it draws records from the palette and never repeats a key."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from . import palette
from .draws import Draws

World = dict[str, list[dict[str, object]]]

LIMIT_NAMES = ("daily_band", "daily_band", "velocity_24h", "max_order", "balance_floor")


class Maker(Draws):
    """Draws one world; every choice comes from the generator it is given."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self._pools = ["pool-a", "pool-b", "pool-c"][: random.randint(1, 3)]
        self._quote_ids = [f"q-{number}" for number in range(6)]
        self._owner = palette.OWNERS[0]
        self._keys: set[tuple[object, ...]] = set()
        self._ids: Counter[tuple[str, ...]] = Counter()
        self._world: World = {kind: [] for kind in (*palette.EVENT_TIMES, "limits", "programs")}

    def world(self, size: int) -> World:
        """At least `size` records, by kind, shuffled."""
        for self._owner in palette.OWNERS:
            self._programs()
            for _ in range(self.random.randint(2, 6)):
                self._limit()
        makers = (self._quote, self._trade, self._snapshots, self._balance, self._error)
        while sum(len(records) for records in self._world.values()) < size:
            self._owner = self.random.choices(palette.OWNERS, (6, 1, 1))[0]
            self.random.choices(makers, (10, 6, 2, 3, 3))[0]()
            if self.chance(0.2):
                self._limit()
            if self.chance(0.15):
                self._ledger()
        for records in self._world.values():
            self.random.shuffle(records)
        return self._world

    def _quote(self) -> None:
        requested_at = self.instant()
        states = ("firm", "indicative", "unavailable", "errored")
        state = self.random.choices(states, (6, 1, 2, 2))[0]
        answered = state in ("firm", "indicative")
        record: dict[str, object] = {
            "request_id": self._next_id("r"),
            **self._leg(),
            "quote_type": state if answered else self.pick(("firm", "indicative")),
            "quote_id": None,
            "fiat_amount": self.maybe(self.pick(palette.AMOUNTS), 0.8),
            "available": answered,
            "unavailable_reason": None,
            "http_status": None,
            "error_code": None,
            "rate": None,
            "spread_bps": self.maybe(25, 0.5),
            "fee_bps": None,
            "requested_at": self.text(requested_at),
            "expires_at": None,
            "rejected_at": None,
        }
        if state == "firm":
            expires_at = requested_at + self.pick(palette.STEPS[1:])
            rejected_at = requested_at + self.pick(palette.STEPS)
            record["quote_id"] = self.maybe(self.pick(self._quote_ids), 0.9)
            record["rate"] = self.maybe("0.998000000000000001", 0.5)
            record["expires_at"] = self.maybe(self.text(expires_at), 0.8)
            record["rejected_at"] = self.maybe(self.text(rejected_at), 0.3)
        elif state == "unavailable":
            record["unavailable_reason"] = self.pick(palette.REASONS)
        elif state == "errored":
            record["http_status"] = self.pick(palette.HTTP_STATUSES)
            record["error_code"] = self.pick(palette.ERROR_CODES)
        self._add("quotes", record, "request_id")

    def _trade(self) -> None:
        created_at = self.instant()
        crypto_amount = self.maybe("1.5", 0.3)
        quote_id = self.pick(self._quote_ids) if self.chance(0.8) else self._next_id("q-other")
        trade: dict[str, object] = {
            "transact_id": self._next_id("t"),
            "quote_id": quote_id,
            **self._leg(),
            "fiat_amount": palette.HUGE_AMOUNT if self.chance(0.02) else self.pick(palette.AMOUNTS),
            "crypto_currency": "USDC",
        }
        moment = created_at
        # leaving before creation: the whole chain is observed to begin earlier
        if self.chance(0.1):
            moment -= self.pick(palette.STEPS[1:])
        for status in self.pick(palette.PATHS):
            later = created_at + self.pick(palette.STEPS) if self.chance(0.1) else created_at
            observation: dict[str, object] = {
                **trade,
                # not every observation states what need not be stated
                "crypto_amount": self.maybe(crypto_amount, 0.5),
                "status": status,
                "status_at": self.text(moment),
                "created_at": self.text(later),
            }
            self._add("trades", observation, "transact_id", "status")
            moment += self.pick(palette.STEPS)

    def _snapshots(self) -> None:
        pool_id, observed_at = self.pick(self._pools), self.instant()
        for _ in range(self.random.randint(1, 5)):
            record: dict[str, object] = {
                "pool_id": pool_id,
                "observed_at": self.text(observed_at),
                "available": self.chance(0.6),
            }
            self._add("availability", record, "pool_id", "observed_at")
            observed_at += self.pick(palette.SNAPSHOT_STEPS)

    def _balance(self) -> None:
        record: dict[str, object] = {
            "currency": self.pick(palette.CURRENCIES),
            "observed_at": self.text(self.instant()),
            "visible_balance": self.pick(palette.BALANCES),
            "reserved_amount": self.maybe("15.25", 0.5),
            "available_for_new_quotes": self.maybe(self.pick(palette.BALANCES), 0.6),
        }
        self._add("balances", record, "currency", "observed_at")

    def _error(self) -> None:
        record: dict[str, object] = {
            "request_id": self._next_id("e"),
            "operation": self.pick((*["transact"] * 8, "reject", "discovery", "read")),
            "pool_id": self.maybe(self.pick(self._pools), 0.8),
            "http_status": self.pick((402, 409, 409, 429, 500)),
            "error_code": self.pick(("conflict", "rate_limited", None)),
            "occurred_at": self.text(self.instant()),
        }
        self._add("errors", record, "request_id")

    def _ledger(self) -> None:
        record: dict[str, object] = {
            "entry_id": self._next_id("l"),
            "currency": self.pick(palette.CURRENCIES),
            "delta": self.pick(("-33.33333333", "250.5", "1000")),
            "reason": self.pick(("payin_credit", "buy_debit", "buy_refund")),
            "ref": self.pick(self._quote_ids),
            "created_at": self.text(self.instant()),
        }
        self._add("ledger", record, "entry_id")

    def _limit(self) -> None:
        effective_from = self._setting_time()
        effective_to = effective_from + timedelta(hours=self.pick((1, 12, 24, 47, 24 * 40)))
        record: dict[str, object] = {
            "pool_id": self.maybe(self.pick(self._pools), 0.6),
            "limit_name": self.pick(LIMIT_NAMES),
            "value": self.pick(palette.LIMIT_VALUES),
            "currency": self.pick(palette.CURRENCIES),
            "effective_from": self.text(effective_from),
            "effective_to": self.maybe(self.text(effective_to), 0.3),
        }
        self._add("limits", record, "pool_id", "limit_name", "currency", "effective_from")

    def _programs(self) -> None:
        for program_id in ("ramp-1", "ramp-2")[: self.random.randint(0, 2)]:
            for effective_from in (self._setting_time(), self._setting_time()):
                zone = self.zone if self.chance(0.8) else self.pick(palette.PLACES)[0]
                pools = self.random.sample([*self._pools, "pool-idle"], self.random.randint(1, 2))
                record: dict[str, object] = {
                    "program_id": program_id,
                    "product": "ramp",
                    "approved_pools": pools,
                    "phase": "pilot",
                    "time_zone": zone,
                    "review_cadence": "monthly",
                    "funding_ready": True,
                    "webhooks_ready": True,
                    "monitoring_ready": False,
                    "support_ready": True,
                    "effective_from": self.text(effective_from),
                }
                self._add("programs", record, "program_id", "effective_from")

    def _leg(self) -> dict[str, object]:
        return {
            "pool_id": self.pick(self._pools),
            "side": self.pick(("on_ramp", "off_ramp")),
            "fiat_currency": self.random.choices(palette.CURRENCIES, (4, 1))[0],
        }

    def _add(self, kind: str, record: dict[str, object], *key: str) -> None:
        """Keeps the record unless its key is taken; an instant is one key however it is spelled."""
        values = [record[name] for name in key]
        spelled = [
            datetime.fromisoformat(str(value)) if name.endswith(("_at", "_from")) else value
            for name, value in zip(key, values, strict=True)
        ]
        identity = (kind, *self._owner, *spelled)
        if identity not in self._keys:
            self._keys.add(identity)
            partner_id, environment = self._owner
            owned = {"partner_id": partner_id, "environment": environment, **record}
            self._world[kind].append(owned)

    def _setting_time(self) -> datetime:
        """When a limit or program begins: long before, at a midnight, or in mid-day."""
        long_before = self.midnights[0] - timedelta(days=10)
        return self.pick((long_before, self.pick(self.midnights), self.instant()))

    def _next_id(self, prefix: str) -> str:
        """New to its owner, and shared with the other owners: only the owner tells them apart."""
        self._ids[*self._owner, prefix] += 1
        return f"{prefix}-{self._ids[*self._owner, prefix]}"
