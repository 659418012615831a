"""What fits no table or makes little sense is refused, with what would fit."""

import math
import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from looping import each
from table_oracle import build
from torch import Tensor

from spikelut import hw_profiles
from spikelut.quant import FixedPoint, Table, UniformTable
from spikelut.surrogates import (
    Arctan,
    GaussianGrad,
    Sigmoid,
    Surrogate,
)

PROFILES = hw_profiles.names()


@pytest.mark.parametrize("scale", [0, -1.0, math.nan, math.inf, "fine", 2.0**65])
@pytest.mark.parametrize("name", ["loihi2", "reckon"])
def test_scale_of_nonsense(name: str, scale: Any) -> None:
    with pytest.raises(ValueError, match=r"^Table: scale must be 'auto' or in 2\*\*-64..2\*\*64, got"):
        Table.from_surrogate(Arctan(), hw_profiles.load(name), scale=scale)


TOO_LARGE = [
    (Sigmoid(alpha=1000.0), "spinnaker1", "alpha", "<="),
    (Arctan(alpha=1000.0), "hls4ml", "alpha", "<="),
    (GaussianGrad(sigma=1e-3), "spinnaker1", "sigma", ">="),
]


@pytest.mark.parametrize(("curve", "name", "parameter", "sign"), TOO_LARGE)
def test_peak_that_does_not_fit(curve: Surrogate, name: str, parameter: str, sign: str) -> None:
    profile = hw_profiles.load(name)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(curve))}: its peak must fit s1[68]\.1[10] on {name}") as e:
        Table.from_surrogate(curve, profile)
    (limit,) = re.findall(rf"\b{parameter} {sign} ([\d.e-]+)", str(e.value))
    assert "or pass saturate=True" in str(e.value)
    near = float(limit)
    build(replace(curve, **{parameter: near}), profile)
    beyond = near * (1.002 if sign == "<=" else 0.998)
    with pytest.raises(ValueError, match="its peak must fit"):
        Table.from_surrogate(replace(curve, **{parameter: beyond}), profile)
    clipped = build(curve, profile, saturate=True)
    assert int(clipped.codes.max()) == clipped.value.max_code
    assert clipped.value.overflow == "saturate"


@dataclass(frozen=True)
class Wrong(Surrogate):
    """A curve that no table can hold; the parameter says why."""

    kind: int = 0

    def surrogate_grad(self, x: Tensor) -> Tensor:
        bell = 1 / (1 + x * x)
        if self.kind == 4:
            raise ZeroDivisionError("by zero")
        results: list[Any] = [bell - 0.5, bell / (x * 0), bell[..., None], bell * 0, None, bell.tolist(), bell * 1e30]
        return results[self.kind]  # type: ignore[no-any-return]  # the wrong type is the point


NEGATIVE = replace(hw_profiles.load("generic8").table_value, negative="refuse")
REFUSED = [
    (0, "the derivative must be >= 0, generic8's table is unsigned; saturate=True stores 0 instead, got -0.4"),
    (1, "surrogate_grad must be finite, got 'NaN or infinity'"),
    (2, "surrogate_grad must return the shape of its input, got (256, 1)"),
    (3, "its peak on generic8's table range must be in 2**-60..2**60, got 0.0"),
    (4, "surrogate_grad raised ZeroDivisionError: by zero"),
    (5, "surrogate_grad must return a tensor, got 'list'"),
    (6, "its peak on generic8's table range must be in 2**-60..2**60, got 9.99"),
]


@pytest.mark.parametrize(("kind", "message"), REFUSED)
def test_curves_that_fit_no_table(kind: int, message: str) -> None:
    profile = replace(hw_profiles.load("generic8"), table_value=NEGATIVE)
    curve = Wrong(kind)
    with pytest.raises(ValueError, match=f"^{re.escape(f'{curve}: {message}')}") as caught:
        Table.from_surrogate(curve, profile)
    assert "\n" not in str(caught.value)
    # What an unsigned table refuses a signed one holds.
    signed = build(Wrong(0), hw_profiles.load("reckon"))
    assert int(signed.codes.min()) < 0 < int(signed.codes.max())


@pytest.mark.parametrize("name", PROFILES)
@each("step", [0, -0.5, math.inf, math.nan, "1", 2.0**-65, 5e-324, 1 / 3, 2.0**-60, 2.0**40])
def test_steps_that_leave_no_table(name: str, step: Any) -> None:
    if name == "hls4ml" and step == 2.0**40:
        step = 2.0**-40  # its index is a ratio: a code may be many cells
    if name == "reckon" and step == 1 / 3:
        step = 4.0  # compares need no grid, but some codes
    with pytest.raises(ValueError, match=r"^Table: (state_step|breakpoints) must "):
        Table.from_surrogate(Arctan(), hw_profiles.load(name), step)


@pytest.mark.parametrize(
    ("surrogate", "profile"), [(Arctan, None), (None, None), (Arctan(), "loihi2"), (Arctan(), None)]
)
def test_what_is_no_surrogate_or_profile(surrogate: Any, profile: Any) -> None:
    chip = hw_profiles.load("loihi2") if not isinstance(surrogate, Surrogate) else profile
    with pytest.raises(
        TypeError, match=r"^Table: (surrogate must be an instance of Surrogate|profile must be a Profile)"
    ):
        Table.from_surrogate(surrogate, chip)


def test_too_many_entries_for_the_chip() -> None:
    for name, entries in (("akida2", 8192), ("cortexm_q15", 4097), ("spinnaker1", 2**15 + 1)):
        with pytest.raises(ValueError, match=rf"^Table: entries must fit the \d+ bits that {name} has, got {entries}"):
            Table.from_function(torch.cos, hw_profiles.load(name), entries=entries)
        profile = hw_profiles.load(name)
        with pytest.raises(ValueError, match="must"):
            replace(
                profile, table=replace(profile.table, entries=65536), table_value=replace(profile.table_value, bits=32)
            )
    for entries in (0, -1, 1, 65537):
        with pytest.raises(ValueError, match=rf"TableShape: entries must be an integer in 2..65536, got {entries}"):
            Table.from_function(torch.cos, hw_profiles.load("akida2"), entries=entries)


FEW = torch.arange(4)


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (FEW.double(), "codes must be integers in one dimension, got 'torch.float64"),
        (FEW[None], "codes must be integers in one dimension, got 'torch.int64 (1, 4)'"),
        (FEW * 99, "codes must be in 0..255, got"),
        (FEW - 1, "codes must be in 0..255, got"),
    ],
)
def test_entries_that_are_none(codes: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^Table: {re.escape(message)}"):
        UniformTable.from_codes(codes, hw_profiles.load("generic8"), FixedPoint(8, 0, False))


ONES = torch.ones(3)


@pytest.mark.parametrize(
    ("histogram", "message"),
    [
        ((FEW, ONES), "histogram must be integer codes and as many counts"),
        ((ONES, ONES), "histogram must be integer codes and as many counts"),
        ((FEW[:3], -ONES), "histogram counts must be >= 0 and finite"),
        ((FEW[:3], ONES * math.nan), "histogram counts must be >= 0 and finite"),
        ((FEW[:3] + 10**6, ONES), "histogram must have counts in the fitted range"),
    ],
)
def test_histograms_that_are_none(histogram: tuple[Tensor, Tensor], message: str) -> None:
    with pytest.raises(ValueError, match=f"^Table: {message}, got"):
        Table.from_surrogate(Arctan(), hw_profiles.load("reckon"), histogram=histogram)
    with pytest.raises(ValueError, match=r"^Table: histogram is for segments, generic8 has cells, got"):
        Table.from_surrogate(Arctan(), hw_profiles.load("generic8"), histogram=histogram)
