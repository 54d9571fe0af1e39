"""python -m tools.udev_rules: writes those of hw/udev that follow from hw/: which USB devices the node's own user may open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from drivers.device_files import known
from drivers.microphone_arrays import read_array
from drivers.sdrs import read_sdr

FOLDER = Path(__file__).parents[1] / "hw" / "udev"
OPENED = 'GROUP="edge-node", MODE="0660"'
MICROPHONES = """# Microphone arrays whose own sound processing the node switches off over USB: those of hw/arrays with `tuning`.
# Written by `python -m tools.udev_rules`.
"""
SDRS = """# Software radios that the node's own user may open: all of hw/sdrs. 76-edge-node-names.rules gives them names.
# Written by `python -m tools.udev_rules`.
"""
RELEASE = "/bin/sh -c 'echo -n $kernel > /sys/bus/usb/drivers/dvb_usb_rtl28xxu/unbind'"
TELEVISION = f"""# The kernel's television driver takes an RTL2832U before anybody else can: let go of it as it comes.
SUBSYSTEM=="usb", ACTION=="bind", DRIVER=="dvb_usb_rtl28xxu", RUN+="{RELEASE}"
"""


def rules() -> dict[str, str]:
    """File name -> text."""
    tuned = [(array.name, array.usb) for array in map(read_array, known("arrays")) if array.tuning]
    radios = [(sdr.name, sdr.usb) for sdr in map(read_sdr, known("sdrs"))]
    return {
        "72-edge-node-microphones.rules": MICROPHONES + _opened(tuned, OPENED),
        "74-edge-node-sdrs.rules": SDRS + _opened(radios, f'{OPENED}, ENV{{EDGE_NODE_KIND}}="sdr"') + TELEVISION,
    }


def _opened(devices: Iterable[tuple[str, Iterable[str]]], what: str) -> str:
    """One rule for each USB id, under the names of all that have it."""
    names: dict[str, list[str]] = {}
    for name, usb_ids in devices:
        for usb_id in usb_ids:
            names.setdefault(usb_id, []).append(name)
    return "".join(f"# {', '.join(alike)}\n{_rule(usb_id)}, {what}\n" for usb_id, alike in sorted(names.items()))


def _rule(usb_id: str) -> str:
    vendor, _, product = usb_id.partition(":")
    return f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}"'


if __name__ == "__main__":
    for name, text in rules().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
