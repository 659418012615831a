"""The classes of modules that `convert` knows, of torch, of this library and of others."""

from dataclasses import dataclass

from torch import nn

from spikelut.quant.neurons.float_lif import FloatLIF, FloatRecurrent
from spikelut.quant.weights.module_reading import classes_of, kind_of
from spikelut.quant.weights.pooling import Repeat, SumPool2d

Classes = tuple[type, ...]

BEFORE_NEURONS = "must come between weights and neurons"

NAMES = (
    "Linear, Conv2d, BatchNorm, Flatten, AvgPool2d or neurons "
    "(FloatLIF, FloatRecurrent, snnTorch's Leaky or Synaptic, SpikingJelly's IFNode or LIFNode)"
)


@dataclass(frozen=True)
class Kinds:
    """Classes by what is read of them. `nothing`: what does nothing in evaluation mode; `pools`: a step at a time."""

    nothing: Classes
    weights: Classes
    norms: Classes
    pools: Classes
    snntorch: Classes
    spikingjelly: Classes
    names: str = NAMES

    @classmethod
    def now(cls) -> "Kinds":
        """Those that there are, with the libraries that are imported."""
        theirs = "spikingjelly.activation_based.layer"
        brevitas = classes_of("brevitas.nn", "QuantLinear", "QuantConv2d")
        ours = classes_of("spikelut.quant.weights.layers", "QuantLinear", "QuantConv2d")
        return cls(
            nothing=(nn.Dropout, nn.Dropout2d, nn.Identity, *classes_of(theirs, "Dropout", "Dropout2d")),
            weights=(nn.Linear, nn.Conv2d, *classes_of(theirs, "Linear", "Conv2d"), *brevitas, *ours),
            norms=(nn.BatchNorm1d, nn.BatchNorm2d, *classes_of(theirs, "BatchNorm1d", "BatchNorm2d")),
            pools=(nn.Flatten, nn.AvgPool2d, *classes_of(theirs, "Flatten", "AvgPool2d")),
            snntorch=classes_of("snntorch", "Leaky", "Synaptic"),
            spikingjelly=classes_of("spikingjelly.activation_based.neuron", "IFNode", "LIFNode"),
        )

    @property
    def shapes(self) -> Classes:
        """Pooling and flattening."""
        return SumPool2d, *self.pools

    def of(self, module: object) -> type | None:
        """The known class of `module`; None if there is none."""
        neurons = FloatLIF, FloatRecurrent, *self.snntorch, *self.spikingjelly
        return kind_of(module, (*self.nothing, *self.weights, *self.norms, *self.shapes, Repeat, *neurons))
