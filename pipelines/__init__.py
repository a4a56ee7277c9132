"""The core: records in, figures out. Imports neither Streamlit nor Altair."""

from __future__ import annotations

__version__ = "0.1.0"
