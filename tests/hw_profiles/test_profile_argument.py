"""A chip's name in the place of its profile is refused in one line by all that take a profile."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from spikelut import export, hw_profiles, quant, surrogates

CURVE = surrogates.Arctan()
NAME: Any = "loihi2"
SIZES: dict[str, tuple[Any, ...]] = {
    "QuantLinear": (4, 3),
    "QuantConv1d": (2, 2, 3),
    "QuantConv2d": (2, 2, 3),
    "QuantConvTranspose1d": (2, 2, 3),
    "QuantConvTranspose2d": (2, 2, 3),
    "DelayedLinear": (4, 3),
    "Delay": (3,),
}
NEURONS: dict[str, tuple[Any, ...]] = {
    "LIF": (CURVE,),
    "IF": (CURVE,),
    "CubaLIF": (CURVE,),
    "AdaptiveLIF": (CURVE,),
    "LI": (),
    "Sigma": (),
    "Delta": (0.5,),
    "SigmaDelta": (0.5,),
}


def network() -> quant.IntegerNetwork:
    profile = hw_profiles.load("loihi2")
    return quant.integer(torch.nn.Sequential(quant.QuantLinear(4, 3, profile=profile), quant.LIF(profile, CURVE)))


def made(name: str, *args: object, **options: object) -> object:
    return getattr(quant, name)(*args, **options)


CALLS: dict[str, Callable[[], object]] = {
    **{name: partial(made, name, *sizes, profile=NAME) for name, sizes in SIZES.items()},
    **{name: partial(made, name, NAME, *rest) for name, rest in NEURONS.items()},
    "EventLIF": lambda: quant.EventLIF(4, 3, profile=NAME, surrogate=CURVE),
    "EventConv2d": lambda: quant.EventConv2d(2, 2, 3, profile=NAME, surrogate=CURVE),
    "LUTSurrogate": lambda: quant.LUTSurrogate(CURVE, NAME),
    "Table": lambda: quant.Table.from_surrogate(CURVE, NAME),
    "cost": lambda: quant.cost(network(), profile=NAME),
    "convert": lambda: quant.convert(torch.nn.Sequential(torch.nn.Linear(4, 3)), NAME, torch.ones(2, 1, 4)),
    "convert for parts": lambda: quant.convert(
        torch.nn.Sequential(torch.nn.Linear(4, 3)), {"0": NAME}, torch.ones(2, 1, 4)
    ),
    "from_nir": lambda: export.from_nir("none.nir", profile=NAME),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_name_is_no_profile(name: str) -> None:
    with pytest.raises(TypeError, match=r"^\w+: profile must be a Profile, as hw_profiles.load gives, got 'loihi2'$"):
        CALLS[name]()


def test_all_that_take_a_profile_are_called() -> None:
    """What has a parameter of that name; data classes that only hold one are not called by users."""
    held = {"Comparison", "Cost", "IntegerNetwork", "LayerCheck", "Node", "Signal"}
    taking = {
        name
        for room in (quant, export)
        for name in dir(room)
        if not name.startswith("_") and "profile" in _parameters(getattr(room, name)) and name not in held
    }
    assert taking <= {name.split()[0] for name in CALLS}


def _parameters(called: Any) -> set[str]:
    found = called.__init__ if inspect.isclass(called) else called
    return set(inspect.signature(found).parameters) if callable(found) else set()
