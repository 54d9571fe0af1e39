"""Grey pictures from standard input as H.264 over RTSP: /usr/bin/python3 -P rtsp_relay.py PORT WIDTH HEIGHT RATE.

On Debian's GStreamer and the system's own Python, as tools.simulate.rtsp_server, which says what packages it takes.
"""

import sys
from threading import Thread
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 -- after the versions are chosen

ENCODER = "x264enc tune=zerolatency speed-preset=veryfast key-int-max=10 bitrate=6000"
GREY = b"\x80"


class Pictures(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """One stream that all clients share."""

    def __init__(self, width: int, height: int, rate_hz: float) -> None:
        super().__init__()
        self.set_shared(True)
        self._sources: list[Any] = []
        caps = f"video/x-raw,format=I420,width={width},height={height},framerate={round(rate_hz * 1000)}/1000"
        source = f"appsrc name=source is-live=true format=time do-timestamp=true caps={caps}"
        self.set_launch(f"( {source} ! {ENCODER} ! rtph264pay name=pay0 pt=96 config-interval=1 )")
        self.connect("media-configure", self._configured)

    def _configured(self, _factory: Any, media: Any) -> None:
        self._sources.append(media.get_element().get_by_name("source"))

    def push(self, data: bytes) -> None:
        """Give one picture to all that is being watched."""
        self._sources = [one for one in self._sources if one.emit("push-buffer", Gst.Buffer.new_wrapped(data)) == Gst.FlowReturn.OK]


def relay(pictures: Pictures, size: int, over: Any) -> None:
    """Until the input ends."""
    colourless = GREY * (size // 2)
    while len(data := sys.stdin.buffer.read(size)) == size:
        pictures.push(data + colourless)
    over.quit()


def main() -> None:
    """Serve until the input ends; says "ready" when it listens."""
    port, width, height, rate_hz = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(port)
    pictures = Pictures(width, height, rate_hz)
    server.get_mount_points().add_factory("/video", pictures)
    if server.attach(None) == 0:
        sys.exit(f"port {port} is taken")
    loop = GLib.MainLoop()
    Thread(target=relay, args=(pictures, width * height, loop), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()
