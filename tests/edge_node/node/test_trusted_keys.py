"""Trusted keys from a file: all of them, or none and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.node import trusted_keys
from tests.edge_node.remote_id.test_drip import EXAMPLE_KEY

TAG = "2001:3f:fe00:105:a29b:3ff4:2226:c04e"


def test_no_file_is_no_key_and_no_problem() -> None:
    assert trusted_keys.read(None) == ({}, "")


def test_a_file_of_keys_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(f'"{TAG}" = "{EXAMPLE_KEY.hex()}"\n')
    keys, problem = trusted_keys.read(path)
    assert list(keys.values()) == [EXAMPLE_KEY]
    assert problem == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"not a tag" = "00"', "is not an entity tag"),
        (f'"{TAG}" = "00"', "is not the entity tag of the public key"),
        (f'"{TAG}" = 3', "hex"),
        ("[", "keys.toml"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_wrong_file_trusts_nobody_and_says_why(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "keys.toml"
    if text is not None:
        path.write_text(text)
    keys, problem = trusted_keys.read(path)
    assert keys == {}
    assert words in problem
