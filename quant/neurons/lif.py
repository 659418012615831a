"""Spiking layers whose forward pass is the chip's integer arithmetic."""

from typing import Any

from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile, Reset
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, always_decays, neuron_of
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


def check_surrogate(who: str, surrogate: object) -> None:
    """TypeError unless `surrogate` is one."""
    if not isinstance(surrogate, LUTSurrogate | Surrogate):
        raise TypeError(f"{who}: surrogate must be a LUTSurrogate or a Surrogate, got {type(surrogate).__name__}")


class LIF(Neuron):
    """Leaky integrate-and-fire layer in the integers of a hardware profile.

    `current` is [T, B, ...] in real units; spikes come back in the same shape and dtype: 0 and 1, or on a chip that can
    spike several times in a step their number. Inside, currents and membranes are integer codes of
    `profile.state_step`, and every step is the chip's: order of operations, decay, rounding, overflow, comparison and
    reset. `beta` and `threshold` are rounded to what the chip can hold; `lif.beta` and `lif.threshold` are the values
    in force. On a chip that leaks by a constant, `beta` is 1 minus what is lost in a step; `beta=1` only integrates.

    - `max_spikes`: how often a neuron can spike in a step, at most as often as the chip's, which is the default. On a
      chip whose output neurons spike less often (Xylo: 31 times, outputs once) the last layer needs their number.
    - `bias`: the number of neurons, or for [T, B, C, ...] of channels, that each add a learned constant in every step,
      in the chip's format, clipped to its range; None: there is none.
    - `learn_beta`, `learn_threshold`: train the value (`raw_beta`, `raw_threshold`, one for the layer) in real numbers;
      what is used is always its quantised form.
    - `truncate`: gradients do not go back over the start of every block of so many steps (truncated BPTT).

    Backward is the straight-through derivative of that arithmetic: the decay factor, zero where a register saturated,
    `surrogate` (a `LUTSurrogate`, or a `Surrogate` for the analytic curve) at the potential the chip reads, of several
    thresholds at the nearest. The reset is treated as a constant. There is no second derivative. What is kept for it is
    the place in the table, a byte or two, instead of the membrane.

    Raises ValueError for a `beta`, `threshold`, `reset`, `max_spikes` or `bias` the profile does not offer, for a table
    of another step, a chip whose synaptic current always decays by itself (use `CubaLIF`), or one that compares after
    every event.
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        beta: float | None = None,
        threshold: float = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        bias: int | None = None,
        learn_beta: bool = False,
        learn_threshold: bool = False,
        truncate: int | None = None,
    ) -> None:
        who = type(self).__name__
        check_surrogate(who, surrogate)
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
            learn_beta=chosen if learn_beta else None,
            learn_threshold=threshold if learn_threshold else None,
            truncate=truncate,
        )

    def sequence(self, current: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes [T, B, ...] and the final membrane [B, ...]; `mem` is the initial one (default zero).

        Membranes are real values on the grid of codes, in float32 or, for float64 currents, float64.
        """
        return self.run(current, mem)[:2]

    def step(self, current: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes and membrane [B, ...] of a single time step."""
        spikes, mem = self.sequence(current.unsqueeze(0), mem)
        return spikes[0], mem


class IF(LIF):
    """`LIF` that does not leak: `beta` is 1. Raises ValueError on a chip that always leaks."""

    def __init__(self, profile: Profile, surrogate: LUTSurrogate | Surrogate, **options: Any) -> None:
        super().__init__(profile, surrogate, beta=1.0, **options)


class CubaLIF(Neuron):
    """`LIF` with a synaptic current that decays by itself, on the profiles whose chip has one.

    `alpha` is the decay factor of the current, `beta` that of the membrane; the rest is as in `LIF`. The order is the
    chip's: on Loihi the current decays before the input of a step is added, on Xylo after. A bias goes to the membrane.
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        alpha: float = 0.5,
        beta: float = 0.9,
        threshold: float = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        bias: int | None = None,
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
            learn_beta=beta if learn_beta else None,
            learn_threshold=threshold if learn_threshold else None,
            truncate=truncate,
        )

    @property
    def alpha(self) -> float:
        """The decay factor of the synaptic current in force."""
        assert self.synapse is not None  # set by the constructor
        return float(self.synapse.leak.beta)

    def sequence(
        self, current: Tensor, mem: Tensor | None = None, syn: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Spikes [T, B, ...] and the final membrane and current [B, ...]; `mem` and `syn` are the initial ones."""
        return self.run(current, mem, syn)

    def step(
        self, current: Tensor, mem: Tensor | None = None, syn: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Spikes, membrane and current [B, ...] of a single time step."""
        spikes, mem, syn = self.sequence(current.unsqueeze(0), mem, syn)
        return spikes[0], mem, syn


class LI(Neuron):
    """Leaky integrator for read-out, in the integers of a hardware profile: it never spikes.

    Membranes [T, B, ...], after each step, for currents [T, B, ...], in real units on the grid of codes. The arithmetic
    is that of the chip's neurons without comparison and reset, with the leak of its read-out neurons where they have
    their own. `alpha` is the decay factor of a synaptic current, on a chip that has one; the other arguments are as in
    `LIF`.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        alpha: float | None = None,
        beta: float | None = None,
        bias: int | None = None,
        learn_beta: bool = False,
        truncate: int | None = None,
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
            learn_beta=chosen if learn_beta else None,
            learn_threshold=None,
            truncate=truncate,
        )

    def sequence(
        self, current: Tensor, mem: Tensor | None = None, syn: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Membranes [T, B, ...] and the final membrane and current [B, ...]; `mem` and `syn` are the initial ones."""
        return self.run(current, mem, syn)
