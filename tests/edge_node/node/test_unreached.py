from __future__ import annotations

from edge_node.node.unreached import TOLD_AFTER_NS, Unreached


def test_trouble_is_told_when_it_has_lasted_and_no_longer_than_it_does() -> None:
    unreached = Unreached()
    for now_ns in (0, TOLD_AFTER_NS - 1):
        unreached.look("no C2 answers", now_ns)
        assert unreached.words == ""
    unreached.look("this key is refused", TOLD_AFTER_NS)
    assert unreached.words == "C2 is not reached: this key is refused"
    unreached.look("", TOLD_AFTER_NS + 1)
    assert unreached.words == ""
    unreached.look("no C2 answers", TOLD_AFTER_NS + 2)
    assert unreached.words == ""
