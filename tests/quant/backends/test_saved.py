"""What the backward pass keeps: places in the table, a byte or two, instead of membranes."""

from typing import Any

import pytest
import torch
from lif_profiles import with_lif
from looping import each
from torch import Tensor

import spikelut
from spikelut import hw_profiles, native, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.backends.native import integer_lif
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
    # Where spikes set a membrane to zero they are needed, and the next layer keeps them; kernels find them in places.
    zero = profile.step is not None and profile.step.resets[0] == "zero"
    spikes = 4 if zero and (native.reason_missing() or table.spiking is None) else 0
    assert saved_bytes(quant.LIF(profile, table), quiet) == quiet.numel() * (spikes + size)
    membrane = 4 * (1 + (profile.membrane.bits > 30))
    spikes = 4 if zero and native.reason_missing() else 0
    assert saved_bytes(quant.LIF(profile, CURVE), quiet) == quiet.numel() * (spikes + membrane)


@pytest.mark.skipif(bool(native.reason_missing()), reason="there are no kernels")
@each("name", hw_profiles.names())
def test_places_that_tell_spikes_are_those_of_no_code_below_zero(name: str) -> None:
    surrogate = quant.LUTSurrogate(CURVE, hw_profiles.load(name))
    table, rule = surrogate.table, surrogate.native_rule
    if rule is None:
        assert surrogate.spiking is None
        return
    first, last = max(table.first_code, -(2**24)), min(table.last_code, 2**24)
    x = torch.arange(max(first, -(2**20)), min(last, 2**20) + 1, dtype=torch.int32)
    x = torch.cat([torch.arange(first, last, 1009, dtype=torch.int32), x, torch.tensor([first, last])])
    places = table.place(x)
    above, below = places[x >= 0], places[x < 0]
    wanted = int(above.min()), int(above.max())
    mixed = bool(((below >= wanted[0]) & (below <= wanted[1])).any())
    assert mixed == (surrogate.spiking is None)
    assert mixed or surrogate.spiking == wanted


KINDS: dict[str, Any] = {
    "to zero": lambda profile, slope: quant.LIF(profile, slope, reset="zero"),
    "current": lambda profile, slope: quant.CubaLIF(profile, slope),
    "refractory": lambda profile, slope: quant.LIF(profile, slope, refractory=2),
    "adaptive": lambda profile, slope: quant.AdaptiveLIF(profile, slope),
    "adaptive, with a bias": lambda profile, slope: quant.AdaptiveLIF(profile, slope, bias=30),
}


def gradients(layer: Any, current: Tensor, then: Any = lambda: None) -> list[Tensor]:
    """Of the currents, the states before and a bias; `then` is done before the pass backward."""
    x = current.clone().requires_grad_()
    random = torch.Generator().manual_seed(1)
    states = {name: torch.zeros(x.shape[1:]).requires_grad_() for name in layer.state_names}
    ended = layer.run(x, states=states)
    outs = [ended.out, *ended.states.values()]
    probes = [torch.randn(out.shape, generator=random) for out in outs]
    then()
    given = [x, *states.values(), *layer.parameters()]
    return [g for g in torch.autograd.grad(outs, given, probes, allow_unused=True) if g is not None]


@pytest.mark.skipif(bool(native.reason_missing()), reason="there are no kernels")
@each("kind", list(KINDS))
@each("slope", ["table", "curve"])
@each("name", ["loihi2", "generic8", "generic16", "cortexm_q15", "spinnaker1", "spikerplus", "tflm_int8", "reckon"])
def test_gradients_are_those_with_spikes(monkeypatch: pytest.MonkeyPatch, name: str, slope: str, kind: str) -> None:
    """Quiet and loud, where registers saturate, and where torch goes back through what kernels kept."""
    profile = hw_profiles.load(name)
    try:
        layer = KINDS[kind](profile, quant.LUTSurrogate(CURVE, profile) if slope == "table" else CURVE)
    except ValueError:
        return  # the chip has none
    for size in (0.4, 40.0):
        current = torch.randn(9, 3, 30, generator=torch.Generator().manual_seed(0)) * size
        found = gradients(layer, current)
        by_torch = gradients(layer, current, lambda: spikelut.set_backend("torch"))
        spikelut.set_backend("native")
        with monkeypatch.context() as patch:
            patch.setattr(integer_lif, "told_by", lambda _: None)
            wanted = gradients(layer, current)
        assert all(map(torch.equal, found, wanted))
        assert bool(wanted[0].any())
        for one, other in zip(by_torch, wanted, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5 * float(other.abs().max()))


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
