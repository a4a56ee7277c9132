"""A plain reading of the metric definitions, to hold the product's figures against."""

from __future__ import annotations

from .records import random_world, worlds
from .rows import windows_rows
from .zones import calendar_windows

__all__ = ["calendar_windows", "random_world", "windows_rows", "worlds"]
