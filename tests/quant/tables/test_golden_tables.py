"""Tables, indices and interpolation against what hls4ml, LiteRT, TFLite Micro and CMSIS-DSP computed; see golden/."""

import math
from collections.abc import Callable

import pytest
import torch
from golden_vectors import Ints, numbered, scale_of, vectors
from torch import Tensor

from spikelut import hw_profiles
from spikelut.quant import Affine, FixedPoint, Table, UniformTable

pytestmark = pytest.mark.golden


def single(x: Tensor) -> Tensor:
    """`x` rounded to float32, still float64."""
    return x.to(torch.float32).to(torch.float64)


def exp(x: Tensor) -> Tensor:
    return single(torch.exp(x))


def gelu(x: Tensor) -> Tensor:
    return single(0.5 * x * torch.erfc(-x / math.sqrt(2)))


def elu(x: Tensor) -> Tensor:
    return torch.where(x < 0, single(exp(x) - 1), x)


def log(smallest: float) -> Callable[[Tensor], Tensor]:
    """The logarithm; what the kernel puts where it is not defined."""
    return lambda x: torch.where(x > 0, single(torch.log(x.clamp(min=1e-300))), smallest)


def function_of(c: dict[str, Ints], value: Affine) -> Callable[[Tensor], Tensor]:
    """What the kernel of a configuration computes."""
    smallest = float(value.decode(torch.tensor(value.min_code)))
    return {0: exp, 1: gelu, 2: log(smallest), 3: elu}[int(c["function"])]


def fixed(width: Ints, integer: Ints) -> FixedPoint:
    """ap_fixed<width, integer>: truncates and wraps."""
    return FixedPoint(int(width), int(width - integer), True, "floor", "wrap")


def hls4ml_sigmoid(x: Tensor) -> Tensor:
    return single(1 / single(1 + single(torch.exp(-x))))


def hls4ml_tanh(x: Tensor) -> Tensor:
    return single(torch.tanh(x))


@pytest.mark.parametrize(("name", "function", "reach"), [("sigmoid", hls4ml_sigmoid, 8), ("tanh", hls4ml_tanh, 4)])
def test_hls4ml(name: str, function: Callable[[Tensor], Tensor], reach: int) -> None:
    profile = hw_profiles.load("hls4ml")
    for c in numbered("hls4ml_sigmoid_lut", "n_configs", "c"):
        width, size = int(c["data_w"]), int(c["table_size"])
        data, entry, result = (fixed(c[f"{kind}_w"], c[f"{kind}_i"]) for kind in ("data", "table", "res"))
        table = Table.from_function(function, profile, data.step, entries=size, low=-reach, high=reach, value=entry)
        assert isinstance(table, UniformTable)
        assert (table.codes.numpy() != c[f"{name}_table"]).sum() == 0
        inputs = torch.arange(-(2 ** (width - 1)), 2 ** (width - 1))
        assert (table.index(inputs).numpy() != c[f"{name}_index"]).sum() == 0
        outputs = result.convert(table.lookup_codes(inputs), entry)
        assert (outputs.numpy() != c[f"{name}_out"]).sum() == 0


def test_tflm_int16() -> None:
    profile, x = hw_profiles.load("tflm_int16"), torch.from_numpy(vectors("tflm_int16_lut")["x"])
    for c in numbered("tflm_int16_lut", "n_configs", "c"):
        scale_in, scale_out = scale_of(c["in_scale_bits"]), scale_of(c["out_scale_bits"])
        value = Affine(16, scale_out, rounding=profile.table_value.rounding)
        function = function_of(c, value)
        low, high = scale_in * -32768, scale_in * 32768
        table = Table.from_function(function, profile, scale_in, low=low, high=high, value=value, saturate=True)
        assert (table.codes.numpy() != c["table"]).sum() == 0
        assert (table.lookup_codes(x).numpy() != c["y"]).sum() == 0


def test_tflm_int8() -> None:
    profile, q = hw_profiles.load("tflm_int8"), torch.arange(-128, 128)
    for c in numbered("tflm_int8_lut", "n_configs", "c"):
        scale_in, zero_in = scale_of(c["in_scale_bits"]), int(c["in_zero"])
        value = Affine(8, scale_of(c["out_scale_bits"]), int(c["out_zero"]), rounding=profile.table_value.rounding)
        function = function_of(c, value)
        low, high = scale_in * (-128 - zero_in), scale_in * (128 - zero_in)
        table = Table.from_function(function, profile, scale_in, low=low, high=high, value=value, saturate=True)
        assert (table.lookup_codes(q - zero_in).numpy() != c["y"]).sum() == 0


def test_cmsis_interpolation() -> None:
    profile = hw_profiles.load("cortexm_q15")
    for t in numbered("cmsis_interp_q15", "n_tables", "t"):
        # x is Q12.20: 2**20 codes for each entry.
        entries, value = torch.from_numpy(t["table"]), FixedPoint(16, 15)
        table = UniformTable.from_codes(entries, profile, value, 2.0**-20, low=0, high=len(entries))
        assert (table.lookup_codes(torch.from_numpy(t["x"])).numpy() != t["y"]).sum() == 0
