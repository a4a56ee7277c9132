"""The command that says where limits and balances are heading, and how true that has been."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from commands.door import Door, Environment, Form, Out, Partner, instant, scope, table_format
from commands.utilization import Pool
from pipelines.errors import UsageError
from pipelines.windows import parse_duration
from reports.export import write_rows

Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="pace, runway or accuracy; repeatable.")
]


def forecast(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    kind: Kinds = None,
    pool: Pool = None,
    currency: Annotated[
        list[str] | None, typer.Option(help="Only balances in this currency; repeatable.")
    ] = None,
    hours: Annotated[
        bool, typer.Option("--hours/--no-hours", help="With the path or the demand by the hour.")
    ] = False,
    lead_time: Annotated[
        str | None, typer.Option(help="What if funding took this long, such as 2d.")
    ] = None,
    service_level: Annotated[
        str | None, typer.Option(help="What if balances had to last this surely, such as 0.99.")
    ] = None,
    growth: Annotated[
        str | None, typer.Option(help="What if demand were higher by this share, such as 0.2.")
    ] = None,
    planned_top_up: Annotated[
        str | None, typer.Option(help="What if this amount were sent to each balance asked for.")
    ] = None,
    planned_top_up_at: Annotated[
        str | None, typer.Option(help="When it is usable; by the funding calendar if left out.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339; the watermark when left out.")] = (
        None
    ),
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Where daily bands and balances are heading, what to do, and how true that has been.

    Example: utilization forecast --kind runway --lead-time 2d --growth 0.2
    """
    from pipelines.forecast.shapes import WhatIf
    from pipelines.questions import FORECASTS, ForecastQuestion, ask_forecast

    here: Door = context.obj
    place = here.place(partner, environment)
    what_if = WhatIf(
        lead_time=parse_duration(lead_time) if lead_time is not None else None,
        service_level=_number("--service-level", service_level, "0.5", "0.999"),
        growth=_number("--growth", growth, "-1", "100") or Decimal(0),
        planned_top_up=_number("--planned-top-up", planned_top_up, "0", "1e20"),
        planned_top_up_at=instant(planned_top_up_at),
    )
    question = ForecastQuestion(
        tuple(kind or FORECASTS), instant(as_of), pool, currency, what_if, hourly=hours
    )
    rows = ask_forecast(here.settings, place, question, wait_seconds=here.wait_seconds)
    write_rows(({**scope(place), **row} for row in rows), table_format(form), out)


def _number(option: str, text: str | None, least: str, most: str) -> Decimal | None:
    """The number that an option names; UsageError says between which it must lie."""
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not (number.is_finite() and Decimal(least) <= number <= Decimal(most)):
        raise UsageError(f"{option} {text!r}: give a number from {least} to {most}")
    return number
