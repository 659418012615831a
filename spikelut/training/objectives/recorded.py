"""The spikes of a model's layers, taken while it runs, with their gradients."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_flags
from spikelut.quant import FloatLIF
from spikelut.quant.neurons.base import Neuron, SpikingLayer
from spikelut.quant.neurons.spike_trains import recorded_calls


@contextmanager
def recorded_spikes(model: nn.Module, *, strict: bool = True) -> Iterator[dict[str, Tensor]]:
    """A context that takes the spikes of every spiking layer of `model`, [T, B, ...] with gradients, by module name.

    They are in the dictionary once the block is over; nothing stays in the model. Read-outs and layers with graded
    spikes (`LI`, `Sigma`, `Delta`, `SigmaDelta`) have no spikes to be counted and are left out. Of a layer that is
    called with single steps, in a loop over time, the steps are put together; further calls with sequences are
    `NAME#2`, `NAME#3`, ... Raises ValueError after the block if a layer was not called as a module, layer(x), but by
    its `run` or `sequence`, or not at all. With `strict=False`, such layers are left out.

    ```pycon
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan()))
    >>> with training.recorded_spikes(model) as spikes:
    ...     out = model(torch.ones(10, 2, 8))
    >>> {name: tuple(train.shape) for name, train in spikes.items()}
    {'1': (10, 2, 4)}
    ```
    """
    require_flags("recorded_spikes", strict=strict)
    spikes: dict[str, Tensor] = {}
    with recorded_calls(model) as calls:
        yield spikes
    layers = spiking_layers(model)
    lacking = [names[0] for names in layers if not any(name in calls for name in names)]
    require(
        not (strict and lacking),
        "recorded_spikes",
        "layers must be called as modules, layer(x), for their spikes",
        lacking,
    )
    for name in (name for names in layers for name in names if name in calls):
        outs = calls[name]
        if all(len(out) == 1 for out in outs):
            outs = [torch.cat(outs)]
        spikes |= {name if number == 1 else f"{name}#{number}": out for number, out in enumerate(outs, start=1)}


def spiking_layers(model: nn.Module) -> list[list[str]]:
    """The layers whose spikes can be counted, in their order, by the names that each has in `model`."""
    inside: set[nn.Module] = set()
    found: dict[nn.Module, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, SpikingLayer):  # a recurrent one, which has neurons inside
            inside.update(child for child in module.modules() if child is not module)
        if isinstance(module, SpikingLayer) and module not in inside and gives_spikes(module):
            found.setdefault(module, []).append(name)
    return list(found.values())


def gives_spikes(layer: nn.Module) -> bool:
    """Whether a layer of neurons gives spikes; read-outs and layers with graded spikes do not."""
    neuron = getattr(layer, "neuron", layer)
    return not (isinstance(neuron, Neuron | FloatLIF) and neuron.surrogate is None)
