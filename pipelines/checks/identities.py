"""Run the identities of `pipelines/checks/*.sql` over a build before readers see it.

A check begins with a header (its name, severity, whose days it looks at, what it says and what to
do) and yields a row for each place where it does not hold. Checks of days look at those that
changed; what they found of other days stays until those change. A check that fails blocks nothing
and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from pipelines.sqlfiles import sql_text

FOLDER = Path(__file__).parent
SEVERITIES = ("error", "warning")
"""An error is this product's fault and is told after each load; a warning is the source's."""

_KEYS = ("check", "severity", "days of", "says", "do")
_HEADER_LINE = re.compile(rf"-- ({'|'.join(_KEYS)}): (\S.*)")


class IncompleteCheckError(ValueError):
    """A check whose header lacks a line or has a severity that is none."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One check as its file states it."""

    name: str
    severity: str
    model: str | None
    """The group of days it looks at, a key of `MODELS_OF`; None looks at everything each time."""

    says: str
    action: str
    sql: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that does not hold: how many places, and the first few in words."""

    name: str
    severity: str
    says: str
    action: str
    faults: int
    examples: str

    @property
    def line(self) -> str:
        """What is wrong, where, and what to do, on one line."""
        return (
            f"check {self.name} fails in {self.faults} place(s): {self.says}"
            f" ({self.examples}); {self.action}"
        )


@cache
def identities() -> tuple[Identity, ...]:
    """Return every check by name. Raises IncompleteCheckError naming the file."""
    return tuple(
        parse_identity(file.name, file.read_text(encoding="utf-8"))
        for file in sorted(FOLDER.glob("*.sql"))
    )


def parse_identity(file: str, text: str) -> Identity:
    """Return the check that `text` states, or raise IncompleteCheckError naming `file`."""
    header = {
        match[1]: match[2] for line in text.splitlines() if (match := _HEADER_LINE.fullmatch(line))
    }
    missing = [key for key in _KEYS if key not in header]
    if missing:
        raise IncompleteCheckError(f"{file}: lacks {', '.join(missing)}")
    if header["severity"] not in SEVERITIES:
        raise IncompleteCheckError(f"{file}: severity is one of {', '.join(SEVERITIES)}")
    model = None if header["days of"] == "-" else header["days of"]
    return Identity(header["check"], header["severity"], model, header["says"], header["do"], text)


def run_checks(connection: duckdb.DuckDBPyConnection, *, is_new: bool) -> None:
    """Look at the attached `serving` beside `facts`, and leave what was found in its `checks`.

    `is_new` looks at every day, instead of at those that `facts.unpublished_days` names.
    """
    connection.execute(sql_text("no_checks.sql"))
    checks_of: dict[str | None, list[Identity]] = {}
    for check in identities():
        checks_of.setdefault(None if is_new else check.model, []).append(check)
    for model, checks in checks_of.items():
        if _has_days(connection, model):
            _look(connection, checks, is_by_day=model is not None)
    connection.execute(
        sql_text("store_checks.sql"),
        {
            "names": [check.name for check in identities()],
            "severities": [check.severity for check in identities()],
            "says": [check.says for check in identities()],
            "actions": [check.action for check in identities()],
        },
    )


def _has_days(connection: duckdb.DuckDBPyConnection, model: str | None) -> bool:
    """Set up the days to look at, and return whether there is anything to look at."""
    if model is None:
        connection.execute(sql_text("all_checked_days.sql"))
        return True
    connection.execute(sql_text("checked_days.sql"), {"model": model})
    return connection.execute(sql_text("count_checked_days.sql")).fetchall() != [(0,)]


def _look(
    connection: duckdb.DuckDBPyConnection, checks: Sequence[Identity], *, is_by_day: bool
) -> None:
    """Find anew what does not hold on the days set up."""
    names = [check.name for check in checks]
    connection.execute(sql_text("forget_faults.sql"), {"names": names, "is_by_day": is_by_day})
    for check in checks:
        statement = sql_text("store_faults.sql").format(check=check.sql)
        connection.execute(statement, {"name": check.name})


def failed_checks(connection: duckdb.DuckDBPyConnection) -> list[Failure]:
    """Return the checks of severity `error` that do not hold in an open build."""
    with connection.cursor() as cursor:
        rows = cursor.execute(sql_text("failed_checks.sql")).fetchall()
    return [Failure(*row) for row in rows]
