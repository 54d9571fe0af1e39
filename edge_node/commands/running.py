"""The commands that run a node or ask about it; each imports what it needs when it runs."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge_node.config import Config, SensorTable, from_json
from edge_node.config_file import ConfigError, load
from edge_node.node.log_file import LogFile

if TYPE_CHECKING:
    from edge_node.node.nursery.order import Order


def _config(path: Path) -> Config:
    """A configuration file, or JSON from the supervisor on standard input where the path is "-"."""
    return from_json(sys.stdin.buffer.read()) if path == Path("-") else load(path)


def _log(level: int = logging.INFO, run_dir: Path | None = None) -> None:
    """To standard error, with the priority that the journal reads; the newest lines to the run folder as well."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if run_dir is not None:
        logging.getLogger().addHandler(LogFile(run_dir))


def _say(text: str, error: bool = False) -> None:
    (sys.stderr if error else sys.stdout).write(f"{text}\n")


def _trouble(error: Exception, code: int) -> int:
    _say(f"edge-node: {error}", error=True)
    return code


def run(arguments: argparse.Namespace) -> int:
    """`edge-node run`; returns in the nursery and in the processes that it forks as well, with how each ended."""
    from edge_node.node.nursery.forking import Nursling, begin
    from edge_node.node.supervisor import AlreadyRunning, Supervisor

    _log()
    try:
        config = load(arguments.config)
        nursery = begin()
        if isinstance(nursery, Nursling):
            return _be(nursery.order)
        supervisor = Supervisor(arguments.config, config, nursery)
        _log(run_dir=config.node.run_dir)
        return supervisor.run()
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    except (AlreadyRunning, PermissionError) as error:
        return _trouble(error, os.EX_TEMPFAIL)


def worker(arguments: argparse.Namespace) -> int:
    """`edge-node worker NAME`."""
    from edge_node.node.worker import work

    try:
        config = _config(arguments.config)
        _log(run_dir=config.node.run_dir)
        return work(config, arguments.name)
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)


def hub(arguments: argparse.Namespace) -> int:
    """`edge-node hub`."""
    from edge_node.node.hub import gather

    try:
        config = _config(arguments.config)
        _log(run_dir=config.node.run_dir)
        return gather(config)
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)


def page(arguments: argparse.Namespace) -> int:
    """`edge-node page`."""
    from edge_node.page.serving import PageError, serve

    try:
        config = _config(arguments.config)
        _log(logging.WARNING)
        return serve(config, arguments.door)
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    except (PageError, PermissionError) as error:
        return _trouble(error, os.EX_UNAVAILABLE)


def nursery(arguments: argparse.Namespace) -> int:
    """`edge-node nursery`; returns in the processes that it forks as well, with how each ended."""
    from edge_node.node.nursery.forking import serve

    return _be(serve(socket.socket(fileno=arguments.line), arguments.supervisor))


def _be(order: Order | None) -> int:
    """What a forked process does for the rest of its life; the nursery, which has no order, is at its end."""
    if order is None:
        return os.EX_OK
    return {"worker": worker, "hub": hub}[order.kind](argparse.Namespace(config=Path("-"), name=order.name))


def check_config(arguments: argparse.Namespace) -> int:
    """`edge-node check-config`."""
    from edge_node.field.doctor import black_box

    try:
        config = load(arguments.config)
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    for problem in config.problems:
        _say(f"{arguments.config} {problem}", error=True)
    wrong = len(config.problems)
    for sensor in config.sensor:
        misfit = misfit_of(sensor)
        wrong += bool(misfit)
        _say(f"{sensor.name}: {misfit or sensor.driver}", error=bool(misfit))
    _say(_destination(arguments.config, config))
    _say(black_box.words(config))
    for finding in black_box.of_config(config):
        _say(f"{finding.words}: {finding.touch}", error=True)
    return os.EX_CONFIG if wrong else os.EX_OK


def misfit_of(sensor: SensorTable) -> str:
    """What is wrong with a driver that another package brings, or with its options; empty when nothing is."""
    from drivers import catalog
    from drivers.plugins import PluginError
    from edge_node.node import brought_options

    if sensor.driver in catalog.BUILT_IN:
        return ""
    try:
        catalog.load(sensor.driver)
        brought_options.arguments(sensor)
    except (PluginError, brought_options.OptionsError) as error:
        return str(error)
    return ""


def _destination(path: Path, config: Config) -> str:
    """Where tracks go, and which file says so."""
    from edge_node.enrolment_file import FILE

    if config.c2.live is None:
        return "no [c2] and no enrolment: tracks stay on the node"
    return f"tracks go to {config.c2.live}, as {config.node.state_dir / FILE if 'live' in config.enrolled else path} says"


def keys(arguments: argparse.Namespace) -> int:
    """`edge-node keys`: show the pair, make it, or make the one that comes next."""
    from edge_node.private_file import require_own
    from edge_node.publish import key_rotation
    from edge_node.publish.keys import FILE, KeyFileError, load_or_make, make, show

    try:
        state_dir = load(arguments.config).node.state_dir
        if arguments.what != "show" or not (state_dir / FILE).exists():
            require_own(state_dir)
        act = {"show": load_or_make, "make": make, "rotate": key_rotation.begin_rotation}[arguments.what]
        _say(show(act(state_dir)))
        waiting = key_rotation.next_pair(state_dir)
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    except (KeyFileError, OSError) as error:
        return _trouble(error, 1)
    if waiting:
        _say(f"the next key, {waiting.fingerprint}, waits: a running node tells C2 of it and takes it into use once C2 has said yes")
    return os.EX_OK


def status(arguments: argparse.Namespace) -> int:
    """`edge-node status`: exit code 0 green, 1 amber, 2 red or not running."""
    import msgspec

    from edge_node.field.health_lines import health_lines
    from edge_node.node import status as node_status
    from edge_node.watch.plain import plain, visible

    try:
        run_dir = load(arguments.config).node.run_dir
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    now = node_status.read(run_dir)
    if now is None or time.monotonic() - now.t_mono_ns / 1e9 > node_status.STALE_AFTER_S:
        _say(f"red: no node runs in {run_dir}: start it with 'edge-node run -c {arguments.config}'", error=True)
        return 2
    if arguments.json:
        _say(visible(msgspec.json.encode(now).decode()))
    else:
        _say(plain(f"{now.name} is {now.verdict}: {now.sentence}"))
        for part in (*now.sensors, now.hub):
            _say(plain(f"  {part.name:<12} {part.state:<9} {part.sentence}"))
        for line in health_lines(now):
            _say(plain(line))
    return ("green", "amber", "red").index(now.verdict)


def tracks(arguments: argparse.Namespace) -> int:
    """`edge-node tracks`: what the hub knows now; exit code 1 where no node runs."""
    import msgspec

    from edge_node.node import tracks_file
    from edge_node.node.words import describe
    from edge_node.watch.plain import plain, visible

    try:
        run_dir = load(arguments.config).node.run_dir
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    now = tracks_file.read(run_dir)
    if now is None or time.monotonic() - now.t_mono_ns / 1e9 > tracks_file.STALE_AFTER_S:
        _say(f"no hub runs in {run_dir}; 'edge-node status -c {arguments.config}' says why", error=True)
        return 1
    for track in now.tracks:
        age_s = (now.t_mono_ns - track.last_seen_mono_ns) / 1e9
        words = f"{track.number:5}  {track.state:<9}  {age_s:5.1f} s ago  {describe(track)}"
        _say(visible(msgspec.json.encode(track).decode()) if arguments.json else plain(words))
    if not now.tracks and not arguments.json:
        _say("no tracks")
    return os.EX_OK
