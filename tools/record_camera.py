"""Record a camera as the node sees it: `python -m tools.record_camera lepton_3_5 sky.mkv --seconds 60`, with counts kept whole."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from drivers.blocks import Frame
from drivers.camera import VideoCamera
from drivers.cameras import read_camera
from drivers.source import SourceError
from tools.counts_video import CountsVideo


def record(camera: VideoCamera, path: Path, seconds: float, rate_hz: float) -> int:
    """Write what an open camera gives for so long; returns how many pictures that were; raises SourceError and OSError."""
    video: CountsVideo | None = None
    until_s = time.monotonic() + seconds
    try:
        for frame in camera.blocks():
            if frame is not None:
                video = video or _video_of(frame, path, rate_hz)
                video.write(frame.picture)
            if time.monotonic() >= until_s:
                break
    finally:
        if video is not None:
            video.close()
    return 0 if video is None else video.frames


def _video_of(frame: Frame, path: Path, rate_hz: float) -> CountsVideo:
    height, width = frame.picture.shape
    return CountsVideo(path, width, height, rate_hz, bits=8 * frame.picture.dtype.itemsize)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.record_camera", description="Record a camera without loss.")
    parser.add_argument("camera", metavar="CAMERA", help="a name of hw/cameras, or a .toml file of your own")
    parser.add_argument("file", type=Path, metavar="FILE.mkv")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long (%(default)g)")
    for name in ("device", "serial", "port-path", "url"):
        parser.add_argument(f"--{name}", help="see docs/cameras.md")
    return parser.parse_args()


def main() -> int:
    """Run as a command."""
    said = _arguments()
    try:
        rate_hz = read_camera(said.camera).rates_hz[0]
        camera = VideoCamera(said.camera, device=said.device, serial=said.serial, port_path=said.port_path, url=said.url)
        with camera:
            frames = record(camera, said.file, said.seconds, rate_hz)
            words = camera.words()
    except (SourceError, OSError) as error:
        sys.stderr.write(f"record_camera: {error}\n")
        return os.EX_UNAVAILABLE
    sys.stdout.write(f"{said.file}: {frames} pictures; {words}\n")
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
