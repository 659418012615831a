"""Small networks around every kind of layer: on events, on sums, with weights and with numbers of each neuron."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from spikelut import hw_profiles, quant
from spikelut.quant import IntegerNetwork, NetworkInput
from spikelut.quant.network.layers import (
    IntegerAdd,
    IntegerBias,
    IntegerConcat,
    IntegerConv2d,
    IntegerFlatten,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerMatMul,
    IntegerMaxPool2d,
    IntegerProduct,
    IntegerReshape,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTake,
    IntegerTotal,
    IntegerTranspose,
    IntegerUpsample,
)
from spikelut.surrogates import Arctan

P = hw_profiles.load("generic16")
SPEC = quant.LIFSpec.from_profile(P, beta=0.75, threshold=1.0, reset="subtract")
HALF = P.grid.frac - 1
"""log2 of the codes that are half a threshold."""
DRAW = np.random.default_rng(0)
STEPS, BATCH = 12, 3
Sizes = tuple[int, ...]


def lif(name: str = "lif", **options: Any) -> IntegerLIF:
    return IntegerLIF(name, SPEC, Arctan(), None, **options)


def weights(name: str, *shape: int, **options: Any) -> Any:
    """Weights of some threshold's eighths."""
    kind = IntegerLinear if len(shape) == 2 else IntegerConv2d
    codes = DRAW.integers(-7, 10, shape).astype(np.int16)
    return kind(name, codes, 1, HALF - 2, 0, 16, **options)


def inputs_of(network: IntegerNetwork) -> dict[str, Any]:
    """Sparse numbers, from the least to the largest, and samples with all at an end."""
    found = {}
    for one in network.inputs:
        shape = (one.steps or STEPS, BATCH, *one.shape)
        array = DRAW.integers(one.least, one.largest + 1, shape) * (DRAW.random(shape) < 0.6)
        array[:, 1] = one.largest
        found[one.name] = array
    return found


def network_of(
    layers: Sequence[tuple[IntegerLayer, tuple[str, ...]]],
    shapes: Sequence[Sizes],
    returned: tuple[str, ...] = ("lif",),
    *,
    least: int = 0,
    largest: int = 1,
    steps: int | None = None,
) -> IntegerNetwork:
    """A network of inputs x0, x1, ... of these shapes."""
    given = tuple(NetworkInput(f"x{i}", shape, largest, least, steps=steps) for i, shape in enumerate(shapes))
    return IntegerNetwork(
        P, tuple(layer for layer, _ in layers), wiring=tuple(w for _, w in layers), given=given, returned=returned
    )


EVENTS: dict[str, tuple[IntegerLayer, tuple[Sizes, ...]]] = {
    "sum pool": (IntegerSumPool2d("k", 2, 2), ((2, 4, 6),)),
    "sum pool of pairs": (IntegerSumPool2d("k", (2, 3), (1, 2), (1, 0)), ((3, 5, 7),)),
    "sum pool with padding": (IntegerSumPool2d("k", 3, 2, 1), ((1, 5, 4),)),
    "total": (IntegerTotal("k", (1, 2)), ((3, 4, 5),)),
    "total of the first": (IntegerTotal("k", (0,)), ((3, 4),)),
    "total between": (IntegerTotal("k", (1,)), ((2, 3, 4),)),
    "product": (IntegerProduct("k"), ((3, 4), (3, 4))),
    "product that broadcasts": (IntegerProduct("k"), ((3, 1, 2), (1, 4, 2))),
    "matrices": (IntegerMatMul("k"), ((2, 3, 4), (2, 4, 5))),
    "plain matrices": (IntegerMatMul("k"), ((1, 4), (4, 1))),
}
BOTH: dict[str, tuple[IntegerLayer, tuple[Sizes, ...]]] = {
    "add": (IntegerAdd("k"), ((2, 3), (2, 3), (2, 3))),
    "concat": (IntegerConcat("k", 0), ((2, 3, 2), (1, 3, 2))),
    "concat of the last": (IntegerConcat("k", 1), ((2, 3), (2, 1), (2, 4))),
    "max pool": (IntegerMaxPool2d("k", (2, 2), (2, 2)), ((2, 4, 6),)),
    "max pool with padding": (IntegerMaxPool2d("k", (3, 2), (2, 1), (1, 1)), ((2, 5, 4),)),
    "upsample": (IntegerUpsample("k", (2, 3)), ((2, 3, 4),)),
    "upsample a row": (IntegerUpsample("k", (2,)), ((2, 5),)),
    "spread": (IntegerSpread("k", (2, 1), (1, 0), (0, 2)), ((2, 3, 4),)),
    "spread and cut off": (IntegerSpread("k", (3, 2), (-2, 1), (1, -2)), ((2, 3, 4),)),
    "cut off": (IntegerSpread("k", (1,), (-1,), (-2,)), ((2, 6),)),
    "transpose": (IntegerTranspose("k", (2, 0, 1)), ((2, 3, 4),)),
    "take": (IntegerTake("k", 1, (4, 2, 0)), ((2, 5, 3),)),
    "take unevenly": (IntegerTake("k", 0, (0, 3, 1, 1)), ((5, 2),)),
    "take one": (IntegerTake("k", 1, (2,)), ((3, 4),)),
    "flatten": (IntegerFlatten("k"), ((2, 3, 4),)),
    "reshape": (IntegerReshape("k", (3, -1)), ((2, 6),)),
}
SHIFTS = (0, 2, 1)
WEIGHTS: dict[str, tuple[Any, Sizes]] = {
    "linear": (lambda: weights("w", 3, 5), (5,)),
    "linear of tokens": (lambda: weights("w", 3, 5), (4, 5)),
    "linear of as many tokens": (lambda: weights("w", 3, 5), (3, 5)),
    "linear of heads": (lambda: weights("w", 3, 5), (2, 2, 5)),
    "linear of one token": (lambda: weights("w", 3, 5), (1, 5)),
    "a shift for each output": (lambda: weights("w", 3, 5, channels=SHIFTS), (4, 5)),
    "convolution": (lambda: weights("w", 3, 2, 3, 2, padding=(1, 0), stride=(2, 1)), (2, 5, 6)),
    "dilated": (lambda: weights("w", 3, 2, 3, 2, padding=(2, 1), dilation=(2, 3)), (2, 6, 5)),
    "dilated without padding": (lambda: weights("w", 3, 2, 2, 2, dilation=(1, 2), stride=(1, 2)), (2, 3, 6)),
    "groups": (lambda: weights("w", 6, 2, 3, 3, padding=(1, 1), groups=3), (6, 4, 4)),
    "shifts of channels": (lambda: weights("w", 3, 2, 1, 1, channels=SHIFTS), (2, 2, 3)),
    "one place": (lambda: weights("w", 3, 2, 3, 3), (2, 3, 3)),
}


def own(count: int, name: str = "lif") -> IntegerLIF:
    """Neurons, or channels, each with a bias, a decay and a threshold of its own."""
    profile = replace(P)
    betas, thresholds = np.linspace(0.3, 0.9, count), np.linspace(0.25, 2.0, count)
    spec = quant.LIFSpec.from_profile(profile, beta=betas, threshold=thresholds, reset="subtract")
    bias = IntegerBias(DRAW.integers(-2, 9, count).astype(np.int64), max(0, HALF - 4))
    return IntegerLIF(name, spec, Arctan(), None, bias=bias)


OWN: dict[str, tuple[Any, Sizes, IntegerLayer | None, int]] = {
    "of a row": (lambda: weights("w", 4, 3), (3,), None, 4),
    "of tokens": (lambda: weights("w", 4, 3), (5, 3), None, 5),
    "of as many tokens as features": (lambda: weights("w", 4, 3), (4, 3), None, 4),
    "of heads": (lambda: weights("w", 4, 3), (2, 5, 3), None, 2),
    "of channels": (lambda: weights("w", 4, 2, 3, 3), (2, 5, 4), None, 4),
    "of flattened images": (lambda: weights("w", 4, 2, 3, 3), (2, 5, 4), IntegerFlatten("flat"), 24),
    "of rows made of channels": (lambda: weights("w", 4, 2, 3, 3), (2, 5, 4), IntegerReshape("flat", (8, 3)), 8),
    "of a flattened row": (lambda: weights("w", 4, 3), (5, 3), IntegerFlatten("flat"), 20),
}
