"""What a network is and how it is trained: named settings for known data, each of which an option can change."""

from dataclasses import dataclass, replace
from typing import Literal

from spikelut.cli.shared.architecture import Layers, parse_layers
from spikelut.cli.shared.settings import check_settings, setting

Coding = Literal["rate", "constant", "latency"]
Readout = Literal["spikes", "membrane"]
Calibrate = Literal["nearest", "spikes"]

VARIANTS = {
    "table": "table gradient",
    "analytic": "analytic gradient",
    "float": "float network",
    "ptq": "float network converted",
}
"""The variants of a network that can be made, in the order they are."""


NET, TRAINING = "Network", "Training"
"""Panels of the help."""


@dataclass(frozen=True)
class Recipe:
    """Network and training: each field is an option of `spikelut train`, and a key of its config files.

    `alpha`, `reset`, `grid_frac`, `membrane_bits`: None takes what the profile has; `steps`: what the data have, or 16.
    Without `fine_tune` integer networks begin as the float network does.
    """

    layers: Layers = setting(
        "128",
        "Hidden layers: sizes as 128 or 128,64; for images 16C5 is a convolution of 16 channels, kernels 5 by 5, P2 "
        "pools by 2. In a config file also a list with the settings of each, or here as JSON.",
        NET,
    )
    recurrent: bool = setting(
        False, "Hidden layers feed back into themselves.", NET, names="--recurrent/--no-recurrent"
    )
    readout: Readout = setting(
        "spikes",
        "Classes by output 'spikes', or by the mean 'membrane' of integrators.",
        NET,
        allowed=("spikes", "membrane"),
    )
    coding: Coding = setting(
        "rate",
        "Intensities as 'rate', evenly spaced spikes; 'constant', the same graded spike in each step; or 'latency', "
        "one spike, the earlier the larger.",
        NET,
        allowed=("rate", "constant", "latency"),
    )
    input_bits: int = setting(4, "Bits of a graded spike of the constant coding.", NET, low=1, high=8)
    steps: int | None = setting(
        None, "Time steps of intensities. Spike data has its own.", NET, low=1, high=1024, early=True
    )
    bias: bool = setting(
        False,
        "Neurons have a bias; on a chip without one there is an input that is always on.",
        NET,
        names="--bias/--no-bias",
    )
    alpha: float | None = setting(None, "Decay factor of synaptic currents, if wanted.", NET, low=0, high=1)
    beta: float = setting(0.9, "Decay factor of membranes.", NET, low=0, high=1.125)
    readout_beta: float = setting(0.9, "That of the read-out.", NET, low=0, high=1.125)
    reset: str | None = setting(
        None, "'zero' or 'subtract'; the profile's first if not given.", NET, allowed=("zero", "subtract")
    )
    grid_frac: int | None = setting(
        None, "A threshold of 1 is 2**N membrane codes; the profile's if not given.", NET, low=0, high=30
    )
    membrane_bits: int | None = setting(None, "Narrower or wider membranes than the profile's.", NET, low=4, high=32)
    per_channel: bool = setting(
        False,
        "Weights have a scale for each neuron or channel, on a chip that can.",
        NET,
        names="--per-channel/--per-layer",
    )
    surrogate: str = setting("arctan", "Surrogate curve, with parameters as arctan:alpha=2.0.", TRAINING)
    epochs: int = setting(30, "Passes over the training data.", TRAINING, low=1, high=100_000, early=True)
    batch: int = setting(64, "Samples in a batch.", TRAINING, low=1, high=2**20)
    learning_rate: float = setting(5e-3, "The first of a cosine schedule.", TRAINING, low=1e-9, high=10)
    dropout: float = setting(0.2, "Share of hidden spikes left out.", TRAINING, low=0, high=0.95)
    label_smoothing: float = setting(0.1, "Share of each label that goes to all classes.", TRAINING, low=0, high=0.95)
    score_scale: float = setting(
        1.0, "What the loss multiplies spike counts or membranes by.", TRAINING, low=1e-6, high=1e6
    )
    shift: int = setting(0, "Move training samples in time by up to N steps.", TRAINING, low=0, high=1024)
    input_shift: int = setting(0, "Move training samples along their inputs by up to N.", TRAINING, low=0, high=1024)
    drop: float = setting(0.0, "Share of input events left out in training.", TRAINING, low=0, high=0.95)
    flip: bool = setting(False, "Mirror half of the training images.", TRAINING, names="--flip/--no-flip")
    batch_norm: bool = setting(
        False,
        "The float network has batch norm before hidden neurons; needs a bias.",
        TRAINING,
        names="--batch-norm/--no-batch-norm",
    )
    fine_tune: int | None = setting(
        None,
        "Begin as the trained float network, batch norm folded, and train for N epochs in the chip's integers.",
        TRAINING,
        low=1,
        high=100_000,
        early=True,
    )
    fine_tune_rate: float | None = setting(
        None, "The first learning rate of that; as before if not given.", TRAINING, low=1e-9, high=10
    )
    calibrate: Calibrate = setting(
        "nearest",
        "How the float network is converted, for ptq and fine-tune: weights rounded to 'nearest', or scales, "
        "thresholds, biases and rounding chosen by the 'spikes' they give on training samples, which takes longer.",
        TRAINING,
        allowed=("nearest", "spikes"),
    )

    def __post_init__(self) -> None:
        check_settings(self)
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
    label_smoothing=0.0,
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
