"""The example docs/examples/adsb as an installed package, and servers for it to read."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "adsb"
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
WHEN = "2026/01/01,12:00:00.000,2026/01/01,12:00:00.000"
LINE = f"MSG,3,1,1,{{address}},1,{WHEN},{{callsign}},{{altitude}},{{speed}},{{track}},{{place}},{{climb}},,,,,{{ground}}\r\n"


def installed(target: Path) -> Path:
    """The example's wheel, built as anybody would, in a folder of its own."""
    target.mkdir(parents=True, exist_ok=True)
    built = subprocess.run([sys.executable, "-c", BUILD, str(target)], cwd=EXAMPLE, capture_output=True, check=True, text=True)
    with zipfile.ZipFile(target / built.stdout.split()[-1]) as wheel:
        wheel.extractall(target)
    return target


def line(address: str = "3C6444", place: str = "48.35,11.78", callsign: str = "", ground: str = "0", **said: object) -> str:
    """One line of BaseStation's text with a place; speed in knots, altitude in feet."""
    usual = {"altitude": 3975, "speed": 140, "track": 90, "climb": -640}
    return LINE.format(address=address, place=place, callsign=callsign, ground=ground, **(usual | said))


@contextmanager
def basestation(serve: Callable[[socket.socket], None], port: int = 0) -> Iterator[int]:
    """A TCP server that does this with each of its clients; its port."""
    with socket.create_server(("127.0.0.1", port), reuse_port=False) as server:
        ended = threading.Event()

        def run() -> None:
            while not ended.is_set():
                with suppress(OSError):
                    client, _ = server.accept()
                    with client:
                        serve(client)

        thread = threading.Thread(target=run)
        server.settimeout(0.1)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


@contextmanager
def web(answer: Callable[[], bytes]) -> Iterator[str]:
    """An HTTP server that answers everything with this; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):
                self.wfile.write(answer())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/data/aircraft.json"
        finally:
            server.shutdown()
            thread.join()
