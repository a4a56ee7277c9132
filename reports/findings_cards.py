"""Findings on the screen: cards, strips beside the figures they are about, states and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from html import escape

from pipelines.findings.catalogue import RULES
from pipelines.findings.finding import Finding
from pipelines.outline import Outline
from reports import advice_words as words
from reports import findings_words
from reports import format as text
from reports.findings_places import page_link, records_link, spots
from reports.links import story_link

MOST_CARDS = 6


Group = tuple[Finding, ...]
"""Findings of one rule, severity and action: the same thing to do, in several places."""


def groups(found: Sequence[Finding]) -> tuple[Group, ...]:
    """The findings that ask for the same, together; in the order of the first of each."""
    together: dict[tuple[str, str, str | None], list[Finding]] = {}
    for one in found:
        together.setdefault((one.rule, one.severity, one.action), []).append(one)
    return tuple(tuple(group) for group in together.values())


@dataclass(frozen=True, eq=False)
class Looked:
    """What the rules say of one partner, the most pressing first; compared by identity."""

    findings: tuple[Finding, ...]
    as_of: datetime

    @cached_property
    def firing(self) -> tuple[Finding, ...]:
        """Those that are to be looked at."""
        return tuple(one for one in self.findings if one.state == "firing")

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The same, those that ask for the same together."""
        return groups(self.firing)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many judgements ended in each state."""
        return Counter(one.state for one in self.findings)

    @cached_property
    def rules(self) -> int:
        """How many rules were judged."""
        return len({one.rule for one in self.findings})

    @cached_property
    def off(self) -> tuple[str, ...]:
        """The rules that are not judged because their setting is not made."""
        judged = {one.rule for one in self.findings}
        return tuple(name for name in RULES if name not in judged)

    @lru_cache(maxsize=32)  # noqa: B019 - as many as answers are kept; see dashboard.asks.advice
    def about(self, pools: tuple[str, ...], currencies: tuple[str | None, ...]) -> Looked:
        """Those about one of `pools`, one of `currencies`, or no one of either."""
        kept = tuple(
            one
            for one in self.findings
            if (one.pool_id is None or one.pool_id in pools)
            and (one.currency is None or one.currency in currencies)
        )
        return Looked(kept, self.as_of)


@dataclass(frozen=True)
class Telling:
    """How findings are told: by which clock, with which links, and whether advice is withheld."""

    zone: str
    kept: str
    """The query of the view, for links."""

    is_stale: bool


@lru_cache(maxsize=32)
def cards(looked: Looked, outline: Outline, how: Telling, *, is_rest: bool = False) -> str:
    """Each group in full: how sure, since when, why, what may be done, what it is not.

    The first `MOST_CARDS` groups, or the rest of them.
    """
    found = looked.groups[MOST_CARDS:] if is_rest else looked.groups[:MOST_CARDS]
    made = "".join(_card(group, looked.as_of, outline, how) for group in found)
    return f'<div class="pu-cards">{made}</div>'


@lru_cache(maxsize=64)
def strip(title: str, looked: Looked, outline: Outline, how: Telling) -> str:
    """The same beside the figures of the panel `title`, shorter: what, since when, what to do.

    Empty where none of them is about that panel.
    """
    found = [each for each in looked.groups if title in {spot.panel for spot in spots(each[0])}]
    if not found:
        return ""
    made = "".join(
        f'<article class="pu-card pu-{group[0].severity}">{_head(group[0])}'
        f"<ul>{_each(group, looked.as_of, outline, how, is_brief=True)}</ul>"
        f"{_advice(group[0], how)}</article>"
        for group in found
    )
    return f'<div class="pu-strip">{made}</div>'


def _card(group: Group, as_of: datetime, outline: Outline, how: Telling) -> str:
    first = group[0]
    said, spot = findings_words.RULES[first.rule], spots(first)[0]
    place = escape(f"{spot.page}: {spot.panel}")
    return (
        f'<article class="pu-card pu-{first.severity}">{_head(first)}<p>{escape(said.why)}</p>'
        f"<ul>{_each(group, as_of, outline, how)}</ul>{_advice(first, how)}"
        f'<p class="pu-links"><a href="{escape(page_link(spot, how.kept))}">{place}</a></p>'
        f"<small>{escape(said.is_not)}</small></article>"
    )


def _head(one: Finding) -> str:
    shape = words.SHAPES.get(one.severity, words.OTHER_SHAPE)
    return (
        f'<p class="pu-level"><i aria-hidden="true">{shape}</i> '
        f"{findings_words.SEVERITIES[one.severity]}</p>"
        f"<h4>{escape(findings_words.RULES[one.rule].title)}</h4>"
    )


def _each(
    group: Group, as_of: datetime, outline: Outline, how: Telling, *, is_brief: bool = False
) -> str:
    return "".join(f"<li>{_place(one, as_of, outline, how, is_brief)}</li>" for one in group)


def _place(one: Finding, as_of: datetime, outline: Outline, how: Telling, is_brief: bool) -> str:
    """One pool or currency: since when, by which figures, and the way to its records."""
    subject = one.pool_id or one.currency or findings_words.NO_POOL
    told = [f"<b>{escape(subject)}.</b>"]
    if one.since is not None:
        told.append(escape(words.since(one.since, as_of, how.zone)))
    said = [each for each in one.inputs if each.role == "now"][:1] if is_brief else one.inputs
    facts = [findings_words.input_sentence(each, one.currency, how.zone) for each in said]
    facts += [
        f"{findings_words.MOMENTS[name]} {text.moment(at, how.zone)}." for name, at in one.moments
    ]
    if one.explained is not None and not is_brief:
        facts.append(findings_words.explained_sentence(one.explained, how.zone))
    told += [escape(fact) for fact in [*facts, *_conditions(one, how)]]
    if records := records_link(one, outline, how.zone, how.kept):
        told.append(f'<a href="{escape(records)}">{words.TO_IDS}</a>')
    return " ".join(told)


def _conditions(one: Finding, how: Telling) -> list[str]:
    """What holds now beside it: other pools that answer, and what a limit review waits for."""
    if how.is_stale:
        return []
    told = [words.alternates(one.alternates)] if one.alternates else []
    told += [findings_words.gate_sentence(gate) for gate in one.gates if not gate.has_passed]
    passed = [gate.name for gate in one.gates if gate.has_passed]
    return [*told, words.gates_passed(passed)] if passed else told


def _advice(one: Finding, how: Telling) -> str:
    if how.is_stale or one.action is None:
        return ""
    said = escape(findings_words.ACTIONS[one.action])
    return f'<p class="pu-act"><b>You may:</b> {said}</p>'


def ids_list(told: Sequence[Finding], shown: Sequence[Finding], kept: str) -> str:
    """The ids of the findings that are shown, each leading to its story."""
    subjects = {(one.rule, one.pool_id, one.currency) for one in shown}
    parts = []
    for one in told:
        if (one.rule, one.pool_id, one.currency) not in subjects:
            continue
        title = findings_words.title(one.rule, one.pool_id, one.currency)
        ids = " ".join(
            f'<a href="{escape(story_link(each, kept))}"><code>{escape(each)}</code></a>'
            for each in dict.fromkeys(one.ids)
        )
        parts.append(f"<dt>{escape(title)}</dt><dd>{ids or words.NO_IDS}</dd>")
    return f'<dl class="pu-ids">{"".join(parts)}</dl>'


def subjects(looked: Looked) -> list[str]:
    """The pools and currencies that were looked at."""
    named = [one.pool_id or one.currency for one in looked.findings]
    return list(dict.fromkeys(name for name in named if name))
