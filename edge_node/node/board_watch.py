"""The computer under the node, looked at beside the supervisor: a disk that hangs holds up nobody, and is named."""

from __future__ import annotations

from drivers.board.board import Board
from edge_node.config import Config
from edge_node.field import board_findings, upgrade
from edge_node.field.health_names import found
from edge_node.messages import Finding
from edge_node.node.aside import Aside

EVERY_S = 1.0
HANGS_AFTER_S = 3.0
END_WITHIN_S = 0.2


class BoardWatch:
    """Findings of power, temperature, memory, storage and the last upgrade; the clock is the hub's, who knows of GNSS as well."""

    def __init__(self, config: Config, board: Board | None = None) -> None:
        self._root = config.health.system_root
        self._board = board or Board(self._root, programs=False)
        self._paths = (config.node.state_dir, config.node.run_dir)
        self._aside: Aside[tuple[Finding, ...]] = Aside("board")
        self._asked_s = -EVERY_S

    def look(self, now_s: float) -> None:
        """Often; a look begins once a second."""
        if now_s - self._asked_s >= EVERY_S and self._aside.do(self._look):
            self._asked_s = now_s

    def _look(self) -> tuple[Finding, ...]:
        board = self._board
        power = board.power()
        return (
            *board_findings.of_power(power, board.over_currents(), board.start()),
            *board_findings.of_temperatures(board.temperatures(), power),
            *board_findings.of_memory(board.memory()),
            *board_findings.of_disks(tuple(map(board.disk, self._paths))),
            *upgrade.findings(self._root),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Of the last look, and that it takes too long."""
        busy_s = self._aside.busy_s
        hangs = (found("storage", "storage_hung", f"the disk has not answered for {busy_s:.0f} s"),) if busy_s > HANGS_AFTER_S else ()
        return (*hangs, *(self._aside.last or ()))

    def close(self) -> None:
        """Not waited for where it hangs."""
        self._aside.close(END_WITHIN_S)
