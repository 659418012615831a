"""Tasks that tests give to the workers of `spikelut sweep`; a module of its own, so that workers can import it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Slow:
    """Takes a moment; the first worker that runs the one numbered `deadly` is killed, or every one, if `always`."""

    number: int
    seen: Path
    deadly: int = -1
    always: bool = False

    @property
    def key(self) -> str:
        return f"task{self.number}"

    def run(self) -> dict[str, Any]:
        if self.number == self.deadly:
            first = not self.seen.exists()
            self.seen.write_text(str(os.getpid()))
            if first or self.always:
                os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)
        return {"number": self.number, "process": os.getpid(), "threads": os.environ.get("OMP_NUM_THREADS")}


@dataclass(frozen=True)
class Wrong:
    """Raises what is no fault of a worker."""

    key = "wrong"

    def run(self) -> dict[str, Any]:
        raise ArithmeticError("a bug")
