"""Batch norm of torch between quantised weights and neurons, folded into both to be trained on as deployed."""

import copy
from typing import Any

import torch
from torch import nn

from spikelut._checks import require
from spikelut._torch import children
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.bias_layers import bias_layers_of, share_of
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.quant.weights.module_reading import LAYERS, own_part, require_plain
from spikelut.quant.weights.on_grid import OnGrid

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def fold_batch_norm(model: nn.Module, *, example: Any = None) -> Any:
    """A copy of `model` with batch norm of torch between quantised weights and neurons folded into them.

    Where `nn.BatchNorm1d` or `nn.BatchNorm2d`, most often in a `TimeDistributed`, stands behind `QuantLinear` or a
    quantised convolution and before `LIF`, `CubaLIF`, `LI` or `Recurrent`, the weights get `batch_norm` with its
    numbers and statistics, the neurons its shift as their bias, and the batch norm falls away; names of other modules
    stay. Nested Sequentials are gone through. In a module of the user's own, which is run to be read (see
    `quant.integer`, also for `example`), batch norms become `nn.Identity`; where sums of several weights are added,
    every layer of neurons that they come to adds the shift. In real numbers evaluation computes the same; what is
    rounded now are the weights and the shift together, as `quant.integer` deploys them. Train on from there:
    `FoldedBatchNorm` says how.

    Raises ValueError for a batch norm in another place, or without running statistics, and on a profile without bias.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> norm = quant.TimeDistributed(torch.nn.BatchNorm1d(4))
    >>> lif = quant.LIF(profile, surrogates.Arctan())
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), norm, lif)
    >>> folded = quant.fold_batch_norm(model)
    >>> list(dict(folded.named_children())), folded[0].batch_norm, folded[1].integer_bias()[0].tolist()
    (['0', '2'], FoldedBatchNorm(4, eps=1e-05, momentum=0.1), [0, 0, 0, 0])
    ```
    """
    if _is_chain(model) and example is None:
        return _folded(copy.deepcopy(model), "")
    from spikelut.quant.conversion.fold_in_graphs import fold_in_graph

    require(isinstance(model, nn.Module), "fold_batch_norm", "model must be a torch.nn.Module", type(model).__name__)
    return fold_in_graph(model, example)


def _is_chain(model: Any) -> bool:
    """Whether a model is a Sequential of layers, nested or not, and nothing else."""
    if not isinstance(model, nn.Sequential) or own_part(model, nn.Sequential) is not None:
        return False
    containers = [m for m in model.children() if any(True for _ in m.children())]
    known = (nn.Sequential, TimeDistributed, OnGrid, Neuron, Recurrent)
    return all(isinstance(m, known) and (not isinstance(m, nn.Sequential) or _is_chain(m)) for m in containers)


def fold_into(layer: Any, norm: Any, neuron: Any) -> None:
    """Fold `norm`, a batch norm of torch between `layer` and `neuron`, into these two, in place.

    A bias that the neuron learned so far becomes part of beta. Layers whose sums meet in one neuron are folded one
    after the other. Raises TypeError for other modules, ValueError as `fold_batch_norm` does.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> layer, lif = quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan())
    >>> quant.fold_into(layer, torch.nn.BatchNorm1d(4), lif)
    >>> lif.bias_layers[0] is layer
    True
    ```
    """
    who, norm = "fold_into", norm.module if isinstance(norm, TimeDistributed) else norm
    neuron = neuron.neuron if isinstance(neuron, Recurrent) else neuron
    for name, value, kinds in (("layer", layer, OnGrid), ("norm", norm, NORMS), ("neuron", neuron, Neuron)):
        if not isinstance(value, kinds):
            words = {"layer": "quantised weights", "norm": "a batch norm of torch", "neuron": "a layer of neurons"}
            raise TypeError(f"{who}: {name} must be {words[name]}, got {type(value).__name__}")
    require_plain(who, norm, next(kind for kind in NORMS if isinstance(norm, kind)), LAYERS)
    require(layer.batch_norm is None, who, "layer must have no batch norm yet", type(layer).__name__)
    as_made = layer._is_as_made()
    require(as_made, who, "layer must have the quantisers it was made with", "others")
    outputs = layer.out_features if hasattr(layer, "out_features") else layer.out_channels
    require(norm.num_features == outputs, who, f"norm must have {outputs} features, as layer has", norm.num_features)
    fits = neuron.bias is None or len(neuron.bias) == outputs
    require(fits, who, f"neuron must have a bias of {outputs}, as layer has outputs, or none", neuron.bias)
    folded = FoldedBatchNorm.of(norm)
    layer.set_batch_norm(folded)
    try:
        sources = bias_layers_of(who, (*neuron.bias_layers, layer), neuron.profile)
    except ValueError:
        layer.set_batch_norm(None)
        raise
    if neuron.bias is not None:
        with torch.no_grad():
            folded.bias.add_(neuron.bias * share_of(neuron.synapse, folded.bias))
    neuron.bias, neuron.bias_layers = None, sources


def _folded(model: Any, path: str) -> Any:
    modules = children(model)
    names = list(modules)
    for i, name in enumerate(names):
        norm = modules[name]
        if isinstance(norm, nn.Sequential):
            _folded(norm, f"{path}{name}.")
        inner = norm.module if isinstance(norm, TimeDistributed) else norm
        if not isinstance(inner, NORMS):
            continue
        before, after = (modules[names[j]] if 0 <= j < len(names) else None for j in (i - 1, i + 1))
        between = isinstance(before, OnGrid) and isinstance(after, Neuron | Recurrent)
        kinds = [type(module).__name__ for module in (before, after)]
        where = f"fold_batch_norm: layer {path + name!r}"
        require(between, where, "must stand between quantised weights and neurons", kinds)
        fold_into(before, norm, after)
        delattr(model, name)
    return model
