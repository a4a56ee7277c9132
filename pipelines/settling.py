"""Bring all that is worked out from a partner's records up to them, and publish it."""

from __future__ import annotations

from pipelines.building import refresh_models
from pipelines.facts import Facts
from pipelines.publish import publish, reach_of
from pipelines.reconciling import reconcile


def settle(facts: Facts, *, anew: bool = False) -> str:
    """Derive and publish what changed; returns the build's id. `anew` publishes from nothing."""
    derive_tables(facts)
    return publish(facts, anew=anew)


def derive_tables(facts: Facts, *, is_trial: bool = False) -> None:
    """Refresh the buckets and reconcile; a trial leaves no trace beside the facts."""
    refresh_models(facts)
    watermark, _ = reach_of(facts)
    landing = None if is_trial else facts.place.landing
    reconcile(facts.connection, facts.settings, watermark=watermark, landing=landing)
