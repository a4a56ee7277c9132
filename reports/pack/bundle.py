"""The pack as a bundle: every table as CSV and Parquet, every chart as SVG, and the manifest."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from reports.export import csv_text
from reports.pack.blocks import charts_of
from reports.pack.document import Pack
from reports.pack.drawing import marked, svg
from reports.pack.manifest import pack_rows

MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can hold: the same for every file of every pack."""


def bundle_files(pack: Pack) -> dict[str, bytes]:
    """The files of the bundle by their names in it, but for the manifest."""
    files: dict[str, bytes] = {}
    for name, table in pack.tables.items():
        files[f"tables/{name}.csv"] = _csv(pack, name, table)
        files[f"tables/{name}.parquet"] = _parquet(pack, name, table)
    for chart in charts_of(pack.sections):
        files[f"charts/{_file_name(chart.name)}.svg"] = svg(
            marked(chart, pack.about.partial)
        ).encode()
    return files


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as one archive, its times fixed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return file.getvalue()


def _head(pack: Pack, name: str) -> dict[str, str]:
    """What stands before the rows of each file, and in the metadata of a Parquet file."""
    about, scope = pack.about, pack.figures.scope
    told = {
        "table": name,
        "document": f"{about.title}: {about.program}",
        "partner": about.partner,
        "period": f"{scope.name} ({about.span})",
        "as_of": about.as_of,
        "time_zone": f"{scope.zone}; times are UTC",
        "versions": about.versions,
    }
    return {**told, "partial": about.partial} if about.partial else told


def _csv(pack: Pack, name: str, table: pa.Table) -> bytes:
    head = "".join(f"# {key}: {_line(value)}\r\n" for key, value in _head(pack, name).items())
    names = ("partner_id", "environment", *table.schema.names)
    return (head + csv_text(pack_rows(pack.figures, table), names)).encode()


def _line(value: str) -> str:
    """A value of the head as one cell."""
    return re.sub(r"[\r\n]", " ", value).replace(",", ";")


def _parquet(pack: Pack, name: str, table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(_head(pack, name)), file)
    return file.getvalue()


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)
