from __future__ import annotations

import base64
import string

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.publish.enrol_token import VERSION, Token, TokenError, _check, decode, encode
from tests.tools.c2.helpers import new_keys

SERVER = new_keys().public
TOKEN = Token(bytes(range(16)), SERVER, 1_800_000_000, "tcp://c2.example.org:5573", "tcp://c2.example.org:5571", "tcp://[2001:db8::7]:5572")
HOSTS = st.from_regex(r"\A(tcp|ipc)://[!#-&(-\[\]-~]{1,200}\Z")


def _framed(version: int, body: bytes) -> str:
    data = bytes([version]) + body
    return base64.b32encode(data + _check(data)).decode().rstrip("=")


@given(st.binary(min_size=16, max_size=16), st.integers(0, 2**32 - 1), HOSTS, HOSTS, st.none() | HOSTS)
def test_what_is_encoded_is_decoded(secret: bytes, expires_utc_s: int, enrol: str, live: str, reliable: str | None) -> None:
    token = Token(secret, SERVER, expires_utc_s, enrol, live, reliable)
    assert decode(encode(token)) == token


def test_a_token_survives_shells_messengers_and_line_breaks() -> None:
    text = encode(TOKEN)
    assert set(text) <= set(string.ascii_uppercase + "234567")
    assert decode(f"  {text[:40].lower()}\r\n{text[40:]}\t\n") == TOKEN


def test_a_token_does_not_show_its_secret() -> None:
    assert repr(TOKEN) == str(TOKEN) == "Token(tcp://c2.example.org:5573)"


def test_each_single_slip_is_named() -> None:
    text = encode(TOKEN)
    for place, sign in enumerate(text[:-1]):  # the last sign may hold bits that are no data
        other = "A" if sign != "A" else "B"
        with pytest.raises(TokenError, match="mistyped or cut"):
            decode(text[:place] + other + text[place + 1 :])
    for place in range(len(text) - 1):
        swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert swapped == text or not _reads(swapped)


@pytest.mark.parametrize("cut", range(1, 200, 7))
def test_a_cut_token_is_named(cut: int) -> None:
    with pytest.raises(TokenError, match=r"copy all of it|no token"):
        decode(encode(TOKEN)[:-cut])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no token"),
        ("harbour", "no token"),
        ("A" * 5000, "no token"),
        (SERVER, "copy all of it"),
        ("1" * 40, "letters A to Z"),
        ("é" * 40, "letters A to Z"),
        (_framed(VERSION + 1, b"anything"), "update the older one"),
        (_framed(VERSION, b""), "made wrongly"),
        (_framed(VERSION, b"\x91" * 500), "made wrongly"),
        (_framed(VERSION, msgspec.msgpack.encode([bytes(16), bytes(32), 1, "http://c2", "tcp://c2:1", None])), "made wrongly"),
        (_framed(VERSION, msgspec.msgpack.encode([bytes(16), bytes(32), 1, "tcp://c2:1", "tcp://c2:1\n", None])), "made wrongly"),
        (_framed(VERSION, msgspec.msgpack.encode([bytes(16), bytes(32), 1, "tcp://c2:1", "tcp://c2:'", None])), "made wrongly"),
        (_framed(VERSION, msgspec.msgpack.encode([bytes(15), bytes(32), 1, "tcp://c2:1", "tcp://c2:1", None])), "made wrongly"),
        (_framed(VERSION, msgspec.msgpack.encode([bytes(16), bytes(32), 2**40, "tcp://c2:1", "tcp://c2:1", None])), "made wrongly"),
    ],
    ids=lambda _: "case",  # the key among them is random, and a test's name must not be
)
def test_what_is_no_token_is_said_so(text: str, words: str) -> None:
    with pytest.raises(TokenError, match=words):
        decode(text)


@given(st.text() | st.text(alphabet=string.ascii_uppercase + "234567", min_size=8, max_size=300))
def test_no_text_raises_anything_else(text: str) -> None:
    assert not _reads(text)


@given(st.binary(max_size=300))
def test_no_body_with_a_right_checksum_raises_anything_else(body: bytes) -> None:
    assert _reads(_framed(VERSION, body)) in (True, False)


def _reads(text: str) -> bool:
    try:
        decode(text)
    except TokenError:
        return False
    return True
