"""Networks in C, compiled: their self-tests, and their steps called from here."""

import ctypes
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikelut.export.c.files import header, source
from spikelut.export.c.plan import Plan, plan
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.reference import reference_states

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")
KINDS: dict[str, Any] = {
    "uint8_t": ctypes.c_uint8,
    "int8_t": ctypes.c_int8,
    "uint16_t": ctypes.c_uint16,
    "int16_t": ctypes.c_int16,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
}


def tool(name: str) -> str:
    """A program; skips if it is missing."""
    if shutil.which(name) is None:
        pytest.skip(f"needs {name}")
    return name


def compiled(files: list[Path], out: Path, *flags: str, compiler: str = "gcc") -> Path:
    """The program of C files; every warning is an error."""
    standard = "-std=c++11" if compiler == "g++" else "-std=c99"
    words = [tool(compiler), standard, *WARNINGS, *flags, *map(str, files), "-o", str(out)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def said(program: Path) -> tuple[int, str]:
    """What a program returns and says."""
    done = subprocess.run([program], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


class Library:
    """`NAME.c` in a library: steps, and the states after each."""

    def __init__(self, network: IntegerNetwork, name: str, size: tuple[int, ...] | None, library: Path) -> None:
        self.plan: Plan = plan(network, name, size)
        self.loaded = ctypes.CDLL(str(library))
        fields = [(member.name, KINDS[member.c_type] * member.count) for member in self.plan.members]
        self.state: Any = type("State", (ctypes.Structure,), {"_fields_": fields})()
        self._reset, self._step = (getattr(self.loaded, f"{name}_{what}") for what in ("reset", "step"))
        self._reset.restype = None
        self.outputs = {name: (KINDS[values.c_type] * values.count)() for name, values in self.plan.outputs.items()}

    @classmethod
    def of(cls, network: IntegerNetwork, source: Path, size: tuple[int, ...] | None, name: str = "") -> "Library":
        """`source`, compiled; `name` is that of the network, if not of the file."""
        path = compiled([source], source.with_suffix(".so"), "-shared", "-fPIC", "-O1")
        return cls(network, name or source.stem, size, path)

    def reset(self) -> None:
        self._reset(ctypes.byref(self.state))

    @property
    def output(self) -> Any:
        """The first output."""
        return next(iter(self.outputs.values()))

    def step(self, events: NDArray[Any] | Mapping[str, NDArray[Any]]) -> int:
        """What the step returns, for the counts of one sample; of several inputs by name."""
        given = []
        for name, values in self.plan.inputs.items():
            array = events[name] if isinstance(events, Mapping) else events
            given.append(np.ascontiguousarray(array.ravel(), values.c_type.removesuffix("_t")))
        pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in given]
        return int(self._step(ctypes.byref(self.state), *pointers, *self.outputs.values()))

    def soil(self) -> None:
        """Leave nonsense in all that a step may not read before it has written it."""
        scratch = [getattr(self.state, member.name) for member in self.plan.members if member.scratch]
        for array in (*scratch, *self.outputs.values()):
            ctypes.memset(array, 0x55, ctypes.sizeof(array))

    def run(self, events: NDArray[Any] | Mapping[str, NDArray[Any]], steps: int) -> dict[str, NDArray[np.int64]]:
        """As `reference_states`, for [T, B, ...], each [steps, B, n]."""
        found = []
        by_name = events if isinstance(events, Mapping) else dict.fromkeys(self.plan.inputs, events)
        samples = next(iter(by_name.values())).shape[1]
        for sample in range(samples):
            self.reset()
            for t in range(steps):
                self.soil()
                assert self.step({name: x[min(t, len(x) - 1), sample] for name, x in by_name.items()}) == 0
                values = {m.key: np.array(getattr(self.state, m.name), np.int64) for m in self.plan.members if m.key}
                outputs = {self.plan.network.named(name): array for name, array in self.outputs.items()}
                found.append(values | {name: np.array(array, np.int64) for name, array in outputs.items()})
        shape = (samples, steps, -1)
        return {name: np.stack([v[name] for v in found]).reshape(shape).swapaxes(0, 1) for name in found[0]}


def in_c(
    network: IntegerNetwork, inputs: Any, folder: Path, size: tuple[int, ...] | None = None
) -> dict[str, NDArray[np.int64]]:
    """What the network gives in C for inputs [T, B, ...], and its states, as `Library.run` has them."""
    made = plan(network, "net", size)
    for name, text in (("net.h", header(made)), ("net.c", source(made))):
        (folder / name).write_text(text)
    return Library.of(network, folder / "net.c", size).run(inputs, len(inputs))


def compared(
    network: IntegerNetwork, inputs: Any, folder: Path, size: tuple[int, ...] | None = None
) -> tuple[int, int]:
    """How many values of every output and state after every step are compared with the reference, how many are not 0.

    An AssertionError if one differs, or is not there.
    """
    made = plan(network, "net", size)
    for name, text in (("net.h", header(made)), ("net.c", source(made))):
        (folder / name).write_text(text)
    wanted = reference_states(network, inputs)
    steps = max(map(len, wanted.values()))
    found = Library.of(network, folder / "net.c", size).run(inputs, steps)
    # What recurrent neurons spike has two names; a read-out that is no output is its membrane.
    # What recurrent neurons spike has two names; a read-out that is no output is its membrane; delays keep rings in C.
    others = [name for name in wanted if name not in found and not name.endswith(".line")]
    assert all(name.partition(".")[0] in ("spikes", "membrane") for name in others)
    total = nonzero = 0
    for name, values in found.items():
        expected = wanted[name].reshape(*wanted[name].shape[:2], -1)
        assert np.array_equal(values, np.broadcast_to(expected, values.shape)), name
        total, nonzero = total + values.size, nonzero + int(np.count_nonzero(values))
    return total, nonzero
