"""Layers that take event after event: torch and NumPy against a neuron in plain integers that sees its own sources."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from event_networks import CHIPS, LEAKING, conv, dense, events, mixed
from hypothesis import given, settings
from hypothesis import strategies as st
from lif_profiles import taken
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.dynamics.specification_events import comparing_step, summing_step
from spikelut.quant.network.events.limits import most_spikes
from spikelut.quant.network.events.order import in_danger
from spikelut.quant.network.reference import stages
from spikelut.quant.network.silence import SilentLayerWarning
from spikelut.surrogates import Arctan


def sources_of(layer: Any, x: Tensor, place: tuple[int, int], channel: int) -> tuple[list[int], list[list[int]]]:
    """The weights of the sources of one neuron, and their counts in each step, in the order of the image.

    Found by going through the image: by channel, row and column of what comes in.
    """
    c, weights = layer.conv, layer.weight_codes()
    per_group = c.in_channels // c.groups
    first = channel // (c.out_channels // c.groups) * per_group
    found, seen = [], []
    for i in range(first, first + per_group):
        for line in range(x.shape[2]):
            for at in range(x.shape[3]):
                row, rest = divmod(line + c.padding[0] - place[0] * c.stride[0], c.dilation[0])
                column, more = divmod(at + c.padding[1] - place[1] * c.stride[1], c.dilation[1])
                if rest or more or not (0 <= row < c.kernel_size[0] and 0 <= column < c.kernel_size[1]):
                    continue
                found.append(int(weights[channel, i - first, row, column]))
                seen.append(x[:, i, line, at].int().tolist())
    return found, [list(counts) for counts in zip(*seen, strict=True)]


def restated(layer: Any, x: Tensor, bias: list[int]) -> Any:
    """The spikes of every neuron of [T, C, H, W] in plain integers."""
    out = layer(x[:, None]).shape[2:]
    spikes = np.zeros((len(x), *out), np.int64)
    spec, synapse = layer.events.spec, layer.events.synapse
    for o, y, z in np.ndindex(*out):
        weights, counts = sources_of(layer, x, (y, z), o)
        mem = syn = 0
        for t, came in enumerate(counts):
            if layer.events.each and (bias or not layer.events.ticks):
                step: Any = ticked(layer, mem, weights, came, bias[o] if bias else None)
            elif layer.events.each:
                step = comparing_step(spec, mem, weights, came)
            else:
                assert not bias
                step, syn = summing_step(spec, synapse, mem, syn, weights, came)
            spikes[t, o, y, z], mem = step.spikes, step.mem
    return spikes


class Ended:
    """Spikes of a step, and the membrane after it."""

    def __init__(self, mem: int, spikes: int) -> None:
        self.mem, self.spikes = mem, spikes


def ticked(layer: Any, mem: int, weights: list[int], counts: list[int], bias: int | None) -> Any:
    """A step of Speck: 16 bits; each event is added, compared, and subtracts the threshold; then a bias likewise."""
    spec, spikes = layer.events.spec, 0
    changes = [w for w, n in zip(weights, counts, strict=True) for _ in range(n)]
    for change in [*changes, *([] if bias is None else [bias])]:
        mem = max(-(2**15), min(2**15 - 1, mem + change))
        if mem >= spec.threshold:
            spikes, mem = spikes + 1, 0 if spec.reset == "zero" else mem - spec.threshold
    return Ended(mem, spikes)


def codes_of(layer: Any) -> list[int]:
    found = layer.integer_bias()
    return [] if found is None else (found[0] << found[1]).tolist()


GEOMETRIES: list[dict[str, Any]] = [
    {"stride": 1, "padding": 0},
    {"stride": (2, 1), "padding": (1, 2)},
    {"stride": 1, "padding": 1, "groups": 2},
    {"stride": 2, "padding": (0, 1), "dilation": (1, 2)},
]


@pytest.mark.parametrize("gain", [0.4, 60.0])
@pytest.mark.parametrize("name", CHIPS)
def test_convolutions_take_events_in_the_order_of_the_image(name: str, gain: float) -> None:
    total = 0.0
    for number, geometry in enumerate(GEOMETRIES):
        layer = conv(name, gain, number, **geometry)
        x = events((4, 2, 5, 6), seed=number)
        spikes = layer(x[:, None])[:, 0]
        assert np.array_equal(spikes.detach().numpy(), restated(layer, x, []))
        total += float(spikes.detach().sum())
    assert total > 20


@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_a_bias_of_speck_is_one_more_event(reset: Any) -> None:
    layer, x = conv("speck2f", 0.6, bias=True, reset=reset), events((6, 2, 5, 6))
    assert min(codes_of(layer)) < 0 < max(codes_of(layer))
    spikes = layer(x[:, None])[:, 0]
    assert np.array_equal(spikes.detach().numpy(), restated(layer, x, codes_of(layer)))
    assert spikes.detach().max() > 1


def test_without_ticks_a_neuron_waits_for_its_next_event() -> None:
    profile = hw_profiles.load("speck2f")
    layer = quant.EventConv2d(1, 1, 1, profile=profile, surrogate=Arctan())
    layer.conv.weight.data.fill_(1.9)
    x = torch.zeros(4, 1, 1, 1, 1)
    x[0] = x[3] = 1
    # 1.9 spikes and leaves 0.9; then 2.8 and leaves 1.8, above the threshold.
    assert not layer.events.ticks
    assert layer(x).flatten().tolist() == [1, 0, 0, 1]
    made = quant.EventConv2d(1, 1, 1, profile=profile, surrogate=Arctan(), ticks=True)
    made.conv.weight.data.fill_(1.9)
    assert made(x).flatten().tolist() == [1, 0, 0, 2]
    assert quant.EventLIF(1, 1, profile=profile, surrogate=Arctan()).events.ticks


@settings(max_examples=12)
@given(st.sampled_from(CHIPS), st.integers(0, 2**16), st.sampled_from([0.2, 0.6, 3.0, 60.0]), st.integers(1, 4))
def test_torch_and_numpy_agree_and_integers_come_back(name: str, seed: int, gain: float, largest: int) -> None:
    largest = taken(hw_profiles.load(name), largest)
    model, x = mixed(name, gain, seed), events((7, 2, 2, 7, 6), 0.5, largest, seed)
    network = quant.integer(model, example=x, largest_input=largest)
    hidden, out = model[0](x), model(x)
    found = network.run(x.numpy())
    assert np.array_equal(found["0"], hidden.detach().numpy())
    assert np.array_equal(found["3"], out.detach().numpy())
    assert found["0"].any()
    assert all(found[name].max() <= network.signals[name].largest for name in found)
    again = quant.from_integer(network)
    assert torch.equal(again(x), out)


def test_the_most_spikes_of_a_step_are_never_exceeded_and_nearly_reached() -> None:
    reached = 0.0
    for seed in range(12):
        name, reset = ("odin", "zero") if seed % 3 == 0 else ("speck2f", ("subtract", "zero")[seed % 2])
        layer = dense(name, 6, 8, (0.3, 0.8, 1.9)[seed % 3], seed, reset=reset)
        largest = 1 + seed % 3
        network = quant.integer(nn.Sequential(layer), largest_input=largest)
        neurons: Any = network.layers[0]
        bound = most_spikes(neurons.weights, neurons.spec, 0, neurons.ticks, largest)
        assert network.signals["0"].largest == bound
        x = np.random.default_rng(seed).integers(0, largest + 1, (60, 200, 6))
        x[:, ::2] = largest
        most = int(network.run(x)["0"].max())
        assert most <= bound
        reached = max(reached, most / bound)
    assert reached > 0.7


@pytest.mark.parametrize("overflow", ["saturate", "wrap"])
@pytest.mark.parametrize("several", [1, 3, 9])
def test_no_event_of_any_profile_causes_more_spikes_than_a_file_expects(several: int, overflow: Any) -> None:
    speck: Any = hw_profiles.load("speck2f")
    step = replace(speck.step, max_spikes=several, resets=("subtract",))
    profile = replace(speck, step=step, membrane=replace(speck.membrane, overflow=overflow, bits=10))
    more = 0
    for seed in range(12):
        torch.manual_seed(seed)
        layer = quant.EventLIF(6, 8, profile=profile, surrogate=Arctan(), threshold=(0.25, 1.0)[seed % 2])
        falls = overflow == "wrap" and seed % 3 == 0  # which is to rise, where registers wrap
        layer.linear.weight.data.uniform_(-4, 0.2 if falls else 4)
        network = quant.integer(nn.Sequential(layer), largest_input=2)
        x = np.random.default_rng(seed).integers(0, 3, (60, 50, 6))
        x[:, ::2] = 2
        most = int(network.run(x)["0"].max())
        assert 0 < most <= network.signals["0"].largest
        more += most > 6 * 2 + 1  # than there are events, and the tick
    assert (more > 0) == (several > 1)


def test_layers_that_never_spike_are_named() -> None:
    layer = dense("odin", 3, 2, beta=1 - 8 / 32)
    layer.linear.weight.data.copy_(torch.tensor([[0.06, 0.06, 0.06], [0.06, -0.2, 0.06]]))
    with pytest.warns(SilentLayerWarning, match="layer '0' can never spike"):
        quant.integer(nn.Sequential(layer))
    layer.linear.weight.data[0] = 0.2  # 6 codes each: 18 of them rise above the leak of 8
    x = torch.ones(30, 1, 3)
    assert layer(x).detach().sum() > 0
    assert quant.check(nn.Sequential(layer), x).ok


def test_check_says_where_adding_at_once_could_differ() -> None:
    profile = hw_profiles.load("reckon")
    linear = quant.QuantLinear(12, 6, profile=profile)
    model = nn.Sequential(linear, quant.LIF(profile, Arctan()))
    x = events((20, 3, 12), 0.8, 1)
    linear.weight.data = torch.randn(6, 12, generator=torch.Generator().manual_seed(0)) * 0.3
    assert "one by one" not in str(quant.check(model, x))
    linear.weight.data *= 60
    found = quant.check(model, x)
    assert found.ok
    danger = found.layers[1].in_danger
    assert danger is not None
    assert danger > 0.02
    assert "of steps events added one by one could saturate: EventLIF" in str(found)
    # Where nothing is in danger both give the same, and they do differ where something is.
    exact = quant.EventLIF(12, 6, profile=profile, surrogate=Arctan())
    exact.linear.load_state_dict(linear.state_dict())
    assert not torch.equal(exact(x), model(x))
    linear.weight.data /= 60
    exact.linear.load_state_dict(linear.state_dict())
    assert torch.equal(exact(x), model(x))
    (stage,) = stages(quant.integer(model), x.numpy())
    assert in_danger(stage) == 0
    event_by_event = quant.check(nn.Sequential(exact), x).layers[0]
    assert (event_by_event.kind, event_by_event.fan_in) == ("neurons, event by event", 12)


def test_a_sum_beyond_its_own_register_is_in_danger() -> None:
    """No partial sum leaves the membrane, which is low before, but the layer cuts the whole sum first."""
    profile = hw_profiles.load("reckon")
    spec = quant.LIFSpec.from_profile(profile, beta=0.95, threshold=30.0, reset=None)
    weights = quant.IntegerLinear("w", np.array([[-80, -80, 104, 104, 104]], np.int8), 1, 7, 0, 8)
    layers = weights, quant.IntegerLIF("n", spec, None, None)
    x = np.array([[[1, 1, 0, 0, 0]], [[0, 0, 1, 1, 1]]])
    (stage,) = stages(quant.IntegerNetwork(profile, layers), x)
    one_by_one = quant.IntegerEventLIF("n", spec, None, None, weights=weights, each=False).trace(x)["mem"]
    assert (stage.states["mem"] != one_by_one).ravel().tolist() == [False, True]
    assert in_danger(stage) == 0.5


def test_what_is_no_such_layer_is_refused() -> None:
    speck, loihi = hw_profiles.load("speck2f"), hw_profiles.load("loihi2")
    with pytest.raises(ValueError, match=r"^EventConv2d: profile must add event by event, got 'loihi2'"):
        quant.EventConv2d(1, 1, 1, profile=loihi, surrogate=Arctan())
    with pytest.raises(ValueError, match=r"^EventConv2d: padding must be a number of zeros, or two, got 'same'"):
        quant.EventConv2d(1, 1, 1, profile=speck, surrogate=Arctan(), padding="same")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match=r"^EventLIF: odin has no bias, so bias must be False"):
        quant.EventLIF(1, 1, profile=hw_profiles.load("odin"), surrogate=Arctan(), bias=True)
    with pytest.raises(ValueError, match=r"^EventLIF: ticks must be True where a leak or a bias"):
        quant.EventLIF(1, 1, profile=speck, surrogate=Arctan(), bias=True, ticks=False)
    with pytest.raises(ValueError, match=r"^EventLIF: reckon compares once in every step, so ticks must be True"):
        quant.EventLIF(1, 1, profile=hw_profiles.load("reckon"), surrogate=Arctan(), ticks=False)
    layer = conv("speck2f")
    with pytest.raises(ValueError, match=r"^EventConv2d: spikes must be \[T, B, 2, H, W\], got \(1, 1, 3, 5, 5\)"):
        layer(torch.zeros(1, 1, 3, 5, 5))
    with pytest.raises(ValueError, match=r"^integer: layer '1': must be given \[T, B, 8\]"):
        quant.integer(nn.Sequential(conv("speck2f"), dense("speck2f", 8, 3)), example=(3, 1, 2, 4, 4))
    with pytest.raises(ValueError, match="weights and neurons must alternate"):
        quant.integer(nn.Sequential(quant.QuantLinear(4, 3, profile=speck), dense("speck2f", 3, 2)))


def test_gradients_of_convolutions_are_those_of_the_dense_layer() -> None:
    """A kernel as large as the image is a dense layer."""
    for name in CHIPS:
        layer = conv(name, 0.4, stride=1, padding=0)
        options: dict[str, Any] = {"profile": layer.profile, "surrogate": Arctan(), "beta": LEAKING.get(name)}
        flat = quant.EventLIF(18, 4, **options, ticks=layer.events.ticks)
        x = events((6, 3, 2, 3, 3))
        flat.linear.weight.data = layer.conv.weight.data.reshape(4, 18).clone()
        a, b = layer(x), flat(x.flatten(2))
        assert torch.equal(a.flatten(2), b)
        probe = torch.randn(b.shape, generator=torch.Generator().manual_seed(5))
        (one,) = torch.autograd.grad((a.flatten(2) * probe).sum(), layer.conv.weight)
        (other,) = torch.autograd.grad((b * probe).sum(), flat.linear.weight)
        assert other.abs().max() > 0
        torch.testing.assert_close(one.reshape(4, 18), other, rtol=1e-5, atol=1e-5 * float(other.abs().max()))


def test_biases_learn() -> None:
    layer, x = conv("speck2f", 0.3, bias=True), events((8, 4, 2, 6, 6), 0.3)
    bias: Any = layer.bias
    optimiser = torch.optim.Adam([bias], 0.05)
    wanted, losses = 0.6, []
    for _ in range(25):
        loss: Any = (layer(x).mean() - wanted) ** 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert bias.grad.abs().max() > 0
    assert losses[-1] < 0.2 * losses[0]


def test_how_often_registers_saturate_is_not_said() -> None:
    profile = hw_profiles.load("odin")
    layer = quant.EventLIF(6, 6, profile=profile, surrogate=Arctan())
    neurons: Any = quant.integer(nn.Sequential(layer)).layers[0]
    with pytest.raises(ValueError, match=r"^layer '0': saturated must be asked of neurons that add once a step"):
        neurons.saturated(np.ones((2, 1, 6), np.int64))
