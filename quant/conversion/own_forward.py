"""What a float network itself gives on events, layer by layer, and whether what was read of it gives the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.quant.arithmetic.full_precision import full_precision
from spikelut.quant.conversion.calibration import Peak
from spikelut.quant.conversion.float_trace import FloatTrace, OneByOne, layers_of, spikes_of, unwrapped
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.neuron_values import Found
from spikelut.quant.conversion.plan import Part, Plan, arriving
from spikelut.quant.network.network import INPUT
from spikelut.quant.weights.module_reading import copy_of
from spikelut.quant.wiring.graph_module import computed, module_of

ROUNDING = 1e-4
"""What membranes may differ by, as a share of a layer's largest: sums of thousands of float32 in another order."""

WHOLE = "model(events)"
CONSTANT = "model(events[0])"
STEPWISE = "model(events[t]), step by step"


@dataclass(frozen=True)
class OwnOutputs:
    """What each call of a layer gave, [T, B, ...], of a read-out its membranes; and how the model was run.

    `outputs`: what the model gave, by name, as far as that has all time steps.
    """

    layers: dict[str, Tensor]
    how: str
    outputs: dict[str, Tensor] = field(default_factory=dict)


def detached_copy(model: nn.Module) -> nn.Module:
    """A deep copy on the CPU, in evaluation mode, which shares nothing; halves become float32.

    See `copy_of`.
    """
    made: nn.Module = copy_of(model).cpu().eval()
    halves = any(p.dtype in (torch.float16, torch.bfloat16) for p in made.parameters())
    return made.float() if halves else made


def own_outputs(
    model: nn.Module, read: FloatTrace, events: Mapping[str, Tensor], kinds: Kinds, wanted: set[str]
) -> OwnOutputs:
    """Run `model`, a `detached_copy`, from rest and without autocast, and take down what the `wanted` calls give.

    A model of which neurons take a step at a time (snnTorch's, SpikingJelly's in step mode 's') is given one at a time.
    Where a Sequential itself cannot be run so, its modules are, one after the other, those for [B, ...] on each step.
    """
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
    events = {name: given.to(dtype) for name, given in events.items()}
    with torch.no_grad(), full_precision(next(iter(events.values()))), torch.random.fork_rng(devices=[]):
        if not read.one_by_one:
            return _run(model, read, events, read.by_steps, wanted)
        layers = layers_of(model, kinds)
        assert layers is not None  # it was read so
        by_steps = [kinds.takes_steps(module) for module in layers.values() if kinds.of(module) in kinds.neurons]
        try:
            if any(by_steps) and not all(by_steps):
                raise ValueError("some of its neurons take a step, others all of them")
            return _run(model, read, events, any(by_steps), wanted)
        except Exception as error:  # whatever the user's modules raise
            reason = " ".join(str(error).split())[:160] or type(error).__name__
        found = _run(OneByOne(layers, kinds), read, events, False, wanted, as_traced=True)
    return OwnOutputs(
        found.layers, f"its modules one by one, as the model cannot be run itself: {reason}", found.outputs
    )


def _run(
    model: nn.Module,
    read: FloatTrace,
    events: Mapping[str, Tensor],
    by_steps: bool,
    wanted: set[str],
    as_traced: bool = False,
) -> OwnOutputs:
    """Run a model that gives what was read; `as_traced`: neurons are called as often as they were then."""
    _rest(model)
    steps, batch = next(iter(events.values())).shape[:2]
    taken: dict[nn.Module, list[Tensor]] = {}
    places: dict[nn.Module, list[str]] = {}
    for path, calls in read.leaves.visits.items():
        if not wanted.intersection(name for name, _ in calls):
            continue
        module = _module_at(model, path)
        once = not by_steps and (as_traced or not read.one_by_one)
        names = [name for name, _ in calls] if once else list(dict.fromkeys(name for name, _ in calls))
        places.setdefault(module, []).extend(names)
        taken[module] = []

    def note(module: nn.Module, _: Any, out: Any) -> None:
        taken[module].append(spikes_of(module, out))

    hooks = [module.register_forward_hook(note) for module in taken]
    try:
        if by_steps:
            given = [_named(_called(model, {name: x[t] for name, x in events.items()})) for t in range(steps)]
            outputs = {key: torch.stack([step[key] for step in given]) for key in given[0]} if given else {}
        else:
            outputs = _named(_called(model, {n: x[0] for n, x in events.items()} if read.constant else events))
    finally:
        for hook in hooks:
            hook.remove()
    layers: dict[str, list[Tensor]] = {}
    for module, found in taken.items():
        names = places[module]
        whole = len(found) == len(names) * (steps if by_steps else 1)
        if not whole:
            where = next(call.where for call in read.trace.calls if call.name == names[0])
            message = "forward must call each layer as often whatever the values are"
            raise ValueError(f"convert: layer {where!r}: {message}, got {len(found)} calls instead of {len(names)}")
        for i, out in enumerate(found):
            layers.setdefault(names[i % len(names)], []).append(out)
    if read.constant:  # what does not change is computed as often as a loop likes
        layers = {name: parts[: read.trace.lengths[name]] for name, parts in layers.items()}
    values = {name: _whole(parts, batch, _shape(read, name)) for name, parts in layers.items()}
    full = {
        key: out
        for key, out in outputs.items()
        if key in read.trace.outputs
        and out.shape == (read.trace.lengths[read.trace.outputs[key]], batch, *_shape(read, read.trace.outputs[key]))
    }
    return OwnOutputs(values, STEPWISE if by_steps else CONSTANT if read.constant else WHOLE, full)


def _called(model: nn.Module, events: Mapping[str, Tensor]) -> Any:
    """What a model gives for its only input, or for those of these names."""
    return model(events[INPUT]) if set(events) == {INPUT} else model(**events)


def _shape(read: FloatTrace, name: str) -> tuple[int, ...]:
    return next((call.shape for call in read.trace.calls if call.name == name), read.trace.shape_of(name))


def _whole(parts: list[Tensor], batch: int, shape: tuple[int, ...]) -> Tensor:
    """[T, B, ...] of what a layer gave: all at once, or step by step."""
    out = parts[0] if len(parts) == 1 else torch.cat(parts)
    return out.reshape(-1, batch, *shape)


def _module_at(model: nn.Module, path: str) -> nn.Module:
    return unwrapped(model.get_submodule(path if isinstance(model, OneByOne) else path.replace("/", ".")))


def _named(given: Any) -> dict[str, Tensor]:
    """What a forward gives by the names that its trace has for it."""
    if isinstance(given, dict):
        parts = [(str(key), part) for key, part in given.items()]
    elif isinstance(given, list | tuple):
        parts = [(str(i), part) for i, part in enumerate(given)]
    else:
        parts = [("output", given)]
    found: dict[str, Tensor] = {}
    for key, part in parts:
        if isinstance(part, list | tuple):
            found |= {f"{key}.{i}": t for i, t in enumerate(p for p in part if isinstance(p, Tensor))}
        elif isinstance(part, Tensor):
            found[key] = part
    return found


def _rest(model: nn.Module) -> None:
    """Bring neurons that keep their states to rest, as their libraries' own functions do."""
    for module in model.modules():
        again: Any = getattr(module, "reset_mem", None) or getattr(module, "reset", None)
        if callable(again):
            again()


def misread(found: Found, current: Tensor, own: Tensor) -> tuple[float, Tensor]:
    """The share of what a layer itself gave that reading it does not give, beyond rounding; and the membranes read.

    `current`: what reaches the neurons as it was read. A spike may differ where the membrane is within `ROUNDING` of a
    threshold, a membrane by so much, of the layer's largest. After its first difference a neuron goes ways of its own,
    and with it, where spikes are fed back, all of the sample: so only first differences count.
    """
    read, membranes = found.run(current)
    if read.shape != own.shape:
        return 1.0, membranes
    if not own.numel():
        return 0.0, membranes
    if found.reads_out:
        return differing(read, own), membranes
    threshold = found.threshold(membranes.ndim)
    tolerance = ROUNDING * max(float(membranes.abs().max()), float(threshold.max()))
    differs = read != own
    nearest = (membranes / threshold).round().clamp(1, found.neuron.max_spikes) * threshold
    near = (membranes - nearest).abs() <= tolerance
    before = differs.flatten(2).any(2, keepdim=True) if found.recurrent is not None else differs.flatten(2)
    earlier = before.long().cumsum(0) - before.long() > 0
    wrong = differs.flatten(2) & ~near.flatten(2) & ~earlier
    return float(wrong.double().mean()), membranes


def differing(read: Tensor, own: Tensor) -> float:
    """The share of real values that differ beyond rounding."""
    if not own.numel():
        return 0.0
    wrong = ((read - own).abs() > ROUNDING * float(own.abs().max())) | own.isnan()
    return float(wrong.double().mean())


def given_by(part: Part, values: Mapping[str, Tensor]) -> Tensor:
    """What a part that is not neurons gives, [T, B, ...], of what those before it gave."""
    given = [values[name] for name in part.inputs]
    if part.weights is not None:
        return part.weights.run(given[0])
    if part.op == "unweighted":
        return given[0] * part.factor
    module = module_of(part.op, part.arguments, given[0].ndim - 2)
    found: Tensor = computed(part.op, part.arguments, given) if module is None else module(*given)
    return found


def checked(
    plan: Plan, events: Mapping[str, Tensor], own: OwnOutputs, *, each: bool = False
) -> tuple[dict[str, Peak], dict[str, float]]:
    """How far membranes reach, and the share misread, by layer; ValueError if one was read as what it is not.

    `each`: whether it is to be known how far those of each neuron or channel reach.
    """
    peaks: dict[str, Peak] = {}
    misreads: dict[str, float] = {}
    values: dict[str, Tensor] = {name: given.double() for name, given in events.items()}
    reported = {part.name for part in plan.reported}
    for part in plan.parts:
        taken = own.layers.get(plan.own.get(part.name, ""))
        if part.found is None:
            values[part.name] = given_by(part, values)
            if part.name in reported:
                share = 0.0 if taken is None else differing(values[part.name], taken)
                misreads[part.name] = _same(part, share, own)
            continue
        current = arriving(part, values)
        if taken is None:  # sums that merge, and are an output
            taken = part.found.run(current)[0]
        share, membranes = misread(part.found, current, taken)
        misreads[part.name] = _same(part, share, own) if part.found.exact else share
        peaks[part.name] = Peak.found(membranes, each=each and not part.found.reads_out)
        values[part.name] = taken.double()
    for key, given in own.outputs.items():
        name, factor = plan.outputs[key]
        if name not in peaks:  # what neurons give was compared
            share = differing(values[name] * factor, given.double())
            message = f"output {key!r} must be in {own.how} what its layers say; write it with what convert reads"
            require(share == 0, "convert", message, f"{share:.2%} of others")
    return peaks, misreads


def _same(part: Part, share: float, own: OwnOutputs) -> float:
    where = f"convert: layer {part.title!r}, with all since the neurons before it,"
    message = f"{where} must give in {own.how} what its attributes say; write it with the modules that convert reads"
    if share:
        raise ValueError(f"{message}, got {share:.2%} of its outputs that are others")
    return share
