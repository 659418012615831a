"""The configurations that hls4ml's header and converter were recorded in, with their types."""

from typing import Any, get_args

import numpy as np
from golden_vectors import Ints, scale_of

from spikelut.hw_profiles import ApFixed
from spikelut.hw_profiles._ap_fixed import Quantisation, Saturation


def type_of(c: dict[str, Ints], name: str) -> ApFixed:
    """The type that four numbers of a configuration are."""
    width, integer, quantisation, overflow = (int(c[f"{name}_{key}"]) for key in "wiqo")
    return ApFixed(width, integer, get_args(Quantisation)[quantisation], get_args(Saturation)[overflow])


def constants(c: dict[str, Ints], name: str, short: str = "") -> Any:
    """The real values of beta or threshold: one number where it is a constant, else one for each neuron."""
    if c[f"{name}_is_vector"]:
        real: Any = c[name] * 2.0 ** -type_of(c, short or name).frac
        return real
    return scale_of(np.asarray(c[f"{name}_bits"]))


def layer(c: dict[str, Ints], name: str) -> dict[str, Ints]:
    """What is recorded of a layer of a network, without its name."""
    return {key.removeprefix(f"{name}_"): value for key, value in c.items() if key.startswith(f"{name}_")}


def reset_of(c: dict[str, Ints]) -> Any:
    return "zero" if c["reset_zero"] else "subtract"
