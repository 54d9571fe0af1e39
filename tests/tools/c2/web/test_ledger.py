from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tools.c2.web import ledger as ledgers
from tools.c2.web.ledger import Ledger

TABLE = "t"


def applied(rows: dict[Any, Any], news: dict[str, Any]) -> dict[Any, Any]:
    """As the browser does it."""
    known = {} if news.get("whole") else dict(rows)
    known |= {row[0]: row for row in news.get(TABLE, ())}
    for key in news.get("gone", {}).get(TABLE, ()):
        known.pop(key, None)
    return known


@given(st.lists(st.tuples(st.dictionaries(st.integers(0, 5), st.integers(0, 2)), st.booleans()), max_size=30))
def test_whoever_listens_now_and_then_ends_with_the_newest(turns: list[tuple[dict[int, int], bool]]) -> None:
    ledger, known, turn = Ledger((TABLE,)), {}, 0
    for rows, listens in turns:
        ledger.next_turn()
        ledger.put(TABLE, {key: (key, value) for key, value in rows.items()})
        if listens:
            known, turn = applied(known, ledger.since(turn)), ledger.turn
            assert known == {key: (key, value) for key, value in rows.items()}


def test_only_what_changed_is_told() -> None:
    ledger = Ledger((TABLE,))
    ledger.next_turn()
    ledger.put(TABLE, {1: (1, "a"), 2: (2, "b")})
    assert ledger.since(0) == {"whole": True, TABLE: [(1, "a"), (2, "b")]}
    assert ledger.since(1) == {}
    ledger.next_turn()
    ledger.put(TABLE, {1: (1, "a"), 2: (2, "c")})
    assert ledger.since(1) == {TABLE: [(2, "c")]}
    ledger.next_turn()
    ledger.put(TABLE, {2: (2, "c")})
    assert ledger.since(2) == {"gone": {TABLE: [1]}}
    assert ledger.since(1) == {TABLE: [(2, "c")], "gone": {TABLE: [1]}}


def test_who_was_away_for_too_long_begins_anew(monkeypatch: Any) -> None:
    monkeypatch.setattr(ledgers, "MOST_GONE", 3)
    ledger = Ledger((TABLE,))
    for number in range(10):
        ledger.next_turn()
        ledger.put(TABLE, {number: (number,)})
    assert ledger.since(2) == {"whole": True, TABLE: [(9,)]}
    assert "whole" not in ledger.since(9)
    assert len(ledger._gone) <= 3
