"""What Data health asks: the state of a build's data, and which days each kind covers."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from dashboard import store
from dashboard.remembering import remembered
from dashboard.store import Key
from pipelines.health import Health, coverage_table, read_health


@remembered(8)
def health(key: Key) -> Health:
    """The state of the data of a build."""
    return read_health(store.opened(key))


@remembered(16)
def coverage(key: Key, first: str, last: str) -> pa.Table:
    """Each kind's records of each UTC day between two ISO dates, both included."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return coverage_table(store.opened(key).connection, *days)
