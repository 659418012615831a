"""The neuron's part of a profile: weights, registers, decay, threshold, order of a time step."""

from dataclasses import dataclass
from typing import Literal

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._format import NumberFormat, Overflow, Rounding
from spikelut.hw_profiles._group import Group

DecayKind = Literal["multiply", "relax", "shift", "linear", "none"]
Comparison = Literal[">=", ">"]
Order = Literal["leak-input-compare-reset", "input-compare-leak-reset", "event-compare-reset"]
Reset = Literal["zero", "subtract"]
ParameterRounding = Literal["floor", "half_even"]
"""How a real decay, threshold or bias becomes an integer."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Weight(Group):
    """The format of quantised weights: a spike adds code * step * 2**(exponent + shift) membrane codes.

    - `bits`: two's complement width of the code. `narrow`: the most negative code is left out, as in sign and
      magnitude.
    - `signed`: whether there are codes below zero; without them `bits` still counts the sign, which is not stored.
    - `rounding`: how the chip's own tools round real weights.
    - `step`: power of two; the grid of the stored integer (Loihi's mixed-sign weights are even: 2).
    - `exponent_min`, `exponent_max`: the left shift a layer may choose, which is its power-of-two scale.
    - `shift`: a further left shift that is always there.
    - `per_channel`: whether each neuron, or channel of a convolution, may have a shift of its own.
    - `frac`: the fraction bits of weights, where weights have a fixed type whatever an input event is worth. No layer
      chooses a scale then.

    ```pycon
    >>> weight = hw_profiles.load("loihi2").weight
    >>> weight.bits, weight.step, (weight.exponent_min, weight.exponent_max), weight.shift
    (8, 2, (-8, 7), 6)
    ```
    """

    bits: int
    narrow: bool = False
    signed: bool = True
    rounding: Rounding = "half_even"
    step: int = 1
    exponent_min: int
    exponent_max: int
    shift: int = 0
    per_channel: bool = False
    frac: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 2, 16)
        if self.frac is not None:
            require_int(self, "frac", self.frac, -16, 30)
        self._require_bool("narrow", "signed", "per_channel")
        require(self.signed or not self.narrow, self, "narrow needs signed codes", self.narrow)
        require_one_of(self, "rounding", self.rounding, Rounding)
        require(self.step in (1, 2, 4, 8, 16), self, "step must be a power of two in 1..16", self.step)
        require_int(self, "exponent_min", self.exponent_min, -31, 31)
        require_int(self, "exponent_max", self.exponent_max, self.exponent_min, 31)
        require_int(self, "shift", self.shift, 0, 31)
        # No layer loses bits of a weight, and in sums of 31 bits each has room for one.
        lowest = max(0, self.exponent_min + self.step.bit_length() - 1) + self.shift
        require(lowest <= 30, self, "the smallest weight must add at most 2**30 membrane codes", f"2**{lowest}")
        highest = self.exponent_max + self.shift + self.step.bit_length() - 1
        whole = "step * 2**(exponent_max + shift) must be a whole number of membrane codes"
        require(highest >= 0, self, whole, f"2**{highest}")

    def codes(self, bits: int) -> tuple[int, int]:
        """The smallest and the largest code of `bits` bits, at most those of the chip."""
        half = 2 ** (bits - 1)
        return (self.narrow - half if self.signed else 0), half - 1


@dataclass(frozen=True, kw_only=True, repr=False)
class Register(Group):
    """An integer register: its width, whether it saturates or wraps on overflow, and whether it is signed.

    - `narrow`: the range is symmetric, without the most negative code.
    - `rounding`: how a value with more fraction bits is rounded to those of the register.

    ```pycon
    >>> register = hw_profiles.load("loihi2").membrane
    >>> register.bits, register.signed, register.narrow, register.overflow
    (24, True, True, 'saturate')
    >>> register.format(0).min_code, register.format(0).max_code
    (-8388607, 8388607)
    ```
    """

    bits: int
    overflow: Overflow
    signed: bool = True
    narrow: bool = False
    rounding: Rounding = "half_even"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.rounding != "stochastic", self, "rounding must be a deterministic mode", self.rounding)
        self.format(0)

    def format(self, frac: int) -> NumberFormat:
        """The register as a fixed-point format with `frac` fraction bits."""
        return NumberFormat(self.bits, frac, self.signed, self.rounding, self.overflow, self.narrow)


@dataclass(frozen=True, kw_only=True, repr=False)
class Current(Register):
    """The register that holds the sum of a time step's synaptic inputs.

    - `event_by_event`: the chip adds each event to the membrane by itself and saturates after each, so the order of
      events can matter. A layer that adds all events at once is exact as long as no partial sum leaves the register.
    - `input_first`, for a current that decays: the input of a step is added before the decay instead of after it.
    - `accumulator_bits`: width of the signed register that sums the inputs of a step before they reach the current. A
      network whose weights could leave this register is refused.
    - `max_events`: how many events one input line can bring in a step.
    - `frac`: the fraction bits of the sum, where it has more of them than the membrane. The sum is then rounded to the
      membrane's.

    ```pycon
    >>> hw_profiles.load("xylo").current.event_by_event, hw_profiles.load("loihi2").current.event_by_event
    (True, False)
    ```
    """

    event_by_event: bool = False
    input_first: bool = False
    accumulator_bits: int | None = None
    max_events: int | None = None
    frac: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require_bool("event_by_event", "input_first")
        if self.accumulator_bits is not None:
            require_int(self, "accumulator_bits", self.accumulator_bits, 8, 32)
        if self.max_events is not None:
            require_int(self, "max_events", self.max_events, 1, 2**16 - 1)
        if self.frac is not None:
            require_int(self, "frac", self.frac, 0, 30)


@dataclass(frozen=True, kw_only=True, repr=False)
class Bias(Group):
    """A constant input of each neuron, added to its membrane in every step: mantissa * 2**exponent membrane codes.

    - `bits`: two's complement width of the mantissa; `narrow`: without its most negative value.
    - `exponent_min`, `exponent_max`: the exponents, of which a layer chooses one.
    - `rounding`: how a real bias becomes a mantissa.
    - `with_sum`: it is added to the synaptic sum, before that is brought to its register.

    ```pycon
    >>> bias = hw_profiles.load("loihi2").bias
    >>> bias.bits, bias.exponent_max
    (13, 7)
    ```
    """

    bits: int
    exponent_max: int = 0
    narrow: bool = False
    exponent_min: int = 0
    rounding: ParameterRounding = "half_even"
    with_sum: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 2, 32)
        require_int(self, "exponent_min", self.exponent_min, 0, 31)
        require_int(self, "exponent_max", self.exponent_max, self.exponent_min, 31)
        self._require_bool("narrow", "with_sum")
        require_one_of(self, "rounding", self.rounding, ParameterRounding)


@dataclass(frozen=True, kw_only=True, repr=False)
class Grid(Group):
    """The scale of the membrane: one code is worth 2**-frac, so a threshold of 1.0 is 2**frac codes.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> profile.grid.frac, profile.state_step == 2.0**-profile.grid.frac
    (18, True)
    ```
    """

    frac: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "frac", self.frac, 0, 30)


@dataclass(frozen=True, kw_only=True, repr=False)
class Decay(Group):
    """The leak of a membrane or of a synaptic current in one time step, in integers.

    - `multiply`: round(v * factor / 2**frac), with an integer factor in `min`..`max`. A factor above one can
      `overflow`.
    - `relax`: u - round((u - v) * factor / 2**frac), an exponential approach to the input u of the step.
    - `shift`: v - round(v / 2**k), with a shift k in `min`..`max`. With `minimum_step`, v changes by at least one code
      while it is not 0.
    - `linear`: v moves `min`..`max` codes towards zero, and stops there.
    - `none`: no leak; the neuron integrates.

    - `factor_rounding`: how a real factor becomes an integer.
    - `one_within`: a factor that differs from 1 by no more than this is taken as 1.
    - `per_neuron`: whether each neuron may have an amount of its own. Layers offer this for shifts that round by
      `floor`, and for no other decay.

    ```pycon
    >>> decay = hw_profiles.load("loihi2").decay
    >>> decay.kind, decay.frac, decay.rounding
    ('multiply', 12, 'trunc0')
    >>> 3686 / 2**decay.frac  # the factor nearest to a beta of 0.9
    0.89990234375
    ```
    """

    kind: DecayKind
    frac: int = 0
    min: int = 0
    max: int = 0
    rounding: Rounding = "floor"
    overflow: Overflow = "saturate"
    minimum_step: bool = False
    per_neuron: bool = False
    factor_rounding: ParameterRounding = "half_even"
    one_within: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "kind", self.kind, DecayKind)
        require_one_of(self, "factor_rounding", self.factor_rounding, ParameterRounding)
        require(0 <= self.one_within < 1, self, "one_within must be in 0..1", self.one_within)
        require_one_of(self, "overflow", self.overflow, Overflow)
        require_one_of(self, "rounding", self.rounding, Rounding)
        require(self.rounding != "stochastic", self, "rounding must be a deterministic mode", self.rounding)
        self._require_bool("minimum_step", "per_neuron")
        if self.kind in ("multiply", "relax"):
            require_int(self, "frac", self.frac, 1, 15)
            low, high = 0, 2 ** (self.frac + 1)
        else:
            require(self.frac == 0, self, "frac is for kinds 'multiply' and 'relax' only", self.frac)
            low, high = {"shift": (0, 31), "linear": (0, 2**16), "none": (0, 0)}[self.kind]
        require_int(self, "min", self.min, low, high)
        require_int(self, "max", self.max, self.min, high)
        right = self.kind == "shift" or not self.minimum_step
        require(right, self, "minimum_step is for kind 'shift' only", self.minimum_step)


@dataclass(frozen=True, kw_only=True, repr=False)
class Threshold(Group):
    """The threshold register: mantissa * 2**shift membrane codes, and whether a spike needs `>=` or `>`.

    - `per_neuron`: whether each neuron may have a threshold of its own.
    - `rounding`: how a real threshold becomes a mantissa.

    ```pycon
    >>> hw_profiles.load("loihi2").threshold.comparison, hw_profiles.load("reckon").threshold.comparison
    ('>', '>=')
    ```
    """

    bits: int
    signed: bool
    shift: int = 0
    comparison: Comparison
    per_neuron: bool = False
    rounding: ParameterRounding = "half_even"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 2, 32)
        self._require_bool("signed", "per_neuron")
        require_int(self, "shift", self.shift, 0, 31)
        require_one_of(self, "comparison", self.comparison, Comparison)
        require_one_of(self, "rounding", self.rounding, ParameterRounding)

    @property
    def max_code(self) -> int:
        """The largest threshold in membrane codes."""
        return ((1 << (self.bits - self.signed)) - 1) << self.shift


@dataclass(frozen=True, kw_only=True, repr=False)
class Step(Group):
    """The order of operations in one time step, and the reset after a spike.

    - `order`: `leak-input-compare-reset` or `input-compare-leak-reset`; or `event-compare-reset`, where a comparison
      follows every single event (a synapse's, or a leak's).
    - `resets`: the resets that the chip offers, the first of which is the default: `zero` (hard reset), or `subtract`
      the threshold (soft reset). `reset_overflow`: what happens when a subtraction leaves the register.
    - `max_spikes`: how often a neuron can spike in one step. The threshold is subtracted once for each of these spikes.
    - `max_output_spikes`: the same for neurons whose spikes leave the chip. If left out, they spike as often as the
      others.
    - `change_saturates`: leak and input are summed in a register of the membrane's width before this sum is added to
      the membrane.
    - `windows`: a layer may clear its membranes after every so many steps; each layer chooses this number.
    - `leak_or_reset`, for `input-compare-leak-reset`: in a step with a spike, the membrane is reset and does not leak.
    - `feedback`: after how many steps a spike reaches the neurons of its own layer. `quant.Recurrent` has a feedback of
      1.

    ```pycon
    >>> hw_profiles.load("xylo").step.max_spikes, hw_profiles.load("reckon").step.order
    (31, 'input-compare-leak-reset')
    ```
    """

    order: Order
    resets: tuple[Reset, ...]
    reset_overflow: Overflow = "saturate"
    max_spikes: int = 1
    max_output_spikes: int | None = None
    change_saturates: bool = False
    windows: bool = False
    leak_or_reset: bool = False
    feedback: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "order", self.order, Order)
        require(len(self.resets) > 0, self, "resets must name at least one reset", self.resets)
        for reset in self.resets:
            require_one_of(self, "resets", reset, Reset)
        require(len(set(self.resets)) == len(self.resets), self, "resets must differ", self.resets)
        require_one_of(self, "reset_overflow", self.reset_overflow, Overflow)
        require_int(self, "max_spikes", self.max_spikes, 1, 255)
        if self.max_output_spikes is not None:
            require_int(self, "max_output_spikes", self.max_output_spikes, 1, self.max_spikes)
        self._require_bool("change_saturates", "windows", "leak_or_reset")
        late = self.order == "input-compare-leak-reset" and self.max_spikes == 1
        message = "leak_or_reset needs order 'input-compare-leak-reset' and max_spikes of 1"
        require(late or not self.leak_or_reset, self, message, (self.order, self.max_spikes))
        require_int(self, "feedback", self.feedback, 1, 255)

    @property
    def output_spikes(self) -> int:
        """How often a neuron whose spikes leave the chip can spike in one step."""
        return self.max_spikes if self.max_output_spikes is None else self.max_output_spikes
