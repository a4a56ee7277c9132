"""Split a field's name into plain lower-case words, whatever its spelling tries to hide.

Look-alike letters, marks and invisible characters are folded away first. A name is then read in
every way a person might read it: by separators, by camelCase, with neighbours joined (`e_mail`),
and with words run together (`treasurybalance`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LOOK_ALIKES = {
    "CYRILLIC": "A=a VE=b SOFT-SIGN=b ES=c KOMI-DE=d IE=e EN=h SHHA=h BYELORUSSIAN-UKRAINIAN-I=i"
    " JE=j KA=k PALOCHKA=l EM=m PE=n O=o ER=p QA=q GHE=r DZE=s TE=t IZHITSA=v WE=w HA=x U=y"
    " STRAIGHT-U=y",
    "GREEK": "ALPHA=a BETA=b EPSILON=e ETA=h IOTA=i KAPPA=k MU=m NU=v OMICRON=o RHO=p TAU=t"
    " UPSILON=u OMEGA=w CHI=x GAMMA=y ZETA=z LUNATE-SIGMA-SYMBOL=c",
    "GREEK CAPITAL": "NU=n UPSILON=y",
    "ARMENIAN": "AYB=u SEH=u VO=n OH=o HO=h CO=g REH=p",
}
"""Letters of other alphabets, by their Unicode name, to the Latin letter they look like."""

_LETTER_NAME = re.compile(
    r"(?P<script>LATIN|CYRILLIC|GREEK|ARMENIAN) (?P<case>SMALL|CAPITAL)? ?(?:LETTER )?"
    r"(?:SMALL CAPITAL |DOTLESS |SCRIPT |OPEN )?(?P<letter>.+?)(?: WITH .+)?"
)
_ALIKE = {
    (script, name): latin
    for script, pairs in _LOOK_ALIKES.items()
    for name, latin in (pair.split("=") for pair in pairs.split())
}

_HANGUL_FILLERS = "\u115f\u1160\u3164\uffa0"
_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cc"})

_SEPARATORS = re.compile(r"[\W\d_]+")
_CAMEL_EDGES = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def plain(name: str) -> str:
    """`name` in Latin letters of the same case, without marks and invisible characters."""
    if name.isascii():
        return name
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    kept = (char for char in folded if _is_visible(char))
    return "".join(_latin(char) for char in kept)


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in _INVISIBLE and char not in _HANGUL_FILLERS


def _latin(char: str) -> str:
    if char.isascii():
        return char
    named = _LETTER_NAME.fullmatch(unicodedata.name(char, ""))
    if named is None:
        return char
    script, letter = named["script"], named["letter"].replace(" ", "-")
    if script == "LATIN":
        latin = letter.lower() if len(letter) == 1 else char
    else:
        capital = _ALIKE.get((f"{script} CAPITAL", letter)) if named["case"] == "CAPITAL" else None
        latin = capital or _ALIKE.get((script, letter), char)
    return latin.upper() if char.isupper() else latin


def singular(word: str) -> Iterator[str]:
    """`word` itself, and what it may be the plural of."""
    yield word
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]


def chunks(name: str) -> list[str]:
    """The parts of a plain name between its separators and digits, lower case."""
    return [part.casefold() for part in _SEPARATORS.split(name) if part]


def camel_words(name: str) -> list[str]:
    """The words of a plain name by separators, digits and camelCase, lower case."""
    parts = _SEPARATORS.split(name)
    words = (word for part in parts for word in _CAMEL_EDGES.split(part))
    return [word.casefold() for word in words if word]


def joined_neighbours(words: list[str], longest: int) -> Iterator[str]:
    """Every run of neighbouring words written together, up to the first past `longest` letters."""
    for start in range(len(words)):
        joined, end = words[start], start + 1
        while end < len(words) and len(joined) <= longest:
            joined += words[end]
            end += 1
            yield joined


def run_together(text: str, vocabulary: Iterable[str]) -> set[str]:
    """The words of `vocabulary` that occur in a split of the whole `text` into such words."""
    spans = [(at, at + len(word), word) for word in vocabulary for at in _occurrences(text, word)]
    heads = _reachable({0}, [(start, end) for start, end, _ in sorted(spans)])
    backwards = sorted(((end, start) for start, end, _ in spans), reverse=True)
    tails = _reachable({len(text)}, backwards)
    return {word for start, end, word in spans if start in heads and end in tails}


def _occurrences(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _reachable(places: set[int], steps: list[tuple[int, int]]) -> set[int]:
    """Where one gets from `places` by steps that are sorted in the direction of travel."""
    for origin, target in steps:
        if origin in places:
            places.add(target)
    return places
