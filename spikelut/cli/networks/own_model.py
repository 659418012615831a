"""Networks of the user's own: what `spikelut train --model MODULE:CALLABLE` trains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import nn

from spikelut import _callables
from spikelut._checks import require
from spikelut.cli.networks.shape import Shape
from spikelut.cli.shared.errors import Bug, explained
from spikelut.hw_profiles import Profile
from spikelut.quant import LUTSurrogate
from spikelut.surrogates import Surrogate

NOT_WITH_IT = (
    "layers", "recurrent", "bias", "beta", "readout_beta", "alpha", "reset", "per_channel", "dropout", "batch_norm",
    "fine_tune", "fine_tune_rate", "calibrate",
)  # fmt: skip
"""Settings of the networks that `--layers` describes."""


@contextmanager
def own_errors(text: str | None) -> Iterator[None]:
    """ValueError that names the user's own model, `text`, for what is raised in it and would be a bug in ours."""
    try:
        yield
    except Exception as error:
        if text is None or isinstance(error, ValueError) or not isinstance(explained(error), Bug):
            raise
        said = " ".join(str(error).split())
        raise ValueError(f"model {text}: {type(error).__name__}: {said}") from error


@dataclass(frozen=True)
class OwnModel:
    """A callable that makes a network, `text` as it was given, and what it is called with.

    It takes by name, of these, those that it has as arguments: `profile`, `surrogate` (a `LUTSurrogate` or the analytic
    curve), `inputs` (what follows time and batch), `classes`, `input_step`, `weight_bits`, and `steps` (of an input
    that is the same in each step, else None).
    """

    text: str
    make: Callable[..., Any]
    weight_bits: int

    @classmethod
    def load(cls, text: str, weight_bits: int) -> "OwnModel":
        """That of `MODULE:CALLABLE`, found from the current folder on; ValueError for what is none."""
        make = _callables.found(text, "train", "model must be MODULE:CALLABLE, as my_networks:make")
        return cls(text, make, weight_bits)

    def network(self, profile: Profile, slope: LUTSurrogate | Surrogate, shape: Shape) -> nn.Module:
        """The network for data of a shape. ValueError if it is no module, TypeError if the callable wants more."""
        offered = {
            "profile": profile,
            "surrogate": slope,
            "inputs": shape.inputs,
            "classes": shape.classes,
            "input_step": shape.input_step,
            "weight_bits": self.weight_bits,
            "steps": shape.steps,
        }
        with own_errors(self.text):
            made = _callables.call_by_name(self.make, offered, "train", f"model {self.text}")
        require(isinstance(made, nn.Module), "train", f"model {self.text} must make a module", type(made).__name__)
        module: nn.Module = made
        return module
