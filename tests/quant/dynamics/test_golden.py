"""The integer arithmetic against what Lava and the ReckOn RTL computed; see golden/README.md."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, vectors

from spikelut import hw_profiles
from spikelut.hw_profiles import NumberFormat
from spikelut.quant import FixedPoint, LIFSpec, SegmentTable
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import neuron_of
from spikelut.quant.network.layers import IntegerLinear
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden

OPS = [NumpyOps, TorchOps]
# The recorded current plus bias exceeds 24 bits; the simulator adds them without a register between.
WIDE = NumberFormat(28)


def config(i: int) -> dict[str, Ints]:
    prefix = f"c{i}_"
    return {key.removeprefix(prefix): a for key, a in vectors("loihi_lif").items() if key.startswith(prefix)}


CONFIGS = range(int(vectors("loihi_lif")["n_configs"]))


def of(ops: Any, x: Ints) -> Any:
    """`x` as the arrays that `ops` works on; torch layers use 32 bits."""
    return torch.from_numpy(x.astype(np.int32)) if ops is TorchOps else x


def run(ops: Any, spec: LIFSpec, mem: Ints, drive: Ints) -> tuple[Ints, Ints]:
    """Membranes and spikes of every step of `drive` [time, neuron]."""
    state, membranes, spikes = of(ops, mem), np.empty_like(drive), np.empty_like(drive)
    for t in range(len(drive)):
        step = lif_step(ops, spec, state, of(ops, drive[t]))
        state = step.mem
        membranes[t], spikes[t] = np.asarray(state), np.asarray(step.spikes)
    return membranes, spikes


def loihi_spec(dv: int, vth: int) -> LIFSpec:
    """The membrane of Loihi, written out from the documentation."""
    membrane = NumberFormat(24, 18, narrow=True)
    return LIFSpec(
        current=WIDE,
        membrane=membrane,
        leak_first=True,
        leak=Leak("multiply", 4096 - dv, 12, "trunc0", membrane),
        threshold=64 * vth,
        strict=True,
        reset="zero",
        reset_format=membrane,
        read="after_leak",
    )


def profile_spec(dv: int, vth: int) -> LIFSpec:
    """The same, as the shipped profile has it, with the integers of a configuration."""
    spec = LIFSpec.from_profile(hw_profiles.load("loihi2"), 0.5, 1.0, None)
    return replace(spec, leak=replace(spec.leak, amount=4096 - dv), threshold=64 * vth)


def test_loihi_reals_become_these_integers() -> None:
    profile = hw_profiles.load("loihi2")
    for dv, vth in ((0, 1), (233, 514), (4095, 131071)):
        spec = LIFSpec.from_profile(profile, (4096 - dv) / 4096, 64 * vth * profile.state_step, None)
        assert spec == profile_spec(dv, vth)


@pytest.mark.parametrize("i", CONFIGS)
@pytest.mark.parametrize("ops", OPS)
def test_loihi_membrane(i: int, ops: Any) -> None:
    c = config(i)
    bias = np.where(
        c["bias_exp"] >= 0, c["bias_mant"] << c["bias_exp"].clip(0), c["bias_mant"] >> -c["bias_exp"].clip(None, 0)
    )
    drive = c["u"] + bias
    assert np.abs(drive).max() <= WIDE.max_code
    dv, vth = int(c["dv"]), int(c["vth"])
    for spec in (loihi_spec(dv, vth), replace(profile_spec(dv, vth), current=WIDE)):
        v, spikes = run(ops, spec, c["v0"], drive)
        assert different("loihi_lif", v, c["v"]) == 0
        assert different("loihi_lif", spikes, c["spikes_out"]) == 0


@pytest.mark.parametrize("i", CONFIGS)
def test_loihi_profile_has_the_arithmetic_of_the_simulator(i: int) -> None:
    c = config(i)
    expected, spec = loihi_spec(int(c["dv"]), int(c["vth"])), profile_spec(int(c["dv"]), int(c["vth"]))
    assert spec.leak_first == expected.leak_first
    for name in ("kind", "amount", "frac", "rounding"):
        assert getattr(spec.leak, name) == getattr(expected.leak, name), name
    for name in ("threshold", "strict", "reset"):
        assert getattr(spec, name) == getattr(expected, name), name
    assert (spec.membrane.bits, spec.membrane.overflow, spec.membrane.narrow) == (24, "saturate", True)
    assert (spec.current.bits, spec.current.overflow) == (24, "wrap")


def test_loihi_synapses_and_current() -> None:
    """u = wrap(decayed u + 64 * (weights . spikes << exponent)); nothing is left of u where du is 4095.

    Configurations with a negative exponent are left out: the simulator drops bits of the sum, layers here may not.
    """
    profile = hw_profiles.load("loihi2")
    register = neuron_of(profile)[0].format(profile.grid.frac)
    compared = 0
    for c in map(config, CONFIGS):
        exponent, weights = int(c["weight_exp"]), c["weights_eff"]
        if exponent < 0:
            continue
        gcd = int(np.gcd.reduce(np.abs(weights).ravel())) or 1
        lsb = gcd & -gcd
        codes = weights // lsb
        assert (codes == codes.astype(np.int16)).all()
        layer = IntegerLinear("", codes.astype(np.int16), lsb, exponent, profile.weight.shift, 16)
        sums = layer.run(c["spikes_in"][:, None, :])[:, 0, :]
        arriving = np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])
        before = np.concatenate([c["u0"][None], c["u"][:-1]])
        kept = np.sign(before) * (np.abs(before) * (4095 - int(c["du"])) >> 12)
        u = apply_overflow(NumpyOps, kept + arriving, register)
        assert different("loihi_lif", u, c["u"]) == 0
        compared += u.size
    assert compared > 0


def reckon_spec(alpha: int, threshold: int, reset_to_zero: bool) -> LIFSpec:
    """The hidden neuron of ReckOn, written out from its RTL."""
    saturating, wrapping = NumberFormat(16), NumberFormat(16, overflow="wrap")
    return LIFSpec(
        current=saturating,
        membrane=saturating,
        leak_first=False,
        leak=Leak("multiply", alpha, 15, "floor", wrapping),
        threshold=threshold,
        strict=False,
        reset="zero" if reset_to_zero else "subtract",
        reset_format=wrapping,
        read="after_reset",
    )


@pytest.mark.parametrize("ops", OPS)
def test_reckon_leak_spike_and_reset(ops: Any) -> None:
    g = vectors("reckon")
    rows = {key.removeprefix("step_"): a[g["step_stochastic"] == 0] for key, a in g.items() if key.startswith("step_")}
    alpha = (7 + rows["alpha_ge1"]) * 4096 + rows["alpha_low12"]
    parameters, group = np.unique(
        np.stack([alpha, rows["threshold"], rows["reset_to_zero"]]), axis=1, return_inverse=True
    )
    order = np.argsort(group.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(group.ravel()))
    wrong = 0
    for (factor, threshold, to_zero), members in zip(parameters.T, np.split(order, ends[:-1]), strict=True):
        spec = reckon_spec(int(factor), int(threshold), bool(to_zero))
        u = rows["u"][members]
        mem, spikes = run(ops, spec, u, np.zeros((1, len(u)), np.int64))
        wrong += int(
            different("reckon", mem[0], rows["u_next"][members])
            + different("reckon", spikes[0], rows["spike"][members])
        )
    assert len(alpha) > 0
    assert wrong == 0


def test_reckon_profile_has_the_arithmetic_of_the_rtl() -> None:
    profile = hw_profiles.load("reckon")
    step = profile.state_step
    for reset in neuron_of(profile)[3].resets:
        spec = LIFSpec.from_profile(profile, 31000 / 2**15, 5000 * step, reset)
        expected = reckon_spec(31000, 5000, reset == "zero")
        formats = ("current", "membrane", "reset_format")
        # The binary point is a choice of the user; the registers have none.
        plain = replace(spec, **{name: replace(getattr(spec, name), frac=0) for name in formats})
        plain = replace(plain, leak=replace(plain.leak, register=replace(plain.leak.register, frac=0)))
        assert plain == expected


@pytest.mark.parametrize("ops", OPS)
def test_reckon_synaptic_event(ops: Any) -> None:
    g = vectors("reckon")
    # A factor of one and a threshold above every membrane: only the adders remain.
    spec = replace(reckon_spec(2**15, 2**15 - 1, False), strict=True)
    sums = (g["syn_w_inp"] << g["syn_shift_inp"]) + (g["syn_w_rec"] << g["syn_shift_rec"])
    drive = apply_overflow(NumpyOps, sums, spec.current)
    # The register is applied to the sum by the step as well; it must make no difference which.
    for current in (sums, drive):
        mem, spikes = run(ops, spec, g["syn_u"], current[None])
        assert different("reckon", mem[0], g["syn_u_next"]) == 0
        assert spikes.sum() == 0


def test_reckon_pseudo_derivative() -> None:
    g = vectors("reckon")
    wrong = 0
    for thresholds, values, u, h in zip(g["pd_thresholds"], g["pd_values"], g["pd_u"], g["pd_h"], strict=True):
        table = SegmentTable(
            surrogate=Arctan(),
            state_step=1.0,
            first_code=-(2**16),
            last_code=2**15 - 1,
            value=FixedPoint(5),
            codes=torch.from_numpy(values),
            breakpoints=tuple(thresholds.tolist()),
            breakpoint_bits=16,
        )
        x = torch.from_numpy(u)
        wrong += different("reckon", table.gather(table.codes, x).numpy(), h)
        wrong += different("reckon", table.lookup_codes(x).numpy(), h)
    assert len(g["pd_h"]) > 0
    assert wrong == 0
