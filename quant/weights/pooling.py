"""Layers without weights between spiking layers: pooling of spike trains, repetition over time and places."""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_int
from spikelut.quant.arithmetic.full_precision import exact, exact_dtype
from spikelut.quant.weights.input_events import MOST_EVENTS, as_real
from spikelut.quant.weights.wide_sums import EXACT_FLOAT32, narrowed

PLACES = EXACT_FLOAT32 // (MOST_EVENTS + 1)
"""So many places are summed in float32, whatever counts of events they have; more in float64."""


class Window(NamedTuple):
    """The windows of a pooling layer: their size, their distance, and what is put around, for each dimension."""

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]


class Pooling(nn.Module):
    """Windows over one or two dimensions, [T, B, C, L] or [T, B, C, H, W].

    `kernel_size`, `stride` and `padding` are as they were given, `window` has them for each dimension.
    """

    dims = 2

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding = padding
        size = self._each("kernel_size", self.kernel_size, 1, 255)
        self.window = Window(size, self._each("stride", self.stride, 1, 255), self._each("padding", padding, 0, 127))
        small = all(2 * p <= k for p, k in zip(self.window.padding, size, strict=True))
        require(small, self, "padding must be at most half of kernel_size", padding)

    def _each(self, name: str, value: Any, low: int, high: int) -> tuple[int, ...]:
        if not isinstance(value, tuple):
            require_int(self, name, value, low, high)
            return (value,) * self.dims
        fits = len(value) == self.dims and all(type(v) is int and low <= v <= high for v in value)
        require(fits, self, f"{name} must be an integer in {low}..{high}, or {self.dims} of them", value)
        return value

    def _flat(self, spikes: Tensor) -> Tensor:
        """Time and batch in one dimension, [T * B, C, ...]; ValueError if no window has room."""
        least = [k - 2 * p for k, p in zip(self.window.kernel_size, self.window.padding, strict=True)]
        fits = spikes.ndim == 3 + self.dims and all(n >= k for n, k in zip(spikes.shape[3:], least, strict=True))
        if self.dims == 1:
            wanted = f"[T, B, C, L], L at least {least[0]}"
        elif least[0] == least[1]:
            wanted = f"[T, B, C, H, W], H and W at least {least[0]}"
        else:
            wanted = f"[T, B, C, H, W], H at least {least[0]} and W at least {least[1]}"
        require(fits, self, f"spikes must be {wanted}", tuple(spikes.shape))
        real: Tensor = as_real(type(self).__name__, spikes, exact_dtype(spikes))
        return real.flatten(0, 1)

    def extra_repr(self) -> str:
        padded = f", padding={self.padding}" if any(self.window.padding) else ""
        return f"{self.kernel_size}, stride={self.stride}{padded}"


class SumPool2d(Pooling):
    """Sum pooling: the number of spikes in each window.

    [T, B, C, H, W] to [T, B, C, H', W']; `kernel_size`, `stride` (the size of a window, if None) and `padding` with
    zeros, at most half a window, are a number or (height, width). Values left over at the lower and right edges are
    dropped. A chip adds these spikes with the next layer's weights. An average is the same sum, with these weights
    divided by the size of the window. Sums are in float32, or in float64 for float64 inputs. Raises ValueError if
    float32 would round the sum of a large window.

    ```pycon
    >>> quant.SumPool2d(2)(torch.ones(1, 1, 1, 4, 4)).flatten().tolist()
    [4.0, 4.0, 4.0, 4.0]
    >>> quant.SumPool2d((1, 4), padding=(0, 2))(torch.ones(1, 1, 1, 1, 8)).flatten().tolist()
    [2.0, 4.0, 2.0]
    ```
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__(kernel_size, stride, padding)

    def forward(self, spikes: Tensor) -> Tensor:
        """Event counts [T, B, C, H', W'] of spikes or event counts [T, B, C, H, W]."""
        flat = _window_sums(exact(self._flat(spikes)), self.window, "SumPool2d")
        return flat.reshape(*spikes.shape[:2], *flat.shape[1:])


class SumPool1d(Pooling):
    """Sum pooling over sequences: the number of spikes in each window, [T, B, C, L] to [T, B, C, L'].

    Over L, not over time; otherwise as `SumPool2d`.

    ```pycon
    >>> quant.SumPool1d(3, stride=2)(torch.ones(1, 1, 1, 8)).flatten().tolist()
    [3.0, 3.0, 3.0]
    ```
    """

    dims = 1

    def __init__(
        self, kernel_size: int | tuple[int], stride: int | tuple[int] | None = None, padding: int | tuple[int] = 0
    ) -> None:
        super().__init__(kernel_size, stride, padding)

    def forward(self, spikes: Tensor) -> Tensor:
        """Event counts [T, B, C, L'] of spikes or event counts [T, B, C, L]."""
        (size,), (stride,), (padding,) = self.window
        window = Window((1, size), (1, stride), (0, padding))
        flat = _window_sums(exact(self._flat(spikes)).unsqueeze(2), window, "SumPool1d")
        return flat.reshape(*spikes.shape[:2], flat.shape[1], -1)


class GlobalSumPool(nn.Module):
    """Sum pooling over all places: the number of spikes of each channel, [T, B, C, ...] to [T, B, C].

    Global average pooling becomes this if the next layer's weights are divided by the number of places. Sums are those
    of `SumPool2d`.

    ```pycon
    >>> quant.GlobalSumPool()(torch.ones(1, 1, 2, 4, 5)).flatten().tolist()
    [20.0, 20.0]
    ```
    """

    def forward(self, spikes: Tensor) -> Tensor:
        """Event counts [T, B, C] of spikes or event counts [T, B, C, L] or [T, B, C, H, W]."""
        require(spikes.ndim >= 4, self, "spikes must be [T, B, C, L] or [T, B, C, H, W]", tuple(spikes.shape))
        places = exact(as_real("GlobalSumPool", spikes, torch.float32)).flatten(3)
        wide = places.to(torch.float64) if places.shape[3] > PLACES else places
        return narrowed(wide.sum(3), places.dtype, "GlobalSumPool")


class MaxPool2d(Pooling):
    """Max pooling: the largest value in each window, as `torch.nn.MaxPool2d`, for [T, B, C, H, W].

    For spikes, this is whether any neuron of the window spiked; for counts and currents, the largest one. It is exact,
    and floats keep their type; integers and booleans become float32. What `padding` adds around, at most half a window,
    is never the largest. Each argument is a number or (height, width); if `stride` is None, it is the size of a window.
    Values left over at the lower and right edges are dropped.

    The gradient goes to the largest value of a window; if there are several, to the first, as in torch.

    ```pycon
    >>> spikes = torch.zeros(1, 1, 1, 4, 4)
    >>> spikes[..., 0, 3] = 1
    >>> quant.MaxPool2d(2)(spikes).flatten().tolist()
    [0.0, 1.0, 0.0, 0.0]
    ```
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__(kernel_size, stride, padding)

    def forward(self, spikes: Tensor) -> Tensor:
        """The largest of each window, [T, B, C, H', W'], of spikes, event counts or currents [T, B, C, H, W]."""
        flat = nn.functional.max_pool2d(self._flat(spikes), *self.window)
        return flat.reshape(*spikes.shape[:2], *flat.shape[1:])


class MaxPool1d(Pooling):
    """Max pooling over sequences: the largest value in each window, [T, B, C, L] to [T, B, C, L'].

    Over L, not over time; otherwise as `MaxPool2d`.

    ```pycon
    >>> quant.MaxPool1d(2)(torch.tensor([0.0, 1.0, 3.0, 2.0]).reshape(1, 1, 1, 4)).flatten().tolist()
    [1.0, 3.0]
    ```
    """

    dims = 1

    def __init__(
        self, kernel_size: int | tuple[int], stride: int | tuple[int] | None = None, padding: int | tuple[int] = 0
    ) -> None:
        super().__init__(kernel_size, stride, padding)

    def forward(self, spikes: Tensor) -> Tensor:
        """The largest of each window, [T, B, C, L'], of spikes, event counts or currents [T, B, C, L]."""
        flat = nn.functional.max_pool1d(self._flat(spikes), *self.window)
        return flat.reshape(*spikes.shape[:2], *flat.shape[1:])


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


class Upsample(nn.Module):
    """Nearest-neighbour upsampling: every value `scale_factor` times in each dimension.

    [T, B, C, L] to [T, B, C, L * scale_factor], or [T, B, C, H, W] likewise; two factors are those of height and width.
    Values and their type stay as they are. Unlike in `torch.nn.Upsample`, factors are whole numbers, and positions are
    exact for all of them.

    ```pycon
    >>> quant.Upsample((1, 3))(torch.tensor([[1.0, 0.0], [0.0, 2.0]]).reshape(1, 1, 1, 2, 2)).flatten(0, 3).tolist()
    [[1.0, 1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0, 2.0, 2.0]]
    ```
    """

    def __init__(self, scale_factor: int | tuple[int, int]) -> None:
        super().__init__()
        each = scale_factor if isinstance(scale_factor, tuple) else (scale_factor, scale_factor)
        fits = len(each) == 2 and all(type(f) is int and 1 <= f <= 255 for f in each)
        require(fits, "Upsample", "scale_factor must be an integer in 1..255, or two", scale_factor)
        self.scale_factor = scale_factor

    def forward(self, spikes: Tensor) -> Tensor:
        """The enlarged [T, B, C, L'] or [T, B, C, H', W'] of spikes, event counts or currents."""
        one = isinstance(self.scale_factor, int)
        shape = "[T, B, C, L] or [T, B, C, H, W]" if one else "[T, B, C, H, W]"
        require(spikes.ndim in ((4, 5) if one else (5,)), "Upsample", f"spikes must be {shape}", tuple(spikes.shape))
        places = spikes.shape[3:]
        factors = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,) * len(places)
        for dim, factor in enumerate(factors):
            at = 4 + dim
            spikes = spikes.unsqueeze(at).expand(*spikes.shape[:at], factor, *spikes.shape[at:]).flatten(at - 1, at)
        return spikes

    def extra_repr(self) -> str:
        return f"{self.scale_factor}"


class OnOff(nn.Module):
    """Signed values as events on two lines: what is above zero, and what is below, as their magnitudes.

    [T, B, N, ...] to [T, B, 2 N, ...] along `dim`: max(x, 0) of all N, then max(-x, 0) of all. So x is the difference
    of the two, and neither is negative, which chips of events ask for. Exact; integers become float32. The gradient of
    x is that of its line, and 0 at 0, as torch has it for relu.

    ```pycon
    >>> quant.OnOff()(torch.tensor([0.5, -0.25, 0.0]).reshape(1, 1, 3)).flatten().tolist()
    [0.5, 0.0, 0.0, 0.0, 0.25, 0.0]
    ```
    """

    def __init__(self, dim: int = 2) -> None:
        super().__init__()
        require_int("OnOff", "dim", dim, 2, 7)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Magnitudes [T, B, 2 N, ...] of real values [T, B, N, ...]."""
        require(x.ndim > self.dim, "OnOff", f"x must have more than {self.dim} dimensions", tuple(x.shape))
        real: Tensor = as_real("OnOff", x, exact_dtype(x))
        # Adding zero makes zero of a negative one.
        return torch.cat([torch.relu(real), torch.relu(-real)], self.dim) + 0.0

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


def _window_sums(x: Tensor, window: Window, who: str) -> Tensor:
    """The sums of [N, C, H, W] in two-dimensional windows."""
    height, width = window.kernel_size
    wide = x.to(torch.float64) if height * width > PLACES else x
    size, stride, padding = window
    sums = nn.functional.avg_pool2d(wide, size, stride, padding, divisor_override=1)
    return narrowed(sums, x.dtype, who)
