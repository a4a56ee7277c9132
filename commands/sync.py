"""The command that keeps a home up to date by itself: load what came, send what is due."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Annotated

import typer

from commands.door import Door, clock
from pipelines.errors import HomeLockedError, PipelineError
from pipelines.places import Place, places
from pipelines.windows import parse_duration
from reports.export import json_line

SET_ASIDE = 3


def sync(
    context: typer.Context,
    is_once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    every: Annotated[str, typer.Option(help="How long to wait between two looks.")] = "60s",
) -> None:
    """Load new files of the inboxes, refresh, and send the notices and review packs that are due.

    Prints one line for each look that did something. SIGTERM and Ctrl-C end it after the step in
    hand, with status 0.

    Example: utilization sync --every 5m
    """
    here: Door = context.obj
    pause_s = parse_duration(every) / timedelta(seconds=1)
    watch = Watch(here)
    with _ended_by_signals() as ended:
        while True:
            done = watch.look(ended.is_set)
            done.tell()
            if is_once or ended.wait(pause_s):
                break
    if is_once and done.status:
        raise typer.Exit(done.status)


@contextmanager
def _ended_by_signals() -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set, instead of ending the process."""
    ended = Event()
    before = {
        number: signal.signal(number, lambda *_: ended.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Done:
    """What one look came to."""

    at: datetime
    files: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: int = 0
    notices: int = 0
    """Sent."""

    reports: int = 0
    undelivered: int = 0
    is_locked: bool = False
    is_failed: bool = False
    is_unclean: bool = False
    faults: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The exit status of a single look."""
        if self.is_locked:
            return HomeLockedError.exit_status
        if self.is_failed or self.undelivered:
            return PipelineError.exit_status
        return SET_ASIDE if self.is_unclean else 0

    def attempt(self, step: Callable[[], None]) -> bool:
        """Take a step and say whether it went well; what goes wrong is told, and ends nothing."""
        try:
            step()
            return True
        except HomeLockedError as error:
            self.is_locked = True
            self.faults.append(str(error))
        except Exception as error:  # a traceback could show a record's value
            self.is_failed = True
            self.faults.append(_said(error))
        return False

    def tell(self) -> None:
        """Print a line where something was done, and one for each fault on standard error."""
        counts = {name: value for name, value in asdict(self).items() if type(value) is int}
        if any(counts.values()):
            typer.echo(json_line({"at": self.at, **counts}))
        for fault in self.faults:
            typer.echo(f"utilization: {' '.join(fault.split())}", err=True)


def _said(error: Exception) -> str:
    if isinstance(error, PipelineError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'disk'}: {error.strerror or type(error).__name__}"
    return f"a step failed unexpectedly ({type(error).__name__}); the next look tries it again"


class Watch:
    """Looks again and again, and remembers what the looks before have seen."""

    def __init__(self, here: Door) -> None:
        self._here = here
        from pipelines.inbox import Inboxes

        self._inboxes = Inboxes(here.settings)
        self._told_in: datetime | None = None

    def look(self, is_ended: Callable[[], bool]) -> Done:
        """Take every step once; `is_ended` may leave out those that are still to come."""
        from pipelines.findings.judging import whole_quarter

        done = Done(clock())
        done.attempt(self._here.renew)
        done.attempt(partial(self._load, done, is_ended))
        # Findings are judged at each quarter of an hour: between two, nothing new can be due.
        quarter = whole_quarter(done.at)
        is_new = bool(done.files) or quarter != self._told_in
        went_well = True
        for place in places(self._here.settings.home):
            if not is_ended():
                went_well &= done.attempt(partial(self._tell, place, done, is_new, is_ended))
        self._told_in = quarter if went_well else None
        return done

    def _load(self, done: Done, is_ended: Callable[[], bool]) -> None:
        from pipelines.advice import keep_advice
        from pipelines.homelock import writing

        settings = self._here.settings
        found = self._inboxes.look(done.at)
        done.faults += found.faults
        done.is_failed = not self._inboxes.are_whole
        done.is_unclean = bool(found.faults)
        if not found.ready:
            return
        with writing(settings.home, self._here.wait_seconds):
            load = self._inboxes.load(found.ready, done.at, is_ended)
            for place in places(settings.home):
                keep_advice(place, settings)
        done.files = load.taken
        for counts in load.report.counts.values():
            done.loaded += counts.loaded
            done.duplicate += counts.duplicate
            done.quarantined += counts.quarantined
            done.refused += counts.refused
        done.is_unclean |= bool(load.faults) or not load.report.is_clean
        done.faults += [*load.report.fault_lines(), *load.faults]

    def _tell(self, place: Place, done: Done, is_new: bool, is_ended: Callable[[], bool]) -> None:
        """Send what is due of one partner, where anything can be and anybody wants to hear."""
        from pipelines.findings.notifying import retries_due
        from pipelines.serving import is_dated

        is_due = is_new or retries_due(place, done.at)
        if not (self._here.settings.recipients and is_due and is_dated(place)):
            return
        try:
            self._notify(place, done)
        finally:
            # A failure of one is no reason to hold back the other.
            if not is_ended():
                self._report(place, done)

    def _notify(self, place: Place, done: Done) -> None:
        from pipelines.findings.notifying import notify
        from reports.findings_words import message

        settings, wait_seconds = self._here.settings, self._here.wait_seconds
        told = notify(settings, place, at=done.at, compose=message, wait_seconds=wait_seconds)
        done.notices += sum(one.state == "sent" for one in told)
        done.undelivered += sum(one.fault is not None for one in told)

    def _report(self, place: Place, done: Done) -> None:
        from pipelines.pack.delivering import deliver_reports
        from reports.pack.parcel import parcels, report_message

        settings, wait_seconds = self._here.settings, self._here.wait_seconds
        told = deliver_reports(
            settings,
            place,
            at=done.at,
            compose=report_message,
            attach=parcels(settings, place, wait_seconds),
            wait_seconds=wait_seconds,
        )
        done.reports += sum(one.state == "sent" for one in told)
        done.undelivered += sum(one.fault is not None for one in told)
