"""The generated pages of `docs/`: what every figure means and what every record may hold.

`python -m pipelines.docs` writes them from the metric files' headers and the contracts;
`--check` writes nothing and fails where a page says something else than they do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pipelines.contracts import MODELS, FieldSpec, field_table
from pipelines.contracts.base import Record
from pipelines.contracts.private import PAIRS, PREFIXES, WORDS
from pipelines.metrics.catalog import FIGURES, Metric, load_catalog

FOLDER = Path(__file__).resolve().parent.parent / "docs"
MADE_BY = "<!-- Made by `make docs`. Do not edit: the next run writes it again. -->"

METRICS_INTRO = """\
# Metrics

What every figure means. The dashboard, the command line and exports all read the same
definitions; no figure is computed anywhere else.

- `W` is a window `[start, end)`: its start belongs to it, its end does not. Windows are `15m`,
  `1h`, `day`, `week` (from Monday), `month` and `quarter` in a named time zone, and rolling `1h`,
  `24h`, `7d` and `30d` that end at any instant. A local day may last 23 or 25 hours.
- `as_of` is the time the answer is for; events at or after it do not exist for the answer. Left
  out, it is the watermark: the newest event time that every required kind of record has reached.
  `T` is the earlier of the window's end and `as_of`.
- A **flow** adds up over a window. A **stock** is what stands at `T`. A **ratio** is divided
  once, from sums over the whole window, so the ratio of a day is not the mean of its hours'
  ratios.
- There is one row for each pool, currency and window. No figure adds two currencies.
- Money, ratios and minutes are decimal strings; ratios and minutes have 6 decimals, ratios
  rounded half to even. Counts and ages are whole numbers. A missing or zero denominator gives
  null, never 0.
"""

RECORDS_INTRO = """\
# Records

What may enter. A record that does not fit is set aside with its file, line and field, and what to
send instead; the others are loaded all the same.

## Files

`<kind>[-_.anything].{jsonl,ndjson,csv,parquet}`, the first two and CSV also packed as `.gz` or
`.zst`. The kind is read from the name, and nothing is guessed from the content.

- **JSON**: one object a line, UTF-8. No NaN, no infinity, no name twice in one object.
- **CSV**: a header row with the fields' names, commas, UTF-8, quotes as in RFC 4180. An empty
  cell is null. A list is written as a JSON array.
- **Parquet**: a column for each field. A timestamp column needs a time zone, a money column is
  text or an exact decimal.

## Rules for all kinds

- **Names** are snake_case. The other spellings listed for a field are taken too, but a record
  that has both with different values is refused.
- **Money** is text such as `"4250.00"`: no exponent, no leading zeros, no `-0`, at most 20 digits
  before the point and 8 after it. A JSON number is refused, because it may have lost digits
  before it came. A rate may have 18 decimals. Nothing is rounded.
- **Times** are RFC 3339 with an offset, to the microsecond, in the years 2000 to 2100, without
  leap seconds.
- **Ids** are opaque: 1 to 128 printable ASCII characters without spaces.
- **Closed lists**: a value outside the list sets the record aside, except where the list says
  that it is stored as `other`.
- **Undeclared fields** are dropped and counted by name.
- **The same key again** with the same content is a duplicate, without effect. With other content
  it is a conflict: one of the two stays, whatever the order they came in, and the other is set
  aside. A quote's `rejected_at` may go from null to a time.
- For every load, offered = loaded + duplicate + quarantined + refused.
"""

PRIVATE_INTRO = """\
## Never sent

A record with a field from this list is refused as a whole, because something upstream is leaking.
The words are looked for in names of fields, at any depth and in any spelling (`apiKey`,
`api-key`, `API_KEY`). What such a field held is neither kept nor logged. A value that begins like
a key or a signing secret (`pk_`, `sk_`, `whsec_`) refuses the record in any field.
"""

NOT_PRIVATE = (
    "reserved_amount",
    "reserved_notional",
    "balance_available",
    "available",
    "ledger_ref",
    "ref",
    "partner_reference",
    "network",
    "spread_bps",
    "fee_bps",
    "tier",
)
"""Names that look like the private list and are none of it."""

DIRECTIONS = {"neutral": "neither", "up_is_good": "up", "down_is_good": "down"}


def metrics_page() -> str:
    """Return docs/metrics.md: every figure with its contract, in the order of a row."""
    catalog = load_catalog()
    figures = [catalog[name] for name in FIGURES]
    lines = [MADE_BY, "", METRICS_INTRO]
    lines += ["| figure | is | kind | unit |", "|---|---|---|---|"]
    lines += [
        f"| [`{figure.name}`](#{figure.name}) | {_cell(figure.title)} | {figure.kind} |"
        f" {_cell(figure.unit)} |"
        for figure in figures
    ]
    for figure in figures:
        lines += ["", *_figure(figure)]
    return "\n".join(lines) + "\n"


def _figure(figure: Metric) -> Iterator[str]:
    yield f"## {figure.name}"
    yield ""
    yield f"{figure.title}: {figure.formula}."
    yield ""
    yield f"- a {figure.kind} in {figure.unit}, for each {figure.grain}"
    yield f"- null: {figure.null_rule}"
    yield f"- good when it goes: {DIRECTIONS[figure.direction]}"
    yield f"- from: {figure.source}"
    yield f"- is not: {figure.is_not}"


def records_page() -> str:
    """Return docs/records.md: every kind with its key, event time, rules and fields."""
    lines = [MADE_BY, "", RECORDS_INTRO, "## Kinds", ""]
    lines += [
        f"- [`{kind}`](#{kind}): {_first_line(model.__doc__)}" for kind, model in MODELS.items()
    ]
    lines += ["", "## Fields of every kind", "", *_table(_shared())]
    for kind in MODELS:
        lines += ["", *_kind(kind)]
    return "\n".join([*lines, "", PRIVATE_INTRO, *_private()]) + "\n"


def _kind(kind: str) -> Iterator[str]:
    model = MODELS[kind]
    yield f"## {kind}"
    yield ""
    yield " ".join((model.__doc__ or "").split())
    yield ""
    yield f"- key: {' + '.join(f'`{name}`' for name in model.key)}"
    yield f"- event time: `{model.event_time}`"
    for rule in model.rules:
        yield f"- rule: {rule.expected}"
    yield ""
    yield from _table([field for field in field_table(kind) if field not in _shared()])


def _shared() -> list[FieldSpec]:
    """The fields that all kinds have; a kind that is stricter with one lists it again."""
    names = Record.__pydantic_fields__
    return [field for field in field_table("quotes") if field.name in names]


def _table(fields: Iterable[FieldSpec]) -> Iterator[str]:
    yield "| field | is | send | may be null | also taken as |"
    yield "|---|---|---|---|---|"
    for field in fields:
        null = "yes" if field.nullable else ""
        aliases = ", ".join(f"`{alias}`" for alias in field.aliases)
        cells = (f"`{field.name}`", _cell(field.doc), _cell(_send(field)), null, aliases)
        yield f"| {' | '.join(cells)} |"


def _send(field: FieldSpec) -> str:
    """What to send, in words; a long closed list as code, one value after the other."""
    shape = field.shape
    if shape.tag != "enum":
        return shape.expected
    words = ", ".join(f"`{value}`" for value in shape.values)
    return f"{words}; others become `other`" if shape.unknown == "other" else words


def _private() -> Iterator[str]:
    alone = sorted({*WORDS, *(f"{prefix}..." for prefix in PREFIXES)})
    yield f"Alone: {', '.join(f'`{word}`' for word in alone)}."
    yield ""
    yield "Together, in either order:"
    yield ""
    for first, others in sorted(PAIRS.items()):
        yield f"- `{first}` with {', '.join(f'`{other}`' for other in others)}"
    yield ""
    yield f"Not private, though close: {', '.join(f'`{name}`' for name in NOT_PRIVATE)}."


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _cell(text: str) -> str:
    """Text that stays in one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {"metrics.md": metrics_page, "records.md": records_page}


def stale_pages(folder: Path = FOLDER) -> list[Path]:
    """Return the pages of `folder` that are missing or say something else than they would now."""
    files = {folder / name: make for name, make in PAGES.items()}
    return [
        file
        for file, make in files.items()
        if not file.is_file() or file.read_text(encoding="utf-8") != make()
    ]


def write_pages(folder: Path = FOLDER) -> None:
    """Write every generated page into `folder`."""
    for name, make in PAGES.items():
        (folder / name).write_text(make(), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the pages; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a stale page")
    if not parser.parse_args(arguments).check:
        write_pages()
        return 0
    stale = stale_pages()
    for page in stale:
        sys.stderr.write(f"docs/{page.name} is stale; run `make docs` and look at the change\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
