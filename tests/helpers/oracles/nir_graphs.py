"""NIR graphs as other libraries write them, built by hand."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

nir: Any = pytest.importorskip("nir", reason="nir is not installed")

DT = 1e-3


def normal(*shape: int, gain: float = 0.4) -> Any:
    return (np.random.default_rng(sum(shape)).normal(size=shape) * gain).astype(np.float32)


def each(low: float, high: float, *shape: int) -> Any:
    return np.linspace(low, high, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def full(value: float, *shape: int) -> Any:
    return np.full(shape, value, np.float32)


def lif(n: int, **changed: Any) -> Any:
    fields = {"tau": full(8e-3, n), "r": full(8.0, n), "v_leak": full(0.0, n), "v_threshold": full(1.0, n)}
    return nir.LIF(**{**fields, "v_reset": full(0.0, n), **changed})


def cuba(n: int) -> Any:
    slow = {"tau_mem": full(16e-3, n), "tau_syn": full(4e-3, n), "w_in": each(2.0, 6.0, n)}
    rest = {"r": each(10.0, 20.0, n), "v_leak": each(-2.0, 4.0, n), "v_threshold": each(0.5, 2.0, n)}
    return nir.CubaLIF(**slow, **rest, v_reset=full(0.0, n))


def graph(*nodes: Any, shape: tuple[int, ...] = (6,), out: int = 5) -> Any:
    """A chain of `nodes`, named 0, 1, ..., without NIR's own check of types."""
    names = [str(i) for i in range(len(nodes))]
    ends = {"input": nir.Input({"input": np.array(shape)}), "output": nir.Output({"output": np.array([out])})}
    edges = list(pairwise(["input", *names, "output"]))
    return nir.NIRGraph(dict(zip(names, nodes, strict=True)) | ends, edges, type_check=False)


def recurrent(neuron: Any, weights: Any, n: int) -> Any:
    ends = {"in": nir.Input({"input": np.array([n])}), "out": nir.Output({"output": np.array([n])})}
    edges = [("in", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "out")]
    return nir.NIRGraph({"lif": neuron, "w_rec": weights, **ends}, edges, type_check=False)


def dense(neuron: Any, readout: Any) -> Any:
    return graph(nir.Affine(normal(12, 6), normal(12, gain=0.1)), neuron, nir.Linear(normal(5, 12)), readout)


GRAPHS: dict[str, Callable[[], Any]] = {
    "lif": lambda: dense(lif(12), nir.LI(full(5e-3, 5), full(1.0, 5), full(0.0, 5))),
    "scaled": lambda: dense(
        lif(12, r=each(4.0, 12.0, 12), v_threshold=each(0.5, 2.0, 12), v_leak=each(-1.0, 2.0, 12)),
        nir.LI(full(5e-3, 5), each(1.0, 2.0, 5), each(-1.0, 1.0, 5)),
    ),
    "if": lambda: dense(nir.IF(each(0.5, 1.0, 12), each(0.5, 2.0, 12), full(0.0, 12)), nir.I(full(1.0, 5))),
    "cuba": lambda: dense(cuba(12), nir.CubaLI(full(4e-3, 5), full(8e-3, 5), full(3.0, 5), full(0.1, 5), full(2.0, 5))),
    "recurrent": lambda: dense(recurrent(lif(12, r=each(4, 9, 12)), nir.Linear(normal(12, 12)), 12), nir.I(full(1, 5))),
    "images": lambda: graph(
        nir.Conv2d((8, 8), normal(4, 2, 3, 3), 1, (1, 0), 1, 1, normal(4, gain=0.1)),
        nir.LIF(*(full(v, 4, 8, 6) for v in (4e-3, 4.0, 0.0)), each(0.5, 2, 4)[:, None, None] * full(1, 4, 8, 6)),
        nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
        nir.Conv2d((4, 3), normal(4, 2, 3, 3), (1, 1), "same", 1, 2, full(0.0, 4)),
        nir.IF(full(1.0, 4, 4, 3), full(1.0, 4, 4, 3), full(0.0, 4, 4, 3)),
        nir.AvgPool2d(np.array([2, 2]), np.array([1, 1]), np.array([0, 0])),
        nir.Flatten({"input": np.array([4, 3, 2])}, 0, -1),
        nir.Linear(normal(5, 24)),
        nir.LI(full(5e-3, 5), full(1.0, 5), full(0.0, 5)),
        shape=(2, 8, 8),
    ),
}
