"""Numbers of a layer that are one for all of its neurons, or one for each neuron or channel.

Real ones come as a number, a sequence, an array or a tensor, and become a float or float64 [N]; integers are an int or
int64 [N], read-only. Of states [B, N, ...] number n belongs to neuron, or channel, n.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import is_finite, require
from spikelut.hw_profiles import ParameterRounding

Reals = float | Sequence[float] | NDArray[Any] | Tensor
"""One number for a layer, or one for each of its neurons or channels."""


class ByValue:
    """A frozen dataclass, of `eq=False`, whose fields may be arrays: equal where all fields have the same values."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return all(a is b or same_values(a, b) for a, b in pairs)

    def __hash__(self) -> int:
        return hash(tuple(v.tobytes() if isinstance(v, np.ndarray) else v for v in vars(self).values()))

    def __deepcopy__(self, memo: Any) -> Any:
        return self  # nothing in it changes


def same_values(a: Any, b: Any) -> bool:
    """Whether two numbers, or two arrays of them, are the same; an array of one is no number."""
    if is_each(a) or is_each(b):
        return is_each(a) and is_each(b) and np.array_equal(a, b)
    return bool(a == b)


def is_each(value: Any) -> bool:
    """Whether it is one for each neuron: an array [N], or a tensor where a graph is recorded."""
    return isinstance(value, np.ndarray) or (isinstance(value, Tensor) and value.ndim > 0)


def reals_of(who: str, name: str, value: Any) -> Any:
    """A real number as it is; a sequence, an array or a tensor of them as float64 [N].

    Raises ValueError, in the name of `who`, for one that has other dimensions, no number, or what are no numbers.
    """
    if isinstance(value, Tensor):
        value = value.detach().to("cpu", torch.float64).numpy() if value.ndim else value.item()
    if isinstance(value, np.ndarray | list | tuple):
        try:
            made = np.array(value, np.float64)
        except (TypeError, ValueError):
            made = np.zeros(0)
        require(made.ndim == 1 and made.size > 0, who, f"{name} must be a number, or N of them", value)
        return made
    return value


def require_per_neuron(who: str, name: str, value: Any, allowed: bool, profile: str) -> None:
    """ValueError for a value of each neuron's own where the profile has one for all."""
    if is_each(value):
        shown = [float(v) for v in value[:3]]
        got = f"{len(value)} numbers, {', '.join(f'{v:g}' for v in shown)}{', ...' if len(value) > 3 else ''}"
        if not allowed:
            raise ValueError(f"{who}: {name} must be one number for the layer on {profile}, got {got}")


def require_each(who: str, name: str, value: Any, valid: Callable[[Any], bool], message: str) -> None:
    """ValueError unless `valid` holds of a real number, or of each; `message` says what must be of it."""
    if not is_each(value):
        require(is_finite(value) and valid(value), who, f"{name} {message}", value)
        return
    for i, number in enumerate(value.tolist()):
        require(is_finite(number) and valid(number), who, f"{name}[{i}] {message}", number)


def whole(values: Any, mode: ParameterRounding = "half_even") -> Any:
    """Rounded to integers: an int of a float, read-only int64 [N] of float64 [N], a tensor of a tensor."""
    down = mode == "floor"
    if isinstance(values, Tensor):
        return (values.floor() if down else values.round()).to(torch.int64)
    if not is_each(values):
        return math.floor(values) if down else round(values)
    return read_only((np.floor if down else np.rint)(values).astype(np.int64))


def read_only(values: Any) -> Any:
    """The same array, which cannot be written to; a tensor as it is."""
    if isinstance(values, np.ndarray):
        values.flags.writeable = False
    return values


def spread(value: Any, rank: int) -> Any:
    """To be used with states of so many dimensions, [B, N, ...]: [N, 1, ...] of [N]; a number as it is."""
    return value.reshape(-1, *[1] * (rank - 2)) if is_each(value) else value


def count(*values: Any) -> int | None:
    """How many neurons, or channels, have numbers of their own; None where there is one for all."""
    return next((len(value) for value in values if is_each(value)), None)


def within(values: Any, low: int, high: int, own: bool, unit: int = 1) -> bool:
    """Whether it is a multiple of `unit` in a range, or, where each neuron may have its `own`, int64 [N] of these."""
    if not is_each(values):
        return type(values) is int and low <= values <= high and values % unit == 0
    whole = own and values.dtype == np.int64 and values.ndim == 1 and values.size > 0
    return bool(whole and values.min() >= low and values.max() <= high and not (values % unit).any())


def shown_values(values: Any, form: str) -> str:
    """A number, or the least and the largest of those of the neurons and how many there are."""
    number = int if form == "d" else float
    if np.ndim(values) == 0:
        return f"{number(values):{form}}"
    values = np.asarray(values)
    return f"[{len(values)} in {number(values.min()):{form}}..{number(values.max()):{form}}]"
