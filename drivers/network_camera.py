"""Addresses of network cameras: checked, shown without their secrets, and how FFMPEG shall read them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from drivers.source import SourceMisconfigured

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
TIMED = ("rtsp", "rtsps")
"""What sends its pictures' own times; MJPEG has none, and FFMPEG makes them up."""


def environment(url: str, transport: str) -> dict[str, str]:
    """What OpenCV's FFMPEG takes from the environment only, and before it is loaded.

    Since 4.11 OpenCV no longer asks for TCP by itself (its issue 27091).
    """
    options = "fflags;nobuffer|flags;low_delay"
    if urlsplit(url).scheme in TIMED:
        options += f"|rtsp_transport;{transport}"
    return {"OPENCV_FFMPEG_CAPTURE_OPTIONS": options}


def parts(url: str) -> SplitResult:
    """The address, checked; raises SourceMisconfigured that does not repeat it, for it may hold a password."""
    try:
        found = urlsplit(url)
        port_is_fine = found.port is None or found.port > 0
    except ValueError as error:
        raise SourceMisconfigured("url is no address: it goes like rtsp://user:password@camera:554/path") from error
    if found.scheme not in PORTS or not found.hostname or not port_is_fine:
        raise SourceMisconfigured(f"url must begin with {', '.join(f'{scheme}://' for scheme in PORTS)} and a camera's name or address")
    return found


def shown(url: str) -> str:
    """The address without user, password and query, as it may be shown."""
    found = parts(url)
    port = "" if found.port is None else f":{found.port}"
    host = f"[{found.hostname}]" if ":" in (found.hostname or "") else found.hostname
    return f"{found.scheme}://{host}{port}{found.path}"
