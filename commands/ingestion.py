"""Commands that bring records in: files of one's own, a made sample, the demo."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.door import Door, clock
from pipelines.places import places
from reports.export import json_line

SET_ASIDE = 3


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of records.")],
    partner: Annotated[
        str | None, typer.Option("--partner", help="Refuse records of any other partner.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text, or json for one object a line.")] = (
        "text"
    ),
) -> None:
    """Load files or folders: contracts, durable landing, facts, buckets, a published build.

    Example: utilization ingest data/sample --format json
    """
    from pipelines.advice import keep_advice
    from pipelines.homelock import writing
    from pipelines.ingest import Ingestion
    from reports.progress import IngestProgress
    from reports.summary import summary_lines

    here: Door = context.obj
    with writing(here.settings.home, here.wait_seconds), IngestProgress(paths) as progress:
        ingestion = Ingestion(
            here.settings, at=clock(), partner=partner, progress=progress.callbacks
        )
        report = ingestion.run(paths)
        for place in places(here.settings.home):
            keep_advice(place, here.settings)
    for line in summary_lines(report, form, seconds=progress.seconds):
        typer.echo(line)
    for fault in report.fault_lines():
        typer.echo(fault, err=True)
    if not report.is_clean:
        raise typer.Exit(SET_ASIDE)


def sample(
    directory: Annotated[Path, typer.Argument(help="Folder to write; new or empty.")],
    days: Annotated[int, typer.Option(min=1)] = 45,
    quotes_per_day: Annotated[int, typer.Option(min=1)] = 2_000,
    partners: Annotated[int, typer.Option(min=1)] = 1,
    seed: int = 7,
    end: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of the sample.")
    ] = datetime(2026, 6, 30, tzinfo=UTC),
) -> None:
    """Write believable sample records as files, streaming: memory does not grow with the numbers.

    Example: utilization sample big-sample --days 30 --quotes-per-day 1000000
    """
    from pipelines.sample import write_sample

    summary = write_sample(
        directory,
        days=days,
        quotes_per_day=quotes_per_day,
        partners=partners,
        seed=seed,
        end=end.date(),
    )
    for kind, records in summary.counts.items():
        typer.echo(json_line({"kind": kind, "records": records}))


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port of the dashboard on this machine.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Load a sample through the ordinary ingestion if the home is empty, and open the dashboard.

    Example: utilization demo --port 8600 --no-browser
    """
    from reports.demo import dashboard_command, load_sample

    here: Door = context.obj
    if not places(here.settings.home):
        load_sample(here.settings, at=clock(), wait_seconds=here.wait_seconds)
    else:
        here.renew()
    typer.echo(f"dashboard: http://localhost:{port} (stop with Ctrl-C)", err=True)
    home = {"UTILIZATION_HOME": str(here.settings.home.resolve())}
    command = dashboard_command(port, browser=browser)
    raise typer.Exit(subprocess.call(command, env={**os.environ, **home}))
