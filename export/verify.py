"""Running exported files and counting the spikes that differ."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import is_finite, require
from spikelut._extras import names_extra
from spikelut.quant.weights.input_events import check_events


class SpikeCount(NamedTuple):
    """How many spikes, or membranes of a read-out, of every layer, step, sample and neuron were compared.

    `different` of them are not the same, and `nonzero` are not zero in what was expected: of a network that is silent
    nothing is proven.
    """

    compared: int
    different: int
    nonzero: int = 0

    @property
    def nonzero_share(self) -> float:
        """Of all values compared; 0 if there are none."""
        return self.nonzero / self.compared if self.compared else 0.0

    def plus(self, other: "SpikeCount") -> "SpikeCount":
        """The sum of both counts."""
        return SpikeCount(*(a + b for a, b in zip(self, other, strict=True)))


@names_extra
def run_onnx(
    path: str | os.PathLike[str], spikes: NDArray[np.generic], *, time_limit: float = 600.0
) -> dict[str, NDArray[Any]]:
    """The outputs of an exported file in onnxruntime on the CPU, by layer name, for input events [T, B, ...].

    Files of one step are run step by step from rest. Events are counts for the dialect integer, real values for others;
    they must be those of the network, as the file says, or of another file what the type of its input holds. The
    options are those of `spikelut verify`. The file may come from anywhere: it is checked, and runs in a process of
    its own, for at most `time_limit` seconds.
    Raises ValueError for other events or if it is no valid model of a network, RuntimeError if onnxruntime fails or
    does not end, OSError if the file cannot be read.
    """
    from spikelut.export.onnx_graph.safe_load import load_model
    from spikelut.export.runtimes import Session, by_name, describe, replay

    require(is_finite(time_limit) and time_limit > 0, "run_onnx", "time_limit must be > 0", time_limit)
    if find_spec("onnxruntime") is None:
        raise ModuleNotFoundError("onnxruntime is not installed", name="onnxruntime")
    model, runtime = load_model(path), by_name("onnxruntime")
    runtime.patience = time_limit
    file = describe(model)
    require(file.events is not None, "run_onnx", "inputs must be those of a network", [p.name for p in file.inputs])
    assert file.events is not None  # as was just required
    if file.input_range is not None:
        check_events("run_onnx", "spikes", np.asarray(spikes), *file.input_range)
    with Session(runtime, model) as session:
        outputs = replay(session, file, np.ascontiguousarray(spikes, file.events.dtype))
    return {name.removeprefix("spikes.").removeprefix("membrane."): array for name, array in outputs.items()}


def count_differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> SpikeCount:
    """Compare the spike trains of the same layers. Raises ValueError if layers or shapes are not the same."""
    require(expected.keys() == actual.keys(), "count_differences", f"layers must be {list(expected)}", list(actual))
    total = SpikeCount(0, 0)
    for name, train in expected.items():
        a, b = np.asarray(train), np.asarray(actual[name])
        require(a.shape == b.shape, "count_differences", f"layer {name!r} must have shape {a.shape}", b.shape)
        total = total.plus(SpikeCount(a.size, int((a != b).sum()), int(np.count_nonzero(a))))
    return total
