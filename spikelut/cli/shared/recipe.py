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
        "Sizes of the hidden layers, such as 128 or 128,64. For images, 16C5 is a convolution"
        " with 16 channels and 5 by 5 kernels, and P2 pools by 2. A config file, or JSON "
        "here, can give a list with the settings of each layer.",
        NET,
    )
    recurrent: bool = setting(
        False, "Feed the spikes of each hidden layer back into it.", NET, names="--recurrent/--no-recurrent"
    )
    readout: Readout = setting(
        "spikes",
        "How the class is read: from the number of output 'spikes', or from the mean "
        "'membrane' of neurons that do not spike.",
        NET,
        allowed=("spikes", "membrane"),
    )
    coding: Coding = setting(
        "rate",
        "How intensities become spikes. 'rate': evenly spaced spikes. 'constant': the same "
        "graded spike in each step. 'latency': one spike, earlier for larger intensities.",
        NET,
        allowed=("rate", "constant", "latency"),
    )
    input_bits: int = setting(4, "Bits of the graded spikes of --coding constant.", NET, low=1, high=8)
    steps: int | None = setting(
        None,
        "Number of time steps for intensities and images. Spike data have their own.",
        NET,
        low=1,
        high=1024,
        early=True,
    )
    bias: bool = setting(
        False,
        "Give neurons a bias. On a chip without biases, an input that is always on replaces it.",
        NET,
        names="--bias/--no-bias",
    )
    alpha: float | None = setting(
        None, "Decay factor of synaptic currents. Without it, neurons have no synaptic current.", NET, low=0, high=1
    )
    beta: float = setting(0.9, "Decay factor of membranes.", NET, low=0, high=1.125)
    readout_beta: float = setting(0.9, "Decay factor of the membranes of the read-out.", NET, low=0, high=1.125)
    reset: str | None = setting(
        None,
        "What a spike does to the membrane: set it to 'zero', or 'subtract' the threshold. "
        "Default: the profile's first.",
        NET,
        allowed=("zero", "subtract"),
    )
    grid_frac: int | None = setting(
        None,
        "Fraction bits of the membrane: a threshold of 1 is 2**N codes. Default: the profile's.",
        NET,
        low=0,
        high=30,
    )
    membrane_bits: int | None = setting(None, "Bits of the membrane. Default: the profile's.", NET, low=4, high=32)
    per_channel: bool = setting(
        False,
        "Give the weights of each neuron or channel their own scale, if the chip can.",
        NET,
        names="--per-channel/--per-layer",
    )
    surrogate: str = setting("arctan", "Surrogate curve, such as arctan or arctan:alpha=2.0.", TRAINING)
    epochs: int = setting(30, "Number of passes over the training data.", TRAINING, low=1, high=100_000, early=True)
    batch: int = setting(64, "Number of samples in a batch.", TRAINING, low=1, high=2**20)
    learning_rate: float = setting(
        5e-3, "Learning rate at the start; it falls to 0 along a cosine.", TRAINING, low=1e-9, high=10
    )
    dropout: float = setting(0.2, "Share of hidden spikes that are dropped in training.", TRAINING, low=0, high=0.95)
    label_smoothing: float = setting(
        0.1, "Share of each label that is spread over all classes.", TRAINING, low=0, high=0.95
    )
    score_scale: float = setting(
        1.0, "Factor by which the loss multiplies spike counts or membranes.", TRAINING, low=1e-6, high=1e6
    )
    shift: int = setting(0, "Shift training samples in time by up to N steps.", TRAINING, low=0, high=1024)
    input_shift: int = setting(0, "Shift training samples along their inputs by up to N.", TRAINING, low=0, high=1024)
    drop: float = setting(0.0, "Share of input events that are dropped in training.", TRAINING, low=0, high=0.95)
    flip: bool = setting(False, "Mirror half of the training images.", TRAINING, names="--flip/--no-flip")
    batch_norm: bool = setting(
        False,
        "Give the float network batch norm before its hidden neurons. Needs --bias.",
        TRAINING,
        names="--batch-norm/--no-batch-norm",
    )
    fine_tune: int | None = setting(
        None,
        "Start from the trained float network, with batch norm folded, and train it for N "
        "epochs in the chip's integers.",
        TRAINING,
        low=1,
        high=100_000,
        early=True,
    )
    fine_tune_rate: float | None = setting(
        None, "Learning rate at the start of --fine-tune. Default: --learning-rate.", TRAINING, low=1e-9, high=10
    )
    calibrate: Calibrate = setting(
        "nearest",
        "How the float network is converted, for ptq and --fine-tune. 'nearest' rounds its "
        "weights. 'spikes' chooses scales, thresholds, biases and rounding by the spikes that"
        " layers give on training samples, which takes longer.",
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
