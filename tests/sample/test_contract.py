"""The sample at the door: the contract takes every record but the planted wrong ones, and refuses
each of those for the fault that was planted in it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.contracts.judging import judge
from pipelines.contracts.records import MODELS
from pipelines.contracts.strict_json import UnreadableRecordError, parse_object
from pipelines.sample import write_sample
from pipelines.sample.bad import BAD, CANARY, Bad
from tests.sample.reading import kind_of, text_of, verdicts


def test_every_record_outside_the_bad_files_may_enter(sample: Path) -> None:
    for path in sorted(sample.iterdir()):
        if "-bad." in path.name:
            continue
        for number, verdict in enumerate(verdicts(path), 1):
            assert verdict.record is not None, (path.name, number, verdict)
            assert not verdict.unknown_fields, (path.name, number, verdict)


def test_every_kind_and_every_format_is_there(sample: Path) -> None:
    names = [path.name for path in sample.iterdir()]

    assert {name.split("-")[0] for name in names} == set(MODELS)
    for suffix in (".jsonl", ".jsonl.zst", ".ndjson.gz", ".csv", ".csv.gz", ".parquet"):
        assert any(name.endswith(suffix) for name in names), suffix


def test_one_kind_comes_in_the_spelling_of_the_api(sample: Path) -> None:
    path = next(sample.glob("webhooks-*"))

    assert {"eventId", "transactId", "occurredAt"} <= set(json.loads(text_of(path).splitlines()[0]))


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_record_is_refused_for_its_planted_fault(sample: Path, bad: Bad) -> None:
    order = [other.name for other in BAD if other.kind == bad.kind]
    path = next(path for path in sample.glob("*-bad.*") if kind_of(path) == bad.kind)
    line = text_of(path).splitlines()[order.index(bad.name)]

    if bad.rule == "unreadable":
        with pytest.raises(UnreadableRecordError):
            parse_object(line)
        return
    verdict = judge(bad.kind, parse_object(line))
    assert verdict.record is None
    if bad.rule == "private":
        assert verdict.private is not None
        assert CANARY.encode() in line
    else:
        assert [fault.rule for fault in verdict.faults] == [bad.rule]


def test_a_field_that_no_kind_has_is_dropped_and_its_record_enters(sample: Path) -> None:
    path = next(sample.glob("quotes-*-bad.*"))

    verdict = judge("quotes", parse_object(text_of(path).splitlines()[-1]))

    assert verdict.record is not None
    assert verdict.unknown_fields == ("app_version",)


def test_the_canary_is_nowhere_but_in_the_bad_files(sample: Path) -> None:
    holders = {path.name for path in sample.iterdir() if CANARY.encode() in text_of(path)}

    assert holders
    assert all("-bad." in name for name in holders)


def test_a_tiny_sample_of_three_partners_may_enter_too(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    summary = write_sample(folder, days=3, quotes_per_day=50, partners=3)

    partners = set()
    for path in summary.files:
        if "-bad." not in path.name:
            records = [verdict.record for verdict in verdicts(path)]
            assert all(records)
            partners |= {record["partner_id"] for record in records if record}
    assert partners == {"lumen-wallet", "orbit-pay", "partner-03"}
