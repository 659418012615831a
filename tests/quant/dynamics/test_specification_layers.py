"""Layers over time, forward and backward, on each backend and in NumPy, against the scalar specification."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from specified import CURVE, WITH_NEURONS, Ints, Specified, bias_codes_of, named, neuron_layers, slope, specified
from torch import Tensor

from spikelut import hw_profiles, native, quant
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.dynamics.specification import Recorded
from spikelut.quant.dynamics.specification_backward import NeuronGradients, neuron_backward
from spikelut.quant.dynamics.specification_events import comparing_step, summing_step
from spikelut.quant.network.layers import IntegerBias, IntegerLIF
from spikelut.quant.neurons.event_lif import EventLIF
from spikelut.quant.tables.specification import slope_of

STEPS, NEURONS = 10, 24


@contextmanager
def step_by_step() -> Iterator[None]:
    """torch, one operation after the other: no shorter way is taken."""
    with backend("torch"), unbranched():
        yield


BACKENDS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "torch": lambda: backend("torch"),
    "unbranched": step_by_step,
    **({} if native.reason_missing() else {"native": lambda: backend("native")}),
}


def drive(layer: Any, seed: int = 0) -> tuple[Ints, Ints, Ints]:
    """Currents [T, N], membranes and synaptic currents [N] in codes: of all sizes, some beyond every register."""
    random, frac = np.random.default_rng(seed), layer.spec.membrane.frac
    # Float32, in which currents come, holds 24 bits.
    size = 2.0 ** np.minimum(frac + random.uniform(-4, 5, NEURONS), 23)
    currents = random.normal(0.2, 0.6, (STEPS, NEURONS)) * size
    finer = layer.spec.finer
    most = 2 ** (24 - finer)
    codes = np.clip(np.rint(currents), -most, most).astype(np.int64)
    codes[-2:, ::5] *= 2**5
    register = layer.spec.membrane
    least, most = max(register.min_code, -(2**24)), min(register.max_code, 2**24)
    mem = np.clip(np.rint(random.normal(0, 0.3, NEURONS) * size), least, most).astype(np.int64)
    mem[:4] = (least, most, least + 1, most - 1)
    syn = np.zeros(NEURONS, np.int64)
    if layer.synapse:
        syn = np.clip(mem[::-1], layer.synapse.register.min_code, layer.synapse.register.max_code)
    if layer.spec.threshold is not None:
        # From rest, one code below the lowest that spikes, at it and above it.
        mem[6:9] = syn[6:9] = 0
        codes[0, 6:9] = layer.spec.spike_at + np.array([-1, 0, 1]) - bias_codes_of(layer, NEURONS)[6:9]
    if finer:
        codes = np.clip(codes, -most, most) << finer
        codes[1:] += random.integers(0, 2**finer, codes[1:].shape) * (abs(codes[1:]) < most << (finer - 1))
    return codes, mem, syn


def reals(codes: Ints, layer: Any, finer: int = 0) -> Tensor:
    """Codes [T, N] or [N] as real values [T, 1, N] or [1, N]; `finer`: by how many fraction bits than membranes."""
    values: Tensor = torch.from_numpy(codes).double() * layer.spec.membrane.step * 2.0**-finer
    return values.float().unsqueeze(-2).requires_grad_()


def slopes_of(layer: Any, made: Specified) -> Any:
    """The surrogate's derivative [T, N] in float32, where the specification says that it is read."""
    if layer.surrogate is None:
        return None
    x = made.of("x")
    if isinstance(layer.surrogate, quant.LUTSurrogate):
        table = layer.surrogate.table
        return np.array([[np.float32(float(slope_of(table, code))) for code in row] for row in x.tolist()])
    real = torch.from_numpy(x).float() * layer.spec.membrane.step
    return layer.surrogate.surrogate_grad(real).numpy()


def gradients(layer: Any, made: Specified, out: Any, mem: Any, syn: Any) -> list[NeuronGradients]:
    """Those of the specification in float32, neuron by neuron, for gradients of what comes out."""
    slopes = slopes_of(layer, made)
    return [
        neuron_backward(
            layer.spec,
            layer.synapse,
            steps,
            None if slopes is None else slopes[:, n],
            out[:, n],
            mem[n],
            syn[n],
            layer.truncate,
            np.float32,
        )
        for n, steps in enumerate(made.steps)
    ]


def compare_layer(layer: Any, made: Specified, name: str) -> Ints:
    """Runs a layer on the backend `name`; the gradients of its currents, as the specification has them."""
    given_to = [reals(v, layer, finer) for v, finer in zip(drive(layer), (layer.spec.finer, 0, 0), strict=True)]
    towards = [torch.from_numpy(np.random.default_rng(9).normal(size=g.shape)).float() for g in given_to]
    layer.zero_grad()
    with BACKENDS[name]():
        outputs = layer.run(*given_to)
        torch.autograd.backward([(out * g).sum() for out, g in zip(outputs, towards, strict=True)])
    reads_out = layer.spec.threshold is None
    # Where membranes have more than 24 bits, float32 rounds them.
    expected = reals(made.of("mem"), layer) if reads_out else torch.from_numpy(made.of("spikes")).float().unsqueeze(1)
    states = (reals(made.of("mem")[-1], layer), reals(made.syn[-1], layer))
    for out, wanted in zip(outputs, (expected, *states), strict=True):
        assert torch.equal(out, wanted)
    back = gradients(layer, made, *(g.squeeze(-2).numpy() for g in towards))
    exact = name != "native" or layer.surrogate is not CURVE
    rows = [np.array([getattr(b, which) for b in back]) for which in ("current", "mem", "syn", "bias")]
    for tensor, values in zip(given_to, (rows[0].T, *rows[1 : 3 if layer.synapse else 2]), strict=False):
        assert_same(torch.as_tensor(tensor.grad).squeeze(-2), values, exact)
    if layer.bias is not None:
        assert_same(layer.bias.grad, rows[3], exact)
    return rows[0]


def assert_same(found: Tensor, wanted: NDArray[Any], exact: bool) -> None:
    """Equal; of a curve in a kernel to 1e-6, as it rounds an operation or two differently."""
    expected = torch.from_numpy(np.asarray(wanted, np.float32))
    torch.testing.assert_close(found, expected, rtol=0 if exact else 1e-6, atol=0 if exact else 1e-6)


@pytest.mark.parametrize("kind", ["table", "curve"])
def test_layers_of_all_profiles(kind: str) -> None:
    """In one test, as they share what is slow to compute; a failure names its layer."""
    cut = wide = 0.0
    for layer in neuron_layers(kind, NEURONS):
        currents, mem, syn = drive(layer)
        made = specified(layer.spec, layer.synapse, currents, bias_codes_of(layer, NEURONS), mem, syn)
        out = made.of("mem" if layer.spec.threshold is None else "spikes")
        assert np.count_nonzero(out) > 0.08 * out.size, named(layer)
        cut += 1 - (made.of("mem_passes") & made.of("current_passes")).mean()
        wide += layer.spec.wide
        for name, truncate in product(BACKENDS, (None, 4)):
            layer.truncate = truncate
            try:
                grads = compare_layer(layer, made, name)
            except AssertionError as error:
                raise AssertionError(f"{named(layer)}, {name}, truncate={truncate}: {error}") from error
            assert np.count_nonzero(grads) > 0.1 * grads.size, named(layer)
    assert cut > 1  # of some 30 layers, in each of which a register may be cut in up to every step
    assert wide >= 3


LEARNED = {"generic16": "subtract", "reckon": "zero", "spinnaker2": "subtract", "loihi2": "zero", "tflm_int8": "zero"}


@pytest.mark.parametrize(("name", "reset"), [*LEARNED.items(), ("reckon", "subtract")])
def test_learned_values(name: str, reset: Any) -> None:
    profile = hw_profiles.load(name)
    surrogate = slope(profile, "table")
    layer = quant.LIF(profile, surrogate, beta=0.93, threshold=0.8, reset=reset, learn_beta=True, learn_threshold=True)
    currents, mem, _ = drive(layer)
    made, nonzero = specified(layer.spec, None, currents, mem=mem), 0
    for n in range(0, NEURONS, 3):  # one by one: gradients of several would be summed in some order
        one = Specified([made.steps[n]])
        given_to = [reals(currents[:, n : n + 1], layer), reals(mem[n : n + 1], layer)]
        towards = torch.from_numpy(np.random.default_rng(n).normal(size=(STEPS, 1, 1))).float()
        layer.zero_grad()
        with backend("torch"):
            torch.autograd.backward([(layer.run(*given_to).out * towards).sum()])
        (back,) = gradients(layer, one, towards[:, 0].numpy(), np.zeros(1, np.float32), np.zeros(1, np.float32))
        assert layer.raw_beta is not None
        assert layer.raw_threshold is not None
        assert_same(torch.as_tensor(layer.raw_beta.grad), back.beta, True)
        assert_same(torch.as_tensor(layer.raw_threshold.grad), back.threshold, True)
        nonzero += (back.threshold != 0) + (back.beta != 0)
    assert nonzero > 4


@settings(max_examples=4, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6))
def test_the_reference_in_numpy(seed: int) -> None:
    for layer in neuron_layers("curve", NEURONS):
        currents, mem, syn = drive(layer, seed)
        codes = bias_codes_of(layer, NEURONS)
        bias = IntegerBias(np.array(codes), 0) if layer.bias is not None else None
        reference = IntegerLIF("x", layer.spec, layer.surrogate, None, layer.synapse, bias)
        spikes, membranes, held = (v[:, 0] for v in reference.states(currents[:, None], mem[None], syn[None]))
        made = specified(layer.spec, layer.synapse, currents, codes, mem, syn)
        assert np.array_equal(membranes, made.of("mem")), named(layer)
        assert np.array_equal(spikes, made.of("spikes")), named(layer)
        assert np.array_equal(held, made.syn if layer.synapse else currents), named(layer)
        assert np.count_nonzero(membranes) > 0.5 * membranes.size
        assert spikes.any() or layer.spec.threshold is None


EVENTS = [p.name for p in WITH_NEURONS if p.current is not None and p.current.event_by_event]


def event_layer(name: str, reset: Any, gain: float) -> EventLIF:
    profile = hw_profiles.load(name)
    torch.manual_seed(1)
    surrogate = slope(profile, "table")
    currents: dict[str, Any] = {"alpha": 0.75} if profile.current_decay is not None else {}
    layer = EventLIF(7, 9, profile=profile, surrogate=surrogate, reset=reset, **currents)
    torch.nn.init.normal_(layer.linear.weight, 0.2 * gain, gain)
    return layer


@pytest.mark.parametrize("gain", [0.5, 16.0])
@pytest.mark.parametrize("name", EVENTS)
def test_events_one_by_one(name: str, gain: float) -> None:
    step = hw_profiles.load(name).step
    assert step is not None
    for reset in step.resets:
        layer = event_layer(name, reset, gain)
        each, spec, synapse = layer.events.each, layer.events.spec, layer.events.synapse
        random = np.random.default_rng(0)
        counts = random.integers(0, 4, (STEPS, 7)) * (random.random((STEPS, 7)) < 0.7)
        recorded = []
        for weights in layer.weight_codes().T.tolist():
            steps, mem, syn = [], 0, 0
            for arriving in counts.tolist():
                if each:
                    done = comparing_step(spec, mem, weights, arriving)
                else:
                    done, syn = summing_step(spec, synapse, mem, syn, weights, arriving)
                mem = done.mem
                steps.append(Recorded(done._replace(current_passes=True), syn, True))
            recorded.append(steps)
        made = Specified(recorded)
        sums: list[Tensor] = []
        handle = layer.linear.register_forward_hook(lambda _m, _i, out, sums=sums: sums.append(out))
        spikes = layer(torch.from_numpy(counts[:, None]).float())
        handle.remove()
        towards = torch.from_numpy(random.normal(size=spikes.shape)).float()
        (found,) = torch.autograd.grad((spikes * towards).sum(), sums)
        assert np.array_equal(spikes.detach()[:, 0].numpy(), made.of("spikes"))
        assert made.of("spikes").any()
        layer.spec, layer.synapse, layer.truncate = spec, synapse, None  # type: ignore[assignment]  # as other layers
        none = np.zeros(9, np.float32)
        back = gradients(layer, made, towards[:, 0].numpy(), none, none)
        wanted = np.array([b.current for b in back]).T
        assert_same(found[:, 0], wanted, True)
        assert np.count_nonzero(wanted) > (0.1 if gain < 1 else 0) * wanted.size
