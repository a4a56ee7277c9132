"""Whether a pack can still be made again: what differs today, and which later records did it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.pack.scope import Wanted
from pipelines.pack.sources import Source, earliest_records, later_sources
from pipelines.places import ENVIRONMENTS, Place
from pipelines.settings import Settings
from pipelines.windows import format_instant, parse_instant
from reports.pack.bundle import MANIFEST, bundle_files
from reports.pack.document import Pack, build_pack
from reports.pack.manifest import FORMAT, manifest, source_entry, told_settings
from reports.pack.writing import FORMATS, write

Difference = dict[str, Any]
BESIDE = ".manifest.json"
"""What the name of a file's manifest ends with, beside it."""

_NEEDED = (
    *("partner_id", "environment", "program_id", "period", "is_partial", "as_of"),
    *("journal", "frozen_before", "sources", "tables", "files"),
)


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest in a file, or the one inside a bundle; UsageError where it is none."""
    data = path.read_bytes()
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = archive.read(MANIFEST)
        told = json.loads(data)
        is_one = told["format"] == FORMAT and all(name in told for name in _NEEDED)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not the manifest of a review pack") from error
    if not is_one or told["environment"] not in ENVIRONMENTS:
        raise UsageError(f"{path}: not a manifest that this version can read")
    return dict(told)


def verify(
    settings: Settings, told: Mapping[str, Any], *, wait_seconds: float
) -> tuple[list[Difference], list[Difference]]:
    """Return what differs from a manifest today, and what may have made it differ.

    The pack is made again for the same program, period, instant and lines of the journal. Of each
    later batch its earliest ten records of the time covered are named by their keys.
    """
    place = Place(settings.home, told["environment"], told["partner_id"])
    pack = build_pack(settings, place, wanted_by(told), wait_seconds=wait_seconds)
    files = _remade(pack, told["files"], settings)
    now = manifest(pack, settings, {name: data for name, data in files.items() if data})
    differences = [*_tables(told, now), *_files(told, files), *_journal(told, now)]
    return differences, list(_causes(told, now, pack, settings)) if differences else []


def changed_files(path: Path, told: Mapping[str, Any]) -> list[Difference]:
    """Return the files handed out with a manifest that are not as it says.

    Those inside the bundle, or those beside the manifest; one that lies elsewhere is not looked at.
    """
    named = told["files"]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            found = {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}
    else:
        beside = {name: path.with_name(name) for name in named}
        if path.name != MANIFEST:
            beside = dict.fromkeys(named, path.with_name(path.name.removesuffix(BESIDE)))
        files = {name: file for name, file in beside.items() if file != path and file.is_file()}
        found = {name: file.read_bytes() for name, file in files.items()}
    return [
        {"differs": "handed out", "name": name}
        for name, data in found.items()
        if name not in named or hashlib.sha256(data).hexdigest() != named[name]["sha256"]
    ]


def wanted_by(told: Mapping[str, Any]) -> Wanted:
    """The pack that a manifest is of, knowing no more than it did."""
    return Wanted(
        told["program_id"],
        told["period"],
        as_of=parse_instant(told["as_of"]),
        allow_partial=bool(told["is_partial"]),
        journal_entries=told["journal"]["entries"],
        knows_frozen=told["frozen_before"] is not None,
    )


def _remade(pack: Pack, names: Iterable[str], settings: Settings) -> dict[str, bytes | None]:
    """The files of these names made again; None for one that no format makes."""
    forms = {known: form for form, known in FORMATS.items()}
    names = list(names)
    inside = {} if all(name in forms for name in names) else bundle_files(pack)
    return {
        name: write(pack, forms[name], settings) if name in forms else inside.get(name)
        for name in names
    }


def _tables(told: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    before, after = told["tables"], now["tables"]
    for name in dict.fromkeys((*before, *after)):
        was, is_now = before.get(name), after.get(name)
        if was == is_now:
            continue
        columns = dict.fromkeys((*(was or {}).get("columns", {}), *(is_now or {})["columns"]))
        yield {
            "differs": "table",
            "name": name,
            "rows": was and was["rows"],
            "rows_now": is_now and is_now["rows"],
            "columns": [
                column
                for column in columns
                if (was or {"columns": {}})["columns"].get(column)
                != (is_now or {"columns": {}})["columns"].get(column)
            ],
        }


def _files(told: Mapping[str, Any], files: Mapping[str, bytes | None]) -> Iterator[Difference]:
    for name, entry in told["files"].items():
        data = files[name]
        if data is None or hashlib.sha256(data).hexdigest() != entry["sha256"]:
            yield {"differs": "file", "name": name}


def _journal(told: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    if told["journal"] != now["journal"]:
        yield {"differs": "journal", "name": "journal"}


def _causes(
    told: Mapping[str, Any], now: Mapping[str, Any], pack: Pack, settings: Settings
) -> Iterator[Difference]:
    """Later batches with records of the time covered, lost ones, other versions and settings."""
    sources = pack.figures.quality.lineage.sources
    known = [one["batch"] for one in told["sources"]]
    place, before = pack.figures.scope.place, pack.figures.scope.as_of
    for source in later_sources(known, sources):
        earliest = [_plain(row) for row in earliest_records(place, source, before)]
        yield {"cause": "later batch", **_with_days(source), "earliest": earliest}
    gone = {one.batch for one in sources}
    for one in told["sources"]:
        if one["batch"] not in gone:
            yield {"cause": "batch is gone", **one}
    for name in ("product_version", "definitions_version"):
        if told[name] != now[name]:
            yield {"cause": name, "was": told[name], "now": now[name]}
    libraries = now["made_with"]
    for name, value in told.get("made_with", {}).items():
        if libraries.get(name) != value:
            yield {"cause": "library", "name": name, "was": value, "now": libraries.get(name)}
    for name, value in told_settings(settings).items():
        if told["settings"].get(name) != value:
            yield {
                "cause": "setting",
                "name": name,
                "was": told["settings"].get(name),
                "now": value,
            }


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: format_instant(value.replace(tzinfo=UTC)) if isinstance(value, datetime) else value
        for name, value in record.items()
    }


def _with_days(source: Source) -> Difference:
    days: Sequence[tuple[Any, int]] = source.days
    return {
        **source_entry(source),
        "days": {day.isoformat(): records for day, records in days},
    }
