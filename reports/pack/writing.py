"""A pack in the formats it is handed out in, and the file that says what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Literal

from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.windows import format_instant
from reports.pack.bundle import MANIFEST, bundle_files, zipped
from reports.pack.document import Pack
from reports.pack.html import page
from reports.pack.manifest import manifest, manifest_bytes
from reports.pack.pdf import pdf
from reports.pack.xlsx import workbook
from reports.wording import IS_NOT

Format = Literal["html", "pdf", "xlsx", "bundle"]
FORMATS: Mapping[Format, str] = {
    "html": "report.html",
    "pdf": "report.pdf",
    "xlsx": "report.xlsx",
    "bundle": "bundle.zip",
}
"""The formats, each with the name its file has beside a manifest."""


def pack_format(name: str) -> Format:
    """The format of that name; UsageError names those there are."""
    for known in FORMATS:
        if name == known:
            return known
    raise UsageError(f"no format {name!r}; choose one of {', '.join(FORMATS)}")


def file_name(program_id: str, period: str, form: Format) -> str:
    """The name of a pack's file where nobody chose another."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", program_id)
    return f"review-{safe}-{period}{PurePath(FORMATS[form]).suffix}"


def write(pack: Pack, form: Format, settings: Settings) -> bytes:
    """Return the pack as one file of that format; the same pack gives the same bytes."""
    if form == "html":
        return page(pack.about, pack.sections).encode()
    if form == "pdf":
        return pdf(pack.about, pack.sections, pack.figures.scope.as_of)
    if form == "xlsx":
        return workbook(pack, _facts(pack))
    files = bundle_files(pack)
    return zipped({**files, MANIFEST: manifest_bytes(manifest(pack, settings, files))})


def written(pack: Pack, form: Format, settings: Settings) -> tuple[bytes, bytes]:
    """Return the file, and the manifest that names it and lies beside it."""
    data = write(pack, form, settings)
    told = manifest(pack, settings, {FORMATS[form]: data})
    return data, manifest_bytes(told)


def whole(pack: Pack, settings: Settings) -> dict[str, bytes]:
    """Return the pack in every format with the one manifest of all, as it is frozen."""
    files = {FORMATS[form]: write(pack, form, settings) for form in FORMATS}
    return {**files, MANIFEST: manifest_bytes(manifest(pack, settings, files))}


def _facts(pack: Pack) -> dict[str, str]:
    return {
        "Definitions": pack.figures.definitions,
        "Version": pack.version,
        "As of (UTC)": format_instant(pack.figures.scope.as_of),
        "What utilization is not": IS_NOT,
    }
