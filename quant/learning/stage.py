"""A layer of weights and neurons that is run a step at a time, and learns as it runs."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.full_precision import full_precision
from spikelut.quant.backends.contract import current_codes, to_codes
from spikelut.quant.backends.eager.reference import of_tensors
from spikelut.quant.dynamics.kind import Dynamics, StepResult
from spikelut.quant.learning.axon_traces import AxonTraces, trace_format, trace_kind
from spikelut.quant.learning.synapse_traces import SynapseTraces
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.layer_kinds import LAYERS
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.weights.layers import QuantLinear
from spikelut.quant.weights.module_reading import LAYERS as INSTEAD
from spikelut.quant.weights.module_reading import kind_of, make_weights, require_plain


class Stage:
    """Weights, and the neurons behind them: their states, their traces, and the gradients that they add up.

    `name` and `weights`: of the layer of weights. `neurons`: `LIF` and its siblings, or a `Recurrent` of one.
    """

    def __init__(self, name: str, weights: QuantLinear, neurons: Neuron | Recurrent) -> None:
        self.name, self.weights = name, weights
        self.neuron: Neuron = neurons.neuron if isinstance(neurons, Recurrent) else neurons
        self.recurrent = neurons.linear if isinstance(neurons, Recurrent) else None
        graded = "graded" in self.neuron.others
        message = f"layer {name!r} must be of neurons that spike, or LI, as graded spikes have no such rule"
        require(not graded, "EProp", message, type(neurons).__name__)
        learned = [n for n in ("raw_beta", "raw_threshold") if getattr(self.neuron, n, None) is not None]
        require(not learned, "EProp", f"layer {name!r} must not learn its decay or threshold", learned)
        normed = weights.batch_norm is None
        require(
            normed, "EProp", f"layer {name!r} must have no batch norm: fold it and deploy it first", "batch_norm=True"
        )

    @property
    def reads_out(self) -> bool:
        """Whether it gives membranes."""
        return self.neuron.dynamics.output.kind == "membranes"

    def start(self, traces: str, register: NumberFormat | None) -> None:
        """From rest: no state, no trace, no gradient."""
        neuron = self.neuron
        self.kind: Dynamics = neuron.dynamics
        linears = [self.weights] if self.recurrent is None else [self.weights, self.recurrent]
        for linear in linears:  # its own forward, before which torch would do it, does not run
            make_weights(linear, grad=True)
        # In the graph, for the gradients at the end.
        self.values = [linear.quant_weight().value for linear in linears]
        self.grads = [torch.zeros_like(value, dtype=torch.float64) for value in self.values]
        self.grad_bias = None if neuron.bias is None else torch.zeros_like(neuron.bias, dtype=torch.float64)
        self.states: tuple[Any, ...] = ()
        self.last: Tensor | None = None
        self.given: Any = None
        self.per_synapse = SynapseTraces(self.kind) if traces == "synapse" else None
        fmt = trace_format(neuron.profile) if register is None else register
        kind = None if self.per_synapse else trace_kind(self.kind, fmt)
        self.per_axon = None if kind is None else [AxonTraces(kind) for _ in linears]
        self.bias_trace = None if kind is None else AxonTraces(kind)

    def step(self, x: Tensor) -> Tensor:
        """Spikes, or of a read-out membranes, [B, neurons], for events [B, axons]; and the traces of that step."""
        spec, wide, output = self.kind.spec, self.kind.wide, self.kind.output
        inputs = [x] if self.recurrent is None else [x, self._last(x)]
        currents = [w._sums(i, v.detach()) for w, i, v in zip(self._linears, inputs, self.values, strict=True)]
        arriving = current_codes(currents[0], spec, wide)
        if self.recurrent is not None and self.last is not None:
            arriving = arriving + current_codes(currents[1], spec, wide)
        kind = of_tensors(self.kind, arriving)
        if not self.states:
            self.states = tuple(torch.zeros_like(arriving) for _ in kind.states)
        real = self.neuron.real_bias()
        bias = 0 if real is None else to_codes(as_tensor(self.neuron._on_grid(real, arriving.shape)), spec, wide)
        done = kind.step(TorchOps, self.states, arriving, bias)
        self.states = done.states
        given = done.states[0] if self.reads_out else done.spikes
        out = given.to(x.dtype) * output.step
        self._trace(torch.cat(inputs, 1), done, kind)
        self.last = out
        return as_tensor(out)

    @property
    def _linears(self) -> list[QuantLinear]:
        return [self.weights] if self.recurrent is None else [self.weights, self.recurrent]

    def _last(self, x: Tensor) -> Tensor:
        return x.new_zeros(len(x), self.values[1].shape[1]) if self.last is None else self.last

    def _trace(self, x: Tensor, done: StepResult, kind: Dynamics) -> None:
        """Set what synapses [B, neurons, axons] and biases [B, neurons] did to what comes out in this step."""
        slope = None if self.reads_out else self._slope(done.x, x.dtype)
        if self.per_synapse is not None:
            self.per_synapse.kind = kind
            self.given, self.given_bias = self.per_synapse.step(x, done, slope)
            return
        assert self.per_axon is not None  # the other mode
        assert self.bias_trace is not None
        traces = torch.cat([t.step(part) for t, part in zip(self.per_axon, self._parts(x), strict=True)], 1)
        bias = self.bias_trace.step(x.new_ones(1, 1))
        height = x.new_ones(done.states[0].shape) if slope is None else slope
        self.given, self.given_bias = (height, traces), height * bias

    def _parts(self, x: Tensor) -> tuple[Tensor, ...]:
        return torch.split(x, [value.shape[1] for value in self.values], 1)

    def _slope(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        surrogate = self.neuron.surrogate
        assert surrogate is not None  # the caller's case
        if isinstance(surrogate, LUTSurrogate) and surrogate.table.place_dtype:
            return surrogate.values(dtype)[surrogate.table.place(x).to(torch.int64)]
        return surrogate.surrogate_grad(x.to(dtype) * self.kind.spec.membrane.step)

    def learn(self, signal: Tensor, given: Any, given_bias: Tensor) -> None:
        """Add a learning signal [B, neurons] times what synapses and biases did to the gradients."""
        with full_precision(signal):
            if isinstance(given, tuple):
                grad = (signal * given[0]).T @ given[1]
            else:
                grad = torch.einsum("bn,bna->na", signal, given)
        for total, part in zip(self.grads, grad.split([v.shape[1] for v in self.values], 1), strict=True):
            total += part
        if self.grad_bias is not None:
            self.grad_bias += (signal * given_bias).sum(0)

    def finish(self) -> None:
        """Add the gradients to `.grad` of the parameters, through the quantiser of the weights."""
        for value, grad in zip(self.values, self.grads, strict=True):
            if value.requires_grad:
                value.backward(grad.to(value.dtype))
        bias = self.neuron.bias
        if self.grad_bias is not None and bias is not None and bias.requires_grad:
            grad = self.grad_bias.to(bias.dtype)
            bias.grad = grad if bias.grad is None else bias.grad + grad


def stages_of(model: nn.Module) -> list[Stage]:
    """The layers of a Sequential, in pairs of weights and neurons; ValueError for another."""
    what = "model must be a Sequential of QuantLinear and neurons in turn, with a read-out (LI) at the end"
    require(isinstance(model, nn.Sequential), "EProp", what, type(model).__name__)
    named = list(model.named_children())
    kinds = [type(module).__name__ for _, module in named]
    require(len(named) >= 2 and len(named) % 2 == 0, "EProp", what, kinds)
    found = []
    for (name, weights), (_, neurons) in zip(named[::2], named[1::2], strict=True):
        fits = type(weights) is QuantLinear and isinstance(neurons, Neuron | Recurrent)
        require(fits, "EProp", what, kinds)
        own = neurons.neuron if isinstance(neurons, Recurrent) else neurons
        for module in (weights, neurons, own, *((neurons.linear,) if isinstance(neurons, Recurrent) else ())):
            kind = kind_of(module, (QuantLinear, Recurrent, *LAYERS))
            require(kind is not None, "EProp", what, kinds)
            require_plain(f"EProp: layer {name!r}", module, kind, INSTEAD)  # type: ignore[arg-type]  # it is one of them
        found.append(Stage(name, weights, neurons))  # type: ignore[arg-type]  # both checked above
    for stage in found:
        spikes = stage.reads_out or stage.neuron.surrogate is not None
        require(spikes, "EProp", f"neurons behind {stage.name!r} must spike", type(stage.neuron).__name__)
    ends = [stage.reads_out for stage in found]
    require(ends[-1] and not any(ends[:-1]), "EProp", what, kinds)
    return found
