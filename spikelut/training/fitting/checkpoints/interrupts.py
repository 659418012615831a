"""Ctrl+C and SIGTERM, as batch systems send it before a job's time is over: not in the middle of an update."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Interrupts:
    """Notes the first signal, to be raised when an update is done and kept; the second is raised at once."""

    def __init__(self) -> None:
        self.noted: int | None = None
        self._before: dict[int, Any] = {}

    @contextmanager
    def held(self, hold: bool) -> Iterator[None]:
        """While entered signals are noted, if `hold`, and if this is the thread that gets them."""
        if not hold or threading.current_thread() is not threading.main_thread():
            yield
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._note)
        try:
            yield
        finally:
            self._restore()

    def _note(self, number: int, frame: object) -> None:
        if self.noted is not None:
            self.deliver()
        self.noted = number

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()

    def deliver(self) -> None:
        """Raise the signal that was noted, if one was, as if nobody had held it up."""
        if self.noted is not None:
            number, self.noted = self.noted, None
            self._restore()
            signal.raise_signal(number)
