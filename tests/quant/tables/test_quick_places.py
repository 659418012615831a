"""Places by a few operations on floats, and derivatives two at a time: what the readable rules give."""

from typing import Any

import pytest
import torch
from backends import backend, equal, gradients
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import each
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.quant import LUTSurrogate, Table
from spikelut.quant.tables.float_index import quick_places
from spikelut.quant.tables.slope_lookup import PAIRED, LayerLookup, paired, write_selected
from spikelut.surrogates import Arctan

QUICK = [
    "akida2",
    "brainscales2",
    "generic16",
    "generic8",
    "loihi2",
    "odin",
    "sne",
    "speck2f",
    "spikerplus",
    "spinnaker2",
    "tinyodin",
    "xylo",
]


def table(profile: str, step: float | None = None) -> Table:
    return LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load(profile), step, saturate=True).table


def everywhere(made: Table) -> Tensor:
    """x at and next to every code in and around the table (every n-th of many), and any floats there are."""
    low, high = made.tabulated
    codes = torch.arange(2 * low, 2 * high, max(1, (high - low) // 200_000)).double()
    generator = torch.Generator().manual_seed(0)
    bits = torch.randint(-(2**31), 2**31, (300_000,), generator=generator).to(torch.int32).view(torch.float32)
    near = torch.cat([((codes + part) * made.state_step).float() for part in (-0.5, 0.0, 0.5)])
    infinity = torch.full_like(near, torch.inf)
    tiny = torch.tensor([torch.nan, -torch.nan, torch.inf, -torch.inf, 0.0, -0.0, 1e-45, -1e-45, 3e38, -3e38])
    return torch.cat([near, torch.nextafter(near, infinity), torch.nextafter(near, -infinity), bits, tiny])


def same(made: Table, x: Tensor) -> bool:
    quick: Any = quick_places(made)
    places = torch.empty(x.shape, dtype=made.place_dtype)
    quick.write(x, torch.empty_like(x), places)
    return torch.equal(places.to(torch.int64), made.place(made.encode_x(x)).to(torch.int64))


def test_which_tables_have_them() -> None:
    assert [name for name in hw_profiles.names() if quick_places(table(name))] == QUICK


@pytest.mark.parametrize("profile", QUICK)
def test_every_x(profile: str) -> None:
    made = table(profile)
    assert same(made, everywhere(made))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    profile=st.sampled_from(["generic8", "generic16", "loihi2", "akida2", "tflm_int8", "hls4ml"]),
    entries=st.sampled_from([1, 2, 4, 16, 64, 128, 256, 512, 4096]),
    reach=st.sampled_from([0.5, 1.0, 4.0, 32.0]),
    share=st.sampled_from([0.0, 0.25, 0.5]),
    fine=st.integers(0, 20),
    seed=st.integers(0, 99),
)
def test_tables_of_any_shape(profile: str, entries: int, reach: float, share: float, fine: int, seed: int) -> None:
    step = reach / entries * 2.0**-fine
    chip = hw_profiles.load(profile)
    try:
        made = Table.from_function(
            torch.abs, chip, step, entries=entries, low=-share * reach, high=(1 - share) * reach, saturate=True
        )
    except ValueError:
        return  # no such table on that chip
    if quick_places(made) is not None:
        x = torch.randn(2000, generator=torch.Generator().manual_seed(seed)) * reach
        edges: Any = made.intervals()[0].double() - 0.5
        near = (edges * step).float()
        around = [torch.nextafter(near, torch.full_like(near, end)) for end in (torch.inf, -torch.inf)]
        assert same(made, torch.cat([x, near, *around]))


@pytest.mark.parametrize("size", [1, 2, 7, 10_001])
@pytest.mark.parametrize("entries", [3, 255, 256])
def test_two_at_a_time(size: int, entries: int) -> None:
    generator = torch.Generator().manual_seed(size)
    values, grad = torch.randn(entries, generator=generator), torch.randn(size, generator=generator)
    places = torch.randint(0, entries, (size,), generator=generator).to(torch.uint8)
    for pairs in (None, paired(values)):
        out = torch.full_like(grad, 7.0)
        write_selected(values, pairs, grad, places, out)
        assert torch.equal(out, grad * values[places.long()])


def test_entries_that_change_are_followed() -> None:
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load("generic8"))
    x, grad = torch.randn(2, PAIRED + 1, generator=torch.Generator().manual_seed(0))
    with backend("torch"):
        for _ in range(2):
            assert equal(gradients(lut, x, grad)[1], grad * lut.surrogate_grad(x))
            lut.codes.bitwise_xor_(1)


@pytest.mark.parametrize("profile", ["generic8", "akida2"])
def test_strided(profile: str) -> None:
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load(profile))
    x, grad = torch.randn(2, 300, 400, generator=torch.Generator().manual_seed(0))
    with backend("torch"):
        for a, b in ((x.T, grad.T), (x[:, ::2], grad[:, ::2]), (x, grad[:1].expand(300, 400))):
            spikes, slope = gradients(lut, a, b)
            assert equal(spikes, (a >= 0).float())
            assert equal(slope, b * lut.surrogate_grad(a))


@each("kind", [torch.uint8, torch.int16])
@each("spare", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (13, 3000), (13, 2999), (7, 2**14), (3, 20_000), (3, 20_001), (4, 2, 3, 4)])
def test_layers_step_by_step(shape: tuple[int, ...], spare: bool, kind: torch.dtype) -> None:
    """Several steps at once, one, or parts of one; two places at a time, or one."""
    generator = torch.Generator().manual_seed(len(shape))
    values, grad = torch.randn(200, generator=generator), torch.randn(shape, generator=generator)
    places = torch.randint(0, 200, shape, generator=generator).to(kind)
    for pairs in (None, paired(values)) if kind is torch.uint8 else (None,):
        lookup = LayerLookup(values, pairs, places, grad)
        for t in range(shape[0] - 1, -1, -1):
            row = torch.ones(shape[1:])
            lookup.add_to(row, t, torch.full_like(row, 7.0) if spare else None)
            assert torch.equal(row, 1 + grad[t] * values[places[t].long()])
