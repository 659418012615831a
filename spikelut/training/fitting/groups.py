"""Learning rates of the parameters of a network, each in the unit of its layer."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import is_finite, require, require_type
from spikelut.quant.neurons.base import SpikingLayer
from spikelut.quant.neurons.event_layer import EventLayer
from spikelut.quant.weights.batch_norm import FoldedBatchNorm

USUAL_LEAK = 0.1
"""1 - beta of the usual decay factor, at which a learned one has the rate of weights."""

LONGEST = 100
"""Steps: the rates of delays grow with the longest one up to this."""

NORMS = (FoldedBatchNorm, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm)


def parameter_groups(model: nn.Module, learning_rate: float) -> list[dict[str, Any]]:
    """Parameters grouped for an optimiser, each group at the rate that the scale of its layer asks for.

    If weights, biases and thresholds of a layer are multiplied by the same s, no spike changes. `convert` does this to
    reach the chip's grid, and s differs up to tenfold between layers. Adam's steps have the size of the learning rate,
    whatever the gradient. So the rate must be multiplied by s too, or some layers learn s times slower than others:

    - weights and biases: learning_rate * s. s is the threshold of the next neurons in the order of `model.modules()`;
      if they have several thresholds, the geometric mean. On a chip whose neurons divide their input, it is multiplied
      by the factor that `convert` gave the weights. Before a read-out, s is what `convert` multiplied by, or 1.
    - a learned threshold: learning_rate * s, with s the threshold as it is.
    - a learned decay factor: learning_rate * min(1, (1 - beta) / 0.1), so that the time constant moves by about the
      same share. Learned delays: learning_rate * max_delay, of 100 at most.
    - batch norm takes away the scale of what is before it. So its own parameters have s, and weights before it
      learning_rate.
    - all others: learning_rate.

    Each group has `params`, `lr`, and `scale`, its s: gradients are 1/s of those of a network with s = 1, which `fit`
    minds when it clips them. For SGD, whose steps are as large as the gradients, multiply `lr` by `scale` once more.

    ```pycon
    >>> layers = torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), threshold=4.0), torch.nn.Linear(4, 2)
    >>> [(group["lr"], len(group["params"])) for group in training.parameter_groups(torch.nn.Sequential(*layers), 0.5)]
    [(2.0, 2), (0.5, 2)]
    ```
    """
    require_type("parameter_groups", "model", model, nn.Module, "a torch.nn.Module")
    require(
        is_finite(learning_rate) and learning_rate > 0, "parameter_groups", "learning_rate must be > 0", learning_rate
    )
    factors = _factors(model)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for parameter in model.parameters():
        if parameter.requires_grad:
            groups.setdefault(factors.get(parameter, (1.0, 1.0)), []).append(parameter)
    require(bool(groups), "parameter_groups", "model must have parameters to train", "none")
    return [{"params": found, "lr": learning_rate * rate, "scale": scale} for (rate, scale), found in groups.items()]


def _factors(model: nn.Module) -> dict[nn.Parameter, tuple[float, float]]:
    """For each parameter what the rate is multiplied by, and its layer's scale."""
    found: dict[nn.Parameter, tuple[float, float]] = {}
    waiting: list[nn.Module] = []

    def settle(threshold: float | None, modules: list[nn.Module]) -> None:
        for module in modules:
            own = getattr(module, "converted_scale", 1.0) if threshold is None else threshold
            own *= getattr(module, "converted_gain", 1.0)
            for parameter in _scaled(module):
                found.setdefault(parameter, (own, own))

    for module in model.modules():
        for parameter, rate in _special(module):
            found[parameter] = (rate, 1.0)
        if isinstance(module, SpikingLayer | EventLayer):
            settle(_threshold(module), [*waiting, *module.modules()])
            waiting = []
        elif isinstance(module, NORMS):
            settle(1.0, waiting)
            waiting = [module]
        elif any(True for _ in _scaled(module)):
            waiting.append(module)
    settle(None, waiting)
    return found


def _scaled(module: nn.Module) -> Iterator[nn.Parameter]:
    """The parameters of a module that are in the unit of its membranes."""
    own = dict(module.named_parameters(recurse=False))
    yield from (own[name] for name in ("weight", "bias", "raw_threshold") if name in own)


def _special(module: nn.Module) -> Iterator[tuple[nn.Parameter, float]]:
    """The parameters of a module that have a unit of their own, with what the rate is multiplied by."""
    own = dict(module.named_parameters(recurse=False))
    if "raw_beta" in own:
        leak = float((1 - own["raw_beta"].detach().double()).clamp_min(1e-4).mean())
        yield own["raw_beta"], min(1.0, leak / USUAL_LEAK)
    if "delay" in own:
        most = getattr(module, "max_delay", None) or float(own["delay"].detach().max())
        yield own["delay"], float(min(max(1.0, most), LONGEST))
    if getattr(module, "batch_norm", None) is not None and "weight" in own:
        yield own["weight"], 1.0


def _threshold(layer: Any) -> float | None:
    """The geometric mean of a layer's thresholds; None of a read-out."""
    if isinstance(layer, EventLayer):
        spec: Any = layer.events.kind.spec
        return float(spec.threshold * spec.membrane.step)
    neuron = getattr(layer, "neuron", layer)
    threshold = None if getattr(neuron, "surrogate", None) is None else getattr(neuron, "threshold", None)
    if threshold is None:
        return None
    values = threshold if isinstance(threshold, Tensor) else torch.tensor(threshold, dtype=torch.float64, device="cpu")
    return float(values.detach().double().log().mean().exp())
