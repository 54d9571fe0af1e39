"""The node's key pair: is it there, is it its owner's alone, how old is it; looked at and never made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from edge_node.field.doctor.grades import finding, in_two
from edge_node.messages import Finding
from edge_node.publish.keys import CREDENTIAL, FILE, YEAR_DAYS, KeyFileError, KeyPair, age, credential, read_pair, using

NOT_YOURS = "run this as the user that runs the node, or as root: sudo -u edge-node edge-node doctor"


def look(state_dir: Path, has_c2: bool) -> tuple[KeyPair | None, tuple[Finding, ...]]:
    """The pair where it can be read, and what is wrong with it."""
    path = credential() or state_dir / FILE
    try:
        if not path.exists():
            return None, _missing(path, has_c2)
        with using(path):
            pair = read_pair(path)
    except PermissionError:
        return None, (finding("link", "keys_not_readable", "warn", f"this user may not look at {path}", NOT_YOURS),)
    except KeyFileError as error:
        return None, (_unusable(path, error),)
    return pair, _aged(pair)


def _missing(path: Path, has_c2: bool) -> tuple[Finding, ...]:
    touch = "edge-node keys make, then enrol the node at C2: edge-node enrol TOKEN"
    said = f"there is no key in {path.parent}: the node makes one when it starts, and C2 does not know it yet"
    return (finding("link", "keys_missing", "fail" if has_c2 else "ok", said, touch if has_c2 else ""),)


def _unusable(path: Path, error: KeyFileError) -> Finding:
    words, touch = in_two(str(error))
    if isinstance(error.__cause__, PermissionError):
        return finding("link", "keys_not_readable", "warn", f"this user may not read {path}", NOT_YOURS)
    name = "keys_open" if "others than its owner" in words else "keys_broken"
    return finding("link", name, "fail", words, touch or f"chmod 600 {path}, or restore it")


def _aged(pair: KeyPair) -> tuple[Finding, ...]:
    now = datetime.now(UTC)
    if pair.made is None or 0 <= (now - pair.made).days <= YEAR_DAYS:
        return ()
    return (finding("link", "keys_old", "warn", f"its key was made on {age(pair, now)}", "edge-node keys rotate"),)


__all__ = ["CREDENTIAL", "look"]
