"""Batch norm of torch between one layer of quantised weights and one of neurons, folded into both."""

from typing import Any

import torch
from torch import nn

from spikelut._checks import require, require_type
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.bias_layers import bias_layers_of, share_of
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.quant.weights.module_reading import LAYERS, require_plain
from spikelut.quant.weights.on_grid import OnGrid

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


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
    words = {"layer": "quantised weights", "norm": "a batch norm of torch", "neuron": "a layer of neurons"}
    for name, value, kinds in (("layer", layer, OnGrid), ("norm", norm, NORMS), ("neuron", neuron, Neuron)):
        require_type(who, name, value, kinds, words[name])
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
