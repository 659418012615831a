"""The classes of modules that `convert` knows, of torch, of this library and of others."""

from dataclasses import dataclass

from torch import nn

from spikelut.quant.neurons.float_lif import FloatLIF, FloatRecurrent
from spikelut.quant.weights.delay import Delay
from spikelut.quant.weights.module_reading import classes_of, kind_of
from spikelut.quant.weights.pooling import (
    GlobalSumPool,
    MaxPool1d,
    MaxPool2d,
    Repeat,
    SumPool1d,
    SumPool2d,
    Upsample,
)

Classes = tuple[type, ...]

NAMES = (
    "Linear, Conv2d, another convolution, BatchNorm, Flatten, pooling, or neurons (FloatLIF, FloatRecurrent, "
    "snnTorch's Leaky, Synaptic, RLeaky or RSynaptic, SpikingJelly's IFNode, LIFNode or ParametricLIFNode), "
    "or a module of your own with a forward of these"
)
_CONVOLUTIONS = ("Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d")


@dataclass(frozen=True)
class Kinds:
    """Classes by what is read of them.

    `nothing`: what does nothing in evaluation mode; `shapes`: our layers without weights; `snntorch`, `spikingjelly`:
    their neurons. Other modules are run.
    """

    nothing: Classes
    weights: Classes
    norms: Classes
    shapes: Classes
    snntorch: Classes
    spikingjelly: Classes
    names: str = NAMES

    @classmethod
    def now(cls) -> "Kinds":
        """Those that there are, with the libraries that are imported."""
        theirs = "spikingjelly.activation_based.layer"
        names = ("Linear", *_CONVOLUTIONS)
        quantised = tuple(f"Quant{name}" for name in names)
        brevitas = classes_of("brevitas.nn", *quantised)
        ours = classes_of("spikelut.quant.weights.layers", *quantised)
        own = tuple(getattr(nn, name) for name in names)
        return cls(
            nothing=(nn.Dropout, nn.Dropout2d, nn.Identity, *classes_of(theirs, "Dropout", "Dropout2d")),
            weights=(*own, *classes_of(theirs, *names), *brevitas, *ours),
            norms=(nn.BatchNorm1d, nn.BatchNorm2d, *classes_of(theirs, "BatchNorm1d", "BatchNorm2d")),
            shapes=(SumPool1d, SumPool2d, MaxPool1d, MaxPool2d, GlobalSumPool, Upsample, Repeat, Delay),
            snntorch=classes_of("snntorch", "Leaky", "Synaptic", "RLeaky", "RSynaptic"),
            spikingjelly=classes_of("spikingjelly.activation_based.neuron", "IFNode", "LIFNode", "ParametricLIFNode"),
        )

    @property
    def neurons(self) -> Classes:
        """Layers of neurons."""
        return (FloatLIF, FloatRecurrent, *self.snntorch, *self.spikingjelly)

    def of(self, module: object) -> type | None:
        """The known class of `module`; None if there is none."""
        return kind_of(module, (*self.nothing, *self.weights, *self.norms, *self.shapes, *self.neurons))

    def takes_steps(self, module: object) -> bool:
        """Whether neurons take one step at a time, and keep their states themselves or hand them out."""
        if kind_of(module, self.snntorch) is not None:
            return True
        return kind_of(module, self.spikingjelly) is not None and getattr(module, "step_mode", "s") == "s"
