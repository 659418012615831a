"""Inference of an exported network: runtimes of ONNX files, compiled C, and torch."""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_case_train import STEPS, events, ours_quantised, table
from bench_peers import load
from numpy.typing import NDArray
from torch import nn

from spikelut import export, quant

FLAGS = ("-std=c99", "-O3", "-march=native", "-shared", "-fPIC")
Run = Callable[[NDArray[Any]], NDArray[Any]]
"""From events [T, B, 784] to spikes [T, B, 10]."""


@lru_cache
def network(name: str) -> nn.Sequential:
    """A network of fully connected layers, such as 784-128-10."""
    return ours_quantised(table(), tuple(map(int, name.split("-")))).eval()


@lru_cache(maxsize=1)
def folder() -> tempfile.TemporaryDirectory[str]:
    """Where the files are, until the process ends."""
    return tempfile.TemporaryDirectory()


@lru_cache
def exported(name: str, dialect: Any) -> Path:
    """The network as an ONNX file of any number of steps."""
    path = Path(folder().name) / f"{name}.{dialect}.onnx"
    export.to_onnx(network(name), (STEPS, 1, 784), path, dialect)
    return path


def in_torch(name: str) -> Run:
    """The module itself, without gradients."""
    model = network(name)

    def run(x: NDArray[Any]) -> NDArray[Any]:
        with torch.inference_mode():
            spikes: NDArray[Any] = model(torch.from_numpy(x)).numpy()
        return spikes

    return run


def in_onnxruntime(name: str, dialect: str, threads: int) -> Run:
    """An ONNX file in onnxruntime."""
    runtime = load("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    session = runtime.InferenceSession(str(exported(name, dialect)), options, providers=["CPUExecutionProvider"])
    (wanted,) = session.get_inputs()
    names = [out.name for out in session.get_outputs()]
    kind = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}[wanted.type]

    def run(x: NDArray[Any]) -> NDArray[Any]:
        spikes: NDArray[Any] = session.run(names, {wanted.name: x.astype(kind, copy=False)})[0]
        return spikes

    return run


def in_c(name: str) -> Run:
    """The network as C99, one sample after the other."""
    function = compiled(name)

    def run(x: NDArray[Any]) -> NDArray[Any]:
        inputs = np.ascontiguousarray(x.swapaxes(0, 1).astype(np.uint8, copy=False))
        spikes = np.empty((x.shape[1], STEPS, 10), np.uint8)
        for taken, given in zip(inputs, spikes, strict=True):
            function(taken.ctypes.data, given.ctypes.data)
        return spikes.swapaxes(0, 1)

    return run


SEQUENCE = f"""
#include "net.h"

void run(const uint8_t *input, uint8_t *output)
{{
    static net_state state;
    net_reset(&state);
    for (int t = 0; t < {STEPS}; ++t) {{
        net_step(&state, input + t * NET_INPUTS, output + t * NET_OUTPUTS);
    }}
}}
"""


@lru_cache
def compiled(name: str) -> Any:
    """All steps of one sample; `Unavailable` without gcc."""
    if shutil.which("gcc") is None:
        raise Unavailable("gcc is not installed")
    target = Path(folder().name) / name
    export.to_c(network(name), target, "net", steps=STEPS)
    (target / "run.c").write_text(SEQUENCE)
    subprocess.run(["gcc", *FLAGS, "net.c", "run.c", "-o", "net.so"], cwd=target, check=True)
    function = ctypes.CDLL(str(target / "net.so")).run
    function.argtypes, function.restype = (ctypes.c_void_p, ctypes.c_void_p), None
    return function


class Inference(Case):
    """Fully connected networks, T = 25, without gradients."""

    name = "inference"
    title = "Inference of exported networks, T = 25"
    text = (
        f"Input events go in, output spikes come out. C is compiled by gcc {' '.join(FLAGS[:3])}, and computes "
        "one sample after the other, in one thread."
    )
    main = ("torch",)

    def settings(self) -> list[Setting]:
        sizes = [("784-128-10", 1), *(("784-512-512-10", batch) for batch in (1, 16, 128))]
        return [{"network": name, "batch": batch, "threads": t} for name, batch in sizes for t in (1, 2)]

    def quick(self) -> list[Setting]:
        return self.settings()[:1]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        name, threads = str(setting["network"]), int(setting["threads"])
        x = events(int(setting["batch"]))[0].numpy()

        def made(run: Run, dtype: type) -> Work:
            given: NDArray[Any] = x.astype(dtype)
            return Work(lambda: run(given))

        yield from ours("torch", lambda: made(in_torch(name), np.float32), backends)
        yield Contender("onnxruntime, integer", lambda: made(in_onnxruntime(name, "integer", threads), np.uint8))
        yield Contender("onnxruntime, flat", lambda: made(in_onnxruntime(name, "flat", threads), np.float32))
        if threads == 1:
            yield Contender("C", lambda: made(in_c(name), np.uint8))

    def check(self) -> int:
        """All give the spikes of the NumPy reference."""
        x, name = events(3)[0].numpy(), "784-128-10"
        *_, last = quant.integer(network(name)).run(x).values()
        wanted = torch.from_numpy(last)
        assert 0 < wanted.float().mean() < 1
        makers: dict[str, Callable[[], Run]] = {
            "torch": lambda: in_torch(name),
            "onnxruntime, integer": lambda: in_onnxruntime(name, "integer", 1),
            "onnxruntime, flat": lambda: in_onnxruntime(name, "flat", 1),
            "C": lambda: in_c(name),
        }
        compared = 0
        for who, make in makers.items():
            try:
                compared += equal(who, torch.from_numpy(make()(x).copy()), wanted)
            except Unavailable:
                continue
        return compared
