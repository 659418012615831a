"""What a float network itself gives on events, layer by layer, and whether what was read of it gives the same."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._torch import children
from spikelut.quant.arithmetic.full_precision import full_precision
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.read_network import Stage
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.weights.module_reading import kind_of

ROUNDING = 1e-4
"""What membranes may differ by, as a share of a layer's largest: sums of thousands of float32 in another order."""

WHOLE = "model(events)"
STEPWISE = "model(events[t]), step by step"


@dataclass(frozen=True)
class OwnOutputs:
    """What each layer of neurons gave, [T, B, ...], of a read-out its membranes; and how the model was run."""

    layers: list[Tensor]
    how: str


def detached_copy(model: nn.Module) -> nn.Module:
    """A deep copy on the CPU, in evaluation mode, which shares nothing; halves become float32.

    Copied too is what torch refuses to copy: states and weights that are results of a computation.
    """
    memo: dict[int, Any] = {}
    for module in model.modules():
        for tensor in _tensors(list(vars(module).values())):
            if not tensor.is_leaf:
                memo[id(tensor)] = tensor.detach().clone()
    made: nn.Module = copy.deepcopy(model, memo).cpu().eval()
    halves = any(p.dtype in (torch.float16, torch.bfloat16) for p in made.parameters())
    return made.float() if halves else made


def _tensors(value: Any, depth: int = 3) -> Iterator[Tensor]:
    """The tensors in `value` and in its lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict | list | tuple) and depth:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part, depth - 1)


def own_outputs(model: nn.Module, stages: list[Stage], events: Tensor) -> OwnOutputs:
    """Run `model`, a `detached_copy`, from rest and without autocast, and take down what its layers of neurons give.

    Neurons that take a step at a time (snnTorch's, SpikingJelly's in step mode 's') are given one at a time. Where the
    model itself cannot be run so, its modules are, one after the other, those for [B, ...] on each step.
    """
    dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
    events = events.to(dtype)
    kinds, neurons = Kinds.now(), [(s, model.get_submodule(s.neuron_name)) for s in stages]
    by_steps = [_takes_steps(module, kinds) for _, module in neurons]
    with torch.no_grad(), full_precision(events), torch.random.fork_rng(devices=[]):
        try:
            if any(by_steps) and not all(by_steps):
                raise ValueError("some of its neurons take a step, others all of them")
            how = STEPWISE if by_steps[0] else WHOLE
            return OwnOutputs(_run(model, neurons, events, by_steps[0]), how)
        except Exception as error:  # whatever the user's modules raise
            reason = " ".join(str(error).split())[:160] or type(error).__name__
        outs = list(_one_by_one(model, [s for s, _ in neurons], events, kinds))
    return OwnOutputs(outs, f"its modules one by one, as the model cannot be run itself: {reason}")


def _run(model: nn.Module, neurons: list[tuple[Stage, nn.Module]], events: Tensor, by_steps: bool) -> list[Tensor]:
    _reset(model)
    given: list[Tensor] = []
    stages = [stage for stage, _ in neurons]

    def note(module: nn.Module, _: Any, out: Any) -> None:
        given.append(_output(stages[len(given) % len(stages)], module, out))

    hooks = [module.register_forward_hook(note) for module in {module: None for _, module in neurons}]
    try:
        if not by_steps:
            model(events)
            return given
        for arriving in events:
            model(arriving)
        return [torch.stack(given[i :: len(stages)]) for i in range(len(stages))]
    finally:
        for hook in hooks:
            hook.remove()


def _one_by_one(model: nn.Module, stages: list[Stage], events: Tensor, kinds: Kinds) -> Iterator[Tensor]:
    """What each layer of neurons gives, of which each takes what the one before gave."""
    _reset(model)
    signal, by_name = events, {stage.neuron_name: stage for stage in stages}
    for name, module in children(model).items():
        assert module is not None  # the network was read
        stage = by_name.get(name)
        if stage is None:
            signal = _through(module, signal, kinds)
            continue
        if _takes_steps(module, kinds):
            signal = torch.stack([_output(stage, module, module(arriving)) for arriving in signal])
        else:
            signal = _output(stage, module, module(signal))
        yield signal


def _through(module: Any, signal: Tensor, kinds: Kinds) -> Tensor:
    """A module that is not neurons, on [T, B, ...]; those for [B, ...] run on all steps at once."""
    frames = kind_of(module, (*kinds.norms, *kinds.pools, *kinds.nothing, nn.Conv2d)) is not None
    frames = frames and not (isinstance(module, nn.Flatten) and module.start_dim == 2)
    all_steps = isinstance(module, TimeDistributed) or getattr(module, "step_mode", "s") == "m"
    if all_steps or not frames or type(module).__module__.startswith("spikelut"):
        out: Tensor = module(signal)
        return out
    flat: Tensor = module(signal.flatten(0, 1))
    return flat.reshape(*signal.shape[:2], *flat.shape[1:])


def _takes_steps(module: Any, kinds: Kinds) -> bool:
    if kind_of(module, kinds.snntorch) is not None:
        return True
    return kind_of(module, kinds.spikingjelly) is not None and module.step_mode == "s"


def _output(stage: Stage, module: Any, out: Any) -> Tensor:
    """Spikes of what a layer returned, or of a read-out membranes."""
    assert stage.neuron is not None  # a complete stage
    if stage.neuron.surrogate is None and hasattr(module, "reset_mechanism"):
        return torch.as_tensor(module.mem)
    return torch.as_tensor(out[0] if isinstance(out, tuple) else out)


def _reset(model: nn.Module) -> None:
    """Bring neurons that keep their states to rest, as their libraries' own functions do."""
    for module in model.modules():
        again: Any = getattr(module, "reset_mem", None) or getattr(module, "reset", None)
        if callable(again):
            again()


def misread(stage: Stage, arriving: Tensor, own: Tensor) -> tuple[float, Tensor]:
    """The share of what a layer itself gave that reading it does not give, beyond rounding; and the membranes read.

    `arriving`: what the layer before gave. A spike may differ where the membrane is within `ROUNDING` of a threshold, a
    membrane by so much, of the layer's largest. After its first difference a neuron goes ways of its own, and with it,
    where spikes are fed back, all of the sample: so only first differences count.
    """
    assert stage.neuron is not None  # a complete stage
    read, membranes = stage.run(arriving.double())
    if read.shape != own.shape:
        return 1.0, membranes
    if not own.numel():
        return 0.0, membranes
    threshold: Any = torch.as_tensor(stage.neuron.threshold)
    threshold = threshold.reshape(-1, *[1] * (membranes.ndim - 3)) if threshold.ndim else float(threshold)
    tolerance = ROUNDING * max(float(membranes.abs().max()), float(torch.as_tensor(threshold).max()))
    if stage.neuron.surrogate is None:
        wrong = ((read - own).abs() > ROUNDING * float(own.abs().max())) | own.isnan()
        return float(wrong.double().mean()), membranes
    differs = read != own
    nearest = (membranes / threshold).round().clamp(1, stage.neuron.max_spikes) * threshold
    near = (membranes - nearest).abs() <= tolerance
    before = differs.flatten(2).any(2, keepdim=True) if stage.recurrent is not None else differs.flatten(2)
    earlier = before.long().cumsum(0) - before.long() > 0
    wrong = differs.flatten(2) & ~near.flatten(2) & ~earlier
    return float(wrong.double().mean()), membranes
