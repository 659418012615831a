"""Networks in C, compiled: their self-tests, and their steps called from here."""

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikelut.export.c.plan import Plan, plan
from spikelut.quant import IntegerNetwork

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")
KINDS: dict[str, Any] = {
    "uint8_t": ctypes.c_uint8,
    "int8_t": ctypes.c_int8,
    "uint16_t": ctypes.c_uint16,
    "int16_t": ctypes.c_int16,
    "int32_t": ctypes.c_int32,
}


def tool(name: str) -> str:
    """A program; skips if it is missing."""
    if shutil.which(name) is None:
        pytest.skip(f"needs {name}")
    return name


def compiled(files: list[Path], out: Path, *flags: str, compiler: str = "gcc") -> Path:
    """The program of C files; every warning is an error."""
    words = [tool(compiler), "-std=c99", *WARNINGS, *flags, *map(str, files), "-o", str(out)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def said(program: Path) -> tuple[int, str]:
    """What a program returns and says."""
    done = subprocess.run([program], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


class Library:
    """`NAME.c` in a library: steps, and the states after each."""

    def __init__(self, network: IntegerNetwork, name: str, size: tuple[int, int] | None, library: Path) -> None:
        self.plan: Plan = plan(network, name, size)
        self.loaded = ctypes.CDLL(str(library))
        fields = [(member.name, KINDS[member.c_type] * member.count) for member in self.plan.members]
        self.state: Any = type("State", (ctypes.Structure,), {"_fields_": fields})()
        self._reset, self._step = (getattr(self.loaded, f"{name}_{what}") for what in ("reset", "step"))
        self._reset.restype = None
        self.output = (KINDS[self.plan.out.c_type] * self.plan.out.count)()

    @classmethod
    def of(cls, network: IntegerNetwork, source: Path, size: tuple[int, int] | None, name: str = "") -> "Library":
        """`source`, compiled; `name` is that of the network, if not of the file."""
        path = compiled([source], source.with_suffix(".so"), "-shared", "-fPIC", "-O1")
        return cls(network, name or source.stem, size, path)

    def reset(self) -> None:
        self._reset(ctypes.byref(self.state))

    def step(self, events: NDArray[Any]) -> int:
        """What the step returns, for the counts of one sample."""
        given = np.ascontiguousarray(events.ravel(), self.plan.given.c_type.removesuffix("_t"))
        return int(self._step(ctypes.byref(self.state), given.ctypes.data_as(ctypes.c_void_p), self.output))

    def run(self, events: NDArray[Any], steps: int) -> dict[str, NDArray[np.int64]]:
        """As `reference_states`, for [T, B, ...], each [steps, B, n]."""
        layer, found = self.plan.last.layer, []
        key = f"{'membrane' if layer.reads_out else 'spikes'}.{layer.name}"
        for sample in range(events.shape[1]):
            self.reset()
            for t in range(steps):
                assert self.step(events[min(t, len(events) - 1), sample]) == 0
                values = {m.key: np.array(getattr(self.state, m.name), np.int64) for m in self.plan.members if m.key}
                found.append(values | {key: np.array(self.output, np.int64)})
        shape = (events.shape[1], steps, -1)
        return {name: np.stack([v[name] for v in found]).reshape(shape).swapaxes(0, 1) for name in found[0]}
