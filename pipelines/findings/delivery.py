"""Hand one message to one recipient, by whatever its URL says; what it says is never repeated."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.settings import Recipient

if TYPE_CHECKING:
    from apprise import Apprise, AppriseResult

UNUSABLE = "the recipient's url cannot be used; correct it in utilization.toml"
REFUSED = "the service answered with HTTP status {status}"
UNREACHED = "the service could not be reached, or did not take it"
_STATUS = re.compile(r"error=(\d{3})\b")


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: plain text."""

    title: str
    body: str


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
        app_desc="Findings",
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
        notify_type=NotifyType.WARNING,
        body_format=NotifyFormat.TEXT,
    )
    return None if result else _fault(result)


def _fault(result: AppriseResult) -> str:
    statuses = [found[1] for entry in result.logs() if (found := _STATUS.search(entry.message))]
    return REFUSED.format(status=statuses[-1]) if statuses else UNREACHED
