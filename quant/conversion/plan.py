"""The layers that a float network becomes: what its forward does, with all constants folded into weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from spikelut._checks import require
from spikelut.quant.conversion.neuron_values import Found
from spikelut.quant.conversion.weight_values import Weights, on_off


@dataclass(frozen=True, eq=False)
class Part:
    """A layer: `weights`, neurons (`found`; `biased` are those for a bias alone), or an operation `op` without either.

    - `inputs`: the names of the layers it takes. `shape`: of what it gives, after time and batch.
    - `where`: its path in the model. `changes`: what of the model is different in it, in words.
    - `bias`: of neurons, what is added to their currents [*shape], float64. `factor`: of events without weights, what
      each is worth as a current.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    where: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    weights: Weights | None = None
    found: Found | None = None
    bias: Tensor | None = None
    factor: float = 1.0
    changes: tuple[str, ...] = ()

    @property
    def has_scale(self) -> bool:
        """Whether it makes currents, and so has a part in a scale."""
        return self.op in ("weights", "unweighted")

    @property
    def adds_bias(self) -> bool:
        """Whether it is a read-out that is there for the bias of weights without neurons."""
        return self.op == "biased"

    @property
    def title(self) -> str:
        """What it is called in messages and reports."""
        return self.where or self.name


@dataclass(eq=False)
class Plan:
    """The parts in their order; `outputs` by name, each with the part that gives it and what that is multiplied by.

    `scales`: sets of names of parts whose currents meet, with the neurons that they go to. `left_out`: what the model
    gives besides. `own`: by the name of a part, the call of the model's forward that gives the same.
    """

    inputs: dict[str, tuple[int, ...]]
    parts: list[Part] = field(default_factory=list)
    outputs: dict[str, tuple[str, float]] = field(default_factory=dict)
    scales: list[set[str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    @property
    def neurons(self) -> list[Part]:
        """The layers of neurons."""
        return [part for part in self.parts if part.found is not None]

    @property
    def reported(self) -> list[Part]:
        """The layers that a report is about: neurons, and weights that are an output."""
        given = {name for name, _ in self.outputs.values()}
        return [p for p in self.parts if p.found is not None or (p.op == "weights" and p.name in given)]

    def join(self, names: set[str]) -> None:
        """Note that what these parts give, or take, must have one scale."""
        meeting = [scale for scale in self.scales if scale & names]
        self.scales = [scale for scale in self.scales if not scale & names] + [names.union(*meeting)]

    def currents_of(self, name: str) -> list[Part]:
        """The parts that make the currents that a part takes."""
        found: dict[str, Part] = {}
        waiting = list(self[name].inputs)
        while waiting:
            one = waiting.pop(0)
            if one in self.inputs:
                continue
            part = self[one]
            if part.has_scale:
                found[one] = part
            elif part.found is None:
                waiting += part.inputs
        return list(found.values())

    def split_inputs(self) -> dict[str, int]:
        """Make two lines of events of each signed input; by its name the dimension of features [T, B, ...]."""
        dims: dict[str, int] = {}
        for i, part in enumerate(self.parts):
            for name in self.inputs.keys() & set(part.inputs):
                where = f"convert: layer {part.title!r}"
                message = "inputs must go right to weights, with on_off=True: rearrange the data instead"
                require(part.weights is not None, where, message, part.op)
                assert part.weights is not None  # as required
                dim = 2 + part.weights.axis(len(self.inputs[name]))
                require(dims.setdefault(name, dim) == dim, where, "must take features on the same dimension", dim)
                self.parts[i] = replace(part, weights=on_off(where, part.weights))
        for name, dim in dims.items():
            shape = self.inputs[name]
            self.inputs[name] = tuple(2 * n if 2 + axis == dim else n for axis, n in enumerate(shape))
        return dims

    def prune(self) -> None:
        """Forget what no output needs."""
        needed = {name for name, _ in self.outputs.values()}
        for part in reversed(self.parts):
            if part.name in needed:
                needed.update(part.inputs)
        self.parts = [part for part in self.parts if part.name in needed]
        self.scales = [kept for scale in self.scales if (kept := scale & needed)]


def arriving(part: Part, values: Mapping[str, Tensor]) -> Tensor:
    """What reaches neurons, [T, B, ...], of what the parts before gave."""
    (given,) = (values[name] for name in part.inputs)
    return given if part.bias is None else given + part.bias.to(given.dtype)
