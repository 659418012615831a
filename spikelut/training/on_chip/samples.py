"""Samples as a chip takes them: events of every tick, one sample after the other."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.quant.chips.reckon import Registers
from spikelut.training.data.batch import Batch, checked_batch

Events = NDArray[np.uint8]


def samples_of(batch: Batch, registers: Registers, settle: int) -> Iterator[tuple[Events, int]]:
    """The samples of a batch: events [ticks, inputs], with so many empty ticks at the end, and the label.

    Raises ValueError for counts above one, as the chip takes an input once in a tick, and labels without an output.
    """
    checked = checked_batch(batch, "eprop: a batch", registers.outputs)
    x, mask = checked.x.flatten(2), checked.mask
    inputs = x.shape[2]
    require(inputs == registers.inputs, "eprop", f"samples must be [T, {registers.inputs}]", [len(x), inputs])
    others = x[(x != 0) & (x != 1)]
    message = "events must be 0 or 1, as the chip takes an input once in a step"
    require(not len(others), "eprop", message, float(others[0]) if len(others) else None)
    for b, label in enumerate(checked.y.tolist()):
        steps = len(x)
        if mask is not None:
            steps = int(mask[:, b].sum())
            require(bool(mask[:steps, b].all()), "eprop", "masks must leave out steps at the end only", "others")
        events = np.zeros((steps + settle, inputs), np.uint8)
        events[:steps] = x[:steps, b].float().numpy()
        yield events, label
