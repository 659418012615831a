"""The self-test of a network in C, run with its weights negated one by one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from c_networks import KINDS, Library, compiled
from numpy.typing import NDArray

from spikelut import export
from spikelut.quant import IntegerNetwork

SILENCE = (
    "static int say_nothing(const char *text, ...)\n{\n    (void)text;\n    return 0;\n}\n\nint self_test(void);\n"
)
Place = tuple[str, int]


@dataclass(frozen=True)
class Found:
    """Weights that were negated, those that the self-test did not notice, and of these what changes on other inputs."""

    tried: int
    missed: int
    visible: int


class Mutants:
    """A network in C with weights that can be written, and its self-test as a function."""

    def __init__(self, network: IntegerNetwork, folder: Path, size: tuple[int, int] | None) -> None:
        _, source, test = export.to_c(network, folder, "net", size=size)
        mutable, count = re.subn(r"static const (\w+ weight_)", r"\1", source.read_text())
        start = "int self_test(void)\n{\n    compared = nonzero = different = 0;\n"
        silent = test.read_text().replace("printf(", "say_nothing(").replace("int main(void)\n{\n", start)
        silent = silent.replace('#include "net.h"\n', f'#include "net.h"\n\n{SILENCE}', 1)
        for name, text in (("mutable.c", mutable), ("silent.c", silent)):
            (folder / name).write_text(text)
        files = [folder / "mutable.c", folder / "silent.c"]
        library = compiled(files, folder / "mutants.so", "-O2", "-shared", "-fPIC")
        self.library = Library(network, "net", size, library)
        self._weights = [c for c in self.library.plan.constants if c.name.startswith("weight_")]
        assert count == len(self._weights) > 0
        kinds = {c.name: KINDS[c.c_type] * c.values.size for c in self._weights}
        self._arrays = {name: kind.in_dll(self.library.loaded, name) for name, kind in kinds.items()}

    def passes(self) -> bool:
        """Whether the self-test finds nothing wrong."""
        return int(self.library.loaded.self_test()) == 0

    def negate(self, place: Place) -> None:
        name, index = place
        self._arrays[name][index] = -self._arrays[name][index]

    def places(self) -> Iterator[Place]:
        """Every weight that is not zero, but for the most negative of its type, which has no opposite."""
        for constant in self._weights:
            flat, lowest = constant.values.ravel(), np.iinfo(constant.c_type.removesuffix("_t")).min
            yield from ((constant.name, int(i)) for i in np.flatnonzero((flat != 0) & (flat != lowest)))

    def negated(self, places: list[Place], others: NDArray[Any], steps: int) -> Found:
        """What the self-test notices of each; what it does not is run on `others` [T, B, ...], for so many steps."""
        assert self.passes()
        right = self.library.run(others, steps)
        missed = visible = 0
        for place in places:
            self.negate(place)
            if self.passes():
                missed += 1
                found = self.library.run(others, steps)
                visible += any((found[name] != right[name]).any() for name in right)
            self.negate(place)
        assert self.passes()
        return Found(len(places), missed, visible)
