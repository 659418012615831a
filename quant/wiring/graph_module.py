"""A network of layers that branch and join, as a module: what conversion and integers are made into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_type
from spikelut._torch import children
from spikelut.quant.weights.delay import Delay, delayed
from spikelut.quant.weights.pooling import (
    GlobalSumPool,
    MaxPool1d,
    MaxPool2d,
    Repeat,
    SumPool1d,
    SumPool2d,
    Upsample,
)
from spikelut.quant.wiring.call import Call


class GraphModule(nn.Module):
    """A network of any wiring: its calls say what makes each signal [T, B, ...], and from which others.

    `quant.convert` and `quant.from_integer` give one for each network that is not a chain. Its layers are its children,
    under their names. It can be trained, and `quant.integer` reads it, like any model. Inputs are given in their order
    or by their names. The result is its one output; several are a dictionary by name, or a tuple if they have no names.

    ```pycon
    >>> from spikelut.quant.wiring.call import Call
    >>> profile = hw_profiles.load("generic16")
    >>> fc, lif = quant.QuantLinear(8, 8, profile=profile), quant.LIF(profile, surrogates.Arctan())
    >>> calls = [
    ...     Call("fc", "module", ("input",), (8,), "fc", fc),
    ...     Call("lif", "module", ("fc",), (8,), "lif", lif),
    ...     Call("skip", "add", ("input", "lif"), (8,), ""),
    ... ]
    >>> model = quant.GraphModule(calls, {"input": (8,)}, {"output": "skip"})
    >>> [node.layer.name for node in quant.integer(model).nodes], model(torch.ones(5, 2, 8)).shape
    (['fc', 'lif', 'skip'], torch.Size([5, 2, 8]))
    ```
    """

    def __init__(
        self, calls: Iterable[Call], inputs: Mapping[str, tuple[Any, ...]], outputs: Mapping[str, str]
    ) -> None:
        super().__init__()
        require_type("GraphModule", "calls", calls, Iterable, "a list of Call")
        for name, given in (("inputs", inputs), ("outputs", outputs)):
            require_type("GraphModule", name, given, Mapping, "a mapping by names")
        made = list(calls)
        for call in made:
            require_type("GraphModule", "calls", call, Call, "a list of Call")
            if call.module is not None:
                self.add_module(call.name, call.module)
        self._calls = tuple(replace(call, module=None) for call in made)
        self._inputs, self._outputs = dict(inputs), dict(outputs)

    @property
    def wiring(self) -> tuple[Call, ...]:
        """The calls in their order, with the modules that there are now."""
        parts = children(self)
        return tuple(replace(call, module=parts.get(call.name)) for call in self._calls)

    @property
    def takes(self) -> dict[str, tuple[Any, ...]]:
        """The inputs by name, with their shapes after time and batch."""
        return dict(self._inputs)

    @property
    def gives(self) -> dict[str, str]:
        """The outputs by name, with the calls that make them."""
        return dict(self._outputs)

    @property
    def steps(self) -> int | None:
        """How many time steps its inputs have: one, where they are repeated, else as many as they like."""
        return 1 if any(call.op == "repeat" for call in self._calls) else None

    def forward(self, *inputs: Tensor, **named: Tensor) -> Any:
        """What it gives for inputs [T, B, ...]."""
        names = list(self._inputs)
        given = {**dict(zip(names, inputs, strict=False)), **named}
        message = f"must be given {', '.join(names)}"
        require(len(inputs) <= len(names) and set(given) == set(names), type(self).__name__, message, sorted(given))
        found = values_of(self.wiring, given, list(self._outputs.values()))
        results = {key: found[call] for key, call in self._outputs.items()}
        if len(results) == 1:
            return next(iter(results.values()))
        unnamed = list(results) == [str(i) for i in range(len(results))]
        return tuple(results.values()) if unnamed else results


def values_of(calls: Sequence[Call], given: Mapping[str, Tensor], wanted: Sequence[str]) -> dict[str, Tensor]:
    """The `wanted` signals of calls, by their names; others are kept no longer than they are needed."""
    values = dict(given)
    last = {name: i for i, call in enumerate(calls) for name in call.inputs}
    for i, call in enumerate(calls):
        taken = [values[name] for name in call.inputs]
        values[call.name] = call.module(*taken) if call.module is not None else computed(call.op, call.arguments, taken)
        for name in {name for name in call.inputs if last[name] == i} - set(wanted):
            del values[name]
    return {name: values[name] for name in wanted}


def computed(op: str, arguments: Mapping[str, Any], given: Sequence[Tensor]) -> Tensor:
    """What an operation without a module makes of signals [T, B, ...]."""
    return OPERATIONS[op](given, arguments)


def module_of(op: str, arguments: Mapping[str, Any], rank: int) -> nn.Module | None:
    """The layer of this library that does an operation to a signal of so many dimensions after time and batch."""
    if op in ("max_pool", "sum_pool"):
        sizes = [short(tuple(arguments[key])) for key in ("kernel_size", "stride", "padding")]
        kinds: Any = {"max_pool": (MaxPool1d, MaxPool2d), "sum_pool": (SumPool1d, SumPool2d)}[op]
        made: nn.Module = kinds[rank - 2](*sizes)
        return made
    if op == "repeat":
        return Repeat(arguments["steps"])
    if op == "delay":
        steps = torch.tensor(arguments.get("learned", arguments["delays"]), dtype=torch.float64)
        steps = steps.float() if torch.equal(steps.float().double(), steps) else steps
        options: Any = {"profile": arguments.get("profile"), "learn_delay": "learned" in arguments}
        return Delay(steps[0] if len(steps) == 1 else steps, **options)
    if op == "upsample" and len(arguments["scale"]) == rank - 1 and rank in (2, 3):
        scale = tuple(arguments["scale"])
        return Upsample(scale[0] if len(set(scale)) == 1 else scale)
    if op == "total" and tuple(arguments["axes"]) == tuple(range(1, rank)):
        return GlobalSumPool()
    if op == "reshape" and len(arguments["shape"]) == 1:
        return nn.Flatten(2)
    return None


def short(sizes: tuple[int, ...]) -> Any:
    """One number where all are the same, as layers of pooling are told their windows."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def _sum(given: Sequence[Tensor], _: Any) -> Tensor:
    total = given[0]
    for part in given[1:]:
        total = total + part
    return total


def _spread(given: Sequence[Tensor], arguments: Any) -> Tensor:
    """Zeros between and around values of the last dimensions."""
    (x,) = given
    first = x.ndim - len(arguments["stride"])
    numbers = zip(arguments["stride"], arguments["before"], arguments["after"], strict=True)
    for dim, (stride, before, after) in enumerate(numbers, first):
        rest = x.ndim - dim - 1
        if stride > 1:
            apart = torch.stack([x, *[torch.zeros_like(x)] * (stride - 1)], dim + 1).flatten(dim, dim + 1)
            x = apart.narrow(dim, 0, (x.shape[dim] - 1) * stride + 1)
        x = nn.functional.pad(x, [0, 0] * rest + [before, after])
    return x


def _upsampled(given: Sequence[Tensor], arguments: Any) -> Tensor:
    (x,) = given
    scale = arguments["scale"]
    for dim, times in enumerate(scale, x.ndim - len(scale)):
        x = x.repeat_interleave(times, dim)
    return x


def _steps(x: Tensor, arguments: Any) -> Tensor:
    """Delays: one for all [], or of each channel [N]."""
    steps = torch.tensor(arguments["delays"], device=x.device)
    return steps[0] if len(steps) == 1 else steps


def _taken(given: Sequence[Tensor], arguments: Any) -> Tensor:
    index = torch.tensor(arguments["indices"], device=given[0].device)
    return given[0].index_select(arguments["axis"] + 2, index)


OPERATIONS: dict[str, Callable[[Sequence[Tensor], Any], Tensor]] = {
    "add": _sum,
    "cat": lambda given, arguments: torch.cat(list(given), arguments["axis"] + 2),
    "product": lambda given, _: given[0] * given[1],
    "matmul": lambda given, _: given[0] @ given[1],
    "scale": lambda given, arguments: given[0] * arguments["factor"],
    "currents": lambda given, arguments: given[0] * arguments["factor"],
    "flatten": lambda given, _: given[0].flatten(2),
    "reshape": lambda given, arguments: given[0].reshape(*given[0].shape[:2], *arguments["shape"]),
    "transpose": lambda given, arguments: given[0].permute(0, 1, *(axis + 2 for axis in arguments["axes"])),
    "take": _taken,
    "total": lambda given, arguments: given[0].sum([axis + 2 for axis in arguments["axes"]]),
    "spread": _spread,
    "upsample": _upsampled,
    "reverse": lambda given, _: given[0].flip(0),
    "delay": lambda given, arguments: delayed(given[0], _steps(given[0], arguments)),
}
"""By operation, what it does to signals [T, B, ...]."""
