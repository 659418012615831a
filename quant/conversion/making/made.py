"""What is made of a plan: its layers with their scales, and how they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn

from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import Scale
from spikelut.quant.wiring.call import Call


@dataclass
class Quantised:
    """The layers that were made: `calls` in their order, by name the `scales` of parts, and notes on neurons.

    `gains`: what weights were multiplied by because the chip's neurons divide their input. `renamed`: which call gives
    what a part does, where it is not that of its name.
    """

    calls: list[Call] = field(default_factory=list)
    scales: dict[str, Scale] = field(default_factory=dict)
    gains: dict[str, Any] = field(default_factory=dict)
    chips: dict[str, Profile] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Tensor] = field(default_factory=dict)

    def take(self, modules: Mapping[str, nn.Module], others: Quantised) -> None:
        """Put these layers, and how they were made, in the place of those with the same names."""
        self.calls = [replace(call, module=modules.get(call.name, call.module)) for call in self.calls]
        self.scales |= others.scales
        self.gains |= others.gains
        self.changes |= others.changes
        for name in modules:
            self.rows.pop(name, None)
        self.rows |= others.rows


@dataclass(frozen=True)
class Tuning:
    """How layers are made otherwise than by rounding to nearest.

    `clip`: over the one with the least squared error. `rows`: whose weights are to use all codes in each row, those of
    "weights", "recurrent" ones, or "both"; "" for no factors of rows. `reach`: the share of the way to the membranes'
    peak that the register must hold; what lies beyond saturates, and what is left has finer codes.
    """

    clip: float = 1.0
    rows: str = ""
    reach: float = 1.0


NEAREST = Tuning()
