"""A machine that lacks something is told what, and a test that has to run is never skipped.

Goal: the first command a newcomer runs fails in one line that says what to do, and a machine that
must run the browser and fault tests turns red when they cannot. Method: `tools/setup` runs with
programs that behave like an old or a bare Python; pytest runs on a test that skips.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run_setup(tree: Path, python: str) -> subprocess.CompletedProcess[str]:
    shutil.copytree(ROOT / "tools", tree / "tools")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tree / name)
    environment = {**os.environ, "PY": python}
    return subprocess.run(
        [tree / "tools" / "setup"], env=environment, text=True, capture_output=True
    )


def fake_python(folder: Path, body: str) -> str:
    path = folder / "fake-python"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_setup_says_in_one_line_that_python_is_too_old(tmp_path: Path) -> None:
    old = fake_python(tmp_path, "exit 1")
    done = run_setup(tmp_path, old)
    assert done.returncode == 1
    assert done.stderr == f"setup: PY={old} is older than Python 3.11; name a newer one.\n"


def test_setup_says_in_one_line_that_the_venv_module_is_missing(tmp_path: Path) -> None:
    bare = fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1 ;; esac')
    done = run_setup(tmp_path, bare)
    assert done.returncode == 1
    assert done.stderr == (
        f"setup: {bare} has no venv module; "
        "run 'sudo apt-get install python3-venv', then this again.\n"
    )


SKIPPING = """
import pytest

@pytest.mark.{mark}
def test_drives_something():
    pytest.skip("cannot run here")
"""


@pytest.mark.parametrize(
    ("mark", "required", "closing"),
    [
        pytest.param("e2e", "1", "1 failed", id="a-required-browser-test"),
        pytest.param("faults", "1", "1 failed", id="a-required-fault-test"),
        pytest.param("e2e", "0", "1 skipped", id="a-browser-test-elsewhere"),
        pytest.param("slow", "1", "1 skipped", id="any-other-test"),
    ],
)
def test_a_skip_fails_only_where_the_test_has_to_run(
    tmp_path: Path, mark: str, required: str, closing: str
) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_one.py").write_text(SKIPPING.format(mark=mark), encoding="utf-8")
    browser = tmp_path / "chromium"
    browser.touch(mode=0o755)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    done = subprocess.run(
        [*command, tmp_path],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "UTILIZATION_REQUIRE_BROWSER": required,
        },
        cwd=tmp_path,
        text=True,
        capture_output=True,
    )
    assert closing in done.stdout
