"""The spike function: the compiled kernels and the readable path."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
import torch
from backends import backend, both, close_to_slope, equal, gradients, near, needs_native, threads
from looping import each
from torch import Tensor

from spikelut import hw_profiles, native, quant
from spikelut.surrogates import ALL, Arctan, Surrogate
from spikelut.surrogates import _eager as eager

pytestmark = needs_native

SIZES = [0, 1, 7, 1025, 1_500_001]


def membranes(size: int) -> tuple[Tensor, Tensor]:
    """x around the threshold with all that is special among them, and a gradient."""
    generator = torch.Generator().manual_seed(size)
    x = torch.randn(size, generator=generator) * 3
    special = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e30, -1e30])
    x[: len(special)] = special[:size]
    return x, torch.randn(size, generator=generator)


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
@each("size", SIZES)
def test_curves(cls: type[Surrogate], size: int) -> None:
    s, (x, grad) = cls(), membranes(size)
    (spikes, slope), (fast, fast_slope) = both(lambda: gradients(s, x, grad))
    assert equal(spikes, fast)
    # Other orders, exponentials and logarithms: some units in the last place, of the largest slope.
    peak = float(s.surrogate_grad(torch.linspace(-3, 3, 601)).abs().max())
    torch.testing.assert_close(slope, fast_slope, rtol=1e-6, atol=1e-6 * peak, equal_nan=True)


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
@each("alpha", [0.3, 1.0, 4.0, 25.0])
def test_curves_of_other_widths(cls: type[Surrogate], alpha: float) -> None:
    name = fields(cls)[0].name
    s = cls(**{name: int(alpha) + 1 if name == "n" else alpha})
    x = torch.linspace(-4, 4, 4001)
    (_, slope), (_, fast) = both(lambda: gradients(s, x, torch.ones_like(x)))
    peak = float(s.surrogate_grad(x).abs().max())
    torch.testing.assert_close(slope, fast, rtol=1e-6, atol=1e-6 * max(peak, 1e-3))


def test_which_curves_have_a_kernel() -> None:
    # The number of its harmonics is an integer, and cosines of any angle are no loop for vectors.
    assert [c.__name__ for c in ALL if c().native_curve is None] == ["SquarewaveFourierSeries"]


TABLES = [
    ("generic8", None),
    ("generic16", None),
    ("loihi2", None),
    ("reckon", None),
    ("spinnaker1", None),
    ("tflm_int8", None),
    ("tflm_int16", None),
    ("hls4ml", None),
    ("hls4ml", 0.75 * 2**-10),
    ("akida2", None),
    ("xylo", None),
]


@pytest.mark.parametrize(("profile", "step"), TABLES)
@each("size", SIZES)
def test_tables(profile: str, step: float | None, size: int) -> None:
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load(profile), step, saturate=True)
    x, grad = membranes(size)
    readable, compiled = both(lambda: gradients(lut, x, grad))
    assert all(equal(a, b) for a, b in zip(readable, compiled, strict=True))
    assert equal(readable[1], grad * lut.surrogate_grad(x))


def test_zero_beyond_a_table_in_twos_complement() -> None:
    profile = hw_profiles.load("generic8")  # no shipped profile has both
    profile = replace(profile, table=replace(profile.table, out_of_range="zero"))
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), profile)
    x, grad = membranes(20_001)
    readable, compiled = both(lambda: gradients(lut, x * 2, grad))
    assert all(equal(a, b) for a, b in zip(readable, compiled, strict=True))
    assert bool((readable[1] == 0).any())


def test_tables_that_have_a_kernel() -> None:
    luts = {p: quant.LUTSurrogate(Arctan(), hw_profiles.load(p), saturate=True).native_rule for p, s in TABLES if not s}
    # Interpolated values have no place.
    assert [name for name, compiled in luts.items() if compiled is None] == ["tflm_int16"]


@pytest.mark.parametrize("profile", ["generic8", "loihi2", "reckon", "tflm_int8", "spinnaker1"])
def test_every_code_near_the_table(profile: str) -> None:
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load(profile), saturate=True)
    low, high = lut.table.tabulated
    stride = max(1, (high - low) // 100_000)
    codes = torch.arange(max(2 * low, lut.table.first_code), min(2 * high, lut.table.last_code), stride)
    x = (codes * lut.table.state_step).to(torch.float32)
    with backend("native"):
        _, slope = gradients(lut, x, torch.ones_like(x))
    assert equal(slope, lut.table.value.decode(lut.table.lookup_codes(lut.table.encode_x(x)), torch.float32))


@pytest.mark.parametrize("count", [1, 2])
def test_threads(count: int) -> None:
    lut = quant.LUTSurrogate(Arctan(), hw_profiles.load("generic8"))
    x, grad = membranes(200_003)
    with threads(count):
        for slope in (lut, Arctan()):
            readable, compiled = both(lambda slope=slope: gradients(slope, x, grad))  # type: ignore[misc]
            same = equal if slope is lut else near
            assert all(same(a, b) for a, b in zip(readable, compiled, strict=True))


HALVES = [torch.float16, torch.bfloat16]


@pytest.mark.parametrize(("profile", "step"), TABLES)
@each("dtype", [torch.float64, *HALVES])
def test_tables_of_other_types(profile: str, step: float | None, dtype: torch.dtype) -> None:
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load(profile), step, saturate=True)
    x, grad = (v.to(dtype) for v in membranes(150_001))
    readable, compiled = both(lambda: gradients(lut, x, grad))
    assert all(equal(a, b) for a, b in zip(readable, compiled, strict=True))
    assert equal(readable[0], (x >= 0).to(dtype))
    assert equal(readable[1], grad * lut.surrogate_grad(x))


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
@each("dtype", [torch.float64, *HALVES])
def test_curves_of_other_types(cls: type[Surrogate], dtype: torch.dtype) -> None:
    x, grad = (v.to(dtype) for v in membranes(150_001))
    for spikes, slope in both(lambda: gradients(cls(), x, grad)):
        assert equal(spikes, (x >= 0).to(dtype))
        close_to_slope(slope, cls(), x, grad)


def test_every_number_of_sixteen_bits() -> None:
    x = torch.arange(-(2**15), 2**15).to(torch.int16).view(torch.bfloat16)
    # Tables of the numbers themselves, and their halves: products with ties among them.
    values = torch.tensor([1.0, 0.5, 1.0 + 2**-7, 1.0 + 2**-8, 3e38, 1e-40])
    for place in range(len(values)):
        places, out = torch.full(x.shape, place, dtype=torch.uint8), torch.empty_like(x)
        at = (values.data_ptr(), len(values), 1, places.data_ptr(), x.data_ptr(), out.data_ptr())
        native.library().spikelut_table_backward(*at, len(x), 1, 2)
        assert equal(out, (x.float() * values[place]).to(torch.bfloat16))
    with backend("native"):
        assert equal(Arctan()(x), (x >= 0).to(torch.bfloat16))


def test_strided_inputs_and_gradients() -> None:
    lut = quant.LUTSurrogate(Arctan(), hw_profiles.load("generic8"))
    x, grad = (v.reshape(300, 500).T for v in membranes(150_000))
    for slope in (lut, Arctan()):
        for a, b in ((x, grad), (x.contiguous(), grad), (x, grad.contiguous())):
            readable, compiled = both(lambda slope=slope, a=a, b=b: gradients(slope, a, b))  # type: ignore[misc]
            same = equal if slope is lut else near
            assert all(same(u, v) for u, v in zip(readable, compiled, strict=True))


class Count:
    """How often the kernels were asked for."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Any:
        self.calls += 1
        return library()


library = native.library


def test_what_the_kernels_leave_to_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    count = Count()
    monkeypatch.setattr(native, "library", count)
    s, lut = Arctan(), quant.LUTSurrogate(Arctan(), hw_profiles.load("generic8"))
    x = torch.linspace(-2, 2, 12)
    with backend("native"):
        for slope in (s, lut):
            assert equal(torch.func.vmap(slope)(x), slope(x).detach())
            count.calls = 0
            assert equal(torch.func.grad(lambda v, f=slope: f(v).sum())(x), slope.surrogate_grad(x))
            assert count.calls == 0
            v = x.clone().requires_grad_()
            first = torch.autograd.grad(slope(v).sum(), v, create_graph=True)[0]
            assert equal(first.detach(), slope.surrogate_grad(x))
            batched = torch.autograd.grad(slope(v), v, torch.eye(12), is_grads_batched=True)[0]
            assert equal(batched, torch.diag(slope.surrogate_grad(x)))
            assert count.calls == 2  # the two forward passes
    wide = x.double().requires_grad_()
    assert torch.autograd.gradgradcheck(s, (wide,))


@pytest.mark.parametrize("name", ["native", "torch"])
def test_what_outlived_a_transform_is_a_plain_tensor(name: str) -> None:
    kept: list[Tensor] = []

    def loss(v: Tensor) -> Tensor:
        kept.append(v)
        return v.sum()

    x = torch.linspace(-2, 2, 9)
    torch.func.grad(loss)(x)
    with backend(name):
        for slope in (Arctan(), quant.LUTSurrogate(Arctan(), hw_profiles.load("generic8"))):
            assert equal(slope(kept[0]), slope(x))


@pytest.mark.parametrize("name", ["native", "torch"])
def test_a_formula_of_ones_own_is_taken(name: str) -> None:
    @dataclass(frozen=True)
    class Mine(Arctan):
        def surrogate_grad(self, x: Tensor) -> Tensor:
            return torch.full_like(x, 3.0)

    x = torch.linspace(-2, 2, 9)
    with backend(name):
        assert equal(gradients(Mine(), x, torch.ones(9))[1], torch.full((9,), 3.0))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_pieces_are_the_whole(dtype: torch.dtype) -> None:
    x, grad = (v.to(dtype) for v in membranes(5 * eager.CHUNK + 3))
    with backend("torch"), threads(1):
        assert near(gradients(Arctan(), x, grad)[1], grad * Arctan().surrogate_grad(x))


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 100, 255, 256, 257, 5000])
def test_lookups_of_any_size(count: int) -> None:
    """Tables of 256 entries or fewer are held in registers, sixteen places at a time."""
    generator = torch.Generator().manual_seed(count)
    values = torch.randn(count, generator=generator)
    for size in (0, 1, 15, 16, 17, 1000):
        for dtype in (torch.uint8, torch.int16, torch.int32) if count <= 256 else (torch.int16, torch.int32):
            places = torch.randint(0, count, (size,), generator=generator).to(dtype)
            grad, out = torch.randn(size, generator=generator), torch.full((size + 1,), 7.0)
            at = (values.data_ptr(), count, places.itemsize, places.data_ptr(), grad.data_ptr(), out.data_ptr())
            native.library().spikelut_table_backward(*at, size, 0, 1)
            assert torch.equal(out[:size], grad * values[places.long()])
            assert float(out[size]) == 7.0
