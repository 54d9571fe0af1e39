"""What a forked process does to be one of its own: its parent, its name, its input, its random numbers."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import sys
from pathlib import Path

from drivers.child_process import die_with
from edge_node.node.nursery.order import Asked

PR_SET_NAME = 15
STDIN = 0
ARG_START, ARG_END = 48, 49
"""Numbers of fields in /proc/self/stat (proc(5)), of which the third is the first behind the name."""
ADOPTED = b"."


def become(asked: Asked, adopted_fd: int, supervisor: int) -> None:
    """Once a word on `adopted_fd` says that the supervisor is our parent, it is told that we are here, and we end when it does."""
    if os.read(adopted_fd, len(ADOPTED)) != ADOPTED:
        os._exit(os.EX_OK)  # the nursery has been killed, and so nobody waits for us
    os.close(adopted_fd)
    die_with(supervisor)
    os.setpgid(0, 0)
    os.dup2(asked.config_fd, STDIN)
    os.close(asked.config_fd)
    sys.stdin = os.fdopen(STDIN, encoding="utf-8", closefd=False)
    os.environ.update(asked.order.environment)
    call(asked.order.name)
    entitle(["edge-node", *asked.order.arguments])
    reseed()
    gc.enable()
    os.write(asked.line_fd, str(os.getpid()).encode())
    os.close(asked.line_fd)


def reseed() -> None:
    """Random numbers of its own; `random` sees to itself after a fork, numpy does not."""
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def call(name: str) -> None:
    """Have ps and top say this instead of the program's name, the first 15 bytes of it (prctl(2): PR_SET_NAME)."""
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def entitle(command: list[str]) -> None:
    """Have ps show this as the command line, as far as that of the nursery has room for it."""
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    start, end = (int(fields[number - 3]) for number in (ARG_START, ARG_END))
    room = end - start
    if room > 0:
        text = "\0".join(command).encode()[: room - 1]
        ctypes.memmove(start, text.ljust(room, b"\0"), room)
