"""What dpkg and apt read of the package (deb-control(5))."""

from __future__ import annotations

from tools.packaging.tree import PYTHONS

DEPENDS = (
    " | ".join(f"python{python}" for python in reversed(PYTHONS)),
    "libc6 (>= 2.35)",
    "libstdc++6",
    "libportaudio2",
    "libusb-1.0-0",
    "iproute2",
    "iw",
    "passwd",
    "procps",
    "systemd (>= 249)",
    "udev",
)
SUGGESTS = ("chrony", "gpsd", "ffmpeg")
DESCRIPTION = """An open, passive sensor node that detects drones
 Listens and looks: Remote ID over Wi-Fi and Bluetooth, radio links, sound and
 pictures. Detects on the spot, joins what the sensors say into tracks, and
 publishes them, compact and encrypted, to command and control. It sends
 nothing on the air but that.
 .
 Two versions are kept: an upgrade that is worse than what it replaced is
 taken back by itself within a minute, see edge-node-version."""


def control(version: str, architecture: str, kib: int) -> str:
    """The fields of the package."""
    fields = {
        "Package": "edge-node",
        "Version": version,
        "Architecture": architecture,
        "Maintainer": "edge_node maintainers <edge-node@maintainers.invalid>",
        "Installed-Size": str(kib),
        "Depends": ", ".join(DEPENDS),
        "Suggests": ", ".join(SUGGESTS),
        "Section": "science",
        "Priority": "optional",
        "Description": DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
