"""A program of which hardly anything is known has a pack too: it says what is missing instead of
failing; and of the same records it is the same, whatever order they came in. Method: homes with one
quote, or few trades and entries in one order and another, are reviewed in every format."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import UsageError
from pipelines.pack.scope import Wanted
from pipelines.windows import parse_instant
from reports.pack import words
from reports.pack.document import Pack, build_pack
from reports.pack.html import page
from reports.pack.writing import FORMATS, Format, write
from tests.contracts.examples import valid
from tests.reconciliation.stories import clock, entry, exceptions, trade
from tests.warehouse import ingest, ingest_world, place_of, settings_of, write_world

OWNER = {"partner_id": "acme", "environment": "production", "program_id": "lp"}


def program(**fields: Any) -> dict[str, Any]:
    return valid(
        "programs",
        **OWNER,
        effective_from="2026-05-01T00:00:00Z",
        time_zone="UTC",
        approved_pools=["EUR-USDT", "NEVER-SEEN"],
        **fields,
    )


def quote(**fields: Any) -> dict[str, Any]:
    times = {"requested_at": "2026-06-24T10:00:00Z", "expires_at": None, "rejected_at": None}
    return valid("quotes", **OWNER, **{"pool_id": "EUR-USDT", **times, **fields})


def packed(home: Path, period: str) -> Pack:
    wanted = Wanted("lp", period, as_of=parse_instant("2026-07-01T00:00:00Z"))
    return build_pack(settings_of(home), place_of(home), wanted)


@pytest.fixture(scope="module")
def little_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one program and one quote."""
    home = tmp_path_factory.mktemp("little") / "home"
    ingest_world(home, {"programs": [program()], "quotes": [quote()]})
    return home


@pytest.mark.parametrize(
    ("period", "forms"),
    [("2026-06", tuple(FORMATS)), ("2026-W26", ("html",)), ("2026-Q2", ("html",))],
)
def test_one_quote_is_enough_for_a_pack(
    little_home: Path, period: str, forms: tuple[Format, ...]
) -> None:
    pack = packed(little_home, period)
    for form in forms:
        assert write(pack, form, settings_of(little_home))
    shown = page(pack.about, pack.sections)
    assert "no sandbox records of this partner here" in shown
    assert "No webhook has arrived" in shown
    assert "No limit of these pools has been loaded." in shown
    assert "EUR-USDT: no daily band was in force" in shown
    assert words.EXCEPTIONS_UNKNOWN in shown
    assert words.EXCEPTIONS_EMPTY not in shown
    assert "ties out" not in shown.partition('id="outlook"')[0]  # of no day is anything known
    assert words.BRIDGE_UNKNOWN in shown
    assert pack.tables["launch_pools"].column("old_exceptions").null_count == 2
    asked = {row["pool_id"]: row["quote_requests"] for row in pack.tables["quotes"].to_pylist()}
    assert asked == {"EUR-USDT": 1, "NEVER-SEEN": 0}
    assert pack.tables["endings"].num_rows == 2  # also of the pool that nobody has used
    states = {one.name: one.state for one in pack.figures.evidence}
    assert states["limits_agreed"] == "unknown"
    assert (states["alerts_sent"], states["findings_over"]) == ("unknown", "met")


OF_ARRIVAL = {"coverage", "offered", "sources"}
"""Tables of section 12, which tell when records came and in which files."""


def test_records_loaded_in_another_order_change_only_what_is_said_of_their_arrival(
    tmp_path: Path,
) -> None:
    debits = {"ledger": [entry(number, 61, "-100.00", f"q{number}") for number in (1, 2)]}
    trades = {"trades": [*trade(1, 60), *trade(2, 60, ends="settled"), *trade(3, 60)]}
    told = {"programs": [program()], **clock(120)}
    packs = []
    for name, order in (("debits", (debits, trades, told)), ("trades", (told, trades, debits))):
        home = tmp_path / name
        for number, part in enumerate(order):
            ingest(home, write_world(tmp_path / f"{name}-{number}", part))
        packs.append(packed(home, "2026-06"))
    one, other = packs
    (still_open,) = one.tables["exceptions"].to_pylist()
    assert still_open["transact_id"] == "t3"
    seen = exceptions(tmp_path / "trades", "resolved")
    assert {row["transact_id"] for row in seen} == {"t1", "t2"}  # there until the debits came
    differ = {name for name in one.tables if one.tables[name] != other.tables[name]}
    assert differ <= OF_ARRIVAL
    arrival = re.compile(r'<section id="quality">.*?</section>', re.DOTALL)
    assert len({arrival.sub("", page(pack.about, pack.sections)) for pack in packs}) == 1


def test_a_program_without_records_has_no_pack(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"programs": [program()]})
    with pytest.raises(UsageError, match="nothing is known of 2026-06"):
        packed(home, "2026-06")
