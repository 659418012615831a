"""Biases on chips that have none: weights of an input that is 1 in every step."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import Peak
from spikelut.quant.conversion.neuron_values import Found
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.wanted import named
from spikelut.quant.weights.input_events import AlwaysOn

CARRIER = "one neuron more, which spikes in every step: biases are its weights"


def with_lines(
    plan: Plan,
    profile: Profile | Mapping[str, Profile],
    given: dict[str, Tensor],
    own: dict[str, Tensor],
    peaks: dict[str, Peak],
) -> list[str]:
    """Make biases on chips without weights of inputs that are always on; the names of inputs that have one more line.

    `given`: the events by name. `own`: by name of calls what layers gave, [T, B, ...]; both get the lines. `peaks`: by
    name of neurons; what carries biases on may saturate.
    """
    lines = AlwaysOnLines(plan)
    for part in list(plan.neurons):
        chip = named(profile, part.title) if isinstance(profile, Mapping) else profile
        if chip is not None and chip.bias is None:
            lines.free(part)
    lines.widen()
    line = AlwaysOn()
    inputs = [name for name in given if name in lines.carried]
    given |= {name: line(given[name]) for name in inputs}
    for name in peaks.keys() & lines.carried.keys():
        rows = {axis: torch.cat([each, each.new_zeros(1)]) for axis, each in peaks[name].rows.items()}
        peaks[name] = Peak(peaks[name].whole, rows)
    own |= {plan.own[name]: line(own[plan.own[name]]) for name in lines.carried if name in plan.own}
    return inputs


class AlwaysOnLines:
    """Changes a plan so that neurons of some chips need no bias.

    An input of features gets one more, which is 1 in every step; so does a dense layer of neurons whose spikes go to
    neurons with a bias: a neuron that its own such line makes spike in every step. The biases are weights of these.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.carried: dict[str, Part] = {}
        """By name, inputs and layers of neurons that get a line, and the first layer it is for."""
        self.columns: dict[str, Tensor] = {}
        """By name of weights, the biases that their line carries."""

    def free(self, part: Part) -> None:
        """Move the bias of neurons to a line; ValueError where there is none to be had."""
        bias = _bias_of(part)
        if bias is not None and bool((bias != 0).any()):
            self.columns[self._source(part, part)] = bias
            self._replace(part.name, bias=None, found=_without_bias(part.found))

    def widen(self) -> None:
        """Give the lines to inputs and layers, in their order, and columns to the weights that take them."""
        for name in (*self.plan.inputs, *(part.name for part in self.plan.neurons)):
            if name in self.carried:
                self._widen(name)
        for name in self.carried.keys() & self.plan.inputs.keys():
            self.plan.inputs[name] = (self.plan.inputs[name][0] + 1,)

    def _source(self, part: Part, wanted: Part) -> str:
        """The weights of neurons, the line to which is noted; ValueError where there is none to be had."""
        maker = self.plan[part.inputs[0]]
        alone = maker.weights is not None and len(self._takers(maker.name)) == 1
        source = maker.inputs[0]
        shape = self.plan.inputs.get(source, ()) or self.plan[source].shape
        takers = [self.plan[name] for name in self._takers(source)]
        dense = len(shape) == 1 and all(p.weights is not None and p.weights.geometry is None for p in takers)
        known = source in self.plan.inputs or self.plan[source].found is not None
        given = {name for name, _ in self.plan.outputs.values()}
        if not (alone and dense and known) or source in given:
            message = (
                "has a bias, and its chip none: an input that is always on is made for dense layers in a row alone"
            )
            raise ValueError(f"convert: layer {wanted.title!r}: {message}, got others")
        if source not in self.carried:
            self.carried[source] = wanted
            if source not in self.plan.inputs:
                self._source(self.plan[source], wanted)
        return maker.name

    def _takers(self, name: str) -> list[str]:
        return [part.name for part in self.plan.parts if name in part.inputs]

    def _widen(self, name: str) -> None:
        """Give a line more to an input or to neurons, and a column to the weights that take it."""
        if name not in self.plan.inputs:
            self._add_carrier(self.plan[name])
        for taker in self._takers(name):
            weights = self.plan[taker].weights
            assert weights is not None  # as `_source` saw to
            column = self.columns.get(taker, torch.zeros(len(weights.weight), dtype=torch.float64))
            weight = torch.cat([weights.weight, column.reshape(-1, 1)], 1)
            self._replace(taker, weights=replace(weights, weight=weight))

    def _add_carrier(self, part: Part) -> None:
        """A neuron more, which the last line that its layer takes makes spike in every step."""
        maker, found = self.plan[part.inputs[0]], part.found
        assert maker.weights is not None  # as `_source` saw to
        assert found is not None
        shape = (part.shape[0] + 1,)
        row = torch.zeros(1, maker.weights.inputs, dtype=torch.float64)
        # As large as any, so that few bits hold it.
        row[0, -1] = max(
            2 * float(torch.as_tensor(found.neuron.threshold).max()), float(maker.weights.weight.abs().max())
        )
        weight = torch.cat([maker.weights.weight, row])
        self._replace(maker.name, weights=replace(maker.weights, weight=weight), shape=shape)
        bias = None if part.bias is None else torch.cat([part.bias.expand(part.shape), torch.zeros(1).double()])
        self._replace(part.name, found=_one_more(found), bias=bias, shape=shape, changes=(*part.changes, CARRIER))

    def _replace(self, name: str, **changes: Any) -> None:
        i = next(i for i, part in enumerate(self.plan.parts) if part.name == name)
        self.plan.parts[i] = replace(self.plan.parts[i], **changes)


def _bias_of(part: Part) -> Tensor | None:
    """What is added to the currents of neurons [N], and what comes to the same where it goes to their membranes."""
    found = part.found
    assert found is not None  # they are neurons
    own, alpha = found.neuron.bias, found.neuron.alpha
    bias = None if part.bias is None else part.bias.expand(part.shape)
    if own is None:
        return bias
    real = own.detach().cpu().to(torch.float64) * (1.0 if alpha is None else 1 - alpha)
    return real if bias is None else bias + real


def _without_bias(found: Found | None) -> Found | None:
    if found is None or found.neuron.bias is None:
        return found
    made = copy.deepcopy(found.neuron)
    made.bias = None
    return found._replace(neuron=made)


def _one_more(found: Found) -> Found:
    """The neurons and one like them, to which no other feeds its spikes."""
    made = copy.deepcopy(found.neuron)
    for name in ("beta", "alpha", "threshold"):
        value = getattr(made, name)
        if isinstance(value, Tensor):
            setattr(made, name, torch.cat([value, value.mean().reshape(1)]))
    if made.bias is not None:
        made.bias = nn.Parameter(torch.cat([made.bias.detach(), made.bias.detach().new_zeros(1)]))
    recurrent = found.recurrent
    if recurrent is not None:
        recurrent = nn.functional.pad(recurrent, (0, 1, 0, 1))
    return found._replace(neuron=made, recurrent=recurrent)
