"""What became of each layer of a float network on a chip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut._text import Brief
from spikelut.quant.backends.contract import current_codes
from spikelut.quant.conversion.calibration import input_gain, of_rows
from spikelut.quant.conversion.making.made import Quantised
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.result.rates import rate_distance, rates_of
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.reading.integers import integer_neurons
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import computed, values_of

Values = float | tuple[float, ...]
Rates = tuple[NDArray[np.float64], NDArray[np.float64]]


def _listed(values: Any) -> Values:
    return tuple(values.tolist()) if isinstance(values, Tensor) else float(values)


@dataclass(frozen=True, repr=False)
class LayerReport(Brief):
    """What `convert` did to one layer: the weights `weights` and the neurons `neurons`, and the error it made.

    If the currents of several layers meet before the neurons, `weights` names all of these. For a last layer without
    neurons, `neurons` is the layer itself.

    - `scale`: what weights, biases and the threshold were multiplied by. `clipped`: the share of weights beyond the
      codes.
    - `weight_error`: the root mean square of the changes of weights, divided by that of the weights.
    - `beta`, `threshold`: the value before and the one in force now; a tuple in place of each, if neurons have their
      own. The threshold is on the float network's scale, and None for a read-out. Without neurons beta is 0, because
      nothing is kept.
    - `saturated`: the share of neuron steps in which a register saturated. `dead`, `dead_before`: the share of neurons
      that never spike, after and before the conversion.
    - `busy`, `busy_before`: the share of neurons that spike in every step of every sample, after and before.
    - `differing`: the share of spikes that differ, `spikes_different` of `spikes_compared`. `first_difference`: the
      first time step in which one differs, or None; `first_sample`: the first sample in that step. `spikes`: the
      numbers of spikes before and after.
    - `rate_distance`: the Earth Mover's distance of the neurons' firing rates, see `training.rate_distance`.
    - `bits`: the bits of weights, of each layer of them and of recurrent ones. `sensitivity`: where `convert` searched
      for bits, the error of the output if one of these alone has so few.
    - `membrane_error`: for a read-out, the root mean square of the differences of its membranes, divided by that of the
      membranes.
    - `changes`: what else was changed, in words.
    - `misread`: the share of the layer's outputs that differ because of these changes alone, before anything is
      quantised.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> report = quant.convert(floats, hw_profiles.load("loihi2"), events).layers[0]
    >>> report.weights, report.neurons, report.weight_error < 0.01
    ('0', '1', True)
    ```
    """

    weights: str
    neurons: str
    scale: float
    clipped: float
    weight_error: float
    beta: tuple[Values, Values] = (0.0, 0.0)
    threshold: tuple[Values, Values] | None = None
    saturated: float = 0.0
    dead: float = 0.0
    dead_before: float = 0.0
    differing: float = 0.0
    first_difference: int | None = None
    changes: tuple[str, ...] = ()
    misread: float = 0.0
    membrane_error: float = 0.0
    bits: tuple[int, ...] = ()
    spikes: tuple[int, int] = (0, 0)
    spikes_compared: int = 0
    spikes_different: int = 0
    first_sample: int | None = None
    busy: float = 0.0
    busy_before: float = 0.0
    rate_distance: float = 0.0
    sensitivity: tuple[float, ...] = ()

    def _parts(self) -> Iterator[str]:
        yield f"{self.weights!r} -> {self.neurons!r}"
        yield f"scale {self.scale:.4g}"
        yield f"weight error {self.weight_error:.2%}"
        yield f"{self.clipped:.2%} clipped"
        yield f"{self.differing:.2%} of spikes differ"
        yield f"{self.dead:.0%} silent"


def measured(
    plan: Plan, model: nn.Module, made: Quantised, own: Mapping[str, Tensor], events: Mapping[str, Tensor]
) -> tuple[tuple[LayerReport, ...], dict[str, Rates]]:
    """Run the quantised network on the calibration data and set it beside what the float one's layers gave, `own`.

    Also the firing rates of layers that spike, by the names of their neurons: before and after.
    """
    model.eval()
    chosen = {part.name: _with_input(part, made) for part in plan.reported}
    wanted = sorted({name for names in chosen.values() for name in names})
    with torch.no_grad():
        values = values_of(made.calls, events, wanted)
    found = tuple(_report(plan, part, made, values, own.get(plan.own[part.name])) for part in plan.reported)
    calls, rates = {call.name: call for call in made.calls}, {}
    for part, layer in zip(plan.reported, found, strict=True):
        if layer.spikes_compared:
            before = as_run(calls, part, own[plan.own[part.name]])
            rates[layer.neurons] = rates_of(before), rates_of(values[part.name])
    return found, rates


def _with_input(part: Part, made: Quantised) -> tuple[str, ...]:
    """The calls that give what a part takes, and what it gives."""
    call = next(call for call in made.calls if call.name == part.name)
    return (call.inputs[0], call.name) if part.found is not None else (call.name,)


def _report(plan: Plan, part: Part, made: Quantised, values: Mapping[str, Tensor], own: Tensor | None) -> LayerReport:
    calls = {call.name: call for call in made.calls}
    makers = [p for p in ([part] if part.weights is not None else plan.currents_of(part.name)) if p.weights is not None]
    error, clipped = _weight_errors(plan, part, makers, made, calls)
    factor = made.scales[part.name].factor
    titles = ", ".join(dict.fromkeys(p.title for p in makers))
    numbers: dict[str, Any] = {"scale": factor, "clipped": clipped, "weight_error": error}
    weighted: list[Any] = [calls[maker.name].module for maker in makers]
    module: Any = calls[part.name].module
    weighted += [module.linear] if part.found is not None and part.found.recurrent is not None else []
    numbers["bits"] = tuple(layer.weight_bits for layer in weighted)
    if part.found is None or part.found.reads_out:
        before = as_run(calls, part, own) if own is not None else None
        numbers["membrane_error"] = 0.0 if before is None else membrane_error(values[part.name] / factor, before)
    if part.found is None:
        return LayerReport(titles, part.title, **numbers, changes=part.changes)
    current, out = (values[name] for name in _with_input(part, made))
    neuron = module.neuron if isinstance(module, Recurrent) else module
    spec, found = neuron.spec, part.found
    codes = current_codes(current, spec).cpu().numpy().astype(np.int64)
    numbers["saturated"] = integer_neurons(part.name, module, "convert").saturated(codes)
    numbers["beta"] = (_listed(found.neuron.beta), _listed(neuron.beta))
    if spec.threshold is not None:
        assert own is not None  # neurons were taken down
        before = as_run(calls, part, own)
        rows = made.rows.get(part.name, 1.0)
        numbers["threshold"] = (_listed(found.neuron.threshold), _listed(neuron.threshold / (factor * rows)))
        numbers |= _spikes(out, before)
    return LayerReport(titles, part.title, **numbers, changes=(*part.changes, *made.changes[part.name]))


def as_run(calls: Mapping[str, Call], part: Part, own: Tensor) -> Tensor:
    """What neurons gave in the model, arranged as they run in the result."""
    before = calls.get(f"{part.name}_in")
    turned = before is not None and before.op != "module"  # a layer of the user's may have that name
    if part.found is None or before is None or not turned or before.name not in calls[part.name].inputs:
        return own
    return computed(before.op, before.arguments, [own])


def membrane_error(out: Tensor, before: Tensor) -> float:
    """The root mean square of what membranes differ by, over that of those before; of zeros before that itself."""
    whole = float(before.double().square().mean().sqrt())
    wrong = float((out.double() - before.double()).square().mean().sqrt())
    return wrong / whole if whole > 0 else wrong


def _spikes(out: Tensor, before: Tensor) -> dict[str, Any]:
    """How spikes differ from those before."""
    differs = out != before
    places = differs.flatten(2).any(2).nonzero()  # in the order of steps, then samples
    dead, dead_before = (float((x.sum((0, 1)) == 0).double().mean()) for x in (out, before))
    busy, busy_before = (float((x != 0).all(0).all(0).double().mean()) for x in (out, before))
    step, sample = (int(n) for n in places[0]) if len(places) else (None, None)
    return {
        "dead": dead,
        "dead_before": dead_before,
        "busy": busy,
        "busy_before": busy_before,
        "differing": float(differs.double().mean()),
        "spikes_compared": differs.numel(),
        "spikes_different": int(differs.sum()),
        "spikes": (int((before != 0).sum()), int((out != 0).sum())),
        "first_difference": step,
        "first_sample": sample,
        "rate_distance": rate_distance(rates_of(before), rates_of(out)),
    }


def _weight_errors(
    plan: Plan, part: Part, makers: list[Part], made: Quantised, calls: Mapping[str, Call]
) -> tuple[float, float]:
    """The error of all weights of a layer, recurrent ones as well, over these, and the share beyond the codes."""
    wrong, whole, beyond, count = 0.0, 0.0, 0, 0
    rows = made.rows.get(part.name, 1.0)  # what these are multiplied by is no error
    for maker in makers:
        module: Any = calls[maker.name].module
        scale = made.scales[maker.name]
        assert maker.weights is not None  # it was chosen so
        wanted = of_rows(maker.weights.weight, made.gains[maker.name]) * scale.factor
        quantised = module.quant_weight().value.detach().double()
        if getattr(module, "transposed", False):
            quantised = module.outputs_first(quantised)
        wrong += float(of_rows(quantised - wanted, 1 / rows).square().sum())
        whole += float(of_rows(wanted, 1 / rows).square().sum())
        beyond += int((wanted.abs() > scale.clip * scale.factor * (1 + 1e-9)).sum())
        count += wanted.numel()
    if part.found is not None and part.found.recurrent is not None:
        neurons: Any = calls[part.name].module
        wanted = (
            of_rows(part.found.recurrent, input_gain(part.found.neuron, neurons.neuron.profile) * rows)
            * made.scales[part.name].factor
        )
        given = neurons.linear.quant_weight().value.detach().double()
        wrong += float(of_rows(given - wanted, 1 / rows).square().sum())
        whole += float(of_rows(wanted, 1 / rows).square().sum())
        beyond += int((wanted.abs() > float(neurons.linear.weight.detach().abs().max()) * (1 + 1e-6)).sum())
        count += wanted.numel()
    return (wrong / max(whole, 1e-300)) ** 0.5, beyond / max(count, 1)
