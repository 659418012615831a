"""Hidden layers, read from their text."""

import re
from dataclasses import dataclass

MAX_LAYERS, MAX_WIDTH = 16, 16384


@dataclass(frozen=True)
class Dense:
    """A layer of so many neurons."""

    size: int


@dataclass(frozen=True)
class Conv:
    """A convolution with so many channels and a square kernel, without padding."""

    size: int
    kernel: int


@dataclass(frozen=True)
class Pool:
    """The sum of spikes in squares."""

    kernel: int


Layer = Dense | Conv | Pool


def parse_layers(text: str) -> list[Layer]:
    """Hidden layers: sizes as `128,64`; `16C5` are 16 channels of 5x5 weights, `P2` pools by 2; dense ones last."""
    found: list[Layer] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(?:(\d{1,6})|(\d{1,4})[cC](\d{1,2})|[pP](\d{1,2}))\s*", part)
        if match is None or len(found) == MAX_LAYERS:
            example = "as 128,64 or 16C5,P2,64C5,P2"
            raise ValueError(f"layers must be 1 to {MAX_LAYERS} sizes separated by commas, {example}, got {text!r}")
        dense, channels, kernel, pool = match.groups()
        if dense:
            found.append(Dense(int(dense)))
        elif channels:
            found.append(Conv(int(channels), int(kernel)))
        else:
            found.append(Pool(int(pool)))
    for layer in found:
        if not isinstance(layer, Pool) and not 1 <= layer.size <= MAX_WIDTH:
            raise ValueError(f"layers must have sizes in 1..{MAX_WIDTH}, got {text!r}")
        if isinstance(layer, Conv) and layer.kernel < 1:
            raise ValueError(f"layers must have kernels of 1 or more, got {text!r}")
        if isinstance(layer, Pool) and layer.kernel < 2:
            raise ValueError(f"layers must pool by 2 or more, got {text!r}")
    kinds = [isinstance(layer, Dense) for layer in found]
    if kinds != sorted(kinds) or isinstance(found[0], Pool):
        raise ValueError(f"layers must begin with a convolution or a size, and end with the sizes, got {text!r}")
    return found
