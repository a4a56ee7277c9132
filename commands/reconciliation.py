"""Commands that ask whether the books tie out: what does not, and what it comes to."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from commands.door import AsOf, Environment, Form, Out, Partner, Zone, answer, instant
from pipelines.windows import parse_duration

Start = Annotated[str, typer.Option("--from", help="RFC 3339; widened to a window.")]
End = Annotated[str, typer.Option("--to", help="RFC 3339; widened to a window.")]
Period = Annotated[str, typer.Option(help="15m, 1h, day, week, month or quarter.")]


def exceptions(
    context: typer.Context,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind; repeatable; all when left out.")
    ] = None,
    is_all: Annotated[
        bool, typer.Option("--all/--open", help="With those that were resolved, or without.")
    ] = False,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Where trades, ledger, orders and balances do not tie out, the oldest first.

    Example: utilization exceptions --kind trade_without_debit --all --format csv
    """
    from pipelines.books.exceptions import KINDS, STATES
    from pipelines.questions import ask_exceptions

    ask = partial(
        ask_exceptions,
        kinds=kind or KINDS,
        states=STATES if is_all else STATES[:2],
        as_of=instant(as_of),
    )
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)


def reconciliation(
    context: typer.Context,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Per currency: how much ties out, what is open by age, and its value at risk.

    Example: utilization reconciliation --as-of 2026-06-29T00:00:00Z
    """
    from pipelines.questions import ask_reconciliation

    ask = partial(ask_reconciliation, as_of=instant(as_of))
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)


def bridge(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    start: Start,
    end: End,
    window: Period = "day",
    is_by_snapshot: Annotated[
        bool,
        typer.Option(
            "--by-snapshot/--by-window", help="Each balance snapshot beside ledger and trades."
        ),
    ] = False,
    time_zone: Zone = None,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Each currency's balance from opening to closing, and what no ledger entry explains.

    Example: utilization bridge --from 2026-06-09T00:00:00Z --to 2026-06-12T00:00:00Z
    """
    from pipelines.questions import Question, ask_bridge, ask_snapshots

    question = Question(window, instant(start), instant(end), time_zone, instant(as_of))
    ask = partial(ask_snapshots if is_by_snapshot else ask_bridge, question=question)
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)


def reserved(
    context: typer.Context,
    is_by_age: Annotated[
        bool, typer.Option("--by-age/--trades", help="Counts by age, or the trades themselves.")
    ] = False,
    over: Annotated[
        str | None, typer.Option(help="Only older ones, such as 4h; the setting when left out.")
    ] = None,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Trades that are reserved longer than the partner's threshold, the oldest first.

    Example: utilization reserved --over 4h
    """
    from pipelines.questions import ask_reserved

    ask = partial(
        ask_reserved,
        is_by_age=is_by_age,
        over=parse_duration(over) if over is not None else None,
        as_of=instant(as_of),
    )
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)


def webhooks(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    start: Start,
    end: End,
    window: Period = "day",
    time_zone: Zone = None,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """What became of webhook events per type, and which ends of trades nobody was told of.

    Example: utilization webhooks --from 2026-06-01T00:00:00Z --to 2026-06-29T00:00:00Z
    """
    from pipelines.questions import Question, ask_webhooks

    question = Question(window, instant(start), instant(end), time_zone, instant(as_of))
    ask = partial(ask_webhooks, question=question)
    answer(context, ask, partner=partner, environment=environment, form=form, out=out)
