"""Who writes where nobody signs in: the user of the operating system."""

from __future__ import annotations

import os
import pwd


def system_user() -> str:
    """The user of the operating system, by name where it has one."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
