"""SVG by hand: elements as text, with numbers short and words escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

COLOURS = ("#1f5fa8", "#c2410c", "#15803d", "#7e22ce", "#b91c1c", "#0e7490", "#a16207", "#be185d", "#4d7c0f", "#44403c")
"""Dark enough for white paper; each track is numbered as well, for who sees or prints no colour."""


def colour_of(place: int) -> str:
    """Of the n-th track."""
    return COLOURS[place % len(COLOURS)]


def element(name: str, inner: str = "", **attributes: Any) -> str:
    """An element; underscores of attributes become dashes, `class_` is class, and None is left out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(number(value))}"' for key, value in attributes.items() if value is not None
    )
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def words(x: float, y: float, said: str, **attributes: Any) -> str:
    """A line of text."""
    return element("text", escape(said), x=x, y=y, **attributes)


def path(points: Iterable[tuple[float, float]], **attributes: Any) -> str:
    """An open line; empty for fewer than two points."""
    listed = [f"{x:.1f},{y:.1f}" for x, y in points]
    return element("polyline", points=" ".join(listed), fill="none", **attributes) if len(listed) > 1 else ""


def number(value: Any) -> str:
    """Floats to a hundredth."""
    return f"{value:.2f}".rstrip("0").removesuffix(".") if isinstance(value, float) else str(value)


def drawing(width: int, height: int, inner: Iterable[str], title: str) -> str:
    """A whole drawing, as wide as there is room; `title` says what it is to who does not see it."""
    head = element("title", escape(title))
    return element("svg", head + "".join(inner), viewBox=f"0 0 {width} {height}", role="img", xmlns="http://www.w3.org/2000/svg")


def png(picture: NDArray[np.uint8]) -> str:
    """A picture (blue green red) as a data URL."""
    return f"data:image/png;base64,{b64encode(cv2.imencode('.png', picture)[1].tobytes()).decode()}"
