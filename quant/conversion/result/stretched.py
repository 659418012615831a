"""The surrogate of a layer whose membranes were multiplied by a factor."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

from torch import nn

from spikelut.hw_profiles import Profile
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import TableWarning
from spikelut.surrogates import Surrogate


def stretched(curve: Surrogate, factor: float) -> Surrogate | None:
    """The curve g(x / factor) / factor: the same spikes' gradient where membranes are `factor` times as large.

    None of a curve that has no such parameters, and of a user's own.
    """
    if not curve.powers or curve.shipped_as is not type(curve):
        return None
    return replace(curve, **{name: getattr(curve, name) * factor**power for name, power in curve.powers})


def table_of(curve: Surrogate, profile: Profile, factor: float) -> LUTSurrogate:
    """The chip's table for a layer whose membranes were multiplied by `factor`.

    The table of the curve as it is where it cannot be stretched, or would go far beyond what the table holds.
    """
    wanted = stretched(curve, factor)
    if wanted is not None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", TableWarning)
                return LUTSurrogate(wanted, profile, saturate=True)
        except (TableWarning, ValueError):
            pass
    return LUTSurrogate(curve, profile, saturate=True)


def scale_surrogates(model: nn.Module) -> None:
    """Give the neurons that `convert` made the tables of their layers' factors."""
    for module in model.modules():
        slope = getattr(module, "surrogate", None)
        if isinstance(slope, LUTSurrogate) and hasattr(module, "converted_scale"):
            neuron: Any = module
            neuron.surrogate = table_of(slope.analytic, slope.profile, neuron.converted_scale)
