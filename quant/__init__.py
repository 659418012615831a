"""Quantisation-aware training of spiking networks in a chip's integers: number formats, surrogate tables, layers.

```pycon
>>> from torch import nn
>>> profile = hw_profiles.load("reckon")
>>> lut = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
>>> model = nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, lut, beta=0.95))
>>> model(torch.rand(20, 16, 8).round()).sum().backward()
>>> model[0].weight.grad.shape, quant.integer(model).layers[1].spec.threshold
(torch.Size([4, 8]), 1024)
```
"""

from typing import TYPE_CHECKING

from spikelut._lazy import lazily as _lazily
from spikelut.quant.arithmetic.affine import Affine as Affine
from spikelut.quant.arithmetic.fixed_point import FixedPoint as FixedPoint
from spikelut.quant.calibration.settings import Calibration as Calibration
from spikelut.quant.calibration.steps import ConversionStep as ConversionStep
from spikelut.quant.chips import hls4ml as hls4ml
from spikelut.quant.chips import reckon as reckon
from spikelut.quant.chips import sne as sne
from spikelut.quant.chips import spinnaker as spinnaker
from spikelut.quant.chips import tflm as tflm
from spikelut.quant.comparison.compare import Comparisons as Comparisons
from spikelut.quant.comparison.compare import compare as compare
from spikelut.quant.comparison.comparison import Comparison as Comparison
from spikelut.quant.comparison.gradient_measures import LayerGradient as LayerGradient
from spikelut.quant.comparison.gradients import GradientComparison as GradientComparison
from spikelut.quant.comparison.gradients import compare_gradients as compare_gradients
from spikelut.quant.comparison.swap_slopes import shifted as shifted
from spikelut.quant.comparison.swap_slopes import shifted_surrogate as shifted_surrogate
from spikelut.quant.costs.cost import Cost as Cost
from spikelut.quant.costs.cost import cost as cost
from spikelut.quant.costs.fit import ChipFit as ChipFit
from spikelut.quant.costs.layers import LayerCost as LayerCost
from spikelut.quant.costs.modelled import ModelledEnergy as ModelledEnergy
from spikelut.quant.costs.placing import Limit as Limit
from spikelut.quant.costs.sizes import Footprint as Footprint
from spikelut.quant.costs.synaptic import SynapticEvents as SynapticEvents
from spikelut.quant.costs.synaptic import synaptic_events as synaptic_events
from spikelut.quant.dynamics.spec import LIFSpec as LIFSpec
from spikelut.quant.learning.on_reckon import to_reckon as to_reckon
from spikelut.quant.learning.on_reckon import with_learned as with_learned
from spikelut.quant.network.delays.axons import IntegerDelay as IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear as IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF as IntegerEventLIF
from spikelut.quant.network.layers import IntegerBias as IntegerBias
from spikelut.quant.network.layers import IntegerLIF as IntegerLIF
from spikelut.quant.network.merges import IntegerAdd as IntegerAdd
from spikelut.quant.network.merges import IntegerConcat as IntegerConcat
from spikelut.quant.network.merges import IntegerMatMul as IntegerMatMul
from spikelut.quant.network.merges import IntegerProduct as IntegerProduct
from spikelut.quant.network.network import IntegerNetwork as IntegerNetwork
from spikelut.quant.network.network import NetworkInput as NetworkInput
from spikelut.quant.network.network import Node as Node
from spikelut.quant.network.shapes.order import IntegerFlatten as IntegerFlatten
from spikelut.quant.network.shapes.order import IntegerRepeat as IntegerRepeat
from spikelut.quant.network.shapes.order import IntegerReshape as IntegerReshape
from spikelut.quant.network.shapes.order import IntegerReverse as IntegerReverse
from spikelut.quant.network.shapes.order import IntegerTake as IntegerTake
from spikelut.quant.network.shapes.order import IntegerTranspose as IntegerTranspose
from spikelut.quant.network.shapes.pooling import IntegerMaxPool2d as IntegerMaxPool2d
from spikelut.quant.network.shapes.pooling import IntegerSpread as IntegerSpread
from spikelut.quant.network.shapes.pooling import IntegerSumPool2d as IntegerSumPool2d
from spikelut.quant.network.shapes.pooling import IntegerTotal as IntegerTotal
from spikelut.quant.network.shapes.pooling import IntegerUpsample as IntegerUpsample
from spikelut.quant.network.signal import Signal as Signal
from spikelut.quant.network.silence import SilentLayerWarning as SilentLayerWarning
from spikelut.quant.network.summary.summary import NetworkSummary as NetworkSummary
from spikelut.quant.network.synapses import IntegerConv2d as IntegerConv2d
from spikelut.quant.network.synapses import IntegerLinear as IntegerLinear
from spikelut.quant.network.synapses import IntegerScale as IntegerScale
from spikelut.quant.neurons.adaptive.adaptive_lif import AdaptiveLIF as AdaptiveLIF
from spikelut.quant.neurons.adaptive.float_adaptive import FloatAdaptiveLIF as FloatAdaptiveLIF
from spikelut.quant.neurons.compile import compile_neurons as compile_neurons
from spikelut.quant.neurons.float_lif import FloatLIF as FloatLIF
from spikelut.quant.neurons.float_lif import FloatRecurrent as FloatRecurrent
from spikelut.quant.neurons.float_lif import TimeDistributed as TimeDistributed
from spikelut.quant.neurons.graded import Delta as Delta
from spikelut.quant.neurons.graded import Sigma as Sigma
from spikelut.quant.neurons.graded import SigmaDelta as SigmaDelta
from spikelut.quant.neurons.lif import IF as IF
from spikelut.quant.neurons.lif import LI as LI
from spikelut.quant.neurons.lif import LIF as LIF
from spikelut.quant.neurons.lif import CubaLIF as CubaLIF
from spikelut.quant.neurons.packed_spikes import packed_spikes as packed_spikes
from spikelut.quant.neurons.quantize_state import quantize_state as quantize_state
from spikelut.quant.neurons.quantize_state import threshold_levels as threshold_levels
from spikelut.quant.neurons.spike_trains import spike_trains as spike_trains
from spikelut.quant.reading.check_model import LayerCheck as LayerCheck
from spikelut.quant.reading.check_model import ModelCheck as ModelCheck
from spikelut.quant.reading.check_model import check as check
from spikelut.quant.reading.from_model import integer as integer
from spikelut.quant.tables.lut_surrogate import LUTSurrogate as LUTSurrogate
from spikelut.quant.tables.segments import SegmentTable as SegmentTable
from spikelut.quant.tables.table import Table as Table
from spikelut.quant.tables.table import TableWarning as TableWarning
from spikelut.quant.tables.uniform import UniformTable as UniformTable
from spikelut.quant.tables.usage import TableUse as TableUse
from spikelut.quant.weights.batch_norm import FoldedBatchNorm as FoldedBatchNorm
from spikelut.quant.weights.delay import Delay as Delay
from spikelut.quant.weights.input_events import AlwaysOn as AlwaysOn
from spikelut.quant.weights.pooling import GlobalSumPool as GlobalSumPool
from spikelut.quant.weights.pooling import MaxPool1d as MaxPool1d
from spikelut.quant.weights.pooling import MaxPool2d as MaxPool2d
from spikelut.quant.weights.pooling import OnOff as OnOff
from spikelut.quant.weights.pooling import Repeat as Repeat
from spikelut.quant.weights.pooling import SumPool1d as SumPool1d
from spikelut.quant.weights.pooling import SumPool2d as SumPool2d
from spikelut.quant.weights.pooling import Upsample as Upsample
from spikelut.quant.wiring.graph_module import GraphModule as GraphModule

if TYPE_CHECKING:
    from spikelut.quant.conversion.convert import convert as convert
    from spikelut.quant.conversion.result.conversion import Conversion as Conversion
    from spikelut.quant.conversion.result.report import LayerReport as LayerReport
    from spikelut.quant.folding.batch_norm import fold_batch_norm as fold_batch_norm
    from spikelut.quant.folding.fold_into import fold_into as fold_into
    from spikelut.quant.learning.eprop import EProp as EProp
    from spikelut.quant.neurons.event_lif import EventConv2d as EventConv2d
    from spikelut.quant.neurons.event_lif import EventLIF as EventLIF
    from spikelut.quant.neurons.recurrent import Recurrent as Recurrent
    from spikelut.quant.reading.to_model import from_integer as from_integer
    from spikelut.quant.weights.delayed_linear import DelayedLinear as DelayedLinear
    from spikelut.quant.weights.layers import QuantConv1d as QuantConv1d
    from spikelut.quant.weights.layers import QuantConv2d as QuantConv2d
    from spikelut.quant.weights.layers import QuantConvTranspose1d as QuantConvTranspose1d
    from spikelut.quant.weights.layers import QuantConvTranspose2d as QuantConvTranspose2d
    from spikelut.quant.weights.layers import QuantLinear as QuantLinear

# Brevitas takes seconds to import and is optional, so what is built on its layers loads on first use.
_LAZY = {
    "Conversion": "conversion.result.conversion",
    "DelayedLinear": "weights.delayed_linear",
    "EProp": "learning.eprop",
    "EventConv2d": "neurons.event_lif",
    "EventLIF": "neurons.event_lif",
    "LayerReport": "conversion.result.report",
    "QuantConv1d": "weights.layers",
    "QuantConv2d": "weights.layers",
    "QuantConvTranspose1d": "weights.layers",
    "QuantConvTranspose2d": "weights.layers",
    "QuantLinear": "weights.layers",
    "Recurrent": "neurons.recurrent",
    "convert": "conversion.convert",
    "fold_batch_norm": "folding.batch_norm",
    "fold_into": "folding.fold_into",
    "from_integer": "reading.to_model",
}

__getattr__, __dir__ = _lazily(__name__, _LAZY)
