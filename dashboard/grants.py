"""Who may see which partner where people sign in: `grants.toml` in the home.

    [[grant]]
    email = "ana@example.com"
    partner = "lumen-wallet"
    environment = "production"
    may_review = true

A grant names an `email` or a `subject` (the `sub` claim). It is for looking; with `may_review` also
for writing notes and decisions of reviews and for freezing them. Read on every run, so that a grant
taken away ends at the next click. What is not written there is not allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

GRACE = timedelta(hours=8)
"""How long after the identity token's end a session may go on."""

_LONGEST_NAME = 254


class Grant(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    email: str | None = None
    subject: str | None = None
    partner: str
    environment: Literal["production", "sandbox"] = "production"
    may_review: bool = False

    @model_validator(mode="after")
    def _names_someone(self) -> Grant:
        if not (self.email or self.subject):
            raise ValueError("a grant names an email or a subject")
        return self


class Grants(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    grant: tuple[Grant, ...] = ()


def read_grants(home: Path) -> Grants:
    """The grants of `home`, none where there is no file; ValueError for one that is not valid."""
    file = home / "grants.toml"
    if not file.is_file():
        return Grants()
    return Grants.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def granted(grants: Grants, claims: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(environment, partner) of each grant to the person of these claims, once each."""
    return list(dict.fromkeys((one.environment, one.partner) for one in _own(grants, claims)))


def reviewed(grants: Grants, claims: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(environment, partner) of those whose reviews the person may write in and freeze."""
    return {(one.environment, one.partner) for one in _own(grants, claims) if one.may_review}


def _own(grants: Grants, claims: Mapping[str, Any]) -> Iterator[Grant]:
    """The grants to a person. An email counts only where the identity provider has verified it."""
    email = _verified_email(claims)
    for grant in grants.grant:
        is_email = grant.email and email and grant.email.casefold() == str(email).casefold()
        if is_email or (grant.subject and grant.subject == claims.get("sub")):
            yield grant


def named(claims: Mapping[str, Any]) -> str:
    """Who a person is called: by a verified email, else by the subject that a grant names."""
    called = " ".join(str(_verified_email(claims) or claims.get("sub") or "").split())
    return called[:_LONGEST_NAME]


def _verified_email(claims: Mapping[str, Any]) -> Any:
    return claims.get("email") if claims.get("email_verified") is True else None


def is_over(claims: Mapping[str, Any], now: datetime) -> bool:
    """Whether the identity token ended more than the grace ago, or does not say when it ends."""
    ends = claims.get("exp")
    return not isinstance(ends, int | float) or now.timestamp() > ends + GRACE.total_seconds()
