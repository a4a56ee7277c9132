"""Named steps at which a test may kill this process, to prove that nothing is lost there.

`UTILIZATION_KILL_AT=step` or `step:n` kills at the n-th time the step is reached. Unset, a step
costs one comparison.
"""

from __future__ import annotations

import os
import signal

from pipelines.settings import kill_at

STEPS = (
    "screened",
    "quarantine_written",
    "segments_written",
    "segments_renamed",
    "log_appended",
    "facts_begun",
    "facts_loaded",
    "facts_committed",
    "models_built",
    "build_written",
    "pointer_replaced",
    "rebuild_begun",
    "replay_begun",
)
"""Of a load, in their order, and of making a warehouse anew."""

NOTICE_STEPS = ("notice_begun", "notice_handed_over")
"""Of sending one notice."""

INBOX_STEPS = ("inbox_loaded",)
"""Of loading an inbox: between publishing and moving its files aside."""

_passed: dict[str, int] = {}


def reach(step: str) -> None:
    """Die here, as by `kill -9`, if that is what was asked for."""
    wanted, _, times = (kill_at() or "").partition(":")
    if wanted != step:
        return
    _passed[step] = _passed.get(step, 0) + 1
    if _passed[step] >= int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
