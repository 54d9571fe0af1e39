"""Lengths whose Fourier transform is quick."""

from __future__ import annotations

PRIMES = (2, 3, 5)


def quick_length(least: int) -> int:
    """The first number from `least` on (from 1 at the least) that has no prime factor above 5."""
    count = max(1, least)
    while not _is_quick(count):
        count += 1
    return count


def _is_quick(count: int) -> bool:
    for prime in PRIMES:
        while count % prime == 0:
            count //= prime
    return count == 1
