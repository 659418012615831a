"""Neurons of this library and of others, read as what they compute."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.quant.conversion.currents import line_of
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.weight_values import values_of
from spikelut.quant.neurons.float_lif import FloatLIF, FloatRecurrent
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, require_plain
from spikelut.surrogates import Arctan


class Found(NamedTuple):
    """A neuron in this library's arithmetic, its recurrent weights, and what its input was multiplied by.

    - `bias`: that of the recurrent weights. `exact`: whether these neurons are the model's own but for rounding; else
      `changes` says what is different.
    - `axis`: the dimension after time and batch that the numbers of `neuron` are along, where each has its own.
    """

    neuron: FloatLIF
    recurrent: Tensor | None = None
    gain: Any = 1.0
    changes: tuple[str, ...] = ()
    exact: bool = True
    bias: Tensor | None = None
    axis: int = 0

    def run(self, current: Tensor) -> tuple[Tensor, Tensor]:
        """Spikes, or of a read-out membranes, and membranes before the reset [T, B, ...]."""
        feed = None if self.recurrent is None else _Weigh(self.recurrent.to(current.dtype))
        with torch.no_grad():
            found = self.neuron.run(current.movedim(2 + self.axis, 2) if self.axis else current, feed)
        out, membranes = (x.movedim(2, 2 + self.axis) if self.axis else x for x in found)
        return out, membranes

    def threshold(self, dims: int) -> Tensor:
        """The threshold, or one for each neuron, to be compared with membranes of so many dimensions."""
        value = torch.as_tensor(self.neuron.threshold, dtype=torch.float64)
        return value.reshape([-1 if i == 2 + self.axis else 1 for i in range(dims)]) if value.ndim else value

    @property
    def has_own(self) -> bool:
        """Whether neurons have numbers of their own."""
        numbers = (self.neuron.beta, self.neuron.alpha, self.neuron.threshold, self.neuron.bias)
        return any(isinstance(value, Tensor) for value in numbers)

    @property
    def reads_out(self) -> bool:
        """Whether it gives its membrane."""
        return self.neuron.surrogate is None


class _Weigh(nn.Module):
    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight)


def neuron_in(where: str, module: Any, kind: type, kinds: Kinds, shape: tuple[int, ...]) -> Found:
    """A layer of neurons for currents of a shape after time and batch; ValueError for what is not read."""
    if kind in kinds.snntorch:
        return _snntorch(where, module, kind.__name__, shape)
    if kind in kinds.spikingjelly:
        return _spikingjelly(where, module, kind.__name__)
    neuron = module.neuron if kind is FloatRecurrent else module
    require_plain(f"{where}: neuron", neuron, FloatLIF, LAYERS)
    if isinstance(neuron.surrogate, LUTSurrogate):
        require_plain(f"{where}: surrogate", neuron.surrogate, LUTSurrogate, "give the curve what it adds")
    if kind is FloatLIF:
        return Found(module)
    weight, bias = _fed_back(f"{where}: linear", module.linear)
    return Found(neuron, weight, bias=bias)


def _fed_back(where: str, linear: Any) -> tuple[Tensor, Tensor | None]:
    """The weights and the bias of a dense layer of recurrent weights."""
    require(isinstance(linear, nn.Linear), where, "must be an nn.Linear", type(linear).__name__)
    require_plain(where, linear, nn.Linear, WEIGHTS)
    weight, bias = (None if v is None else v.detach().cpu().to(torch.float64) for v in values_of(where, linear))
    assert weight is not None  # a Linear has them
    return weight, bias


def _number(where: str, name: str, value: Any) -> float:
    tensor = torch.as_tensor(value).detach()
    require(tensor.numel() == 1, where, f"{name} must be one number for the layer", tuple(tensor.shape))
    return float(tensor)


class _Own:
    """Numbers of snnTorch's neurons, for currents of a shape after time and batch; `axis`: the one they are along."""

    def __init__(self, where: str, shape: tuple[int, ...]) -> None:
        self.where, self.shape, self.axis = where, shape, 0

    def number(self, name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> Any:
        """A number for the layer, or float64 [N] with one for each neuron, or channel; brought into `low`..`high`."""
        tensor = torch.as_tensor(value).detach().cpu().to(torch.float64).clamp(low, high)
        if tensor.numel() == 1:
            return float(tensor)
        for axis in range(len(self.shape)):
            try:
                line = line_of(tensor.expand(self.shape), axis)
            except RuntimeError:  # of another shape
                break
            if line is not None and self.axis in (0, axis):
                self.axis = axis
                return line
        allowed = f"{name} must be one number for the layer, or one for each neuron [N] or channel [N, 1, 1]"
        raise ValueError(f"{self.where}: {allowed}, got {tuple(tensor.shape)}")


def _snntorch(where: str, module: Any, kind: str, shape: tuple[int, ...]) -> Found:
    """snnTorch resets at the beginning of the next step; what it subtracts does not decay in that step."""
    own = _Own(where, shape)
    threshold = own.number("threshold", module.threshold)
    beta = own.number("beta", module.beta, 0.0, 1.0)
    alpha = None
    if kind in ("Synaptic", "RSynaptic"):
        alpha = own.number("alpha", module.alpha, 0.0, 1.0)
    require(not module.inhibition, where, "inhibition must be False", True)
    require(not module.state_quant, where, "state_quant must be False", True)
    graded = _number(where, "graded_spikes_factor", module.graded_spikes_factor)
    require(graded == 1, where, "graded_spikes_factor must be 1", graded)
    recurrent, bias = _snntorch_recurrent(where, module, shape) if kind in ("RLeaky", "RSynaptic") else (None, None)
    options: dict[str, Any] = {"recurrent": recurrent, "bias": bias, "axis": own.axis}
    if module.reset_mechanism == "none":
        message = "must have a reset_mechanism, as what is fed back are spikes"
        require(recurrent is None, where, message, "reset_mechanism='none'")
        returned = module.output or not module.init_hidden
        changes = [] if returned else ["a read-out: its membrane, not its spikes"]
        return Found(FloatLIF(None, beta=beta, alpha=alpha), changes=tuple(changes), axis=own.axis)
    late = module.reset_mechanism == "subtract" and module.reset_delay
    order = "input-compare-leak-reset" if late else "leak-input-compare-reset"
    neuron = FloatLIF(Arctan(), beta=beta, threshold=threshold, alpha=alpha, reset=module.reset_mechanism, order=order)
    changes = ["spikes at the threshold, not only above it"]
    if kind != "Leaky" and module.reset_mechanism == "zero" and module.reset_delay:
        changes.append("the step after a spike takes in its input, as in other neurons")
    if not module.reset_delay:
        changes.append("a membrane beyond two thresholds is reset in the step of its spike only")
    return Found(neuron, changes=tuple(changes), exact=len(changes) == 1, **options)


def _snntorch_recurrent(where: str, module: Any, shape: tuple[int, ...]) -> tuple[Tensor, Tensor | None]:
    """The recurrent weights [N, N] of RLeaky and RSynaptic: all to all, or of each neuron to itself."""
    message = "must be of [T, B, N], as spikes are fed back through dense weights"
    require(len(shape) == 1, where, message, [*"TB", *shape])
    if module.all_to_all:
        linear = module.recurrent
        dense = isinstance(linear, nn.Linear)
        require(dense, where, "must have linear_features: spikes are fed back by dense weights", type(linear).__name__)
        return _fed_back(f"{where}: recurrent", linear)
    own = torch.as_tensor(module.recurrent.V).detach().cpu().to(torch.float64)
    return torch.diag(own.reshape(-1).expand(shape[0])), None


def _spikingjelly(where: str, module: Any, kind: str) -> Found:
    """SpikingJelly's v + (x - v) / tau, or with decay_input=False v - v / tau + x."""
    beta, gain, changes = 1.0, 1.0, []
    if kind != "IFNode":
        # A learned one is 1 / sigmoid(w).
        tau = 1 / float(module.w.detach().double().sigmoid()) if kind == "ParametricLIFNode" else module.tau
        tau = _number(where, "tau", tau)
        require(math.isfinite(tau) and tau > 1, where, "tau must be > 1", tau)
        beta = 1 - 1 / tau
        if module.decay_input:
            gain = 1 / tau
            changes.append("1 / tau of the input moved into the weights")
    spiking = getattr(module.surrogate_function, "spiking", True)
    require(spiking, where, "surrogate_function must give spikes", "spiking=False")
    reset = module.v_reset
    require(reset in (None, 0), where, "v_reset must be 0 or None", reset)
    threshold = _number(where, "v_threshold", module.v_threshold)
    neuron = FloatLIF(Arctan(), beta=beta, threshold=threshold, reset="subtract" if reset is None else "zero")
    return Found(neuron, gain=gain, changes=tuple(changes))
