"""The bias that neurons add for the layers before them: what batch norm leaves behind the weights."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_int
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import SynapseSpec
from spikelut.quant.weights.batch_norm import FoldedBatchNorm

Bias = int | nn.Module | tuple[nn.Module, ...] | None
"""A number of neurons, each with a learned constant; or the layers with batch norm whose shifts are added."""

WHAT = "a layer with batch_norm=True, or several whose sums meet"


def bias_layers_of(who: str, bias: Any, profile: Profile) -> tuple[nn.Module, ...]:
    """The layers whose shifts are the bias of neurons on `profile`; none where `bias` is a number of neurons or None.

    Raises ValueError for layers without batch norm, of another profile, or with other numbers of outputs, and on a
    profile without a bias.
    """
    if bias is None or isinstance(bias, int):
        if bias is not None:
            require_int(who, "bias", bias, 1, 2**31)
            require(profile.bias is not None, who, f"{profile.name} has no bias, so bias must be None", bias)
        return ()
    layers = bias if isinstance(bias, tuple) else (bias,)
    found = [getattr(layer, "batch_norm", None) for layer in layers]
    norms = [norm for norm in found if isinstance(norm, FoldedBatchNorm)]
    valid = 0 < len(norms) == len(layers)
    require(valid, who, f"bias must be a number of neurons, {WHAT}", [type(layer).__name__ for layer in layers])
    instead = "leave batch_norm out, or give the layer an input that spikes in every step"
    require(
        profile.bias is not None,
        who,
        f"{profile.name} has no bias to add what batch norm shifts; {instead}",
        "batch norm",
    )
    for layer, norm in zip(layers, norms, strict=True):
        require(layer.profile == profile, who, f"bias must be a layer for {profile.name}", layer.profile.name)
        first = norms[0].num_features
        require(norm.num_features == first, who, f"bias must be layers of {first} outputs each", norm.num_features)
    for norm in norms:
        norm.has_neurons = True
    return layers


def shift_of(layers: tuple[Any, ...], synapse: SynapseSpec | None) -> Tensor:
    """What neurons add to their membranes for `layers`: the sum of the shifts, real numbers [N].

    Behind a synaptic current, as much as the current comes to that the shifts would go to: divided by 1 - alpha.
    """
    shift: Tensor = sum((layer.folded_bias() for layer in layers[1:]), layers[0].folded_bias())
    return shift / share_of(synapse, shift)


def share_of(synapse: SynapseSpec | None, like: Tensor) -> Tensor:
    """1 - alpha, by which a constant is divided that goes behind a synaptic current; 1 without one, or a decay."""
    alpha = torch.as_tensor(0.0 if synapse is None else synapse.leak.beta, dtype=like.dtype, device=like.device)
    return torch.where(alpha < 1, 1 - alpha, 1.0)
