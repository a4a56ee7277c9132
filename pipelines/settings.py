"""The only reader of configuration: `utilization.toml` in the home, then the environment.

Every limit a deployment may want to move is a field here with its default and unit.
"""

from __future__ import annotations

import os
import tomllib
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from pipelines.errors import UsageError

DEFAULT_HOME = Path("data/home")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
Amount = Annotated[Decimal, Field(ge=0)]
Step = Annotated[Decimal, Field(gt=0)]


class PlannedTopUp(BaseModel):
    """Money that is on its way: how much of which currency, and when it is usable."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str
    amount: Step
    at: AwareDatetime


class Recipient(BaseModel):
    """Whom notices of findings go to. Without a partner nobody's notices do."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    """What it is called where deliveries are listed."""

    url: SecretStr
    """Where to, as an Apprise URL: mailtos://, slack://, workflows:// (Teams), jsons:// and others.
    It is a secret: never printed and never logged."""

    partners: tuple[str, ...] = ()
    """The partners whose notices it receives."""

    environments: tuple[Literal["production", "sandbox"], ...] = ("production",)
    """The environments whose notices it receives."""

    min_severity: Literal["notice", "warning", "critical"] = "warning"
    """The mildest severity it is told of."""

    rules: tuple[str, ...] = ()
    """Only these rules; all when left out."""

    reports: bool = False
    """Whether it receives the review packs of these partners when they become due."""


class Settings(BaseModel):
    """What one deployment decided. Durations in TOML are ISO 8601 (`PT10M`) or seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    home: Path = DEFAULT_HOME
    """Folder that holds everything this deployment keeps."""

    partner: str | None = None
    """The partner the dashboard serves where there is no sign-in; never read from a URL."""

    environment: Literal["production", "sandbox"] | None = None
    """The environment the dashboard serves; needed where the home holds both."""

    inbox: tuple[Path, ...] = ()
    """Folders `utilization sync` loads new files from, relative to the home: one, or a list."""

    inbox_quiet: timedelta = Field(timedelta(seconds=5), ge=timedelta(0))
    """How long a file of an inbox must have been left alone before it is read."""

    required_kinds: tuple[str, ...] = ("quotes", "trades", "ledger")
    """Kinds whose newest event time bounds the watermark, where any of them has arrived."""

    availability_max_gap: timedelta = Field(timedelta(minutes=10), gt=timedelta(0))
    """How long an availability snapshot holds at most; the rest is unknown."""

    balance_max_age: timedelta = Field(timedelta(hours=24), gt=timedelta(0))
    """Age beyond which a balance snapshot is no answer."""

    ledger_lateness: timedelta = Field(timedelta(minutes=15), gt=timedelta(0))
    """How long a counterpart may take to be booked; a break that is younger is pending."""

    tradeless_order_statuses: tuple[str, ...] = (
        "abandoned",
        "canceled",
        "cancelled",
        "created",
        "declined",
        "draft",
        "expired",
        "failed",
        "new",
        "quoted",
        "rejected",
    )
    """The partner's own words for an order that leads to no trade, or has not yet."""
    reserved_age_threshold: timedelta = Field(timedelta(hours=1), gt=timedelta(0))
    """Age from which a reserved trade is listed as one to look into."""

    failed_trade_bound: Decimal | None = Field(None, ge=0, le=1)
    """Share of trades ending without settling, or returned, above which a review says so."""

    unavailable_bound: Decimal | None = Field(None, ge=0, le=1)
    """Share of requests, and of known minutes, unavailable above which a review says so."""

    limit_error_bound: Decimal | None = Field(None, ge=0, le=1)
    """Limit errors per quote request above which a review says so."""

    failure_budget: Decimal | None = Field(None, gt=0, lt=1)
    """Share of quote attempts that may fail over 30 days; unset, no rule looks at its burning."""

    availability_budget: Decimal | None = Field(None, gt=0, lt=1)
    """Share of known minutes that may be unavailable over 30 days; the same."""

    gate_failure_bound: Decimal = Field(Decimal("0.05"), ge=0, le=1)
    """Failed share of a day's quotes, limits aside, above which no limit review is advised."""

    gate_reserved_age: timedelta = Field(timedelta(days=1), gt=timedelta(0))
    """Age of a pool's oldest reserved trade above which no limit review is advised."""

    gate_exceptions: int = Field(0, ge=0)
    """Open exceptions, of the pool or of none, above which no limit review is advised."""

    findings_stale_after: timedelta = Field(timedelta(hours=2), gt=timedelta(0))
    """How long records may end before the instant asked about; beyond, findings are not known."""

    recipients: tuple[Recipient, ...] = ()
    """Whom notices of findings go to, each with the partners it may hear of."""

    renotify_after: timedelta | None = Field(timedelta(days=1), gt=timedelta(0))
    """After how long a finding that still fires is told of again."""

    webhook_lateness: timedelta = Field(timedelta(minutes=15), ge=timedelta(0))
    """How long after a trade's end its webhook may still be on its way."""

    forecast_max_lag: timedelta = Field(timedelta(hours=2), ge=timedelta(0))
    """How far past the watermark a forecast is still made; beyond, the data is stale."""

    funding_lead_time: timedelta = Field(timedelta(days=1), ge=timedelta(0))
    """How long money sent to a balance takes to be usable, counted on business days."""

    funding_cut_off: time | None = None
    """Local time after which money sent counts from the next business day."""

    funding_time_zone: str | None = None
    """IANA zone of the funding calendar; the program's when left out."""

    funding_business_days: tuple[Weekday, ...] = Field(WEEKDAYS[:5], min_length=1)
    """Days on which transfers move."""

    funding_holidays: tuple[date, ...] = ()
    """Dates on which transfers do not move."""

    balance_floors: dict[str, Amount] = Field(default_factory=dict)
    """Floor by currency, where no `balance_floor` limit is in force."""

    balance_targets: dict[str, Amount] = Field(default_factory=dict)
    """Target by currency, where no `balance_target` limit is in force."""

    balance_floor_days: Decimal = Field(Decimal("2"), ge=0, le=7)
    """Days of expected demand that make the floor where none is given."""

    balance_target_days: int = Field(2, ge=1, le=14)
    """Days of cautious demand above the floor that make the target where none is given."""

    top_up_service_level: Decimal = Field(Decimal("0.98"), ge=Decimal("0.5"), lt=1)
    """How sure a balance is to stay above its floor until money sent in time is usable."""

    top_up_steps: dict[str, Step] = Field(default_factory=dict)
    """Step by currency that suggested amounts are rounded up to; two digits when left out."""

    planned_top_ups: tuple[PlannedTopUp, ...] = ()
    """Money that is on its way, each with its currency, amount and time."""

    limit_error_codes: tuple[str, ...] = (
        "amount_below_min",
        "amount_above_max",
        "limit_exceeded",
        "velocity_limit_exceeded",
    )
    """Error codes of a failed quote that count as a limit error."""

    codes: dict[str, str] = Field(default_factory=dict)
    """A partner's own error codes and reasons, mapped onto the known ones."""

    max_file_bytes: int = Field(64 * 1024**3, gt=0)
    """Largest file taken, as stored."""

    max_unpacked_bytes: int = Field(256 * 1024**3, gt=0)
    """Largest content taken out of a compressed file."""

    max_line_bytes: int = Field(1024**2, gt=0, le=256 * 1024**2)
    """Longest line (JSON) or record (CSV) taken."""

    batch_rows: int = Field(1_000_000, gt=0)
    """Records loaded in one transaction; bounds memory, not what a file may hold."""

    memory_limit: str = Field("1GB", pattern=r"^[1-9][0-9]*(MB|GB)$")
    """Memory the warehouse engine may use before it spills to disk."""

    threads: int | None = Field(None, gt=0)
    """Threads of the warehouse engine; all cores when left out."""

    min_free_bytes: int = Field(256 * 1024**2, ge=0)
    """Free space under which no new batch is begun."""

    @field_validator("inbox", mode="before")
    @classmethod
    def _may_be_one(cls, inbox: object) -> object:
        return (inbox,) if isinstance(inbox, (str, Path)) else inbox

    @property
    def inboxes(self) -> tuple[Path, ...]:
        """The inbox folders, each once, as they are reached from here."""
        return tuple(dict.fromkeys(self.home / folder for folder in self.inbox))

    @field_validator("recipients")
    @classmethod
    def _names_are_unique(cls, recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        names = [recipient.name for recipient in recipients]
        if len(set(names)) < len(names):
            raise ValueError("each recipient needs a name of its own")
        return recipients


def load_settings(home: Path | None = None) -> Settings:
    """Return the settings of `home`, or of `UTILIZATION_HOME`, or of the default home.

    Raises UsageError, naming the file and each wrong key, when the file is not valid.
    """
    folder = home or Path(os.environ.get("UTILIZATION_HOME") or DEFAULT_HOME)
    file = folder / "utilization.toml"
    chosen: dict[str, object] = {}
    if file.is_file():
        try:
            chosen = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: not valid TOML ({error}); correct it") from error
    for name in ("partner", "environment"):
        value = os.environ.get(f"UTILIZATION_{name.upper()}")
        if value:
            chosen[name] = value
    try:
        return Settings.model_validate({**chosen, "home": folder})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise UsageError(f"{file}: {faults}") from error


def kill_at() -> str | None:
    """The step at which a fault test wants this process killed, if any."""
    return os.environ.get("UTILIZATION_KILL_AT")
