"""Notices reach those they are for, once, and nobody else; a failure is seen and tried again.

Goal: what is posted says what happened and nothing private; failures, retries in their time, giving
up, crashes before and after sending, order, scope of partners, dry runs, and a URL that is never
shown. Method: a home of two partners, told through the product to a server on the loopback address.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipelines.errors import HomeLockedError, UsageError
from pipelines.findings.delivery import REFUSED, UNREACHED, UNUSABLE, Message, deliver
from pipelines.findings.journal import journal_of, read_journal, telling
from pipelines.findings.notifying import deliveries, notify
from pipelines.findings.sending import AGAIN, Delivery
from pipelines.settings import Recipient, Settings, load_settings
from reports.findings_words import message
from tests.findings.receiver import Receiver, receiving
from tests.house_rules import PRIVATE_WORDS
from tests.warehouse import ingest, place_of, settings_of, write_world

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 6, 9, 12, tzinfo=UTC)
SECRET = "hook-b0a1f3"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def at(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def world(partner: str, pool: str, *, is_stuck: bool) -> dict[str, list[dict[str, Any]]]:
    """One trade, reserved two hours before `AT` and settled at once or never; quotes until `AT`."""
    scope = {"partner_id": partner, "environment": "production"}
    money = {"fiat_currency": pool[:3], "fiat_amount": "100.00"}
    lane = {"pool_id": pool, "side": "on_ramp", **money}
    trade = {
        **scope,
        **lane,
        "transact_id": f"pt_{partner}",
        "quote_id": f"pq_{partner}",
        "status": "reserved",
        "status_at": at(AT - 2 * HOUR),
        "created_at": at(AT - 2 * HOUR),
    }
    settled = {**trade, "status": "settled", "status_at": at(AT - 2 * HOUR + MINUTE)}
    quotes = [
        {
            **scope,
            **lane,
            "request_id": f"req_{partner}_{number}",
            "quote_type": "indicative",
            "available": True,
            "requested_at": at(AT - number * 10 * MINUTE),
        }
        for number in range(20)
    ]
    ledger = {
        **scope,
        "entry_id": f"le_{partner}",
        "currency": pool[:3],
        "delta": "-100.00",
        "reason": "buy_debit",
        "ref": f"pq_{partner}",
        "created_at": at(AT - 2 * HOUR),
    }
    paid_in = {**ledger, "entry_id": f"le_{partner}_in", "delta": "500.00"}
    paid_in |= {"reason": "payin_credit", "ref": "transfer", "created_at": at(AT)}
    trades = [trade] if is_stuck else [trade, settled]
    late = {**trade, "transact_id": f"pt_{partner}_2", "quote_id": f"pq_{partner}_2"}
    late |= {"status_at": at(AT), "created_at": at(AT)}
    return {"quotes": quotes, "trades": [*trades, late], "ledger": [ledger, paid_in]}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two partners, each with a trade that is stuck."""
    folder = tmp_path_factory.mktemp("partners")
    for partner, pool in (("acme", "EUR-USDT"), ("globex", "GBP-USDT")):
        files = write_world(folder / partner, world(partner, pool, is_stuck=True))
        ingest(folder / "home", files)
    return folder / "home"


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(filled, tmp_path / "home")


def settings_for(home: Path, receiver: Receiver, **fields: Any) -> Settings:
    chosen = {
        "name": "ops",
        "url": SecretStr(receiver.url(SECRET)),
        "partners": ("acme",),
        "rules": ("reservations_stuck",),
        **fields,
    }
    return settings_of(home, recipients=(Recipient(**chosen),))


def tell(settings: Settings, when: datetime = AT, partner: str = "acme") -> list[Delivery]:
    place = place_of(settings.home, ("production", partner))
    return notify(settings, place, at=when, compose=message, wait_seconds=0)


def settle(home: Path) -> None:
    """The trade of acme comes to its end, and time goes on for some hours."""
    records = world("acme", "EUR-USDT", is_stuck=False)
    settled = [{**records["trades"][1], "status_at": at(AT)}]
    later = at(AT + 6 * HOUR)
    quote = {**records["quotes"][0], "request_id": "req_later", "requested_at": later}
    entry = {**records["ledger"][1], "entry_id": "le_later", "ref": "t2", "created_at": later}
    second = {**records["trades"][2], "transact_id": "pt_3", "quote_id": "pq_3"}
    second |= {"status_at": later, "created_at": later}
    ended = {**records["trades"][2], "status": "settled", "status_at": at(AT + MINUTE)}
    more = {"quotes": [quote], "trades": [*settled, ended, second], "ledger": [entry]}
    ingest(home, write_world(home.with_name("later"), more))


def test_what_fires_is_posted_once_with_what_happened(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver)
    (sent,) = tell(settings)
    assert (sent.state, sent.kind, sent.attempts, sent.fault) == ("sent", "firing", 1, None)
    (posted,) = receiver.posted
    assert posted["title"] == "Trades are reserved for too long: EUR-USDT (acme, production)"
    for said in (
        "Warning.",
        "Since 9 Jun 2026, 11:15 (UTC).",
        "Trades reserved for longer than you set: 1, at 9 Jun 2026, 12:00.",
        "You may: Contact support with the trade ids.",
        "Ids: pt_acme",
        f"Notice {sent.notice_id}",
    ):
        assert said in posted["message"]
    assert tell(settings, AT + 5 * MINUTE) == []
    assert len(receiver.posted) == 1


def test_that_it_is_over_is_posted_once(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver)
    tell(settings)
    settle(home)
    (over,) = tell(settings, AT + 6 * HOUR)
    assert (over.kind, over.state) == ("recovered", "sent")
    assert receiver.titles[1].startswith("Over: Trades are reserved for too long: EUR-USDT")
    assert "This is over." in receiver.posted[1]["message"]
    assert tell(settings, AT + 7 * HOUR) == []


def test_nothing_of_another_partner_and_nothing_private_is_ever_posted(
    home: Path, receiver: Receiver
) -> None:
    settings = settings_for(home, receiver, rules=(), min_severity="notice")
    tell(settings)
    assert tell(settings, partner="globex") == []
    told = json.dumps(receiver.posted)
    assert receiver.posted
    assert "globex" not in told
    assert "GBP" not in told
    assert not PRIVATE_WORDS.search(told)
    assert not (home / "production" / "globex" / journal_of(place_of(home)).name).exists()


def test_a_failed_delivery_is_seen_and_tried_again_in_its_time(
    home: Path, receiver: Receiver
) -> None:
    settings = settings_for(home, receiver)
    receiver.status = 503
    (failed,) = tell(settings)
    assert (failed.state, failed.fault) == ("retrying", REFUSED.format(status=503))
    assert failed.retry_at == AT + 5 * MINUTE
    assert tell(settings, AT + 4 * MINUTE) == []
    (again,) = tell(settings, AT + 5 * MINUTE)
    assert (again.attempts, again.retry_at) == (2, AT + 15 * MINUTE)
    receiver.status = 200
    (sent,) = tell(settings, AT + 15 * MINUTE)
    assert (sent.state, sent.attempts, sent.notice_id) == ("sent", 3, failed.notice_id)
    assert [one.state for one in deliveries(place_of(home))] == ["sent"]
    assert AGAIN not in receiver.posted[0]["message"]
    assert len(receiver.posted) == 1


def test_a_delivery_is_given_up_after_three_days_and_that_is_seen(
    home: Path, receiver: Receiver
) -> None:
    settings = settings_for(home, receiver)
    receiver.status = 500
    tell(settings)
    (ended,) = tell(settings, AT + timedelta(days=3))[:1]
    assert (ended.state, ended.attempts) == ("given_up", 2)
    assert deliveries(place_of(home))[-1].fault == REFUSED.format(status=500)


def test_that_it_is_over_waits_for_what_it_is_about(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver)
    receiver.status = 500
    tell(settings)
    settle(home)
    receiver.status = 200
    told = tell(settings, AT + 6 * HOUR)
    assert [one.kind for one in told] == ["firing", "recovered"]
    assert [title.startswith("Over: ") for title in receiver.titles] == [False, True]


def test_that_it_is_over_waits_as_long_as_what_it_is_about_is_not_delivered(
    home: Path, receiver: Receiver
) -> None:
    settings = settings_for(home, receiver)
    receiver.status = 500
    tell(settings)
    settle(home)
    assert [one.state for one in tell(settings, AT + 6 * HOUR)] == ["retrying"]
    receiver.status = 200
    assert tell(settings, AT + 6 * HOUR + 9 * MINUTE) == []
    told = tell(settings, AT + 6 * HOUR + 10 * MINUTE)
    assert [one.kind for one in told] == ["firing", "recovered"]


def test_records_that_have_stopped_arriving_are_told_of(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver, rules=())
    told = tell(settings, AT + 4 * HOUR)
    assert [one.rule for one in told] == ["records_stale"]
    assert receiver.titles == ["Records have stopped arriving: no one pool (acme, production)"]


def test_a_dry_run_sends_and_writes_nothing(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver)
    place = place_of(home)
    due = notify(settings, place, at=AT, compose=message, wait_seconds=0, is_dry_run=True)
    assert [(one.state, one.rule) for one in due] == [("due", "reservations_stuck")]
    assert receiver.posted == []
    assert read_journal(place) == []


def test_without_a_recipient_nothing_is_judged_or_written(home: Path) -> None:
    place = place_of(home)
    assert notify(settings_of(home), place, at=AT, compose=message, wait_seconds=0) == []
    assert not (place.root / ".notices.lock").exists()


def test_two_processes_do_not_tell_at_once(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver)
    with telling(place_of(home), 0), pytest.raises(HomeLockedError, match="is sending notices"):
        tell(settings)
    assert len(tell(settings)) == 1


def test_an_unknown_rule_of_a_recipient_is_a_wrong_setting(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver, rules=("no_rule",))
    with pytest.raises(UsageError, match="recipient 'ops': no rule 'no_rule'"):
        tell(settings)


def test_a_recipient_that_left_the_settings_is_told_nothing_more(
    home: Path, receiver: Receiver
) -> None:
    receiver.status = 500
    tell(settings_for(home, receiver))
    receiver.status = 200
    told = tell(settings_for(home, receiver, name="new"), AT + HOUR)
    assert [(one.recipient, one.state) for one in told] == [("ops", "given_up"), ("new", "sent")]


@pytest.mark.parametrize(
    ("url", "fault"),
    [("json://127.0.0.1:1/x", UNREACHED), ("nothing://x", UNUSABLE), ("", UNUSABLE)],
)
def test_why_a_delivery_failed_is_told_without_its_url(
    url: str, fault: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    one = Recipient(name="ops", url=SecretStr(f"{url}?token={SECRET}" if url else url))
    assert deliver(one, Message("title", "body")) == fault
    assert "".join(capfd.readouterr()) == ""
    assert caplog.text == ""


def test_a_url_is_never_shown(home: Path, receiver: Receiver) -> None:
    settings = settings_for(home, receiver)
    receiver.status = 500
    told = tell(settings)
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json() + repr(told)
    assert SECRET not in journal_of(place_of(home)).read_text(encoding="utf-8")
    (home / "utilization.toml").write_text(
        f'[[recipients]]\nname = "Not Allowed"\nurl = "json://x/{SECRET}"\n', encoding="utf-8"
    )
    with pytest.raises(UsageError) as error:
        load_settings(home)
    assert SECRET not in str(error.value)


def run(
    home: Path, *arguments: str, kill_at: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if kill_at is not None:
        environment["UTILIZATION_KILL_AT"] = kill_at
    command = [sys.executable, str(ROOT / "cli.py"), "--home", str(home), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def configure(home: Path, receiver: Receiver) -> None:
    (home / "utilization.toml").write_text(
        f'[[recipients]]\nname = "ops"\nurl = "{receiver.url(SECRET)}"\n'
        'partners = ["acme"]\nrules = ["reservations_stuck"]\n',
        encoding="utf-8",
    )


@pytest.mark.faults
@pytest.mark.parametrize(
    ("step", "posts"), [("notice_begun", (0, 1)), ("notice_handed_over", (1, 2))]
)
def test_a_process_that_is_killed_loses_no_notice_and_says_which_it_may_repeat(
    home: Path, receiver: Receiver, step: str, posts: tuple[int, int]
) -> None:
    configure(home, receiver)
    told = ("notify", "--partner", "acme", "--as-of", at(AT))
    assert run(home, *told, kill_at=step).returncode < 0
    assert len(receiver.posted) == posts[0]
    assert [one.state for one in deliveries(place_of(home))] == ["in_doubt"]
    assert run(home, *told).returncode == 0
    assert len(receiver.posted) == posts[1]
    assert AGAIN in receiver.posted[-1]["message"]
    assert len({one["message"].splitlines()[-1] for one in receiver.posted}) == 1
    assert run(home, *told).stdout == ""
    assert len(receiver.posted) == posts[1]


def test_the_command_says_what_was_sent_and_ends_with_1_where_something_was_not(
    home: Path, receiver: Receiver
) -> None:
    configure(home, receiver)
    receiver.status = 500
    ended = run(home, "notify", "--partner", "acme", "--as-of", at(AT))
    assert ended.returncode == 1
    assert ended.stderr == (
        "utilization: 1 notices were not delivered; `utilization findings deliveries`\n"
    )
    assert json.loads(ended.stdout)["state"] == "retrying"
    listed = run(home, "findings", "deliveries", "--partner", "acme")
    assert json.loads(listed.stdout)["fault"] == REFUSED.format(status=500)
    assert SECRET not in ended.stdout + ended.stderr + listed.stdout
