"""The notes and decisions of a review, and forms to write more of them until it is frozen.

What is written goes to disk before the page says so; the page reads it back from there.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.panels.desk import Desk, attempt, say
from dashboard.states import panel
from pipelines.pack.journal import MOST_CHARACTERS, Decision, read_journal
from reports import review_notes as words


def minutes(desk: Desk) -> None:
    """Both panels."""
    with panel(words.NOTES_TITLE):
        notes = read_journal(desk.place).notes_of(desk.program_id, desk.period)
        if notes:
            st.html(words.notes_table(notes, desk.zone))
        else:
            st.markdown(words.NOTES_EMPTY)
        say(words.NOTES_TITLE)
        if desk.takes_more:
            _note(desk)
    with panel(words.DECISIONS_TITLE):
        decisions = read_journal(desk.place).decisions_for(desk.program_id, desk.window.end)
        st.caption(words.DECISIONS_ARE)
        if decisions:
            st.html(words.decisions_table(decisions, desk.zone))
        else:
            st.markdown(words.DECISIONS_EMPTY)
        say(words.DECISIONS_TITLE)
        if desk.takes_more:
            _decide(desk)
            _close(desk, [one for one in decisions if one.closed_in is None])


def _note(desk: Desk) -> None:
    item, note = desk.key("note-on"), desk.key("note")

    def save() -> None:
        def write() -> str:
            desk.clerk().note(st.session_state[item], st.session_state[note])
            return words.NOTE_SAVED

        if attempt(words.NOTES_TITLE, write):
            st.session_state[note] = ""

    with st.form(desk.key("note-form"), border=False):
        st.selectbox(words.NOTE_ON, list(words.CALLED), format_func=_called, key=item)
        st.text_area(words.NOTE, key=note, max_chars=MOST_CHARACTERS)
        st.form_submit_button(words.SAVE_NOTE, on_click=save)
    st.caption(words.as_author(desk.ground.author))


def _called(item: str) -> str:
    return words.CALLED[item]


def _decide(desk: Desk) -> None:
    text, owner, due = (desk.key(name) for name in ("decision", "owner", "due"))

    def save() -> None:
        said = st.session_state

        def write() -> str:
            made = desk.clerk().decide(said[text], said[owner], said[due])
            return words.DECISION_SAVED.format(name=made.decision_id)

        if attempt(words.DECISIONS_TITLE, write):
            said[text], said[owner], said[due] = "", "", None

    with st.form(desk.key("decision-form"), border=False):
        st.text_area(words.DECISION, key=text, max_chars=MOST_CHARACTERS)
        left, right = st.columns(2)
        left.text_input(words.OWNER, key=owner)
        right.date_input(words.DUE, value=None, key=due)
        st.form_submit_button(words.SAVE_DECISION, on_click=save)


def _close(desk: Desk, still_open: Sequence[Decision]) -> None:
    if not still_open:
        return
    names = {one.decision_id: words.decision_name(one) for one in still_open}
    which, outcome = desk.key("close"), desk.key("outcome")

    def save() -> None:
        def write() -> str:
            done = desk.clerk().close(st.session_state[which], st.session_state[outcome])
            return words.DECISION_CLOSED.format(name=done.decision_id)

        if attempt(words.DECISIONS_TITLE, write):
            st.session_state[outcome] = ""

    with st.form(desk.key("close-form"), border=False):
        st.selectbox(words.CLOSE, list(names), format_func=names.__getitem__, key=which)
        st.text_input(words.OUTCOME, key=outcome, max_chars=MOST_CHARACTERS)
        st.form_submit_button(words.CLOSE_DECISION, on_click=save)
