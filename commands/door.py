"""What all commands share: the partner meant, the options they have in common, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from pipelines.authors import system_user
from pipelines.errors import UnknownScopeError, UsageError
from pipelines.places import ENVIRONMENTS, Place, places
from pipelines.settings import Settings
from pipelines.windows import parse_instant
from reports.export import FORMATS, Format, write_table

AsOf = Annotated[str | None, typer.Option(help="RFC 3339; the watermark when left out.")]
Zone = Annotated[str | None, typer.Option(help="IANA zone; the program's when left out, else UTC.")]
Partner = Annotated[str | None, typer.Option("--partner", help="Partner id.")]
Environment = Annotated[str | None, typer.Option("--environment", help="production or sandbox.")]
Form = Annotated[str, typer.Option("--format", help="json, csv or parquet.")]
Out = Annotated[Path | None, typer.Option("--out", help="File to write to instead of printing.")]


@dataclass(frozen=True, slots=True)
class Door:
    """What every command is given before its own arguments."""

    settings: Settings
    wait_seconds: float

    def place(self, partner: str | None, environment: str | None) -> Place:
        """The one place meant; partner and environment may be left out where there is just one."""
        chosen = self._matching(partner, environment)
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

    def renew(self) -> None:
        """Publish again what another version published; a home that is up to date is not locked."""
        from pipelines.advice import keep_advice
        from pipelines.homelock import writing
        from pipelines.operations import renew_builds
        from pipelines.serving import is_outdated

        home = self.settings.home
        if any(map(is_outdated, places(home))):
            with writing(home, self.wait_seconds):
                renew_builds(self.settings)
                for place in places(home):
                    keep_advice(place, self.settings)

    def places(self, partner: str | None, environment: str | None) -> list[Place]:
        """Every place that the options leave; UnknownScopeError when they leave none."""
        chosen = self._matching(partner, environment)
        if not chosen:
            raise UnknownScopeError(f"{self.settings.home}: nothing there to look at; ingest first")
        return chosen

    def _matching(self, partner: str | None, environment: str | None) -> list[Place]:
        return [
            place
            for place in places(self.settings.home)
            if partner in (None, place.partner_id) and environment in (None, place.environment)
        ]


def answer(
    context: typer.Context,
    ask: Callable[..., pa.Table],
    *,
    partner: str | None,
    environment: str | None,
    form: str,
    out: Path | None,
) -> None:
    """Ask about the one place meant, and print the rows or write them to `out`.

    `ask` takes the settings, the place, and by name how long to wait for another writer.
    """
    here: Door = context.obj
    table_form = table_format(form)
    place = here.place(partner, environment)
    table = ask(here.settings, place, wait_seconds=here.wait_seconds)
    write_table(table, place.partner_id, place.environment, table_form, out)


def scope(place: Place) -> dict[str, str]:
    """The first two fields of a row about a place."""
    return {"environment": place.environment, "partner_id": place.partner_id}


def instant(text: str | None) -> datetime | None:
    """The aware instant that an option names; None when it was left out."""
    return parse_instant(text) if text is not None else None


def table_format(form: str) -> Format:
    """The format of a table; UsageError names those there are."""
    for known in FORMATS:
        if form == known:
            return known
    raise UsageError(f"no format {form!r}; choose one of {', '.join(FORMATS)}")


def clock() -> datetime:
    """The time at which a command was given: the one clock of the terminal."""
    return datetime.now(UTC)


def operator() -> str:
    """Who gives the command: the user of the operating system, by name where it has one."""
    return system_user()
