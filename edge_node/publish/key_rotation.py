"""The pair that comes after the node's own: made beside it, announced to C2 over the old session, then put in its place."""

from __future__ import annotations

from pathlib import Path

from edge_node import private_file
from edge_node.publish.keys import FILE, KeyFileError, KeyPair, credential, make_pair, read_pair, using

NEXT = FILE.with_name("next.toml")


def next_pair(state_dir: Path) -> KeyPair | None:
    """The pair that waits for C2's word, or None; raises KeyFileError."""
    path = state_dir / NEXT
    with using(path):
        return read_pair(path) if path.exists() and not credential() else None


def begin_rotation(state_dir: Path) -> KeyPair:
    """Make the next pair; the one that waits already, if there is one; raises KeyFileError."""
    _require_files()
    current, path = state_dir / FILE, state_dir / NEXT
    with using(current):
        if not current.exists():
            raise KeyFileError(f"there is no key pair to rotate in {current.parent}: make one first")
        read_pair(current)
    with using(path):
        if not path.exists():
            make_pair(path)
        return read_pair(path)


def finish_rotation(state_dir: Path) -> KeyPair:
    """Put the next pair in the place of the current one, which is gone for good; raises KeyFileError."""
    _require_files()
    path = state_dir / NEXT
    with using(path):
        if not path.exists():
            raise KeyFileError(f"no next key pair waits in {path.parent}")
        pair = read_pair(path)
        private_file.move(path, onto=state_dir / FILE)
    return pair


def _require_files() -> None:
    if given := credential():
        raise KeyFileError(f"the key pair is systemd's credential {given.name}: rotate it by hand, as docs/enrolment.md says")
