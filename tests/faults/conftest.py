"""A nursery, records with every way of going wrong in them, and what a clean run makes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.sample import write_sample
from tests.faults.nursery import Nursery
from tests.faults.remains import Remains, remains_of

CHOSEN = re.compile(r"(quotes|trades|ledger-lumen-wallet-bad)-?(?!.*sandbox)|quotes-.*sandbox")
"""Ledger entries only where they are wrong, and of the other environment only quotes."""


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Forks runs of the command."""
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few kinds of a small sample: wrong, repeated and contradicting records among them."""
    folder = tmp_path_factory.mktemp("faults") / "records"
    write_sample(folder, days=3, quotes_per_day=60, packed=False)
    for path in folder.iterdir():
        if not CHOSEN.match(path.name):
            path.unlink()
    _tell_some_again(folder)
    return folder


def _tell_some_again(folder: Path) -> None:
    """Tell a third of the quotes twice, some of them otherwise, in files of their own."""
    (quotes,) = folder.glob("quotes-lumen-wallet-2*.jsonl")
    lines = quotes.read_text().splitlines()
    again = [json.loads(line) for line in lines[::3]]
    for record in again[::4]:
        record["fiat_amount"] = "12345.00"
    text = "".join(json.dumps(record) + "\n" for record in again)
    quotes.with_name("quotes-again.jsonl").write_text(text)


@pytest.fixture(scope="session")
def clean(nursery: Nursery, records: Path, tmp_path_factory: pytest.TempPathFactory) -> Remains:
    """What one undisturbed ingestion leaves."""
    home = tmp_path_factory.mktemp("clean") / "home"
    ended = nursery.run("--home", home, "ingest", records)
    assert ended.status == 3, ended.err
    remains = remains_of(home)
    assert len(remains.dump) > 500
    assert len(remains.set_aside) > 15
    return remains
