"""Hand one message to one recipient, by whatever its URL says; what it says is never repeated."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.settings import Recipient

if TYPE_CHECKING:
    from apprise import Apprise, AppriseAttachment, AppriseResult

UNUSABLE = "the recipient's url cannot be used; correct it in utilization.toml"
REFUSED = "the service answered with HTTP status {status}"
UNREACHED = "the service could not be reached, or did not take it"
_STATUS = re.compile(r"error=(\d{3})\b")


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a message."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: plain text, and files where the service takes any."""

    title: str
    body: str
    files: tuple[File, ...] = ()


def deliver(recipient: Recipient, message: Message) -> str | None:
    """Send a message; None when the service took it, else why not, in words without the URL."""
    logger = logging.getLogger("apprise")
    is_propagated, logger.propagate = logger.propagate, False
    silence = logging.NullHandler()
    logger.addHandler(silence)
    try:
        with warnings.catch_warnings():
            # Loading its services imports modules of the standard library that are on their way
            # out, where they are still there.
            warnings.simplefilter("ignore", DeprecationWarning)
            service = _service(recipient)
            if service is None:
                return UNUSABLE
            return _outcome(service, message)
    finally:
        logger.removeHandler(silence)
        logger.propagate = is_propagated


def _service(recipient: Recipient) -> Apprise | None:
    from apprise import Apprise, AppriseAsset
    from apprise.common import PersistentStoreMode

    asset = AppriseAsset(
        app_id="partner-utilization",
        app_desc="Findings and reviews",
        app_url="",
        http_redirects=False,
        secure_logging=True,
        storage_mode=PersistentStoreMode.MEMORY,
    )
    service = Apprise(asset=asset)
    return service if service.add(recipient.url.get_secret_value()) and len(service) else None


def _outcome(service: Apprise, message: Message) -> str | None:
    from apprise import NotifyFormat, NotifyType

    result = service.notify(
        title=message.title,
        body=message.body,
        notify_type=NotifyType.INFO if message.files else NotifyType.WARNING,
        body_format=NotifyFormat.TEXT,
        attach=_attachments(message),
    )
    return None if result else _fault(result)


def _attachments(message: Message) -> AppriseAttachment | None:
    from apprise import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    if not message.files:
        return None
    held = AppriseAttachment()
    for file in message.files:
        memory = AttachMemory(file.data, name=file.name, mimetype=file.media_type)  # type: ignore[no-untyped-call]
        held.add(memory)
    return held


def _fault(result: AppriseResult) -> str:
    statuses = [found[1] for entry in result.logs() if (found := _STATUS.search(entry.message))]
    return REFUSED.format(status=statuses[-1]) if statuses else UNREACHED
