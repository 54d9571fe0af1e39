"""What of the configuration goes into a recording: what decides what is found in its blocks, and nothing that is secret."""

from __future__ import annotations

import re
from typing import Any

from edge_node.config import Config
from edge_node.node import trusted_keys
from edge_node.record.head import SensorHead, Setting

SECRET = re.compile(r"(?i)secret|passw|passphrase|token|credential|api_?key|private")
_USER = re.compile(r"^(\w+://)[^/?#]*@")


def recorded_setting(config: Config) -> Setting:
    """Trackers' and detectors' own; waits for the disk."""
    keys, _ = trusted_keys.read(config.remote_id.trusted_keys)
    told = {tag.hex(): key.hex() for tag, key in keys.items()}
    return Setting(tracking=config.tracking, protect=config.protect, camera=config.camera, trusted_keys=told)


def recorded_sensors(config: Config) -> tuple[SensorHead, ...]:
    """Each with its options."""
    return tuple(SensorHead(name=one.name, driver=one.driver, options=_shown(one.options)) for one in config.sensor)


def _shown(value: Any) -> Any:
    """Without what is secret: passwords by their names, and users and queries of addresses."""
    match value:
        case dict():
            return {key: _shown(one) for key, one in value.items() if not SECRET.search(str(key))}
        case list() | tuple():
            return [_shown(one) for one in value]
        case str():
            address = _USER.sub(r"\1", value)
            return address.partition("?")[0] if "://" in address else address
    return value if value is None or isinstance(value, bool | int | float) else str(value)
