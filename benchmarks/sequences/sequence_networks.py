"""The networks of the sequence benchmark: inputs, one recurrent hidden layer, a read-out; in integers or in floats."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut import quant, surrogates
from spikelut.hw_profiles import Profile
from spikelut.training.objectives.windows import read_in_windows

RECURRENT_GAIN = 0.1
"""Of the standard deviation 1 / sqrt(inputs): larger recurrent weights make gradients explode over many steps."""
READOUT_GAIN = 0.3
DECAYS = ("alpha", "threshold_beta", "refractory_beta")
"""The decay factors of a cell beside `beta`, as neurons name them; they are not learned."""


def decays_of(value: float | list[float], size: int, *, each: bool) -> float | Tensor:
    """One decay factor, as float64 [size] if `each` neuron has its own.

    Of two, the time constants -1 / log(decay) of the neurons are drawn between theirs, evenly in the logarithm.
    """
    if isinstance(value, list):
        shortest, longest = (-1 / math.log(decay) for decay in value)
        return torch.exp(-1 / (shortest * (longest / shortest) ** torch.rand(size, dtype=torch.float64)))
    return torch.full((size,), value, dtype=torch.float64) if each else value


def weights(inputs: int, outputs: int, gain: float, profile: Profile | None, bits: int, step: float = 1.0) -> nn.Module:
    """Weights of every input to every neuron; in floats without a profile."""
    layer: Any
    if profile is None:
        layer = nn.Linear(inputs, outputs, bias=False)
    else:
        layer = quant.QuantLinear(inputs, outputs, profile=profile, weight_bits=bits, input_step=step)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="linear")
    layer.weight.data *= gain
    made: nn.Module = layer
    return made


class Delayed(nn.Module):
    """Each input several times, so many steps later: axons with delays, [T, B, F] to [T, B, F * len(steps)]."""

    def __init__(self, steps: list[int], profile: Profile | None) -> None:
        super().__init__()
        self.axons = nn.ModuleList(quant.Delay(step, profile=profile) for step in steps)

    def forward(self, x: Tensor) -> Tensor:
        """The inputs, by delay."""
        return torch.cat([axon(x) for axon in self.axons], 2)


class SampleDropout(nn.Module):
    """Dropout of neurons for the whole of a sample, [T, B, F]: of single spikes the mean over time forgets most."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """The spikes; in training without those of some neurons, drawn for each sample."""
        return x * functional.dropout(torch.ones_like(x[0]), self.share) if self.training else x


class Windows(nn.Module):
    """A read-out that sees when something came: `count` neurons of each class, as of `training.Membrane(windows=...)`.

    [T, B, K * count] to what is read of it in each step, [T, B, K].
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        """The membranes of the neurons that are read in each step."""
        return read_in_windows("Windows", x, None, self.count)


def neurons(cell: dict[str, Any], size: int, slope: float, profile: Profile | None) -> Any:
    """The neurons of a cell: `LIF`, with `alpha` `CubaLIF`, with `threshold_step` `AdaptiveLIF`; or in floats.

    A `bias` of them is learned, and drawn between 0 and this number.
    """
    learn = bool(cell.get("learn_beta"))
    options: dict[str, Any] = {"beta": decays_of(cell["beta"], size, each=learn)}
    options |= {name: decays_of(cell[name], size, each=False) for name in DECAYS if name in cell}
    adapts, curve = "threshold_step" in cell, surrogates.ReluGrad(alpha=slope)
    if adapts:
        options["threshold_step"] = cell["threshold_step"]
    if "bias" in cell:
        options["bias"] = size
    if profile is not None:
        kinds = {(False, False): quant.LIF, (False, True): quant.CubaLIF}
        kind: Any = kinds.get((adapts, "alpha" in cell), quant.AdaptiveLIF)
        return kind(profile, quant.LUTSurrogate(curve, profile), learn_beta=learn, **options)
    floats = quant.FloatAdaptiveLIF(curve, **options) if adapts else quant.FloatLIF(curve, reset="zero", **options)
    if learn:
        floats.beta = nn.Parameter(floats.beta.float())
    return floats


def hidden(settings: dict[str, Any], profile: Profile | None) -> nn.Module:
    """The recurrent layer."""
    size = settings["hidden"]
    found = neurons(settings["cell"], size, settings["slope"], profile)
    if "bias" in settings["cell"]:
        nn.init.uniform_(found.bias, 0.0, settings["cell"]["bias"])
    layer: Any
    if profile is None:
        layer = quant.FloatRecurrent(found, size)
    else:
        layer = quant.Recurrent(found, size, weight_bits=settings["weight_bits"])
    nn.init.normal_(layer.linear.weight, 0.0, RECURRENT_GAIN / math.sqrt(size))
    made: nn.Module = layer
    return made


def build(settings: dict[str, Any], inputs: int, classes: int, step: float, profile: Profile | None) -> nn.Sequential:
    """The network of these settings, drawn from torch's seed."""
    size, bits, beta = settings["hidden"], settings["weight_bits"], settings["readout_beta"]
    delays, windows = settings.get("delays", []), settings.get("windows", 1)
    return nn.Sequential(
        *([Delayed(delays, profile)] if delays else []),
        weights(inputs * max(1, len(delays)), size, settings["input_gain"], profile, bits, step),
        hidden(settings, profile),
        nn.Dropout(settings["dropout"]),
        *([SampleDropout(settings["sample_dropout"])] if "sample_dropout" in settings else []),
        weights(size, classes * windows, READOUT_GAIN, profile, bits),
        quant.FloatLIF(None, beta=beta) if profile is None else quant.LI(profile, beta=beta),
        *([Windows(windows)] if windows > 1 else []),
    )


def learned_decays(model: nn.Module) -> list[nn.Parameter]:
    """The decay factors that are trained."""
    return [value for name, value in model.named_parameters() if name.rpartition(".")[2] in ("beta", "raw_beta")]
