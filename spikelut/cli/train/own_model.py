"""Networks of the user's own: what `spikelut train --model MODULE:CALLABLE` trains."""

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from spikelut._checks import require
from spikelut.cli.train.network import Shape
from spikelut.hw_profiles import Profile
from spikelut.quant import LUTSurrogate
from spikelut.surrogates import Surrogate

NOT_WITH_IT = (
    "layers", "recurrent", "bias", "beta", "readout_beta", "alpha", "reset", "per_channel", "dropout", "batch_norm",
    "fine_tune", "fine_tune_rate",
)  # fmt: skip
"""Settings of the networks that `--layers` describes."""


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
        name, colon, attribute = text.partition(":")
        message = "model must be MODULE:CALLABLE, as my_networks:make"
        require(bool(name and colon and attribute), "train", message, text)
        here = str(Path.cwd())
        sys.path.insert(0, here)
        try:
            found: Any = importlib.import_module(name)
            for part in attribute.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"train: {message}, got {text!r}: {error}") from None
        finally:
            sys.path.remove(here)
        require(callable(found), "train", message, text)
        return cls(text, found, weight_bits)

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
        parameters = inspect.signature(self.make).parameters.values()
        everything = any(p.kind is p.VAR_KEYWORD for p in parameters)
        taken = offered if everything else {p.name: offered[p.name] for p in parameters if p.name in offered}
        lacking = [p.name for p in parameters if p.default is p.empty and p.name not in offered]
        lacking = [] if everything else lacking
        require(not lacking, "train", f"model {self.text} must take some of {', '.join(offered)}", lacking)
        made = self.make(**taken)
        require(isinstance(made, nn.Module), "train", f"model {self.text} must make a module", type(made).__name__)
        module: nn.Module = made
        return module
