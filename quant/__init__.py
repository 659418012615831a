"""Fixed-point arithmetic, surrogate tables, and layers that train with both."""

from typing import TYPE_CHECKING, Any

from spikelut.quant import reckon as reckon
from spikelut.quant import spinnaker as spinnaker
from spikelut.quant import tflm as tflm
from spikelut.quant.affine import Affine as Affine
from spikelut.quant.compare import Comparison as Comparison
from spikelut.quant.compare import compare as compare
from spikelut.quant.dynamics import LIFSpec as LIFSpec
from spikelut.quant.fixed_point import FixedPoint as FixedPoint
from spikelut.quant.integer import IntegerLIF as IntegerLIF
from spikelut.quant.integer import IntegerLinear as IntegerLinear
from spikelut.quant.integer import IntegerNetwork as IntegerNetwork
from spikelut.quant.integer import integer as integer
from spikelut.quant.lut_surrogate import LUTSurrogate as LUTSurrogate
from spikelut.quant.neurons import LIF as LIF
from spikelut.quant.neurons import CubaLIF as CubaLIF
from spikelut.quant.neurons import spike_trains as spike_trains
from spikelut.quant.segment_table import SegmentTable as SegmentTable
from spikelut.quant.state import quantize_state as quantize_state
from spikelut.quant.state import threshold_levels as threshold_levels
from spikelut.quant.table import Table as Table
from spikelut.quant.table import TableWarning as TableWarning
from spikelut.quant.uniform_table import UniformTable as UniformTable

if TYPE_CHECKING:
    from spikelut.quant.events import EventLIF as EventLIF
    from spikelut.quant.layers import QuantLinear as QuantLinear


def __getattr__(name: str) -> Any:
    # Brevitas takes seconds to import and is optional, so its layers load on first use.
    if name == "QuantLinear":
        from spikelut.quant.layers import QuantLinear

        return QuantLinear
    if name == "EventLIF":
        from spikelut.quant.events import EventLIF

        return EventLIF
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
