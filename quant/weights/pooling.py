"""Layers without weights between spiking layers, which time-first spike trains pass through."""

from torch import Tensor, nn

from spikelut._checks import require, require_int
from spikelut.quant.arithmetic.full_precision import exact


class SumPool2d(nn.Module):
    """Sum pooling: the number of spikes in each window of `kernel_size` by `kernel_size`.

    [T, B, C, H, W] to [T, B, C, H', W']; what is left over at the lower and right edge is left out. A chip adds these
    spikes with the next layer's weights; an average would be the same sum with weights divided by the window.

    ```pycon
    >>> quant.SumPool2d(2)(torch.ones(1, 1, 1, 4, 4)).flatten().tolist()
    [4.0, 4.0, 4.0, 4.0]
    ```
    """

    def __init__(self, kernel_size: int, stride: int | None = None) -> None:
        super().__init__()
        require_int("SumPool2d", "kernel_size", kernel_size, 1, 255)
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        require_int("SumPool2d", "stride", self.stride, 1, 255)

    def forward(self, spikes: Tensor) -> Tensor:
        fits = spikes.ndim == 5 and min(spikes.shape[3:]) >= self.kernel_size
        size = self.kernel_size
        require(fits, "SumPool2d", f"spikes must be [T, B, C, H, W], H and W at least {size}", tuple(spikes.shape))
        flat = nn.functional.avg_pool2d(exact(spikes.flatten(0, 1)), size, self.stride, divisor_override=1)
        return flat.reshape(*spikes.shape[:2], *flat.shape[1:])

    def extra_repr(self) -> str:
        return f"{self.kernel_size}, stride={self.stride}"


class Repeat(nn.Module):
    """A constant input (direct coding): the same current in each of `steps` time steps, [1, B, ...] to [steps, B, ...].

    It stands after the first weights, whose current [1, B, ...] is then computed once.

    ```pycon
    >>> quant.Repeat(3)(torch.tensor([[[0.5]]])).flatten().tolist()
    [0.5, 0.5, 0.5]
    ```
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        require_int("Repeat", "steps", steps, 1, 2**20)
        self.steps = steps

    def forward(self, current: Tensor) -> Tensor:
        require(current.ndim >= 2 and len(current) == 1, "Repeat", "current must be [1, B, ...]", tuple(current.shape))
        return current.expand(self.steps, *current.shape[1:])

    def extra_repr(self) -> str:
        return f"{self.steps}"
