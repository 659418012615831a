"""What a conversion is to search for on calibration data."""

from dataclasses import dataclass
from typing import Literal, get_args

from spikelut._checks import require, require_flags, require_int
from spikelut._text import Brief

Rounding = Literal["nearest", "up_or_down", "learned"]


@dataclass(frozen=True, repr=False)
class Calibration(Brief):
    """What `convert` chooses by the spikes that layers give on its `events`: `convert(..., calibrate=Calibration())`.

    Layer after layer, with the inputs that the quantised layers before give, and with its own spikes where it feeds
    them back. What is made small is the distance of its spike trains from the float network's, of a read-out that of
    its membranes. A step that does not make it smaller, on a quarter of the samples that is held out for this (of
    fewer than 32 on all), is taken back; so are all steps of a layer with which the network's output is farther off.

    - `equalization`: neurons' weights and thresholds are multiplied by factors of their own, so that all rows of
      weights use all codes; on a chip with thresholds of neurons.
    - `scales`: how far weights are clipped.
    - `threshold_correction`, `bias_correction`: threshold and bias of each neuron, or of the layer where the chip has
      one; also what coarse decays change is brought back by these.
    - `rounding`: of weights, recurrent ones too. "learned" moves codes by the gradient of the distance through the
      integer layer and its table, with thresholds and biases that are corrected; "up_or_down" as well, but to one of
      the two codes beside each weight, as AdaRound does; "nearest" leaves them.
    - `end_to_end`: at the end the same once more for all layers together, by the network's output alone.
    - `iterations`, `batch`: of learning, in each layer. `seed`: of the samples that are drawn.
    - `progress`: a bar on stderr after two seconds; None: if that is a terminal.

    ```pycon
    >>> quant.Calibration(rounding="up_or_down", iterations=50)
    Calibration(rounding='up_or_down', iterations=50)
    ```
    """

    equalization: bool = True
    scales: bool = True
    threshold_correction: bool = True
    bias_correction: bool = True
    rounding: Rounding = "learned"
    end_to_end: bool = False
    iterations: int = 200
    batch: int = 32
    seed: int = 0
    progress: bool | None = None

    def __post_init__(self) -> None:
        who, names = type(self).__name__, get_args(Rounding)
        require(self.rounding in names, who, f"rounding must be one of {', '.join(names)}", self.rounding)
        flags = ("equalization", "scales", "threshold_correction", "bias_correction", "end_to_end")
        require_flags(who, **{name: getattr(self, name) for name in flags})
        require_int(who, "iterations", self.iterations, 1, 10**6)
        require_int(who, "batch", self.batch, 1, 10**6)
        require_int(who, "seed", self.seed, 0, 2**63 - 1)
