"""The review pack on the screen: to take away in each format, to freeze, and what is frozen."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.panels.desk import WAIT_SECONDS, Desk, attempt, say
from dashboard.states import panel
from pipelines.homelock import writing
from pipelines.pack.frozen import Frozen, all_frozen
from pipelines.pack.scope import Wanted
from reports import review_notes as words
from reports.pack.document import build_pack
from reports.pack.freezing import freeze_review
from reports.pack.writing import FORMATS, Format, write


def pack(desk: Desk) -> None:
    """The panel."""
    with panel(words.PACK_TITLE):
        frozen = desk.frozen
        st.caption(words.PACK_IS)
        _files(desk, frozen)
        say(words.PACK_TITLE)
        if frozen is not None:
            st.markdown(words.frozen_words(frozen, desk.zone))
        elif desk.ground.may_review:
            _freeze(desk)
        else:
            st.caption(words.READS_ONLY)
        _every(desk)


def _files(desk: Desk, frozen: Frozen | None) -> None:
    with st.container(horizontal=True):
        for form, kept in FORMATS.items():
            label, mime = words.FORMATS[form]
            suffix = kept.rpartition(".")[2]
            st.download_button(
                label,
                lambda form=form: _made(desk, form, frozen),  # type: ignore[misc]
                file_name=f"{desk.file_name}.{suffix}",
                mime=mime,
                key=desk.key(f"pack-{form}"),
                on_click="ignore",
            )


def _made(desk: Desk, form: Format, frozen: Frozen | None) -> bytes:
    """The file of a frozen review as it was frozen; else made now, as of the page's instant."""
    if frozen is not None:
        return frozen.folder.joinpath(FORMATS[form]).read_bytes()
    ground = desk.ground
    wanted = Wanted(desk.program_id, desk.period, ground.view.period.as_of)
    made = build_pack(ground.settings, desk.place, wanted, wait_seconds=WAIT_SECONDS)
    return write(made, form, ground.settings)


def _freeze(desk: Desk) -> None:
    with st.popover(words.FREEZE, icon=":material/lock:"):
        st.markdown(words.FREEZE_IS)
        is_sure = st.checkbox(words.FREEZE_SURE, key=desk.key("freeze-sure"))
        is_asked = st.button(words.FREEZE_NOW, key=desk.key("freeze"), disabled=not is_sure)
    if is_asked:
        with st.spinner(words.FREEZING):
            attempt(words.PACK_TITLE, lambda: _frozen_now(desk))
        st.rerun()


def _frozen_now(desk: Desk) -> str:
    settings = desk.ground.settings
    with writing(settings.home, WAIT_SECONDS):
        freeze_review(
            settings,
            desk.place,
            desk.program_id,
            desk.period,
            as_of=desk.ground.view.period.as_of,
            author=desk.writer(),
            at=datetime.now(UTC),
            wait_seconds=WAIT_SECONDS,
        )
    return words.FROZEN_NOW


def _every(desk: Desk) -> None:
    with st.expander(words.FROZEN_TITLE, key="review-frozen", on_change="rerun") as box:
        if not box.open:
            return
        found = [one for one in all_frozen(desk.place) if one.program_id == desk.program_id]
        if found:
            st.html(words.frozen_table(found, desk.zone))
        else:
            st.markdown(words.FROZEN_EMPTY)
