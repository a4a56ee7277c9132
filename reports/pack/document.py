"""The pack as one document: who it is of, and its sections in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from pipelines import __version__
from pipelines.pack.figures import Figures, read_figures
from pipelines.pack.scope import Scope, Wanted
from pipelines.places import Place
from pipelines.settings import Settings
from reports import format as text
from reports.pack import words
from reports.pack.blocks import About, Section, tables_of
from reports.pack.section_advice import outlook
from reports.pack.section_books import books, exceptions
from reports.pack.section_decisions import decisions, launch
from reports.pack.section_demand import demand
from reports.pack.section_findings import findings
from reports.pack.section_limits import limits
from reports.pack.section_quality import definitions, quality
from reports.pack.section_review import changed, scorecard, weeks_data
from reports.pack.section_settlement import settlement
from reports.pack.telling import Telling
from reports.review_words import CADENCES, PHASES


@dataclass(frozen=True, eq=False)
class Pack:
    """One review pack: its figures, and the document that every format is written from."""

    figures: Figures
    about: About
    sections: Sequence[Section]
    version: str
    """Of the product."""

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """Every typed table by name, in the document's order; the weeks behind the trends last."""
        return {**tables_of(self.sections), "weeks": weeks_data(Telling(self.figures))}


def build_pack(
    settings: Settings, place: Place, wanted: Wanted, *, wait_seconds: float = 30
) -> Pack:
    """Return the pack that is wanted; errors as for `pipelines.pack.scope.scope_of`."""
    return pack_of(read_figures(settings, place, wanted, wait_seconds=wait_seconds))


def pack_of(figures: Figures) -> Pack:
    """Return the document of these figures."""
    told, product = Telling(figures), __version__
    sections = [
        scorecard(told),
        changed(told),
        findings(told),
        limits(told),
        demand(told),
        settlement(told),
        books(told),
        outlook(told),
        exceptions(told),
        launch(told),
        decisions(told),
        quality(told),
        definitions(told, product),
    ]
    return Pack(figures, _about(figures, product), sections, product)


def _phase(scope: Scope) -> str:
    """The phase as the period ended, and the one it went into since, if any."""
    then, now = scope.terms, scope.versions[-1]
    if then.phase == now.phase:
        return PHASES[then.phase]
    since = text.local_day(now.effective_from, scope.zone)
    return f"{PHASES[then.phase]}; {PHASES[now.phase]} since {since}"


def _about(figures: Figures, product: str) -> About:
    scope = figures.scope
    terms, zone = scope.terms, scope.zone
    period = text.calendar_name(scope.whole, zone)
    span = text.span(scope.window, zone)
    partial = ""
    if scope.is_partial:
        end = text.moment(scope.whole.end, zone)
        partial = words.partial_words(text.moment(scope.as_of, zone), end)
    as_of = f"{text.moment(scope.as_of, zone)} {text.offset(scope.as_of, zone)}"
    return About(
        title=words.TITLE,
        program=f"{terms.product} ({scope.program_id})",
        period=period,
        span=span,
        as_of=as_of,
        partner=f"{scope.place.partner_id}, {scope.place.environment}",
        versions=f"definitions {figures.definitions}, version {product}",
        partial=partial,
        facts=(
            ("Program", f"{terms.product} ({scope.program_id})"),
            ("Partner", f"{scope.place.partner_id}, {scope.place.environment}"),
            ("Period", span),
            ("Compared with", text.span(scope.before, zone)),
            ("As of", as_of),
            ("Clock", text.zone_of(scope.window, zone)),
            ("Phase", _phase(scope)),
            ("Reviewed", f"every {CADENCES[terms.review_cadence].lower()}"),
            ("Pools", ", ".join(scope.pools) or text.UNKNOWN),
        ),
    )
