"""A process that holds a device for its driver: it can hang in a library, so it goes with its parent and ends by SIGKILL."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from drivers import source
from drivers.source import SourceError, SourceLost

ROOT = Path(__file__).parents[1]
END_WITHIN_S = 1.0
PR_SET_PDEATHSIG = 1
SLIM = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def start(module: str, line: socket.socket, memory_fd: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Run a module of drivers with the numbers of its end of the line, of the shared memory and of its parent."""
    numbers = [str(number) for number in (line.fileno(), memory_fd, os.getpid())]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", module, *numbers],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(line.fileno(), memory_fd),
        env={**os.environ, **SLIM, **environment, "PYTHONPATH": path},
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill it; may be called twice."""
    process.kill()
    try:
        process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:  # it hangs in the kernel, and is gone when that lets go of it
        process.returncode = process.returncode or -signal.Signals.SIGKILL


def how_it_ended(process: subprocess.Popen[bytes]) -> str:
    """Such as ", killed by SIGSEGV"; empty where it has not."""
    try:
        code = process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        return ""
    return f", killed by {signal.Signals(-code).name}" if code < 0 else f" with exit code {code}"


def heard(process: subprocess.Popen[bytes], line: socket.socket, most_bytes: int, wait_s: float) -> bytes | None:
    """What it says next, None when it said nothing for `wait_s`; SourceLost when it is gone."""
    line.settimeout(wait_s)
    try:
        data = line.recv(most_bytes)
    except TimeoutError:
        return None
    except OSError:
        data = b""
    if not data:
        raise SourceLost(f"its reader ended by itself{how_it_ended(process)}")
    return data


def tell(line: socket.socket, data: bytes) -> None:
    """Say something to a process that may be gone: what it said last is still to be read."""
    with suppress(OSError):
        line.send(data)


def ended_with(kind: str, words: str) -> SourceError:
    """The error of drivers.source by that name, or SourceLost."""
    error = getattr(source, kind, SourceLost)
    return error(words) if issubclass(error, SourceError) else SourceLost(words)


def run(read: Callable[[socket.socket, int], None]) -> None:
    """Be such a process, by the numbers of its command line: `read` its end of the line and the memory until it ends."""
    line_fd, memory_fd, parent = (int(number) for number in sys.argv[1:4])
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    read(socket.socket(fileno=line_fd), memory_fd)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; it may have ended already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
