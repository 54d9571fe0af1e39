"""What is known of cameras: one TOML file each in hw/cameras or a user's own, and what turns one of them into a mounted Camera."""

from __future__ import annotations

from math import isfinite, radians, tan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from drivers import device_files
from drivers.blocks import Camera
from drivers.plugged import Name, Plugged, Sources
from drivers.source import SourceMisconfigured

if TYPE_CHECKING:
    from drivers.grabbed import Picture

GROUND_ELEVATION_DEG = -2.0
"""Below this is the ground, and what lives there is nobody's business; it holds where a mounting is known and nothing else is said."""

SAME_SHAPE = 0.02
"""Pictures whose aspect ratios differ by less show the same scene at another scale."""

UNSAID_CAMERA = "network_camera"
"""Stands for the camera of a recording of which only the field of view was said."""

PLAUSIBLE_K = (150.0, 1_500.0)
"""The middle of a radiometric picture lies between these, or its counts are no temperatures."""

MOST_PX, MOST_FOV_DEG = 16_384, 170.0
Pixels = Annotated[int, Meta(ge=8, le=MOST_PX, description=f"a number of pixels from 8 to {MOST_PX}")]
Rate = Annotated[float, Meta(gt=0, le=1_000, description="a rate in Hz above 0")]
PixelFormat = Literal["Y16", "GREY", "YUYV", "I420", "NV12", "MJPG", "H264"]
BYTES_A_PIXEL = {"Y16": 2.0, "GREY": 1.0, "YUYV": 2.0, "I420": 1.5, "NV12": 1.5}
RESERVED_MBPS = 3 * 1_024 * 8_000 * 8 / 1e6
"""What a camera that compresses may reserve of a USB 2 bus: three packets of 1024 bytes in each of 8000 microframes (USB 2.0, 5.6.3)."""

Masks = tuple[tuple[tuple[float, float], ...], ...]


class CameraFile(Plugged, frozen=True):
    """One kind of camera; its picture is `width` x `height`, and how it sees is `horizontal_fov_deg`, or `focal_mm` and `pixel_pitch_um`.

    The first of `rates_hz` is the usual one. `telemetry_rows` follow the picture where the device can give them, in the format `telemetry`.
    `stacked_counts` says that the device's picture is twice as high and its lower half holds 16-bit counts, which are what counts.
    """

    name: Name
    maker: str
    band: Literal["thermal", "visible"]
    interface: Literal["usb", "csi", "network"]
    width: Pixels
    height: Pixels
    pixel_format: PixelFormat
    rates_hz: Annotated[tuple[Rate, ...], Meta(min_length=1)]
    sources: Sources
    horizontal_fov_deg: Annotated[float, Meta(gt=0, le=MOST_FOV_DEG)] | None = None
    focal_mm: Annotated[float, Meta(gt=0, le=10_000)] | None = None
    pixel_pitch_um: Annotated[float, Meta(gt=0, le=1_000)] | None = None
    centre_px: tuple[float, float] | None = None
    distortion: Annotated[tuple[float, ...], Meta(max_length=5)] = ()
    fisheye: bool = False
    kelvin_per_count: Annotated[float, Meta(gt=0, le=100)] | None = None
    kelvin_at_zero: float = 0.0
    telemetry: Literal["lepton"] | None = None
    telemetry_rows: Annotated[int, Meta(ge=0, le=8)] = 0
    stacked_counts: bool = False

    @property
    def focal_px(self) -> float | None:
        """Of a whole picture, by a lens without distortion; None where nobody knows."""
        if self.focal_mm is not None and self.pixel_pitch_um is not None:
            return self.focal_mm * 1e3 / self.pixel_pitch_um
        return None if self.horizontal_fov_deg is None else focal_px(self.width, self.horizontal_fov_deg, fisheye=self.fisheye)

    @property
    def usb_mbps(self) -> float | None:
        """What its pictures take of a USB bus in Mbit/s at the usual rate, or may reserve where they are compressed; None on another."""
        if self.interface != "usb":
            return None
        lines = self.height * (2 if self.stacked_counts else 1) + self.telemetry_rows
        per_pixel = BYTES_A_PIXEL.get(self.pixel_format)
        return RESERVED_MBPS if per_pixel is None else self.width * lines * per_pixel * self.rates_hz[0] * 8 / 1e6


class Setting(Struct, frozen=True):
    """Which camera stands how: a known one's name or the path of a file, its pose (see Camera), and where nothing is looked for.

    `horizontal_fov_deg` takes the place of what the file says of the lens. `lowest_elevation_deg` None is the horizon, a little below,
    where the azimuth is known; -90 looks at everything.
    """

    camera: str
    width: int | None = None
    height: int | None = None
    azimuth_deg: float | None = None
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    sigma_pose_deg: float = 1.0
    horizontal_fov_deg: float | None = None
    masks: Masks = ()
    lowest_elevation_deg: float | None = None


def focal_px(width: int, horizontal_fov_deg: float, *, fisheye: bool = False) -> float:
    """The focal length that spreads so many degrees over so many pixels: r = f tan(angle), or f * angle of an equidistant fisheye."""
    half = radians(horizontal_fov_deg / 2)
    return width / 2 / (half if fisheye else tan(half))


def known() -> dict[str, Path]:
    """The cameras that come with the project, name -> file."""
    return device_files.known("cameras")


def read_camera(camera: str) -> CameraFile:
    """A known camera by its name, or one of the user's by the path of its TOML file; raises SourceMisconfigured."""
    found = device_files.read(device_files.path_of(camera, "cameras", "camera"), CameraFile)
    if (found.focal_mm is None) != (found.pixel_pitch_um is None):
        raise SourceMisconfigured(f"{camera}: focal_mm and pixel_pitch_um go together")
    if found.focal_mm is not None and found.horizontal_fov_deg is not None:
        raise SourceMisconfigured(f"{camera}: say the lens by horizontal_fov_deg, or by focal_mm and pixel_pitch_um, not both")
    if not all(isfinite(number) for number in (*found.distortion, *(found.centre_px or ()), found.kelvin_at_zero)):
        raise SourceMisconfigured(f"{camera}: distortion, centre_px and kelvin_at_zero must be numbers")
    if found.stacked_counts and found.pixel_format != "YUYV":
        raise SourceMisconfigured(f"{camera}: stacked_counts come in pictures of pixel_format YUYV")
    return found


def mounted(found: CameraFile, setting: Setting, size: tuple[int, int] | None = None) -> Camera:
    """The camera as it stands there, of pictures of `size` (width, height) where they are others than it is known for.

    Raises SourceMisconfigured for what cannot be, and SourceMisconfigured for pictures of another shape than it takes.
    """
    width, height = size or (setting.width or found.width, setting.height or found.height)
    scale = width / found.width
    focal = found.focal_px
    if setting.horizontal_fov_deg is not None:
        focal, scale = focal_px(width, _fov(setting.horizontal_fov_deg), fisheye=found.fisheye), 1.0
    elif focal is not None and not _same_shape((width, height), (found.width, found.height)):
        raise SourceMisconfigured(
            f"{found.name} takes pictures of {found.width}x{found.height}, and these are {width}x{height}: "
            f"of a part of the scene nobody knows where it lies, so say horizontal_fov_deg"
        )
    centre = None if found.centre_px is None else ((found.centre_px[0] + 0.5) * scale - 0.5, (found.centre_px[1] + 0.5) * scale - 0.5)
    return Camera(
        name=found.name,
        band=found.band,
        width=width,
        height=height,
        focal_px=None if focal is None else (focal * scale, focal * scale),
        centre_px=None if focal is None else centre or ((width - 1) / 2, (height - 1) / 2),
        distortion=found.distortion,
        fisheye=found.fisheye,
        azimuth_deg=setting.azimuth_deg,
        tilt_deg=setting.tilt_deg,
        roll_deg=setting.roll_deg,
        sigma_pose_deg=_positive("sigma_pose_deg", setting.sigma_pose_deg),
        kelvin_per_count=found.kelvin_per_count,
        kelvin_at_zero=found.kelvin_at_zero,
        masks=_masks(setting.masks),
        lowest_elevation_deg=_lowest(setting, focal),
    )


def as_counted(camera: Camera, picture: Picture, told_kelvin_per_count: float | None) -> Camera:
    """The camera with the scale of its counts as it tells it (0 for none), or None where a picture's middle would be no temperature."""
    scale = camera.kelvin_per_count if told_kelvin_per_count is None else told_kelvin_per_count
    values = sorted(picture[::8, ::8].ravel().tolist()) if scale else [0]
    middle_k = values[len(values) // 2] * (scale or 0.0) + camera.kelvin_at_zero
    return replace(camera, kelvin_per_count=scale if PLAUSIBLE_K[0] <= middle_k <= PLAUSIBLE_K[1] else None)


def _fov(horizontal_fov_deg: float) -> float:
    if not 0 < horizontal_fov_deg <= MOST_FOV_DEG:
        raise SourceMisconfigured(f"horizontal_fov_deg = {horizontal_fov_deg:g} must be above 0 and at most {MOST_FOV_DEG:g}")
    return horizontal_fov_deg


def _positive(name: str, value: float) -> float:
    if not (isfinite(value) and value > 0):
        raise SourceMisconfigured(f"{name} = {value:g} must be a number above 0")
    return value


def _masks(masks: Masks) -> Masks:
    for mask in masks:
        if len(mask) < 3 or not all(isfinite(number) and abs(number) <= MOST_PX for corner in mask for number in corner):
            raise SourceMisconfigured("each of masks is a list of 3 or more [x, y] in pixels")
    return masks


def _lowest(setting: Setting, focal: float | None) -> float | None:
    if setting.lowest_elevation_deg is not None or focal is None or setting.azimuth_deg is None:
        return setting.lowest_elevation_deg
    return GROUND_ELEVATION_DEG


def _same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(size[0] * other[1] / (size[1] * other[0]) - 1) <= SAME_SHAPE
