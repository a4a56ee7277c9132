"""Nobody sees a partner that was not given to them.

Goal: without sign-in the settings decide, with sign-in the grants do, and every doubt ends in
nothing shown. Method: the matrix of who may ask, through the real `app.py` with the claims a
sign-in would bring; and the cached functions, which must carry the build they answer for.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import asks, store
from dashboard.grants import Grants, granted, is_over, read_grants, reviewed
from pipelines.places import Place
from pipelines.windows import format_instant
from reports import wording

APP = Path(__file__).resolve().parent.parent.parent / "app.py"
SOON = datetime(2036, 1, 1, tzinfo=UTC).timestamp()
PERSON = {"is_logged_in": True, "email": "ana@example.com", "email_verified": True, "exp": SOON}
GRANT = '[[grant]]\nemail = "{email}"\npartner = "{partner}"\n'

SignIn = Callable[..., AppTest]


@pytest.fixture
def signed_in(crowded_home: Path, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    def open_as(claims: dict[str, Any], grants: str, partner: str | None = None) -> AppTest:
        (crowded_home / "grants.toml").write_text(grants, encoding="utf-8")
        monkeypatch.setenv("UTILIZATION_HOME", str(crowded_home))
        page = AppTest.from_file(str(APP), default_timeout=60)
        page.secrets["auth"] = {"redirect_uri": "http://localhost/oauth2callback"}
        page.user = claims
        if partner:
            page.query_params["partner"] = partner
        page.run()
        assert not page.exception
        return page

    return open_as


def first_heading(page: AppTest) -> str:
    return str(page.subheader[0].value)


def all_words(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*page.markdown, *page.caption])


def grant(email: str = "ana@example.com", partner: str = "lumen-wallet") -> str:
    return GRANT.format(email=email, partner=partner)


@pytest.mark.parametrize(
    ("claims", "grants", "said"),
    [
        ({"is_logged_in": False}, grant(), wording.SIGN_IN),
        (PERSON, "", wording.NO_GRANT),
        (PERSON, grant(email="bo@example.com"), wording.NO_GRANT),
        ({**PERSON, "email_verified": False}, grant(), wording.NO_GRANT),
        ({**PERSON, "exp": 0}, grant(), wording.SESSION_OVER),
        ({"is_logged_in": True, "email": "ana@example.com"}, grant(), wording.SESSION_OVER),
        (PERSON, "not toml at all [", wording.NO_GRANT),
        (PERSON, '[[grant]]\npartner = "lumen-wallet"\n', wording.NO_GRANT),
    ],
)
def test_who_is_not_plainly_allowed_sees_nothing(
    signed_in: SignIn, claims: dict[str, Any], grants: str, said: tuple[str, str]
) -> None:
    page = signed_in(claims, grants)
    assert [one.value for one in page.subheader] == [said[0]]
    assert "lumen-wallet" not in all_words(page)
    assert not page.get("vega_lite_chart")


def test_a_grant_shows_its_partner_and_no_other(signed_in: SignIn) -> None:
    page = signed_in(PERSON, grant(partner="orbit-pay"))
    assert "orbit-pay · production" in all_words(page)
    assert "lumen-wallet" not in all_words(page)
    foreign = signed_in(PERSON, grant(partner="orbit-pay"), partner="lumen-wallet")
    assert first_heading(foreign) == wording.FOREIGN_PARTNER[0]
    assert "lumen-wallet" not in all_words(foreign)


def test_two_grants_leave_a_choice_that_the_address_holds(signed_in: SignIn) -> None:
    both = grant() + grant(partner="orbit-pay")
    assert "lumen-wallet · production" in all_words(signed_in(PERSON, both))
    assert "orbit-pay · production" in all_words(signed_in(PERSON, both, partner="orbit-pay"))


def test_a_grant_taken_away_ends_at_the_next_run(signed_in: SignIn, crowded_home: Path) -> None:
    page = signed_in(PERSON, grant())
    (crowded_home / "grants.toml").write_text("", encoding="utf-8")
    page.run()
    assert first_heading(page) == wording.NO_GRANT[0]


def test_emails_match_in_any_case_and_subjects_exactly() -> None:
    grants = Grants.model_validate(
        {"grant": [{"email": "Ana@Example.com", "partner": "a"}, {"subject": "s1", "partner": "b"}]}
    )
    assert granted(grants, PERSON) == [("production", "a")]
    assert granted(grants, {"sub": "s1"}) == [("production", "b")]
    assert granted(grants, {"sub": "S1"}) == []


def test_the_right_to_review_is_off_unless_written_and_of_one_partner() -> None:
    ana = {"email": "ana@example.com"}
    grants = Grants.model_validate(
        {
            "grant": [
                {**ana, "partner": "a"},
                {**ana, "partner": "b", "may_review": True},
                {**ana, "partner": "b", "environment": "sandbox"},
                {"subject": "s1", "partner": "a", "may_review": True},
            ]
        }
    )
    assert len(granted(grants, PERSON)) == 3
    assert reviewed(grants, PERSON) == {("production", "b")}
    assert reviewed(grants, {**PERSON, "email_verified": False}) == set()
    assert reviewed(grants, {"sub": "s1"}) == {("production", "a")}


def test_a_home_without_grants_grants_nothing(tmp_path: Path) -> None:
    assert granted(read_grants(tmp_path), PERSON) == []


def test_a_session_is_over_eight_hours_after_its_token() -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert not is_over({"exp": now.timestamp() - 7 * 3600}, now)
    assert is_over({"exp": now.timestamp() - 9 * 3600}, now)
    assert is_over({"exp": "tomorrow"}, now)


def cached_in(module: Any) -> list[Any]:
    """The functions of a module that remember what they answered."""
    return [
        value
        for value in vars(module).values()
        if (hasattr(value, "clear") or hasattr(value, "cache_key"))
        and getattr(value, "__module__", "") == module.__name__
    ]


ASKS = [
    importlib.import_module(f"dashboard.asks.{one.name}")
    for one in pkgutil.iter_modules(asks.__path__)
]
CACHED = [function for module in (store, *ASKS) for function in cached_in(module)]


@pytest.mark.parametrize("function", CACHED)
def test_every_remembered_answer_belongs_to_a_build(function: Any) -> None:
    names = list(inspect.signature(function).parameters)
    assert names[0] == "key"
    assert not [name for name in names if name.startswith("_")]


def test_every_cached_function_is_in_this_list() -> None:
    folder = APP.parent / "dashboard"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    assert text.count("@st.cache_") + text.count("@remembered(") == len(CACHED)


def test_two_partners_asked_at_once_never_answer_for_each_other(crowded_home: Path) -> None:
    handles = [
        store.current(Place(crowded_home, "production", partner))
        for partner in ("lumen-wallet", "orbit-pay")
    ]
    expected = [("EUR-EURC" in pools_of(handle)) for handle in handles]
    assert expected == [True, False]
    wrong: list[str] = []

    def ask(number: int) -> None:
        for _ in range(10):
            if ("EUR-EURC" in pools_of(handles[number])) is not expected[number]:
                wrong.append(handles[number].partner_id)

    threads = [threading.Thread(target=ask, args=(number % 2,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def pools_of(handle: store.Handle) -> tuple[str, ...]:
    watermark = store.opened(handle.key).watermark
    assert watermark is not None
    store.outline.cache_clear()  # type: ignore[attr-defined]
    return store.outline(handle.key, format_instant(watermark)).pools
