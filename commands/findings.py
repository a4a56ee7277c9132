"""Commands that say what to look at: what holds now, and what would have been told in the past."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.door import (
    AsOf,
    Door,
    Environment,
    Out,
    Partner,
    clock,
    instant,
    operator,
    scope,
    table_format,
)
from pipelines.errors import PipelineError, UsageError
from pipelines.places import Place
from reports.export import write_rows

Form = Annotated[str, typer.Option("--format", help="json, csv, parquet or text.")]
Rules = Annotated[list[str] | None, typer.Option("--rule", help="Only this rule; repeatable.")]
Pools = Annotated[list[str] | None, typer.Option("--pool", help="Only this pool; repeatable.")]


def findings(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only this state; repeatable; all but ok when left out."),
    ] = None,
    rule: Rules = None,
    pool: Pools = None,
    replay: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="FROM TO", help="What would have fired between two instants."),
    ] = None,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """What to look at, since when, how sure that is, and what may be done; the most pressing first.

    Example: utilization findings --state firing --format text

    Example: utilization findings --replay 2026-06-01T00:00:00Z 2026-07-01T00:00:00Z
    """
    if context.invoked_subcommand is not None:
        return
    from pipelines.findings.asking import ask_findings
    from reports.findings_words import lines

    here: Door = context.obj
    place = here.place(partner, environment)
    _require_rules(rule)
    if replay is not None:
        _replay(here, place, (replay, rule, pool), form, out)
        return
    told = ask_findings(here.settings, place, instant(as_of), wait_seconds=here.wait_seconds)
    wanted = _states(state)
    chosen = [
        finding
        for finding in told.findings
        if finding.state in wanted
        and (not rule or finding.rule in rule)
        and (not pool or finding.pool_id in pool)
    ]
    if form == "text":
        _write_text(["\n  ".join(lines(finding)) for finding in chosen], out)
        return
    rows = [{**scope(place), **finding.row} for finding in chosen]
    _write(rows, form, out)


def _replay(
    here: Door,
    place: Place,
    asked: tuple[tuple[str, str], list[str] | None, list[str] | None],
    form: str,
    out: Path | None,
) -> None:
    from pipelines.findings.asking import ask_replay
    from pipelines.windows import parse_instant
    from reports.findings_words import fired_line

    (start, end), rule, pool = asked
    span = parse_instant(start), parse_instant(end)
    fired = ask_replay(here.settings, place, *span, rule or None)
    found = [one for one in fired if not pool or one.pool_id in pool]
    if form == "text":
        _write_text([fired_line(one) for one in found], out)
        return
    rows = [{**scope(place), **one.row} for one in found]
    _write(rows, form, out)


def _states(asked: list[str] | None) -> list[str]:
    from pipelines.findings.states import STATES

    for one in asked or []:
        if one not in STATES:
            raise UsageError(f"no state {one!r}; choose from {', '.join(STATES)}")
    return asked or [one for one in STATES if one != "ok"]


def _require_rules(asked: list[str] | None) -> None:
    from pipelines.findings.catalogue import ALL_RULES

    for one in asked or []:
        if one not in ALL_RULES:
            raise UsageError(f"no rule {one!r}; docs/findings.md lists them")


def _write(rows: list[dict[str, object]], form: str, out: Path | None) -> None:
    """The rows with the columns of the first: all have the same."""
    write_rows(rows, table_format(form), out, names=list(rows[0]) if rows else None)


def _write_text(paragraphs: list[str], out: Path | None) -> None:
    whole = "".join(f"{paragraph}\n" for paragraph in paragraphs)
    if out is None:
        typer.echo(whole, nl=False)
    else:
        out.write_text(whole, encoding="utf-8")


def snooze(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE")],
    length: Annotated[str, typer.Option("--for", help="For how long, such as 7d.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the snooze.")],
    pool: Annotated[str | None, typer.Option(help="Only this pool; all when left out.")] = None,
    author: Annotated[str | None, typer.Option(help="Who; the system's user by default.")] = None,
    partner: Partner = None,
    environment: Environment = None,
) -> None:
    """Send no notices of a rule for a while; findings themselves go on.

    Example: utilization findings snooze expiry_spike --for 7d --reason "new release on Monday"
    """
    from pipelines.findings.notices import Snooze
    from pipelines.findings.notifying import snooze as begin
    from pipelines.windows import parse_duration

    here: Door = context.obj
    at = clock()
    wanted = Snooze(rule, pool, at + parse_duration(length), reason, author or operator(), at)
    begin(here.place(partner, environment), wanted, wait_seconds=here.wait_seconds)


def unsnooze(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE")],
    pool: Annotated[str | None, typer.Option(help="The pool it was given for.")] = None,
    author: Annotated[str | None, typer.Option(help="Who; the system's user by default.")] = None,
    partner: Partner = None,
    environment: Environment = None,
) -> None:
    """End a snooze before its time.

    Example: utilization findings unsnooze expiry_spike
    """
    from pipelines.findings.notifying import unsnooze as end

    here: Door = context.obj
    place = here.place(partner, environment)
    asked = {"at": clock(), "author": author or operator(), "wait_seconds": here.wait_seconds}
    end(place, rule, pool, **asked)  # type: ignore[arg-type]


def snoozes(
    context: typer.Context,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """The snoozes that hold, with reason and author.

    Example: utilization findings snoozes --format csv
    """
    from pipelines.findings.notifying import snoozes as held

    here: Door = context.obj
    chosen = here.places(partner, environment)
    rows = [{**scope(place), **one.row} for place in chosen for one in held(place, clock())]
    _write(rows, form, out)


def deliveries(
    context: typer.Context,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """What came of every notice: sent, retrying and when, in doubt, given up; the newest first.

    Example: utilization findings deliveries
    """
    from pipelines.findings.notifying import deliveries as told

    here: Door = context.obj
    chosen = here.places(partner, environment)
    rows = [{**scope(place), **one.row} for place in chosen for one in told(place)]
    _write(rows, form, out)


def notify(
    context: typer.Context,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is due; send and write nothing.")
    ] = False,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339; now when left out.")] = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """Send the notices that are due to the recipients in the settings, and say what came of them.

    Ends with status 1 when a delivery failed; the next call attempts it again in its time.

    Example: utilization notify --dry-run
    """
    from pipelines.findings.notifying import notify as tell
    from reports.findings_words import message

    here: Door = context.obj
    at = instant(as_of) or clock()
    rows, failed = [], 0
    for place in here.places(partner, environment):
        told = tell(
            here.settings,
            place,
            at=at,
            compose=message,
            wait_seconds=here.wait_seconds,
            is_dry_run=is_dry_run,
        )
        failed += sum(one.fault is not None for one in told)
        rows += [{**scope(place), **one.row} for one in told]
    _write(rows, form, out)
    if failed:
        raise PipelineError(
            f"{failed} notices were not delivered; `utilization findings deliveries`"
        )
