"""Files of a folder that came from anybody: a name in it may be a link to what is this computer's own, or a pipe that nobody writes to."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


def read(path: Path) -> BufferedReader:
    """Open a file that is one itself; raises OSError for a link, a pipe, a device, a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise OSError(errno.EINVAL, "it is no plain file", str(path))
