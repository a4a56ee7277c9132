"""What Program review asks: the terms of programs, one review, the limits with their history."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa

from dashboard import store
from dashboard.remembering import remembered
from dashboard.store import Bounds as WindowBounds
from dashboard.store import Key
from pipelines.review.scorecard import Asked, Review, read_review
from pipelines.review.states import Bounds
from pipelines.review.terms import Terms, limit_history, read_terms
from pipelines.settings import Settings
from pipelines.windows import Window, format_instant, parse_instant

OwnBounds = tuple[str | None, str | None, str | None, float]
"""The settings a review is judged by, as primitive values of a cache's key."""


def own_bounds(settings: Settings) -> OwnBounds:
    """The partner's own bounds: shares as text, the reserved age in seconds."""
    shares = (settings.failed_trade_bound, settings.unavailable_bound, settings.limit_error_bound)
    failed, unavailable, limit_errors = (None if one is None else str(one) for one in shares)
    age_s = settings.reserved_age_threshold.total_seconds()
    return failed, unavailable, limit_errors, age_s


def plain(window: Window) -> WindowBounds:
    """A window as the primitive values of a cache's key."""
    return format_instant(window.start), format_instant(window.end), window.name


@remembered(16)
def terms(key: Key, as_of: str) -> dict[str, tuple[Terms, ...]]:
    """Each program's versions as of an RFC 3339 instant."""
    return read_terms(store.opened(key).connection, parse_instant(as_of))


@remembered(32)
def review(
    key: Key,
    window: WindowBounds,
    zone: str,
    pools: tuple[str, ...],
    as_of: str,
    bounds: OwnBounds,
) -> Review:
    """One review of `pools`; `window` is a complete period of `zone`."""
    outline = store.outline(key, as_of)
    start, end, name = window
    failed, unavailable, limit_errors, age_s = bounds
    moment = parse_instant(as_of)
    asked = Asked(
        Window(parse_instant(start), parse_instant(end), name),
        zone,
        pools,
        outline.first_event or moment,
        moment,
        Bounds(_share(failed), _share(unavailable), _share(limit_errors), timedelta(seconds=age_s)),
        any(one.kind == "tickets" for one in outline.arrived),
    )
    return read_review(store.opened(key).connection, asked)


@remembered(16)
def limits(key: Key, pools: tuple[str, ...], as_of: str) -> pa.Table:
    """The limits of `pools` with their history."""
    return limit_history(store.opened(key).connection, pools, parse_instant(as_of))


def _share(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
