"""The commands of a program's review: its pack, notes, decisions, and freezing it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.door import (
    AsOf,
    Door,
    Environment,
    Form,
    Out,
    Partner,
    clock,
    instant,
    operator,
    table_format,
)
from pipelines.errors import PipelineError, UsageError
from pipelines.places import Place, write_durably
from reports.export import json_line, write_rows

if TYPE_CHECKING:
    from pipelines.pack.clerk import Clerk

_PROGRAM = typer.Option("--program", help="Program id.")
_PERIOD = typer.Option("--period", help="2026-06, 2026-W26 or 2026-Q2.")
Program = Annotated[str, _PROGRAM]
Period = Annotated[str, _PERIOD]


def report(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    program: Annotated[str | None, _PROGRAM] = None,
    period: Annotated[str | None, _PERIOD] = None,
    form: Annotated[str, typer.Option("--format", help="html, pdf, xlsx or bundle.")] = "html",
    as_of: AsOf = None,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Also a period that is still open.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="File to write to.")] = None,
    verify: Annotated[
        Path | None, typer.Option(help="A manifest, or a bundle: make it again and compare.")
    ] = None,
    partner: Partner = None,
    environment: Environment = None,
) -> None:
    """The review pack of one program and complete period, with a manifest beside it.

    Example: utilization report --program lp_lumen_core --period 2026-06 --format pdf
    """
    here: Door = context.obj
    if verify is not None:
        _verify(here, verify)
        return
    if program is None or period is None:
        raise UsageError("name the review with --program and --period, or give --verify MANIFEST")
    from pipelines.pack.scope import Wanted
    from reports.pack.document import build_pack
    from reports.pack.writing import file_name, pack_format, written

    chosen = pack_format(form)
    wanted = Wanted(program, period, instant(as_of), allow_partial)
    place = here.place(partner, environment)
    pack = build_pack(here.settings, place, wanted, wait_seconds=here.wait_seconds)
    data, manifest = written(pack, chosen, here.settings)
    file = out or Path(file_name(program, period, chosen))
    beside = file.with_name(f"{file.name}.manifest.json")
    write_durably(file, data)
    write_durably(beside, manifest)
    told = {"file": str(file), "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    rows = sum(table.num_rows for table in pack.tables.values())
    typer.echo(json_line({**told, "manifest": str(beside), "rows": rows}))


def _verify(here: Door, path: Path) -> None:
    from reports.pack.verifying import changed_files, read_manifest, verify

    told = read_manifest(path)
    differences, causes = verify(here.settings, told, wait_seconds=here.wait_seconds)
    differences += changed_files(path, told)
    for line in (*differences, *causes):
        typer.echo(json_line(line))
    named = {name: told[name] for name in ("program_id", "period", "as_of")}
    typer.echo(json_line({**named, "differences": len(differences)}))
    if differences:
        later = [one["batch"] for one in causes if one["cause"] == "later batch"]
        why = f"; later batches: {', '.join(later[:5])}" if later else ""
        if all(one["differs"] == "handed out" for one in differences):
            why = "; the records still give the same pack, but a file was changed"
        raise PipelineError(f"{path}: {len(differences)} part(s) differ today{why}")


def review() -> None:
    """The notes, decisions and frozen packs of a program's reviews.

    Example: utilization review list --program lp_lumen_core
    """


def review_note(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="The note, in one line.")],
    program: Program,
    period: Period,
    item: Annotated[
        str,
        typer.Option(
            help="limits, availability, failed_trades, reserved_age, escalations,"
            " ledger_exceptions, complaints, or review for the whole."
        ),
    ] = "review",
    partner: Partner = None,
    environment: Environment = None,
) -> None:
    """Note something on an item of a review, under your own name.

    Example: utilization review note --program lp_lumen_core --period 2026-06 --item limits "..."
    """
    _clerk(context.obj, program, period, partner, environment).note(item, text)
    typer.echo(json_line({"noted": item, "program_id": program, "period": period}))


def review_decide(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="The decision, or with --close its outcome.")],
    program: Program,
    period: Period,
    owner: Annotated[str | None, typer.Option(help="Who sees to it.")] = None,
    due: Annotated[str | None, typer.Option(help="Until when: a day, 2026-07-31.")] = None,
    close: Annotated[
        str | None, typer.Option("--close", help="Close this decision instead, such as D3.")
    ] = None,
    partner: Partner = None,
    environment: Environment = None,
) -> None:
    """Record a decision of a review, or close an earlier one in it.

    Example: utilization review decide --program lp_lumen_core --period 2026-06 --owner ops "..."
    """
    if close is None and owner is None:
        raise UsageError("a decision needs somebody who sees to it; name them with --owner")
    clerk = _clerk(context.obj, program, period, partner, environment)
    if close is not None:
        done = clerk.close(close, text)
    else:
        done = clerk.decide(text, owner or "", _day(due))
    told = {"decision_id": done.decision_id, "state": "closed" if close else "open"}
    typer.echo(json_line({**told, "program_id": program, "period": period}))


def review_freeze(
    context: typer.Context,
    program: Program,
    period: Period,
    as_of: AsOf = None,
    partner: Partner = None,
    environment: Environment = None,
) -> None:
    """Store the pack of a review for good, in every format; a second time it is only compared.

    Example: utilization review freeze --program lp_lumen_core --period 2026-06
    """
    from pipelines.homelock import writing
    from reports.pack.freezing import freeze_review

    here: Door = context.obj
    place = here.place(partner, environment)
    with writing(here.settings.home, here.wait_seconds):
        frozen, is_new = freeze_review(
            here.settings,
            place,
            program,
            period,
            as_of=instant(as_of),
            author=operator(),
            at=clock(),
            wait_seconds=here.wait_seconds,
        )
    told = {"frozen": str(frozen.folder), "sha256": frozen.sha256, "is_new": is_new}
    typer.echo(json_line({**told, "author": frozen.author, "at": frozen.at}))


def review_list(
    context: typer.Context,
    program: Annotated[
        str | None, typer.Option("--program", help="Program id; all when left out.")
    ] = None,
    partner: Partner = None,
    environment: Environment = None,
    form: Form = "json",
    out: Out = None,
) -> None:
    """What was noted and decided, what is frozen, and which review is due.

    Example: utilization review list --program lp_lumen_core --format csv --out reviews.csv
    """
    here: Door = context.obj
    place = here.place(partner, environment)
    rows = (row for row in _rows(place) if program in (None, row["program_id"]))
    write_rows(rows, table_format(form), out)


def _rows(place: Place) -> Iterator[dict[str, Any]]:
    from pipelines.outline import read_outline
    from pipelines.pack.due import due_reports
    from pipelines.pack.frozen import all_frozen
    from pipelines.pack.journal import read_journal
    from pipelines.review.terms import read_terms
    from pipelines.serving import opened

    journal = read_journal(place)
    for note in journal.notes:
        yield {"row": "note", **asdict(note)}
    for one in journal.decisions:
        state = "open" if one.closed_in is None else "closed"
        yield {"row": "decision", "state": state, **asdict(one)}
    for frozen in all_frozen(place):
        told = {"folder": str(frozen.folder), "sha256": frozen.sha256, "author": frozen.author}
        named = {"program_id": frozen.program_id, "period": frozen.period}
        yield {"row": "frozen", **named, **told, "at": frozen.at}
    with opened(place) as build:
        if build.watermark is None:
            return
        programs = read_terms(build.connection, build.watermark)
        first = read_outline(build, build.watermark).first_event
        due = due_reports(place, programs, first_event=first, as_of=build.watermark)
    for each in due:
        yield {"row": "due", "program_id": each.program_id, "period": each.period}


def _clerk(
    here: Door, program: str, period: str, partner: str | None, environment: str | None
) -> Clerk:
    from pipelines.pack.clerk import Clerk

    place = here.place(partner, environment)
    return Clerk(here.settings, place, program, period, operator(), clock(), here.wait_seconds)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day; write 2026-07-31") from error
