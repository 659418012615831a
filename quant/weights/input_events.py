"""What a network takes as input: whole numbers of events. The one statement of it, for arrays and tensors."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import require
from spikelut.quant.arithmetic.full_precision import exact
from spikelut.quant.arithmetic.traceable import is_unbranched

MOST_EVENTS = 2**16 - 1
"""The largest count of events of one input in a step that any network takes."""


def check_events(who: str, name: str, x: Any, step: float = 1.0, largest: int = MOST_EVENTS, least: int = 0) -> None:
    """ValueError, with the first wrong value and what to do, unless `x` holds multiples of `step`, `least`..`largest`.

    `x` is a NumPy array or a torch tensor of numbers or truth values, `step` the real value of an event. TypeError for
    values of another kind.
    """
    if not _is_right(who, name, x, step, largest, least):
        _refuse(who, name, x, step, largest, least)


class AlwaysOn(nn.Module):
    """Add one more input, which is 1 in every step: [T, B, N] to [T, B, N + 1].

    On a chip without biases, `quant.convert(..., substitute=True)` makes them weights of such an input. What this
    module gives is what the converted network then takes.

    ```pycon
    >>> quant.AlwaysOn()(torch.tensor([0.0, 2.0]).reshape(1, 1, 2)).tolist()
    [[[0.0, 2.0, 1.0]]]
    ```
    """

    def forward(self, x: Tensor) -> Tensor:
        """[T, B, N] to [T, B, N + 1], in the type of `x`."""
        require(x.ndim == 3, "AlwaysOn", "x must be [T, B, N]", tuple(x.shape))
        return torch.cat([x, torch.ones_like(x[..., :1])], 2)


def input_range(step: float, largest: int | None, signed: bool) -> tuple[int, int]:
    """The least and the largest code of an input whose events are worth a real `step`.

    `largest` if it is given, and where `signed` as many below zero; else those of 2**k steps to 1: 0..2**k - 1, or
    where signed -2**k..2**k - 1, int8 for k = 7; of whole steps 0..1, or -1..1.
    """
    if largest is not None:
        return -largest if signed else 0, largest
    whole = max(1, round(1 / step))
    return -whole if signed else 0, max(1, whole - 1)


def check_first(who: str, x: Tensor, step: float, largest: int | None, signed: bool = False) -> None:
    """`check_events` of what comes from outside into a layer: no gradient goes back through it.

    So it costs one look at the input in a training step; outputs of layers pass when no gradients are recorded. Nothing
    is looked at where a layer is compiled, recorded, transformed or captured.
    """
    if x.requires_grad or x.is_meta or is_unbranched() or not native.is_eager(x):
        return
    if not (x.is_cuda and torch.cuda.is_current_stream_capturing()):
        most = MOST_EVENTS if largest is None else largest
        check_events(who, "inputs", x, step, most, -most if signed else 0)


def as_real(who: str, x: Any, kind: torch.dtype) -> Any:
    """Spikes that are integers or truth values as `kind`; floats and others as they are. TypeError for complex ones."""
    if not isinstance(x, Tensor) or x.is_floating_point():
        return x
    if x.is_complex():
        raise TypeError(f"{who}: inputs must be real numbers, got {x.dtype}")
    return x.to(kind)


def _is_right(who: str, name: str, x: Any, step: float, largest: int, least: int) -> bool:
    if isinstance(x, Tensor):
        if _are_spikes(x, step):
            return True
        x = exact(as_real(who, x.detach(), torch.float64))
        codes = x if step == 1 else x * (1 / step)
        if not x.numel():
            return True
        # Quicker than `_right`, which has five passes; of what has a NaN both ends are one.
        low, most = (float(v) for v in codes.aminmax())
        return low >= least and most <= largest and torch.equal(codes, codes.round())
    if x.dtype.kind not in "buif":
        raise TypeError(f"{who}: {name} must be numbers, got {x.dtype}")
    wide = x.astype(np.float32) if x.dtype == np.float16 else x  # half precision holds no 65535
    return bool(_right(wide, step, largest, least).all())


def _are_spikes(x: Tensor, step: float) -> bool:
    """Whether all are 0 or one event, which any network takes; False where that is not found out quickly."""
    if not native.usable(x):
        return False
    return bool(native.library().spikelut_are_spikes(x.data_ptr(), step, x.numel(), torch.get_num_threads()))


def _right(x: Any, step: float, largest: int, least: int) -> Any:
    codes = x / step
    return (codes >= least) & (codes <= largest) & (codes == codes.round())


def _refuse(who: str, name: str, x: Any, step: float, largest: int, least: int) -> None:
    array = x.detach().to(torch.float64).cpu().numpy() if isinstance(x, Tensor) else np.asarray(x, np.float64)
    value = float(array[~_right(array, step, largest, least)].reshape(-1)[0])
    if step != 1:
        allowed = f"multiples of {step:g} in {least * step:g}..{largest * step:g}"
    else:
        allowed = "0 or 1" if (least, largest) == (0, 1) else f"whole numbers in {least}..{largest}"
    todo = "input_step= of the first layer sets what one event is worth; round the data to multiples of it"
    if not np.isfinite(array).all():
        value, todo = float(array[~np.isfinite(array)].reshape(-1)[0]), "NaN and infinity are no inputs"
    elif value < 0 and not least:
        todo = "give a signed value two inputs, one for its positive and one for its negative part"
        todo += ": quant.OnOff(); or signed_input=True, for software"
    elif not least * step <= value <= largest * step:
        todo = f"largest_input= allows more than {largest}" if largest < MOST_EVENTS else "scale the data down"
    require(False, who, f"{name} must be {allowed} ({todo})", value)
