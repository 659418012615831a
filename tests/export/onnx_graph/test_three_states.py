"""A neuron kind that only this file knows, with three states, in ONNX files and in C: all follows from its step."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from c_networks import Library
from numpy.typing import NDArray
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.runtimes import by_name, check, network_case
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import multiply_shift, round_shift
from spikelut.quant.dynamics.kind import Dynamics, State, StepResult
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.network import layers
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import reference_states
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan

Ints = NDArray[np.int64]
STEPS, SAMPLES = 12, 3
PAIRS = [(dialect, form) for dialect in ("integer", "functions") for form in ("scan", "step", "unrolled")]
PAIRS += [("flat", "scan"), ("arith", "step"), ("arith", "unrolled")]


@dataclass(frozen=True)
class AdaptiveDynamics(Dynamics):
    """Neurons behind a current, tired by each of their spikes:

    syn = register(round(syn / 4) + arriving), mem = register(0.9 mem + syn + bias - tired), less the threshold where it
    spiked, tired = register(tired - floor(tired / 8) + 100 spikes)
    """

    @property
    def states(self) -> tuple[State, ...]:
        wide, unsigned = NumberFormat(16), NumberFormat(9, signed=False)
        return State("mem", "membrane", self.spec.membrane), State("syn", "current", wide), State("tired", "", unsigned)

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return AdaptiveDynamics(spec)

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        mem, syn, tired = states
        syn = apply_overflow(ops, round_shift(ops, syn, 2, "half_even") + arriving, self.states[1].register)
        exact = multiply_shift(ops, mem, 230, 8, "half_away") + syn + bias - tired
        full = apply_overflow(ops, exact, self.spec.membrane)
        x = full - self.spec.spike_at
        spikes = ops.spike(x)
        after = ops.where(spikes, apply_overflow(ops, full - self.spec.threshold, self.spec.membrane), full)
        tired = apply_overflow(ops, tired - (tired >> 3) + ops.where(spikes, 100, 0), self.states[2].register)
        return StepResult((after, syn, tired), spikes, x, (full == exact, True), full, mem)


@dataclass(frozen=True)
class DelayDynamics(Dynamics):
    """A membrane that sums what came in two steps before, and never spikes; two registers hold the same."""

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(State(name, name, self.spec.membrane) for name in ("mem", "new", "old", "twin"))

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return DelayDynamics(spec)

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        mem, new, old, _ = states
        full = apply_overflow(ops, mem + old, self.spec.membrane)
        came = apply_overflow(ops, arriving, self.spec.membrane)
        x = ops.clip(full, -5, 5) - 6
        return StepResult((full, came, new, came), ops.spike(x), x, (True, True), full, mem)


def kind_of(spec: LIFSpec, synapse: SynapseSpec | None = None) -> Dynamics:
    """Adaptive neurons in the place of plain spiking ones."""
    return dynamics_of(spec, synapse) if synapse or spec.threshold is None else AdaptiveDynamics(spec)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> IntegerNetwork:
    """Adaptive neurons with a bias, and ones that are recurrent too, before a read-out."""
    monkeypatch.setattr(layers, "dynamics_of", kind_of)
    profile = replace(hw_profiles.load("generic8"), bias=hw_profiles.load("loihi2").bias)
    torch.manual_seed(1)
    weights = [QuantLinear(a, b, profile=profile) for a, b in ((5, 8), (8, 7), (7, 7), (7, 3))]
    for layer in weights:
        nn.init.normal_(layer.weight, 0.1, 0.6)
    biased = quant.LIF(profile, Arctan(), bias=8)
    assert biased.bias is not None  # as was just asked for
    nn.init.normal_(biased.bias, 0.1, 0.2)
    recurrent = quant.Recurrent(quant.LIF(profile, Arctan()), 7)
    recurrent.linear = weights[2]
    return quant.integer(nn.Sequential(weights[0], biased, weights[1], recurrent, weights[3], quant.LI(profile)))


@pytest.fixture
def delaying(monkeypatch: pytest.MonkeyPatch) -> IntegerNetwork:
    """Neurons that hand on what came in, before a read-out, to which nothing comes."""
    monkeypatch.setattr(
        layers, "dynamics_of", lambda spec, synapse=None: DelayDynamics(spec) if spec.threshold else dynamics_of(spec)
    )
    profile = hw_profiles.load("generic8")
    torch.manual_seed(1)
    first, last = QuantLinear(5, 8, profile=profile), QuantLinear(8, 3, profile=profile)
    nn.init.normal_(first.weight, 0.1, 0.6)
    return quant.integer(nn.Sequential(first, quant.LIF(profile, Arctan()), last, quant.LI(profile)))


def in_codes(layer: quant.IntegerLinear) -> Ints:
    """The membrane codes that an event adds, [in, out]."""
    return layer.weight.T << layer.exponent + layer.shift


def stepped(network: IntegerNetwork, events: Ints) -> dict[str, Ints]:
    """Every state after every step, [T, B, n], by steps of the kind on NumPy's arrays."""
    found: dict[str, Ints] = {}
    for index, layer in enumerate(network.layers):
        if not isinstance(layer, quant.IntegerLIF):
            continue
        weights = cast(quant.IntegerLinear, network.layers[index - 1])
        sums = events @ in_codes(weights)
        names = [state.name for state in layer.kind.states]
        states = tuple(np.zeros(sums.shape[1:], np.int64) for _ in names)
        rows: dict[str, list[Ints]] = {name: [] for name in ("out", *names)}
        spikes = np.zeros(sums.shape[1:], np.int64)
        for arriving in sums:
            if layer.recurrent:
                arriving = arriving + spikes @ (
                    layer.recurrent.weight.T << layer.recurrent.exponent + layer.recurrent.shift
                )
            step = layer.kind.step(NumpyOps, states, arriving, 0 if layer.bias is None else layer.bias.codes(2))
            states, spikes = step.states, step.mem if layer.reads_out else step.spikes.astype(np.int64)
            for name, value in zip(rows, (spikes, *states), strict=True):
                rows[name].append(value)
        events = np.stack(rows.pop("out"))
        found[f"{'membrane' if layer.reads_out else 'spikes'}.{layer.name}"] = events
        found |= {f"{layer.name}.{name}": np.stack(row) for name, row in rows.items()}
        found |= {f"{layer.name}.last": events} if layer.recurrent else {}
    return found


@pytest.fixture
def events() -> Ints:
    return np.random.default_rng(0).integers(0, 2, (STEPS, SAMPLES, 5))


def test_the_reference(network: IntegerNetwork, events: Ints) -> None:
    expected, found = stepped(network, events), reference_states(network, events)
    assert {"1.mem", "1.syn", "1.tired", "3.tired", "3.last", "5.mem"} <= found.keys() == expected.keys()
    for name, array in expected.items():
        assert np.array_equal(found[name], array), name
        assert np.count_nonzero(array) > 0.1 * array.size, name
    assert (found["3.tired"] > 100).any()


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_onnx_files(network: IntegerNetwork, events: Ints, dialect: Any, form: Any, tmp_path: Path) -> None:
    expected = stepped(network, events)
    export.to_onnx(network, events.shape, tmp_path / "x.onnx", dialect, form=form, hidden_spikes=True)
    case = network_case(tmp_path / "x.onnx", events, network)
    assert case.inside is not None or form == "step"
    computed = {**case.expected, **(case.inside.expected if case.inside else {})}
    assert computed.keys() >= {"1.mem", "1.syn", "1.tired", "3.tired", "spikes.1"}
    for name, array in computed.items():
        # What nobody needs after the last of a fixed number of steps is not there.
        assert np.array_equal(array, expected[name][: len(array)]) or name == "membrane.5", name
        assert len(array) >= STEPS - (form == "unrolled")
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.reason, outcome.silent) == ("agrees", "", ())
    assert outcome.compared == sum(array.size for array in computed.values())


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_what_is_handed_on(delaying: IntegerNetwork, events: Ints, dialect: Any, form: Any, tmp_path: Path) -> None:
    expected = stepped(delaying, events)
    export.to_onnx(delaying, events.shape, tmp_path / "x.onnx", dialect, form=form, hidden_spikes=True)
    case = network_case(tmp_path / "x.onnx", events, delaying)
    computed = {**case.expected, **(case.inside.expected if case.inside else {})}
    # Of a fixed number of steps nobody needs the states, as no spike ever depends on them.
    assert computed.keys() >= {"spikes.1", *(f"1.{s}" for s in ("mem", "new", "old", "twin") if form != "unrolled")}
    for name in expected.keys() & computed.keys() - {"membrane.3", "3.mem"}:
        array = computed[name]
        assert np.array_equal(array, expected[name][: len(array)]), name
        assert len(array) >= STEPS - 3 * (form == "unrolled")
        assert array.any() == (name != "spikes.1")
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.reason) == ("agrees", "")


def test_c(network: IntegerNetwork, events: Ints, tmp_path: Path) -> None:
    expected = stepped(network, events)
    source = export.to_c(network, tmp_path, "net", steps=1)[1]
    found = Library.of(network, source, None).run(events, STEPS)
    assert found.keys() >= {"1.mem", "1.syn", "1.tired", "3.mem", "3.syn", "3.tired", "5.mem", "membrane.5"}
    for name, array in found.items():
        assert np.array_equal(array, expected[name]), name
