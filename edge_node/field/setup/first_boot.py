"""A file of answers on the boot partition, applied once: its token is taken out, and what came of it is written beside it.

That partition is FAT, which a laptop's card reader can write: it has no owners, and neither a rename nor a file's growth survives a power
cut in one piece. So the token is first kept beside node.toml, then its letters are overwritten where they stand; and whether a file was
applied already is told by its hash there, not by a name on the card.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from edge_node import private_file
from edge_node.field.setup.answers import USED

FILE = "edge-node-setup.toml"
RESULT = "edge-node-setup.result.txt"
APPLIED, WAITING = ".setup-applied", ".setup-token"
WRONG = "wrong"
LINE_END = "\r\n"
"""So that every editor shows lines."""


def on_boot_partition(root: Path) -> Path:
    """Where the file of answers is, or would be: Raspberry Pi OS mounts that partition at /boot/firmware, older ones at /boot."""
    folders = [root / "boot" / "firmware", root / "boot"]
    return next((folder / FILE for folder in folders if (folder / FILE).exists()), folders[0 if folders[0].is_dir() else 1] / FILE)


class Card:
    """The file of answers, and what is kept of it beside node.toml, where root alone writes."""

    def __init__(self, file: Path, config: Path) -> None:
        self.file = file
        self._applied, self._waiting = (config.resolve().parent / name for name in (APPLIED, WAITING))

    @property
    def is_handled(self) -> bool:
        """Whether this very file was followed, or found wrong; also where it is gone."""
        return not self.file.exists() or self._known()[:1] == [self._hash()]

    @property
    def is_wrong(self) -> bool:
        """Whether it was found wrong."""
        return self._known()[1:] == [WRONG]

    @property
    def waiting_token(self) -> str | None:
        """A token that was taken from the file and could not be used yet."""
        try:
            return self._waiting.read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def wait_with(self, token: str) -> None:
        """Keep a token beside node.toml until it was used; raises OSError."""
        private_file.replace(self._waiting, token)

    def scrub(self, token: str) -> None:
        """Overwrite every place of it where it stands: the file keeps its length, so FAT's tables do not change. Raises OSError."""
        data = self.file.read_bytes()
        secret = token.encode("utf-8")
        instead = (USED if len(secret) >= len(USED) else "").encode().ljust(len(secret))
        with self.file.open("r+b") as file:
            place = data.find(secret)
            if place < 0:  # written with escapes, which nobody does who copies a token: nothing of the file may stay
                file.write(b" " * len(data))
            while place >= 0:
                file.seek(place)
                file.write(instead)
                place = data.find(secret, place + len(secret))
            file.flush()
            os.fsync(file.fileno())

    def forget_token(self) -> None:
        """It was used, or never will be."""
        self._waiting.unlink(missing_ok=True)

    def handled(self, *, wrong: bool = False) -> None:
        """From now on only a file that says something else is followed; raises OSError."""
        private_file.replace(self._applied, f"{self._hash()} {WRONG if wrong else ''}")

    def result(self, verdict: str, lines: Sequence[str]) -> None:
        """Say what came of it, beside the file; raises OSError. A power cut leaves a part of it, and the next boot writes it again.

        What stands there already is not written anew, for that partition is best left alone.
        """
        path = self.file.parent / RESULT
        said = [f"edge_node, setup by {self.file.name}: {verdict}", *"\n".join(lines).splitlines()]
        if _read(path)[:1] + _read(path)[2:] == said:
            return
        said.insert(1, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC by this computer's clock")
        with path.open("w", encoding="utf-8", newline=LINE_END) as file:
            file.writelines(f"{line}\n" for line in said)
            file.flush()
            os.fsync(file.fileno())

    def _known(self) -> list[str]:
        try:
            return self._applied.read_text(encoding="ascii").split()
        except (OSError, UnicodeDecodeError):
            return []

    def _hash(self) -> str:
        return sha256(self.file.read_bytes()).hexdigest()


def _read(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
