"""Layers with graded spikes: sigma, delta and sigma-delta neurons, in the chip's integers."""

from collections.abc import Mapping
from typing import Any, Literal, cast

import torch
from torch import Tensor

from spikelut._checks import is_finite, require, require_flags, require_int, require_one_of
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.arithmetic.per_neuron import Reals, shown_values
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.quant.dynamics.graded.spec import GradedKind, GradedSpec, coarsest_message, graded_integers, graded_of
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.neurons.base import LayerOutput, Neuron
from spikelut.quant.weights.input_events import MOST_EVENTS, as_real, check_first

MESSAGE_STEP = 2.0**-6
"""What a message code is worth unless it is said: the scale of graded spikes in lava-dl."""
MESSAGE_BITS = 16
"""The payload unless it is said: what lava-dl's netx gives the messages of sigma-delta networks."""

Activation = Literal["relu", "unit"]


class GradedNeuron(Neuron):
    """What `Sigma`, `Delta` and `SigmaDelta` have in common: states by name, numbers of messages."""

    def __init__(
        self,
        profile: Profile,
        kind: GradedKind,
        *,
        bias: int | None = None,
        truncate: int | None = None,
        **numbers: Any,
    ) -> None:
        who = type(self).__name__
        graded_of(profile, who)
        require("threshold" not in numbers or numbers["threshold"] is not None, who, "threshold must be a number", None)
        if bias is not None:
            require_int(who, "bias", bias, 1, 2**31)
        spec, graded = graded_integers(profile, kind, who=who, **numbers)
        nothing: dict[str, Any] = dict.fromkeys(("bias", "learn_beta", "learn_threshold"))
        super().__init__(profile, None, spec, None, **nothing, truncate=truncate, others={"graded": graded})
        self.bias = None if bias is None else torch.nn.Parameter(torch.zeros(bias))

    @property
    def graded(self) -> GradedSpec:
        """The integers beside those of the states."""
        return cast(GradedSpec, self.others["graded"])

    @property
    def message_step(self) -> float:
        """The real value of one message code, or of a decoder's state."""
        return self.graded.message.step

    @property
    def message_bits(self) -> int:
        """The width of a message's payload."""
        return self.graded.message.bits

    def integer_bias(self) -> tuple[Tensor, int] | None:
        """Mantissas, int64, and their exponent, for mantissa * 2**exponent codes of a state; None without a bias."""
        if self.bias is None:
            return None
        require(bool(self.bias.isfinite().all()), type(self).__name__, "bias must be finite", "NaN or infinity")
        return self._mantissas(self.bias.detach().to(torch.float64)).to(torch.int64), self.graded.drop

    def _bias_on_grid(self, bias: Tensor) -> Tensor:
        return straight_through(bias, self._mantissas(bias.detach().to(exact_dtype(bias))) * self.message_step)

    def _mantissas(self, bias: Tensor) -> Tensor:
        """The nearest numbers of messages that a bias of the chip can be."""
        high = 2 ** (graded_of(self.profile, type(self).__name__).bias_bits - 1) - 1
        return torch.round(bias / self.message_step).clamp(-high - 1, high)

    def sequence(self, current: Tensor, states: Mapping[str, Tensor | None] | None = None) -> LayerOutput:
        """What the layer gives, [T, B, ...], and its last `states` [B, ...] by name, which are taken again."""
        return self.run(current, states=states)

    def step(self, current: Tensor, states: Mapping[str, Tensor | None] | None = None) -> LayerOutput:
        """The same of a single time step, [B, ...]."""
        found = self.sequence(current.unsqueeze(0), states)
        return LayerOutput.of(found.out[0], found.states, found.syn)

    def extra_repr(self) -> str:
        graded, parts = self.graded, [self.profile.name]
        if self._spec.threshold is not None:
            parts += [f"threshold={shown_values(self._spec.threshold * self._spec.membrane.step, 'g')}"]
            parts += [f"message_step={self.message_step:g}", f"message_bits={self.message_bits}"]
        parts += [f"activation={'relu' if graded.relu else 'unit'!r}"] * (graded.kind == "sigma_delta")
        parts += ["cum_error=True"] * graded.cumulative
        return ", ".join([*parts, *(["learns bias"] if self.bias is not None else [])])


class Sigma(GradedNeuron):
    """Decoder layer: adds up the changes that come in, and gives the sum as a read-out.

    sigma = sigma + current; the output is sigma, [T, B, ...] for currents of that shape. Its register is the profile's
    (`loihi2`: 32 bits, which wrap); in float32 sums above 2**24 codes are rounded when they come out, in float64 none.

    Raises ValueError on a profile without graded spikes. The arithmetic is that of Lava's `Sigma`.

    ```pycon
    >>> quant.Sigma(hw_profiles.load("loihi2"))(torch.tensor([0.5, -0.25, 0.0]).reshape(3, 1, 1)).flatten().tolist()
    [0.5, 0.25, 0.25]
    ```
    """

    def __init__(self, profile: Profile, *, truncate: int | None = None) -> None:
        super().__init__(profile, "sigma", truncate=truncate)


class Delta(GradedNeuron):
    """Encoder layer: sends the change of an input as a graded spike, once it is large enough.

        change = x - x of the step before + residue
        message = change where |change| >= threshold, else 0;  residue = change - message

    Input and output are [T, B, ...] in real units; what is not sent stays in the residue. The gradient passes straight
    through: a message is taken for the change, as lava-dl's slayer does.

    - `threshold`: a number, or one for each neuron or channel; rounded to a multiple of `message_step`.
    - `input_step`, `message_step`: powers of two, the real values of one code of the input and of a message; by default
      messages are as fine as inputs, or as coarse as the profile has them. The next layer of weights needs this
      `message_step` as its `input_step`, and `graded_input=True`.
    - `cum_error`: the threshold is compared with the sum of the changes since something was sent, instead of with the
      change.
    - `message_bits`: the payload of a message; what it does not hold is sent in the next steps.
    - `largest_input`, `signed_input`: the codes that come in, as those of `QuantLinear`: up to `largest_input`, from
      -`largest_input` on, or with `signed_input=False` from 0 on.

    Raises ValueError on a profile without graded spikes, for numbers that it does not offer, and for inputs that are no
    multiples of `input_step` in that range. The arithmetic is that of Lava's `Delta`.

    ```pycon
    >>> delta = quant.Delta(hw_profiles.load("loihi2"), threshold=0.5, input_step=2**-4)
    >>> x = torch.tensor([0.25, 0.5, 0.5625, 0.5625, -0.25]).reshape(5, 1, 1)
    >>> delta(x).flatten().tolist()
    [0.0, 0.5, 0.0, 0.0, -0.75]
    ```
    """

    def __init__(
        self,
        profile: Profile,
        threshold: Reals,
        *,
        input_step: float = MESSAGE_STEP,
        message_step: float | None = None,
        cum_error: bool = False,
        message_bits: int = MESSAGE_BITS,
        largest_input: int | None = None,
        signed_input: bool = True,
        truncate: int | None = None,
    ) -> None:
        require_flags(type(self).__name__, cum_error=cum_error, signed_input=signed_input)
        if largest_input is not None:
            require_int(type(self).__name__, "largest_input", largest_input, 1, MOST_EVENTS)
        numbers: dict[str, Any] = {"threshold": threshold, "message_bits": message_bits, "cumulative": cum_error}
        if message_step is None and is_finite(input_step):
            message_step = min(input_step, coarsest_message(profile, type(self).__name__))
        numbers |= {"input_step": input_step, "message_step": message_step}
        super().__init__(profile, "delta", truncate=truncate, **numbers)
        self.input_step, self.largest_input, self.signed_input = float(input_step), largest_input, signed_input

    def run(self, current: Tensor, *args: Any, **kwargs: Any) -> LayerOutput:
        """All that a sequence gives; as `sequence`."""
        current = as_real(type(self).__name__, current, torch.get_default_dtype())
        if isinstance(current, Tensor):
            check_first(type(self).__name__, current, self.input_step, self.largest_input, self.signed_input)
        return super().run(current, *args, **kwargs)

    def extra_repr(self) -> str:
        largest = "" if self.largest_input is None else f", largest_input={self.largest_input}"
        unsigned = "" if self.signed_input else ", signed_input=False"
        return f"{super().extra_repr()}, input_step={self.input_step:g}{largest}{unsigned}"


class SigmaDelta(GradedNeuron):
    """Sigma-delta layer: adds up the changes that come in, and sends what has changed of an activation of the sum.

        sigma = sigma + current;  x = max(0, sigma + bias)
        change = x - x of the step before + residue
        message = change where |change| >= threshold, else 0;  residue = change - message

    Input and output are [T, B, ...] in real units. A network of such layers computes what a network of ReLU does on
    every frame, and sends only changes; with a threshold of 0 it is the same network. States are finer than messages:
    the bits that a message drops are lost (Lava keeps no residue of them), so that sums drift downwards by less than
    `message_step` for each message. The gradient passes straight through, as `Delta`'s does, and through ReLU where
    sigma + bias is above 0.

    - `threshold`: a number, or one for each neuron or channel; rounded to a multiple of `message_step`.
    - `bias`: the number of neurons, or channels, that each learn one; in whole `message_step`; None: there is none.
    - `activation`: `relu`, or `unit` for x = sigma + bias.
    - `cum_error`, `message_step`, `message_bits`: as `Delta`'s.

    Raises ValueError on a profile without graded spikes, and for numbers that it does not offer. The arithmetic is that
    of Lava's `SigmaDelta`.

    ```pycon
    >>> layer = quant.SigmaDelta(hw_profiles.load("loihi2"), threshold=0.25)
    >>> layer(torch.tensor([0.125, 0.125, -1.0, 1.0]).reshape(4, 1, 1)).flatten().tolist()
    [0.0, 0.25, -0.25, 0.25]
    ```
    """

    def __init__(
        self,
        profile: Profile,
        threshold: Reals,
        *,
        bias: int | None = None,
        activation: Activation = "relu",
        cum_error: bool = False,
        message_step: float = MESSAGE_STEP,
        message_bits: int = MESSAGE_BITS,
        truncate: int | None = None,
    ) -> None:
        require_flags(type(self).__name__, cum_error=cum_error)
        require_one_of(type(self).__name__, "activation", activation, Activation)
        numbers: dict[str, Any] = {"threshold": threshold, "message_bits": message_bits, "cumulative": cum_error}
        numbers |= {"relu": activation == "relu", "message_step": message_step}
        super().__init__(profile, "sigma_delta", bias=bias, truncate=truncate, **numbers)


def graded_layer(profile: Profile, spec: LIFSpec, graded: GradedSpec, bias: int | None) -> GradedNeuron:
    """The layer with these integers, whose `bias` of so many neurons is 0."""
    if graded.kind == "sigma":
        return Sigma(profile)
    numbers: dict[str, Any] = {"threshold": spec.threshold * spec.membrane.step, "cum_error": graded.cumulative}
    numbers |= {"message_step": graded.message.step, "message_bits": graded.message.bits}
    if graded.kind == "delta":
        return Delta(profile, input_step=spec.membrane.step * 2.0**-graded.drop_in, **numbers)
    return SigmaDelta(profile, bias=bias, activation="relu" if graded.relu else "unit", **numbers)
