"""The door for terminals: the `utilization` command. Arguments in, rows and an exit status out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from commands.door import Door
from commands.evidence import evidence
from commands.findings import deliveries, findings, notify, snooze, snoozes, unsnooze
from commands.forecast import forecast
from commands.ingestion import demo, ingest, sample
from commands.operations import (
    quarantine,
    quarantine_list,
    quarantine_replay,
    rebuild,
    status,
    verify,
)
from commands.reconciliation import bridge, exceptions, reconciliation, reserved, webhooks
from commands.review import (
    report,
    review,
    review_decide,
    review_freeze,
    review_list,
    review_note,
)
from commands.sync import sync
from commands.utilization import now, windows
from pipelines.errors import PipelineError, UsageError
from pipelines.settings import load_settings
from pipelines.windows import parse_duration

NAMES = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}
PROGRAM = "utilization"
INTERRUPTED = 130
RECONCILIATION = (exceptions, reconciliation, bridge, reserved, webhooks)


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


app = typer.Typer(callback=choose_home, **NAMES)  # type: ignore[arg-type]
for command in (
    ingest,
    sync,
    windows,
    now,
    evidence,
    *RECONCILIATION,
    forecast,
    notify,
    report,
    status,
    verify,
    rebuild,
    sample,
    demo,
):
    app.command()(command)

set_aside = typer.Typer(callback=quarantine, **NAMES)  # type: ignore[arg-type]
set_aside.command("list")(quarantine_list)
set_aside.command("replay")(quarantine_replay)
app.add_typer(set_aside, name="quarantine")

looked_at = typer.Typer(callback=findings, invoke_without_command=True, **NAMES)  # type: ignore[arg-type]
for part in (snooze, unsnooze, snoozes, deliveries):
    looked_at.command()(part)
app.add_typer(looked_at, name="findings")

reviews = typer.Typer(callback=review, **NAMES)  # type: ignore[arg-type]
reviews.command("note")(review_note)
reviews.command("decide")(review_decide)
reviews.command("freeze")(review_freeze)
reviews.command("list")(review_list)
app.add_typer(reviews, name="review")


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command and end the process with its status; a failure is one line on stderr."""
    ended = 0
    try:
        given = list(arguments) if arguments is not None else None
        ended = app(args=given, prog_name=PROGRAM, standalone_mode=False)
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
    if ended == INTERRUPTED:
        _fail("stopped; run the same command again to go on", INTERRUPTED)
    sys.exit(ended or 0)


def _asked(error: typer.TyperException) -> str:
    """The command that the mistaken call meant, as far as it could be told."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context is not None else PROGRAM


def _fail(message: str, exit_status: int) -> None:
    typer.echo(f"utilization: {' '.join(message.split())}", err=True)
    sys.exit(exit_status)


if __name__ == "__main__":
    main()
