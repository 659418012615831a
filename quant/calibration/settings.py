"""What a conversion is to search for on calibration data."""

from dataclasses import dataclass
from typing import Literal, get_args

from spikelut._checks import require, require_flags, require_int, require_shown
from spikelut._text import Brief

Rounding = Literal["nearest", "up_or_down", "learned"]


@dataclass(frozen=True, repr=False)
class Calibration(Brief):
    """What `convert` chooses by the spikes of the layers on its `events`: `convert(..., calibrate=Calibration())`.

    Calibration goes layer by layer. A layer gets the inputs that the quantised layers before it give, and its own
    spikes where it feeds them back. The layer is changed so that its spike trains come close to those of the float
    network; a read-out, so that its membranes do. A quarter of the samples is held out to
    judge; of fewer than 32, all both calibrate and judge. A step that brings these samples no nearer is taken back.
    All steps of a layer are taken back if together they move the network's output away.

    - `equalization`: on a chip with thresholds of neurons, each neuron's weights and threshold are multiplied by a
      factor of its own, so that all rows of weights use all codes.
    - `scales`: how far weights are clipped.
    - `threshold_correction`, `bias_correction`: of the threshold and the bias of each neuron, or of the layer where the
      chip has one for all. They also make up for what coarse decays change.
    - `rounding`: of weights, recurrent ones too. "learned" moves codes by the gradient of the distance through the
      integer layer and its table, together with thresholds and biases. "up_or_down" does the same, but only to one of
      the two codes beside each weight, as AdaRound does. "nearest" leaves the codes as they are.
    - `end_to_end`: at the end, the same is done once more for all layers together, by the network's output alone.
    - `decays`: where a chip has coarse decays, the codes beside the nearest one are tried too, with thresholds that
      make up for them. They are tried for each neuron that spikes or, where the chip has one decay for all, for the
      layer. This step comes before that of the thresholds.
    - `iterations`, `batch`: of the learning in each layer. `seed`: of the samples that are drawn.
    - `progress`: whether a bar appears on stderr after two seconds. None: if stderr is a terminal.

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
