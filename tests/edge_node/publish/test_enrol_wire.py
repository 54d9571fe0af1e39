from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.publish.enrol_wire import MOST_BYTES, Ask, EnrolWireError, Refusal, Welcome, decode, encode
from tests.tools.c2.helpers import new_keys

KEY = new_keys().public
MESSAGES = (
    Ask(secret=bytes(16)),
    Welcome(kind="enrolled", name="roof", live="tcp://c2:5571"),
    Welcome(kind="pending", name="roof", live="tcp://c2:5571", reliable="tcp://c2:5572", next_server_key=KEY),
    Refusal(why="used"),
)


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_encoded_is_decoded(message: Ask | Welcome | Refusal) -> None:
    assert decode(encode(message)) == message


@pytest.mark.parametrize("message", MESSAGES)
def test_a_newer_minor_may_append(message: Ask | Welcome | Refusal) -> None:
    longer = [*msgspec.msgpack.decode(encode(message)), None, {"more": [1]}]
    longer[1] = 7
    assert msgspec.structs.replace(message, minor=7) == decode(msgspec.msgpack.encode(longer))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([], "at least length 3"),
        ([2, 0, "ask", bytes(16)], "wire version 2.0"),
        ([1, 0, "tell", bytes(16)], "not known"),
        ([1, 0, "x" * 40], "length <= 32"),
        ([1, 0, "ask"], "at least length 4"),
        ([1, 0, "ask", bytes(15)], "length >= 16"),
        ([1, 0, "ask", bytes(17)], "length <= 16"),
        ([1, 0, "ask", "0123456789abcdef"], "expected"),
        ([1, 0, "enrolled", "two words", "tcp://c2:1"], "regex"),
        ([1, 0, "enrolled", "roof\n", "tcp://c2:1"], "regex"),
        ([1, 0, "enrolled", "roof", "tcp://c2:1'\n[node]"], "regex"),
        ([1, 0, "enrolled", "roof", None], "Expected `str`"),
        ([1, 0, "enrolled", "roof", "tcp://c2:1", None, KEY + "\n"], "regex"),
        ([1, 0, "refused", "\x1b[2J"], "regex"),
        ({"major": 1}, "Expected `array`"),
        (bytes(MOST_BYTES), "longer than"),
    ],
)
def test_what_is_none_of_them_is_refused(said: object, words: str) -> None:
    with pytest.raises(EnrolWireError, match=f"(?i){words}"):
        decode(msgspec.msgpack.encode(said))


@given(st.binary(max_size=2 * MOST_BYTES))
def test_no_bytes_raise_anything_else(payload: bytes) -> None:
    _decode(payload)


@given(st.sampled_from(MESSAGES), st.data())
def test_no_mutation_raises_anything_else(message: Ask | Welcome | Refusal, data: st.DataObject) -> None:
    payload = bytearray(encode(message))
    for _ in range(data.draw(st.integers(1, 6))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    _decode(bytes(payload[: data.draw(st.integers(0, len(payload)))]))


@pytest.mark.parametrize(
    "payload", [b"\x91" * MOST_BYTES, b"\xdd\xff\xff\xff\xff", b"\x94\x01\x00\xa3ask" + b"\x91" * 1900, b"\xc7\xff\x00"]
)
def test_bombs_do_nothing(payload: bytes) -> None:
    assert _decode(payload) is None


def _decode(payload: bytes) -> Ask | Welcome | Refusal | None:
    try:
        return decode(payload)
    except EnrolWireError:
        return None
