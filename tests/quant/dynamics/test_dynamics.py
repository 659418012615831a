"""`lif_step` against each chip's step restated in plain Python integers, and the reals that become its integers."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import each

from spikelut import hw_profiles
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.lif import MembraneStep, lif_step
from spikelut.quant.dynamics.spec import MAX_CURRENT, LIFSpec


class Neuron(NamedTuple):
    """The integers a chip is given: `decay` is a factor, or the shift of a decay by shift."""

    decay: int
    threshold: int
    reset: str


class Outcome(NamedTuple):
    mem: int
    spike: bool
    x: int
    mem_passes: bool
    current_passes: bool = True


def wrap(x: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (x + half) % (2 * half) - half


def saturate16(x: int) -> int:
    return max(-(2**15), min(2**15 - 1, x))


def loihi(neuron: Neuron, v: int, current: int) -> Outcome:
    """v = clip(trunc0(v * factor / 4096) + wrap24(u)), spike at v > threshold, reset to zero."""
    magnitude = abs(v) * neuron.decay // 4096
    exact = (magnitude if v >= 0 else -magnitude) + wrap(current, 24)
    limit = 2**23 - 1
    full = max(-limit, min(limit, exact))
    spike = full > neuron.threshold
    return Outcome(0 if spike else full, spike, full - neuron.threshold - 1, full == exact, True)


def reckon(neuron: Neuron, v: int, current: int) -> Outcome:
    """u = sat16(u + sat16(d)), spike at u >= threshold, then leak by floor, then reset; leak and reset wrap."""
    drive = saturate16(current)
    full = saturate16(v + drive)
    spike = full >= neuron.threshold
    after = wrap(full * neuron.decay // 2**15, 16)
    if spike:
        after = 0 if neuron.reset == "zero" else wrap(after - neuron.threshold, 16)
    return Outcome(after, spike, after - neuron.threshold, full == v + drive, drive == current)


def generic8(neuron: Neuron, v: int, current: int) -> Outcome:
    """v = sat16(v - floor(v / 2**k) + sat16(u)), spike at v >= threshold, subtract or zero."""
    drive = saturate16(current)
    exact = v - v // 2**neuron.decay + drive
    full = saturate16(exact)
    spike = full >= neuron.threshold
    after = full
    if spike:
        after = 0 if neuron.reset == "zero" else saturate16(full - neuron.threshold)
    return Outcome(after, spike, full - neuron.threshold, full == exact, drive == current)


@dataclass(frozen=True)
class Chip:
    """What the documentation says about a chip: the step, and the ranges of its integers."""

    name: str
    restated: Callable[[Neuron, int, int], Outcome]
    decays: range
    decay_unit: int | None
    thresholds: range
    resets: tuple[str, ...]
    mem: tuple[int, int]

    def beta(self, decay: int) -> float:
        return 1 - 0.5**decay if self.decay_unit is None else decay / self.decay_unit

    def spec(self, neuron: Neuron) -> LIFSpec:
        profile = hw_profiles.load(self.name)
        return LIFSpec.from_profile(
            profile, self.beta(neuron.decay), neuron.threshold * profile.state_step, neuron.reset
        )


CHIPS = (
    Chip("loihi2", loihi, range(1, 4097), 4096, range(64, 131071 * 64 + 1, 64), ("zero",), (-(2**23) + 1, 2**23 - 1)),
    Chip("reckon", reckon, range(28672, 36864), 2**15, range(1, 2**15), ("subtract", "zero"), (-(2**15), 2**15 - 1)),
    Chip("generic8", generic8, range(1, 16), None, range(1, 2**15), ("subtract", "zero"), (-(2**15), 2**15 - 1)),
)
BY_NAME = {chip.name: chip for chip in CHIPS}


def near(low: int, high: int, *corners: int) -> st.SearchStrategy[int]:
    """Integers in low..high, often within two of a corner."""
    close = [c + d for c in (low, high, *corners) for d in (-2, -1, 0, 1, 2) if low <= c + d <= high]
    return st.one_of(st.sampled_from(close), st.integers(low, high))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Chip, Neuron, list[tuple[int, int]]]:
    chip = draw(st.sampled_from(CHIPS))
    decay = draw(st.one_of(st.sampled_from([chip.decays[0], chip.decays[-1]]), st.sampled_from(chip.decays)))
    threshold = draw(
        st.one_of(st.sampled_from([*chip.thresholds[:2], chip.thresholds[-1]]), st.sampled_from(chip.thresholds))
    )
    top = MAX_CURRENT
    widths = [s * 2**b for b in (15, 16, 23, 24) for s in (-1, 1)]
    mem = near(*chip.mem, 0, threshold)
    current = st.one_of(near(-top, top, 0, threshold, *widths), st.integers(-(2**16), 2**16))
    pairs = draw(st.lists(st.tuples(mem, current), min_size=1, max_size=12))
    return chip, Neuron(decay, threshold, draw(st.sampled_from(chip.resets))), pairs


def outcomes(step: MembraneStep) -> list[Outcome]:
    # A register that wraps passes gradients everywhere, and says so once.
    columns = [np.broadcast_to(np.asarray(c), np.shape(step.mem)).tolist() for c in step[:5]]
    return [Outcome(*row) for row in zip(*columns, strict=True)]


@settings(deadline=None)  # the machine may be busy
@given(cases())
def test_step_is_the_chips(case: tuple[Chip, Neuron, list[tuple[int, int]]]) -> None:
    chip, neuron, pairs = case
    spec = chip.spec(neuron)
    expected = [chip.restated(neuron, v, current) for v, current in pairs]
    mem, drive = np.array(pairs, np.int64).T
    assert outcomes(lif_step(NumpyOps, spec, mem, drive)) == expected
    narrow = [torch.tensor(a.tolist(), dtype=torch.int32) for a in (mem, drive)]
    step = lif_step(TorchOps, spec, *narrow)
    assert outcomes(step) == expected
    # In 32 bits throughout: what ran on the chip's integers here runs in an int32 graph as well.
    assert step.mem.dtype == step.x.dtype == torch.int32


# Membrane, current, and what is left of them, at the ends of every register.
EXTREMES: list[tuple[str, Neuron, int, int, Outcome]] = [
    ("loihi2", Neuron(4096, 64, "zero"), 2**23 - 1, 1, Outcome(0, True, 2**23 - 66, False)),
    ("loihi2", Neuron(4096, 64, "zero"), -(2**23) + 1, -1, Outcome(-(2**23) + 1, False, -(2**23) - 64, False)),
    ("loihi2", Neuron(4096, 64, "zero"), 0, 2**23, Outcome(-(2**23) + 1, False, -(2**23) - 64, False)),
    ("loihi2", Neuron(4096, 64, "zero"), 0, 2**23 + 1, Outcome(-(2**23) + 1, False, -(2**23) - 64, True)),
    ("loihi2", Neuron(4096, 64, "zero"), 0, 2**24 + 64, Outcome(64, False, -1, True)),
    ("loihi2", Neuron(4096, 64, "zero"), 0, 65, Outcome(0, True, 0, True)),
    ("loihi2", Neuron(1, 64, "zero"), -4095, 0, Outcome(0, False, -65, True)),
    ("loihi2", Neuron(4095, 64, "zero"), -1, 0, Outcome(0, False, -65, True)),
    ("reckon", Neuron(2**15, 100, "subtract"), 0, 2**15 - 1, Outcome(2**15 - 101, True, 2**15 - 201, True)),
    ("reckon", Neuron(2**15, 100, "subtract"), 0, 2**15, Outcome(2**15 - 101, True, 2**15 - 201, True, False)),
    ("reckon", Neuron(2**15, 100, "zero"), -(2**15), -1, Outcome(-(2**15), False, -(2**15) - 100, False)),
    ("reckon", Neuron(36863, 2**15 - 1, "zero"), 30000, 0, Outcome(33749 - 2**16, False, -64554, True)),
    ("reckon", Neuron(36863, 100, "subtract"), 30000, 0, Outcome(33649 - 2**16, True, -31987, True)),
    ("reckon", Neuron(36863, 9000, "subtract"), 29500, 0, Outcome(24186, True, 15186, True)),
    ("reckon", Neuron(28672, 100, "zero"), -1, 0, Outcome(-1, False, -101, True)),
    ("generic8", Neuron(15, 100, "subtract"), 2**15 - 1, 1, Outcome(2**15 - 101, True, 2**15 - 101, False)),
    ("generic8", Neuron(15, 100, "zero"), 0, 100, Outcome(0, True, 0, True)),
    ("generic8", Neuron(15, 100, "zero"), 0, 99, Outcome(99, False, -1, True)),
    ("generic8", Neuron(15, 100, "zero"), -1, 0, Outcome(0, False, -100, True)),
    ("generic8", Neuron(1, 100, "zero"), -(2**15), -(2**14) - 1, Outcome(-(2**15), False, -(2**15) - 100, False)),
]


@pytest.mark.parametrize(("name", "neuron", "mem", "current", "expected"), EXTREMES)
def test_step_at_the_ends_of_the_registers(
    name: str, neuron: Neuron, mem: int, current: int, expected: Outcome
) -> None:
    step = lif_step(NumpyOps, BY_NAME[name].spec(neuron), np.array([mem]), np.array([current]))
    assert outcomes(step) == [expected]
    assert BY_NAME[name].restated(neuron, mem, current) == expected


@each("mem", [-9, 99, 100, 101, 250])
@each("reset", ["zero", "subtract"])
@each("strict", [False, True])
@each("leak_first", [False, True])
def test_what_no_shipped_chip_combines(mem: int, reset: str, strict: bool, leak_first: bool) -> None:
    """Every order, comparison, reset and point where the surrogate reads, with a leak by a quarter."""
    shipped = LIFSpec.from_profile(hw_profiles.load("generic8"), 0.75, 1.0, None)
    assert (shipped.beta, shipped.leak.amount) == (0.75, 2)
    changes: dict[str, Any] = {"leak_first": leak_first, "strict": strict, "reset": reset, "threshold": 100}
    full = mem - mem // 4 if leak_first else mem
    spike = full > 100 if strict else full >= 100
    leaked = full if leak_first else full - full // 4
    after = leaked if not spike else 0 if reset == "zero" else leaked - 100
    for read, value in (("before_leak", full), ("after_leak", leaked), ("after_reset", after)):
        spec = replace(shipped, read=read, **changes)
        step = lif_step(NumpyOps, spec, np.array([mem]), np.array([0]))
        assert outcomes(step) == [Outcome(after, spike, value - 100 - strict, True)]


@settings(deadline=None)
@given(st.sampled_from(CHIPS), st.floats(0, 1), st.floats(0, 1))
def test_reals_become_the_nearest_integers(chip: Chip, b: float, t: float) -> None:
    profile = hw_profiles.load(chip.name)
    betas = [chip.beta(chip.decays[0]), chip.beta(chip.decays[-1])]
    beta = betas[0] + b * (betas[1] - betas[0])
    codes = chip.thresholds[0] + t * (chip.thresholds[-1] - chip.thresholds[0])
    threshold = min(codes, chip.thresholds[-1]) * profile.state_step
    if beta < 1 and chip.decay_unit and round(beta * chip.decay_unit) == chip.decay_unit:
        with pytest.raises(ValueError, match="beta must not be rounded to 1"):
            LIFSpec.from_profile(profile, beta, threshold, None)
        return
    spec = LIFSpec.from_profile(profile, min(beta, betas[1]), threshold, None)
    # Factors lie evenly; shifts do not, so all of them are tried.
    shifts = [abs(chip.beta(k) - beta) for k in chip.decays if chip.decay_unit is None]
    assert abs(spec.beta - beta) <= min(shifts, default=0.5 / (chip.decay_unit or 1)) + 1e-12
    assert spec.threshold in chip.thresholds
    assert abs(spec.threshold - codes) <= chip.thresholds.step / 2 + 1e-6
    assert spec.spike_at == spec.threshold + (chip.name == "loihi2")
    assert spec.reset == chip.resets[0]


@pytest.mark.parametrize("chip", CHIPS)
def test_the_ends_of_the_ranges_are_offered(chip: Chip) -> None:
    for decay in (chip.decays[0], chip.decays[-1]):
        assert chip.spec(Neuron(decay, chip.thresholds[0], chip.resets[0])).beta == chip.beta(decay)
    for threshold in (chip.thresholds[0], chip.thresholds[-1]):
        assert chip.spec(Neuron(chip.decays[-1], threshold, chip.resets[-1])).threshold == threshold


def refusals() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Profile, arguments and message of everything a chip cannot hold."""
    for chip in CHIPS:
        low, high = chip.beta(chip.decays[0]), chip.beta(chip.decays[-1])
        for beta in (math.nan, math.inf, -0.1, 0.0, high + 1e-4, "0.9"):
            message = f"LIF: beta must be in {low:.6g}..{high:.6g} on {chip.name}, got {beta!r}"
            yield chip.name, {"beta": beta}, message
        step = hw_profiles.load(chip.name).state_step
        low, high = chip.thresholds[0] * step, chip.thresholds[-1] * step
        for threshold in (math.nan, math.inf, 0.0, -1.0, 1e-9, high + step, "1"):
            message = f"LIF: threshold must be in {low:.6g}..{high:.6g} on {chip.name}, got {threshold!r}"
            yield chip.name, {"threshold": threshold}, message
    yield "loihi2", {"reset": "subtract"}, "LIF: reset must be one of zero on loihi2, got 'subtract'"
    yield "reckon", {"reset": "none"}, "LIF: reset must be one of subtract, zero on reckon, got 'none'"


@pytest.mark.parametrize(("name", "changes", "message"), list(refusals()))
def test_what_the_chip_cannot_hold_is_refused(name: str, changes: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"beta": 0.95, "threshold": 1.0, "reset": None, **changes}
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        LIFSpec.from_profile(hw_profiles.load(name), **arguments)


@pytest.mark.parametrize("register", ["current", "membrane"])
def test_registers_above_30_bits_are_wide(register: str) -> None:
    spec = LIFSpec.from_profile(hw_profiles.load("generic8"), 0.9, 1.0, None)
    for bits in (30, 31, 32):
        wide: dict[str, Any] = {register: NumberFormat(bits)}
        assert replace(spec, **wide).wide == (bits > 30)
