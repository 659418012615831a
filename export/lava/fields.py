"""The fields of a layer in a file of lava-dl: texts, whole numbers, pairs; with errors that say where."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, shown

MOST = 2**20
"""Of a size, and of any whole number in a file: far beyond what Loihi 2 holds."""


@dataclass(frozen=True)
class Entry:
    """A group of a file, `values` by their names; `where` is what messages call it."""

    where: str
    values: dict[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def only(self, *known: str) -> None:
        """ValueError for a field of another name: nobody knows what it changes."""
        others = sorted(self.values.keys() - set(known))
        require(not others, self.where, f"fields must be of {', '.join(known)}", others)

    def value(self, key: str) -> Any:
        """Whatever stands under a name."""
        require(key in self.values, self.where, f"{key} must be given", "nothing")
        return self.values[key]

    def group(self, key: str) -> "Entry":
        """The group of a name."""
        value = self.value(key)
        require(isinstance(value, dict), self.where, f"{key} must be a group", shown(value))
        return Entry(f"{self.where}: {key}", value)

    def text(self, key: str) -> str:
        """A text, or the only one of an array of them."""
        found = np.asarray(self.value(key), object).ravel().tolist()
        one = found[0] if len(found) == 1 else None
        one = one.decode("utf-8", "replace") if isinstance(one, bytes) else one
        require(isinstance(one, str), self.where, f"{key} must be a text", self.values[key])
        return str(one)

    def wholes(self, key: str) -> NDArray[np.int64]:
        """Whole numbers, of any shape; ValueError for fractions, which netx would drop."""
        array = np.asarray(self.value(key))
        numbers = array.dtype.kind in "biuf" and array.size > 0
        require(numbers, self.where, f"{key} must be numbers", shown(self.values[key]))
        real = array.astype(np.float64)
        wrong = real[~((real == np.round(real)) & (np.abs(real) <= MOST))]
        message = f"{key} must be whole numbers in -{MOST}..{MOST} (netx drops fractions)"
        require(wrong.size == 0, self.where, message, float(wrong[0]) if wrong.size else 0.0)
        return real.astype(np.int64)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """One whole number in `low`..`high`; the default where it is not there."""
        if default is not None and key not in self.values:
            return default
        found = self.wholes(key)
        fits = found.size == 1 and low <= int(found.min()) and int(found.max()) <= high
        require(fits, self.where, f"{key} must be a whole number in {low}..{high}", found.ravel().tolist()[:5])
        return int(found.ravel()[0])

    def sizes(self, key: str) -> tuple[int, ...]:
        """Sizes in a row."""
        found = self.wholes(key)
        fits = found.ndim <= 1 and int(found.min()) >= 1
        require(fits, self.where, f"{key} must be sizes in a row", found.tolist())
        return tuple(found.ravel().tolist())

    def pair(self, key: str, least: int, default: int) -> tuple[int, int]:
        """Two whole numbers, of height and width, or one for both."""
        found = self.wholes(key).ravel().tolist() if key in self.values else [default]
        fits = len(found) in (1, 2) and min(found) >= least
        require(fits, self.where, f"{key} must be one or two whole numbers >= {least}", found)
        return found[0], found[-1]

    def each(self, key: str, low: int, high: int, count: int) -> Any:
        """One whole number in `low`..`high`, or an array of one for each of `count` neurons or channels."""
        found = self.wholes(key)
        fits = low <= int(found.min()) and int(found.max()) <= high
        require(fits, self.where, f"{key} must be whole numbers in {low}..{high}", _ends(found))
        if found.size == 1:
            return int(found.ravel()[0])
        flat = max(found.shape) == found.size == count
        require(flat, self.where, f"{key} must be one number, or {count}", found.shape)
        return found.ravel()

    def expect(self, key: str, wanted: Any, found: Any) -> None:
        """ValueError where a field is there and says something else than what others tell."""
        if key in self.values:
            require(found == wanted, self.where, f"{key} must be {wanted}, as the weights and layers before say", found)


def _ends(values: NDArray[np.int64]) -> list[int]:
    return [int(values.min()), int(values.max())]
