"""A real node whose page can be looked at: Remote ID of the demo's scene as it is on air, made sound, spectrum and pictures in loops."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import cv2
import numpy as np
import soundfile

from tools.demo import SCENE, SEED
from tools.simulate import remote_id
from tools.simulate.world import World
from tools.stage import Stage, stage
from tools.virtual_devices.device import Begun, Setting, table
from tools.virtual_devices.gnss import Gnss

LASTS_S = 3_600.0
SOUND_HZ, SOUND_S, BLADE_PASS_HZ = 16_000, 8.0, 172.0
IQ_HZ, IQ_S, CENTER_HZ, BURST_S = 300_000, 6.0, 868_000_000, 0.24
WIDE_PX, HIGH_PX, PICTURES, PICTURES_A_SECOND = 160, 128, 80, 8.0


class PageStage:
    """`here` is the node's stage; its page is at `address`."""

    def __init__(self, here: Stage, port: int) -> None:
        self.here, self.address, self.run_dir = here, f"127.0.0.1:{port}", here.folder / "run"


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def page_stage(page: str = "", listens: bool = True) -> Iterator[PageStage]:
    """A node with these lines in [page], of the scene's Wi-Fi and GNSS and made sensors; with the block it ends."""
    with stage() as here:
        world, port, air = World.load(SCENE, SEED), free_port(), here.folder / "air.pcap"
        os.mkfifo(air)
        stop = Event()
        threads = [Thread(target=lambda: remote_id.play(world, air, LASTS_S, stop)), Thread(target=lambda: _listen(here, stop))]
        with closing(Gnss(Setting(world, here.folder, LASTS_S))) as gnss:
            gnss.begin(Begun(time.monotonic(), time.time_ns()))
            table_of_page = f'\n[page]\nlisten = "127.0.0.1:{port}"\n{page}\n' if listens else ""
            wifi = table("wifi", "recording", {"path": air, "pace": "live"})
            for thread in threads:
                thread.start()
            try:
                with here.node(f"{wifi}{gnss.said.table}{made_sensors(here.folder)}{table_of_page}"):
                    yield PageStage(here, port)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()


def _listen(here: Stage, stop: Event) -> None:
    """As a C2 does."""
    while not stop.is_set():
        for _ in here.c2.events(0.2):
            pass


def made_sensors(folder: Path) -> str:
    """A microphone, a receiver and a camera, each on a made recording that begins again at its end."""
    sound, spectrum, film = folder / "made.wav", folder / "made.cs8", folder / "made.avi"
    soundfile.write(sound, _sound(), SOUND_HZ, subtype="PCM_16")
    _spectrum().tofile(spectrum)
    _film(film)
    rows: dict[str, dict[str, Any]] = {
        "microphone": {"path": sound},
        "receiver": {"path": spectrum, "rate_hz": IQ_HZ, "center_hz": CENTER_HZ, "format": "cs8"},
        "camera": {"path": film, "horizontal_fov_deg": 40.0, "azimuth_deg": 60.0, "tilt_deg": 12.0},
    }
    return "".join(table(name, "recording", {"loop": True, **options}) for name, options in rows.items())


def _sound() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Rotors that come and go in wind."""
    rng, t_s = np.random.default_rng(SEED), np.arange(0, SOUND_S, 1 / SOUND_HZ)
    turned = 2 * np.pi * np.cumsum(BLADE_PASS_HZ * (1 + 0.03 * np.sin(2 * np.pi * t_s / SOUND_S))) / SOUND_HZ
    rotors = sum(np.sin(k * turned) / k for k in range(1, 12)) * (0.15 + 0.85 * np.sin(np.pi * t_s / SOUND_S) ** 2)
    wind = np.cumsum(rng.standard_normal(t_s.size))
    wind -= np.convolve(wind, np.ones(400) / 400, "same")
    return np.asarray(0.06 * rotors + 0.02 * wind / wind.std() + 0.004 * rng.standard_normal(t_s.size))


def _spectrum() -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """A link that hops over twelve channels, and a neighbour that stays where he is."""
    rng, count = np.random.default_rng(SEED), int(IQ_HZ * IQ_S)
    iq = 2.0 * (rng.standard_normal(count) + 1j * rng.standard_normal(count))
    t_s = np.arange(int(BURST_S * IQ_HZ)) / IQ_HZ
    for k in range(int(IQ_S / BURST_S)):
        offset_hz = 16_000.0 * rng.integers(-5, 5)
        sweep = np.exp(2j * np.pi * (offset_hz * t_s + 10 * np.sin(2 * np.pi * 400 * t_s)))
        iq[k * t_s.size : (k + 1) * t_s.size] += 12.0 * sweep * (t_s < 0.7 * BURST_S)
    iq += 6.0 * np.exp(2j * np.pi * 105_000 * np.arange(count) / IQ_HZ) * (np.arange(count) % IQ_HZ < IQ_HZ // 3)
    both = np.stack((iq.real, iq.imag), axis=1).ravel()
    return np.clip(np.round(both), -127, 127).astype(np.int8)


def _film(path: Path) -> None:
    """A warm dot that circles over a cold sky and a tree line."""
    rng = np.random.default_rng(SEED)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), PICTURES_A_SECOND, (WIDE_PX, HIGH_PX))
    ridge = HIGH_PX - 22 - np.convolve(rng.standard_normal(WIDE_PX + 20), np.ones(21), "valid")[:WIDE_PX]
    ground = np.arange(HIGH_PX)[:, None] > ridge[None]
    for k in range(PICTURES):
        picture = np.where(ground, 120.0, 40.0 + 0.2 * np.arange(HIGH_PX)[:, None]) + 3 * rng.standard_normal((HIGH_PX, WIDE_PX))
        at = (int(80 + 50 * np.cos(2 * np.pi * k / PICTURES)), int(50 + 22 * np.sin(2 * np.pi * k / PICTURES)))
        cv2.circle(picture, at, 2, 230.0, -1)
        writer.write(cv2.cvtColor(np.clip(picture, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR))
    writer.release()
