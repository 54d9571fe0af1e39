"""Stone Soup (dstl/Stone-Soup) as a peer: an environment of its own, a process for each scene, and how it is set for each.

`EDGE_NODE_STONE_SOUP` names a Python that can import stonesoup; without it one is made in the user's cache with pip.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

VARIABLE = "EDGE_NODE_STONE_SOUP"
VERSION = "1.9.1"
NAME = f"Stone Soup {VERSION}"
MAKE_S, RUN_S = 900, 1800
ROOT = Path(__file__).parents[2]
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class PeerFailedError(RuntimeError):
    """It could not be installed or run; the message says why, and what to do."""


@cache
def python() -> Path:
    """An interpreter that has it. Raises PeerFailedError where none can be made."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "edge-node" / f"stonesoup-{VERSION}"
    made = folder / "bin" / "python"
    if not (folder / "ready").exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=MAKE_S)
            subprocess.run([made, "-m", "pip", "install", "-q", f"stonesoup=={VERSION}"], check=True, timeout=MAKE_S)
        except subprocess.SubprocessError as error:
            raise PeerFailedError(f"{NAME} could not be installed into {folder}: name a Python that has it in {VARIABLE}") from error
        (folder / "ready").touch()
    return made


def track(source: Path, target: Path, chosen: dict[str, Any]) -> None:
    """Let it track one file of detections. Raises PeerFailedError, or TimeoutExpired."""
    command = [str(part) for part in (python(), "-m", "tools.bench.stone_soup_worker", source, target, json.dumps(chosen))]
    done = subprocess.run(
        command, timeout=RUN_S, env=os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PeerFailedError(f"{NAME} with {command[0]} failed: {done.stderr.strip().rpartition(chr(10))[2] or done.returncode}")


KALMAN: dict[str, Any] = {"space": "positions", "filter": "linear", "noise": 8.0, "noise_up": 0.1, "speed": 5.0}
LINEAR = KALMAN | {"gate": 4.0, "points": 3, "hold_s": 2.0, "delete_s": 3.0}
MIXED = LINEAR | {"space": "mixed", "filter": "extended"}
CHOSEN: dict[str, dict[str, Any]] = {
    "bearings": LINEAR | {"space": "angles", "noise": 3e-4, "speed": 0.05, "gate": 5.0, "points": 6, "hold_s": 1.5, "delete_s": 1.1},
    "positions": LINEAR | {"gate": 5.0, "points": 4, "delete_s": 1.1},
    "crossing": MIXED | {"noise": 1.0, "noise_up": 1.0, "gate": 5.0},
    "clutter": LINEAR | {"noise": 16.0, "gate_new": 3.0, "points": 4, "hold_s": 1.1, "delete_s": 2.1},
    "gaps": LINEAR | {"delete_s": 6.0},
    "mixed": MIXED | {"gate_new": 3.0, "points": 4, "delete_s": 2.1},
}
"""The best of what tools.bench.stone_soup_tune tried, scene by scene, on seeds 1000 and after, of which no figure is.

Nearest neighbours of all together (GNNWith2DAssignment) with a gate in Mahalanobis distance; MultiMeasurementInitiator; UpdateTimeDeleter;
constant velocity, of which the noise is tuned: there is no IMM in it. GOSPA on those seeds, of what else was tried beside what stands:
- Singer's model on positions: 17.1 m beside 17.0, before other settings were tuned.
- Bearings about an assumed range, by an extended or unscented filter: 7.66 degrees beside 6.60 of azimuth and elevation as a linear state.
- An unscented filter of bearings among positions: 6.72 m beside 6.71 on crossing, none better on mixed. Tracks begin with positions alone.
- JPDA (PDAHypothesiser with its gate): 16.7 m beside 16.6 on positions, 26.8 beside 27.0 on gaps; with its density from 1e-9 to 1e-6, gates
  of 0.999 and 0.9999 and detection of 0.9 and 0.97, 6.76 m beside 6.71 on crossing; 14.53 beside 14.52 on clutter before "points" and
  "delete_s" gave 14.19. It takes up to twice the time, so nearest neighbours stand everywhere, within 1 % of the best.
- Noise on crossing: 8.84 m with 0.3, 6.71 with 1, 7.02 with 2.
"""
