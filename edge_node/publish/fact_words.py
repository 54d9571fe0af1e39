"""What an object does, in a few words: for the log of a node and the tables of a C2."""

from __future__ import annotations

WORDS = {
    "hovers": "hovers for {value:.0f} s",
    "climbs": "climbs {value:.1f} m/s",
    "descends": "descends {value:.1f} m/s",
    "loiters": "loiters within {value:.0f} m",
    "approaches": "approaches {about} in {value:.0f} s",
    "swarms": "one of {value:.0f} that move as one",
    "drifts": "drifts at {value:.1f} m/s",
    "fast": "fast, {value:.0f} m/s",
}
HERE = "is at {about}"
"""Who approaches and need come no nearer."""
SURELY_THERE = 0.9
"""From here on it goes without saying that there is an object."""


def doing(name: str, value: float | None, about: str | None) -> str:
    """One fact, such as "approaches reactor in 74 s"; one that nobody here knows by its name."""
    here = name == "approaches" and value is not None and value <= 0
    words = HERE if here else WORDS.get(name)
    return name if words is None or value is None else words.format(value=value, about=about or "a protected point")
