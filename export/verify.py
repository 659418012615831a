"""Running exported files and counting the spikes that differ."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import is_finite, require, require_path, require_type
from spikelut._extras import names_extra
from spikelut.quant.network.signal import PREFIX
from spikelut.quant.weights.input_events import check_events


class SpikeCount(NamedTuple):
    """How many spikes, or membranes of a read-out, were compared: of every layer, step, sample and neuron.

    `different` of them are not the same, and `nonzero` are not zero in what was expected: a silent network proves
    nothing.

    ```pycon
    >>> count = export.SpikeCount(compared=100, different=1, nonzero=20)
    >>> count.plus(count)
    SpikeCount(compared=200, different=2, nonzero=40)
    ```
    """

    compared: int
    different: int
    nonzero: int = 0

    @property
    def nonzero_share(self) -> float:
        """The share of the values compared that are not zero; 0 if none were compared."""
        return self.nonzero / self.compared if self.compared else 0.0

    def plus(self, other: "SpikeCount") -> "SpikeCount":
        """The sum of both counts."""
        return SpikeCount(*(a + b for a, b in zip(self, other, strict=True)))


@names_extra
def run_onnx(
    path: str | os.PathLike[str],
    spikes: NDArray[np.generic] | Mapping[str, NDArray[np.generic]],
    *,
    time_limit: float = 600.0,
) -> dict[str, NDArray[Any]]:
    """Run an exported file in onnxruntime on the CPU: its outputs by layer name, for input events [T, B, ...].

    For a network with several inputs, `spikes` is a dictionary of arrays by name.

    Raises ValueError for events that do not fit, or if the file is not a valid model of a network; RuntimeError if
    onnxruntime fails or does not end; and OSError if the file cannot be read.

    Files of one step are run step by step from rest. Events are counts for the dialect integer, and real values for the
    others. They must be valid for the network, as the file says; for files of other programs, the type of the input
    must hold them. The options are those of `spikelut verify`. The file may come from anywhere: it is checked, and runs
    in a process of its own, for at most `time_limit` seconds.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = export.to_onnx(model, (10, 2, 8), "model.onnx", dialect="integer")
    >>> {name: spikes.shape for name, spikes in export.run_onnx("model.onnx", torch.ones(10, 2, 8).numpy()).items()}
    {'1': (10, 2, 4)}
    ```
    """
    require_path("run_onnx", "path", path)
    from spikelut.export.onnx_graph.safe_load import load_model
    from spikelut.export.runtimes import Session, by_name, describe, replay

    require(is_finite(time_limit) and time_limit > 0, "run_onnx", "time_limit must be > 0", time_limit)
    if find_spec("onnxruntime") is None:
        raise ModuleNotFoundError("onnxruntime is not installed", name="onnxruntime")
    model, runtime = load_model(path), by_name("onnxruntime")
    runtime.patience = time_limit
    file = describe(model)
    require(bool(file.entries), "run_onnx", "inputs must be those of a network", [p.name for p in file.inputs])
    names, several = [port.name for port in file.entries], isinstance(spikes, Mapping)
    given = dict(spikes) if isinstance(spikes, Mapping) else {names[0]: spikes}
    require(sorted(given) == sorted(names), "run_onnx", f"spikes must be of {', '.join(names)}", sorted(given))
    for name, one in file.ranges.items():
        check_events("run_onnx", name if several else "spikes", np.asarray(given[name]), *one)
    with Session(runtime, model) as session:
        arrays = {port.name: np.ascontiguousarray(given[port.name], port.dtype) for port in file.entries}
        outputs = replay(session, file, arrays)
    return {_layer(name): array for name, array in outputs.items()}


def _layer(output: str) -> str:
    """The layer, or the state of one, that an output is of."""
    return next((output.removeprefix(f"{p}.") for p in PREFIX.values() if output.startswith(f"{p}.")), output)


def count_differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> SpikeCount:
    """Count the spikes in which two runs differ, layer by layer, step by step: a deployed file against the reference.

    Both are spike trains, or membranes of a read-out, by layer name. Raises ValueError if layers or shapes are not the
    same.

    ```pycon
    >>> import numpy as np
    >>> export.count_differences({"lif": np.array([[0, 1, 1]])}, {"lif": np.array([[0, 1, 0]])})
    SpikeCount(compared=3, different=1, nonzero=2)
    ```
    """
    for name, given in (("expected", expected), ("actual", actual)):
        require_type("count_differences", name, given, Mapping, "a mapping of layers to their spikes")
    require(expected.keys() == actual.keys(), "count_differences", f"layers must be {list(expected)}", list(actual))
    total = SpikeCount(0, 0)
    for name, train in expected.items():
        a, b = np.asarray(train), np.asarray(actual[name])
        require(a.shape == b.shape, "count_differences", f"layer {name!r} must have shape {a.shape}", b.shape)
        total = total.plus(SpikeCount(a.size, int((a != b).sum()), int(np.count_nonzero(a))))
    return total
