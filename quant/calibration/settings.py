"""What a conversion is to search for on calibration data."""

from dataclasses import dataclass
from typing import Literal, get_args

from spikelut._checks import require, require_flags, require_int, require_shown
from spikelut._text import Brief

Rounding = Literal["nearest", "up_or_down", "learned"]


@dataclass(frozen=True, repr=False)
class Calibration(Brief):
    """What `convert` chooses by the spikes that layers give on its `events`: `convert(..., calibrate=Calibration())`.

    It goes layer by layer. A layer gets the inputs that the quantised layers before it give, and its own spikes where
    it feeds them back. What is made small is the distance of its spike trains from those of the float network; of a
    read-out, that of its membranes. A quarter of the samples (all, if there are fewer than 32) is held out to judge: a
    step that brings these no nearer is taken back, and so are all steps of a layer that move the network's output away.

    - `equalization`: neurons' weights and thresholds are multiplied by factors of their own, so that all rows of
      weights use all codes; on a chip with thresholds of neurons.
    - `scales`: how far weights are clipped.
    - `threshold_correction`, `bias_correction`: threshold and bias of each neuron, or of the layer where the chip has
      one; also what coarse decays change is brought back by these.
    - `rounding`: of weights, recurrent ones too. "learned" moves codes by the gradient of the distance through the
      integer layer and its table, with thresholds and biases that are corrected; "up_or_down" as well, but to one of
      the two codes beside each weight, as AdaRound does; "nearest" leaves them.
    - `end_to_end`: at the end the same once more for all layers together, by the network's output alone.
    - `decays`: where a chip has coarse decays, the codes beside the nearest are tried as well, for each neuron that
      spikes or, where the chip has one, for the layer, with thresholds that make up for them; before the thresholds.
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
    decays: bool = False

    def __post_init__(self) -> None:
        who, names = type(self).__name__, get_args(Rounding)
        require(self.rounding in names, who, f"rounding must be one of {', '.join(names)}", self.rounding)
        flags = ("equalization", "scales", "decays", "threshold_correction", "bias_correction", "end_to_end")
        require_flags(who, **{name: getattr(self, name) for name in flags})
        require_shown(who, self.progress)
        require_int(who, "iterations", self.iterations, 1, 10**6)
        require_int(who, "batch", self.batch, 1, 10**6)
        require_int(who, "seed", self.seed, 0, 2**63 - 1)
