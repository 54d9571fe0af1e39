from __future__ import annotations

import pytest

from edge_node.node.unreached import TOLD_AFTER_NS, Unreached


def test_trouble_is_told_when_it_has_lasted_and_no_longer_than_it_does() -> None:
    unreached = Unreached()
    for now_ns in (0, TOLD_AFTER_NS - 1):
        unreached.look("C2 at tcp://c2:1 was lost; trying again", now_ns)
        assert unreached.finding is None
    unreached.look("no C2 answers at tcp://c2:1; trying again", TOLD_AFTER_NS)
    assert unreached.finding is not None
    assert (unreached.finding.about, unreached.finding.name) == ("link", "c2_unreached")
    unreached.look("C2 at tcp://c2:1 was lost; trying again", TOLD_AFTER_NS + 1)
    assert unreached.finding is not None
    unreached.look("", TOLD_AFTER_NS + 2)
    assert unreached.finding is None
    unreached.look("no C2 answers at tcp://c2:1; trying again", TOLD_AFTER_NS + 3)
    assert unreached.finding is None


@pytest.mark.parametrize(
    ("words", "name", "said", "touch"),
    [
        ("C2 refuses this node's key (400): enrol KEY there; trying again", "c2_refuses_key", "refuses this node's key (400)", "enrol KEY"),
        ("C2 lets this node in no longer: revoked; its key is KEY", "c2_refuses_key", "lets this node in no longer", "revoked"),
        ("no handshake with tcp://c2:1: wrong server key, or not a C2; trying again", "c2_wrong_key", "no handshake", "wrong server key"),
        ("C2 cannot store: disk full; the node keeps all and tries again", "c2_cannot_store", "cannot store", "disk full"),
    ],
)
def test_what_c2_has_said_is_told_at_once_by_name(words: str, name: str, said: str, touch: str) -> None:
    unreached = Unreached()
    unreached.look(words, 0)
    assert unreached.finding is not None
    assert unreached.finding.name == name
    assert said in unreached.finding.words
    assert touch in unreached.finding.words + unreached.finding.touch
