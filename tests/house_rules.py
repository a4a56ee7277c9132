"""The rules of the house that no linter says: each takes a file's syntax tree, gives its faults.

`tests/test_house.py` runs them over the product and shows that each one bites.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Rule = Callable[[ast.Module], Iterator[str]]

# Lower or upper case, never mixed: "Select a pool from the list" is a sentence, not a statement.
SQL_OPENING = re.compile(
    r"""\s*(
        select\b.+\bfrom\b | SELECT\b.+\bFROM\b
      | (from|FROM)\s+\w+\s+(select|SELECT|where|WHERE|join|JOIN)\b
      | with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*(materialized\s*)?\( | WITH\b.+\bAS\s*\(
      | insert\s+(or\s+\w+\s+)?into\b | INSERT\s+(OR\s+\w+\s+)?INTO\b
      | update\s+\S+\s+set\b | UPDATE\s+\S+\s+SET\b
      | delete\s+from\b | DELETE\s+FROM\b | merge\s+into\b | MERGE\s+INTO\b
      | (create|CREATE)\s+(or\s+replace\s+|OR\s+REPLACE\s+)?(temp\w*\s+|TEMP\w*\s+)?
        (table|TABLE|view|VIEW|macro|MACRO|index|INDEX|schema|SCHEMA|sequence|SEQUENCE)\b
      | (alter|ALTER|drop|DROP)\s+(table|TABLE|view|VIEW)\b
      | (copy|COPY)\b.+\b(to|TO|from|FROM)\b\s*['$?({]
    )""",
    re.VERBOSE | re.DOTALL,
)
SQL_INSIDE = re.compile(
    r"\b(select\b.+\bfrom|SELECT\b.+\bFROM)\b.+\b(where|WHERE|join|JOIN|group by|GROUP BY)\b",
    re.DOTALL,
)

BANNED_MODULES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib", "shared"}
)

PRIVATE_WORDS = re.compile(
    r"\b(treasury|inventory|reserve ratio|venue|provider|worker|cron|threshold|refill|sweep"
    r"|counterparty|market maker|hedge|rebate|kill switch|liquidity source)s?\b",
    re.IGNORECASE,
)
DENIAL = re.compile(r"\b(not|never|no|nor|without)\b", re.IGNORECASE)

CODECS = frozenset({"utf-8", "utf8", "ascii", "latin-1"})
CLOCKS = frozenset({"now", "utcnow", "today"})
DOORS = frozenset({"app", "asgi", "cli", "commands"})


@dataclass(frozen=True)
class Text:
    """A string of the source: its first line and its words, `{}` where an f-string fills in."""

    line: int
    words: str


def texts(tree: ast.Module) -> Iterator[Text]:
    """Every string that is not a docstring; an f-string once, as a whole."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(node.lineno, node.value)
        elif isinstance(node, ast.JoinedStr):
            words = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield Text(node.lineno, "".join(words))


def sql_in_strings(tree: ast.Module) -> Iterator[str]:
    """SQL belongs to a `.sql` file; `begin transaction` and `checkpoint` are plumbing."""
    for text in texts(tree):
        if SQL_OPENING.match(text.words) or SQL_INSIDE.search(text.words):
            yield f"{text.line}: holds SQL; give it a .sql file"


def arithmetic(tree: ast.Module) -> Iterator[str]:
    """A product or a quotient in the screen is a second definition of a figure."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.BinOp | ast.AugAssign):
            continue
        if not isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv | ast.Pow):
            continue
        if isinstance(node, ast.BinOp) and (_joins_path(node) or _repeats_list(node)):
            continue
        yield f"{node.lineno}: computes; a figure comes from a metric file"


def _joins_path(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Div) and _is_string(node.right)


def _repeats_list(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Mult) and isinstance(node.left, ast.List | ast.Tuple)


def environment_reads(tree: ast.Module) -> Iterator[str]:
    """Configuration has one reader, so that a deployment can be described in one place."""
    for node in ast.walk(tree):
        if _dotted(node) in {"os.environ", "os.getenv", "os.environb"} or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(alias.name in {"environ", "getenv"} for alias in node.names)
        ):
            yield f"{_line(node)}: reads the environment; ask pipelines.settings"


def clock_reads(tree: ast.Module) -> Iterator[str]:
    """Time is an input: an answer that reads a clock cannot be asked for again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            if any(alias.name in {"time", "time_ns"} for alias in node.names):
                yield f"{node.lineno}: imports a clock; take the time as an argument"
        elif isinstance(node, ast.Attribute) and (
            node.attr in CLOCKS or _dotted(node) in {"time.time", "time.time_ns"}
        ):
            yield f"{node.lineno}: reads a clock; take the time as an argument"


def private_words(tree: ast.Module) -> Iterator[str]:
    """A sentence names what is private only to say that it is not shown."""
    for text in texts(tree):
        for sentence in re.split(r"(?<=[.;:!?])\s", text.words):
            found = PRIVATE_WORDS.search(sentence)
            if found and " " in sentence.strip() and not DENIAL.search(sentence):
                yield f"{text.line}: says {found.group()!r}, which partners are never shown"


def streamlit_imports(tree: ast.Module) -> Iterator[str]:
    """Only the dashboard and its doors know that the screen is Streamlit."""
    for line, module in _imports(tree):
        if module.split(".")[0] == "streamlit":
            yield f"{line}: imports streamlit"


def door_imports(tree: ast.Module) -> Iterator[str]:
    """A door opens inward: nothing imports `app`, `asgi`, `cli` or its `commands`."""
    for line, module in _imports(tree):
        if module.split(".")[0] in DOORS:
            yield f"{line}: imports the door {module}"


def bare_encodings(tree: ast.Module) -> Iterator[str]:
    """`encode(x="period:T")` costs fifty times what `encode(x=alt.X("period:T"))` costs."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr != "encode":
            continue
        given = [*node.args, *(word.value for word in node.keywords if word.arg not in _CODEC_ARGS)]
        for value in given:
            parts = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
            if any(_is_string(part) and _words(part) not in CODECS for part in parts):
                yield f"{value.lineno}: a bare string in encode(); name the channel, alt.X(...)"


_CODEC_ARGS = frozenset({"encoding", "errors"})


def imported_packages(tree: ast.Module) -> set[str]:
    """The top-level names a module imports, its own house's included."""
    return {module.split(".")[0] for _, module in _imports(tree)}


def clock_in_sql(sql: str) -> Iterator[str]:
    """The same rule for SQL, whose clock is easier to miss."""
    body = re.sub(r"--.*", "", sql)
    for found in re.finditer(
        r"\b(now|today|get_current_timestamp)\s*\(|\bcurrent_(date|time|timestamp)\b", body
    ):
        line = body.count("\n", 0, found.start()) + 1
        yield f"{line}: reads a clock; bind the time as a parameter"


def private_words_in_header(sql: str) -> Iterator[str]:
    """A metric's header is read by partners; only its `is not` line may name what is private."""
    for number, line in enumerate(sql.splitlines(), start=1):
        if not line.startswith("--"):
            return
        if PRIVATE_WORDS.search(line) and not DENIAL.search(line):
            yield f"{number}: says {line.strip()!r}"


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _words(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""
