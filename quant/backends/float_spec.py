"""The numbers of a layer of neurons in floats, as its Triton kernels take them."""

from dataclasses import dataclass
from typing import Any, Literal

from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate


@dataclass(frozen=True)
class FloatCell:
    """The numbers of a `FloatLIF`; see there.

    - `spike`: the curve, or a table of it, that is read at the potential above threshold; None for a read-out.
    - `late`: the leak comes before the reset. `truncate`: as in `LIF`.
    """

    spike: Surrogate | Table | None
    beta: float
    threshold: float = 1.0
    reset: Literal["subtract", "zero"] = "subtract"
    alpha: float | None = None
    late: bool = False
    max_spikes: int = 1
    truncate: int | None = None

    @property
    def dynamics(self) -> FloatLIFDynamics:
        """The neurons' numbers, step and derivative."""
        threshold = None if self.spike is None else self.threshold
        return FloatLIFDynamics.of(self.beta, threshold, self.reset, self.alpha, self.late, self.max_spikes)

    @classmethod
    def of(cls, layer: Any) -> "FloatCell":
        """The numbers of a `FloatLIF`."""
        slope = layer.surrogate
        return cls(
            slope.table if isinstance(slope, LUTSurrogate) else slope,
            layer.beta,
            layer.threshold,
            layer.reset,
            layer.alpha,
            layer.order == "input-compare-leak-reset",
            layer.max_spikes,
        )
