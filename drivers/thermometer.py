"""The temperature of the air from a file of the kernel, in thousandths of a degree (a DS18B20 by w1_therm, hwmon, iio)."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

EVERY_S = 10.0
LEAST_C, MOST_C = -60.0, 80.0


class Thermometer:
    """Reads the file now and then in a thread of its own, for a DS18B20 takes a second; `temperature_c` is None while it cannot be read."""

    def __init__(self, path: Path, every_s: float = EVERY_S) -> None:
        self.path = path
        self.temperature_c: float | None = None
        self.trouble = "not read yet"
        self._every_s = every_s
        self._stop = Event()
        self._thread = Thread(target=self._run, name="thermometer", daemon=True)
        self._thread.start()

    def words(self) -> str:
        """What is wrong; empty when nothing is."""
        return f"no temperature from {self.path}: {self.trouble}" if self.trouble else ""

    def close(self) -> None:
        """Stop reading; a read under way ends by itself."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.temperature_c, self.trouble = read_temperature(self.path)
            self._stop.wait(self._every_s)


def read_temperature(path: Path) -> tuple[float | None, str]:
    """Degrees Celsius, or None and why."""
    try:
        said = path.read_text(encoding="ascii", errors="replace").strip()
        temperature_c = int(said) / 1_000
    except OSError as error:
        return None, error.strerror or "it cannot be read"
    except ValueError:
        return None, f"it says {said[:20]!r} and not thousandths of a degree"
    if not LEAST_C <= temperature_c <= MOST_C:
        return None, f"it says {temperature_c:g} degrees, which no air has"
    return temperature_c, ""
