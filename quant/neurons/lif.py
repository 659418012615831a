"""Spiking layers whose forward pass is the chip's integer arithmetic."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from spikelut._checks import require, require_type
from spikelut.hw_profiles import Profile, Reset
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.per_neuron import Reals
from spikelut.quant.dynamics.refractory.spec import RefractorySpec
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, always_decays, neuron_of
from spikelut.quant.dynamics.windows.spec import window_of
from spikelut.quant.neurons.base import LayerOutput, MembraneOutput, Neuron, if_learned, real_values
from spikelut.quant.neurons.bias_layers import Bias
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


def check_surrogate(who: str, surrogate: object) -> None:
    """TypeError unless `surrogate` is one."""
    require_type(who, "surrogate", surrogate, (LUTSurrogate, Surrogate), "a LUTSurrogate or a Surrogate")


class LIF(Neuron):
    """Leaky integrate-and-fire layer for quantisation-aware training: forward, it computes the chip's integers.

    In real numbers, a step computes mem = beta * mem + current. The neuron spikes if mem >= threshold, and is then
    reset, to zero or by subtraction. `current` is [T, B, ...] in real units. The spikes have the same shape and dtype.
    They are 0 or 1 or, on a chip on which a neuron can spike several times in a step, their number. Inside, currents
    and membranes are integer codes of `profile.state_step`, and every step is the chip's: order of operations, decay,
    rounding, overflow, comparison and reset. `beta` and `threshold` are rounded to what the chip can hold; `lif.beta`
    and `lif.threshold` are the values that are used. On a chip that leaks by a constant, `beta` is 1 minus what is lost
    in a step. `beta=1` only integrates.

    - `max_spikes`: how often a neuron can spike in a step, at most the chip's number, which is the default. If the
      chip's output neurons can spike less often (Xylo: 31 times, outputs once), give their number to the last layer.
    - `refractory`: the number of steps after a spike in which the membrane stays as the reset left it, receives nothing
      and does not spike, on a profile with `[refractory]`. A synaptic current continues. 0: no refractory period.
    - `bias`: the number of neurons, or of channels for [T, B, C, ...]. Each then adds a learned constant in every step,
      in the chip's format and clipped to its range. None: no bias. Or give the layer before, if it has
      `batch_norm=True`, whose shift is then added (see `FoldedBatchNorm`); or a tuple of such layers, if their sums are
      added here.
    - `beta`, `threshold`: one number for the layer. On a profile with `per_neuron` also N of them, as a sequence, array
      or tensor: one for each neuron of [T, B, N], or for each channel of [T, B, N, ...]. `lif.beta` and `lif.threshold`
      are then float64 tensors [N].
    - `learn_beta`, `learn_threshold`: train what was given (`raw_beta`, `raw_threshold`, one for the layer or [N]) in
      real numbers; what is used is always its quantised form.
    - `truncate`: cut the gradient every so many steps (truncated backpropagation through time).
    - `window_size`: set all membranes to 0 after every so many steps, on a profile with `windows` (hls4ml). A further
      state, `window`, counts the steps, so that `run(current, states=ended.states)` continues a sequence where it
      ended.

    The backward pass is backpropagation through time with straight-through estimators. A decay has its factor as the
    derivative. A register that saturated passes no gradient. A spike has the derivative `surrogate` (a `LUTSurrogate`,
    or a `Surrogate` for the analytic curve) at the potential that the chip reads; with several thresholds, at the
    nearest. The reset is treated as a constant. There is no second derivative. With a table, the backward pass keeps
    one or two bytes, the place in the table, instead of the membrane.

    Raises ValueError for a `beta`, `threshold`, `reset`, `max_spikes` or `bias` the profile does not offer, and for a
    table of another step. Also for a chip whose synaptic current always decays by itself (use `CubaLIF`), or that
    compares after every event.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> lif = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile), beta=0.9)
    >>> lif.beta == 3686 / 4096, lif.threshold
    (True, 1.0)
    >>> spikes, mem = lif.sequence(torch.full((5, 1, 1), 0.3))
    >>> spikes.flatten().tolist(), mem.item() / profile.state_step  # the membrane as a code
    ([0.0, 0.0, 0.0, 1.0, 0.0], 78643.0)
    ```
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        beta: Reals | None = None,
        threshold: Reals = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        refractory: int = 0,
        bias: Bias = None,
        learn_beta: bool = False,
        learn_threshold: bool = False,
        truncate: int | None = None,
        window_size: int | None = None,
    ) -> None:
        who = type(self).__name__
        check_surrogate(who, surrogate)
        require_profile(who, profile)
        require(not always_decays(profile), who, f"{profile.name} has currents that decay, use CubaLIF", who)
        each = profile.step is not None and profile.step.order == "event-compare-reset"
        require(not each, who, f"{profile.name} compares after every event, which {who} does not", who)
        fixed = profile.decay is not None and profile.decay.kind in ("none", "linear")
        chosen = (1.0 if fixed else 0.9) if beta is None else beta
        super().__init__(
            profile,
            surrogate,
            LIFSpec.from_profile(profile, chosen, threshold, reset, who, max_spikes),
            None,
            bias=bias,
            learn_beta=if_learned(who, "learn_beta", learn_beta, chosen),
            learn_threshold=if_learned(who, "learn_threshold", learn_threshold, threshold),
            truncate=truncate,
            others={
                **window_of(profile, window_size, who),
                "refractory": RefractorySpec.from_profile(profile, refractory, who),
            },
        )

    def sequence(
        self, current: Tensor, mem: Tensor | None = None, *, states: Mapping[str, Tensor | None] | None = None
    ) -> "MembraneOutput":
        """Spikes [T, B, ...] and the final membrane [B, ...]; `mem` is the initial one (default zero).

        Membranes are real values on the grid of codes, in float32 or, for float64 currents, float64. `.states` of the
        result are all final states by name, also those of a refractory period; they are taken as `states` again.
        """
        ended = self.run(current, mem, states=states)
        return MembraneOutput.of(ended.out, ended.states)

    def step(
        self, current: Tensor, mem: Tensor | None = None, *, states: Mapping[str, Tensor | None] | None = None
    ) -> "MembraneOutput":
        """Spikes and membrane [B, ...] of a single time step."""
        ended = self.sequence(current.unsqueeze(0), mem, states=states)
        return MembraneOutput.of(ended[0][0], ended.states)


class IF(LIF):
    """Integrate-and-fire layer: `LIF` without a leak, `beta` is 1. Raises ValueError on a chip that always leaks.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> quant.IF(profile, surrogates.Arctan())(torch.full((6, 1, 1), 0.375)).flatten().tolist()
    [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    ```
    """

    def __init__(self, profile: Profile, surrogate: LUTSurrogate | Surrogate, **options: Any) -> None:
        super().__init__(profile, surrogate, beta=1.0, **options)


class CubaLIF(Neuron):
    """Current-based leaky integrate-and-fire layer: `LIF` behind a synaptic current that decays by itself.

    In real numbers syn = alpha * syn + current; mem = beta * mem + syn; then comparison and reset as in `LIF`. The
    order is the chip's: on Loihi the current decays before the input of a step is added, on Xylo after. `alpha` is the
    decay factor of the current, `beta` that of the membrane; all other arguments, the shapes and the errors are those
    of `LIF`. A bias is added to the membrane. The shift of a batch norm belongs to the current, in which it would build
    up to shift / (1 - alpha); so that is what the membrane gets. Raises ValueError also on a chip without a synaptic
    current.

    ```pycon
    >>> cuba = quant.CubaLIF(hw_profiles.load("xylo"), surrogates.Arctan(), alpha=0.5, beta=0.75, max_spikes=1)
    >>> pulse = torch.tensor([2.0, 0.0, 0.0, 0.0]).reshape(4, 1, 1)
    >>> spikes, mem, syn = cuba.sequence(pulse)
    >>> spikes.flatten().tolist(), mem.item(), syn.item()
    ([1.0, 0.0, 0.0, 0.0], 0.59375, 0.125)
    ```
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        alpha: Reals = 0.5,
        beta: Reals = 0.9,
        threshold: Reals = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        refractory: int = 0,
        bias: Bias = None,
        learn_beta: bool = False,
        learn_threshold: bool = False,
        truncate: int | None = None,
    ) -> None:
        check_surrogate("CubaLIF", surrogate)
        super().__init__(
            profile,
            surrogate,
            LIFSpec.from_profile(profile, beta, threshold, reset, "CubaLIF", max_spikes),
            SynapseSpec.from_profile(profile, alpha, "CubaLIF"),
            bias=bias,
            learn_beta=if_learned("CubaLIF", "learn_beta", learn_beta, beta),
            learn_threshold=if_learned("CubaLIF", "learn_threshold", learn_threshold, threshold),
            truncate=truncate,
            others={"refractory": RefractorySpec.from_profile(profile, refractory, "CubaLIF")},
        )

    @property
    def alpha(self) -> Any:
        """The decay factor of the synaptic current in force, as `beta`."""
        assert self.synapse is not None  # set by the constructor
        return real_values(self.synapse.leak.beta)

    def sequence(
        self,
        current: Tensor,
        mem: Tensor | None = None,
        syn: Tensor | None = None,
        *,
        states: Mapping[str, Tensor | None] | None = None,
    ) -> LayerOutput:
        """Spikes [T, B, ...] and the final membrane and current [B, ...]; `mem` and `syn` are the initial ones.

        `.states` of the result are all final states by name; they are taken as `states` again.
        """
        return self.run(current, mem, syn, states=states)

    def step(
        self,
        current: Tensor,
        mem: Tensor | None = None,
        syn: Tensor | None = None,
        *,
        states: Mapping[str, Tensor | None] | None = None,
    ) -> LayerOutput:
        """Spikes, membrane and current [B, ...] of a single time step."""
        ended = self.sequence(current.unsqueeze(0), mem, syn, states=states)
        return LayerOutput.of(ended.out[0], ended.states, ended.syn)


class LI(Neuron):
    """Leaky integrator, the usual read-out: the membrane is the output and there is no spike; in the chip's integers.

    In real numbers mem = beta * mem + current. From currents [T, B, ...], it gives the membranes [T, B, ...] after each
    step, in real units on the grid of codes. The arithmetic is that of the chip's neurons without comparison and reset.
    If the chip's read-out neurons have a leak of their own, that leak is used. `alpha` is the decay factor of a
    synaptic current, on a chip that has one. The other arguments and the errors are those of `LIF`. At the end of a
    window, the membrane is given before it is cleared.

    ```pycon
    >>> readout = quant.LI(hw_profiles.load("generic8"), beta=0.75)
    >>> readout(torch.tensor([1.0, 0.0, 0.0]).reshape(3, 1, 1)).flatten().tolist()
    [1.0, 0.75, 0.5625]
    ```
    """

    def __init__(
        self,
        profile: Profile,
        *,
        alpha: Reals | None = None,
        beta: Reals | None = None,
        bias: Bias = None,
        learn_beta: bool = False,
        truncate: int | None = None,
        window_size: int | None = None,
    ) -> None:
        _, decay, _, step = neuron_of(profile, "LI")
        require(step.order != "event-compare-reset", "LI", f"{profile.name} compares after every event", "LI")
        if alpha is None and always_decays(profile):
            alpha = 0.5
        chosen = (1.0 if decay.kind in ("none", "linear") else 0.9) if beta is None else beta
        super().__init__(
            profile,
            None,
            LIFSpec.from_profile(profile, chosen, None, None, "LI"),
            None if alpha is None else SynapseSpec.from_profile(profile, alpha, "LI"),
            bias=bias,
            learn_beta=if_learned("LI", "learn_beta", learn_beta, chosen),
            learn_threshold=None,
            truncate=truncate,
            others=window_of(profile, window_size, "LI"),
        )

    def sequence(
        self, current: Tensor, mem: Tensor | None = None, syn: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Membranes [T, B, ...] and the final membrane and current [B, ...]; `mem` and `syn` are the initial ones."""
        return self.run(current, mem, syn)
