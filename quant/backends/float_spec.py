"""What a layer of neurons in floats computes, as all who run one take it."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import torch

from spikelut import native
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate


@dataclass(frozen=True)
class FloatSpec:
    """The numbers of a `FloatLIF`; see there.

    - `surrogate`: the curve, or a table of it, that is read at the potential above threshold; None for a read-out.
    - `late`: the leak comes before the reset. `truncate`: as in `LIF`.
    """

    surrogate: Surrogate | LUTSurrogate | Table | None
    beta: float
    threshold: float = 1.0
    reset: Literal["subtract", "zero"] = "subtract"
    alpha: float | None = None
    late: bool = False
    max_spikes: int = 1
    truncate: int | None = None

    @classmethod
    def of(cls, layer: Any) -> "FloatSpec":
        """The numbers of a `FloatLIF`."""
        late = layer.order == "input-compare-leak-reset"
        return cls(layer.surrogate, layer.beta, layer.threshold, layer.reset, layer.alpha, late, layer.max_spikes)

    @cached_property
    def dynamics(self) -> FloatLIFDynamics:
        """The neurons' numbers, step and derivative."""
        threshold = None if self.surrogate is None else self.threshold
        return FloatLIFDynamics.of(self.beta, threshold, self.reset, self.alpha, self.late, self.max_spikes)

    @cached_property
    def drop(self) -> float | None:
        """What a spike subtracts; None where it sets the membrane to zero."""
        return None if self.reset == "zero" else self.dynamics.drop or 0.0

    @property
    def spike(self) -> Surrogate | Table | None:
        """The curve or the table itself, which layers may share."""
        return self.surrogate.table if isinstance(self.surrogate, LUTSurrogate) else self.surrogate

    @property
    def shared(self) -> "FloatSpec":
        """The same for all layers of these numbers, whatever module holds their table."""
        return replace(self, surrogate=self.spike)

    @property
    def places(self) -> torch.dtype | None:
        """The type of the places in the table, which are kept instead of x; None without one."""
        return self.spike.place_dtype if isinstance(self.spike, Table) else None

    @property
    def curve(self) -> native.NativeCurve | None:
        """The kernel of the surrogate; None if it has none."""
        return self.surrogate.native_curve if isinstance(self.surrogate, Surrogate) else None

    def numbers(self) -> native.NativeFloatSpec:
        """The same for the compiled kernels."""
        return native.NativeFloatSpec(
            alpha=self.alpha or 0.0,
            beta=self.beta,
            threshold=self.threshold,
            drop=self.drop or 0.0,
            cuba=self.alpha is not None,
            to_zero=self.drop is None,
            readout=self.surrogate is None,
        )
