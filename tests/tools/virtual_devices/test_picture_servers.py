"""Pictures of a simulated camera as the real driver has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import numpy as np
import pytest

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from tests.running import again_and_again
from tools.simulate.camera_servers import why_no_rtsp
from tools.simulate.outdoors import Eye
from tools.simulate.pictures import of_world
from tools.simulate.scene import NodePose, Scene
from tools.simulate.sight import Picture
from tools.simulate.world import World
from tools.virtual_devices.counts import CountsBroadcast, why_no_counts
from tools.virtual_devices.picture_servers import Rtsp, Server

WIDTH, HEIGHT, RATE_HZ = 64, 48, 10.0


@contextmanager
def shown(server: Server | CountsBroadcast, picture: Picture) -> Iterator[None]:
    """The same picture, again and again, with a stripe that wanders."""

    def show(k: int) -> None:
        wandering = picture.copy()
        wandering[:, k % WIDTH] += 5
        server.show(wandering)

    with again_and_again(show, 1 / RATE_HZ):
        yield


def seen(camera: str, url: str) -> Frame:
    """The first picture that the driver hands over."""
    with VideoCamera(camera, url=url, horizontal_fov_deg=24.0, azimuth_deg=0.0) as driver:
        return next(block for block in driver.blocks() if block is not None)


@pytest.mark.skipif(bool(why_no_counts()), reason="needs ffmpeg, which sends 16-bit pictures")
def test_counts_come_through_to_the_last_bit() -> None:
    picture = np.random.default_rng(1).integers(28_000, 30_000, (HEIGHT, WIDTH)).astype(np.uint16)
    with closing(CountsBroadcast(WIDTH, HEIGHT, RATE_HZ)) as server, shown(server, picture):
        frame = seen("network_thermal", server.url)
    off = frame.picture.astype(int) - picture
    assert frame.picture.dtype == np.uint16
    assert set(np.unique(off)) == {0, 5}
    assert (off == 5).all(axis=0).sum() == 1


@pytest.mark.skipif(bool(why_no_rtsp()), reason="needs Debian's GStreamer with its RTSP server")
def test_a_visible_camera_is_an_rtsp_server_like_any() -> None:
    eye = Eye(band="visible", width=WIDTH, height=HEIGHT, rate_hz=RATE_HZ)
    world = World(Scene(name="x", node=NodePose(50.0, 4.0, 0.0, 10.0), camera=eye), 1)
    made = of_world(world)
    picture = np.full((HEIGHT, WIDTH), 120, np.uint8)
    with closing(Rtsp(made)) as server, shown(server, picture):
        frame = seen("network_camera", server.url)
    assert (frame.picture.dtype, frame.picture.shape) == (np.uint8, (HEIGHT, WIDTH))
    assert abs(float(np.median(frame.picture)) - 120) < 5
