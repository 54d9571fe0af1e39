"""What a node's sensor would sense now, as cells of a table."""

from __future__ import annotations

from typing import Any


def covered(one: dict[str, Any]) -> tuple[str, ...]:
    """Sensor, by what, where, how far, how probably, how soon, and what makes it worse."""
    about = "" if one["reference"] == "true_north" else " of its front"
    towards = "all around" if one["width_deg"] >= 360 else f"{one['azimuth_deg']:.0f}±{one['width_deg'] / 2:.0f}{about}"
    raised = f"{one['lowest_elevation_deg']:.0f} to {one['highest_elevation_deg']:.0f}"
    reach = f"{one['reach_m']:.0f}" if one["reach_m"] else "blind"
    figures = (f"{one['probability_percent']:.0f}", f"{one['latency_s']:.0f}") if one["reach_m"] else ("", "")
    return one["sensor"], (one["sense"] or "?").replace("_", " "), towards, raised, reach, *figures, ", ".join(one["notes"])


def in_words(one: dict[str, Any]) -> str:
    """Such as "by sound all around, -10 to 90 up, 130 m, 85 % within 4 s", or "blind: dark"."""
    _, sense, towards, raised, reach, percent, within, why = covered(one)
    if reach == "blind":
        return f"blind: {why}" if why else "blind"
    return ", ".join(filter(None, (f"by {sense} {towards}", f"{raised} up", f"{reach} m", f"{percent} % within {within} s", why)))
