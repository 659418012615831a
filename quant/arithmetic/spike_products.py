"""The products of matrices on the way back through weights, in compiled kernels where these take less time than torch.

Both are as near to exact sums as torch's, in another order, and the same whatever the number of threads.
"""

import torch
from torch import Tensor

from spikelut import native

LEAST_ROWS, LEAST_PRODUCTS = 64, 2**21
"""With fewer rows bringing weights into their order takes longer than multiplying; with fewer products calls do."""


MOST_DIGITS = 4
"""Of counts, each of which is gone through by itself."""


def is_large(rows: int, inputs: int, outputs: int) -> bool:
    """Whether kernels are worth calling."""
    return rows >= LEAST_ROWS and rows * inputs * outputs >= LEAST_PRODUCTS


def _is_recorded(*tensors: Tensor) -> bool:
    """Whether autograd differentiates what is made of these."""
    return torch.is_grad_enabled() and any(x.requires_grad for x in tensors)


def met(grad: Tensor, spikes: Tensor, step: float = 1.0) -> Tensor:
    """`grad` [rows, out] transposed, times `spikes` [rows, in], each 0 or `step`: the gradient of weights [out, in].

    Kernels add up the rows of `grad` in which an input spiked. Where a gradient is not finite torch multiplies, as zero
    times it is no zero; and where what is made is differentiated.
    """
    (rows, outputs), inputs = grad.shape, spikes.shape[1]
    if is_large(rows, inputs, outputs) and not _is_recorded(grad, spikes):
        given, ones = grad.contiguous(), spikes.contiguous()
        if native.usable(given) and native.usable(ones):
            out = given.new_empty(outputs, inputs)
            at = (ones.data_ptr(), step, given.data_ptr(), out.data_ptr())
            if not native.library().spikelut_sums_by_weight(*at, rows, inputs, outputs, torch.get_num_threads()):
                return out
    return grad.T @ spikes


def met_counts(grad: Tensor, events: Tensor, step: float = 1.0) -> Tensor:
    """The same of counts of `step`, up to 255: of each binary digit of the counts by itself, where these are few."""
    (rows, outputs), inputs = grad.shape, events.shape[1]
    if not is_large(rows, inputs, outputs) or _is_recorded(grad, events):
        return grad.T @ events
    counts = (events * (1 / step)).to(torch.uint8)
    digits = int(counts.max()).bit_length()
    if digits > MOST_DIGITS:
        return grad.T @ events
    parts = (met(grad, (counts & 2**digit).to(torch.float32).mul_(step), step * 2**digit) for digit in range(digits))
    return sum(parts, grad.new_zeros(outputs, inputs))


def product(grad: Tensor, weight: Tensor, into: Tensor | None = None) -> Tensor:
    """`grad` [..., out] times `weight` [out, in]: the gradient of what weights were given; `into` has room for it."""
    outputs, inputs = weight.shape
    rows = grad.numel() // outputs if outputs else 0
    if is_large(rows, inputs, outputs) and not _is_recorded(grad, weight):
        given, weights = grad.contiguous(), weight.contiguous()
        if native.usable(given) and native.usable(weights):
            out = given.new_empty(*grad.shape[:-1], inputs) if into is None else into
            at = (given.data_ptr(), weights.data_ptr(), out.data_ptr())
            if not native.library().spikelut_product(*at, rows, outputs, inputs, torch.get_num_threads()):
                return out
    return grad @ weight if into is None else torch.mm(grad, weight, out=into)
