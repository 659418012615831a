"""One sample, one time step: what a device does as events come in."""

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_case_inference import folder, network
from bench_peers import load
from numpy.typing import NDArray

from spikelut import export, quant

FLAGS = ("-std=c99", "-O2", "-shared", "-fPIC")
"""Nothing of this machine's own, as for a device."""
RATES = (1, 5, 20, 100)
"""Per cent of the inputs that have an event."""

DOT = """
#include <stdint.h>

/* All synaptic sums of int8 weights and int8 inputs, and nothing else. */
{arrays}

void step(const int8_t *input, int32_t *output)
{{
{calls}}}
"""


def events(rate: int, inputs: int = 784) -> NDArray[np.float32]:
    """Spikes [1, 1, inputs], `rate` per cent of them ones, spread evenly."""
    chosen = torch.randperm(inputs, generator=torch.Generator().manual_seed(0))[: max(1, inputs * rate // 100)]
    x = np.zeros((1, 1, inputs), np.float32)
    x[0, 0, chosen.numpy()] = 1
    return x


@lru_cache
def stepping(name: str) -> Path:
    """The network as an ONNX file of one step, whose states go in and out."""
    path = Path(folder().name) / f"{name}.step.onnx"
    export.to_onnx(network(name), (1, 1, 784), path, "integer", form="step")
    return path


def in_onnxruntime(name: str, x: NDArray[Any]) -> Work:
    """A step of the file in onnxruntime, one thread; what comes out goes in again."""
    runtime = load("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(str(stepping(name)), options, providers=["CPUExecutionProvider"])
    inputs, outputs = session.get_inputs(), [out.name for out in session.get_outputs()]
    kinds = {
        "tensor(float)": np.float32,
        "tensor(uint8)": np.uint8,
        "tensor(int32)": np.int32,
        "tensor(int64)": np.int64,
    }
    given: dict[str, Any] = {}
    for one in inputs:
        shape = [size if isinstance(size, int) else 1 for size in one.shape]
        given[one.name] = np.zeros(shape, kinds[one.type])
    first = inputs[0]
    given[first.name] = x.reshape(given[first.name].shape).astype(kinds[first.type])
    states = [one.name for one in inputs[1:]]

    def step() -> Any:
        found = session.run(outputs, given)
        given.update(zip(states, found[len(outputs) - len(states) :], strict=True))
        return found[0]

    return Work(step)


def in_torch(name: str, x: NDArray[Any]) -> Work:
    """The module itself on one step, without gradients."""
    model, given = network(name), torch.from_numpy(x)

    def step() -> Any:
        with torch.inference_mode():
            return model(given)

    return Work(step)


def in_numpy(name: str, x: NDArray[Any]) -> Work:
    """The NumPy reference on one step."""
    reference = quant.integer(network(name))
    return Work(lambda: reference.run(x))


def built(target: Path, *sources: str) -> ctypes.CDLL:
    """A library of C; `Unavailable` without gcc."""
    if shutil.which("gcc") is None:
        raise Unavailable("gcc is not installed")
    subprocess.run(["gcc", *FLAGS, *sources, "-o", "net.so"], cwd=target, check=True)
    return ctypes.CDLL(str(target / "net.so"))


@lru_cache
def c_network(name: str) -> ctypes.CDLL:
    """`step` of the network, with a state of its own, which `rest` puts at rest."""
    target = Path(folder().name) / f"{name}.step"
    export.to_c(network(name), target, "net", steps=1)
    text = (
        "static net_state state;\nvoid rest(void)\n{\n    net_reset(&state);\n}\n"
        "void step(const uint8_t *x, uint8_t *y)\n{\n    net_step(&state, x, y);\n}\n"
    )
    (target / "run.c").write_text(f'#include "net.h"\n{text}')
    library = built(target, "net.c", "run.c")
    library.rest()
    return library


@lru_cache
def c_dot(name: str) -> Any:
    """The int8 dot products of the same sizes alone, neuron by neuron."""
    target = Path(folder().name) / f"{name}.dot"
    target.mkdir()
    sizes = tuple(map(int, name.split("-")))
    random, arrays, calls = np.random.default_rng(0), [], []
    for number, (i, o) in enumerate(pairwise(sizes)):
        rows = ",\n".join("{" + ",".join(map(str, row)) + "}" for row in random.integers(-127, 128, (o, i)))
        arrays.append(f"static const int8_t w{number}[{o}][{i}] = {{{rows}}};\nstatic int8_t x{number + 1}[{o}];")
        source = "input" if number == 0 else f"x{number}"
        calls.append(
            f"    for (int o = 0; o < {o}; ++o) {{\n        int32_t sum = 0;\n"
            f"        for (int i = 0; i < {i}; ++i) {{ sum += (int32_t)w{number}[o][i] * {source}[i]; }}\n"
            f"        x{number + 1}[o] = (int8_t)(sum >> 8);\n        output[o] = sum;\n    }}\n"
        )
    (target / "dot.c").write_text(DOT.format(arrays="\n".join(arrays), calls="".join(calls)))
    return built(target, "dot.c").step


def in_c(function: Any, x: NDArray[Any], dtype: Any) -> Work:
    """A step of a function of C."""
    given, out = np.ascontiguousarray(x.astype(dtype)).ravel(), np.zeros(4096, np.int32)
    function.argtypes, function.restype = (ctypes.c_void_p, ctypes.c_void_p), None
    at = given.ctypes.data, out.ctypes.data

    def step() -> Any:
        function(*at)
        return given, out  # which stay while their addresses are used

    return Work(step)


class Streaming(Case):
    """784-128-10 on one sample, a step a call."""

    name = "streaming"
    title = "One sample, one step a call"
    text = (
        "As on a device, each call computes one time step of one sample. The network is 784-128-10 in the "
        f"integers of Loihi 2; C is compiled by gcc {' '.join(FLAGS[:2])}. `rate` is the percentage of inputs "
        "with an event. `int8 dot products` are only the synaptic sums, in C, of all inputs, with or without an "
        "event."
    )
    main = ("torch",)
    size = "784-128-10"

    def settings(self) -> list[Setting]:
        return [{"network": self.size, "rate": rate, "threads": 1} for rate in RATES]

    def quick(self) -> list[Setting]:
        return [{"network": self.size, "rate": 20, "threads": 1}]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        name, x = str(setting["network"]), events(int(setting["rate"]))
        yield from ours("torch", lambda: in_torch(name, x), backends)
        yield Contender("NumPy reference", lambda: in_numpy(name, x))
        yield Contender("onnxruntime, integer", lambda: in_onnxruntime(name, x))
        yield Contender("C", lambda: in_c(c_network(name).step, x, np.uint8))
        yield Contender("int8 dot products", lambda: in_c(c_dot(name), x, np.int8))

    def check(self) -> int:
        """C, onnxruntime and torch give the spikes of the NumPy reference over steps of states that go on."""
        x = np.concatenate([events(rate) for rate in (20, 5, 100, 20)])
        *_, last = quant.integer(network(self.size)).run(x).values()
        assert last.any()
        compared = 0
        try:
            library = c_network(self.size)
        except Unavailable:
            return compared
        library.rest()  # a library that is loaded stays, and with it the state of the last run
        function = library.step
        function.argtypes, function.restype = (ctypes.c_void_p, ctypes.c_void_p), None
        for step, wanted in zip(x, last, strict=True):
            given, out = np.ascontiguousarray(step.astype(np.uint8)).ravel(), np.zeros(10, np.uint8)
            function(given.ctypes.data, out.ctypes.data)
            compared += equal("C", torch.from_numpy(out), torch.from_numpy(wanted.ravel().astype(np.uint8)))
        return compared
