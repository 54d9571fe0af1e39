"""An RTSP server of numbered pictures, on Debian's GStreamer: /usr/bin/python3 -m tools.simulate.rtsp_server PORT [WIDTH HEIGHT RATE].

Needs gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-{base,good,ugly} of the system, and so the system's own Python,
which has no numpy. Picture n is made n / RATE seconds after the monotonic clock's zero: who knows the clock knows how old a picture is.
"""

import sys
import time
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 -- after the versions are chosen

BITS, DARK, BRIGHT, GREY = 24, 40, 210, 90
ENCODER = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=800"


def numbered(number: int, width: int, height: int) -> bytes:
    """The same picture as tools.simulate.numbered_pictures makes, as I420."""
    block = width // BITS
    blocks = b"".join(bytes([BRIGHT if number >> bit & 1 else DARK]) * block for bit in range(BITS))
    upper = (blocks + bytes([GREY]) * (width - len(blocks))) * (height // 2)
    side = height // 8
    at = number * 3 % (width - side)
    plain = bytes([GREY]) * width
    band = plain[:at] + b"\xfa" * side + plain[at + side :]
    lower = plain * (height - height // 2 - 2 * side) + band * side + plain * side
    return upper + lower + b"\x80" * (width * height // 2)


class Pictures(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """One stream that all clients share."""

    def __init__(self, width: int, height: int, rate_hz: int) -> None:
        super().__init__()
        self.width, self.height, self.rate_hz = width, height, rate_hz
        self.set_shared(True)
        caps = f"video/x-raw,format=I420,width={width},height={height},framerate={rate_hz}/1"
        source = f"appsrc name=source is-live=true format=time do-timestamp=true caps={caps}"
        self.set_launch(f"( {source} ! {ENCODER} ! rtph264pay name=pay0 pt=96 config-interval=1 )")
        self.connect("media-configure", self._configured)

    def _configured(self, _factory: Any, media: Any) -> None:
        source = media.get_element().get_by_name("source")
        self._push(source)

    def _push(self, source: Any) -> bool:
        """Push the picture that is due, and come back when the next one is."""
        number = int(time.monotonic() * self.rate_hz)
        data = numbered(number & ((1 << BITS) - 1), self.width, self.height)
        if source.emit("push-buffer", Gst.Buffer.new_wrapped(data)) == Gst.FlowReturn.OK:
            wait_ms = ((number + 1) / self.rate_hz - time.monotonic()) * 1e3
            GLib.timeout_add(max(1, int(wait_ms) + 1), self._push, source)
        return False


def main() -> None:
    """Serve until killed; says "ready" when it listens."""
    port = sys.argv[1]
    width, height, rate_hz = (int(text) for text in (sys.argv[2:5] or ("320", "240", "10")))
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/video", Pictures(width, height, rate_hz))
    if server.attach(None) == 0:
        sys.exit(f"port {port} is taken")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
