"""Who the sample is about: partners, their pools and programs, and limits that fit their size."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, log, sqrt

FIRM_SHARE = 0.73
ACCEPTED_SHARE = 0.45
PEAK_DAY = 1.22  # the busiest weekday against the average day


@dataclass(frozen=True)
class Pool:
    """One lane: its pair, its size, and the habits of those who use it. Money in cents."""

    pool_id: str
    share: float
    median_cents: int
    spread: float  # sigma of the lognormal amounts
    rate: float  # crypto for one unit of fiat
    min_order: int
    largest_order: int
    weekend: float  # a weekend day against a working day
    peaks: tuple[float, float]  # local hours

    @property
    def fiat(self) -> str:
        """The fiat currency of the pair."""
        return self.pool_id.split("-")[0]

    @property
    def crypto(self) -> str:
        """The crypto currency of the pair."""
        return self.pool_id.split("-")[1]

    @property
    def time_zone(self) -> str:
        """The zone whose midnight resets this pool's daily band."""
        return "America/Sao_Paulo" if self.fiat == "BRL" else "Europe/Berlin"


POOLS = {
    pool.pool_id: pool
    for pool in (
        Pool("EUR-USDT", 0.34, 12_000, 1.0, 1.1432, 1_000, 500_000, 0.75, (12.5, 19.0)),
        Pool("EUR-USDC", 0.22, 15_000, 1.0, 1.1428, 1_000, 500_000, 0.62, (11.0, 16.0)),
        Pool("EUR-EURC", 0.12, 8_000, 0.9, 0.9991, 1_000, 300_000, 0.85, (13.0, 20.5)),
        Pool("GBP-USDT", 0.17, 9_000, 1.0, 1.3391, 1_000, 400_000, 0.70, (12.0, 18.0)),
        Pool("BRL-USDT", 0.15, 40_000, 1.1, 0.1821, 5_000, 2_500_000, 1.10, (14.0, 20.0)),
    )
}


@dataclass(frozen=True)
class Program:
    """An agreed program: the pools it approves and the zone its daily band resets in."""

    program_id: str
    product: str
    time_zone: str
    pools: tuple[Pool, ...]


@dataclass(frozen=True)
class Lane:
    """One partner in one environment: the unit the sample is generated in."""

    number: int
    partner_id: str
    environment: str
    quotes_per_day: int
    days: int
    programs: tuple[Program, ...]

    @property
    def pools(self) -> tuple[Pool, ...]:
        """All pools of all programs."""
        return tuple(pool for program in self.programs for pool in program.pools)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The fiat currencies, in the order of the pools."""
        return tuple(dict.fromkeys(pool.fiat for pool in self.pools))

    @property
    def label(self) -> str:
        """How the lane's files are named."""
        return self.partner_id + ("" if self.environment == "production" else "-sandbox")

    def share(self, pool: Pool) -> float:
        """The pool's part of this lane's quotes."""
        return pool.share / sum(other.share for other in self.pools)


@dataclass(frozen=True)
class PoolLimits:
    """The operator's limits of one pool, in cents, and the day's volume they were set for."""

    expected_day: int
    daily_band: int
    max_order: int


def round_figure(cents: float) -> int:
    """Two leading digits, as people set limits."""
    unit = int(10 ** max(2, len(str(int(cents))) - 2))
    return max(unit, round(cents / unit) * unit)


def _mean_order(pool: Pool, largest: float) -> float:
    """The mean of the lognormal amounts, cut at `largest`: E[min(X, c)]."""
    mu, sigma = log(pool.median_cents), pool.spread
    edge = (log(largest) - mu) / sigma
    below = (1 + erf((edge - sigma) / sqrt(2))) / 2
    return exp(mu + sigma**2 / 2) * below + largest * (1 - erf(edge / sqrt(2))) / 2


def limits_of(lane: Lane, pool: Pool) -> PoolLimits:
    """Limits that the pool's usual days use by 30 to 90 %, whatever the size of the sample.

    Small samples vary more from day to day, so their band leaves more room above the mean.
    """
    trades = max(0.5, lane.quotes_per_day * lane.share(pool) * FIRM_SHARE * ACCEPTED_SHARE)
    rough = trades * _mean_order(pool, pool.largest_order)
    largest = round_figure(min(pool.largest_order, max(5 * pool.median_cents, rough / 3)))
    expected = trades * _mean_order(pool, largest)
    wobble = sqrt(exp(pool.spread**2) - 1) / sqrt(trades)
    band = max(1.6 * expected, PEAK_DAY * (1 + 3 * wobble) * expected, 2 * largest)
    return PoolLimits(round(expected), round_figure(band), largest)


def _programs(partner_id: str, pools: tuple[str, ...]) -> tuple[Program, ...]:
    name, suffix = partner_id.split("-")
    stem = f"lp_{name}{suffix if suffix.isdigit() else ''}"
    zones = {
        "core": ("Europe/Berlin", "wallet top-ups"),
        "latam": ("America/Sao_Paulo", "remittance payouts"),
    }
    programs = []
    for area, (zone, product) in zones.items():
        approved = tuple(POOLS[one] for one in pools if POOLS[one].time_zone == zone)
        if approved:
            programs.append(Program(f"{stem}_{area}", product, zone, approved))
    return tuple(programs)


def lanes(partners: int, quotes_per_day: int, days: int) -> list[Lane]:
    """The partners of a sample, and a little sandbox noise of the first one."""
    known = [
        ("lumen-wallet", tuple(POOLS)),
        ("orbit-pay", ("EUR-USDC", "GBP-USDT", "BRL-USDT")),
    ]
    known += [(f"partner-{n:02d}", ("EUR-USDT", "GBP-USDT")) for n in range(3, partners + 1)]
    result = [
        Lane(2 * n, name, "production", quotes_per_day, days, _programs(name, pools))
        for n, (name, pools) in enumerate(known[:partners])
    ]
    if result:
        noise = min(40, max(2, quotes_per_day // 100))
        tried = _programs("lumen-wallet", ("EUR-USDT", "GBP-USDT"))
        result.append(Lane(1, "lumen-wallet", "sandbox", noise, min(days, 10), tried))
    return result
