"""Codes of weights, thresholds and biases learned by the gradient through the integer layer and its table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.calibration.settings import Calibration
from spikelut.quant.calibration.unit import Unit
from spikelut.quant.neurons.own_values import give_bias, learn_threshold

WEIGHT_RATE = 0.03
"""Of one code of a weight, in a step."""
THRESHOLD_RATE = 0.003
"""Of the threshold; biases the same."""
LOOKS = 8
"""How often what was learned is measured, in the second half; the best is kept."""


def learned(
    unit: Unit, settings: Calibration, random: torch.Generator, tick: Callable[[], None], rate: float = 1.0
) -> None:
    """Make the distance of a unit smaller, on the samples to fit; what was best there stays."""
    groups, bounds = _weights(unit, settings, rate)
    groups += _thresholds(unit, rate) if settings.threshold_correction else []
    groups += _biases(unit, rate) if settings.bias_correction else []
    if not groups:
        return
    values: list[Tensor] = [value for group in groups for value in group["params"]]
    steps, size = settings.iterations, min(settings.batch, len(unit.fitted))
    optimiser = torch.optim.Adam(groups, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    best, kept = unit.measured(unit.fitted), [value.detach().clone() for value in values]
    looks = {steps - 1 - k * max(1, steps // (2 * LOOKS)) for k in range(LOOKS)}
    for i in range(steps):
        chosen = unit.fitted[torch.randperm(len(unit.fitted), generator=random)[:size]]
        grads = torch.autograd.grad(unit.loss(chosen), values, allow_unused=True)
        for value, grad in zip(values, grads, strict=True):
            value.grad = grad
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            for value, low, high in bounds:
                value.clamp_(low, high)
        if i in looks:
            found = unit.measured(unit.fitted)
            if found < best:
                best, kept = found, [value.detach().clone() for value in values]
        tick()
    with torch.no_grad():
        for value, before in zip(values, kept, strict=True):
            value.copy_(before)
            value.grad = None
    unit.fix()


def _weights(unit: Unit, settings: Calibration, rate: float) -> tuple[list[dict[str, Any]], list[Any]]:
    """The weights with their rates, and the bounds within which they stay: of codes, or of the two beside each."""
    groups: list[dict[str, Any]] = []
    bounds = []
    for layer in unit.weights() if settings.rounding != "nearest" else ():
        scale = layer.quant_weight().scale.detach().broadcast_to(layer.weight.shape)
        rule, most = layer.profile.weight, 2.0 ** (layer.weight_bits - 1)
        with torch.no_grad():
            # On a grid that is rounded down to, the smallest step down would be a whole code.
            if rule.rounding == "floor":
                layer.weight.add_(scale / 2)
            elif rule.rounding == "trunc0":
                layer.weight.add_(scale / 2 * layer.weight.sign())
        low, high = -most * scale if rule.signed else torch.zeros_like(scale), most * scale
        if settings.rounding == "up_or_down":
            codes = layer.weight.detach() / scale
            low = torch.maximum(low, (codes.floor() - 0.49) * scale)
            high = torch.minimum(high, (codes.ceil() + 0.49) * scale)
        groups.append({"params": [layer.weight], "lr": rate * WEIGHT_RATE * float(scale.mean())})
        bounds.append((layer.weight, low, high))
    return groups, bounds


def _thresholds(unit: Unit, rate: float) -> list[dict[str, Any]]:
    groups = []
    for name, neuron in unit.spiking():
        value = learn_threshold(neuron, unit.count(name) if unit.has_each(neuron) else None)
        groups.append({"params": [value], "lr": rate * THRESHOLD_RATE * float(value.detach().mean())})
    return groups


def _biases(unit: Unit, rate: float) -> list[dict[str, Any]]:
    return [
        {"params": [give_bias(neuron, unit.count(name))], "lr": rate * THRESHOLD_RATE * unit.size(name)}
        for name, neuron in unit.neurons()
        if neuron.profile.bias is not None
    ]
