"""Fixed-point arithmetic, surrogate tables, and layers that train with both."""

import importlib
from typing import TYPE_CHECKING, Any

from spikelut._extras import missing as _missing
from spikelut.quant import reckon as reckon
from spikelut.quant import spinnaker as spinnaker
from spikelut.quant import tflm as tflm
from spikelut.quant.affine import Affine as Affine
from spikelut.quant.compare import compare as compare
from spikelut.quant.comparison import Comparison as Comparison
from spikelut.quant.comparisons import Comparisons as Comparisons
from spikelut.quant.compiled import compile_neurons as compile_neurons
from spikelut.quant.dynamics import LIFSpec as LIFSpec
from spikelut.quant.exchange import shifted as shifted
from spikelut.quant.exchange import shifted_surrogate as shifted_surrogate
from spikelut.quant.fixed_point import FixedPoint as FixedPoint
from spikelut.quant.float_neurons import FloatLIF as FloatLIF
from spikelut.quant.float_neurons import FloatRecurrent as FloatRecurrent
from spikelut.quant.float_neurons import TimeDistributed as TimeDistributed
from spikelut.quant.gradients import GradientComparison as GradientComparison
from spikelut.quant.gradients import compare_gradients as compare_gradients
from spikelut.quant.integer import IntegerNetwork as IntegerNetwork
from spikelut.quant.integer import integer as integer
from spikelut.quant.integer_layers import IntegerBias as IntegerBias
from spikelut.quant.integer_layers import IntegerConv2d as IntegerConv2d
from spikelut.quant.integer_layers import IntegerFlatten as IntegerFlatten
from spikelut.quant.integer_layers import IntegerLIF as IntegerLIF
from spikelut.quant.integer_layers import IntegerLinear as IntegerLinear
from spikelut.quant.integer_layers import IntegerRepeat as IntegerRepeat
from spikelut.quant.integer_layers import IntegerSumPool2d as IntegerSumPool2d
from spikelut.quant.layer_gradient import LayerGradient as LayerGradient
from spikelut.quant.lut_surrogate import LUTSurrogate as LUTSurrogate
from spikelut.quant.neurons import IF as IF
from spikelut.quant.neurons import LI as LI
from spikelut.quant.neurons import LIF as LIF
from spikelut.quant.neurons import CubaLIF as CubaLIF
from spikelut.quant.packed import packed_spikes as packed_spikes
from spikelut.quant.pooling import Repeat as Repeat
from spikelut.quant.pooling import SumPool2d as SumPool2d
from spikelut.quant.recording import spike_trains as spike_trains
from spikelut.quant.segment_table import SegmentTable as SegmentTable
from spikelut.quant.silence import SilentLayerWarning as SilentLayerWarning
from spikelut.quant.state import quantize_state as quantize_state
from spikelut.quant.state import threshold_levels as threshold_levels
from spikelut.quant.table import Table as Table
from spikelut.quant.table import TableWarning as TableWarning
from spikelut.quant.table_use import TableUse as TableUse
from spikelut.quant.uniform_table import UniformTable as UniformTable

if TYPE_CHECKING:
    from spikelut.quant.conversion import Conversion as Conversion
    from spikelut.quant.conversion import convert as convert
    from spikelut.quant.conversion_report import LayerReport as LayerReport
    from spikelut.quant.events import EventLIF as EventLIF
    from spikelut.quant.layers import QuantConv2d as QuantConv2d
    from spikelut.quant.layers import QuantLinear as QuantLinear
    from spikelut.quant.rebuild import from_integer as from_integer
    from spikelut.quant.recurrent import Recurrent as Recurrent

# Brevitas takes seconds to import and is optional, so what is built on its layers loads on first use.
_LAZY = {
    "Conversion": "conversion",
    "EventLIF": "events",
    "LayerReport": "conversion_report",
    "QuantConv2d": "layers",
    "QuantLinear": "layers",
    "Recurrent": "recurrent",
    "convert": "conversion",
    "from_integer": "rebuild",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    except ModuleNotFoundError as error:
        raise _missing(error, name) from None
