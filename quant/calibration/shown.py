"""A bar that says how far a calibration is, once it takes more than a moment."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

AFTER = 2.0
"""Seconds without a bar."""


class Shown:
    """Shows on stderr what is done, after two seconds; nothing where `progress` is False, or where no one looks."""

    def __init__(self, progress: bool | None, units: int) -> None:
        self.wanted = sys.stderr.isatty() if progress is None else progress
        self.units, self.done, self.text, self.ticks = units, 0, "", 0
        self.began = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Shown:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def start(self, text: str) -> None:
        """Say what is done from now on."""
        self.text, self.ticks = text, 0
        self._show()

    def tick(self) -> None:
        """A part of it is done."""
        self.ticks += 1
        self._show()

    def unit(self) -> None:
        """A layer is done."""
        self.done += 1
        self._show()

    def _show(self) -> None:
        if not self.wanted or time.monotonic() - self.began < AFTER:
            return
        if self.bar is None:
            from rich.console import Console
            from rich.progress import Progress

            console = Console(stderr=True)
            self.bar = Progress(console=console, transient=console.is_terminal)
            self.bar.start()
            self.task = self.bar.add_task("calibrating", total=self.units)
        self.bar.update(self.task, completed=self.done, description=f"{self.text} {self.ticks or ''}")
