"""What a model's forward does, written down by running it once without values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from spikelut.quant.reading.operations import OPERATIONS, name_of
from spikelut.quant.reading.pooling import AT_THE_END
from spikelut.quant.reading.traced import Refusal, Traced, Value, made, plain, refuse, traced_in
from spikelut.quant.weights.module_reading import READING
from spikelut.quant.wiring.call import Call


class Leaves(Protocol):
    """The layers that are read as one: how they are told, and what a call of one gives."""

    def takes(self, module: nn.Module) -> bool:
        """Whether a module is read as one layer."""

    def problem(self, who: str, path: str, module: nn.Module) -> str:
        """Why such a layer is not read, or nothing."""

    def call(self, trace: Trace, path: str, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What its forward gives for these arguments; adds calls to the trace."""

    def methods(self) -> Sequence[tuple[type, str]]:
        """Methods other than a call that are read as one: by class and name."""


@dataclass(eq=False)
class Trace:
    """The calls of a model's forward in their order; `outputs` by name, each with the call that gives it.

    `ends`: what was done to outputs over time, in words: it is left to who reads them.
    """

    who: str
    inputs: dict[str, tuple[int, ...]]
    batch: int
    leaves: Leaves
    stepwise: bool = False
    problems: list[str] | None = None
    calls: list[Call] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    unread: dict[int, str] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    modules: dict[str, nn.Module] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)
    seen: dict[Any, str] = field(default_factory=dict)
    times: Counter[Any] = field(default_factory=Counter)
    fixed: set[str] = field(default_factory=set)

    def operation(self, func: Any, args: Any, kwargs: Any) -> Any:
        """What torch's function gives for traced tensors."""
        try:
            return self._read(func, args, kwargs)
        except Refusal as error:
            if self.problems is None:
                raise
            self.problems.append(str(error))
            return self._passed_over(func, args, kwargs)

    def _passed_over(self, func: Any, args: Any, kwargs: Any) -> Any:
        """What would come of a function that is not read, if it left the kind of its signal."""
        first = traced_in((args, kwargs))[0]
        found = func(*plain(args), **plain(kwargs))
        if not isinstance(found, Tensor):
            raise Refusal(self.problems[-1] if self.problems else self.place)
        value = first.value
        fits = found.shape[: value.leading] == first.shape[: value.leading]
        shape = tuple(found.shape[value.leading :]) if fits else tuple(first.shape[value.leading :])
        given = self.add("unread", (Value(value.call, value.layout, value.t),), shape)
        return self.tensor(given, shape)

    def _read(self, func: Any, args: Any, kwargs: Any) -> Any:
        handler = OPERATIONS.get(func)
        if handler is None:
            known = (
                "; write it with spikelut's layers (delays with quant.Delay), or with +, torch.cat, pooling, reshapes, "
            )
            known += "products of spikes"
            refuse(self.place, f"operations must be ones that are read, got {name_of(func)}{known}")
        for tensor in traced_in((args, kwargs)):
            if tensor.value.layout == "ended" and func not in AT_THE_END:
                message = "what is done over time comes last: take sums and means over time of what the network gives"
                refuse(self.place, f"{message}, got {name_of(func)} after it")
            if tensor.value.state and func not in (torch.stack, Tensor.__getitem__):
                refuse(
                    self.place,
                    f"states of neurons are handed on as they are, got {name_of(func)} of the {tensor.value.state} "
                    f"of {tensor.value.call!r}; a read-out (LI) gives its membrane",
                )
        return handler(self, func, args, kwargs)

    def require_read(self, module: nn.Module) -> None:
        """ValueError if a layer computes what is not read, unless problems are noted."""
        if id(module) in self.unread:
            if self.problems is None:
                raise Refusal(self.unread[id(module)])
            self.problems.append(self.unread[id(module)])

    @property
    def place(self) -> str:
        """The module whose forward runs, for messages."""
        return f"{self.who}: layer {self.where[-1]!r}" if self.where and self.where[-1] else f"{self.who}: model"

    def shape_of(self, name: str) -> tuple[int, ...]:
        """Of a signal, after time and batch."""
        if name in self.inputs:
            return self.inputs[name][2:]
        return next(call.shape for call in self.calls if call.name == name)

    def fresh(self, stem: str) -> str:
        """A name without dots that no call has yet."""
        stem = re.sub(r"[^0-9A-Za-z_]", "_", stem) or "layer"
        name, n = stem, 1
        while name in self.taken:
            n += 1
            name = f"{stem}_{n}"
        self.taken.add(name)
        return name

    def add(
        self,
        op: str,
        given: Sequence[Value],
        features: Sequence[int],
        *,
        stem: str = "",
        module: nn.Module | None = None,
        **arguments: Any,
    ) -> Value:
        """A call of signals in one layout; what it gives. In a loop over time it is written down in the first step."""
        layouts = {(v.layout, v.t) for v in given}
        if len(layouts) != 1:
            refuse(self.place, "what is merged must be of the same steps: all [T, B, ...], or all of one time step")
        ((layout, t),) = layouts
        lengths = {self.lengths[v.call] for v in given}
        if len(lengths) != 1:
            refuse(self.place, f"what is merged must have as many steps, got {sorted(lengths)}")
        length = arguments["steps"] if op == "repeat" else lengths.pop()
        inputs = tuple(v.call for v in given)
        stem = stem or self._stem(op)
        key = (op, stem, inputs, id(module), repr(sorted(arguments.items())))
        fixed = self.fixed.issuperset(inputs)
        if layout == "step":
            self.times[(key, t)] += 1
            place = (key, 1 if fixed else self.times[(key, t)])
            if place in self.seen:
                name = self.seen[place]
                self.lengths[name] = max(length, self.lengths[name])
                return Value(name, layout, t)
            if t:
                message = "a loop over time must do the same in every step; its first step did not do"
                refuse(self.place, f"{message} {op if module is None else type(module).__name__}")
        name = self.fresh(stem)
        if layout == "step":
            self.seen[place] = name
        where = self.where[-1] if self.where else ""
        self.calls.append(Call(name, op, inputs, tuple(features), where, module, dict(arguments), length))
        self.lengths[name] = length
        self.fixed |= {name} if fixed else set()
        return Value(name, layout, t)

    def _stem(self, op: str) -> str:
        """What a call is named after: a layer of torch's, or the operation in a forward of the user's."""
        path = self.where[-1] if self.where else ""
        module = self.modules.get(path)
        theirs = module is not None and type(module).__module__.startswith(("torch.nn.modules", "spikingjelly"))
        theirs = theirs and not any(module.children())  # type: ignore[union-attr]  # it is there
        return path if theirs else f"{path}_{op}" if path else op

    def tensor(self, value: Value, features: Sequence[int]) -> Traced:
        """What a call gives, as the forward sees it."""
        steps = self.lengths[value.call]
        leading = {"sequence": (steps, self.batch), "merged": (steps * self.batch,)}
        return made(self, value, (*leading.get(value.layout, (self.batch,)), *features))


def trace(
    who: str,
    model: nn.Module,
    inputs: Mapping[str, tuple[int, ...]],
    leaves: Leaves,
    *,
    stepwise: bool = False,
    keywords: bool = False,
    constant: bool = False,
    problems: list[str] | None = None,
) -> Trace:
    """What `model` does to inputs of these shapes [T, B, ...], by the names of its forward's arguments.

    `stepwise`: its forward is one time step, which takes [B, ...]. `constant`: it takes [B, ...] that stays the same,
    and makes the time steps itself. `keywords`: inputs are given by name. `problems`: where what is not read is noted,
    and passed over; None: it is an error.

    Raises ValueError, with the module, for what is not read.
    """
    first = next(iter(inputs.values()))
    made_trace = Trace(
        who, dict(inputs), first[1], leaves, stepwise, modules=dict(model.named_modules()), problems=problems
    )
    made_trace.taken |= {*inputs}
    made_trace.lengths |= {name: shape[0] for name, shape in inputs.items()}
    made_trace.fixed |= {*inputs} if constant else set()
    layout: Any = "step" if stepwise or constant else "sequence"
    given = {name: made_trace.tensor(Value(name, layout), shape[2:]) for name, shape in inputs.items()}
    with torch.no_grad(), _intercepted(made_trace, model):
        try:
            found = model(**given) if keywords else model(*given.values())
        except Refusal:
            raise
        except (RuntimeError, TypeError, ValueError, IndexError, AttributeError, AssertionError) as error:
            said = " ".join(str(error).split())[:200]
            refuse(made_trace.place, f"forward must run on inputs {list(map(list, inputs.values()))}, got {said}")
    _name_outputs(made_trace, found)
    return made_trace


def _name_outputs(trace: Trace, found: Any) -> None:
    """Note which calls a forward gives: a tensor, several, or a dictionary of them."""
    if isinstance(found, Mapping):
        parts = [(str(key), part) for key, part in found.items()]
    elif isinstance(found, list | tuple):
        parts = [(str(i), part) for i, part in enumerate(found)]
    else:
        parts = [("output", found)]
    for key, part in parts:
        inner = traced_in(part)
        if isinstance(part, list | tuple):
            for i, tensor in enumerate(inner):
                _name_output(trace, f"{key}.{i}", tensor)
        elif isinstance(part, Traced):
            _name_output(trace, key, part)
        elif part is not None:
            refuse(trace.place, f"forward must give tensors, got {type(part).__name__} as {key!r}")
    if not trace.outputs:
        given = f"spikes, or membranes of neurons that do not spike, got only {', '.join(trace.ends)}"
        refuse(f"{trace.who}: model", f"forward must give {given if trace.ends else 'what comes of its inputs'}")


def _name_output(trace: Trace, key: str, tensor: Traced) -> None:
    value = tensor.value
    if value.state:
        trace.ends.append(f"the {value.state} of {value.call!r}, a state")
        return
    if value.layout == "step" and not trace.stepwise:
        trace.ends.append(f"step {value.t} of {value.call!r}")
    if value.call in trace.inputs:
        refuse(f"{trace.who}: model", f"forward must give what layers made, got input {value.call!r} as it is")
    trace.outputs[key] = value.call


@contextmanager
def _intercepted(trace: Trace, model: nn.Module) -> Iterator[None]:
    """In the block, calls of layers that are leaves go to the trace, as do the methods that are read."""
    with READING, _redirected(trace, model):
        yield


@contextmanager
def _redirected(trace: Trace, model: nn.Module) -> Iterator[None]:
    paths = {id(module): path for path, module in model.named_modules()}
    for module, path in ((module, path) for path, module in model.named_modules() if trace.leaves.takes(module)):
        # Before anything is intercepted, which it would be taken for the module's own doing.
        trace.unread |= {id(module): problem} if (problem := trace.leaves.problem(trace.who, path, module)) else {}
    call = nn.Module.__call__
    kept: list[tuple[type, str, Any]] = [(nn.Module, "__call__", call)]

    def called(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        path = paths.get(id(self))
        if not traced_in((args, kwargs)):
            return call(self, *args, **kwargs)
        if path is None:
            refuse(trace.place, f"layers must be modules of the model, got a {type(self).__name__} made on the way")
        if trace.leaves.takes(self):
            trace.require_read(self)
            trace.where.append(path)
            try:
                return trace.leaves.call(trace, path, self, args, kwargs)
            finally:
                trace.where.pop()
        trace.where.append(path)
        result = call(self, *args, **kwargs)
        trace.where.pop()
        return result

    def method(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not traced_in((args, kwargs)):
                return original(self, *args, **kwargs)
            path = paths.get(id(self), "")
            trace.require_read(self)
            trace.where.append(path)
            try:
                return trace.leaves.call(trace, path, self, args, {**kwargs, "method": name})
            finally:
                trace.where.pop()

        return run

    try:
        nn.Module.__call__ = called  # type: ignore[method-assign]  # as torch.fx does
        for cls, name in trace.leaves.methods():
            original = cls.__dict__[name]
            kept.append((cls, name, original))
            setattr(cls, name, method(name, original))
        yield
    finally:
        for cls, name, original in reversed(kept):
            setattr(cls, name, original)
