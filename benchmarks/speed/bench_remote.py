"""Contenders in a process of their own: libraries of JAX, which brings its own threads and memory."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench_case import Unavailable

PROGRAM = Path(__file__).parent / "bench_jax.py"
WORKERS: list["Worker"] = []
"""Those that were started; they end with this process, which closes their pipes."""


class Worker:
    """A process that serves; see `bench_serve`. It runs on `threads` processors."""

    def __init__(self, program: Path, threads: int) -> None:
        command = [sys.executable, str(program), str(threads)]
        environment = os.environ | {"JAX_PLATFORMS": "cpu"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ask(self, do: str, **request: Any) -> Any:
        """Its answer; `Unavailable` if it has none."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Unavailable(f"its process ended with {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Unavailable(answer["error"])
        return answer["ok"]

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


@dataclass(frozen=True)
class Remote:
    """A work in another process, timed there."""

    worker: Worker
    id: int

    def seconds(self, count: int) -> float:
        """How long `count` calls take together."""
        return float(self.worker.ask("run", id=self.id, count=count))


@lru_cache
def jax_worker(threads: int) -> Worker:
    """The process for JAX with so many threads; `Unavailable` without JAX."""
    if find_spec("jax") is None:
        raise Unavailable("jax is not installed")
    WORKERS.append(Worker(PROGRAM, threads))
    return WORKERS[-1]


def remote(threads: int, library: str, kind: str, **parameters: Any) -> Remote:
    """A work of `bench_jax`; `Unavailable` without the `library`."""
    if find_spec(library) is None:
        raise Unavailable(f"{library} is not installed")
    worker = jax_worker(threads)
    return Remote(worker, worker.ask("make", kind=kind, **{"with": parameters}))


def forget() -> None:
    """Have the processes give up what they have made."""
    for worker in WORKERS:
        if worker.process.poll() is None:
            worker.ask("drop")
