"""Who is asking, and which partner they may see. The only reader of `st.user`; denies by default.

Without sign-in the deployment's settings name the partner. With `[auth]` in the secrets the
signed-in person's grants do. A URL or a widget can only choose among what is allowed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard.grants import Grants, granted, is_over, named, read_grants, reviewed
from pipelines.authors import system_user
from pipelines.places import Place, places
from pipelines.settings import Settings
from reports import wording

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scope:
    """The places someone may see, at least one; the first is shown unless another is chosen."""

    places: tuple[Place, ...]
    author: str
    """Under whose name they write: the signed-in person's, or the operating system's user."""

    reviewed: frozenset[Place]
    """Those of the places whose reviews they may write in and freeze."""

    def of(self, partner: str | None) -> Place | None:
        """The allowed place of `partner`, the first one for None; None when it is not allowed."""
        if partner is None:
            return self.places[0]
        return next((place for place in self.places if place.partner_id == partner), None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is shown, in words, and what the person can do here."""

    words: tuple[str, str]
    action: str | None = None
    """`sign_in`, `sign_out` or None."""


def resolve(settings: Settings, now: datetime) -> Scope | Refusal:
    """The scope of whoever is looking at this page."""
    return _of_person(settings, now) if asks_sign_in() else _of_deployment(settings)


def asks_sign_in() -> bool:
    """Whether this deployment has sign-in configured."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def _of_deployment(settings: Settings) -> Scope | Refusal:
    held = places(settings.home)
    if not held:
        return Refusal(wording.NO_PARTNER_YET)
    if settings.partner is None and len({place.partner_id for place in held}) > 1:
        return Refusal(wording.PARTNER_AMBIGUOUS)
    allowed = [
        place
        for place in held
        if settings.partner in (None, place.partner_id)
        and settings.environment in (None, place.environment)
    ]
    # Production is named first: sandbox is shown only where it was chosen or is all there is.
    if not allowed:
        return Refusal(wording.PARTNER_UNKNOWN)
    return Scope((allowed[0],), system_user(), frozenset(allowed[:1]))


def _of_person(settings: Settings, now: datetime) -> Scope | Refusal:
    if not st.user.get("is_logged_in"):
        return Refusal(wording.SIGN_IN, "sign_in")
    claims = st.user.to_dict()
    if is_over(claims, now):
        return Refusal(wording.SESSION_OVER, "sign_out")
    try:
        grants = read_grants(settings.home)
    except ValueError:
        log.exception("grants.toml is not valid, so nobody has access")
        grants = Grants()
    held = tuple(Place(settings.home, *grant) for grant in granted(grants, claims))
    if not held:
        return Refusal(wording.NO_GRANT, "sign_out")
    may_review = frozenset(Place(settings.home, *grant) for grant in reviewed(grants, claims))
    return Scope(held, named(claims), may_review)
