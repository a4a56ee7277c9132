"""What a forecast answers with: plain values, money as Decimal, instants aware UTC.

Null means not known or not said, never zero. What is projected is an estimate from the partner's
own history, and promises nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

LimitType = Literal["daily_band", "velocity_24h"]
PaceState = Literal["projected", "current", "suppressed"]
PaceReason = Literal[
    "no_limit", "stale", "short_history", "few_reference_days", "early", "rolling_window"
]
RunwayState = Literal["projected", "suppressed"]
RunwayReason = Literal["no_balance", "stale_balance", "stale", "short_history"]
Action = Literal[
    "review_top_up_before_daily_peak",
    "top_up_now",
    "no_action",
    "stale_balance_no_advice",
    "top_up_did_not_close_gap",
    "not_enough_history",
]
ACTIONS: tuple[Action, ...] = (
    "top_up_did_not_close_gap",
    "top_up_now",
    "review_top_up_before_daily_peak",
    "no_action",
    "not_enough_history",
    "stale_balance_no_advice",
)


@dataclass(frozen=True, slots=True)
class Reach:
    """One step of a projection: what is used by `at`, low, middle and high of the 80 % band."""

    at: datetime
    low: Decimal
    mid: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Pace:
    """How one limit stands at `as_of`, and for a daily band where the local day is heading.

    `used`, `usage` and `headroom` are the figures of the metrics (`daily_band_usage`,
    `velocity_24h_usage` and their parts). A rolling window is never projected: its state is
    `current`.
    """

    pool_id: str | None
    """None where the limit is shared by all pools of the currency."""

    currency: str
    limit_type: LimitType
    pools: tuple[str, ...]
    """The pools whose trades count against the limit."""

    window_start: datetime
    """Start of the local day; of a rolling cap, 24 h before `as_of`."""

    window_end: datetime
    """End of the local day; of a rolling cap, `as_of`."""

    as_of: datetime
    time_zone: str
    limit: Decimal | None
    used: Decimal
    usage: Decimal | None
    """`used / limit`, 6 places; null without a limit."""

    headroom: Decimal | None
    """`limit - used`, negative where the limit is exceeded."""

    state: PaceState
    reason: PaceReason | None = None
    """Why nothing is projected; null where something is."""

    enough_history_at: datetime | None = None
    """When there will be enough history, where that is the reason."""

    projected_low: Decimal | None = None
    projected_mid: Decimal | None = None
    projected_high: Decimal | None = None
    """At the end of the local day: the 80 % band and its middle, 2 places."""

    projected_usage: Decimal | None = None
    """`projected_mid / limit`, 6 places."""

    probability_of_reaching: Decimal | None = None
    """That `used` reaches the limit before the day ends, 0 to 1, 6 places; 1 once it has."""

    reaches_at: datetime | None = None
    """When it is as likely as not that the limit has been reached; null where it never is."""

    reaches_early_at: datetime | None = None
    """When that has a chance of one in ten: the cautious time."""

    elapsed_share: Decimal | None = None
    """The share of such a day's use that is normally behind by now, 6 places."""

    reference_days: int = 0
    """Earlier days of the same weekday that the projection rests on."""

    rung: int | None = None
    """The rung of the ladder in use: 1 seasonal naive, 2 empirical, 3 conditioned on the day."""

    next_release_at: datetime | None = None
    """Of a rolling cap: when the next heavy quarter of an hour begins to leave the window."""

    next_release_amount: Decimal | None = None
    """What leaves with it."""

    path: tuple[Reach, ...] = ()
    """The projection by the hour to the end of the day, where it was asked for."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Assumptions put in the place of the settings; None leaves what is set."""

    lead_time: timedelta | None = None
    service_level: Decimal | None = None
    """Between 0.5 and 0.999."""

    growth: Decimal = Decimal(0)
    """Share by which demand is taken to be higher, such as 0.1; not below -1."""

    planned_top_up: Decimal | None = None
    """An amount, in the balance's own currency, taken to arrive at `planned_top_up_at`."""

    planned_top_up_at: datetime | None = None
    """When it is usable; None is what the funding calendar says of money sent at `as_of`."""


@dataclass(frozen=True, slots=True)
class DemandHour:
    """What is taken from the balance from `as_of` until `at`, less refunds; 2 places."""

    at: datetime
    expected: Decimal
    cautious: Decimal
    """At the service level."""


@dataclass(frozen=True, slots=True)
class TopUp:
    """The last credit of a balance, and how far from the need it left the balance."""

    at: datetime
    """The start of the quarter of an hour in which it was booked."""

    amount: Decimal
    need: Decimal | None
    """What had to be there then to last, at the service level, until more could be usable."""

    gap_before: Decimal | None
    """What was missing to that need before it, 0 where nothing was; null where not known."""

    gap_after: Decimal | None


@dataclass(frozen=True, slots=True)
class Runway:
    """How long one currency's balance lasts, by when money must be sent, and how much.

    `available` is net of reservations already. Runways are in seconds from `as_of`; null where the
    balance outlasts the `horizon_end`, or where nothing is projected (`state` tells the two apart).
    """

    currency: str
    as_of: datetime
    state: RunwayState
    action: Action
    reason: RunwayReason | None = None
    enough_history_at: datetime | None = None
    basis: str | None = None
    """The field of the balance record that `available` comes from."""

    balance_at: datetime | None = None
    available: Decimal | None = None
    """What the record said at `balance_at`."""

    available_now: Decimal | None = None
    """The same moved by the ledger since, where there is one; what the runway begins with."""

    reserved: Decimal | None = None
    """As the balance record states it; not taken off `available` again."""

    floor: Decimal | None = None
    target: Decimal | None = None
    is_floor_derived: bool = False
    is_target_derived: bool = False
    need: Decimal | None = None
    """What must be there now to last, at the service level, until money sent now is usable."""

    service_level: Decimal | None = None
    runway_p50_s: int | None = None
    runway_p90_s: int | None = None
    runs_out_p50_at: datetime | None = None
    runs_out_p90_at: datetime | None = None
    """When the floor is reached, as likely as not, and with a chance of one in ten."""

    send_by: datetime | None = None
    """The last instant to send money that is usable before the floor is reached, at the level."""

    usable_at: datetime | None = None
    """When money sent at `as_of` would be usable, by the funding calendar."""

    amount_low: Decimal | None = None
    amount_high: Decimal | None = None
    """The whole gap to the target when the money is usable, at expected and cautious demand,
    rounded up to the step; 0 where there is none."""

    next_check_at: datetime | None = None
    next_peak_at: datetime | None = None
    """When the busiest expected hour of the next 24 begins."""

    horizon_end: datetime | None = None
    rung: int | None = None
    demand: tuple[DemandHour, ...] = ()
    last_top_up: TopUp | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How true the forecasts of one series have been, each made from earlier records alone."""

    measure: Literal["daily_band", "net_outflow"]
    pool_id: str | None
    currency: str
    state: Literal["scored", "short_history"]
    rung: int | None = None
    coverage_80: Decimal | None = None
    """Share of outcomes inside the 80 % band, 6 places."""

    pinball: Decimal | None = None
    """Mean pinball loss over the 10 %, 50 % and 90 % quantiles, in the currency, 2 places."""

    pinball_naive: Decimal | None = None
    """The same of the seasonal naive forecast."""

    skill: Decimal | None = None
    """`1 - pinball / pinball_naive`, 6 places; above 0 is better than naive."""

    bias: Decimal | None = None
    """Mean of forecast less outcome over the mean outcome, 6 places; above 0 is too high."""

    folds: int = 0
    """Forecasts that were compared with what happened."""

    scored_from: datetime | None = None
    scored_to: datetime | None = None
