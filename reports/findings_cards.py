"""Findings on the screen: cards, strips beside the figures they are about, states and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from html import escape

import pyarrow as pa

from pipelines.findings.catalogue import RULES
from pipelines.findings.finding import Finding
from pipelines.outline import Outline
from reports import advice_words as words
from reports import findings_words
from reports.findings_places import page_link, records_link, spots
from reports.links import story_link

MOST_CARDS = 6


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


def cards(found: Sequence[Finding], looked: Looked, outline: Outline, how: Telling) -> str:
    """Each finding in full: how sure, since when, why, what may be done, what it is not."""
    made = "".join(_card(one, looked.as_of, outline, how) for one in found)
    return f'<div class="pu-cards">{made}</div>'


def strip(found: Sequence[Finding], looked: Looked, outline: Outline, how: Telling) -> str:
    """Findings beside the figures they are about, shorter: what, since when, what to do."""
    made = "".join(_line(one, looked.as_of, outline, how) for one in found)
    return f'<div class="pu-strip">{made}</div>'


def _card(one: Finding, as_of: datetime, outline: Outline, how: Telling) -> str:
    said = findings_words.RULES[one.rule]
    facts = [findings_words.input_sentence(each, one.currency, how.zone) for each in one.inputs]
    if one.explained is not None:
        facts.append(findings_words.explained_sentence(one.explained, how.zone))
    return (
        f'<article class="pu-card pu-{one.severity}">{_head(one, as_of, how)}'
        f"<p>{escape(said.why)}</p>"
        f"<ul>{''.join(f'<li>{escape(fact)}</li>' for fact in facts)}</ul>"
        f"{_advice(one, how)}{_links(one, outline, how)}"
        f"<small>{escape(said.is_not)}</small></article>"
    )


def _line(one: Finding, as_of: datetime, outline: Outline, how: Telling) -> str:
    facts = [
        findings_words.input_sentence(each, one.currency, how.zone)
        for each in one.inputs
        if each.role == "now"
    ]
    told = "".join(f"<p>{escape(fact)}</p>" for fact in facts[:1])
    return (
        f'<article class="pu-card pu-{one.severity}">{_head(one, as_of, how)}{told}'
        f"{_advice(one, how)}{_links(one, outline, how, is_here=True)}</article>"
    )


def _head(one: Finding, as_of: datetime, how: Telling) -> str:
    shape = words.SHAPES.get(one.severity, words.OTHER_SHAPE)
    title = findings_words.title(one.rule, one.pool_id, one.currency)
    since = "" if one.since is None else words.since(one.since, as_of, how.zone)
    return (
        f'<p class="pu-level"><i aria-hidden="true">{shape}</i> '
        f"{findings_words.SEVERITIES[one.severity]}</p>"
        f"<h4>{escape(title)}</h4><small>{since}</small>"
    )


def _advice(one: Finding, how: Telling) -> str:
    if how.is_stale or one.action is None:
        return ""
    told = [f"<b>You may:</b> {escape(findings_words.ACTIONS[one.action])}"]
    if one.alternates:
        told.append(escape(words.alternates(one.alternates)))
    told += [
        escape(findings_words.gate_sentence(gate)) for gate in one.gates if not gate.has_passed
    ]
    if passed := [gate.name for gate in one.gates if gate.has_passed]:
        told.append(escape(words.gates_passed(passed)))
    return f'<p class="pu-act">{" ".join(told)}</p>'


def _links(one: Finding, outline: Outline, how: Telling, *, is_here: bool = False) -> str:
    links = []
    if not is_here:
        spot = spots(one)[0]
        links.append((page_link(spot, how.kept), f"{spot.page}: {spot.panel}"))
    if records := records_link(one, outline, how.zone, how.kept):
        links.append((records, "Down to the ids"))
    made = " ".join(f'<a href="{escape(link)}">{escape(name)}</a>' for link, name in links)
    return f'<p class="pu-links">{made}</p>' if made else ""


def states_table(looked: Looked, zone: str) -> pa.Table:
    """Each judgement of each rule in words, the most pressing first."""
    return pa.Table.from_pylist(
        [
            {
                "rule": findings_words.RULES[one.rule].title,
                "about": one.pool_id or one.currency or findings_words.NO_POOL,
                "state": words.STATES_SHORT[one.state],
                "severity": findings_words.SEVERITIES[one.severity],
                "since": "" if one.since is None else words.since(one.since, looked.as_of, zone),
                "figures": " ".join(
                    findings_words.input_sentence(each, one.currency, zone) for each in one.inputs
                ),
            }
            for one in looked.findings
        ],
        _STATES,
    )


_STATES = pa.schema(
    [(name, pa.string()) for name in ("rule", "about", "state", "severity", "since", "figures")]
)
_FILE = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "state", "severity", "pool_id", "currency")),
        *((name, pa.timestamp("us", "UTC")) for name in ("period_start", "period_end", "since")),
        *((name, pa.string()) for name in ("action", "figures")),
    ]
)


@lru_cache(maxsize=16)
def file(looked: Looked) -> pa.Table:
    """Every judgement with its figures as text, for those who take them away."""
    rows = [
        {
            **{name: getattr(one, name) for name in _FILE.names if name != "figures"},
            "figures": "; ".join(f"{name}: {told}" for name, told in one.figures.items()),
        }
        for one in looked.findings
    ]
    return pa.Table.from_pylist(rows, _FILE)


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
            for each in one.ids
        )
        parts.append(f"<dt>{escape(title)}</dt><dd>{ids or words.NO_IDS}</dd>")
    return f'<dl class="pu-ids">{"".join(parts)}</dl>'


def subjects(looked: Looked) -> list[str]:
    """The pools and currencies that were looked at."""
    named = [one.pool_id or one.currency for one in looked.findings]
    return list(dict.fromkeys(name for name in named if name))
