"""Reed-Solomon code (255, 231) over x^8 + x^4 + x^3 + x^2 + 1, roots from 1 on, as radiosondes send it: up to 12 bytes are mended."""

from __future__ import annotations

from itertools import accumulate, repeat

PARITY, LONGEST = 24, 255
MOST_ERRORS = PARITY // 2


def _doubled(value: int, _: int) -> int:
    return value << 1 ^ (0x11D if value & 0x80 else 0)


EXP = list(accumulate(repeat(0, 2 * LONGEST - 1), _doubled, initial=1))
LOG = {value: k for k, value in enumerate(EXP[:LONGEST])}


def mended(word: bytes) -> tuple[bytes, int] | None:
    """A word (at most 255 bytes, the lowest power first) without its errors, and how many they were; None where they are too many."""
    if len(word) > LONGEST:
        return None
    syndromes = [_value(word, k) for k in range(PARITY)]
    if not any(syndromes):
        return word, 0
    locator = _locator(syndromes)
    places = [k for k in range(len(word)) if _value(locator, LONGEST - k) == 0]
    if len(locator) - 1 > MOST_ERRORS or len(places) != len(locator) - 1:
        return None
    fixed = bytearray(word)
    for place, size in zip(places, _sizes(syndromes, locator, places), strict=True):
        fixed[place] ^= size
    return (bytes(fixed), len(places)) if not any(_value(fixed, k) for k in range(PARITY)) else None


def _times(a: int, b: int) -> int:
    return EXP[LOG[a] + LOG[b]] if a and b else 0


def _over(a: int, b: int) -> int:
    return EXP[LOG[a] + LONGEST - LOG[b]] if a else 0


def _value(polynomial: list[int] | bytes | bytearray, exponent: int) -> int:
    """At the root's power `exponent`, lowest coefficient first."""
    total = 0
    for k, one in enumerate(polynomial):
        if one:
            total ^= EXP[(LOG[one] + k * exponent) % LONGEST]
    return total


def _locator(syndromes: list[int]) -> list[int]:
    """Berlekamp and Massey's: the shortest register that makes the syndromes, lowest power first."""
    now, before, length, since, last = [1], [1], 0, 1, 1
    for k in range(PARITY):
        off = syndromes[k]
        for j in range(1, min(length, len(now) - 1) + 1):
            off ^= _times(now[j], syndromes[k - j])
        if not off:
            since += 1
            continue
        factor, kept = _over(off, last), now
        moved = [0] * since + [_times(factor, one) for one in before]
        now = [a ^ b for a, b in zip(now + [0] * (len(moved) - len(now)), moved + [0] * (len(now) - len(moved)), strict=True)]
        if 2 * length <= k:
            length, before, last, since = k + 1 - length, kept, off, 1
        else:
            since += 1
    while len(now) > 1 and now[-1] == 0:
        now.pop()
    return now


def _sizes(syndromes: list[int], locator: list[int], places: list[int]) -> list[int]:
    """Forney's formula: errors at the places."""
    count = len(places)
    evaluator = [0] * count
    for k in range(count):
        for j in range(min(k + 1, len(locator))):
            evaluator[k] ^= _times(locator[j], syndromes[k - j])
    slope = [one if k % 2 else 0 for k, one in enumerate(locator)][1:]
    found = []
    for place in places:
        away = LONGEST - place
        below = _value(slope, away)
        found.append(_times(EXP[place], _over(_value(evaluator, away), below)) if below else 0)
    return found
