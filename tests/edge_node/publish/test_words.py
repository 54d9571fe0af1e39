from __future__ import annotations

import re
from itertools import combinations

import pytest
from nacl.bindings import crypto_pwhash_scryptsalsa208sha256_ll
from zmq.utils import z85

from edge_node.publish.words import WORDS, words
from tests.tools.c2.helpers import new_keys

NODE, SERVER = new_keys().public, new_keys().public


def _distance(one: str, other: str) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for count, letter in enumerate(one, 1):
        above, row = row, [count]
        for place, against in enumerate(other, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != against)))
    return row[-1]


def test_256_short_words_that_cannot_be_taken_for_each_other() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256
    assert [word for word in WORDS if not re.fullmatch("[a-z]{3,7}", word)] == []
    assert len({word[:4] for word in WORDS}) == 256
    assert [pair for pair in combinations(WORDS, 2) if _distance(*pair) < 2] == []


def test_both_ends_have_the_same_eight_words_and_they_change_with_each_part() -> None:
    said = words(NODE, SERVER, bytes(16))
    assert words(NODE, SERVER, bytes(16)) == said
    assert len(said.split()) == 8
    assert set(said.split()) <= set(WORDS)
    others = [words(SERVER, NODE, bytes(16)), words(new_keys().public, SERVER, bytes(16)), words(NODE, SERVER, bytes(15) + b"\1")]
    assert len({said, *others}) == 4


def test_the_words_of_known_keys_stay_the_same_and_are_what_another_scrypt_says() -> None:
    one, other, secret = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", b"0123456789abcdef"
    salt = b"edge_node enrolment 1" + z85.decode(one) + z85.decode(other)
    digest = crypto_pwhash_scryptsalsa208sha256_ll(secret, salt, 16384, 8, 1, 8)
    said = words(one, other, secret)
    assert said == " ".join(WORDS[byte] for byte in digest) == "thunder torch velvet tiger pelican acorn scooter radar"


def test_what_is_no_key_has_no_words() -> None:
    with pytest.raises(ValueError, match="40 characters"):
        words("short", SERVER, bytes(16))
