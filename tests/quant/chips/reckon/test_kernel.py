"""The compiled kernel of ReckOn's samples beside NumPy, on chips drawn by chance."""

from dataclasses import fields

import numpy as np
import pytest

from spikelut import get_backend, native, set_backend
from spikelut.quant.chips.reckon import Chip, Registers, run
from spikelut.quant.chips.reckon.registers import SEEDS

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason="no library of native kernels")
SHIFTS = ("fp_loc_winp", "fp_loc_wrec", "fp_loc_wout", "fp_loc_tinp", "fp_loc_trec", "fp_loc_tout")


def drawn(seed: int) -> Chip:
    """A chip of any size, with registers at their ends too."""
    rng = np.random.default_rng(seed)
    inputs, neurons, outputs = int(rng.integers(1, 40)), 2 * int(rng.integers(1, 20)), int(rng.integers(1, 17))
    values = {"num_inp_neur": inputs - 1, "num_rec_neur": neurons - 1, "num_out_neur": outputs - 1}
    values |= {name: int(rng.integers(0, 8)) for name in SHIFTS}
    values |= {name: int(rng.integers(0, 2**32)) for name in SEEDS}
    values |= {name: int(rng.integers(0, 2)) for name in ("rst_mode", "no_out_act", "noise_en", "force_traces")}
    values |= {"en_stoch_round": int(rng.random() < 0.7), "do_eprop": int(rng.integers(1, 8))}
    values |= {"kappa": int(rng.choice([0, 100, 121, 128, 255])), "noise_str": int(rng.integers(6, 16))}
    values |= {f"thr_h_{k}": int(rng.integers(-2000, 2000)) for k in range(4)}
    values |= {f"h_{k}": int(rng.integers(-16, 16)) for k in range(5)}
    values |= {"learn_sig_scale": int(rng.integers(0, 16))}
    kinds = ("winp", "wrec", "wout")
    values |= {f"lr_p_{kind}": int(rng.integers(8, 32)) for kind in kinds}
    values |= {f"lr_r_{kind}": int(rng.integers(0, 4)) for kind in kinds}
    values |= {"regul_mode": int(rng.integers(0, 4)), "regul_w": int(rng.integers(0, 4))}
    values |= {"regul_f0": int(rng.integers(0, 30)), "regul_k_mul": int(rng.integers(0, 6))}
    values |= {f"regul_k_{kind}_{way}": int(rng.integers(0, 32)) for kind in ("inp", "rec") for way in "pr"}
    registers = Registers(**values)
    alpha = rng.choice([28672, 31000, 32700, 32767, 32768, 36863], registers.pairs)
    shapes = (inputs, neurons), (neurons, neurons), (neurons, outputs)
    w_inp, w_rec, w_out = (rng.integers(-128, 128, shape) for shape in shapes)
    return Chip(registers, alpha, rng.integers(1, 3000, registers.pairs), w_inp, w_rec, w_out)


@pytest.mark.parametrize("seed", range(12))
def test_samples_are_those_of_numpy(seed: int) -> None:
    compiled, rng, before = drawn(seed), np.random.default_rng(seed), get_backend()
    reference = compiled.copy()
    untouched = [w.copy() for w in compiled.weights]
    for learns in (True, False, True):
        events = rng.random((30, compiled.registers.inputs)) < 0.2
        label = int(rng.integers(compiled.registers.outputs))
        found = run(compiled, events, label, target_from=5, learn=learns)
        try:
            set_backend("torch")
            expected = run(reference, events, label, target_from=5, learn=learns)
        finally:
            set_backend(before)
        assert np.array_equal(found.spikes, expected.spikes)
        assert np.array_equal(found.outputs, expected.outputs)
        assert np.array_equal(found.votes, expected.votes)
        assert found.prediction == expected.prediction
    for a, b in zip(compiled.weights, reference.weights, strict=True):
        assert np.array_equal(a, b)
    assert np.array_equal(compiled.calls, reference.calls)
    assert compiled.generators.keys() == reference.generators.keys()
    assert all(np.array_equal(compiled.generators[name], state) for name, state in reference.generators.items())
    assert expected.spikes.any()
    assert any(not np.array_equal(a, b) for a, b in zip(compiled.weights, untouched, strict=True))


def test_every_register_is_drawn() -> None:
    """What the comparison above leaves at one value is named here."""
    values = [drawn(seed).registers for seed in range(12)]
    names = [field.name for field in fields(Registers)]
    fixed = {name for name in names if len({getattr(registers, name) for registers in values}) == 1}
    assert fixed == {"regression", "single_label"}
