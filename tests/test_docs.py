"""What the documentation says is so.

Goal: a newcomer who copies a line from README.md or docs/ finds that it works, and no page
describes a figure, field, setting or module that is gone or leaves out one that is there. Method:
generated pages are made again and compared; the README's console session is run word for word;
commands, options, targets, links, settings and modules are looked up where they live.
"""

from __future__ import annotations

import io
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest
import typer

import cli
from pipelines import errors
from pipelines.contracts import MODELS, field_table, private_word
from pipelines.contracts.private import PAIRS, WORDS
from pipelines.docs import NOT_PRIVATE, main, stale_pages, write_pages
from pipelines.metrics.catalog import FIGURES, load_catalog
from pipelines.settings import Settings
from tests.house_rules import DENIAL, PRIVATE_WORDS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "data" / "README.md"])
WRITTEN = [page for page in PAGES if page.name not in {"metrics.md", "records.md"}]
HOSTS = {"localhost", "keepachangelog.com", "semver.org"}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def section(page: Path, title: str) -> str:
    """The text under one heading of second degree."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text_of(page), re.M | re.S)
    assert found is not None, f"{page.name} has no section {title}"
    return found[1]


# --- generated pages ---


def test_generated_pages_are_fresh() -> None:
    assert stale_pages() == []
    assert main(["--check"]) == 0


def test_a_stale_or_missing_page_is_named(tmp_path: Path) -> None:
    write_pages(tmp_path)
    assert stale_pages(tmp_path) == []
    page = tmp_path / "metrics.md"
    page.write_text(text_of(page).replace("null", "0"), encoding="utf-8")
    (tmp_path / "records.md").unlink()
    assert [stale.name for stale in stale_pages(tmp_path)] == ["metrics.md", "records.md"]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_documented_with_its_contract(figure: str) -> None:
    metric, text = load_catalog()[figure], section(DOCS / "metrics.md", figure)
    for said in (metric.title, metric.formula, metric.unit, metric.null_rule, metric.is_not):
        assert said in text


@pytest.mark.parametrize("kind", MODELS)
def test_every_field_is_documented(kind: str) -> None:
    text = section(DOCS / "records.md", kind)
    shared = section(DOCS / "records.md", "Fields of every kind")
    for field in field_table(kind):
        row = re.search(rf"^\| `{field.name}` \| .*$", text, re.M) or re.search(
            rf"^\| `{field.name}` \| .*$", shared, re.M
        )
        assert row is not None, field.name
        assert field.doc in row[0]
        assert ("| yes |" in row[0]) is field.nullable
        assert all(f"`{alias}`" in row[0] for alias in field.aliases)


def test_the_private_list_is_documented_and_its_exceptions_are_none() -> None:
    text = section(DOCS / "records.md", "Never sent")
    assert [word for word in WORDS if f"`{word}`" not in text] == []
    assert [word for word in PAIRS if f"- `{word}` with" not in text] == []
    assert [name for name in NOT_PRIVATE if private_word(name) is not None] == []


# --- the README's session ---


def session() -> list[tuple[list[str], str]]:
    """(command, what it prints) of each step of the README's console block."""
    (block,) = re.findall(r"^```console\n(.*?)^```$", text_of(README), re.M | re.S)
    steps = re.findall(r"^\$ utilization (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)
    return [(shlex.split(command), printed) for command, printed in steps]


def printed_by(command: list[str]) -> str:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()), pytest.raises(SystemExit):
        cli.main(command)
    return out.getvalue()


def test_the_console_session_prints_what_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    steps = session()
    assert len(steps) > 3
    for command, shown in steps:
        pattern = ".*".join(re.escape(part) for part in shown.split("..."))
        printed = printed_by(command)
        assert re.fullmatch(pattern, printed, re.S), f"{command} printed:\n{printed}"


def test_the_readme_is_read_in_three_minutes() -> None:
    prose = re.sub(r"^```.*?^```$", "", text_of(README), flags=re.M | re.S)
    assert len(prose.split()) < 900


# --- commands, targets, links ---


def commands_of(page: Path) -> Iterator[list[str]]:
    """Every call of `utilization` on a page: in code spans and in blocks of code."""
    text = text_of(page)
    for found in re.finditer(r"`utilization ([a-z][^`\n]*)`|^    utilization (.+)$", text, re.M):
        yield shlex.split(found[1] or found[2])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_on_a_page_exist(page: Path) -> None:
    for words in commands_of(page):
        command = typer.main.get_command(cli.app)
        while words and words[0] in getattr(command, "commands", {}):
            command = getattr(command, "commands")[words.pop(0)]  # noqa: B009
        assert command.name != "utilization", words
        known = {option for parameter in command.params for option in parameter.opts}
        used = {word for word in words if word.startswith("--")}
        assert used <= known, (page.name, words)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_targets_of_make_on_a_page_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.M))
    used = re.findall(r"`make ([a-z-]+)|^    make ([a-z-]+)", text_of(page), re.M)
    assert {first or second for first, second in used} <= targets


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", text_of(page)):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = (page.parent / path) if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_overview_is_shown_by_a_real_picture() -> None:
    (path,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text_of(README))
    assert (ROOT / path).read_bytes().startswith(b"\x89PNG")


# --- settings, modules, statuses ---


def told(value: object) -> str:
    if value in (None, {}, ()):
        return "none"
    if isinstance(value, timedelta):
        days, minutes = value // timedelta(days=1), value // timedelta(minutes=1)
        hours = minutes // 60 if minutes % 60 == 0 else 0
        small = f"`PT{minutes}M`" if minutes else f"`PT{value.seconds}S`"
        return f"`P{days}D`" if days else f"`PT{hours}H`" if hours else small
    values = value if isinstance(value, tuple) else (value,)
    return ", ".join(f"`{item}`" for item in values)


def test_the_settings_table_is_that_of_the_settings() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", section(DOCS / "operations.md", "Settings"), re.M
    )
    expected = [
        (name, told(field.get_default(call_default_factory=True)), field.description)
        for name, field in Settings.model_fields.items()
        if name != "home"
    ]
    assert rows == expected


def test_the_settings_shown_in_the_readme_are_valid() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", text_of(README), re.M | re.S)
    assert Settings.model_validate(tomllib.loads(block)).partner == "lumen-wallet"


def test_every_module_of_the_core_has_a_line_in_the_architecture() -> None:
    text = section(DOCS / "architecture.md", "Inside the core")
    modules = {path.stem for path in (ROOT / "pipelines").glob("[a-z]*.py")}
    folders = {f"{path.parent.name}/" for path in (ROOT / "pipelines").glob("*/*.*")}
    named = set(re.findall(r"`([a-z_]+/?)`", text))
    assert modules | folders - {"__pycache__/"} <= named
    assert named & {f"{name}/" for name in modules} == set()


@pytest.mark.parametrize("page", [README, DOCS / "operations.md"], ids=name_of)
def test_every_exit_status_is_explained(page: Path) -> None:
    statuses = {
        error.exit_status
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.PipelineError)
    }
    for status in statuses | {0}:
        assert re.search(rf"^\| {status} \| \w|[\s]{status} [a-z]+[,;. ]", text_of(page), re.M), (
            status
        )


# --- words ---


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_is_finished_and_names_no_machine(page: Path) -> None:
    text = text_of(page)
    assert not re.search(r"\b(TODO|TBD|FIXME|XXX|lorem)\b", text)
    assert re.findall(r"(?<![\w.>}*)\]-])/(?:home|tmp|work|root|Users|mnt|srv)/", text) == []
    hosts = {host.partition(":")[0] for host in re.findall(r"https?://([^\s/)]+)", text)}
    assert {host for host in hosts if not host.endswith(".example.com")} <= HOSTS


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_a_page_names_what_is_private_only_to_deny_it(page: Path) -> None:
    sentences = re.split(r"(?<=[.;:!?])\s", text_of(page))
    said = [s for s in sentences if PRIVATE_WORDS.search(s) and not DENIAL.search(s)]
    assert said == []
