"""Functions of torch that fix the batch when they are recorded, in operations that do not."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from spikelut._checks import require

aten = torch.ops.aten
_NEAREST = {"nearest": aten.upsample_nearest2d.default, "nearest-exact": aten._upsample_nearest_exact2d.default}


class FreeBatch(TorchFunctionMode):
    """While entered, `interpolate`, `pad`, shifts by tensors and padding "same" take a batch of any size.

    Torch's own read all sizes as numbers, though they need but those of an image. `running`: the layers that run, the
    innermost last.
    """

    def __init__(self, running: Sequence[str]) -> None:
        super().__init__()
        self.running = running

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        instead = _INSTEAD.get(func)
        if func is functional.interpolate and "nearest" not in kwargs["mode"]:
            message = f"layer {self.running[-1]}: upsampling must be nearest, which moves spikes as they are"
            require(False, "to_train_step", f"{message}; use mode='nearest'", kwargs["mode"])
        made = NotImplemented if instead is None else instead(*args, **kwargs)
        return func(*args, **kwargs) if made is NotImplemented else made


def _interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", **options: Any
) -> Any:
    rank = input.ndim - 2
    if rank not in (1, 2):
        return NotImplemented
    factors: list[Any] = [scale_factor] * rank if not isinstance(scale_factor, Sequence) else list(scale_factor)
    if size is None:
        size = [int(n * f) for n, f in zip(input.shape[2:], factors, strict=True)]
        factors = [None] * rank if options.get("recompute_scale_factor") else factors
    sizes = [size] * rank if not isinstance(size, Sequence) else list(size)
    if rank == 2:
        return _NEAREST[mode](input, sizes, *factors)
    return _NEAREST[mode](input.unsqueeze(2), [1, *sizes], None, *factors).squeeze(2)


def _pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    if mode != "constant":
        return NotImplemented
    for axis, ends in zip(range(input.ndim - 1, -1, -1), zip(pad[::2], pad[1::2], strict=True), strict=False):
        cut = [max(-n, 0) for n in ends]
        if any(cut):
            input = input.narrow(axis, cut[0], input.shape[axis] - sum(cut))
        before, after = ([*input.shape[:axis], max(n, 0), *input.shape[axis + 1 :]] for n in ends)
        if max(ends) > 0:
            fill = value or 0.0
            input = torch.cat([input.new_full(before, fill), input, input.new_full(after, fill)], axis)
    return input


def _convolve(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    if padding != "same":
        return NotImplemented
    kernel = weight.shape[2:]
    dilations = [dilation] * len(kernel) if not isinstance(dilation, Sequence) else list(dilation)
    reach = [d * (k - 1) for d, k in zip(dilations, kernel, strict=True)]
    if any(n % 2 for n in reach):
        input = _pad(input, [end for n in reversed(reach) for end in (0, n % 2)])
    return aten.convolution.default(
        input, weight, bias, [1] * len(kernel), [n // 2 for n in reach], dilations, False, [0] * len(kernel), groups
    )


def _shift(input: Tensor, other: Any) -> Any:
    return torch.bitwise_right_shift(input, other) if isinstance(other, Tensor) else NotImplemented


_INSTEAD: dict[Any, Callable[..., Any]] = {
    functional.interpolate: _interpolate,
    functional.pad: _pad,
    torch.conv1d: _convolve,
    torch.conv2d: _convolve,
    Tensor.__rshift__: _shift,
}
