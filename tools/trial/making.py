"""The makers of signals, writing files: what each sensor of a node would have recorded of a scene."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from tools.simulate import antenna, pictures, radio, remote_id, sound
from tools.simulate.gnss import Receiver
from tools.simulate.iq import mixer
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.wave import Spot
from tools.simulate.world import World
from tools.virtual_devices.camera import core_file
from tools.virtual_devices.camera import mounting_of as camera_mounting
from tools.virtual_devices.device import Setting
from tools.virtual_devices.gnss import sentences
from tools.virtual_devices.microphones import mounting_of as microphone_mounting

Table = dict[str, Any]
NMEA = "gnss.txt"


def make(name: str, world: World, folder: Path, seconds: float, begun_utc_ns: int) -> Table:
    """Write one device's recording; its [[node.sensor]] table. Raises SceneError, OSError."""
    told = Setting(world, folder, seconds)
    return {"name": name} | MAKERS[name](told, begun_utc_ns)


def _wifi(told: Setting, begun_utc_ns: int) -> Table:
    remote_id.write_pcap(told.world, told.folder / "wifi.pcap", 0.0, told.seconds, begun_utc_ns)
    return {"path": "wifi.pcap"}


def _bluetooth(told: Setting, begun_utc_ns: int) -> Table:
    remote_id.write_pcap(told.world, told.folder / "bluetooth.pcap", 0.0, told.seconds, begun_utc_ns, air=remote_id.BLE)
    return {"path": "bluetooth.pcap"}


def _microphones(told: Setting, _begun_utc_ns: int) -> Table:
    sound.write_wav(told.world, told.folder / "sound.wav", told.seconds)
    return {"path": "sound.wav"} | microphone_mounting(told)


def _camera(told: Setting, _begun_utc_ns: int) -> Table:
    cv2.setNumThreads(1)
    shown = pictures.of_world(told.world)
    pictures.write_video(shown, told.folder / "camera.mkv", told.seconds)
    camera = core_file(shown.eye, told.folder).name if shown.eye.band == "thermal" else "network_camera"
    return {"path": "camera.mkv", "camera": camera} | camera_mounting(told)


def _links(told: Setting, _begun_utc_ns: int) -> Table:
    receiver = told.world.scene.receiver
    if receiver is None:
        return {}
    front = FrontEnd(receiver.center_hz, receiver.rate_hz, noise_dbfs=receiver.noise_dbfs)
    truth: list[Spot] = []
    heard = mixer.heard(antenna.of_world(told.world), front, told.seconds, told.world.seed, truth=truth)
    radio.write(told.folder / "links.cu8", heard, truth, front)
    return {"path": "links.cu8", "format": "cu8", "rate_hz": receiver.rate_hz, "center_hz": receiver.center_hz}


def write_nmea(world: World, path: Path, seconds: float, begun_utc_ns: int) -> None:
    """Write what the node's GNSS receiver says, each line with its time."""
    with path.open("wb") as out:
        for t_s, data in sentences(Receiver(world, None, begun_utc_ns / 1e9), begun_utc_ns, -1.0):
            if t_s > seconds:
                return
            for line in data.splitlines():
                out.write(b"%.3f %s\n" % (t_s, line))


MAKERS: dict[str, Callable[[Setting, int], Table]] = {
    "wifi": _wifi,
    "bluetooth": _bluetooth,
    "microphones": _microphones,
    "camera": _camera,
    "links": _links,
}
