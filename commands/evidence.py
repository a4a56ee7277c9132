"""The command that tells the whole story of one id."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from commands.door import Door, Environment, Partner, instant
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pipelines.story import Story

FORMATS = ("text", "json", "html")


def evidence(
    context: typer.Context,
    asked: Annotated[
        str,
        typer.Argument(metavar="ID", help="A request, quote, trade, event, order or ledger id."),
    ],
    partner: Partner = None,
    environment: Environment = None,
    as_of: Annotated[str | None, typer.Option(help="RFC 3339; the watermark when left out.")] = (
        None
    ),
    form: Annotated[str, typer.Option("--format", help="text, json or html.")] = "text",
    out: Annotated[Path | None, typer.Option("--out", help="File to write to.")] = None,
) -> None:
    """Everything known of one id in time order, what is missing, and what to send to support.

    Example: utilization evidence pt_9fe727c147cf --format html --out evidence.html
    """
    from pipelines.evidence import evidence as find

    if form not in FORMATS:
        raise UsageError(f"no format {form!r}; choose one of {', '.join(FORMATS)}")
    if form == "html" and out is None:
        raise UsageError("a page goes to a file; name it with --out")
    here: Door = context.obj
    place = here.place(partner, environment)
    story = find(here.settings, place, asked, instant(as_of), wait_seconds=here.wait_seconds)
    with out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout) as file:
        _write(story, form, file)


def _write(story: Story, form: str, file: TextIO) -> None:
    from reports.evidence import story_json
    from reports.evidence_page import story_page
    from reports.evidence_text import write_text

    if form == "text":
        write_text(story, file)
    elif form == "json":
        file.write(story_json(story) + "\n")
    else:
        file.write(story_page(story))
