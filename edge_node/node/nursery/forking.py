"""The nursery itself: forks a process for each order, and hands it to the supervisor."""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import suppress
from typing import NamedTuple

from drivers.child_process import die_with
from edge_node.node.nursery.becoming import ADOPTED, become, call, entitle
from edge_node.node.nursery.forked import Forked
from edge_node.node.nursery.order import Asked, Order, hear
from edge_node.node.nursery.orphans import adopt
from edge_node.node.nursery.preloaded import NotAlone, preload, require_alone


class First(NamedTuple):
    """A nursery that runs, and where it is asked."""

    process: Forked
    line: socket.socket


class Nursling(NamedTuple):
    """No more the process that called: the nursery at its end, or what it forked, with its order."""

    order: Order | None


def begin() -> First | Nursling | None:
    """Fork the first nursery out of the supervisor, so that even Python itself is held once; None where that cannot be.

    To be called before the supervisor has a thread, and before it holds what the others must not: a lock, a socket.
    """
    if not adopt():
        return None
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    supervisor = os.getpid()
    gc.freeze()
    try:
        require_alone()
        pid = os.fork()
    except (NotAlone, OSError):
        ours.close()
        theirs.close()
        return None
    if pid == 0:
        ours.close()
        os.setpgid(0, 0)
        entitle(["edge-node", "nursery"])
        return Nursling(serve(theirs, supervisor))
    theirs.close()
    ours.setblocking(False)
    return First(Forked(pid), ours)


def serve(line: socket.socket, supervisor: int) -> Order | None:
    """Returns in every process that was forked, with what it is to be, and in the nursery with None once nobody can ask any more."""
    die_with(supervisor)
    call("nursery")
    try:
        preload()
        while (asked := hear(line)) is not None:
            require_alone()
            if _bear(asked, supervisor):
                line.close()
                return asked.order
    except NotAlone as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(os.EX_SOFTWARE) from error
    return None


def _bear(asked: Asked, supervisor: int) -> bool:
    """Whether we are the new process.

    It is forked by one in between that ends at once, so that the kernel gives it to the supervisor, who adopts orphans: who signals it and
    hears how it ended is its parent, and the end of the nursery is the end of nobody else.
    """
    adopted, tell = os.pipe()
    between = os.fork()
    if between == 0:
        if os.fork():
            os._exit(os.EX_OK)
        os.close(tell)
        become(asked, adopted, supervisor)
        return True
    for file in (asked.config_fd, asked.line_fd, adopted):
        os.close(file)
    os.waitpid(between, 0)
    with suppress(BrokenPipeError), os.fdopen(tell, "wb", buffering=0) as word:
        word.write(ADOPTED)
    return False
