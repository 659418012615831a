"""The printed kernels of float neurons, each of them, equal to torch; membranes that meet the threshold among them."""

from itertools import product
from typing import Any

import torch
from backends import both, equal, gradients, needs_native, threads

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

TABLE = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load("loihi2"), saturate=True)


@needs_native
def test_every_kernel_equals_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    # Quarters and halves are exact, so that membranes are at the threshold again and again.
    x = torch.randint(-3, 5, (7, 3, 211), generator=generator) / 4
    grad = torch.randn(x.shape, generator=generator)
    nonzero = compared = met = 0
    for alpha, reset, slope, bias in product((None, 0.5), ("subtract", "zero"), (None, TABLE), (None, 211)):
        layer: Any = quant.FloatLIF(slope, beta=0.5, alpha=alpha, reset=reset, bias=bias)
        if bias is not None:
            torch.nn.init.constant_(layer.bias, 0.25)
        with threads(1):
            readable, compiled = both(lambda layer=layer: gradients(layer, x, grad))  # type: ignore[misc]
        for a, b in zip(readable, compiled, strict=True):
            assert equal(a, b), (alpha, reset, slope, bias)
            compared += a.numel()
            nonzero += int(a.count_nonzero())
        met += 0 if slope is None else int((layer.run(x)[1] == layer.threshold).sum())
    assert nonzero > 0.5 * compared
    assert met > 100
