"""What a conversion says of its steps."""

import pytest
import torch
from float_networks import LOIHI, dense, events

from spikelut import quant


def test_rounding_to_nearest_is_the_first_step() -> None:
    model, x = dense(), events(15, 16, 12)
    found = quant.convert(model, LOIHI, x, weight_bits=3)
    spiking, readout = found.steps
    assert [step.name for step in found.steps] == ["nearest", "nearest"]
    assert [step.layer for step in found.steps] == [layer.neurons for layer in found.layers]
    assert spiking.after == found.layers[0].differing > 0
    with torch.no_grad():
        wanted, given = model(x), found.model(x) / found.layers[1].scale
    # The share is that of float32 sums, here in another order.
    assert readout.after == found.layers[1].membrane_error
    assert readout.after == pytest.approx(float((given - wanted).norm() / wanted.norm()), rel=1e-4)
    assert readout.won == -readout.after < 0
    assert all(step.seconds > 0 for step in found.steps)
    assert repr(readout).startswith("ConversionStep('nearest', '4', 0.00% -> ")
