"""Spiking neurons whose threshold adapts, in the chip's integer arithmetic."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.per_neuron import Reals
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, always_decays
from spikelut.quant.neurons.base import LayerOutput, Neuron, if_learned, real_values
from spikelut.quant.neurons.bias_layers import Bias
from spikelut.quant.neurons.lif import check_surrogate
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


class AdaptiveLIF(Neuron):
    """Leaky integrate-and-fire layer with an adaptive threshold and a refractory state: Lava's and lava-dl's ATRLIF.

    In real numbers a step is

    mem = beta * mem + current; theta = threshold + threshold_beta * (theta - threshold); r = refractory_beta * r

    a spike where mem - r >= theta; then r = r + 2 * theta and theta = theta + threshold_step. The membrane is not
    reset: r, which is subtracted from it, is twice the threshold and falls again.

    Forward, it computes the chip's integers in this order, as `LIF` does. Shapes, bias, `truncate`, values of each
    neuron and errors are those of `LIF`. With `alpha`, the membrane takes in a synaptic current that decays, as in
    `CubaLIF`. In Lava's terms alpha, beta, threshold_beta and refractory_beta are 1 - delta_i, 1 - delta_v, 1 -
    delta_theta and 1 - delta_r; threshold and threshold_step are theta_0 and theta_step.

    - `threshold_step`: what a spike adds to the threshold, at least 0.
    - `threshold_beta`, `refractory_beta`: the decay factors of what the threshold has risen, and of r.

    Their states, by name: `mem`, `adaptation` (theta - threshold), `refractory` (r), and `syn` with `alpha`; all are 0
    at rest. `sequence` gives the spikes, the membrane and the current; `.states` of it has all.

    Backward is backpropagation through time straight through, also by way of theta and r: a spike that raises them has
    the derivative `surrogate` too. For each neuron and step it keeps four bytes for theta, besides the place in the
    table.

    Raises ValueError also for a profile without `[adaptation]`. What Loihi 2 does with theta and r beyond 24 bits is
    not known: here they saturate.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> neurons = quant.AdaptiveLIF(profile, surrogates.Arctan(), threshold_step=0.5, threshold_beta=0.9)
    >>> ended = neurons.sequence(torch.full((30, 1, 1), 0.3))
    >>> int(ended.out.sum()), list(ended.states)
    (4, ['mem', 'adaptation', 'refractory'])
    ```
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        alpha: Reals | None = None,
        beta: Reals = 0.9,
        threshold: Reals = 1.0,
        threshold_step: Reals = 0.5,
        threshold_beta: Reals = 0.9,
        refractory_beta: Reals = 0.9,
        bias: Bias = None,
        learn_beta: bool = False,
        learn_threshold: bool = False,
        truncate: int | None = None,
    ) -> None:
        who = type(self).__name__
        check_surrogate(who, surrogate)
        adaptation = AdaptationSpec.from_profile(profile, threshold_beta, refractory_beta, threshold_step, who)
        given = alpha is not None or not always_decays(profile)
        require(given, who, f"alpha must be given, as {profile.name} has currents that decay", alpha)
        super().__init__(
            profile,
            surrogate,
            adaptation.membrane(profile, LIFSpec.from_profile(profile, beta, threshold, None, who)),
            None if alpha is None else SynapseSpec.from_profile(profile, alpha, who),
            bias=bias,
            learn_beta=if_learned(who, "learn_beta", learn_beta, beta),
            learn_threshold=if_learned(who, "learn_threshold", learn_threshold, threshold),
            truncate=truncate,
            others={"adaptation": adaptation},
        )

    @property
    def alpha(self) -> Any:
        """The decay factor of the synaptic current in force; None without one."""
        return None if self.synapse is None else real_values(self.synapse.leak.beta)

    @property
    def threshold_step(self) -> Any:
        """What a spike adds to the threshold, as it is in force: a float, or float64 [N]."""
        return real_values(self.others["adaptation"].options["threshold_step"])

    @property
    def threshold_beta(self) -> Any:
        """The decay factor of what the threshold has risen, as it is in force: a float, or float64 [N]."""
        return real_values(self.others["adaptation"].threshold_leak.beta)

    @property
    def refractory_beta(self) -> Any:
        """The decay factor of the refractory state, as it is in force: a float, or float64 [N]."""
        return real_values(self.others["adaptation"].refractory_leak.beta)

    def sequence(
        self,
        current: Tensor,
        mem: Tensor | None = None,
        syn: Tensor | None = None,
        *,
        states: Mapping[str, Tensor | None] | None = None,
    ) -> LayerOutput:
        """Spikes [T, B, ...], the final membrane and current [B, ...]; `.states` of it are all final states by name.

        Those are taken as `states` again.
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
        """Spikes [B, ...] and the states after a single time step, as `sequence`."""
        ended = self.sequence(current.unsqueeze(0), mem, syn, states=states)
        return LayerOutput.of(ended.out[0], ended.states, ended.syn)
