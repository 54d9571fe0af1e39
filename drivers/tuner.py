"""`python -m drivers.tuner mon0`: tunes one Wi-Fi interface for the node, which so needs no right to administer networks.

systemd's edge-node-monitor@.service runs it. It holds CAP_NET_ADMIN, reads nothing but a frequency, and answers its own group alone.
"""

from __future__ import annotations

import logging
import os
import pwd
import socket
import struct
import sys
from pathlib import Path

from drivers.tuning import HIGHEST_MHZ, LOWEST_MHZ, ChannelRefused, Tuner, read_line, socket_path, tune_with_iw

NODE_USER = "edge-node"
PEER = struct.Struct("@iII")
ASK_WITHIN_S = 1.0
"""Who connects has its line ready; nobody holds up the next one for longer."""
WAITING = 4

log = logging.getLogger("edge_node.tuner")


def main(arguments: list[str]) -> int:
    """Serve until it is ended; exit code 64 for a wrong call, 1 when the socket cannot be made."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if len(arguments) != 1 or "/" in arguments[0]:
        log.error("usage: python -m drivers.tuner INTERFACE")
        return os.EX_USAGE
    (interface,) = arguments
    path = Path(os.environ.get("RUNTIME_DIRECTORY", socket_path(interface).parent)) / "tune"
    try:
        listening = listen(path)
    except OSError as error:
        log.error("%s cannot be made: %s", path, error.strerror)
        return 1
    log.info("tunes %s for whoever may write to %s", interface, path)
    with listening:
        while True:
            serve_one(listening, interface, allowed_users())


def listen(path: Path) -> socket.socket:
    """Listen at `path`, open to the process's own group; raises OSError."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(os.fspath(path))
        path.chmod(0o660)
        listening.listen(WAITING)
    except OSError:
        listening.close()
        raise
    return listening


def allowed_users() -> frozenset[int]:
    """Root, the node's own user, and whoever runs this."""
    try:
        return frozenset((0, os.getuid(), pwd.getpwnam(NODE_USER).pw_uid))
    except KeyError:
        return frozenset((0, os.getuid()))


def serve_one(listening: socket.socket, interface: str, users: frozenset[int], tune: Tuner = tune_with_iw) -> None:
    """Answer one request; what a peer does wrong is that peer's alone."""
    link, _ = listening.accept()
    with link:
        link.settimeout(ASK_WITHIN_S)
        try:
            link.sendall(f"{_answer(link, interface, users, tune)}\n".encode())
        except OSError as error:
            log.warning("a request was not answered: %s", error)


def _answer(link: socket.socket, interface: str, users: frozenset[int], tune: Tuner) -> str:
    """Empty when the interface is tuned as asked, else why it is not; raises OSError."""
    # Read also what is refused: closing on what waits unread would take the answer from the peer.
    asked = read_line(link)
    _, user, _ = PEER.unpack(link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
    if user not in users:
        log.warning("user %d may not tune %s", user, interface)
        return f"user {user} may not tune {interface}"
    if asked is None or not (asked.isascii() and asked.isdigit() and LOWEST_MHZ <= int(asked) <= HIGHEST_MHZ):
        return f"a frequency from {LOWEST_MHZ} to {HIGHEST_MHZ} MHz is expected"
    try:
        tune(interface, int(asked))
    except ChannelRefused as refusal:
        return str(refusal) or "refused"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
