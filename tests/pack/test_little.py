"""A program of which hardly anything is known has a pack too: it says what is missing instead of
failing. Method: homes with one quote, or one trade in a pool that has no limits, are reviewed in
every format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import UsageError
from pipelines.pack.scope import Wanted
from pipelines.windows import parse_instant
from reports.pack.document import Pack, build_pack
from reports.pack.html import page
from reports.pack.writing import FORMATS, Format, write
from tests.contracts.examples import valid
from tests.warehouse import ingest_world, place_of, settings_of

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
    asked = {row["pool_id"]: row["quote_requests"] for row in pack.tables["quotes"].to_pylist()}
    assert asked == {"EUR-USDT": 1, "NEVER-SEEN": 0}
    assert pack.tables["endings"].num_rows == 2  # also of the pool that nobody has used
    states = {one.name: one.state for one in pack.figures.evidence}
    assert states["limits_agreed"] == "unknown"
    assert (states["alerts_sent"], states["findings_over"]) == ("unknown", "met")


def test_a_program_without_records_has_no_pack(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"programs": [program()]})
    with pytest.raises(UsageError, match="nothing is known of 2026-06"):
        packed(home, "2026-06")
