"""One time step in NumPy and torch against the scalar specification: all leaks, orders, registers and read points."""

from dataclasses import replace
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from specified import CUBA, WITH_NEURONS

from spikelut.hw_profiles import NumberFormat, Profile, Rounding
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.current import synapse_step as synapse_of_arrays
from spikelut.quant.dynamics.leak import Leak, leak_step
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import MAX_CURRENT, LIFSpec, SynapseSpec
from spikelut.quant.dynamics.specification import NeuronStep, leaked, neuron_step, synapse_step

MODES: tuple[Rounding, ...] = tuple(mode for mode in get_args(Rounding) if mode != "stochastic")
NAMES = ("mem", "spikes", "x", "full", "mem_passes", "current_passes")
TWELVE = NumberFormat(12)


def leaks() -> list[Leak]:
    """Every kind of leak and rounding, some amounts that are none, small, at one and above it."""
    made = [Leak("none", 0, 0, "floor", TWELVE)]
    made += [Leak("linear", amount, 0, "floor", TWELVE) for amount in (0, 1, 127, 4000)]
    wraps = replace(TWELVE, overflow="wrap")
    for mode in MODES:
        made += [Leak("shift", k, 0, mode, TWELVE, least) for k in (0, 1, 3, 13) for least in (False, True)]
        made += [Leak("multiply", n, 4, mode, wraps) for n in (1, 5, 8, 16, 17, 31)]
        made += [Leak("multiply", n, 12, mode, TWELVE) for n in (2047, 2048, 4095, 8191)]
        made += [Leak("relax", n, 7, mode, TWELVE) for n in (0, 63, 64)]
    return made


def test_leaks_on_every_twelve_bit_state() -> None:
    codes = np.arange(-(2**11), 2**11)
    changed = 0
    for leak in leaks():
        expected = [leaked(leak, v) for v in codes.tolist()]
        assert leak_step(NumpyOps, leak, codes).tolist() == expected, leak
        assert leak_step(TorchOps, leak, torch.from_numpy(codes).int()).tolist() == expected, leak
        changed += int(np.count_nonzero(codes != expected))
    assert changed > 0.7 * len(codes) * len(leaks())


def near(low: int, high: int, *corners: int) -> st.SearchStrategy[int]:
    """Integers in low..high, often within two of a corner or of an end."""
    close = [c + d for c in (low, high, 0, *corners) for d in (-2, -1, 0, 1, 2) if low <= c + d <= high]
    return st.one_of(st.sampled_from(close), st.integers(low, high))


@st.composite
def specs(draw: st.DrawFn, profile: Profile) -> LIFSpec:
    """A neuron of a profile, anywhere in the chip's ranges; of half of them the order and the rest are drawn, too."""
    decay, register, step = profile.decay, profile.threshold, profile.step
    assert decay is not None
    assert register is not None
    assert step is not None
    membrane, unit = profile.membrane_format, 2**register.shift
    highest = min(register.max_code, membrane.max_code) // unit
    low = {"none": 1.0, "linear": 1.0}.get(decay.kind)
    beta = 0.9375 if low is None else low
    most = draw(st.sampled_from(sorted({1, 2, step.max_spikes}))) if step.max_spikes > 1 else 1
    spec = LIFSpec.from_profile(
        profile, beta, unit / 2**profile.grid.frac, draw(st.sampled_from(step.resets)), "x", most
    )
    amount = draw(near(decay.min, decay.max, 2**decay.frac))
    threshold = unit * draw(st.one_of(near(1, highest), st.integers(1, max(1, highest // 8))))
    spec = replace(spec, leak=replace(spec.leak, amount=amount), threshold=threshold)
    if draw(st.integers(0, 2)) == 0:
        return spec
    first = spec.leak.kind == "relax" or draw(st.booleans())
    most = draw(st.sampled_from([1, 3, 3]))
    return replace(
        spec,
        leak_first=first,
        strict=draw(st.booleans()),
        reset=draw(st.sampled_from(["zero", "subtract"])),
        read=draw(st.sampled_from(["before_leak", "after_leak", "after_reset"])),
        max_spikes=most,
        leak_or_reset=not first and most == 1 and draw(st.booleans()),
        change_saturates=first and spec.leak.kind != "relax" and draw(st.booleans()),
        membrane=replace(
            membrane, overflow="saturate" if membrane.narrow else draw(st.sampled_from(["saturate", "wrap"]))
        ),
        reset_format=replace(spec.reset_format, overflow=draw(st.sampled_from(["saturate", "wrap"]))),
        threshold=None if draw(st.integers(0, 7)) == 7 else threshold,
    )


def columns(step: Any, names: list[str]) -> list[list[int]]:
    """The numbers of a step of arrays, of which some may be one for all, as those of the specification."""
    values = (np.broadcast_to(np.asarray(getattr(step, name)), np.shape(step.mem)) for name in names)
    return [[int(v) for v in row] for row in zip(*values, strict=True)]


@pytest.mark.parametrize("profile", WITH_NEURONS, ids=lambda p: p.name)
def test_steps_at_the_ends_of_registers(profile: Profile) -> None:
    made: list[tuple[int, NeuronStep]] = []

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(spec=specs(profile), data=st.data())
    def check(spec: LIFSpec, data: st.DataObject) -> None:
        theta, reach = spec.threshold or 0, 2**40 if spec.wide else MAX_CURRENT
        least, most = spec.membrane.min_code, spec.membrane.max_code
        states = near(least, most, *(k * theta for k in range(4)))
        ends = [s * 2**b for b in (spec.current.bits - 1, spec.current.bits, spec.membrane.bits - 1) for s in (-1, 1)]
        sums = st.one_of(near(-reach, reach, theta, *ends), st.integers(least, most), st.integers(-9, 9))
        biased = profile.bias is not None and data.draw(st.booleans())
        biases = st.integers(-(2**12), 2**12) if biased else st.just(0)
        given_to = data.draw(st.lists(st.tuples(states, sums, biases), min_size=6, max_size=18))
        # Whatever is drawn: both ends, once with a sum beyond its register, and one or three thresholds.
        far, held = (min(spec.current.max_code + d, reach) for d in (9, -9))
        given_to += [(most, far, 0), (most, held, 0), (least, -far, 0), (least, -held, 0)]
        given_to += [(min(k * theta + d, most), 0, 0) for k in (1, 3) for d in (-1, 0, 1)]
        expected = [neuron_step(spec, *numbers) for numbers in given_to]
        names = [name for name in NAMES if not (spec.threshold is None and name in ("spikes", "x"))]
        wanted = [[int(getattr(step, name)) for name in names] for step in expected]
        arrays = np.array(given_to, np.int64).T
        assert columns(lif_step(NumpyOps, spec, *arrays), names) == wanted
        tensors = torch.from_numpy(arrays).to(torch.int64 if spec.wide else torch.int32)
        assert columns(lif_step(TorchOps, spec, *tensors), names) == wanted
        made.extend((numbers[0], step) for numbers, step in zip(given_to, expected, strict=True))

    check()
    share = {name: sum(bool(getattr(step, name)) for _, step in made) / len(made) for name in NAMES}
    # What hypothesis draws changes with the modules that are loaded: the least shares are far below the usual ones.
    assert sum(step.mem != before for before, step in made) > 0.2 * len(made)
    assert share["spikes"] > 0.05
    # Between two codes of its register a relaxing membrane leaves it only with a bias.
    relaxes = profile.decay is not None and profile.decay.kind == "relax"
    assert 1 - share["mem_passes"] >= 0.005 or relaxes
    assert profile.current is not None
    assert 1 - share["current_passes"] > 0.01 or profile.current.overflow == "wrap"
    assert sum(step.spikes > 1 for _, step in made) > 0


@pytest.mark.parametrize("profile", CUBA, ids=lambda p: p.name)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_synaptic_currents_at_the_ends_of_registers(profile: Profile, data: st.DataObject) -> None:
    decay = profile.current_decay
    assert decay is not None
    synapse = SynapseSpec.from_profile(profile, 0.5, "x")
    amount, first = data.draw(near(decay.min, decay.max)), data.draw(st.booleans())
    synapse = replace(synapse, leak=replace(synapse.leak, amount=amount), input_first=first)
    least, most = synapse.register.min_code, synapse.register.max_code
    pairs = st.tuples(near(least, most), near(-MAX_CURRENT, MAX_CURRENT, least, most))
    syn, arriving = zip(*data.draw(st.lists(pairs, min_size=4, max_size=24)), strict=True)
    expected = [synapse_step(synapse, s, a) for s, a in zip(syn, arriving, strict=True)]
    for ops, make in ((NumpyOps, np.array), (TorchOps, torch.tensor)):
        found, passes = synapse_of_arrays(ops, synapse, make(syn), make(arriving))
        assert found.tolist() == [s for s, _ in expected]
        assert np.broadcast_to(np.asarray(passes), len(syn)).tolist() == [p for _, p in expected]


@pytest.mark.parametrize("kind", ["multiply", "shift", "linear", "relax"])
def test_values_of_each_neuron(kind: Any) -> None:
    """Leaks and thresholds in arrays: each neuron is one with its own."""
    random = np.random.default_rng(0)
    amounts = random.integers(1, 12 if kind == "shift" else 4096, 40)
    thresholds = random.integers(1, 3000, 40)
    register = NumberFormat(16, 12)
    for several, strict, first in product((1, 4), (False, True), (True,) if kind == "relax" else (True, False)):
        rounding: Rounding = "floor" if kind == "shift" else "trunc0"  # shifts of each neuron are floored
        leak = Leak(kind, amounts, 12, rounding, register)
        spec = LIFSpec(register, register, leak, first, thresholds, strict, "subtract", register, "after_reset")
        spec = replace(spec, max_spikes=several)
        mem, current = random.integers(-9000, 9000, (2, 40))
        step = lif_step(NumpyOps, spec, mem, current)
        own = [
            neuron_step(replace(spec, leak=replace(leak, amount=a), threshold=theta), v, u)
            for a, theta, v, u in zip(*(x.tolist() for x in (amounts, thresholds, mem, current)), strict=True)
        ]
        for name in NAMES:
            expected = np.array([getattr(s, name) for s in own])
            assert np.array_equal(np.broadcast_to(getattr(step, name), 40), expected), name
            assert expected.any()
