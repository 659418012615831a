"""What became of each layer of a float network on a chip."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from spikelut._torch import children
from spikelut.quant.backends.contract import to_codes
from spikelut.quant.conversion.calibration import Scale, input_gain, of_rows
from spikelut.quant.conversion.read_network import Stage
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.reading.integers import integer_neurons

Values = float | tuple[float, ...]


def _listed(values: Any) -> Values:
    return tuple(values.tolist()) if isinstance(values, Tensor) else float(values)


@dataclass(frozen=True)
class LayerReport:
    """What `convert` did to one layer: the weights `weights` and the neurons `neurons`, and the error it made.

    - `scale`: what weights, biases and the threshold were multiplied by. `clipped`: share of weights beyond the codes.
    - `weight_error`: root mean square of weight changes over that of the weights.
    - `beta`, `threshold`: before, and in force; the threshold on the float network's scale, None for a read-out. Of
      each neuron's own values a tuple of all.
    - `saturated`: share of neuron steps in which a register did. `dead`, `dead_before`: share of neurons without a
      spike, after and before.
    - `differing`: share of spikes that differ; `first_difference`: the first time step in which one does, or None.
    - `changes`: what else was changed, in words.
    - `misread`: share of the layer's outputs that differ by these changes alone, before anything is quantised.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> report = quant.convert(floats, hw_profiles.load("loihi2"), events).layers[0]
    >>> report.weights, report.neurons, report.weight_error < 0.01
    ('0', '1', True)
    ```
    """

    weights: str
    neurons: str
    scale: float
    clipped: float
    weight_error: float
    beta: tuple[Values, Values]
    threshold: tuple[Values, Values] | None
    saturated: float
    dead: float
    dead_before: float
    differing: float
    first_difference: int | None
    changes: tuple[str, ...]
    misread: float = 0.0


def reports(
    model: nn.Sequential, stages: list[Stage], scales: list[Scale], own: list[Tensor], events: Tensor
) -> tuple[LayerReport, ...]:
    """Run the quantised network on the calibration data and set it beside what the float one's layers gave, `own`."""
    found: list[LayerReport] = []
    signal, parts = events, children(model)
    model.eval()
    with torch.no_grad():
        for name, module in parts.items():
            assert module is not None  # all were just put there
            stage = next((s for s in stages if s.neuron_name == name), None)
            if stage is None:
                signal = module(signal)
                continue
            before = own[len(found)]
            layer: Any = parts[stage.name]
            found.append(_report(stage, scales[len(found)], layer, module, signal, before))
            signal = module(signal)
    return tuple(found)


def _report(stage: Stage, scale: Scale, layer: Any, module: Any, current: Tensor, before: Tensor) -> LayerReport:
    neuron = module.neuron if isinstance(module, Recurrent) else module
    spec, float_neuron = neuron.spec, stage.neuron
    assert float_neuron is not None  # a complete stage
    wanted = of_rows(stage.weight, input_gain(float_neuron, neuron.profile)) * scale.factor
    error = (layer.quant_weight().value.double() - wanted).norm() / wanted.norm().clamp_min(1e-300)
    out, codes = module(current), to_codes(current, spec).cpu().numpy().astype(np.int64)
    saturated = integer_neurons(stage.neuron_name, module, "convert").saturated(codes)
    differing = dead = dead_before = 0.0
    first = None
    if spec.threshold is not None:
        differs = out != before
        steps = differs.flatten(1).any(1).nonzero()
        first = int(steps[0]) if len(steps) else None
        differing = float(differs.double().mean())
        dead, dead_before = (float((x.sum((0, 1)) == 0).double().mean()) for x in (out, before))
    pair = None if spec.threshold is None else (float_neuron.threshold, neuron.threshold / scale.factor)
    return LayerReport(
        stage.name,
        stage.neuron_name,
        scale.factor,
        float((wanted.abs() > scale.clip * scale.factor * (1 + 1e-9)).double().mean()),
        float(error),
        (_listed(float_neuron.beta), _listed(neuron.beta)),
        None if pair is None else (_listed(pair[0]), _listed(pair[1])),
        saturated,
        dead,
        dead_before,
        differing,
        first,
        tuple(stage.changes),
    )
