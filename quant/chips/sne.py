"""SNE's adaptive neuron, `alif_neuron.sv`, in integers: its exponential table, one operation of it.

There is no layer of it: every operation leaks, also those of one time, so that not even the sum of a step's events
tells what becomes of a membrane. `quant.EventLIF` on the profile `sne` computes SNE's other neuron, `lif_neuron.sv`.

```pycon
>>> neuron, state = quant.sne.ALIF(threshold=40, step=3), quant.sne.ALIFState.at_rest(2)
>>> for time in range(3):
...     state, spikes = quant.sne.alif_event(neuron, state, time, torch.tensor([20, 7]))
>>> state.mem, state.adaptation, spikes
(tensor([14, 18]), tensor([3, 0]), tensor([ True, False]))
```
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from spikelut._checks import require, require_int, require_one_of
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow

Operation = Literal["spike", "update", "integrate", "idle", "reset"]

BYTE = NumberFormat(8, overflow="wrap")
"""The register of membranes and thresholds, where it does not saturate."""
TABLE = tuple(int(2 ** (7.9 - 0.86 * k / 31)) for k in range(32))
"""The exponential: floor(2**(7.9 - 0.86 k / 31)), 238 to 131, in 1/256."""


@dataclass(frozen=True)
class ALIF:
    """The numbers of adaptive neurons.

    `threshold`, `rest`: -128..127. `step`: what a spike adds to the threshold, 0..15. `refractory`: for how long none
    follows, 0..255. `time_scale`: membranes leak 2**time_scale times as fast as thresholds, 0..15. ValueError for other
    numbers.
    """

    threshold: int
    rest: int = 0
    step: int = 0
    refractory: int = 0
    time_scale: int = 0

    def __post_init__(self) -> None:
        ranges = {"threshold": (-128, 127), "rest": (-128, 127), "step": (0, 15), "refractory": (0, 255)}
        for name, ends in {**ranges, "time_scale": (0, 15)}.items():
            require_int(self, name, getattr(self, name), *ends)


class ALIFState(NamedTuple):
    """What neurons keep, int64 of one shape: 32 bits each.

    `mem`: membrane. `adaptation`: rise of the threshold. `updated`, `spiked`: times of the last operation and the last
    spike, modulo 256.
    """

    mem: Tensor
    adaptation: Tensor
    updated: Tensor
    spiked: Tensor

    @classmethod
    def at_rest(cls, *shape: int) -> "ALIFState":
        """All zero, as after a reset."""
        return cls(*(torch.zeros(shape, dtype=torch.int64) for _ in range(4)))


def decay_factor(elapsed: Tensor, time_scale: int = 0) -> Tensor:
    """What the table keeps of a state after `elapsed` time, in 1/256: TABLE[t % 32] >> (t >> 5), t = elapsed << scale.

    At most 238, also where no time has passed. pulp-platform/sne 92449dfa rtl/neurons/alif_neuron.sv LUT.
    """
    t = elapsed.to(torch.int64) << time_scale
    return torch.tensor(TABLE, device=t.device)[t & 31] >> (t >> 5).clamp(max=31)


def alif_event(
    neuron: ALIF, state: ALIFState, time: Tensor | int, weight: Tensor, operation: Operation = "spike"
) -> tuple[ALIFState, Tensor]:
    """The state after one operation at `time`, and where it spiked.

    `weight`: of each neuron, 4 bits shifted to the left into 8, -128..127; 0 of those that the event is not for.

        spike:      mem = leaked(mem) + weight, rise = leaked(adaptation); where mem > threshold + rise, and refractory
                    time has passed: mem less threshold, rise + step
        update:     the same, but nothing spikes.        integrate: mem + weight, without a leak or a spike.
        idle:       nothing changes.                     reset: all is 0.

    To the last bit of the RTL: leaked(v) = v * decay_factor >> 8, of membranes no nearer to 0 than `rest`; a membrane
    above 127 saturates, one below -128 wraps (-256 becomes 1); threshold + rise wraps in 8 bits; rise + step becomes
    127 where it is above 127 or negative, and 1 where it is 0; times are compared modulo 256.

    ValueError for a weight beyond 8 bits or another operation. pulp-platform/sne 92449dfa rtl/neurons/alif_neuron.sv.
    """
    require_one_of("alif_event", "operation", operation, Operation)
    weight = weight.to(torch.int64)
    fits = bool(((weight >= -128) & (weight <= 127)).all())
    require(fits, "alif_event", "weight must be in -128..127", "others")
    never = torch.zeros_like(state.mem, dtype=torch.bool)
    if operation == "idle":
        return state, never
    if operation == "reset":
        return ALIFState(*(torch.zeros_like(part) for part in state)), never
    now = torch.as_tensor(time, dtype=torch.int64, device=state.mem.device) % 256
    mem, rise = state.mem, state.adaptation
    if operation != "integrate":
        elapsed = (now - state.updated) % 256
        mem = _leaked(mem, decay_factor(elapsed, neuron.time_scale), neuron.rest)
        rise = rise * decay_factor(elapsed) >> 8
    mem = mem + weight
    mem = torch.where(mem > 127, 127, _wrapped(torch.where(mem == -256, 1, mem)))
    rested = (now - state.spiked) % 256 >= neuron.refractory
    spikes = (mem > _wrapped(neuron.threshold + rise)) & rested if operation == "spike" else never
    mem = torch.where(spikes, _wrapped(mem - neuron.threshold), mem)
    raised = (rise + neuron.step) % 256
    raised = torch.where(raised == 0, 1, raised.clamp(max=127))
    times = now.expand_as(mem).clone()
    after = ALIFState(mem, torch.where(spikes, raised, rise), times, torch.where(spikes, now, state.spiked))
    return after, spikes


def _leaked(mem: Tensor, factor: Tensor, rest: int) -> Tensor:
    product = mem * factor
    kept = product >> 8
    return torch.where(product > 0, kept.clamp(min=rest), kept.clamp(max=rest))


def _wrapped(x: Tensor) -> Tensor:
    return as_tensor(apply_overflow(TorchOps, x, BYTE))
