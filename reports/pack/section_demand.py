"""Where demand went, and why attempts gave no price."""

from __future__ import annotations

import pyarrow as pa

from reports import charts_growth
from reports.charts import Spec
from reports.growth_words import NO_FAILED_ATTEMPTS
from reports.leaks import causes, funnel, funnel_words, pareto
from reports.pack import words
from reports.pack.blocks import Block, Chart, Heading, Paragraph, Section, Table
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

_QUOTES = (
    "quote_requests",
    "firm_quotes",
    "indicative_quotes",
    "unavailable_quotes",
    "errored_quotes",
    "accepted_quotes",
    "expired_quotes",
    "rejected_quotes",
    "open_quotes",
)


def demand(told: Telling) -> Section:
    """The funnel, the reasons of attempts that gave no price, and both by pool."""
    blocks: list[Block] = []
    if any(row["quote_requests"] for row in told.rows):
        sentences = funnel_words(told.answer)
        blocks += [
            *(Paragraph(one) for one in sentences[:2]),
            Chart(
                "funnel",
                "From requests to accepted quotes",
                words.FUNNEL_IS,
                _plain(charts_growth.funnel()),
                funnel(told.answer),
            ),
            Heading("Why attempts gave no price"),
            *_reasons(told),
        ]
    blocks += [Heading("Each pool"), _quotes(told), _rates(told)]
    return Section("demand", words.SECTIONS["demand"], blocks)


def _plain(spec: Spec) -> Spec:
    """The chart without the page's own height step, a little closer for print."""
    return {**spec, "height": {"step": 30}}


def _reasons(told: Telling) -> list[Block]:
    found = causes(told.answer, told.before)
    if not found:
        return [Paragraph(NO_FAILED_ATTEMPTS)]
    data = pa.Table.from_pylist(
        [
            {"reason": cause.reason, "this_period": cause.count, "span_before": cause.before}
            for cause in found
        ],
        pa.schema(
            [("reason", pa.string()), ("this_period", pa.int64()), ("span_before", pa.int64())]
        ),
    )
    shown = [
        Shown("reason", "Reason", weight=3),
        Shown("this_period", "This period", "count"),
        Shown("span_before", "Span before", "count"),
    ]
    return [
        Chart(
            "reasons_chart",
            "Attempts without a price, by reason",
            words.PARETO_IS,
            _plain(charts_growth.pareto()),
            pareto(found),
        ),
        printed("reasons", "Reasons of attempts without a price", shown, data, zone=told.zone),
    ]


def _quotes(told: Telling) -> Table:
    titles = {
        "quote_requests": "Requests",
        "firm_quotes": "Firm",
        "indicative_quotes": "Indicative",
        "unavailable_quotes": "Unavailable",
        "errored_quotes": "Failed calls",
        "accepted_quotes": "Accepted",
        "expired_quotes": "Expired",
        "rejected_quotes": "Rejected",
        "open_quotes": "Still open",
    }
    data = told.kept(("pool_id", "currency", *_QUOTES))
    shown = [
        Shown("pool_id", "Pool", weight=1.4),
        *(Shown(name, titles[name], "count") for name in _QUOTES),
    ]
    return printed("quotes", "Quotes of each pool", shown, data, zone=told.zone)


_RATES = {
    "quote_success_rate": ("Success", "of requests"),
    "unavailable_rate": ("Unavailable", "of requests"),
    "accepted_quote_rate": ("Accepted", "of firm"),
    "quote_conversion_rate": ("Converted", "of requests"),
    "expiry_rate": ("Expired", "of firm, ended"),
    "settle_rate": ("Settled", "of those that left"),
}
_MINUTES = {
    "availability_minutes": "Available",
    "unavailable_minutes": "Unavailable",
    "unknown_minutes": "Not known",
}


def _rates(told: Telling) -> Table:
    names = ("pool_id", "currency", *_RATES, *_MINUTES)
    data = told.kept(names)
    shown = [
        Shown("pool_id", "Pool", weight=1.4),
        *(Shown(name, title, "percent", head) for name, (title, head) in _RATES.items()),
        *(Shown(name, title, "minutes", "minutes") for name, title in _MINUTES.items()),
    ]
    return printed("rates", "Rates and minutes of each pool", shown, data, zone=told.zone)
