"""ReckOn's learning in integers: stochastic leak, error, learning signal and weight update of its e-prop.

```pycon
>>> error = quant.reckon.output_error(torch.tensor([500, 1500]), torch.tensor([2048, 0]), "none")
>>> error, quant.reckon.learning_signal(error, torch.tensor([100, -20]), scale=2)
(tensor([ 1548, -1500]), tensor(180))
```
"""

from typing import Literal

import torch
from torch import Tensor

from spikelut._checks import require_one_of
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_shift

Activation = Literal["none", "hard_sigmoid"]

STATE = NumberFormat(16)
WEIGHT = NumberFormat(8)
ONE = 2048
"""The target of the right class, and the top of the hard sigmoid."""


def output_error(potential: Tensor, target: Tensor, activation: Activation) -> Tensor:
    """The error of output neurons, sat16(target - y), from 16-bit potentials; int64.

    y is the potential, or its hard sigmoid clip((potential + 2048) >> 1, 0, 2048). For classes `target` is 2048 or 0.
    ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
    """
    require_one_of("output_error", "activation", activation, Activation)
    y = potential.to(torch.int64)
    if activation == "hard_sigmoid":
        # Limited before the shift, as the RTL does.
        y = torch.where(y > ONE - 1, ONE, torch.where(y < -ONE, 0, (y + ONE) >> 1))
    return torch.as_tensor(apply_overflow(TorchOps, target.to(torch.int64) - y, STATE))


def learning_signal(error: Tensor, weights: Tensor, scale: Tensor | int) -> Tensor:
    """The learning signal of hidden neurons, sat16((sum over outputs of error * weight << scale) >> 12); int64.

    `error` and the int8 `weights` are [..., outputs]. ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
    """
    total = (error.to(torch.int64) * weights.to(torch.int64)).sum(-1) << scale
    return torch.as_tensor(apply_overflow(TorchOps, round_shift(TorchOps, total, 12, "floor"), STATE))


def eligibility_product(signal: Tensor, trace: Tensor, h: Tensor) -> Tensor:
    """The product that a weight's update is drawn from: learning signal * trace * pseudo-derivative, int64.

    A positive product with bit 27 set becomes -2**31, as the RTL's saturation looks at a low bit: the weight goes down.
    ChFrenkel/ReckOn 5e5c0bea src/srnn.v; regularisation off.
    """
    product = signal.to(torch.int64) * trace.to(torch.int64) * h.to(torch.int64)
    return torch.where((product > 0) & (((product >> 27) & 1) == 1), -(2**31), product)


def stochastic_update(
    weights: Tensor, product: Tensor, left: Tensor | int, right: Tensor | int, random: Tensor, bits: int = 32
) -> tuple[Tensor, Tensor]:
    """The int8 weights after an update of +1 or -1, and where the RTL writes; int64 and bool.

    |product| << left, limited to 2**bits - 1, then >> right, is compared with the unsigned `random` of `bits` bits: at
    least as large, and the weight moves by the sign of the product, but not beyond -128..127. A product of -2**(bits-1)
    always does. ChFrenkel/ReckOn 5e5c0bea src/srnn.v stoch_update.
    """
    product, weights = product.to(torch.int64), weights.to(torch.int64)
    likely = (product.abs() << left).clamp(max=2**bits - 1) >> right
    moved = (product != 0) & ((product == -(2 ** (bits - 1))) | (likely >= random.to(torch.int64)))
    return torch.as_tensor(apply_overflow(TorchOps, weights + moved * product.sign(), WEIGHT)), moved


def stochastic_leak(state: Tensor, factor: Tensor | int, frac: int, random: Tensor, register: NumberFormat) -> Tensor:
    """A state times the unsigned `factor` / 2**frac, rounded up by chance; int64 in the wrapping `register`.

    The floor of the product gets one more where the `frac` bits below it are at least the unsigned `random` of as many
    bits. A state that is zero after the floor, or a factor of exactly one, is left as it is. With 15 fraction bits it
    is the leak of hidden neurons and, in unsigned 12-bit registers, of their traces; with 7 that of output neurons.
    ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
    """
    product = state.to(torch.int64) * factor
    floor = torch.as_tensor(apply_overflow(TorchOps, product >> frac, register))
    below = product & (2**frac - 1)
    up = (below >= random.to(torch.int64)) & (floor != 0) & (torch.as_tensor(factor) != 2**frac)
    return torch.as_tensor(apply_overflow(TorchOps, floor + up.to(torch.int64), register))
