from __future__ import annotations

from random import Random

import pytest

from edge_node.radio.links.reed_solomon import MOST_ERRORS, mended
from tools.simulate.iq.radiosonde import parity


def _word(random: Random, length: int) -> bytes:
    message = random.randbytes(length)
    return parity(message) + message


@pytest.mark.parametrize("errors", range(MOST_ERRORS + 1))
@pytest.mark.parametrize("length", [132, 231])
def test_so_many_errors_are_mended(errors: int, length: int) -> None:
    random = Random(errors)
    word = _word(random, length)
    broken = bytearray(word)
    for place in random.sample(range(len(word)), errors):
        broken[place] ^= random.randrange(1, 256)
    assert mended(bytes(broken)) == (word, errors)


def test_more_are_not_believed() -> None:
    random = Random(1)
    for _ in range(40):
        word = bytearray(_word(random, 132))
        for place in random.sample(range(len(word)), 16):
            word[place] ^= random.randrange(1, 256)
        assert mended(bytes(word)) is None
    assert mended(random.randbytes(156)) is None
    assert mended(bytes(300)) is None
    assert mended(b"") == (b"", 0)
