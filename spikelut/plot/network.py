"""A network in integers while it runs: spikes and membranes of all its layers."""

from typing import TYPE_CHECKING, Any

import numpy as np

from spikelut._checks import require_int
from spikelut._extras import names_extra
from spikelut.plot.arrays import array_of
from spikelut.plot.sequences import membranes, raster
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.reference import LayerStates, stages

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@names_extra
def network(network: IntegerNetwork, events: Any, *, sample: int = 0) -> "Figure":
    """A figure of the input and the layers of neurons of an integer network on one sample, one below the other.

    On the left are the spikes of each layer. On the right are some of its membranes after each step, in real units,
    with the threshold and with marks where they spiked. `events` are counts [T, B, ...], tensors or arrays, or these by
    the names of inputs. ValueError for inputs that the network does not take.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> figure = plot.network(quant.integer(model), torch.rand(10, 2, 8) < 0.5)
    >>> [axes.get_title() for axes in figure.axes if axes.get_title()]
    ['input', '1: spikes', '1: membranes']
    ```
    """
    from matplotlib.figure import Figure

    given = {name: array_of(x) for name, x in (events if isinstance(events, dict) else {"": events}).items()}
    for array in given.values():
        require_int("network", "sample", sample, 0, array.shape[1] - 1 if array.ndim > 1 else 0)
    one = {name: array[:, sample : sample + 1] for name, array in given.items()}
    found = list(stages(network, one if isinstance(events, dict) else one[""]))
    rows = len(one) + len(found)
    figure = Figure(figsize=(9, 0.4 + 1.9 * rows), layout="constrained")
    grid = figure.subplots(rows, 2, squeeze=False)
    for (left, right), (name, array) in zip(grid, one.items(), strict=False):
        raster(array, title=name or "input", ax=left)
        right.set_visible(False)
    for (left, right), stage in zip(grid[len(one) :], found, strict=True):
        draw_stage(left, right, stage)
    return figure


def draw_stage(left: "Axes", right: "Axes", stage: LayerStates, sample: int = 0) -> None:
    """The spikes of a layer, unless it is a read-out, and its membranes, on one of the samples it ran on."""
    name = stage.layer.name
    if stage.layer.reads_out:
        left.set_visible(False)
    else:
        raster(stage.spikes, sample=sample, title=f"{name}: spikes", ax=left)
    draw_membranes(right, stage, sample)


def draw_membranes(axes: "Axes", stage: LayerStates, sample: int = 0) -> None:
    """Some membranes of a layer in real units, with its threshold."""
    layer, step = stage.layer, stage.layer.spec.membrane.step
    mem = stage.states[layer.kind.states[0].name]
    level: Any = None
    if not layer.reads_out and "graded" not in layer.others:
        level = np.asarray(layer.spec.threshold) * step
        if level.ndim:  # of each neuron, or channel
            level = level.repeat(mem[0, 0, 0].size)
        if "adaptation" in stage.states:
            raised = stage.states["adaptation"][:, sample].reshape(len(mem), -1)
            level = level + raised * step
    fired = None if level is None else stage.spikes
    membranes(mem * step, threshold=level, spikes=fired, sample=sample, title=f"{layer.name}: membranes", ax=axes)
