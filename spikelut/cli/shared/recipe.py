"""What a network is and how it is trained: named settings for known data, each of which an option can change."""

from dataclasses import dataclass, replace
from typing import Literal

from spikelut.cli.shared.architecture import parse_layers

Coding = Literal["rate", "constant", "latency"]
Readout = Literal["spikes", "membrane"]

VARIANTS = {
    "table": "table gradient",
    "analytic": "analytic gradient",
    "float": "float network",
    "ptq": "float network converted",
}
"""The variants of a network that can be made, in the order they are."""


@dataclass(frozen=True)
class Recipe:
    """Network and training.

    - `layers`: hidden layers, as `parse_layers` reads them. `recurrent`: each hidden dense layer feeds back.
    - `readout`: classes by the number of `spikes`, or by the mean `membrane` of a leaky integrator.
    - `coding` of intensities: evenly spaced spikes (`rate`), the same graded spike of `input_bits` in every step
      (`constant`), or one spike, the earlier the larger (`latency`). `steps`: None takes the data's, or 16.
    - `bias`: constants in hidden neurons, or on a chip without them one more input that is always on.
    - `alpha`: decay of a synaptic current, None for none where the chip leaves that open. `beta`, `readout_beta`: of
      membranes. `reset`: None for the profile's first. `grid_frac`, `membrane_bits`: None for the profile's.
    - `per_channel`: weights have a scale for each neuron or channel, on a chip that can.
    - `score_scale`: what the loss multiplies spike counts or membranes by.
    - `shift`, `input_shift`, `drop`: training samples are moved by up to so many steps, and along their inputs, and
      this share of events is left out. `flip`: half of them, drawn anew each time, are mirrored left to right.
    - `batch_norm`: the float network normalises what reaches its hidden neurons.
    - `fine_tune`: integer networks begin as the trained float network, batch norm folded into its weights, and are
      trained for so many epochs; None: they begin as the float network does. `fine_tune_rate`: the learning rate then.
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
    membrane_bits: int | None = None
    per_channel: bool = False
    surrogate: str = "arctan"
    epochs: int = 30
    batch: int = 64
    learning_rate: float = 5e-3
    dropout: float = 0.2
    label_smoothing: float = 0.1
    score_scale: float = 1.0
    shift: int = 0
    input_shift: int = 0
    drop: float = 0.0
    flip: bool = False
    batch_norm: bool = False
    fine_tune: int | None = None
    fine_tune_rate: float | None = None

    def __post_init__(self) -> None:
        ranges = {
            "input_bits": (1, 8),
            "steps": (1, 1024),
            "alpha": (0, 1),
            "beta": (0, 1.125),
            "readout_beta": (0, 1.125),
            "grid_frac": (0, 30),
            "membrane_bits": (4, 32),
            "epochs": (1, 100_000),
            "batch": (1, 2**20),
            "learning_rate": (1e-9, 10),
            "dropout": (0, 0.95),
            "label_smoothing": (0, 0.95),
            "score_scale": (1e-6, 1e6),
            "shift": (0, 1024),
            "input_shift": (0, 1024),
            "drop": (0, 0.95),
            "fine_tune": (1, 100_000),
            "fine_tune_rate": (1e-9, 10),
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
        if self.batch_norm and not self.bias:
            raise ValueError("batch-norm needs bias: its offsets become one")
        if self.fine_tune_rate is not None and self.fine_tune is None:
            raise ValueError("fine-tune-rate needs fine-tune")
        parse_layers(self.layers)

    @property
    def tuning(self) -> "Recipe":
        """The recipe for what begins as the trained float network."""
        rate = self.learning_rate if self.fine_tune_rate is None else self.fine_tune_rate
        return replace(self, epochs=self.fine_tune or self.epochs, learning_rate=rate)


IMAGES = Recipe(
    readout="membrane",
    coding="constant",
    steps=8,
    bias=True,
    surrogate="arctan:alpha=2",
    epochs=12,
    batch=128,
    learning_rate=2e-3,
    label_smoothing=0,
)
RECIPES = {
    "digits": Recipe(),
    "fashion-mnist": replace(IMAGES, dropout=0.1),
    "mnist": replace(IMAGES, layers="200", dropout=0.3),
}
"""Settings by the name of the data; other data take the first ones."""


def recipe_for(name: str | None, data: str, **changes: object) -> Recipe:
    """The settings called `name`, or those for `data`, with those of `changes` that are not None. Raises ValueError."""
    if name not in (None, *RECIPES):
        raise ValueError(f"recipe must be one of {', '.join(RECIPES)}, got {name!r}")
    given = {key: value for key, value in changes.items() if value is not None}
    return replace(RECIPES.get(name or data, RECIPES["digits"]), **given)  # type: ignore[arg-type]  # checked when made
