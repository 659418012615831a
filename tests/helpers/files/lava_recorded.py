"""What lava-dl's authors recorded of its trained networks, and what its netx computed, beside ours."""

from typing import Any

import numpy as np
from golden_vectors import Ints
from packages import ROOT

from spikelut.quant import IntegerLIF, IntegerNetwork

GOLDEN = ROOT / "tests" / "golden"
RECORDED = ROOT.parent / "shared" / "data" / "lava_dl"
"""The authors' files, some of them too large for a repository."""


def traced(network: IntegerNetwork, x: Any) -> dict[str, dict[str, Ints]]:
    """Of each layer of neurons, by name, all states after each step [T, ...], what it gives as `out`; of one sample.

    `u` is Lava's current: the synaptic one, or where that keeps nothing what comes in; `v` its membrane.
    """
    values: dict[str, Any] = {"input": np.asarray(x, np.int64)[:, None]}
    found: dict[str, dict[str, Ints]] = {}
    for node in network.nodes:
        layer, (given,) = node.layer, (values[name] for name in node.inputs)
        if not isinstance(layer, IntegerLIF):
            values[layer.name] = layer.run(given)
            continue
        trace = layer.trace(given)
        values[layer.name] = trace[layer.kind.states[0].name] if layer.reads_out else trace["spikes"]
        trace |= {"u": trace.get("syn", trace["arriving"]), "out": values[layer.name]}
        if layer.reads_out and "mem" in trace:
            trace["u"] = trace["mem"]  # netx lets the current add up, and the membrane follow
        trace |= {"v": trace["mem"]} if "mem" in trace else {}
        found[layer.name] = {name: states[:, 0] for name, states in trace.items()}
    return found


def arrays(name: str) -> dict[str, Ints]:
    """The authors' arrays of a file, time first and images [C, H, W]; there time is last, and images are [W, H, C]."""
    with np.load(RECORDED / f"{name}.npz") as file:
        found = {key: np.moveaxis(file[key].astype(np.int64), -1, 0) for key in file.files if file[key].ndim in (2, 4)}
        found |= {key: file[key].astype(np.int64) for key in file.files if file[key].ndim == 3}
    return {key: a.transpose(0, 3, 2, 1) if a.ndim == 4 else a.T if a.ndim == 3 else a for key, a in found.items()}
