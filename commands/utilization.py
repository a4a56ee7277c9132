"""Commands that print figures: the windows of any period, and what stands now."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.door import Door, Environment, Form, Out, Partner, instant, table_format
from reports.export import write_table

Pool = Annotated[list[str] | None, typer.Option("--pool", help="Only this pool; repeatable.")]
Basis = Annotated[str, typer.Option(help="Balance below the reserved: available or visible.")]


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
        window, instant(start), instant(end), time_zone, instant(as_of), pool, basis
    )
    table = ask_windows(here.settings, place, question, wait_seconds=here.wait_seconds)
    write_table(table, place.partner_id, place.environment, table_format(form), out)


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
    table = ask_now(here.settings, place, instant(at), basis=basis, wait_seconds=here.wait_seconds)
    write_table(table, place.partner_id, place.environment, table_format(form), out)
