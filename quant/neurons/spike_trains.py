"""What the layers of neurons in a network give."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require_type
from spikelut.quant.neurons.base import Neuron, SpikingLayer


def spike_trains(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The spike train of every layer of neurons in `model` for an input `x`, by module name; no gradients.

    Spikes are [T, B, ...]. For a read-out, it is the membrane in codes, as `IntegerNetwork.run` gives it. A layer that
    is used in several places is recorded under each of its names, in the order of its calls.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> trains = quant.spike_trains(model, torch.ones(10, 2, 8))
    >>> {name: tuple(train.shape) for name, train in trains.items()}
    {'1': (10, 2, 4)}
    ```
    """
    require_type("spike_trains", "model", model, nn.Module, "a torch.nn.Module")
    require_type("spike_trains", "x", x, Tensor, "a tensor [T, B, ...]")
    with torch.no_grad(), recorded_calls(model) as calls:
        model(x)
    modules = dict(model.named_modules(remove_duplicate=False))
    return {name: _in_codes(modules[name], outs[-1]) for name, outs in calls.items()}


def _in_codes(module: nn.Module, out: Tensor) -> Tensor:
    if isinstance(module, Neuron) and module.surrogate is None:
        return out / module.profile.state_step
    return out


@contextmanager
def recorded_calls(model: nn.Module) -> Iterator[dict[str, list[Tensor]]]:
    """What each call of a layer of neurons gives, [T, B, ...], by module name, of the calls inside the block.

    A layer that stands in several places is recorded under each of its names, in the order of its calls, and further
    ones under the last. The hooks are gone afterwards, whatever happens.
    """
    names: dict[nn.Module, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, SpikingLayer):
            names.setdefault(module, []).append(name)
    calls: dict[str, list[Tensor]] = {}

    def record(module: nn.Module, inputs: Any, out: Tensor) -> None:
        left = [name for name in names[module] if name not in calls]
        calls.setdefault(left[0] if left else names[module][-1], []).append(out)

    # The neurons inside a `Recurrent` are not called by themselves, so only the whole is recorded.
    hooks = [module.register_forward_hook(record) for module in names]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()
