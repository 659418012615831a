"""hls4ml's spiking layers in integers, of any fixed-point types: neurons, dense layers, read-outs and their decisions.

Layers of `quant` compute the same for the types that a profile can express, see `Profile.with_precision`. Here are the
functions of the library's header for all types, as a reference. fastmachinelearning/hls4ml ef92ebdf,
hls4ml/templates/vivado/nnet_utils: nnet_snn.h, nnet_snn_stream.h, nnet_dense_latency.h.

```pycon
>>> import numpy as np
>>> neurons = quant.hls4ml.Neurons(threshold=1024, beta=921, window_size=3)  # raw numbers of ap_fixed<16,6>
>>> spikes, mem = neurons.run(np.full((5, 1), 600))
>>> spikes.ravel(), mem.ravel()
(array([0, 1, 0, 0, 1]), array([600, 115,   0, 600, 115]))
```
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles import ApFixed
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.arithmetic.rounding import round_shift

Ints = NDArray[np.int64]
DEFAULT = ApFixed(16, 6)
"""hls4ml's default precision."""

DecisionRule = Literal[
    "argmax_spike_count", "first_to_threshold", "threshold_then_argmax", "binary_logit", "argmax_membrane"
]
OutputMode = Literal["spike", "membrane"]


def fit(raw: Any, frac: int, to: ApFixed) -> Ints:
    """The raw numbers of a type that raw * 2**-frac become: quantised, then brought into the range; int64."""
    raw = np.asarray(raw, np.int64)
    shift = frac - to.frac
    value = raw << -shift if shift <= 0 else _quantised(raw, shift, to)
    low, high = -(1 << (to.width - 1)) + to.narrow, (1 << (to.width - 1)) - 1
    if to.overflow == "saturate":
        return np.clip(value, low, high)
    return ((value - low) & ((1 << to.width) - 1)) + low


def _quantised(raw: Ints, shift: int, to: ApFixed) -> Ints:
    """raw / 2**shift as an integer; where only halves go another way than up, by rounding up what is mirrored."""
    if to.quantisation not in ("RND_ZERO", "RND_MIN_INF"):
        return np.asarray(round_shift(NumpyOps, raw, shift, to.rounding))
    up, down = (sign * round_shift(NumpyOps, sign * raw, shift, "half_up") for sign in (1, -1))
    return np.asarray(np.where(raw < 0, up, down) if to.quantisation == "RND_ZERO" else down)


@dataclass(frozen=True)
class Neurons:
    """`IFNeuron`, or with a `beta` `LIFNeuron`: raw numbers of `threshold_type` and `beta_type`, one or [N].

    a = membrane(beta * m);  v = membrane(a + membrane(x));  a spike where v >= threshold
    m = 0 or membrane(v - threshold) after a spike, else v;  all m = 0 after every `window_size` steps, if that is
    not 0
    """

    threshold: Any
    beta: Any = None
    reset: Literal["subtract", "zero"] = "subtract"
    window_size: int = 0
    data: ApFixed = DEFAULT
    membrane: ApFixed = DEFAULT
    beta_type: ApFixed = DEFAULT
    threshold_type: ApFixed = DEFAULT

    def run(self, x: Ints) -> tuple[Ints, Ints]:
        """Spikes and raw membranes after each step, [T, ..., N], for raw numbers `x` of the type `data`, from rest."""
        mem, frac = np.zeros(x.shape[1:], np.int64), self.membrane.frac
        spikes, mems = np.zeros(x.shape, np.int64), np.zeros(x.shape, np.int64)
        common = max(frac, self.threshold_type.frac)
        threshold = np.asarray(self.threshold, np.int64) << (common - self.threshold_type.frac)
        for t, drive in enumerate(fit(x, self.data.frac, self.membrane)):
            if self.beta is not None:
                mem = fit(self.beta * mem, frac + self.beta_type.frac, self.membrane)
            v = fit(mem + drive, frac, self.membrane)
            above = (v << (common - frac)) - threshold
            spikes[t] = above >= 0
            after = np.zeros_like(v) if self.reset == "zero" else fit(above, common, self.membrane)
            mem = np.where(spikes[t], after, v)
            if self.window_size and (t + 1) % self.window_size == 0:
                mem = np.zeros_like(mem)
            mems[t] = mem
        return spikes, mems


@dataclass(frozen=True)
class Dense:
    """`Dense`: raw weights [in, out] and biases [out], products and sums brought to `accum` one after the other.

    acc = accum(bias); for each input acc = accum(acc + accum(x * weight)); then result(acc). Where `accum` holds all
    products and sums exactly, as the types that hls4ml infers do, the order does not matter.
    """

    weight: Ints
    bias: Ints
    accum: ApFixed
    result: ApFixed
    data: ApFixed = DEFAULT
    weight_type: ApFixed = DEFAULT
    bias_type: ApFixed = DEFAULT

    def run(self, x: Ints) -> Ints:
        """Raw results [..., out] for raw numbers [..., in] of the type `data`."""
        acc = fit(self.bias, self.bias_type.frac, self.accum)
        for i, row in enumerate(self.weight):
            product = fit(x[..., i, None] * row, self.data.frac + self.weight_type.frac, self.accum)
            acc = fit(acc + product, self.accum.frac, self.accum)
        return fit(acc, self.accum.frac, self.result)


def decide(state: Ints, rule: DecisionRule, class_threshold: int = 1) -> Ints:
    """The class, or the score, that counts or membranes [..., classes] stand for.

    - `argmax_spike_count`, `argmax_membrane`: the largest. `first_to_threshold`, `threshold_then_argmax`: the first
      class with at least `class_threshold` counts, or if there is none the largest; both are the same in the header.
      `binary_logit`: the second of two minus the first.

    Of equal ones it is the first. Raises ValueError for another rule, and for a logit of not two classes.

    ```pycon
    >>> import numpy as np
    >>> counts = np.array([[2, 5, 5], [1, 0, 3]])
    >>> quant.hls4ml.decide(counts, "argmax_spike_count"), quant.hls4ml.decide(counts, "first_to_threshold")
    (array([1, 2]), array([0, 0]))
    ```
    """
    require_one_of("decide", "rule", rule, DecisionRule)
    require_int("decide", "class_threshold", class_threshold, 0, 2**31 - 1)
    if rule == "binary_logit":
        require(state.shape[-1] == 2, "decide", "binary_logit needs 2 classes", state.shape[-1])
        return np.asarray(state[..., 1] - state[..., 0], np.int64)
    best = np.asarray(state.argmax(-1))
    if rule.startswith("argmax"):
        return best
    reached = state >= class_threshold
    return np.asarray(np.where(reached.any(-1), reached.argmax(-1), best))


@dataclass(frozen=True)
class Readout:
    """`SNNReadout`: spikes counted, or a membrane of its own, over windows of `window_size` steps, and a decision.

    - `output_mode` "spike": counts of what is not 0. "membrane": s = membrane(membrane(beta * s) + membrane(x)), `beta`
      a raw number of the type `membrane`.
    - `decision_rule`, `class_threshold`: see `decide`. There is a decision in every step; that of a window is the last.

    Raises ValueError for a rule that the mode does not have: "argmax_membrane" is for membranes; these have it and
    "binary_logit" alone.

    ```pycon
    >>> import numpy as np
    >>> spikes = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])
    >>> out, counts = quant.hls4ml.Readout(window_size=3).run(spikes)
    >>> out >> 10, counts.tolist()  # classes in ap_fixed<16,6>
    (array([0, 0, 1, 0]), [[1, 0], [1, 1], [0, 0], [1, 0]])
    ```
    """

    output_mode: OutputMode = "spike"
    decision_rule: DecisionRule = "argmax_spike_count"
    window_size: int = 1
    class_threshold: int = 1
    beta: int = 0
    data: ApFixed = DEFAULT
    membrane: ApFixed = DEFAULT
    result: ApFixed = DEFAULT

    def __post_init__(self) -> None:
        require_one_of(self, "output_mode", self.output_mode, OutputMode)
        require_int(self, "window_size", self.window_size, 1, 2**31 - 1)
        of_membranes = self.output_mode == "membrane"
        rules = [r for r in get_args(DecisionRule) if r in ("argmax_membrane", "binary_logit") or not of_membranes]
        rules = rules if of_membranes else rules[:-1]
        message = f"decision_rule must be one of {', '.join(rules)} in mode {self.output_mode!r}"
        require(self.decision_rule in rules, self, message, self.decision_rule)

    def run(self, x: Ints) -> tuple[Ints, Ints]:
        """Raw results [T, ...] of each step and the state after it [T, ..., classes], cleared at the end of a window.

        `x` [T, ..., classes] are raw numbers of the type `data`, or spikes.
        """
        frac, state, states, out = self.membrane.frac, np.zeros(x.shape[1:], np.int64), [], []
        drive = (x != 0).astype(np.int64) if self.output_mode == "spike" else fit(x, self.data.frac, self.membrane)
        for t, arriving in enumerate(drive):
            if self.output_mode == "spike":
                state = state + arriving
            else:
                state = fit(fit(self.beta * state, 2 * frac, self.membrane) + arriving, frac, self.membrane)
            found = decide(state, self.decision_rule, self.class_threshold)
            scores = self.output_mode == "membrane" and self.decision_rule == "binary_logit"
            out.append(fit(found, frac if scores else 0, self.result))
            if (t + 1) % self.window_size == 0:
                state = np.zeros_like(state)
            states.append(state)
        return np.array(out), np.array(states)
