"""The process that holds a software radio: `python -m drivers.iq_reader SOCKET MEMORY PARENT`, see drivers.child_process.

It copies samples into shared memory as they come, and tunes the device when it is told to. It can hang in a library, and may then be
killed at any time; it goes when its parent does. A device is never given back in good order, for cancelling transfers is what crashes.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
from functools import partial
from importlib import import_module
from threading import Thread
from typing import cast

from drivers import child_process
from drivers.iq_exchange import IqExchange
from drivers.iq_grabber import IqGrabber, Tuning
from drivers.iq_line import MOST_PACKET_BYTES, Ended, Opened, Request, Shape, asked, encode
from drivers.source import SourceError, SourceLost


def read(line: socket.socket, memory_fd: int) -> None:
    """Open what is asked for and read it until it ends; what went wrong is the last packet."""
    try:
        request: Request = json.loads(line.recv(MOST_PACKET_BYTES))
        grabber = _open(request)
        shape = Shape(*request["shape"])
        exchange = IqExchange(line, memoryview(mmap.mmap(memory_fd, shape.slots * shape.slot_bytes)), shape)
        line.send(encode(Opened(grabber.words())))
        exchange.tune(partial(grabber.tune, Tuning(*request["tuning"])))
        Thread(target=_obey, args=(line, exchange, grabber), name="wishes", daemon=True).start()
        grabber.run(exchange.put)
        end(line, SourceLost("it gives no more samples"))
    except SourceError as error:
        end(line, error)
    except Exception as error:  # noqa: BLE001 -- whatever a library throws is told, not lost with the process
        end(line, SourceLost(f"its reader failed: {type(error).__name__}"))


def end(line: socket.socket, error: SourceError) -> None:
    """Say what is wrong and be gone, without any library's own clearing up."""
    line.send(encode(Ended(type(error).__name__, str(error))))
    os._exit(0)


def _open(request: Request) -> IqGrabber:
    module, _, name = request["opener"].partition(":")
    return cast("IqGrabber", getattr(import_module(module), name)(request))


def _obey(line: socket.socket, exchange: IqExchange, grabber: IqGrabber) -> None:
    """Take slots back and tune the device until the other side is gone, and then end the process, whatever else it is doing."""
    try:
        while data := line.recv(MOST_PACKET_BYTES):
            match asked(data):
                case int() as slot:
                    exchange.back(slot)
                case wish:
                    exchange.tune(partial(grabber.tune, Tuning(*wish["tuning"])))
    except SourceError as error:
        end(line, error)
    except OSError:
        pass
    os._exit(0)


if __name__ == "__main__":
    child_process.run(read)
