"""`edge-node freeze`, `recording-key` and `open-recording`: keep the last seconds now, who may open them, and opening them."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from pathlib import Path

import msgspec

from edge_node import private_file
from edge_node.config_file import ConfigError, load
from edge_node.node import status
from edge_node.node.freeze_order import ASKED, FreezeAsked, put
from edge_node.node.freeze_wishes import TOLD, FreezeTold
from edge_node.record.archive import FOLDER

ANSWERS_WITHIN_S = 5.0
MOST_WORDS = 100


def freeze(arguments: argparse.Namespace) -> int:
    """`edge-node freeze`: ask the hub that runs here; exit code 0 where it is kept."""
    try:
        node = load(arguments.config).node
    except ConfigError as error:
        return _trouble(str(error), os.EX_CONFIG)
    now = status.read(node.run_dir)
    if now is None or time.monotonic() - now.t_mono_ns / 1e9 > status.STALE_AFTER_S:
        return _trouble(f"no node runs in {node.run_dir}: start it with 'edge-node run -c {arguments.config}'", 1)
    asked = FreezeAsked(secrets.token_hex(8), time.monotonic_ns(), arguments.seconds, arguments.words[:MOST_WORDS])
    try:
        private_file.require_own(node.run_dir)
        put(node.run_dir / ASKED, asked)
    except OSError as error:
        return _trouble(str(error), 1)
    told = _answer(node.run_dir, asked.id)
    if told is None:
        return _trouble(f"the hub does not answer within {ANSWERS_WITHIN_S:g} s: 'edge-node status' may say why", 1)
    if not told.kept:
        return _trouble(told.words, 1)
    sys.stdout.write(f"{told.words}, in {node.state_dir / FOLDER}\n")
    return os.EX_OK


def recording_key(arguments: argparse.Namespace) -> int:
    """`edge-node recording-key FILE`: make a pair, the private key into FILE, which stays off the node."""
    from edge_node.record.sealed import make_pair  # noqa: PLC0415 -- libsodium

    secret, public = make_pair()
    try:
        if not private_file.make(arguments.file, secret):
            return _trouble(f"{arguments.file} is there already, and is left as it is", os.EX_CANTCREAT)
    except OSError as error:
        return _trouble(f"{arguments.file} cannot be written: {error.strerror}", os.EX_CANTCREAT)
    sys.stderr.write(f"{arguments.file} opens the recordings: keep it off the node, and a copy of it. Into node.toml:\n")
    sys.stdout.write(f'[black_box]\npublic_key = "{public}"\n')
    return os.EX_OK


def open_recording(arguments: argparse.Namespace) -> int:
    """`edge-node open-recording FOLDER --key FILE --to FOLDER`: the same recording without its seal."""
    from edge_node.record.folder import RecordingUnreadable  # noqa: PLC0415 -- what reads a recording
    from edge_node.record.opening import open_to  # noqa: PLC0415 -- libsodium

    try:
        key = private_key(arguments.key)
        cut = open_to(arguments.folder, key, arguments.to)
    except (RecordingUnreadable, ValueError) as error:
        return _trouble(str(error), os.EX_DATAERR)
    except OSError as error:
        return _trouble(f"{error.filename or arguments.to}: {error.strerror}", os.EX_CANTCREAT)
    if cut:
        sys.stderr.write(f"edge-node: it is cut: {cut}\n")
    sys.stdout.write(f"{arguments.to}\n")
    return os.EX_OK


def private_key(path: Path | None) -> bytes | None:
    """Of its file; raises ValueError for what is none, and OSError."""
    if path is None:
        return None
    from edge_node.record import sealed  # noqa: PLC0415 -- libsodium

    return sealed.private_key(path.read_text(encoding="utf-8", errors="replace"))


def _answer(run_dir: Path, asked: str) -> FreezeTold | None:
    until_s = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < until_s:
        try:
            told = msgspec.json.decode((run_dir / TOLD).read_bytes(), type=FreezeTold)
        except (OSError, msgspec.MsgspecError):
            told = None
        if told is not None and told.id == asked:
            return told
        time.sleep(0.05)
    return None


def _trouble(words: str, code: int) -> int:
    sys.stderr.write(f"edge-node: {words}\n")
    return code
