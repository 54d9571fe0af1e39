"""Two hundred thousand hostile payloads through every decoder; the bench takes millions."""

from __future__ import annotations

from random import Random

import pytest

from tools.bench import fuzz

MOST_SLOWEST = 30


def test_no_payload_raises_hangs_or_takes_far_longer_than_others() -> None:
    spent = fuzz.run(200_000)
    assert sum(one.payloads for one in spent.values()) >= 200_000
    assert {name: one.slowest for name, one in spent.items() if one.slowest > MOST_SLOWEST} == {}


def test_a_payload_that_raises_is_told() -> None:
    def decode(data: bytes) -> object:
        return 1 / (len(data) - 7)

    with pytest.raises(ZeroDivisionError) as raised:
        fuzz._decode("bad", decode, [b"1234", b"1234567", b"12"])
    assert raised.value.__notes__ == [f"bad: {b'1234567'.hex()}"]


def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(_: bytes) -> object:
        while True:
            pass

    monkeypatch.setattr(fuzz, "HANG_S", 1)
    with pytest.raises(fuzz.Hung, match="endless"), fuzz._no_hang("endless"):
        fuzz._decode("endless", decode, [b""])


def test_payloads_are_the_same_for_a_seed_and_some_are_sound() -> None:
    seeds = [bytes(range(40))]
    once, twice = ([fuzz.payload(seeds, random) for _ in range(500)] for random in (Random(3), Random(3)))
    assert once == twice
    assert seeds[0] in once
    assert len(set(once)) > 300
