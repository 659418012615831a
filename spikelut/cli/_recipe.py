"""What a network is and how it is trained: named settings for known data, each of which an option can change."""

import re
from dataclasses import dataclass, fields, replace
from typing import Literal

MAX_LAYERS, MAX_WIDTH = 16, 16384
Coding = Literal["rate", "constant", "latency"]
Readout = Literal["spikes", "membrane"]


@dataclass(frozen=True)
class Recipe:
    """Network and training.

    - `layers`: hidden layers, as `parse_layers` reads them. `recurrent`: each hidden dense layer feeds back.
    - `readout`: classes by the number of `spikes`, or by the mean `membrane` of a leaky integrator.
    - `coding` of intensities: evenly spaced spikes (`rate`), the same graded spike of `input_bits` in every step
      (`constant`), or one spike, the earlier the larger (`latency`). `steps`: None takes the data's, or 16.
    - `bias`: constants in hidden neurons, or on a chip without them one more input that is always on.
    - `alpha`: decay of a synaptic current, None for none where the chip leaves that open. `beta`, `readout_beta`: of
      membranes. `reset`: None for the profile's first. `grid_frac`: None for the profile's.
    - `shift`, `drop`: training spikes are moved by up to so many steps, and this share of them is left out.
    """

    layers: str = "128"
    recurrent: bool = False
    readout: Readout = "spikes"
    coding: Coding = "rate"
    input_bits: int = 4
    steps: int | None = None
    bias: bool = False
    alpha: float | None = None
    beta: float = 0.9
    readout_beta: float = 0.9
    reset: str | None = None
    grid_frac: int | None = None
    surrogate: str = "arctan"
    epochs: int = 30
    batch: int = 64
    learning_rate: float = 5e-3
    dropout: float = 0.2
    label_smoothing: float = 0.1
    shift: int = 0
    drop: float = 0.0

    def __post_init__(self) -> None:
        ranges = {
            "input_bits": (1, 8),
            "steps": (1, 1024),
            "alpha": (0, 1),
            "beta": (0, 1.125),
            "readout_beta": (0, 1.125),
            "grid_frac": (0, 30),
            "epochs": (1, 100_000),
            "batch": (1, 2**20),
            "learning_rate": (1e-9, 10),
            "dropout": (0, 0.95),
            "label_smoothing": (0, 0.95),
            "shift": (0, 1024),
            "drop": (0, 0.95),
        }
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ValueError(f"{name.replace('_', '-')} must be in {low:g}..{high:g}, got {value}")
        for name, allowed in (
            ("coding", ("rate", "constant", "latency")),
            ("readout", ("spikes", "membrane")),
            ("reset", ("zero", "subtract", None)),
        ):
            if getattr(self, name) not in allowed:
                shown = ", ".join(filter(None, allowed))
                raise ValueError(f"{name} must be one of {shown}, got {getattr(self, name)!r}")
        parse_layers(self.layers)


IMAGES = Recipe(
    readout="membrane", coding="constant", steps=8, bias=True, epochs=12, batch=128, learning_rate=2e-3, label_smoothing=0
)
RECIPES = {
    "digits": Recipe(),
    "fashion-mnist": replace(IMAGES, dropout=0.1),
    "mnist": replace(IMAGES, layers="200", dropout=0.3),
}
"""Settings by the name of the data; other data take the first ones."""


def recipe_for(data: str, **changes: object) -> Recipe:
    """The settings for `data` with those of `changes` that are not None. Raises ValueError."""
    known = {f.name for f in fields(Recipe)}
    given = {name: value for name, value in changes.items() if value is not None and name in known}
    return replace(RECIPES.get(data, RECIPES["digits"]), **given)  # type: ignore[arg-type]  # checked when it is made


@dataclass(frozen=True)
class Dense:
    """A layer of so many neurons."""

    size: int


@dataclass(frozen=True)
class Conv:
    """A convolution with so many channels and a square kernel, padded to keep height and width."""

    size: int
    kernel: int


@dataclass(frozen=True)
class Pool:
    """The sum of spikes in squares."""

    kernel: int


Layer = Dense | Conv | Pool


def parse_layers(text: str) -> list[Layer]:
    """Hidden layers: sizes as `128,64`; `16C5` for 16 channels of 5x5 weights, `P2` for pooling by 2, dense ones last."""
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
        if isinstance(layer, Conv) and layer.kernel % 2 == 0:
            raise ValueError(f"layers must have odd kernels, got {text!r}")
        if isinstance(layer, Pool) and layer.kernel < 2:
            raise ValueError(f"layers must pool by 2 or more, got {text!r}")
    kinds = [isinstance(layer, Dense) for layer in found]
    if kinds != sorted(kinds) or isinstance(found[0], Pool):
        raise ValueError(f"layers must begin with a convolution or a size, and end with the sizes, got {text!r}")
    return found
