"""e-prop: the gradient of a network while it runs, from eligibility traces and learning signals."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_int, require_one_of
from spikelut._gradients import require_ordinary, with_gradients
from spikelut._text import brief, number_of
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.full_precision import exact, full_precision
from spikelut.quant.learning.read_out_filter import ReadOutFilter
from spikelut.quant.learning.stage import stages_of
from spikelut.quant.weights.input_events import as_real, check_first

Traces = Literal["synapse", "axon"]
Feedback = Literal["symmetric", "random"]


class EProp:
    """Learning while a network runs, step by step, with what a chip that learns keeps: nothing looks back in time.

    A weight from axon i to neuron j changes by three factors. The first two are the eligibility trace and the
    surrogate's slope, from the table where the neurons have one. They say what the synapse did to the neuron's spike in
    this step: e_ji. The third is the learning signal of the neuron, L_j:

        grad_ji = sum over t of L_j[t] * e_ji[t],   L_j[t] = sum over outputs k of feedback_kj * error_k[t]

    `model` is a Sequential in which `QuantLinear` alternates with `LIF`, `CubaLIF`, `AdaptiveLIF` or a `Recurrent` of
    these, and an `LI` comes at the end. Its forward pass computes the chip's integers, as `model(x)` does. `learn`
    takes the error of a step: the derivative of the loss by the read-out's membranes, [B, outputs]. `finish` adds the
    gradients to `.grad`, for any optimiser.

    - `traces`: "synapse" keeps a trace for every synapse and state. It is carried forward through the derivative of the
      step, which includes reset and saturated registers. e_ji is then also filtered in the way that the read-out's
      membrane is, as if its registers never saturated. Without recurrent weights, with one layer of neurons before the
      read-out, and where no read-out membrane saturates, the gradients are those of backpropagation through time that
      is never cut: `truncate` of layers is not used. For a recurrent layer, the way through its own spikes is missing;
      this is what e-prop leaves out. "axon" keeps a trace for each axon, in integers, as chips do: L_j * slope_j *
      trace_i, without a filter. This trace is the membrane of a neuron with the layer's decays, in the chip's
      arithmetic, that gets the axon's events and never spikes. Resets and saturated membranes are left out.
    - `trace`: the register of a trace of "axon". None takes that of the chip's learning rule, where its profile states
      one (ReckOn: 12 bits unsigned, 8 for an event); otherwise that of the chip's membranes.
    - `feedback`: "symmetric" takes the read-out's weights, for a model with a single layer of neurons before it.
      "random" draws weights by `seed` for each layer, normal with a variance of 1 / outputs. Or a tensor [outputs,
      neurons] for each layer.

    Memory does not grow with time. "axon" keeps B x axons integers for each layer. "synapse" keeps B x neurons x axons
    floats for each state of the neuron and of the read-out. Source: Bellec et al. 2020, doi:10.1038/s41467-020-17236-y;
    ReckOn, ChFrenkel/ReckOn 5e5c0bea src/srnn.v.

    Raises ValueError for another model, layers with a forward of their own, batch norm, and decays or thresholds that
    are learned. Also for read-outs that are cleared after a window, or in which each neuron has a decay of its own, and
    for feedback of another shape.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> lif = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile), beta=0.9)
    >>> layers = quant.QuantLinear(8, 4, profile=profile), lif, quant.QuantLinear(4, 2, profile=profile)
    >>> model = torch.nn.Sequential(*layers, quant.LI(profile, beta=0.9))
    >>> learner = quant.EProp(model, traces="axon")
    >>> x, target = (torch.rand(20, 1, 8) < 0.5).float(), torch.tensor([[1.0, 0.0]])
    >>> membranes = learner.run(x, lambda t, membrane: membrane - target)
    >>> membranes.shape, model[0].weight.grad.shape
    (torch.Size([20, 1, 2]), torch.Size([4, 8]))
    ```
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        traces: Traces = "synapse",
        trace: NumberFormat | None = None,
        feedback: Feedback | Sequence[Tensor] = "symmetric",
        seed: int = 0,
    ) -> None:
        require_one_of("EProp", "traces", traces, Traces)
        if isinstance(model, nn.Module):
            require_ordinary("EProp", model)
        fits = trace is None or (traces == "axon" and isinstance(trace, NumberFormat))
        require(fits, "EProp", "trace must be a NumberFormat, with traces='axon', or None", trace)
        self.traces, self.trace = traces, trace
        *self.hidden, self.read_out = stages_of(model)
        own = None if traces == "axon" else self.read_out.neuron.dynamics.count
        require(own is None, "EProp", "the read-out must have one decay, not one for each neuron", own)
        self.feedback = self._feedback(feedback, seed)
        windows = traces == "synapse" and "window" in self.read_out.neuron.dynamics.parts
        require(not windows, "EProp", "the read-out must have no window", "window_size")
        self._started = False

    def __repr__(self) -> str:
        return brief(self, number_of(len(self.hidden), "hidden layer"), f"traces={self.traces!r}")

    def _feedback(self, feedback: Any, seed: int) -> list[Tensor] | None:
        outputs = self.read_out.weights.out_features
        sizes = [(outputs, stage.weights.out_features) for stage in self.hidden]
        if isinstance(feedback, str):
            require_one_of("EProp", "feedback", feedback, Feedback)
            if feedback == "symmetric":
                message = "feedback must be 'random', or tensors, with several layers of neurons before the read-out"
                require(len(self.hidden) <= 1, "EProp", message, feedback)
                return None
            require_int("EProp", "seed", seed, 0, 2**63 - 1)
            drawn: Any = {
                "generator": torch.Generator("cpu").manual_seed(seed),
                "dtype": torch.float32,
                "device": "cpu",
            }
            return [torch.randn(size, **drawn) / outputs**0.5 for size in sizes]
        found = list(feedback)
        shapes = [tuple(part.shape) if isinstance(part, Tensor) else part for part in found]
        require(shapes == sizes, "EProp", f"feedback must be tensors of {sizes}, outputs by neurons", shapes)
        finite = all(bool(part.isfinite().all()) for part in found)
        require(finite, "EProp", "feedback must be finite", "NaN or infinity")
        return found

    @with_gradients  # by which those of the weights reach the parameters
    def start(self) -> None:
        """Begin a sequence from rest; gradients of one that was not finished are gone."""
        for stage in (*self.hidden, self.read_out):
            stage.start(self.traces, self.trace)
        weights = self.read_out.values[0].detach()
        self._signals = (
            [weights][: len(self.hidden)] if self.feedback is None else [part.to(weights) for part in self.feedback]
        )
        kind = self.read_out.kind
        self._filters = [ReadOutFilter(kind) if self.traces == "synapse" else None for _ in self.hidden]
        self._started = True

    @torch.no_grad()
    def step(self, x: Tensor) -> Tensor:
        """The read-out's membranes [B, outputs] after one step with events `x` [B, inputs]."""
        self._require_started("step")
        first = self.hidden[0].weights if self.hidden else self.read_out.weights
        fits = isinstance(x, Tensor) and x.ndim == 2 and x.shape[1] == first.in_features
        require(fits, "EProp", f"x must be [B, {first.in_features}]", getattr(x, "shape", x))
        x = exact(as_real("EProp", x, first.weight.dtype))
        check_first("EProp", x, first.input_step, first.largest_input, first.signed_input)
        with full_precision(x):
            for stage in self.hidden:
                x = stage.step(x)
            membranes = self.read_out.step(x)
            self._given = [
                (stage.given, stage.given_bias) if keeps is None else keeps.step(stage.given, stage.given_bias)
                for stage, keeps in zip(self.hidden, self._filters, strict=True)
            ]
        return membranes

    @torch.no_grad()
    def learn(self, error: Tensor, signals: Sequence[Tensor] | None = None) -> None:
        """Take in the error of the last step, the derivative of the loss by its membranes, [B, outputs].

        `signals`: learning signals [B, neurons] of the layers before the read-out, in place of those that feedback
        makes of the error: a reward, or what another network says.
        """
        self._require_started("learn")
        outputs = self.read_out.states[0].shape if self.read_out.states else None
        require(outputs is not None, "EProp", "learn must come after a step", "no step yet")
        fits = isinstance(error, Tensor) and error.shape == outputs
        require(fits, "EProp", f"error must be {tuple(outputs or ())}", getattr(error, "shape", error))
        require(bool(error.isfinite().all()), "EProp", "error must be finite", "NaN or infinity")
        error = exact(error)
        with full_precision(error):
            made = [error @ part.to(error) for part in self._signals] if signals is None else list(signals)
        sizes = [tuple(stage.states[0].shape) for stage in self.hidden]
        shapes = [tuple(part.shape) for part in made]
        require(shapes == sizes, "EProp", f"signals must be {sizes}", shapes)
        with full_precision(error):
            for stage, signal, given in zip(self.hidden, made, self._given, strict=True):
                stage.learn(signal.to(error), *given)
            self.read_out.learn(error, self.read_out.given, self.read_out.given_bias)

    @with_gradients
    def finish(self) -> None:
        """Add what was learned since `start` to the `.grad` of weights and biases."""
        self._require_started("finish")
        for stage in (*self.hidden, self.read_out):
            stage.finish()
        self._started = False

    @with_gradients
    def run(self, x: Tensor, error: Callable[[int, Tensor], Tensor | None]) -> Tensor:
        """Membranes [T, B, outputs] of a sequence [T, B, inputs], from rest, learning in every step.

        `error(t, membranes)` gives the error of step t, or None where nothing is learned.
        """
        fits = isinstance(x, Tensor) and x.ndim == 3
        require(fits, "EProp", "x must be [T, B, inputs]", getattr(x, "shape", x))
        self.start()
        out = []
        for t, events in enumerate(x):
            out.append(self.step(events))
            found = error(t, out[-1])
            if found is not None:
                self.learn(found)
        self.finish()
        outputs = self.read_out.weights.out_features
        return torch.stack(out) if out else x.new_zeros(0, x.shape[1], outputs)

    def _require_started(self, what: str) -> None:
        require(self._started, "EProp", f"{what} must come after start", "no sequence")
