"""From a request to a page: who is asking, which build, which view. Whatever is missing is said."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from dashboard import store, view
from dashboard.moment import asked_moment
from dashboard.scope import Refusal, resolve
from dashboard.states import full_page, sign_page
from dashboard.store import Handle
from dashboard.view import View
from pipelines.errors import NothingPublishedError, OutdatedBuildError, UsageError
from pipelines.outline import Outline
from pipelines.settings import Settings, load_settings
from pipelines.windows import WindowError, format_instant
from reports import wording

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every page stands on."""

    settings: Settings
    handle: Handle
    outline: Outline
    view: View
    watermark: datetime
    """What every required source has reached, whatever moment the page answers for."""

    author: str
    """Under whose name the viewer writes."""

    may_review: bool
    """Whether the viewer may write in reviews of this partner, and freeze them."""


def prepare(now: datetime, path: str) -> Ground | None:
    """The ground of this run of the page at `path`; None where a message stands in its place."""
    try:
        settings = load_settings()
    except UsageError:
        log.exception("the settings cannot be read")
        full_page(wording.SETTINGS_WRONG)
        return None
    scope = resolve(settings, now)
    if isinstance(scope, Refusal):
        sign_page(scope.words, scope.action)
        return None
    if view.foreign_partner(scope):
        full_page(wording.FOREIGN_PARTNER, ("Show what I may see", view.forget_choices))
        return None
    place = view.choose_place(scope)
    try:
        handle = store.current(place)
    except (NothingPublishedError, OutdatedBuildError) as error:
        is_outdated = isinstance(error, OutdatedBuildError)
        full_page(wording.OUTDATED if is_outdated else wording.NOTHING_PUBLISHED)
        return None
    found = _on_build(handle, path)
    if found is None:
        return None
    outline, chosen, watermark = found
    may_review = place in scope.reviewed
    return Ground(settings, handle, outline, chosen, watermark, scope.author, may_review)


def _on_build(handle: Handle, path: str) -> tuple[Outline, View, datetime] | None:
    build = store.opened(handle.key)
    moment = asked_moment(build)
    if moment is None or build.watermark is None:
        full_page(wording.NO_TIME_YET)
        return None
    outline = store.outline(handle.key, format_instant(moment.as_of))
    if view.foreign_pools(outline.pools):
        full_page(wording.FOREIGN_POOL, ("Show all pools", view.forget_choices))
        return None
    try:
        chosen = view.choose_view(outline, moment, build, path)
    except WindowError as error:
        full_page(("These days cannot be shown", f"{error}."), ("Start again", view.forget_choices))
        return None
    return outline, chosen, build.watermark
