"""The house holds its own rules.

Goal: what a reviewer would otherwise have to remember is checked on every change: where SQL,
clocks, configuration, arithmetic and Streamlit may stand, what partners are never told, and that
the lock and the decision pages are whole. Method: each rule of `tests/house_rules.py` is
run over the product's files, and over a snippet that breaks it, so that a rule which stopped biting
is seen.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import house_rules as rules

ROOT = Path(__file__).resolve().parent.parent
TERMINAL = ROOT / "cli.py"
DOORS = [ROOT / "app.py", ROOT / "asgi.py", TERMINAL]


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def sql_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.sql"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


CORE = python_files("pipelines")
REPORTS = python_files("reports")
SCREEN = python_files("dashboard")
COMMANDS = python_files("commands")
OFF_SCREEN = [*CORE, *REPORTS, *COMMANDS, TERMINAL]
PRODUCT = [*CORE, *REPORTS, *SCREEN, *COMMANDS, *(door for door in DOORS if door.exists())]

# Why a file may hold a statement that looks like SQL.
SQL_ALLOWED: dict[str, str] = {}
ENVIRONMENT_READERS = {"pipelines/settings.py", "app.py", "asgi.py", "commands/ingestion.py"}
CLOCK_READERS = {"app.py", "asgi.py", "commands/door.py"}

RULES: list[tuple[rules.Rule, list[Path]]] = [
    (rules.sql_in_strings, [p for p in PRODUCT if name_of(p) not in SQL_ALLOWED]),
    (rules.arithmetic, SCREEN),
    (rules.environment_reads, [p for p in PRODUCT if name_of(p) not in ENVIRONMENT_READERS]),
    (
        rules.clock_reads,
        [
            p
            for p in [*CORE, *REPORTS, *COMMANDS, ROOT / "cli.py"]
            if name_of(p) not in CLOCK_READERS
        ],
    ),
    (rules.private_words, [*REPORTS, *SCREEN, *COMMANDS]),
    (rules.streamlit_imports, OFF_SCREEN),
    (rules.door_imports, [*CORE, *REPORTS, *SCREEN]),
    (rules.bare_encodings, [*REPORTS, *SCREEN]),
]


@pytest.mark.parametrize(("rule", "files"), RULES, ids=lambda value: getattr(value, "__name__", ""))
def test_the_product_keeps_the_rule(rule: rules.Rule, files: list[Path]) -> None:
    faults = [
        f"{name_of(path)}:{fault}"
        for path in files
        if path.exists()
        for fault in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not faults, "\n".join(faults)


BREAKS = [
    (rules.sql_in_strings, 'run("select pool_id from facts.trades")'),
    (rules.sql_in_strings, 'run(f"insert into {table} values (1)")'),
    (rules.sql_in_strings, 'run("""\n  with days as (select 1) select * from days""")'),
    (rules.sql_in_strings, 'run(f"{prefix} select a from b where c = 1")'),
    (rules.sql_in_strings, 'run("DELETE FROM trades")'),
    (rules.sql_in_strings, 'run("merge into trade_state using batch")'),
    (rules.sql_in_strings, 'run("create or replace temp table seen as select 1")'),
    (rules.sql_in_strings, "run(\"copy quotes to 'a.parquet'\")"),
    (rules.sql_in_strings, 'run("update quotes set rate = 1")'),
    (rules.arithmetic, "share = settled / band"),
    (rules.arithmetic, "percent = ratio * 100"),
    (rules.arithmetic, "total *= 2"),
    (rules.environment_reads, 'import os\nhome = os.environ["HOME"]'),
    (rules.environment_reads, "from os import environ"),
    (rules.environment_reads, 'import os\nhome = os.getenv("HOME")'),
    (rules.clock_reads, "import datetime\nat = datetime.datetime.now(datetime.UTC)"),
    (rules.clock_reads, "at = datetime.utcnow()"),
    (rules.clock_reads, "day = date.today()"),
    (rules.clock_reads, "import time\nat = time.time()"),
    (rules.clock_reads, "from time import time"),
    (rules.clock_reads, "read = datetime.now"),
    (rules.private_words, 'text = "The treasury balance is low."'),
    (rules.private_words, 'text = "It is not shown. Our venue answered late."'),
    (rules.private_words, 'text = f"{name} is below the refill level"'),
    (rules.streamlit_imports, "import streamlit as st"),
    (rules.streamlit_imports, "def draw():\n    from streamlit.runtime import get_instance"),
    (rules.door_imports, "from cli import main"),
    (rules.door_imports, "from commands.door import Door"),
    (rules.bare_encodings, 'chart.encode(x="period:T")'),
    (rules.bare_encodings, 'chart.encode(alt.X("period:T"), tooltip=["pool:N"])'),
]


@pytest.mark.parametrize(("rule", "source"), BREAKS)
def test_each_rule_sees_what_breaks_it(rule: rules.Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))


KEEPS = [
    (rules.sql_in_strings, 'run("begin transaction")'),
    (rules.sql_in_strings, 'run("checkpoint")'),
    (rules.sql_in_strings, 'say("Select a pool from the list")'),
    (rules.sql_in_strings, 'def f():\n    "select rows from a file"'),
    (rules.arithmetic, 'page = FOLDER / "pages"'),
    (rules.arithmetic, "columns = [1] * 4"),
    (rules.environment_reads, "import os\nos.replace(a, b)"),
    (rules.clock_reads, "import time\nstarted = time.monotonic()"),
    (rules.private_words, 'text = "It is not a view of any treasury or venue."'),
    (rules.private_words, 'key = "provider"'),
    (rules.streamlit_imports, "import pipelines.windows"),
    (rules.door_imports, "from pipelines.publish import publish"),
    (rules.bare_encodings, 'chart.encode(x=alt.X("period:T"))'),
    (rules.bare_encodings, 'data = text.encode("utf-8")'),
]


@pytest.mark.parametrize(("rule", "source"), KEEPS)
def test_no_rule_sees_what_is_fine(rule: rules.Rule, source: str) -> None:
    assert not list(rule(ast.parse(source)))


def test_sql_reads_no_clock() -> None:
    faults = [
        f"{name_of(path)}:{fault}"
        for path in sql_files("pipelines")
        for fault in rules.clock_in_sql(path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(faults)
    assert list(rules.clock_in_sql("select 1\nwhere at < now()")) == [
        "2: reads a clock; bind the time as a parameter"
    ]
    assert not list(rules.clock_in_sql("-- what holds now()\nselect $as_of"))


def test_metric_headers_name_nothing_private() -> None:
    faults = [
        f"{name_of(path)}:{fault}"
        for path in sql_files("pipelines/metrics")
        for fault in rules.private_words_in_header(path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(faults)
    assert list(rules.private_words_in_header("-- title: Treasury share\nselect 1"))
    assert not list(rules.private_words_in_header("-- is not: treasury\nselect 'treasury'"))


def nameless(path: Path) -> bool:
    return bool({path.stem, *(part.name for part in path.parents)} & rules.BANNED_MODULES)


def test_every_module_has_a_name_of_its_own() -> None:
    inside = (path.relative_to(ROOT) for path in [*PRODUCT, *python_files("tests", "benchmarks")])
    assert [str(path) for path in inside if nameless(path)] == []
    assert nameless(Path("pipelines/utils.py"))
    assert nameless(Path("pipelines/common/money.py"))
    assert not nameless(Path("pipelines/windows.py"))


def test_the_browser_door_is_a_frame() -> None:
    door = ROOT / "app.py"
    assert len(door.read_text(encoding="utf-8").splitlines()) <= 60


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return dict(tomllib.load(file)["project"])


def requirement_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~;\[ ]", line)[0].lower().replace("_", "-") for line in requirements}


OWN = {"pipelines", "dashboard", "reports", "commands", "app", "asgi", "cli"}
# Installed with one of the named dependencies, and part of what that dependency offers.
COMES_WITH = {"pydantic_core": "pydantic", "starlette": "streamlit"}


def test_the_product_imports_only_what_it_declares() -> None:
    declared = requirement_names(project()["dependencies"])  # type: ignore[arg-type]
    undeclared = {
        f"{name_of(path)}: {package}"
        for path in PRODUCT
        for package in rules.imported_packages(ast.parse(path.read_text(encoding="utf-8")))
        if package not in OWN | sys.stdlib_module_names
        and COMES_WITH.get(package, package).replace("_", "-").removesuffix("-python")
        not in {name.removesuffix("-python") for name in declared}
    }
    assert not undeclared


def locked() -> Iterator[tuple[str, str]]:
    """Each requirement of the lock with its text, hashes included."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entry = re.compile(r"^([a-z0-9-]+)==\S+((?: ;.*)?(?: \\\n    \S+)+)$", re.MULTILINE)
    return ((found[1], found[2]) for found in entry.finditer(text))


def test_the_lock_holds_every_dependency_by_hash() -> None:
    about = project()
    wanted = requirement_names(about["dependencies"])  # type: ignore[arg-type]
    for extra in about["optional-dependencies"].values():  # type: ignore[attr-defined]
        wanted |= requirement_names(extra)
    held = dict(locked())
    assert wanted - held.keys() == set()
    assert [name for name, text in held.items() if "--hash=sha256:" not in text] == []


def test_the_lock_names_no_host_and_no_folder() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|@ |--(extra-)?index-url|--find-links|--trusted-host|file:", text)


DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted(DECISIONS.glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap_and_all_in_the_index() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [page.name[:4] for page in PAGES] == [f"{n:04}" for n in range(1, len(PAGES) + 1)]
    assert [page.name for page in PAGES if f"({page.name})" not in index] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_asks_chooses_gives_its_reason_and_names_its_test(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Question", "Choice", "Reason", "Held by"]
    assert len(text.splitlines()) <= 45
    named = re.findall(r"`(tests/[\w/.]+\.py)", text.partition("## Held by")[2])
    assert named, "names no test"
    assert [path for path in named if not (ROOT / path).exists()] == []
