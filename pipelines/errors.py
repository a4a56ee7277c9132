"""Every exception of the core, each with the exit status the command line gives it.

PipelineError            1  failed; nothing is half-done
    UsageError           2  the call itself is wrong
    HomeLockedError      4  another writer holds this home
    LandingDamagedError  1  landed bytes do not match what was recorded of them
    SourceRefusedError   3  a whole file cannot enter; the rest is loaded
    NothingPublishedError 1 nothing has been published for this partner yet
    OutdatedBuildError   1  what is published was worked out by another version of the product
    UnknownScopeError    2  the home holds no such partner and environment, or several
    UnknownIdError       2  no record of the partner carries the id

Messages are one line: where, what, what to do. They never hold a record's value.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Something failed; nothing is half-done."""

    exit_status = 1


class UsageError(PipelineError):
    """The call is wrong: an unknown name, a malformed time, a folder that is not there."""

    exit_status = 2


class HomeLockedError(PipelineError):
    """Another process writes to this home and went on doing so for the whole wait."""

    exit_status = 4


class LandingDamagedError(PipelineError):
    """A landed segment or the batch log is not what was written."""


class SourceRefusedError(PipelineError):
    """A whole file cannot enter: unreadable, too large, or of a kind nobody declared."""

    exit_status = 3


class NothingPublishedError(PipelineError):
    """No build has been published for this partner and environment."""


class OutdatedBuildError(PipelineError):
    """The build was worked out by other definitions than those that would answer from it."""


class UnknownScopeError(UsageError):
    """The partner and environment asked for are not in this home, or were not named."""


class UnknownIdError(UsageError):
    """No record of this partner and environment carries the id asked for."""
