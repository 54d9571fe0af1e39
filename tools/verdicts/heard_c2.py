"""A reference C2 in a thread of its own, at addresses that can be cut, refused and swallowed."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from edge_node.publish.keys import KeyPair, load_or_make
from tools.bench.black_hole import BlackHole
from tools.bench.served import free_ports
from tools.c2.enrolment import FILE, Enrolment
from tools.c2.station import Station

WAIT_S = 0.05
START_WITHIN_S = 10.0


class HeardC2:
    """`live` and `reliable` are where a node dials; both pass a line that can swallow."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.keys: KeyPair = load_or_make(folder)
        self._behind, self._before = free_ports(2), free_ports(2)
        self.live, self.reliable = (f"tcp://127.0.0.1:{port}" for port in self._before)
        self._known = ""
        self.start()

    def start(self) -> None:
        """Be there."""
        self._lines = [BlackHole(to, port=port) for to, port in zip(self._behind, self._before, strict=True)]
        self._stop, began = Event(), Event()
        self._thread = Thread(target=self._run, args=(self._stop, began), name="c2", daemon=True)
        self._thread.start()
        if not began.wait(START_WITHIN_S):
            raise RuntimeError("the C2 does not start")

    def stop(self) -> None:
        """Be gone, as a process that ended; may be called twice."""
        self._stop.set()
        self._thread.join()
        while self._lines:
            self._lines.pop().close()

    def _run(self, stop: Event, began: Event) -> None:
        live, reliable = (f"tcp://127.0.0.1:{port}" for port in self._behind)
        station = Station(live, self.keys, self._folder, reliable)
        began.set()
        while not stop.is_set():
            for _ in station.events(WAIT_S):
                continue
        station.close()

    def swallow(self, swallows: bool) -> None:
        """Let all packets vanish, or pass again what dials anew."""
        for line in self._lines:
            line.swallow(swallows)

    def enrol(self, name: str, key: str) -> None:
        """Let a node in."""
        Enrolment(self._folder).enrol(name, key)

    def forget(self) -> None:
        """Let nobody in any more."""
        file = self._folder / FILE
        self._known = file.read_text()
        file.write_text("")

    def remember(self) -> None:
        """Let those in that were."""
        (self._folder / FILE).write_text(self._known)
