"""The text of Triton functions, which needs no Triton: what is built in, what is an argument, and how wide it is."""

import re
from dataclasses import replace
from typing import Any

import pytest
from lif_profiles import with_lif

from spikelut import hw_profiles, quant
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.triton_kernels import back_function, float_step_function, integer_step_function
from spikelut.quant.codegen.triton_writer import write
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")


def kind(beta: float = 0.9, alpha: float | None = None, profile: Any = LOIHI) -> Any:
    synapse = None if alpha is None else SynapseSpec.from_profile(profile, alpha, "a test")
    return dynamics_of(LIFSpec.from_profile(profile, beta, 1.0, None), synapse)


def test_layers_that_differ_in_decay_factors_share_the_way_back() -> None:
    texts, numbers = zip(
        *(back_function(kind(beta, alpha), True)[:2] for beta, alpha in ((0.9, 0.5), (0.5, 0.25))), strict=True
    )
    assert texts[0] == texts[1]
    assert [len(n) for n in numbers] == [2, 2]
    assert numbers[0] == (kind(0.9).spec.beta, 0.5)
    assert numbers[1] == (kind(0.5).spec.beta, 0.25)
    assert back_function(kind(0.9), True).text != texts[0]


def test_a_kind_has_as_many_states_as_it_says() -> None:
    for made, count in ((kind(), 1), (kind(alpha=0.5), 2)):
        texts = [integer_step_function(made, None, "tl.int32", True, True), back_function(made, True).text]
        for text in texts:
            used = {int(n) for n in re.findall(r"(?:states|grads)\[(\d)\]", text)}
            given = re.search(r"return \(((?:[^,()]+(?:\(.*?\))?,? ?)+),\), ", text)
            assert used == set(range(count))
            assert given is not None
            assert len(given[1].split(",")) == count
    assert [back_function(kind(alpha=alpha), True).text.count("stopped &") for alpha in (None, 0.5)] == [2, 3]


def test_spikes_are_read_only_where_a_reset_is_to_zero() -> None:
    spec = LIFSpec.from_profile(hw_profiles.load("generic8"), 0.9, 1.0, None)
    for reset in ("zero", "subtract"):
        assert back_function(dynamics_of(replace(spec, reset=reset)), False).reads_spikes == (reset == "zero")
        floats = FloatLIFDynamics.of(0.9, 1.0, reset, None, False, 1)
        assert back_function(floats, False).reads_spikes == (reset == "zero")
    read_out = LIFSpec.from_profile(LOIHI, 0.9, None, None)
    assert not back_function(dynamics_of(read_out), False).reads_spikes


@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
def test_32_bits_suffice_from_rest_where_registers_are_narrow() -> None:
    seen = 0
    for profile in with_lif():
        made = kind(profile=profile)
        if made.spec.wide or profile.decay is None or profile.decay.overflow == "wrap":
            continue
        table = quant.LUTSurrogate(Arctan(), profile).table
        places = table.place_dtype is not None and getattr(getattr(table, "cells", None), "shifts", True)
        text = integer_step_function(made, table if places else None, "tl.uint8", bool(profile.bias), True)
        seen += 1
        assert "int64" not in text, profile.name
    assert seen > 5


def test_nothing_is_computed_in_float64() -> None:
    """It is slow on most GPUs; of registers of 32 bits, whose ends float32 does not hold, limits are whole numbers."""
    for profile in with_lif():
        for rests in (True, False):
            assert "float64" not in integer_step_function(kind(profile=profile), None, "tl.int64", False, rests)


def test_states_from_outside_are_not_taken_to_be_in_their_registers() -> None:
    xylo = hw_profiles.load("xylo")
    inside, outside = (integer_step_function(kind(0.75, 0.5, xylo), None, "tl.int32", True, r) for r in (True, False))
    assert "tl.int64" not in inside
    assert "states[0]\n" in outside
    assert "v0.to(tl.int64)" in outside  # which is taken from what it leaks to, in a register that wraps


def test_float_neurons_are_printed_from_the_same_step_as_torch_runs() -> None:
    text = float_step_function(FloatLIFDynamics.of(0.9, 0.7, "subtract", 0.5, True, 1), None, "tl.float32", True)
    assert (
        text
        == ("def hook(states, real, bias):\n    v0 = states[0]\n    v1 = v0 * 0.9\n    v2 = states[1]\n")
        + text.partition("states[1]\n")[2]
    )
    assert f"{0.7 / 0.9!r}" in text


def test_nan_stays_nan_in_float_neurons_of_several_spikes() -> None:
    several = FloatLIFDynamics.of(0.9, 0.7, "subtract", None, False, 4)
    text = float_step_function(several, None, "tl.float32", False)
    assert len(re.findall(r"tl\.m..imum\(v\d+, \d\.0, propagate_nan=tl\.PropagateNan\.ALL\)", text)) == 4
    assert "propagate" not in integer_step_function(kind(), None, "tl.int32", False, True)


def test_a_table_is_read_at_its_lowest_code_for_nan() -> None:
    """What the conversion of NaN to an integer gives is another thing on each machine."""
    table = quant.LUTSurrogate(Arctan(), hw_profiles.load("reckon")).table
    text = float_step_function(FloatLIFDynamics.of(0.9, 1.0, "zero", None, False, 1), table, "tl.uint8", False)
    assert re.search(rf"(v\d+) == \1\n.*tl\.where\(v\d+, v\d+, {table.first_code}\)", text, re.DOTALL)


def test_what_triton_does_not_have_is_refused() -> None:
    home = Recording("a test")
    scalar = home.real_input("s", "scalar") * home.real_input("t", "scalar")
    wide = home.input("n", 0, 40)
    cases: list[Expression] = [
        scalar,
        home.made("round", (home.real_input("d", "float64"),), "float64", -1, 1),
        home.input("x", -5, 5) >> wide,
    ]
    for refused in cases:
        with pytest.raises(ValueError, match=r"^a test: "):
            write([(refused, "tl.float32")], shape_of="x")
