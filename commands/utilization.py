"""Commands that print figures: the windows of any period, and what stands now."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from commands.door import AsOf, Environment, Form, Out, Partner, Zone, answer, instant

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
    time_zone: Zone = None,
    as_of: AsOf = None,
    basis: Basis = "available",
    form: Form = "json",
    out: Out = None,
) -> None:
    """The utilization rows: every figure, one row per pool and window, quiet windows included.

    Example: utilization windows --window 1h --from 2026-06-29T00:00:00Z --to 2026-06-30T00:00:00Z
    """
    from pipelines.questions import Question, ask_windows

    question = Question(
        window, instant(start), instant(end), time_zone, instant(as_of), pool, basis
    )
    ask = partial(ask_windows, question=question)
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)


def now(
    context: typer.Context,
    at: AsOf = None,
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

    ask = partial(ask_now, at=instant(at), basis=basis)
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)
