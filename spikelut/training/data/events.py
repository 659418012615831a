"""Events of samples in flat arrays, in memory or in a file, and that they are events."""

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import require
from spikelut.training.data.counts import as_tensor
from spikelut.training.data.files.file_array import FileArray

AT_ONCE = 2**18
"""Events that are looked at at once."""
MOST_COUNT = 255


DOUBLE = float(np.finfo(np.float64).eps)


def rounding_of(passed: Tensor, eps: float) -> Tensor:
    """How far off float64 numbers of steps that have `passed` may be, for times of this `eps`: 0.6 / 0.1 is below 6.

    A time, the step and their quotient are each rounded once. Of large times in a short type it is at most 0.01.
    """
    return (4 * eps * passed.abs()).clamp_max(0.01)


class Events:
    """Times t [E], units and, maybe, counts of samples, of which sample i has offsets[i]..offsets[i+1] - 1.

    `last` [N]: the step of each sample's last event, -1 without any; `longest`: the number of steps of all.
    """

    def __init__(self, who: str, t: Any, unit: Any, offsets: Any, count: Any, units: int, step: float) -> None:
        self.who, self.units, self.step, self.device = who, units, step, torch.device("cpu")
        self.t, self.unit = _flat(who, "t", t, "iuf"), _flat(who, "unit", unit, "iu")
        self.count = None if count is None else _flat(who, "count", count, "iu")
        self.total = len(self.t)
        self.offsets = self._checked_offsets(offsets)
        for name, array in (("unit", self.unit), ("count", self.count)):
            fits = array is None or len(array) == self.total
            require(
                fits, who, f"{name} must be [{self.total}], one per event of t", len(array) if array is not None else 0
            )
        self.last = torch.full((self.samples,), -1, device="cpu")
        self._check()
        self.longest = int(self.last.max()) + 1

    @property
    def samples(self) -> int:
        """N."""
        return len(self.offsets) - 1

    def of(self, index: Tensor, steps: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Step, unit, place of the sample in `index`, and count of the events of these samples in so many steps."""
        first, end = self.offsets[index], self.offsets[index + 1]
        spans = list(zip(first.tolist(), end.tolist(), strict=True))
        at = self._steps(self._pick(self.t, spans))
        unit = self._pick(self.unit, spans).long()
        sample = torch.repeat_interleave(torch.arange(len(index), device="cpu"), end - first).to(self.device)
        count = (
            torch.ones(1, dtype=torch.float32, device=self.device).expand(len(at))
            if self.count is None
            else self._pick(self.count, spans)
        )
        if bool((self.last[index] >= steps).any()):
            inside = at < steps
            at, unit, sample, count = at[inside], unit[inside], sample[inside], count[inside]
        return at, unit, sample, count

    def _pick(self, array: "FileArray | Tensor", spans: list[tuple[int, int]]) -> Tensor:
        if isinstance(array, Tensor):
            return torch.cat([array[a:b] for a, b in spans])
        return as_tensor(np.concatenate([array[a:b] for a, b in spans])).to(self.device)

    def _steps(self, t: Tensor) -> Tensor:
        """floor(t / step): of integers exactly; of floats, what rounding has put just before an edge is on it."""
        if not t.dtype.is_floating_point and float(self.step).is_integer():
            return t.long() // int(self.step)
        passed = t.double() / self.step
        eps = torch.finfo(t.dtype).eps if t.dtype.is_floating_point else DOUBLE
        return torch.floor(passed + rounding_of(passed, eps)).long()

    def moved(self, device: torch.device) -> "Events":
        """The same with what is in memory on a device."""
        other = copy.copy(self)
        other.device = device
        for name in ("t", "unit", "count"):
            array = getattr(self, name)
            setattr(other, name, array.to(device) if isinstance(array, Tensor) else array)
        return other

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of them, read."""
        named = {"t": self.t, "unit": self.unit, "count": self.count, "offsets": self.offsets}
        whole = {name: array[:] for name, array in named.items() if array is not None}
        return {name: array.cpu().numpy() if isinstance(array, Tensor) else array for name, array in whole.items()}

    def _checked_offsets(self, offsets: Any) -> Tensor:
        found = offsets[:] if isinstance(offsets, FileArray) else offsets
        array = found.cpu().numpy() if isinstance(found, Tensor) else np.asarray(found)
        fits = array.dtype.kind in "iu" and array.ndim == 1 and len(array) >= 2
        require(fits, self.who, "offsets must be integers [N + 1], N > 0", f"{array.dtype} {array.shape}")
        places = array.astype(np.int64)
        ends = places[0] == 0 and places[-1] == self.total
        message = f"offsets must begin with 0 and end with the number of events, {self.total}"
        require(bool(ends), self.who, message, [int(places[0]), int(places[-1])])
        falling = np.flatnonzero(np.diff(places) < 0)
        require(not len(falling), self.who, "offsets must not fall", f"less after sample {falling[:1].sum()}")
        return torch.from_numpy(places)

    def _check(self) -> None:
        """Look at all events, and note the last step of each sample."""
        for first in range(0, self.total, AT_ONCE):
            end = min(self.total, first + AT_ONCE)
            # In a type that holds the ends: 8 bits do not hold 256, which all would be compared with.
            t, unit = self._pick(self.t, [(first, end)]), self._pick(self.unit, [(first, end)]).long()
            if t.dtype.is_floating_point:
                self._require(t.isfinite(), "t must be finite", t, first)
            self._require(t >= 0, "t must be >= 0, the time since the sample began", t, first)
            self._require(t.double() / self.step < 2**40, "t must be less than 2^40 steps", t, first)
            self._require((unit >= 0) & (unit < self.units), f"unit must be in 0..{self.units - 1}", unit, first)
            if self.count is not None:
                count = self._pick(self.count, [(first, end)]).long()
                self._require((count >= 1) & (count <= MOST_COUNT), f"count must be in 1..{MOST_COUNT}", count, first)
            sample = self._sample(torch.arange(first, end, device="cpu"))
            self.last.scatter_reduce_(0, sample, self._steps(t).cpu(), "amax")

    def _sample(self, event: Tensor) -> Tensor:
        """Which sample events are of."""
        return torch.searchsorted(self.offsets, event, right=True) - 1

    def _require(self, fine: Tensor, message: str, values: Tensor, first: int) -> None:
        if not bool(fine.all()):
            place = int((~fine).nonzero()[0])
            sample = int(self._sample(torch.tensor(first + place, device="cpu")))
            raise ValueError(
                f"{self.who}: {message}, got {values[place].item()} for event {first + place}, in sample {sample}"
            )


def _flat(who: str, name: str, given: Any, kinds: str) -> "FileArray | Tensor":
    """An array [E] of numbers of these kinds, as NumPy calls them."""
    found: FileArray | NDArray[Any] | Tensor = given
    if not isinstance(given, FileArray | Tensor):
        array = given if isinstance(given, np.ndarray) else np.asarray(given)
        found = FileArray.of_map(array) or array
    if isinstance(found, np.ndarray):
        fits = found.dtype.kind in kinds or (found.size == 0 and found.dtype.kind == "f")
        shown = str(found.dtype)
        found = as_tensor(found) if found.dtype.kind in "buif" else found
    elif isinstance(found, FileArray):
        fits, shown = found.dtype.kind in kinds, str(found.dtype)
    else:
        found = found.detach()
        floats = found.dtype.is_floating_point
        fits = not found.is_complex() and found.dtype != torch.bool and ("f" in kinds or not floats)
        shown = str(found.dtype).removeprefix("torch.")
    wanted = "integers or floats" if "f" in kinds else "integers"
    require(fits and found.ndim == 1, who, f"{name} must be {wanted} [E]", f"{shown} {tuple(found.shape)}")
    return found  # type: ignore[return-value]  # arrays have become tensors
