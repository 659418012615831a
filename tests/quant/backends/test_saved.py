"""What the backward pass keeps: places in the table, a byte or two, instead of membranes."""

from typing import Any

import pytest
import torch
from lif_profiles import with_lif
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.surrogates import Sigmoid

CURVE = Sigmoid(alpha=3.0)
TABLES = [quant.Table.from_surrogate(CURVE, p) for p in map(hw_profiles.load, hw_profiles.names())]


@pytest.mark.parametrize("table", TABLES, ids=hw_profiles.names())
def test_the_value_at_a_place_is_the_lookup(table: quant.Table) -> None:
    x = torch.randint(-(2**20), 2**20, (4096,), generator=torch.Generator().manual_seed(0))
    near = torch.arange(-(2**14), 2**14)
    x = torch.cat([x, near, torch.tensor([table.first_code, table.last_code])]).clamp(table.first_code, table.last_code)
    if table.place_dtype is None:
        return  # an interpolated value has no place of its own
    places = table.place(x.to(torch.int32 if table.last_code < 2**30 else torch.int64))
    assert int(places.min()) >= 0
    assert int(places.max()) <= torch.iinfo(table.place_dtype).max
    values = table.place_values(table.codes, torch.float32)
    assert torch.equal(values[places.long()], table.value.decode(table.lookup_codes(x), torch.float32))


def test_which_tables_have_places() -> None:
    kept = {name: t.place_dtype for name, t in zip(hw_profiles.names(), TABLES, strict=True)}
    assert kept["loihi2"] == kept["reckon"] == kept["generic8"] == torch.uint8
    assert kept["generic16"] == torch.int16
    assert kept["tflm_int16"] is None


def saved_bytes(layer: Any, current: Tensor) -> int:
    """The bytes that a forward pass keeps for the backward pass, each storage once, the input's not counted."""
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        spikes = layer(current)
    kept.pop(current.untyped_storage().data_ptr(), None)
    assert spikes.requires_grad
    return sum(kept.values())


@pytest.mark.parametrize("profile", [p for p in with_lif() if p.table.interpolation == "none"], ids=lambda p: p.name)
def test_a_place_is_kept_instead_of_a_membrane(profile: Profile) -> None:
    quiet = (torch.rand(20, 8, 50, generator=torch.Generator().manual_seed(0)) * 0.4).requires_grad_()
    table = quant.LUTSurrogate(CURVE, profile)
    size = torch.iinfo(table.table.place_dtype or torch.int32).bits // 8
    # Spikes, which the next layer keeps too, are needed where they set a membrane to zero.
    spikes = 4 if profile.step is not None and profile.step.resets[0] == "zero" else 0
    assert saved_bytes(quant.LIF(profile, table), quiet) == quiet.numel() * (spikes + size)
    membrane = 4 * (1 + (profile.membrane.bits > 30))
    assert saved_bytes(quant.LIF(profile, CURVE), quiet) == quiet.numel() * (spikes + membrane)


def test_a_float_layer_keeps_as_much() -> None:
    x = torch.rand(20, 8, 50).requires_grad_()
    table = quant.LUTSurrogate(CURVE, hw_profiles.load("generic8"))
    assert saved_bytes(quant.FloatLIF(CURVE), x) == x.numel() * 4
    assert saved_bytes(quant.FloatLIF(table), x) == x.numel()
    assert saved_bytes(table, x) == x.numel()


def test_a_byte_more_where_a_register_saturates() -> None:
    profile = hw_profiles.load("generic8")
    layer = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile))
    loud = torch.full((20, 8, 50), 100.0, requires_grad=True)
    assert saved_bytes(layer, loud) == loud.numel() * (1 + 1)
