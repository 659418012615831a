"""`quant.EventLIF`: events added one by one, against plain Python integers and against the layers that add at once."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.neurons.event_lif import EventLIF
from spikelut.surrogates import Sigmoid

NAMES = ("odin", "reckon", "sne", "speck2f", "spikerplus", "tinyodin", "xylo")
CURVE = Sigmoid(alpha=3.0)


def layer(name: str, fan_in: int = 12, fan_out: int = 7, gain: float = 1.0, **options: Any) -> EventLIF:
    profile = hw_profiles.load(name)
    surrogate = quant.LUTSurrogate(CURVE, profile)
    torch.manual_seed(0)
    made = EventLIF(fan_in, fan_out, profile=profile, surrogate=surrogate, **options)
    nn.init.normal_(made.linear.weight, 0.1 * gain, gain)
    return made


def counts(steps: int, batch: int, fan_in: int, rate: float = 0.4) -> Tensor:
    return (torch.rand(steps, batch, fan_in, generator=torch.Generator().manual_seed(1)) < rate).float()


def clip(x: int, low: int, high: int) -> int:
    return max(low, min(high, x))


def restated(made: EventLIF, x: Tensor) -> Any:
    """Every neuron of every sample in Python integers, from what the RTL and the simulators do."""
    name, weights = made.profile.name, made.weight_codes().tolist()
    spec, synapse = made.events.spec, made.events.synapse
    theta, amount = int(spec.threshold), spec.leak.amount
    result = np.zeros((*x.shape[:2], made.linear.out_features), np.int64)
    for b, n in np.ndindex(x.shape[1], made.linear.out_features):
        v, i = 0, 0
        for t in range(len(x)):
            events = [weights[source][n] for source in range(x.shape[2]) for _ in range(int(x[t, b, source]))]
            spikes = 0
            if name == "sne":
                for change in events:
                    v = min(v + change, 255)
                    if v > theta:
                        spikes, v = spikes + 1, 0
                v = max(v - amount, 0)
            elif name in ("odin", "tinyodin", "speck2f"):
                low, high = {"odin": (0, 255), "tinyodin": (-2048, 2047), "speck2f": (-(2**15), 2**15 - 1)}[name]
                for change in [*events, None]:
                    if change is None:
                        v = v - clip(v, -amount, amount) if name != "speck2f" else v
                    else:
                        v = clip(v + change, low, high)
                    if v >= theta:
                        spikes, v = spikes + 1, 0 if spec.reset == "zero" else v - theta
            elif name == "reckon":
                for change in events:
                    v = clip(v + change, -(2**15), 2**15 - 1)
                spikes = int(v >= theta)
                v = v * amount >> 15
                if spikes:
                    v = 0 if spec.reset == "zero" else v - theta
            elif name == "spikerplus":
                for change in events:
                    v = clip(v + change, -(2**15), 2**15 - 1)
                spikes = int(v > theta)
                v = (0 if spec.reset == "zero" else v - theta) if spikes else v - (v >> amount)
            else:
                assert synapse is not None
                for change in events:
                    i = clip(i + change, -(2**15), 2**15 - 1)
                i -= (i >> synapse.leak.amount) or int(np.sign(i))
                change = clip(-((v >> amount) or int(np.sign(v))) + i, -(2**15), 2**15 - 1)
                v = clip(v + change, -(2**15), 2**15 - 1)
                while v >= theta and spikes < 31:
                    spikes, v = spikes + 1, v - theta
            result[t, b, n] = spikes
    return result.tolist()


# A gain of 1 spikes now and then; 60 saturates on the way.
@pytest.mark.parametrize("gain", [0.3, 1.0, 60.0])
@pytest.mark.parametrize("name", NAMES)
def test_spikes_are_the_chips(name: str, gain: float) -> None:
    options: dict[str, Any] = {"beta": 1 - 3 / 32} if name in ("odin", "sne", "tinyodin") else {}
    made, x = layer(name, gain=gain, **options), counts(20, 3, 12)
    spikes = made(x)
    assert spikes.tolist() == restated(made, x)
    assert spikes.sum() > 0


@pytest.mark.parametrize(("name", "reset"), [("speck2f", "zero"), ("reckon", "zero"), ("xylo", "subtract")])
def test_other_resets_and_counts(name: str, reset: Any) -> None:
    made = layer(name, reset=reset)
    x = torch.randint(0, 4, (15, 2, 12), generator=torch.Generator().manual_seed(2)).float()
    if name == "speck2f":  # compared at every event: counts would be several events
        x = (x > 1).float()
    assert made(x).tolist() == restated(made, x)


@pytest.mark.parametrize("name", ["reckon", "xylo"])
def test_the_same_as_adding_at_once_where_nothing_saturates(name: str) -> None:
    made, x = layer(name, gain=0.2), counts(25, 4, 12)
    profile = made.profile
    summed = (
        quant.LIF(profile, made.surrogate) if name == "reckon" else quant.CubaLIF(profile, made.surrogate, alpha=0.5)
    )
    current = made.linear(x)
    assert torch.equal(made(x), summed(current))
    weight = made.linear.weight
    probe = torch.randn(25, 4, 7, generator=torch.Generator().manual_seed(3))
    (ours,) = torch.autograd.grad((made(x) * probe).sum(), weight)
    (once,) = torch.autograd.grad((summed(made.linear(x)) * probe).sum(), weight)
    assert ours.abs().max() > 0
    torch.testing.assert_close(ours, once, rtol=1e-5, atol=1e-6 * float(once.abs().max()))


@pytest.mark.parametrize("name", NAMES)
def test_it_learns(name: str) -> None:
    made, x = layer(name), counts(12, 8, 12)
    optimiser = torch.optim.Adam(made.parameters(), 0.02)
    target = torch.arange(8) % 7
    losses = []
    for _ in range(60):
        loss = nn.functional.cross_entropy(made(x).sum(0), target)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's
        optimiser.step()
        losses.append(float(loss.detach()))
    assert min(losses[-10:]) < 0.7 * losses[0]


def test_bad_input() -> None:
    loihi = hw_profiles.load("loihi2")
    with pytest.raises(ValueError, match=r"^EventLIF: profile must add event by event, got 'loihi2'"):
        EventLIF(2, 2, profile=loihi, surrogate=CURVE)
    with pytest.raises(ValueError, match=r"^EventLIF: profile must have neuron arithmetic, got akida2"):
        EventLIF(2, 2, profile=hw_profiles.load("akida2"), surrogate=CURVE)
    with pytest.raises(TypeError, match=r"^EventLIF: surrogate must be a LUTSurrogate or a Surrogate, got str"):
        EventLIF(2, 2, profile=hw_profiles.load("odin"), surrogate="arctan")  # type: ignore[arg-type]  # on purpose
    made = layer("odin")
    for shape in ((2, 12), (2, 3, 11)):
        with pytest.raises(ValueError, match=r"^EventLIF: spikes must be \[T, B, 12\], got"):
            made(torch.zeros(shape))
    for value in (0.5, -1.0, 256.0, float("nan")):
        with pytest.raises(ValueError, match=r"^EventLIF: spikes must be (whole numbers in 0..255|finite)"):
            made(torch.full((1, 1, 12), value))


@pytest.mark.parametrize("gain", [1.0, 40.0])
@pytest.mark.parametrize("name", ["odin", "tinyodin", "speck2f"])
def test_gradient_where_every_event_is_compared(name: str, gain: float) -> None:
    """It is read at the membrane's largest value of the step, and vanishes where an event saturated."""
    made, x = layer(name, fan_out=40, gain=gain), torch.ones(1, 1, 12)
    low, high = {"odin": (0, 255), "tinyodin": (-2048, 2047), "speck2f": (-(2**15), 2**15 - 1)}[name]
    theta, weights = int(made.events.spec.threshold), made.weight_codes().tolist()
    largest, saturated = [], []
    for n in range(40):
        v, seen, out = 0, [], False
        for source in range(12):
            exact = v + weights[source][n]
            v = clip(exact, low, high)
            out |= v != exact
            seen.append(v - theta)
            if v >= theta:
                v = 0 if made.events.spec.reset == "zero" else v - theta
        largest.append(max(seen))
        saturated.append(out)
    codes = torch.tensor(largest).float() * made.profile.state_step
    expected = made.surrogate.surrogate_grad(codes) * ~torch.tensor(saturated)
    (grad,) = torch.autograd.grad(made(x).sum(), made.linear.weight)
    torch.testing.assert_close(grad, expected[:, None].expand(40, 12), rtol=1e-6, atol=0)
    assert (expected > 0).any()
    if name == "odin" and gain > 1:
        assert any(saturated)


def test_nothing_is_left_of_a_membrane_that_spiked_several_times() -> None:
    made = layer("odin", fan_out=60, threshold=1.0)
    # From nothing to several spikes, without an event that saturates.
    made.linear.weight.data = torch.linspace(0, 0.2, 60)[:, None].repeat(1, 12)
    x = torch.zeros(2, 1, 12)
    x[0] = 1
    spikes = made(x)
    first = spikes[0, 0].detach()
    assert first.max() > 1
    (grad,) = torch.autograd.grad(spikes[1].sum(), made.linear.weight)
    # The largest weight is left out: the scale of all depends on it.
    reached = grad[:-1].abs().sum(1) > 0
    assert not reached[first[:-1] > 0].any()
    assert reached[first[:-1] == 0].any()
