"""The door for terminals: the `utilization` command. Arguments in, rows and an exit status out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

from pipelines.errors import PipelineError, UnknownScopeError, UsageError
from pipelines.places import ENVIRONMENTS, Place, places
from pipelines.settings import Settings, load_settings
from pipelines.windows import parse_duration, parse_instant
from reports.export import FORMATS, json_line, write_rows, write_table
from reports.progress import IngestProgress

NAMES = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}
app = typer.Typer(**NAMES)  # type: ignore[arg-type]
quarantine_app = typer.Typer(**NAMES)  # type: ignore[arg-type]
app.add_typer(quarantine_app, name="quarantine")

Partner = Annotated[str | None, typer.Option("--partner", help="Partner id.")]
Environment = Annotated[str | None, typer.Option("--environment", help="production or sandbox.")]
Form = Annotated[str, typer.Option("--format", help="json, csv or parquet.")]
Out = Annotated[Path | None, typer.Option("--out", help="File to write to instead of printing.")]
Pool = Annotated[list[str] | None, typer.Option("--pool", help="Only this pool; repeatable.")]
Basis = Annotated[str, typer.Option(help="Balance below the reserved: available or visible.")]
PROGRAM = "utilization"
SET_ASIDE = 3
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Door:
    """What every command is given before its own arguments."""

    settings: Settings
    wait_seconds: float

    def place(self, partner: str | None, environment: str | None) -> Place:
        """The one place meant; partner and environment may be left out where there is just one."""
        chosen = [
            place
            for place in places(self.settings.home)
            if partner in (None, place.partner_id) and environment in (None, place.environment)
        ]
        if environment is None and len({place.partner_id for place in chosen}) == 1:
            chosen = [place for place in chosen if place.environment == ENVIRONMENTS[0]] or chosen
        if not chosen:
            raise UnknownScopeError(
                f"{self.settings.home}: no such partner and environment; ingest first, or choose"
                " with --partner, --environment or --home"
            )
        if len(chosen) > 1:
            raise UnknownScopeError(f"{self.settings.home}: several partners; name one: --partner")
        return chosen[0]


@app.callback()
def choose_home(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder that holds all this keeps [env: UTILIZATION_HOME].")
    ] = None,
    wait: Annotated[str, typer.Option(help="How long to wait for another writer.")] = "30s",
) -> None:
    """How much of an approved 0Pools program a partner uses.

    Example: utilization --home data/home ingest data/sample
    """
    waiting = parse_duration(wait) if wait != "0s" else timedelta(0)
    context.obj = Door(load_settings(home), waiting / timedelta(seconds=1))


@app.command()
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
    from pipelines.homelock import writing
    from pipelines.ingest import Ingestion
    from reports.summary import summary_lines

    here: Door = context.obj
    with writing(here.settings.home, here.wait_seconds), IngestProgress(paths) as progress:
        ingestion = Ingestion(
            here.settings, at=_now(), partner=partner, progress=progress.callbacks
        )
        report = ingestion.run(paths)
    for line in summary_lines(report, form, seconds=progress.seconds):
        typer.echo(line)
    for fault in report.fault_lines():
        typer.echo(fault, err=True)
    if not report.is_clean:
        raise typer.Exit(SET_ASIDE)


@app.command()
def windows(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    window: Annotated[
        str,
        typer.Option(help="15m, 1h, day, week, month, quarter, or rolling-1h, -24h, -7d, -30d."),
    ],
    start: Annotated[str | None, typer.Option("--from", help="RFC 3339; widened to a window.")] = (
        None
    ),
    end: Annotated[str | None, typer.Option("--to", help="RFC 3339; widened to a window.")] = None,
    partner: Partner = None,
    environment: Environment = None,
    pool: Pool = None,
    time_zone: Annotated[
        str | None, typer.Option(help="IANA zone; the program's when left out, else UTC.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339; the watermark when left out.")] = (
        None
    ),
    basis: Basis = "available",
    form: Form = "json",
    out: Out = None,
) -> None:
    """The utilization rows: every figure, one row per pool and window, quiet windows included.

    Example: utilization windows --window 1h --from 2026-06-29T00:00:00Z --to 2026-06-30T00:00:00Z
    """
    from pipelines.questions import Question, ask_windows

    here: Door = context.obj
    place = here.place(partner, environment)
    question = Question(
        window, _instant(start), _instant(end), time_zone, _instant(as_of), pool, basis
    )
    table = ask_windows(here.settings, place, question, wait_seconds=here.wait_seconds)
    write_table(table, place.partner_id, place.environment, _format(form), out)


@app.command()
def now(
    context: typer.Context,
    at: Annotated[str | None, typer.Option(help="RFC 3339; the watermark when left out.")] = None,
    partner: Partner = None,
    environment: Environment = None,
    basis: Basis = "available",
    form: Form = "json",
    out: Out = None,
) -> None:
    """The rolling row per pool: the last hour, the last 24 hours, and what stands now.

    Example: utilization now --format csv
    """
    from pipelines.questions import ask_now

    here: Door = context.obj
    place = here.place(partner, environment)
    table = ask_now(here.settings, place, _instant(at), basis=basis, wait_seconds=here.wait_seconds)
    write_table(table, place.partner_id, place.environment, _format(form), out)


@app.command()
def status(
    context: typer.Context,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Freshness per source and kind, the last batches, what was set aside, undeclared fields.

    Example: utilization status --partner lumen-wallet
    """
    from pipelines.operations import status_rows, unassigned_row

    here: Door = context.obj
    chosen = _places(here, partner, environment)
    rows = [row for place in chosen for row in status_rows(place, at=_now())]
    rows.extend(unassigned_row(here.settings))
    write_rows(rows, _format(form), out)


@quarantine_app.callback()
def quarantine() -> None:
    """What was set aside: list it, replay it.

    Example: utilization quarantine list --partner lumen-wallet
    """


@quarantine_app.command("list")
def quarantine_list(
    context: typer.Context,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """What was set aside and why, with file and line. Private values are never kept.

    Example: utilization quarantine list --format csv --out set-aside.csv
    """
    from pipelines.operations import quarantine_rows
    from pipelines.places import unassigned

    here: Door = context.obj
    chosen = _places(here, partner, environment)
    if partner is None and environment is None:
        chosen.append(unassigned(here.settings.home))
    rows = (
        {"environment": place.environment, "partner_id": place.partner_id, **row}
        for place in chosen
        for row in quarantine_rows(here.settings, place)
    )
    write_rows(rows, _format(form), out)


@quarantine_app.command("replay")
def quarantine_replay(
    context: typer.Context, partner: Partner = None, environment: Environment = None
) -> None:
    """Judge again what was set aside and kept whole, and load what is right by now.

    Example: utilization quarantine replay
    """
    from pipelines.homelock import writing
    from pipelines.operations import replay_quarantine

    here: Door = context.obj
    with writing(here.settings.home, here.wait_seconds):
        for place in _places(here, partner, environment):
            counts = replay_quarantine(here.settings, place, at=_now())
            typer.echo(json_line({**_scope(place), "loaded": counts.loaded}))


@app.command()
def verify(
    context: typer.Context, partner: Partner = None, environment: Environment = None
) -> None:
    """Load landing again beside the warehouse and compare every table, count and sum.

    Example: utilization verify
    """
    from pipelines.homelock import writing
    from pipelines.operations import verify_place

    here: Door = context.obj
    wrong = 0
    with writing(here.settings.home, here.wait_seconds):
        for place in _places(here, partner, environment):
            checks = list(verify_place(here.settings, place))
            broken = [check for check in checks if not check.holds]
            wrong += len(broken)
            for check in broken:
                typer.echo(json_line({**_scope(place), **check.row()}))
            typer.echo(json_line({**_scope(place), "checks": len(checks), "differ": len(broken)}))
    if wrong:
        raise PipelineError(
            f"{wrong} check(s) differ from what was landed; run `utilization rebuild`"
        )


@app.command()
def rebuild(
    context: typer.Context, partner: Partner = None, environment: Environment = None
) -> None:
    """Make the warehouse anew from what was landed, and publish it.

    Example: utilization rebuild --partner lumen-wallet
    """
    from pipelines.homelock import writing
    from pipelines.operations import rebuild_place

    here: Door = context.obj
    with writing(here.settings.home, here.wait_seconds):
        for place in _places(here, partner, environment):
            typer.echo(f"rebuilding {place.environment}/{place.partner_id}", err=True)
            build_id = rebuild_place(here.settings, place)
            typer.echo(json_line({**_scope(place), "build_id": build_id}))


@app.command()
def sample(
    directory: Annotated[Path, typer.Argument(help="Folder to write; new or empty.")],
    days: Annotated[int, typer.Option(min=1)] = 45,
    quotes_per_day: Annotated[int, typer.Option(min=1)] = 2_000,
    partners: Annotated[int, typer.Option(min=1)] = 1,
    seed: int = 7,
) -> None:
    """Write believable sample records as files, streaming: memory does not grow with the numbers.

    Example: utilization sample big-sample --days 30 --quotes-per-day 1000000
    """
    from pipelines.sample import write_sample

    summary = write_sample(
        directory, days=days, quotes_per_day=quotes_per_day, partners=partners, seed=seed
    )
    for kind, records in summary.counts.items():
        typer.echo(json_line({"kind": kind, "records": records}))


@app.command()
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port of the dashboard on this machine.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Load the sample through the ordinary ingestion if the home is empty, and open the dashboard.

    Example: utilization demo --port 8600 --no-browser
    """
    from reports.demo import dashboard_command, load_sample

    here: Door = context.obj
    if not places(here.settings.home):
        load_sample(here.settings, at=_now(), wait_seconds=here.wait_seconds)
    typer.echo(f"dashboard: http://localhost:{port} (stop with Ctrl-C)", err=True)
    home = {"UTILIZATION_HOME": str(here.settings.home.resolve())}
    command = dashboard_command(port, browser=browser)
    raise typer.Exit(subprocess.call(command, env={**os.environ, **home}))


def _places(here: Door, partner: str | None, environment: str | None) -> list[Place]:
    """Every place that the options leave; UnknownScopeError when they leave none."""
    chosen = [
        place
        for place in places(here.settings.home)
        if partner in (None, place.partner_id) and environment in (None, place.environment)
    ]
    if not chosen:
        raise UnknownScopeError(f"{here.settings.home}: nothing there to look at; ingest first")
    return chosen


def _scope(place: Place) -> dict[str, str]:
    return {"environment": place.environment, "partner_id": place.partner_id}


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text is not None else None


def _format(form: str) -> Any:
    if form not in FORMATS:
        raise UsageError(f"no format {form!r}; choose one of {', '.join(FORMATS)}")
    return form


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command and end the process with its status; a failure is one line on stderr."""
    status = 0
    try:
        given = list(arguments) if arguments is not None else None
        status = app(args=given, prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:
        told = error.format_message().rstrip(".")
        _fail(f"{told}; see `{_asked(error)} --help`", error.exit_code)
    except PipelineError as error:
        _fail(str(error), error.exit_status)
    except ValueError as error:
        _fail(str(error), UsageError.exit_status)
    except OSError as error:
        _fail(f"{error.filename or 'disk'}: {error.strerror or type(error).__name__}", 1)
    except duckdb.Error:
        _fail("a database file of this home cannot be read; run `utilization rebuild`", 1)
    except Exception as error:  # a traceback could show a record's value
        _fail(f"failed unexpectedly ({type(error).__name__}); nothing is half-done", 1)
    if status == INTERRUPTED:
        _fail("stopped; run the same command again to go on", INTERRUPTED)
    sys.exit(status or 0)


def _asked(error: typer.TyperException) -> str:
    """The command that the mistaken call meant, as far as it could be told."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context is not None else PROGRAM


def _fail(message: str, status: int) -> None:
    typer.echo(f"utilization: {' '.join(message.split())}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
