"""The summary of an ingestion: one line for each kind and partner, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from pipelines.errors import UsageError
from pipelines.ingest import Report
from reports.export import json_line

COUNTED = ("offered", "loaded", "duplicate", "quarantined", "refused")


def summary_lines(report: Report, form: str, *, seconds: float) -> Iterator[str]:
    """Yield the summary; `form` is `text` or `json`. Seconds are of the whole run."""
    if form not in ("text", "json"):
        raise UsageError(f"no format {form!r}; choose text or json")
    rows = [
        {
            "kind": kind,
            "environment": environment,
            "partner_id": partner_id,
            **asdict(counts),
            "seconds": f"{seconds:.3f}",
        }
        for (kind, environment, partner_id), counts in sorted(report.counts.items())
    ]
    if form == "json":
        yield from (json_line(row) for row in rows)
        return
    yield f"{'kind':<13}{'partner':<30}" + "".join(f"{name:>13}" for name in COUNTED)
    for row in rows:
        owner = f"{row['environment']}/{row['partner_id']}"
        yield f"{row['kind']:<13}{owner:<30}" + "".join(f"{row[name]:>13,}" for name in COUNTED)
    for (environment, partner_id), build in sorted(report.published.items()):
        yield f"published {environment}/{partner_id} as build {build}"
    for (environment, partner_id), failures in sorted(report.failures.items()):
        for failure in failures:
            yield f"{environment}/{partner_id}: check {failure.name} fails, see below"
    yield f"{seconds:.1f} s"
