"""The rules on torch integers, for whoever looks at single ones."""

from typing import Literal

import torch
from torch import Tensor

from spikelut._checks import require_one_of
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.chips.reckon import rules

Activation = Literal["none", "hard_sigmoid"]


def output_error(potential: Tensor, target: Tensor, activation: Activation) -> Tensor:
    """The error of output neurons, sat16(target - y), from 16-bit potentials; int64.

    y is the potential, or its hard sigmoid clip((potential + 2048) >> 1, 0, 2048). For classes `target` is 2048 or 0.
    ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
    """
    require_one_of("output_error", "activation", activation, Activation)
    linear = torch.tensor(activation == "none")
    return as_tensor(rules.output_error(TorchOps, potential.to(torch.int64), target.to(torch.int64), linear))


def learning_signal(error: Tensor, weights: Tensor, scale: Tensor | int) -> Tensor:
    """The learning signal of hidden neurons, sat16((sum over outputs of error * weight << scale) >> 12); int64.

    `error` and the int8 `weights` are [..., outputs]. ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
    """
    total = (error.to(torch.int64) * weights.to(torch.int64)).sum(-1)
    return as_tensor(rules.learning_signal(TorchOps, total, torch.as_tensor(scale, dtype=torch.int64)))


def eligibility_product(signal: Tensor, trace: Tensor, h: Tensor) -> Tensor:
    """The product that a weight's update is drawn from: learning signal * trace * pseudo-derivative, int64.

    A positive product with bit 27 set becomes -2**31, as the RTL's saturation looks at a low bit: the weight goes down.
    ChFrenkel/ReckOn 5e5c0bea src/srnn.v; regularisation off.
    """
    wide = signal.to(torch.int64), trace.to(torch.int64), h.to(torch.int64)
    return as_tensor(rules.product(TorchOps, *wide, 16, 0))


def stochastic_update(
    weights: Tensor, product: Tensor, left: Tensor | int, right: Tensor | int, random: Tensor, bits: int = 32
) -> tuple[Tensor, Tensor]:
    """The int8 weights after an update of +1 or -1, and where the RTL writes; int64 and bool.

    |product| << left, limited to 2**bits - 1, then >> right, is compared with the unsigned `random` of `bits` bits: at
    least as large, and the weight moves by the sign of the product, but not beyond -128..127. A product of -2**(bits-1)
    always does. ChFrenkel/ReckOn 5e5c0bea src/srnn.v stoch_update.
    """
    product, left = product.to(torch.int64), torch.as_tensor(left, dtype=torch.int64)
    move = rules.moves(TorchOps, product, left, right, random.to(torch.int64), bits)
    return as_tensor(rules.moved(TorchOps, weights.to(torch.int64), product, move)), move


def stochastic_leak(state: Tensor, factor: Tensor | int, frac: int, random: Tensor, register: NumberFormat) -> Tensor:
    """A state times the unsigned `factor` / 2**frac, rounded up by chance; int64 in the wrapping `register`.

    The floor of the product gets one more where the `frac` bits below it are at least the unsigned `random` of as many
    bits. A state that is zero after the floor, or a factor of exactly one, is left as it is. With 15 fraction bits it
    is the leak of hidden neurons and, in unsigned 12-bit registers, of their traces; with 7 that of output neurons.
    ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
    """
    wide = state.to(torch.int64), torch.as_tensor(factor, dtype=torch.int64)
    return as_tensor(rules.leak(TorchOps, *wide, frac, random.to(torch.int64), register))
