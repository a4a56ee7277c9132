"""Commands that keep a home in order: what came, what was set aside, is it all there."""

from __future__ import annotations

import typer

from commands.door import Door, Environment, Form, Out, Partner, clock, scope, table_format
from pipelines.errors import PipelineError
from reports.export import json_line, write_rows


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
    chosen = here.places(partner, environment)
    rows = [row for place in chosen for row in status_rows(place, at=clock())]
    rows.extend(unassigned_row(here.settings))
    write_rows(rows, table_format(form), out)


def quarantine() -> None:
    """What was set aside: list it, replay it.

    Example: utilization quarantine list --partner lumen-wallet
    """


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
    chosen = here.places(partner, environment)
    if partner is None and environment is None:
        chosen.append(unassigned(here.settings.home))
    rows = (
        {"environment": place.environment, "partner_id": place.partner_id, **row}
        for place in chosen
        for row in quarantine_rows(here.settings, place)
    )
    write_rows(rows, table_format(form), out)


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
        for place in here.places(partner, environment):
            counts = replay_quarantine(here.settings, place, at=clock())
            typer.echo(json_line({**scope(place), "loaded": counts.loaded}))


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
        for place in here.places(partner, environment):
            checks = list(verify_place(here.settings, place))
            broken = [check for check in checks if not check.holds]
            wrong += len(broken)
            for check in broken:
                typer.echo(json_line({**scope(place), **check.row()}))
            typer.echo(json_line({**scope(place), "checks": len(checks), "differ": len(broken)}))
    if wrong:
        raise PipelineError(
            f"{wrong} check(s) differ from what was landed; run `utilization rebuild`"
        )


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
        for place in here.places(partner, environment):
            typer.echo(f"rebuilding {place.environment}/{place.partner_id}", err=True)
            build_id = rebuild_place(here.settings, place)
            typer.echo(json_line({**scope(place), "build_id": build_id}))
