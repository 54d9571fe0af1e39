"""Whether a serial number is one: many makers write the same into every device."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"(0*1?|0*123456789[0-9a-f]*|f+|none|default|serial[ _]?number|\d\d?-[\d.-]*)\Z", re.IGNORECASE)
"""What makers write who give none: the next device of the kind has the same. The last would pass for a port. The same stands in
hw/udev/76-edge-node-names.rules."""


def is_given(serial: str | None) -> bool:
    """Whether its maker gave the device a number of its own, as far as one can tell from the number."""
    return serial is not None and not PLACEHOLDER.match(serial)
