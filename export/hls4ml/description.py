"""What a project of hls4ml is made of: layers with the types of all that is in them, and arrays."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.quant.chips.hls4ml import DecisionRule
from spikelut.quant.network.signal import Signal

IO = Literal["io_stream", "io_parallel"]


@dataclass
class Description:
    """Layers in order, each with its kind, name and types; the arrays they name, as `LAYER.weight`.

    `unit`: the real value there of one event, of what the layers so far give.
    """

    io: IO
    unit: float
    layers: list[dict[str, Any]] = field(default_factory=list)
    arrays: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def add(self, kind: str, name: str, **about: Any) -> None:
        """One more layer; ValueError for a name that another has there."""
        taken = [layer["name"] for layer in self.layers]
        require(name not in taken, "to_hls4ml", "layers must have names that differ in letters and digits", name)
        self.layers.append({"kind": kind, "name": name, **about})


def name_there(layer: str) -> str:
    """The name that a layer has there, where names are those of variables in C++."""
    return "layer_" + "".join(c if c.isalnum() and c.isascii() else "_" for c in layer)


@dataclass(frozen=True)
class Readout:
    """`SNNReadout`: what it decides by after each step, and the window after which it and all neurons are cleared."""

    window_size: int
    decision_rule: DecisionRule
    class_threshold: int = 1


@dataclass(frozen=True)
class At:
    """Where a layer stands: what it is given and gives, the layer after it, and the read-out at the end, if any."""

    given: Signal
    gives: Signal
    follows: Any
    readout: Readout | None
