"""A review pack as it is sent: a message, and the pack with its manifest as files."""

from __future__ import annotations

import shlex

from pipelines.findings.delivery import File, Message
from pipelines.findings.journal import Entry
from pipelines.findings.sending import Attach
from pipelines.pack.due import Due
from pipelines.pack.scope import Wanted
from pipelines.places import Place
from pipelines.settings import Settings
from reports import format as text
from reports.findings_words import FOOTER
from reports.pack.document import build_pack
from reports.pack.writing import file_name, written

DUE = "The review of {period} is due."
CARRIES = (
    "Its pack comes with this message as {name}, beside a manifest from which anybody with the same"
    " records can make it again."
)
WITHOUT_FILE = "Where no file is shown, this makes it:"


def report_message(place: Place, review: Due, notice_id: str) -> Message:
    """What goes with a pack, and where it is made if the service takes no files."""
    period = text.calendar_name(review.window, review.zone)
    scope = f"{place.partner_id}, {place.environment}"
    command = (
        *("utilization", "report", "--program", review.program_id, "--period", review.period),
        *("--partner", place.partner_id, "--environment", place.environment, "--format", "pdf"),
    )
    told = [
        DUE.format(period=period),
        CARRIES.format(name=file_name(review.program_id, review.period, "pdf")),
        WITHOUT_FILE,
        shlex.join(command),
    ]
    title = f"Review pack: {review.program_id}, {period} ({scope})"
    return Message(title, "\n".join([*told, "", FOOTER, f"Notice {notice_id}"]))


def parcels(settings: Settings, place: Place, wait_seconds: float) -> Attach:
    """Return what makes the files of a delivery: the pack as PDF, and its manifest."""

    def files(intent: Entry) -> tuple[File, ...]:
        wanted = Wanted(intent.program_id or "", intent.period or "")
        pack = build_pack(settings, place, wanted, wait_seconds=wait_seconds)
        data, manifest = written(pack, "pdf", settings)
        name = file_name(wanted.program_id, wanted.period, "pdf")
        return (
            File(name, data, "application/pdf"),
            File(f"{name}.manifest.json", manifest, "application/json"),
        )

    return files
