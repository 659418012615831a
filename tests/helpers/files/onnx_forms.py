"""Running exported files of every form in onnxruntime."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from spikelut.export.runtimes._in_process import FLOAT_PRODUCTS

TYPES = {
    "tensor(float)": np.float32,
    "tensor(uint8)": np.uint8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}


def run(path: Path, x: NDArray[Any], form: str, threads: int = 1) -> dict[str, NDArray[Any]]:
    """What a file gives, by layer, [T, B, ...], for inputs [T, B, ...] (or [1, B, ...] repeated by the network)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry(*FLOAT_PRODUCTS)
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    types = {i.name: TYPES[i.type] for i in session.get_inputs()}
    names = [o.name for o in session.get_outputs()]
    if form != "step":
        given = {"input": np.ascontiguousarray(x, types["input"])}
        return _by_layer(dict(zip(names, session.run(names, given), strict=True)))
    shapes = {i.name: [len(x[0]) if n == "B" else n for n in i.shape] for i in session.get_inputs()}
    states = {name: np.zeros(shapes[name], kind) for name, kind in types.items() if name != "input"}
    trains: dict[str, list[NDArray[Any]]] = {}
    for row in x:
        found = dict(zip(names, session.run(names, {"input": row.astype(types["input"]), **states}), strict=True))
        states = {name: found.pop(f"{name}.next") for name in states}
        for name, value in found.items():
            trains.setdefault(name, []).append(value)
    return _by_layer({name: np.stack(rows) for name, rows in trains.items()})


def _by_layer(outputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.split(".", 1)[1]: value for name, value in outputs.items()}


def run_one(path: Path, inputs: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """The only output of a file."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, inputs)
    return np.asarray(found)
