"""What the command line says of the page; nothing of the page is loaded before it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from edge_node.page.login import WebError, load_or_make_token
from tools.c2.news import Event

Events = Callable[[float], Iterator[Event]]


def add_to(serve: argparse.ArgumentParser) -> None:
    """The options of `serve`."""
    serve.add_argument("--web", metavar="HOST:PORT", help="serve the picture as a web page there, such as 127.0.0.1:8600")
    serve.add_argument("--web-certificate", type=Path, metavar="FILE", help="PEM chain; needed on any address but a loopback one")
    serve.add_argument("--web-key", type=Path, metavar="FILE", help="its private key, PEM")
    serve.add_argument("--map", type=Path, metavar="FILE", help="base map for the page: a PMTiles archive of raster tiles")


def show_token(told: argparse.Namespace) -> int:
    """The command `web-token`."""
    print(load_or_make_token(told.state))
    return 0


@contextmanager
def overheard(told: argparse.Namespace, events: Events) -> Iterator[Events]:
    """The same events, which the page hears too if there is to be one; raises WebError."""
    if told.web is None:
        yield events
        return
    try:
        server = import_module("tools.c2.web.server")
    except ModuleNotFoundError as error:
        raise WebError(f"the page needs {error.name}: run tools/setup.sh, without --node") from error
    page = server.Page(server.Settings(told.web, told.web_certificate, told.web_key, told.map), told.state)

    def heard(wait_s: float) -> Iterator[Event]:
        for event in events(wait_s):
            page.take(event)
            yield event

    print(f"the page, for whoever has its token: {page.url}", file=sys.stderr)
    try:
        yield heard
    finally:
        page.close()
