"""A change of settled volume is the sum of its parts, to the last digit, whatever the volumes.

Goal: parts add up; a factor that did not change has no part; the order of nothing matters; a factor
without a value explains nothing and is null; pools add up to their currency. Method: by hand and
with volumes drawn by hypothesis, zeros among them.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipelines.findings.decomposition import STAGES, Decomposition, decompose, together
from pipelines.findings.rules import FACTORS

Volumes = dict[str, Decimal | None]
amount = st.decimals(0, 10**9, places=8) | st.just(Decimal(0))
volumes = st.lists(amount, min_size=4, max_size=4).map(
    lambda drawn: dict(zip(STAGES, sorted(drawn, reverse=True), strict=True))
)
any_volumes = st.lists(amount | st.none(), min_size=4, max_size=4).map(
    lambda drawn: dict(zip(STAGES, drawn, strict=True))
)


def of(*amounts: str | None) -> Volumes:
    known = [None if one is None else Decimal(one) for one in amounts]
    return dict(zip(STAGES, known, strict=True))


def total(found: Decomposition) -> Decimal:
    return sum((part or Decimal(0) for part in found.parts.values()), found.unattributed)


@given(any_volumes, any_volumes)
def test_the_parts_add_up_to_the_change_to_the_last_digit(before: Volumes, now: Volumes) -> None:
    found = decompose(before, now)
    settled = before["settled_volume"], now["settled_volume"]
    if None in settled:
        assert found is None
        return
    assert found is not None
    assert found.change == settled[1] - settled[0]
    assert total(found) == found.change


@given(volumes, volumes)
def test_turned_round_every_part_turns_its_sign(before: Volumes, now: Volumes) -> None:
    there, back = decompose(before, now), decompose(now, before)
    assert there is not None
    assert back is not None
    for factor in FACTORS:
        one, other = there.parts[factor], back.parts[factor]
        assert (one is None) == (other is None)
        assert one is None or other is None or abs(one + other) <= Decimal("0.00000010")


@given(volumes, st.integers(2, 9))
def test_demand_alone_explains_what_demand_alone_changed(before: Volumes, times: int) -> None:
    now = {stage: (one or Decimal(0)) * times for stage, one in before.items()}
    found = decompose(before, now)
    assert found is not None
    for factor in FACTORS[1:]:
        assert found.parts[factor] in (None, Decimal(0)) or factor == "demand"
    assert found.parts["demand"] == found.change


def test_two_factors_share_what_both_changed() -> None:
    found = decompose(of("100", "50", "50", "50"), of("200", "50", "50", "25"))
    assert found is not None
    # demand x2, acceptance halved, settlement halved: 50 becomes 25
    assert found.change == Decimal("-25.00000000")
    assert found.parts["execution"] == 0
    assert found.parts["acceptance"] == found.parts["settlement"]
    # 50/3 + 25/6 + 25/6 + 12.5/3, over the orders in which the other two come before or after
    assert found.parts["demand"] == Decimal("29.16666666")
    assert found.parts["acceptance"] == Decimal("-27.08333333")


def test_what_ends_at_a_stage_is_told_by_that_stage_alone() -> None:
    nothing_accepted = decompose(of("100", "50", "40", "30"), of("100", "0", "0", "0"))
    assert nothing_accepted is not None
    assert nothing_accepted.parts == {
        "demand": Decimal(0),
        "acceptance": Decimal("-30.00000000"),
        "execution": None,
        "settlement": None,
    }
    nobody_asked = decompose(of("100", "50", "40", "30"), of("0", "0", "0", "0"))
    assert nobody_asked is not None
    assert nobody_asked.parts["demand"] == Decimal("-30.00000000")
    assert [nobody_asked.parts[factor] for factor in FACTORS[1:]] == [None, None, None]


def test_volume_without_a_chain_is_left_unattributed() -> None:
    for broken in (of("100", "0", "40", "40"), of("0", "5", "5", "5"), of(None, "5", "5", "5")):
        found = decompose(of("100", "50", "40", "30"), broken)
        assert found is not None
        assert set(found.parts.values()) == {None}
        assert found.unattributed == found.change == broken["settled_volume"] - Decimal(30)


@given(st.lists(st.tuples(volumes, volumes), min_size=1, max_size=4))
def test_pools_add_up_to_their_currency(pools: list[tuple[Volumes, Volumes]]) -> None:
    several = [one for before, now in pools if (one := decompose(before, now)) is not None]
    whole = together(several)
    assert whole.change == sum((one.change for one in several), Decimal(0))
    assert total(whole) == whole.change
