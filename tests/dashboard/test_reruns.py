"""A page that is open already costs little to run again, and is answered without a wait.

Goal: what a rerun sends stays small, no answer waits on the network for the one before it to be
acknowledged, and nothing looks through all that is remembered after each run. Method: the dashboard
is served as in production, and read by the messages that a browser exchanges with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config

from benchmarks.pages import PAGES
from benchmarks.reader import Reader
from benchmarks.served import Server

MOST_SENT_KIB = 150
ACKNOWLEDGED_S = 0.040
"""How long Linux may wait before it acknowledges; small messages held back wait as long."""


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with Server(home) as server:
        yield server


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_open_sends_little_again(server: Server, page: str) -> None:
    path, _ = PAGES[page]
    with Reader(server.port, path) as reader:
        first = reader.run()
        again = reader.run()
    assert sum(first.elements.values()) > 20
    assert sum(again.elements.values()) == sum(first.elements.values())
    assert again.sent_bytes < MOST_SENT_KIB * 1024


def test_no_answer_waits_for_the_one_before_it(server: Server) -> None:
    with Reader(server.port, "investigate") as reader:
        reader.run()
        quickest_s = min(reader.run().wall_s for _ in range(40))
    assert quickest_s < ACKNOWLEDGED_S


def test_what_is_remembered_is_not_looked_through_after_each_run() -> None:
    assert config.get_option("runner.postScriptGC") is False
