"""What stands where figures cannot: whole pages with nothing to show, and a panel that failed."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from reports import wording

log = logging.getLogger(__name__)

Button = tuple[str, Callable[[], None]]


def full_page(words: tuple[str, str], button: Button | None = None) -> None:
    """Say why there is nothing to show, and what to do."""
    title, sentence = words
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.markdown(sentence)
        if button:
            label, action = button
            st.button(label, on_click=action, type="primary")


def sign_page(words: tuple[str, str], action: str | None) -> None:
    """The same for people who have to sign in, or out."""
    buttons: dict[str | None, Button] = {
        "sign_in": ("Sign in", st.login),
        "sign_out": ("Sign out", st.logout),
    }
    full_page(words, buttons.get(action))


@contextmanager
def panel(title: str) -> Iterator[None]:
    """A titled part of the page; a failure stays inside it and leaves a reference to the log."""
    with st.container(border=True):
        st.subheader(title, anchor=False)
        try:
            yield
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("panel %r failed, reference %s", title, reference)
            st.error(wording.panel_failed(reference), icon=":material/error:")
