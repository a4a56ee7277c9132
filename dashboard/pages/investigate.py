"""Investigate: any id to its story, and from a figure to the ids that it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import streamlit as st

from dashboard import address, choices
from dashboard.asks import investigate as ask
from dashboard.frame import Ground
from dashboard.page import chart, take_away
from dashboard.states import panel
from pipelines.drill.counts import RESERVED
from pipelines.errors import HomeLockedError, UnknownIdError
from pipelines.periods import Period, cut
from pipelines.story import Story
from pipelines.windows import Window, format_instant, local_day
from reports import charts_investigate, drill, drill_words, story_tables, story_words, wording
from reports import format as text
from reports.drill import Lane
from reports.evidence import story_json
from reports.evidence_page import story_page
from reports.found import Found, Row

MOST_BARS_DAYS = 8
"""Days of hours that are drawn at once; of more, a day is chosen first."""

_NEEDS = {
    "undelivered_trades": ("trades",),
    RESERVED: ("trades",),
    "ledger_exceptions": ("ledger", "trades"),
}
_BELOW = ("lane", "day", "hour", "reason")
"""The choices on the way down; each new one forgets those below it."""


def draw(ground: Ground) -> None:
    """The whole page."""
    with panel("One id, and all that is known of it"):
        _one(ground)
    with panel("From a figure to its ids"):
        _drill(ground)


def _one(ground: Ground) -> None:
    asked = st.query_params.get("id", "").strip()
    st.session_state["id"] = asked
    st.text_input(
        drill_words.ID_LABEL,
        key="id",
        placeholder=drill_words.ID_EXAMPLE,
        help=drill_words.ID_HELP,
        on_change=_ask_for_id,
    )
    if not asked:
        return
    if not story_tables.is_id(asked):
        st.warning(drill_words.ID_MALFORMED, icon=":material/search_off:")
        return
    as_of = format_instant(ground.view.period.as_of)
    try:
        story = ask.story(ground.handle.key, asked, as_of)
    except UnknownIdError:
        st.warning(drill_words.ID_UNKNOWN, icon=":material/search_off:")
    except HomeLockedError:
        _being_loaded("story")
    else:
        _tell(story)


def _ask_for_id() -> None:
    address.step({"id": st.session_state["id"].strip() or None})


def _being_loaded(what: str) -> None:
    st.info(drill_words.BEING_LOADED, icon=":material/hourglass_top:")
    st.button("Try again", key=f"again-{what}")


def _tell(story: Story) -> None:
    st.html(story_tables.said(story))
    if lacks := story_tables.missing(story):
        st.markdown("**Missing**")
        st.html(lacks)
    if story.exceptions:
        st.markdown("**Exceptions**")
        st.html(story_tables.exceptions(story))
    st.markdown("**Records in time order**")
    st.caption(story_words.STORY_TIMES)
    st.html(story_tables.records(story))
    if remaining := story_tables.remaining(story):
        st.markdown("**Notes**")
        st.html(remaining)
    with st.expander("Every field of every record", key="every-field", on_change="rerun") as box:
        if box.open:
            fields = story_tables.every_field(story)
            st.dataframe(fields, hide_index=True, alt="Every field of every record")
    st.markdown("**Support packet**")
    st.caption(story_words.SUPPORT_PACKET)
    st.code(story_tables.packet(story), language="json")
    with st.container(horizontal=True):
        _file(story, "Whole story as JSON", "json", "application/json", story_json)
        _file(story, "Whole story as a page", "html", "text/html", story_page)


def _file(story: Story, label: str, ending: str, mime: str, make: Callable[[Story], str]) -> None:
    st.download_button(
        label,
        lambda: make(story).encode(),
        file_name=story_tables.file_name(story, ending),
        mime=mime,
        key=f"story-{ending}",
        on_click="ignore",
    )


def _drill(ground: Ground) -> None:
    name = _choose_figure()
    st.caption(_means(ground, name))
    arrived = {one.kind for one in ground.outline.arrived}
    missing = [kind for kind in _NEEDS.get(name, ("quotes",)) if kind not in arrived]
    if missing:
        st.info(wording.not_ingested(*missing), icon=":material/upload_file:")
        return
    try:
        _down(ground, name)
    except HomeLockedError:
        _being_loaded("ids")


def _means(ground: Ground, name: str) -> str:
    age = text.duration(int(ground.settings.reserved_age_threshold.total_seconds()))
    return drill_words.DRILL_MEANS[name].replace("{age}", age)


def _choose_figure() -> str:
    usual, *_ = drill_words.DRILLS
    return _choose("figure", "What to look into", drill_words.DRILLS, usual)


def _choose(key: str, label: str, titles: Mapping[str, str], usual: str) -> str:
    return choices.choose(key, label, titles, usual, below=_below(key))


def _below(key: str) -> Sequence[str]:
    return _BELOW[_BELOW.index(key) + 1 :] if key in _BELOW else _BELOW[1:]


def _down(ground: Ground, name: str) -> None:
    period = _span(ground, name)
    if period is None:
        st.markdown(drill_words.NOTHING_LOOKED_INTO)
        return
    found = _counts(ground, name, [period.window])
    chosen = drill.lanes(found)
    names = {"": "Choose a pool", **{key: drill.lane_name(lane) for key, lane in chosen.items()}}
    left, right = st.columns([3, 2])
    with right:
        only = next(iter(chosen)) if len(chosen) == 1 else ""
        lane = chosen.get(_choose("lane", "Pool", names, only))
    with left:
        st.html(drill.pools_table(found, name, _means(ground, name), lane))
    if not drill.total(found.rows):
        st.markdown(drill_words.NOTHING_LOOKED_INTO)
        return
    if lane is None:
        st.caption(drill_words.PICK_POOL)
        return
    whole = drill.total(drill.of_lane(found, lane))
    days = cut(period, "day", "day")
    if len(days) > MOST_BARS_DAYS:
        day = _level(ground, name, "day", _counts(ground, name, days), lane, whole)
        if day is None:
            return
        whole, period = day["events"], replace(period, window=_window(day, "day"))
    hours = _counts(ground, name, cut(period, "1h", "1h"))
    hour = _level(ground, name, "hour", hours, lane, whole)
    if hour is not None:
        _ids(ground, name, lane, hour)


def _span(ground: Ground, name: str) -> Period | None:
    """The period looked into; for what is reserved now, from the day of the oldest on."""
    period = ground.view.period
    if name != RESERVED:
        return period
    rows = [row for row in _reserved(ground).rows if row["pool_id"] in ground.view.pools]
    if not rows:
        return None
    start = local_day(period.zone, min(row["event_at"] for row in rows)).start
    return replace(period, window=Window(start, period.as_of, "reserved"), is_open=False)


def _reserved(ground: Ground) -> Found:
    as_of = format_instant(ground.view.period.as_of)
    over_s = ground.settings.reserved_age_threshold.total_seconds()
    return ask.reserved(ground.handle.key, as_of, over_s)


def _counts(ground: Ground, name: str, windows: list[Window]) -> Found:
    bounds = tuple((format_instant(w.start), format_instant(w.end), w.name) for w in windows)
    key, as_of = ground.handle.key, format_instant(ground.view.period.as_of)
    if name == RESERVED:
        over_s = ground.settings.reserved_age_threshold.total_seconds()
        pools = ground.view.pools
        return ask.reserved_counts(key, bounds, as_of, over_s, pools)
    return ask.counts(key, name, bounds, as_of, ground.view.pools)


def _level(
    ground: Ground, name: str, level: str, found: Found, lane: Lane, whole: int | None
) -> Row | None:
    """Draw how often in each day or hour, and return the one that is chosen."""
    rows = drill.of_lane(found, lane)
    period, title = ground.view.period, drill_words.DRILLS[name]
    names = {"": f"Choose {'a day' if level == 'day' else 'an hour'}"}
    names |= drill.windows_of(found, lane, period.zone)
    chosen = _choose(level, level.capitalize(), names, "")
    picked = "-".join([name, st.query_params.get("lane", ""), level, chosen])
    chart(
        charts_investigate.bars(),
        drill.bars(found, lane, chosen, period.zone, period.as_of),
        f"drill-{picked}",
        f"{title} by {level}",
        on_pick=lambda mark: choices.pick(level, str(mark["slot"]), below=_below(level)),
    )
    st.caption(drill.sum_words("Days" if level == "day" else "Hours", rows, whole))
    if not chosen:
        st.caption(drill_words.PICK_DAY if level == "day" else drill_words.PICK_HOUR)
        return None
    return next(row for row in rows if format_instant(row["window_start"]) == chosen)


def _window(row: Row, name: str) -> Window:
    return Window(row["window_start"], row["window_end"], name)


def _ids(ground: Ground, name: str, lane: Lane, hour: Row) -> None:
    period, window = ground.view.period, _window(hour, "1h")
    events = _events(ground, name, lane, window)
    counted = drill.reasons(events)
    titles = {"": "All reasons", **{one: drill.reason_title(name, one) for one in counted}}
    left, right = st.columns([3, 2])
    with right:
        reason = _choose("reason", "Reason", titles, "")
    with left:
        st.html(drill.reasons_table(name, counted))
    whole = text.count(hour["events"])
    st.caption(drill_words.adds_up("Reasons", text.count(events.num_rows), whole))
    kept = drill.of_reason(events, reason)
    st.markdown(drill.events_words(kept))
    st.html(drill.events_table(kept, name, period.zone, address.query_without("id")))
    take_away({drill_words.DRILLS[name]: drill.whole_table(kept, lane)})


def _events(ground: Ground, name: str, lane: Lane, window: Window) -> pa.Table:
    if name == RESERVED:
        return drill.within(_reserved(ground).table, lane, window)
    key, as_of = ground.handle.key, format_instant(ground.view.period.as_of)
    bounds = (format_instant(window.start), format_instant(window.end), window.name)
    return ask.events(key, name, lane, bounds, as_of).table
