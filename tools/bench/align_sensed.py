"""What the node's own detectors make of a simulated flight, sensors being mounted otherwise than the node's configuration says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from math import ceil

import numpy as np
from msgspec.structs import replace

from drivers.blocks import AudioBlock, Frame
from edge_node.acoustic.detector import AcousticDetector
from edge_node.camera.detector import CameraDetector
from edge_node.field.align.bearings import Pose
from edge_node.field.align.lines import sound_mps
from edge_node.messages import AcousticDetection, CameraDetection
from edge_node.mounting import angles_deg, tangent_basis
from tools.bench.align_flights import BEGUN_NS
from tools.simulate import pictures, soundscape
from tools.simulate.outdoors import Eye
from tools.simulate.scene import Microphones
from tools.simulate.world import World

EARS = Microphones(array="uma_16", azimuth_deg=20.0, tilt_deg=-45.0, rate_hz=16_000)
EYE = Eye(band="thermal", width=640, height=512, hfov_deg=50.0, azimuth_deg=0.0, tilt_deg=14.0, rate_hz=10.0)
"""As they truly stand."""
TEMPERATURE_C = 15.0
BLOCK_S = 0.05
SOUND_ROUNDS = 4

Bearing = AcousticDetection | CameraDetection


def heard(world: World, told: Pose, seconds: float) -> Iterator[AcousticDetection]:
    """What the acoustic detector makes of the scene's sound, if the node thinks that its microphones stand as `told`."""
    rate_hz = soundscape.microphones(world).rate_hz
    array = replace(soundscape.mounted(world), azimuth_deg=told.azimuth_deg, tilt_deg=told.tilt_deg, roll_deg=told.roll_deg)
    detector, each = AcousticDetector(), round(BLOCK_S * rate_hz)
    for second, sound in enumerate(islice(soundscape.blocks(world), ceil(seconds))):
        for begin in range(0, rate_hz, each):
            first = second * rate_hz + begin
            block = AudioBlock(
                t_mono_ns=BEGUN_NS + first * 1_000_000_000 // rate_hz,
                sequence=first,
                lost=0,
                sample_rate_hz=rate_hz,
                samples=sound[begin : begin + each],
                array=array,
                temperature_c=TEMPERATURE_C,
            )
            yield from (replace(one, sensor="microphones") for one in detector.step(block))


def seen(world: World, told: Pose, seconds: float) -> Iterator[CameraDetection]:
    """What the camera's detector makes of the scene's pictures, if the node thinks that the camera stands as `told`."""
    shown = pictures.of_world(world)
    camera = replace(shown.camera, azimuth_deg=told.azimuth_deg, tilt_deg=told.tilt_deg, roll_deg=told.roll_deg)
    detector = CameraDetector()
    for k in range(round(seconds * shown.eye.rate_hz)):
        picture, truth = shown.frame(k)
        t_ns = BEGUN_NS + round(k / shown.eye.rate_hz * 1e9)
        found = detector.step(Frame(t_ns, k, 0, picture, camera=camera, shutter=truth.shutter))
        yield from (replace(one, sensor="camera") for one in found)


def late(said: Iterable[Bearing], late_s: float) -> list[Bearing]:
    """The same, stamped so much too late."""
    return [replace(one, t_mono_ns=one.t_mono_ns + round(late_s * 1e9)) for one in said]


class Model:
    """How a detector errs, as those of this node were measured to: 1 sigma, a share of it alike within some seconds, and how often."""

    def __init__(self, sigma_deg: float, share: float, alike_s: float, rate_hz: float) -> None:
        self.sigma_deg, self.share, self.alike_s, self.rate_hz = sigma_deg, share, alike_s, rate_hz

    def heard(self, world: World, true: Pose, told: Pose, seconds: float) -> Iterator[AcousticDetection]:
        """A scene's first drone, heard by this model."""
        rng = np.random.default_rng(world.seed)
        drone, slow = world.scene.drone[0], rng.normal(size=2)
        kept = np.exp(-1 / self.rate_hz / self.alike_s)
        wrong = told.matrix() @ true.matrix().T
        for t_s in np.arange(drone.from_s + 1.0, seconds, 1 / self.rate_hz):
            slow = kept * slow + np.sqrt(1 - kept**2) * rng.normal(size=2)
            off = np.radians(self.sigma_deg) * (np.sqrt(self.share) * slow + np.sqrt(1 - self.share) * rng.normal(size=2))
            sent_s = t_s
            for _ in range(SOUND_ROUNDS):
                at = world.truth_of(drone, sent_s)
                sent_s = t_s - at.range_m / sound_mps(TEMPERATURE_C)
            direction = np.array([at.east_m, at.north_m, at.up_m]) / at.range_m
            azimuth_deg, elevation_deg = angles_deg(wrong @ (direction + off @ tangent_basis(direction)))
            yield AcousticDetection(
                t_mono_ns=BEGUN_NS + round(t_s * 1e9),
                sensor="microphones",
                track=1,
                label="multirotor",
                probability=0.95,
                level_db=-30.0,
                snr_db=0.0,
                lag_s=1.5,
                azimuth_deg=azimuth_deg,
                elevation_deg=elevation_deg,
                sigma_azimuth_deg=0.4 / max(float(np.cos(np.radians(elevation_deg))), 0.05),
                sigma_elevation_deg=0.4,
            )


MEASURED = Model(0.12, 0.3, 1.0, 1.75)
"""An array of 16 in a day's noise, out to 130 m: it states 0.4 degrees."""
