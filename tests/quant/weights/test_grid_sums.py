"""Weights that kernels bring to their grid for sums over spikes: those of `to_grid`, and its gradients, to the bit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
import torch
from looping import each
from torch import Tensor, nn
from watched_kernels import at_most, take_small_products, watched

from spikelut import native
from spikelut.hw_profiles import Rounding, load
from spikelut.quant import QuantLinear
from spikelut.quant.arithmetic.spike_products import met
from spikelut.quant.weights.grid import WeightGrid, to_grid
from spikelut.quant.weights.spike_sums import spike_sums

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason="there are no kernels")

ROWS, INPUTS, OUTPUTS = 70, 83, 41
MODES: tuple[Rounding, ...] = ("half_even", "half_away", "half_up", "floor", "trunc0")
GRID = WeightGrid(8, (-128, 127), (-20, 12), "half_even", per_channel=False)


FORMATS = (("generic8", 8, True), ("tflm_int8", 5, False), ("hls4ml", 9, False), ("sne", 5, False))
"""Profiles, bits, and whether each output has a scale."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    take_small_products(monkeypatch)


@pytest.fixture(params=[64, 32, 16])
def vectors(request: pytest.FixtureRequest) -> Iterator[int]:
    """Vectors of so many bytes at most."""
    yield from at_most(request.param)


def grid(bits: int, mode: Rounding = "half_even", *, per_channel: bool = False, signed: bool = True) -> WeightGrid:
    """Of so many bits."""
    half = 2 ** (bits - 1)
    return WeightGrid(bits, (-half if signed else 0, half - 1), (-20, 12), mode, per_channel)


def drawn(outputs: int = OUTPUTS, inputs: int = INPUTS, size: float = 0.3, bits: int = 8) -> Tensor:
    """Weights, some of which lie halfway between codes of so many bits."""
    random = torch.Generator().manual_seed(outputs)
    weight = torch.randn(outputs, inputs, generator=random) * size
    weight[:, ::3] = (weight[:, ::3] * 2 ** (bits - 1)).round() / 2 ** (bits - 1)
    return weight.requires_grad_()


def compare(weight: Tensor, on: WeightGrid, rows: int = ROWS, step: float = 1.0) -> Tensor:
    """The sums of spikes, after they and both gradients were found to be those of `to_grid` and products."""
    outputs, inputs = weight.shape
    random = torch.Generator().manual_seed(rows)
    x = ((torch.rand(rows, inputs, generator=random) < 0.3).float() * step).requires_grad_()
    probe = torch.randn(rows, outputs, generator=random)
    out = spike_sums(x, weight, on, step, lambda _: pytest.fail("no modules are asked"))
    assert out is not None
    by_x, by_weight = torch.autograd.grad(out, (x, weight), probe)
    value, _ = to_grid(weight, on, on.sizes(weight.detach()), lambda _: pytest.fail("no modules are asked"))
    assert torch.equal(out.double(), x.double() @ value.double().T)
    assert torch.equal(by_weight, torch.autograd.grad(value, weight, met(probe, x.detach(), step))[0])
    torch.testing.assert_close(by_x, probe @ value, rtol=1e-5, atol=1e-5)  # sums in another order
    return out.detach()


@each("per_channel", [False, True])
@each("bits", [2, 3, 4, 7, 8, 12])
def test_all_roundings(bits: int, per_channel: bool) -> None:
    found = [compare(drawn(bits=bits), grid(bits, mode, per_channel=per_channel)) for mode in MODES]
    assert all(out.count_nonzero() > out.numel() / 50 for out in found)
    assert len({out.numpy().tobytes() for out in found}) == 5


@each("mode", MODES)
def test_roundings_where_denormals_are_taken_for_zero(mode: Rounding) -> None:
    """As `torch.set_flush_denormal` has it: weights that are on the grid stay where they are."""
    assert torch.set_flush_denormal(True)
    try:
        for bits in (4, 8):
            on_grid = (drawn(bits=bits).detach() * 2.0**bits).round() / 2.0**bits
            for weight in (drawn(bits=bits), on_grid.requires_grad_()):
                assert compare(weight, grid(bits, mode)).any()
    finally:
        torch.set_flush_denormal(False)


def test_each_width_of_vectors(vectors: int) -> None:
    for outputs, inputs in ((1, 1), (33, 64), (32, 65), (130, 300)):
        for mode in ("half_even", "half_away"):
            compare(drawn(outputs, inputs), grid(8, mode, per_channel=outputs == 130), step=0.25)


def test_weights_beyond_the_codes() -> None:
    """Those are cut, of which the largest move no scale; unsigned codes, and weights far below the smallest."""
    for size, reach in ((40.0, (-20, 1)), (1e-4, (-3, 12)), (1e-4, (-12, -12)), (40.0, (5, 6)), (1e30, (-20, 12))):
        for per_channel in (False, True):
            compare(drawn(size=size), replace(grid(8, per_channel=per_channel), reach=reach))
    compare(drawn(), grid(5, signed=False))
    compare(drawn(), replace(grid(7), codes=(-63, 63)))


@each("per_channel", [False, True])
def test_largest_weights_that_tie(per_channel: bool) -> None:
    weight = drawn()
    with torch.no_grad():
        weight[3:9, 5], weight[3:9, 70] = 2.7, -2.7
        weight[20], weight[30, 1:] = 0, -0.0
    compare(weight, grid(8, per_channel=per_channel))
    for size in (0.0, 1e-12):  # below what Brevitas takes a logarithm of, with scales that reach there
        tiny = torch.full((9, 9), size, requires_grad=True)
        compare(tiny, replace(grid(8, per_channel=per_channel), reach=(-33, 12)))


@each("per_channel", [False, True])
def test_magnitudes_around_powers_of_two(monkeypatch: pytest.MonkeyPatch, per_channel: bool) -> None:
    """There a logarithm in float32 decides on the exponent, and torch makes it."""
    calls = watched(monkeypatch, "spikelut_sums_on_grid")
    for power in (-12, -1, 0, 7):
        for places in (-200, -129, -3, -1, 0, 1, 3, 129, 200):
            weight = torch.full((2, 3), 2.0**power * 0.3)
            weight[1, 1] = -(2.0**power) * (1 + places * 2.0 ** (-24 if places < 0 else -23))
            compare(weight.requires_grad_(), grid(8, per_channel=per_channel))
    assert (calls.count(3), calls.count(0)) == (20, 36)


def test_threads_change_nothing() -> None:
    weight, found, before = drawn(300, 301), [], torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append(compare(weight, grid(8, per_channel=threads == 2), rows=300))
            compare(weight, grid(8), rows=300)
    finally:
        torch.set_num_threads(before)


def test_what_is_left_to_torch() -> None:
    x, kinds = (torch.rand(70, INPUTS) < 0.3).float(), set(get_args(Rounding)) - set(MODES)
    assert kinds == {"dpu", "stochastic"}
    for other in (*(grid(8, mode) for mode in kinds), grid(13), grid(16), replace(GRID, reach=(-60, -40))):
        assert spike_sums(x, drawn(), other, 1.0, lambda _: None) is None
    for value in (float("nan"), float("inf"), float("-inf")):
        for on in (GRID, grid(8, per_channel=True)):
            weight = drawn().detach()
            weight[40, 82] = value
            assert spike_sums(x, weight, on, 1.0, lambda _: None) is None
    dual: Any = drawn().double()
    assert spike_sums(x, dual, GRID, 1.0, lambda _: None) is None


def test_a_gradient_that_is_not_finite() -> None:
    """It reaches what it reaches otherwise: all weights of an output, and all those of the largest one's row."""
    x, weight = (torch.rand(70, INPUTS) < 0.3).float(), drawn()
    probe = torch.ones(70, OUTPUTS)
    probe[5, 7] = float("inf")
    for on in (GRID, grid(8, per_channel=True)):
        out = spike_sums(x, weight, on, 1.0, lambda _: None)
        assert out is not None
        (found,) = torch.autograd.grad(out, weight, probe)
        value, _ = to_grid(weight, on, on.sizes(weight.detach()), lambda _: None)
        (wanted,) = torch.autograd.grad(value, weight, met(probe, x))
        assert torch.equal(found.isfinite(), wanted.isfinite())
        assert 0 < (~wanted.isfinite()).sum() < wanted.numel()


def test_layers_of_all_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the layer, with batch norm or not: its gradients are those of its modules."""
    calls = watched(monkeypatch, "spikelut_sums_on_grid")
    for name, bits, per_channel in FORMATS:
        for batch_norm in (False, True):
            layer: Any = QuantLinear(
                INPUTS, OUTPUTS, profile=load(name), weight_bits=bits, per_channel=per_channel, batch_norm=batch_norm
            )
            nn.init.normal_(layer.weight, std=0.3, generator=torch.Generator().manual_seed(0))
            norm: Any = layer.batch_norm
            if batch_norm:
                norm.has_neurons = True
                norm.freeze()
                norm.running_var.fill_(2.0)
            x = (torch.rand(7, 10, INPUTS, generator=torch.Generator().manual_seed(1)) < 0.3).float()
            probe = torch.randn(7, 10, OUTPUTS, generator=torch.Generator().manual_seed(2))
            wanted_from = [layer.weight, norm.weight] if batch_norm else [layer.weight]
            found = torch.autograd.grad(layer(x), wanted_from, probe)
            value = layer.weight_quant(layer._arranged()).value
            wanted = torch.autograd.grad(x @ value.T, wanted_from, probe)
            for one, other in zip(found, wanted, strict=True):
                torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5 * float(other.abs().max()))
    assert calls == [0] * 8
