"""`edge-node gateway -c gateway.toml`: nodes' tracks in the formats of others, live."""

from __future__ import annotations

import argparse
import logging
import os
import sys

import zmq

from edge_node.config_file import ConfigError
from edge_node.gateway.run import run
from edge_node.publish.keys import KeyFileError


def gateway(arguments: argparse.Namespace) -> int:
    """Run until told to stop; exit code 78 for a wrong gateway.toml, 69 where an address or the key cannot be had."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        run(arguments.config)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    except (KeyFileError, OSError, zmq.ZMQError) as error:
        sys.stderr.write(f"edge-node: {error}\n")
        return os.EX_UNAVAILABLE
    return os.EX_OK
