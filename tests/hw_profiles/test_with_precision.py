"""`Profile.with_precision`: the same profile with other fixed-point types; `ApFixed`: the types."""

from dataclasses import asdict
from typing import Any

import pytest
import torch

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import ApFixed
from spikelut.surrogates import Arctan

HLS4ML = hw_profiles.load("hls4ml")


@pytest.mark.parametrize(
    ("text", "width", "integer", "modes"),
    [
        ("ap_fixed<16,6>", 16, 6, ("TRN", "WRAP")),
        ("fixed<12, 4, RND, SAT>", 12, 4, ("RND", "SAT")),
        ("ap_fixed<9,-2,AP_RND_CONV,AP_SAT_SYM,0>", 9, -2, ("RND_CONV", "SAT_SYM")),
    ],
)
def test_types(text: str, width: int, integer: int, modes: tuple[str, str]) -> None:
    found = ApFixed.of(text)
    assert (found.width, found.integer, found.quantisation, found.saturation) == (width, integer, *modes)
    assert ApFixed.of(str(found)) == found == ApFixed.of(found)
    assert found.frac == width - integer
    fmt = found.format()
    assert (fmt.bits, fmt.frac, fmt.narrow) == (width, width - integer, modes[1] == "SAT_SYM")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("ap_fixed<16>", r"ApFixed: a type must be \(width, integer bits\) or a text such as"),
        ("ap_ufixed<16,6>", r"ApFixed: a type must be \(width, integer bits\) or a text such as"),
        ("ap_fixed<16,6,TRN,WRAP,1>", r"ApFixed: a type must be \(width, integer bits\) or a text such as"),
        ("ap_fixed<16,6,NEAR>", "ApFixed: quantisation must be one of TRN, TRN_ZERO, .* got 'NEAR'"),
        ((16, 6, 1), r"ApFixed: a type must be \(width, integer bits\), got \(16, 6, 1\)"),
        ((0, 6), r"ApFixed: width must be an integer in 1\.\.64, got 0"),
    ],
)
def test_what_is_no_type(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ApFixed.of(value)


def test_nothing_given_is_the_same() -> None:
    assert HLS4ML.with_precision() == HLS4ML


def test_what_is_given_changes() -> None:
    made = HLS4ML.with_precision(membrane="ap_fixed<12,4,RND,SAT>", beta=(10, 1), threshold=(8, 3))
    assert (made.membrane.bits, made.membrane.overflow, made.membrane.rounding) == (12, "saturate", "half_up")
    assert made.grid.frac == 8
    assert made.decay is not None
    assert made.threshold is not None
    assert made.current is not None
    # A factor of 1 is none of ap_fixed<10,1>.
    assert (made.decay.frac, made.decay.max) == (9, 511)
    assert (made.threshold.bits, made.threshold.shift) == (8, 3)
    # Weights keep their ten fraction bits, and so have sums, two more than the membrane.
    assert (made.weight.bits, made.weight.frac, made.current.frac, made.finer) == (16, 10, 10, True)
    assert made.bias is not None
    assert (made.bias.bits, made.bias.with_sum) == (14, True)
    far = HLS4ML.with_precision(membrane="fixed<16,6,TRN,SAT>", inputs=(20, 4), bias=(16, 6))
    assert (far.current_frac, far.bias) == (26, None)
    coarse = HLS4ML.with_precision(bias=(8, 2)).bias
    assert coarse is not None
    assert (coarse.bits, coarse.exponent_min, coarse.exponent_max, coarse.with_sum) == (8, 4, 4, False)
    assert HLS4ML.with_precision(inputs=(8, 1)).bias == HLS4ML.bias
    assert made.membrane.source.endswith(
        "; set by membrane ap_fixed<12,4,RND,SAT>, beta ap_fixed<10,1>, threshold ap_fixed<8,3>"
    )
    assert {made.membrane.status, made.decay.status, made.grid.status} == {"derived"}
    assert made.with_precision(beta=(10, 1)) == made.with_precision(beta=(10, 1), membrane="fixed<12,4,RND,SAT>")
    assert hw_profiles.from_dict(asdict(made), "made") == made


@pytest.mark.parametrize(
    ("name", "types", "message"),
    [
        ("loihi2", {"membrane": (24, 6)}, "with_precision: profile must have neurons whose types are a choice"),
        ("generic8", {"membrane": (16, 6)}, "with_precision: profile must have neurons whose types are a choice"),
        (
            "hls4ml",
            {"membrane": (40, 20)},
            "with_precision: membrane must be of at most 32 bits, got 'ap_fixed<40,20>'",
        ),
        ("hls4ml", {"membrane": "fixed<16,6,RND_ZERO>"}, "ApFixed: quantisation must be one of .* got 'RND_ZERO'"),
        ("hls4ml", {"beta": (18, 1)}, "beta must have 1 to 15 fraction bits, got 'ap_fixed<18,1>'"),
        (
            "hls4ml",
            {"beta": "fixed<12,2,RND>"},
            "beta must be rounded by TRN or RND_CONV, got 'ap_fixed<12,2,RND,WRAP>'",
        ),
        ("hls4ml", {"threshold": (10, 1)}, r"a threshold of 1\.0 \(2\*\*grid\.frac\) must fit"),
        ("hls4ml", {"inputs": (32, 4)}, "sums, weights times inputs, must have at most 30 fraction bits, got 38"),
        ("hls4ml", {"weight": (20, 10)}, r"bits must be an integer in 2\.\.16, got 20"),
    ],
)
def test_refused(name: str, types: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hw_profiles.load(name).with_precision(**types)


def test_real_numbers_become_constants_as_the_library_truncates_them() -> None:
    lif = quant.LIF(HLS4ML, Arctan(), beta=0.9, threshold=0.7, bias=2)
    assert (lif.spec.leak.amount, lif.spec.threshold) == (921, 716)  # 921.6, 716.8
    assert lif.bias is not None
    with torch.no_grad():
        lif.bias.copy_(torch.tensor([0.7, -0.7]))
    codes, exponent = lif.integer_bias() or (None, None)
    assert codes is not None
    assert (codes.tolist(), exponent) == ([716, -717], 0)
    each = quant.LIF(HLS4ML, Arctan(), beta=[0.9, 0.5], threshold=[0.7, 1.0])
    assert (each.spec.leak.amount.tolist(), each.spec.threshold.tolist()) == ([921, 512], [716, 1024])


@pytest.mark.parametrize(("beta", "amount"), [(1 - 9e-7, 1024), (1 + 9e-7, 1024), (1 - 2e-6, 1023)])
def test_a_factor_next_to_one_is_one(beta: float, amount: int) -> None:
    """As the converter makes it an IFNeuron."""
    assert quant.LIF(HLS4ML, Arctan(), beta=beta).spec.leak.amount == amount


def test_weights_are_of_one_type_whatever_an_input_is_worth() -> None:
    profile = HLS4ML.with_precision(inputs=(16, 6))
    for step in (1.0, 2.0**-4, 2.0**-10):
        layer = quant.QuantLinear(3, 2, profile=profile, input_step=step)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([[0.7, -0.7, 1.0], [0.0001, 0.0, -0.0001]]))
        assert (layer.quant_weight().value * 1024).tolist() == [[716, -717, 1024], [0, 0, -1]]
    with pytest.raises(ValueError, match=r"input_step must be at least 0\.000976562: sums on hls4ml have 20 fraction"):
        quant.QuantLinear(3, 2, profile=profile, input_step=2.0**-11)
    with pytest.raises(ValueError, match=r"QuantLinear: input_step must be at most 1, got 2\.0"):
        quant.QuantLinear(3, 2, profile=profile, input_step=2.0)
