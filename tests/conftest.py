"""What all tests share: their order, where the browser is, and when its absence is a failure.

On a developer's machine a test that cannot run says why and is skipped. On a machine that has to
run them all (`UTILIZATION_REQUIRE_BROWSER=1`) a skipped browser or fault test is a failed one.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine makes any one example slow now and then, which says nothing of the code.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

HERE = Path(__file__).parent
MAY_NOT_SKIP = ("e2e", "faults")


def find_chromium() -> str | None:
    """The path of the system's Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that `e2e` tests drive."""
    path = find_chromium()
    assert path is not None, "a test that asks for Chromium carries the mark e2e"
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that at the end no worker waits for the others.

    First whole files that hold a browser or fault test, then those that mirror no folder; and of
    each those with few tests, which load homes, before those with many, which look at one value.
    """
    marked = {item.path for item in items if any(map(item.get_closest_marker, MAY_NOT_SKIP))}
    tests = Counter(item.path for item in items)
    items.sort(
        key=lambda item: (item.path not in marked, item.path.parent != HERE, tests[item.path])
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("e2e") and find_chromium() is None:
        pytest.skip("needs Chromium: apt-get install chromium fonts-dejavu-core")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = os.environ.get("UTILIZATION_REQUIRE_BROWSER") == "1" and any(
        item.get_closest_marker(name) for name in MAY_NOT_SKIP
    )
    if required and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"had to run here and was skipped: {report.longrepr}"
    return report
