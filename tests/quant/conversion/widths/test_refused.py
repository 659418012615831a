"""What a chip lacks whatever the bits is said as without a search for bits."""

import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant, surrogates


@pytest.mark.parametrize("bits", ["auto:4", "auto:agreement>=0.5", None])
def test_a_network_that_the_chip_cannot_have_is_refused_by_its_reason(bits: str | None) -> None:
    neurons = quant.FloatLIF(surrogates.Arctan(), beta=0.9, reset="zero")
    floats = nn.Sequential(nn.Linear(6, 8), neurons, nn.Linear(8, 2), quant.FloatLIF(None, beta=0.9))
    with pytest.raises(ValueError, match=r"layer '0': must have no bias, which reckon has not"):
        quant.convert(floats, hw_profiles.load("reckon"), torch.ones(5, 4, 6), weight_bits=bits)
