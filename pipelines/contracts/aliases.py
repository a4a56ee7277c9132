"""The one alias map: every spelling in which a source may send a field.

Inside there is one snake_case spelling. The API's camelCase is derived from it; the few names that
differ by more than their case are listed, each where its meaning is plain.
"""

from __future__ import annotations

_OTHER_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "quotes": {
        "quote_type": ("type",),
        "network": ("cryptoNetwork", "crypto_network"),
    },
    "trades": {"network": ("cryptoNetwork", "crypto_network")},
    "webhooks": {"event_type": ("type",)},
    "errors": {
        "http_status": ("statusCode", "status_code"),
        "error_code": ("code",),
    },
}


def camel_case(name: str) -> str:
    """The API's spelling of a snake_case name: `quote_id` gives `quoteId`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def aliases_of(kind: str, field: str) -> tuple[str, ...]:
    """The other spellings of `field` in records of `kind`, without `field` itself."""
    camel = camel_case(field)
    derived = () if camel == field else (camel,)
    return derived + _OTHER_NAMES.get(kind, {}).get(field, ())
