"""Nothing on the private list enters, however it is spelled and however deep it lies.

More than sixty private names are tried in every spelling a person or a program might give them, at
the top of a record, nested, in lists, in maps and in JSON inside text. The names that are easy to
catch by mistake, every field of the contract and ordinary words that contain a private one are not
caught.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.contracts import (
    MODELS,
    Verdict,
    field_table,
    find_private,
    judge,
    private_word,
)
from tests.contracts.examples import valid

# A private name as snake_case, and the rule it breaks.
PRIVATE = {
    "treasury": "treasury",
    "treasury_balance": "treasury",
    "pool_treasury_wallet": "treasury",
    "inventory": "inventory",
    "inventory_target": "inventory",
    "pool_inventory": "inventory",
    "reserve_ratio": "reserve + ratio",
    "reserve_allocation": "reserve + allocation",
    "reserve_account": "reserve + account",
    "reserve_path": "reserve + path",
    "reserve_level": "reserve + level",
    "reserve_balance": "reserve + balance",
    "reserve_target_ratio": "reserve + ratio",
    "balance_of_reserve": "reserve + balance",
    "rebalance": "rebalanc*",
    "rebalancing": "rebalanc*",
    "rebalance_threshold": "rebalanc*",
    "last_rebalanced_at": "rebalanc*",
    "refill": "refill",
    "refill_status": "refill",
    "sweep": "sweep",
    "sweep_schedule": "sweep",
    "venue": "venue",
    "venue_name": "venue",
    "provider": "provider",
    "fallback_provider": "provider",
    "provider_ref": "provider",
    "route_id": "route + id",
    "route_name": "route + name",
    "route_priority": "route + priority",
    "routing": "routing",
    "routing_table": "routing",
    "counterparty": "counterparty",
    "counterparty_id": "counterparty",
    "market_maker": "maker",
    "market_maker_id": "maker",
    "maker_fee": "maker",
    "taker": "taker",
    "taker_fee": "taker",
    "hedge": "hedge",
    "hedge_ratio": "hedge",
    "rebate": "rebate",
    "rebate_bps": "rebate",
    "liquidity_source": "liquidity + source",
    "liquidity_depth": "liquidity + depth",
    "total_liquidity": "liquidity + total",
    "pool_depth": "pool + depth",
    "pool_liquidity": "pool + liquidity",
    "pool_balance": "pool + balance",
    "tvl": "tvl",
    "pool_tvl": "tvl",
    "capacity_target": "capacity + target",
    "internal_threshold": "threshold + internal",
    "private_threshold": "threshold + private",
    "runbook": "runbook",
    "runbook_url": "runbook",
    "worker": "worker",
    "worker_name": "worker",
    "cron": "cron",
    "cron_line": "cron",
    "operator_note": "operator + note",
    "operator_notes": "operator + note",
    "kill_switch": "kill + switch",
    "raw_payload": "raw + payload",
    "raw_body": "raw + body",
    "secret": "secret",
    "client_secret": "secret",
    "api_key": "api + key",
    "api_key_id": "api + key",
    "token": "token",
    "access_token": "token",
    "password": "password",
    "password_hash": "password",
    "private_key": "private + key",
    "authorization": "authorization",
    "signature": "signature",
    "webhook_signature": "signature",
    "iban": "iban",
    "user_iban": "iban",
    "swift": "swift",
    "swift_code": "swift",
    "bank_account": "bank + account",
    "bank_account_number": "bank + account",
    "kyc": "kyc",
    "kyc_status": "kyc",
    "kyb": "kyb",
    "kyb_level": "kyb",
    "passport": "passport",
    "passport_number": "passport",
    "email": "email",
    "user_email": "email",
    "phone": "phone",
    "phone_number": "phone",
    "address": "address",
    "dest_address": "address",
    "deposit_address": "address",
    "wallet_address": "address",
    "address_line": "address",
}

NOT_PRIVATE = [
    "reserved_amount", "reserved_notional", "balance_available", "available", "ledger_ref", "ref",
    "partner_reference", "network", "spread_bps", "fee_bps", "tier",
]  # fmt: skip
INNOCENT = [
    "revenue", "avenue", "tokenized", "microphone", "synchronous", "acronym", "secretary",
    "hedgehog", "filmmaker", "caretaker", "network", "networker", "coworker", "swiftly", "route",
    "route_label", "reserve", "reservation", "reserves", "preserve", "market", "marketplace",
    "pool", "pools", "pair", "liquidity", "capacity", "threshold", "operator", "kill_count", "raw",
    "payload", "body", "key", "idempotency_key", "api_version", "bank", "account", "account_id",
    "private", "message", "doc_url", "executable", "total_bps", "min_order_usdt", "max_order_usdt",
    "spread_cap_bps", "draw_fee_bps", "allowed_pools", "supported_networks", "created_after",
    "idle_cash", "note", "notes", "priority", "depth", "balance", "balance_delta", "level", "path",
    "provide", "provided_at", "ban", "cronus", "tvlx", "taken", "make", "addressee", "phonetic",
    "kyclos", "emailing", "rebel", "rebound", "limits", "window", "x", "", "_", "42", "é",
]  # fmt: skip

CYRILLIC = str.maketrans(
    "aceopxyi", "".join(map(chr, (0x430, 0x441, 0x435, 0x43E, 0x440, 0x445, 0x443, 0x456)))
)
GREEK = str.maketrans("oviktu", "".join(map(chr, (0x3BF, 0x3BD, 0x3B9, 0x3BA, 0x3C4, 0x3C5))))
SMALL_CAPITALS = str.maketrans("ae", "".join(map(chr, (0x1D00, 0x1D07))))


Bury = Callable[[str], dict[str, Any]]


def pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def camel(name: str) -> str:
    return name[0] + pascal(name)[1:]


def acronym(name: str) -> str:
    first, *rest = name.split("_")
    return first.upper() + "".join(word.capitalize() for word in rest)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "snake": lambda name: name,
    "camel": camel,
    "pascal": pascal,
    "acronym": acronym,
    "kebab": lambda name: name.replace("_", "-"),
    "dots": lambda name: name.replace("_", "."),
    "spaces": lambda name: name.replace("_", " "),
    "slashes": lambda name: name.replace("_", "/"),
    "shouted": str.upper,
    "shouted kebab": lambda name: name.upper().replace("_", "-"),
    "run together": lambda name: name.replace("_", ""),
    "shouted together": lambda name: name.upper().replace("_", ""),
    "numbered": lambda name: name + "2",
    "in a longer name": lambda name: f"acme_{name}_v2",
    "in a longer camel name": lambda name: f"acme{pascal(name)}V2",
    "fullwidth": lambda name: "".join(
        chr(ord(char) + 0xFEE0) if char.isalpha() else char for char in name
    ),
    "mathematical": lambda name: "".join(
        chr(ord(char) - ord("a") + 0x1D41A) if char.isalpha() else char for char in name
    ),
    "accented": lambda name: name.replace("a", "\u00e1").replace("e", "e\u0308"),
    "stroked": lambda name: name.replace("o", "\u00f8").replace("i", "\u0131"),
    "Cyrillic": lambda name: name.translate(CYRILLIC),
    "shouted Cyrillic": lambda name: name.translate(CYRILLIC).upper(),
    "Greek": lambda name: name.translate(GREEK),
    "small capitals": lambda name: name.translate(SMALL_CAPITALS),
    "zero-width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "padded": lambda name: f"  {name}\n",
    "underscored": lambda name: f"__{name}__",
}

DEPTHS: dict[str, Bury] = {
    "at the top": lambda name: {name: 1},
    "as a null": lambda name: {name: None},
    "nested": lambda name: {"meta": {name: 1}},
    "in a list": lambda name: {"meta": [1, [{"a": {name: 1}}]]},
    "in a map": lambda name: {"meta": [("a", 1), (name, 1)]},
    "far down": lambda name: deep({name: 1}, 5000),
    "in JSON": lambda name: {"meta": json.dumps({"a": {name: 1}})},
    "in escaped JSON": lambda name: {"meta": " [" + json.dumps({name: 1}, ensure_ascii=True) + "]"},
    "in JSON in JSON": lambda name: {"meta": json.dumps([json.dumps({name: 1})])},
    "in JSON nobody can parse": lambda name: {"meta": "[" * 50_000 + json.dumps({name: 1})},
    "in JSON beside its own name": lambda name: {
        "meta": f'{{"a": {json.dumps({name: 1})}, "a": 1}}'
    },
    "in JSON as bytes": lambda name: {"meta": json.dumps({name: 1}).encode()},
}


def deep(value: object, levels: int) -> dict[str, Any]:
    for _ in range(levels):
        value = {"a": value}
    return {"a": value}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_private_name_is_caught_in_every_spelling(spell: Callable[[str], str]) -> None:
    missed = [name for name in PRIVATE if private_word(spell(name)) is None]
    assert missed == []


@pytest.mark.parametrize(("name", "rule"), PRIVATE.items())
def test_the_rule_is_named_and_not_the_field(name: str, rule: str) -> None:
    assert private_word(name) == rule


@pytest.mark.parametrize("bury", DEPTHS.values(), ids=DEPTHS)
def test_a_private_name_refuses_the_record_at_any_depth(bury: Bury) -> None:
    for name, rule in PRIVATE.items():
        assert judge("quotes", valid("quotes") | bury(name)) == Verdict(private=rule)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("e_mail", "email"), ("eMail", "email"), ("e-mail", "email"),
        ("counter_party", "counterparty"),
        ("passWord", "password"), ("run-book", "runbook"), ("re_balance", "rebalanc*"),
        ("preRebalance", "rebalanc*"), ("tReAsUrY", "treasury"), ("t_r_e_a_s_u_r_y", "treasury"),
        ("KYCStatus", "kyc"), ("userKYC", "kyc"), ("APIKey", "api + key"), ("poolTVL", "tvl"),
        ("tvlUSD", "tvl"), ("IBANs", "iban"), ("apiKeys", "api + key"), ("venues", "venue"),
        ("treasuries", "treasury"), ("addresses", "address"), ("counterparties", "counterparty"),
        ("sha256Signature", "signature"), ("address1", "address"), ("2kyc4you", "kyc"),
        ("treasuryskew", "treasury"), ("keyForApi", "api + key"), ("x" * 400 + "_kyc", "kyc"),
        ("VE\u039dUE", "venue"), ("TREASUR\u03a5", "treasury"), ("sk_live_4242", "sk_*"),
        ("pk_test_1", "pk_*"), ("whsec_1", "whsec_*"),
    ],
)  # fmt: skip
def test_an_odd_spelling_is_caught_too(name: str, rule: str) -> None:
    assert private_word(name) == rule


@pytest.mark.parametrize("name", [*NOT_PRIVATE, *INNOCENT])
def test_an_innocent_name_is_not_caught(name: str) -> None:
    spellings = ("snake", "kebab", "shouted", "pascal", "run together", "padded")
    caught = {how: private_word(SPELLINGS[how](name)) for how in spellings}
    assert set(caught.values()) == {None}


@pytest.mark.parametrize("kind", MODELS)
def test_no_field_and_no_alias_is_caught_in_any_spelling(kind: str) -> None:
    for field in field_table(kind):
        for name in (field.name, *field.aliases):
            caught = {how: private_word(spell(name)) for how, spell in SPELLINGS.items()}
            assert set(caught.values()) == {None}, (name, caught)


@pytest.mark.parametrize(
    "record",
    [
        {"bank": {"account": "1"}},
        {"bank": {"main": [{"account": "1"}]}},
        {"pool": {"id": "EUR-USDT", "depth": "1"}},
        {"meta": '{"api": {"key": 1}}'},
        {"reserve": '{"ratio": 1}'},
    ],
)
def test_a_private_pair_is_caught_as_parent_and_child(record: dict[str, Any]) -> None:
    assert find_private(record) is not None


def test_the_words_of_a_pair_in_neighbouring_fields_are_no_pair() -> None:
    assert find_private({"bank": "x", "account": "y", "meta": {"pool": {}, "balance": 1}}) is None


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("sk_live_51H8", "sk_*"), ("pk_test_51H8", "pk_*"), ("whsec_abc", "whsec_*"),
        ("Bearer sk_live_51H8", "sk_*"), ("key=pk_live_1", "pk_*"), ('{"a": "whsec_1"}', "whsec_*"),
        ("line one\nsk_1", "sk_*"), (["x", ["sk_1"]], "sk_*"), ({"a": {"b": "pk_1"}}, "pk_*"),
        ('["\\u0073k_live_1"]', "sk_*"), (b"token sk_1", "sk_*"), ([("a", "sk_1")], "sk_*"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["quote_id", "request_id", "note"])
def test_a_secret_in_any_field_refuses_the_record(field: str, value: object, rule: str) -> None:
    assert judge("quotes", valid("quotes", **{field: value})).private == rule


@pytest.mark.parametrize(
    "value",
    ["pq_1", "task_1", "risk_low", "desk_2", "sk_", "sk-live", "ask_1", "xpk_1", "a_sk_1", "SK_1"],
)
def test_an_id_that_only_resembles_a_secret_is_taken(value: str) -> None:
    assert judge("quotes", valid("quotes", quote_id=value)).record is not None


def test_a_private_word_as_a_value_is_not_a_name() -> None:
    record = valid("webhooks", outcome="bad_signature", source="kyc_not_approved")
    assert judge("webhooks", record).record is not None


def test_a_value_that_is_a_text_of_json_without_private_names_is_taken() -> None:
    assert find_private({"note": '{"a": [1, 2, {"b": null}]}', "other": "[not json"}) is None


def test_more_than_two_hundred_private_names_were_tried() -> None:
    assert len({spell(name) for spell in SPELLINGS.values() for name in PRIVATE}) > 2000
