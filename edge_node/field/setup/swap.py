"""A configuration file changed in one step: checked before it counts, with a copy of what was there, owner and mode as they were."""

from __future__ import annotations

import grp
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

from edge_node import private_file

GROUP = "edge-node"
OF_THE_GROUP, OF_ITS_OWNER = 0o640, 0o600
"""A camera's url may hold a password, so node.toml is nobody else's to read."""


def swap(path: Path, text: str, check: Callable[[Path], None]) -> Path | None:
    """Put `text` in place of the file once `check` has let a copy of it beside it pass; the backup, None where there was no file.

    Raises OSError, and whatever `check` raises; the file is then as it was.
    """
    path = path.resolve()
    handle, name = mkstemp(prefix=".new-", suffix=".toml", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        check(fresh)
        backup = _as_it_was(path, fresh)
        fresh.replace(path)
        private_file.sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return backup


def _as_it_was(path: Path, fresh: Path) -> Path | None:
    """Give the new file the old one's owner and mode, and keep the old one; a first one gets those of a node's configuration."""
    if not path.exists():
        _first(fresh)
        return None
    was, now = path.stat(), fresh.stat()
    fresh.chmod(was.st_mode & 0o7777)
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        os.chown(fresh, was.st_uid, was.st_gid)
    backup = path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}.bak")
    shutil.copy2(path, backup)
    return backup


def _first(fresh: Path) -> None:
    """Root's own, and the node's to read, where there is a user for it."""
    try:
        group = grp.getgrnam(GROUP).gr_gid
    except KeyError:
        group = None
    if os.geteuid() == 0 and group is not None:
        os.chown(fresh, 0, group)
        fresh.chmod(OF_THE_GROUP)
    else:
        fresh.chmod(OF_ITS_OWNER)
