"""Learned decay, threshold and bias, recurrent weights and truncation: the layer against a readable autograd model."""

import re
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.surrogates import Sigmoid

CURVE = Sigmoid(alpha=3.0)
NAMES = ("loihi2", "generic8", "reckon", "hls4ml", "spinnaker1")
FEATURES, STEPS = 5, 13


def straight(real: Tensor, exact: Tensor) -> Tensor:
    """`exact` forward, the gradient of `real` backward."""
    return exact.detach() + (real - real.detach())


def limited(x: Tensor, low: int, high: int, overflow: str) -> Tensor:
    """`x` in a register; a saturated one passes no gradient, a wrapped one is the identity."""
    if overflow == "wrap":
        size = high - low + 1
        return straight(x, torch.remainder(x.detach() - low, size) + low)
    return x.clamp(low, high) * ((x >= low) & (x <= high)) + x.clamp(low, high).detach() * ((x < low) | (x > high))


def leaked(name: str, lif: Any, x: Tensor, beta: Tensor) -> Tensor:
    """The chip's leak, of which the derivative is beta's product."""
    amount, value = torch.tensor(lif.spec.leak.amount), x.detach()
    exact = {
        "loihi2": lambda: torch.trunc(value * amount / 4096),
        "reckon": lambda: torch.floor(value * amount / (128 if lif.spec.threshold is None else 32768)),
        "hls4ml": lambda: torch.floor(value * amount / 1024),
        "spinnaker1": lambda: torch.floor(value * amount / 32768 + 0.5),
        "generic8": lambda: value - torch.floor(value / 2.0**amount),
    }[name]()
    return straight(x * beta, exact)


def model(
    name: str,
    lif: Any,
    current: Tensor,
    mem: Tensor,
    weight: Tensor | None,
    before: Tensor | None,
    truncate: int | None,
) -> tuple[Tensor, Tensor]:
    """Spikes, or membranes of a read-out, and the last membrane; membrane codes as float64 on the way."""
    spec, step = lif.spec, lif.profile.state_step
    kind = spec.membrane
    beta = torch.tensor(spec.beta, dtype=torch.float64)
    beta = beta if lif.raw_beta is None else straight(lif.raw_beta, beta)
    theta = torch.tensor(0.0 if spec.threshold is None else spec.threshold, dtype=torch.float64)
    theta = theta if lif.raw_threshold is None else straight(lif.raw_threshold / step, theta)
    bias = torch.zeros((), dtype=torch.float64)
    if lif.bias is not None:
        mantissa, exponent = lif.integer_bias()
        bias = straight(lif.bias / step, mantissa.double() * 2**exponent)
    v, outs, last = mem / step, [], torch.zeros_like(mem) if before is None else before
    for t in range(len(current)):
        if truncate and t % truncate == 0:
            v, last = v.detach(), last.detach()
        arriving = current[t] / step
        if weight is not None:
            arriving = arriving + last @ weight.T / step
        register = spec.current
        drive = limited(arriving, register.min_code, register.max_code, register.overflow)
        total = drive + bias
        if spec.leak.kind == "relax":
            exact = total - leaked(name, lif, total - v, beta)
        else:
            exact = (leaked(name, lif, v, beta) if spec.leak_first else v) + total
        full = limited(exact, kind.min_code, kind.max_code, kind.overflow)
        after = full if spec.leak_first else leaked(name, lif, full, beta)
        if spec.threshold is None:
            v, out = after, after * step
        else:
            above = full - theta
            fired = ((above > 0) if spec.strict else (above >= 0)).double().detach()
            if spec.reset == "zero":
                v = after * (1 - fired)
            else:
                v = limited(after - theta * fired, kind.min_code, kind.max_code, "wrap")
            read = (v if name == "reckon" else full).detach() - torch.tensor(spec.spike_at)
            slope = lif.surrogate.surrogate_grad(read * step)
            out = straight(slope * above * step, fired)
        last = out
        outs.append(out)
    return torch.stack(outs), v * step


def currents(profile: Profile, *shape: int, seed: int, wild: bool) -> Tensor:
    """Currents on the grid; some so large that registers end."""
    random = torch.Generator().manual_seed(seed)
    one = 2**profile.grid.frac
    codes = torch.randint(-one // 2, one, shape, generator=random)
    if wild:
        top = 2 ** (profile.membrane.bits + 1)
        codes = torch.where(
            torch.rand(shape, generator=random) < 0.1, torch.randint(-top, top, shape, generator=random), codes
        )
    return codes.double() * profile.state_step


@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("truncate", [None, 4])
@pytest.mark.parametrize("kind", ["LIF", "LI", "recurrent"])
@pytest.mark.parametrize(
    ("name", "each"), [*((name, False) for name in NAMES), *((name, True) for name in NAMES if name != "reckon")]
)
def test_every_gradient(name: str, each: bool, kind: str, truncate: int | None, wild: bool) -> None:
    """Of one decay and threshold for the layer, and of `each` neuron's own, to which no other neuron adds anything."""
    profile = hw_profiles.load(name)
    torch.manual_seed(0)
    bias = FEATURES if profile.bias else None
    beta: Any = [0.5, 0.75, 0.9, 0.875, 0.6] if each else 0.9
    threshold: Any = torch.tensor([0.7, 1.0, 0.5, 1.5, 0.3]) if each else 0.7
    options: dict[str, Any] = {"beta": beta, "bias": bias, "learn_beta": True, "truncate": truncate}
    if kind == "LI":
        lif: Any = quant.LI(profile, **options)
    else:
        slope = quant.LUTSurrogate(CURVE, profile)
        lif = quant.LIF(profile, slope, threshold=threshold, learn_threshold=True, **options)
    lif = lif.double()
    assert lif.raw_beta.shape == ((FEATURES,) if each else ())
    if bias:
        torch.nn.init.normal_(lif.bias, 0.0, 0.2)
    current = currents(profile, STEPS, 3, FEATURES, seed=1, wild=wild).requires_grad_()
    mem = currents(profile, 3, FEATURES, seed=2, wild=False).requires_grad_()
    weight, last = None, None
    if kind == "recurrent":
        weight = currents(profile, FEATURES, FEATURES, seed=3, wild=False).requires_grad_()
        last = torch.eye(3, FEATURES, dtype=torch.float64).requires_grad_()
    out, end, _ = lif.run(current, mem, None, weight, last)
    expected = model(name, lif, current, mem, weight, last, truncate)
    assert torch.equal(out, expected[0])
    assert torch.equal(end, expected[1])
    random = torch.Generator().manual_seed(4)
    weights = [torch.randn(x.shape, generator=random, dtype=torch.float64) for x in (out, end)]
    inputs = {"current": current, "mem": mem, "weight": weight, "last": last, **dict(lif.named_parameters())}
    known = {key: value for key, value in inputs.items() if value is not None}
    grads = [
        torch.autograd.grad((a * weights[0]).sum() + (b * weights[1]).sum(), list(known.values()), allow_unused=True)
        for a, b in ((out, end), expected)
    ]
    for key, actual, wanted in zip(known, *grads, strict=True):
        zero = truncate is not None and key in ("mem", "last")
        wanted = torch.zeros_like(known[key]) if wanted is None else wanted
        assert actual is not None
        assert zero == (float(wanted.abs().max()) == 0), key
        assert zero or not key.startswith("raw_") or bool((wanted != 0).all()), key
        # The same factors multiplied in float64 in another order; sums of up to 200 terms for the scalars.
        torch.testing.assert_close(actual, wanted, rtol=1e-10, atol=1e-10 * float(wanted.abs().max() + 1e-300))


def test_what_is_learned_is_used_in_its_quantised_form() -> None:
    profile = hw_profiles.load("loihi2")
    lif = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), learn_beta=True, learn_threshold=True, bias=3)
    assert sorted(dict(lif.named_parameters())) == ["bias", "raw_beta", "raw_threshold"]
    assert "learns beta, learns threshold, learns bias" in repr(lif)
    for parameter, value in ((lif.raw_beta, 0.87654321), (lif.raw_threshold, 0.43210987)):
        cast(Tensor, parameter).data.fill_(value)
    assert lif.beta == round(0.87654321 * 4096) / 4096
    assert lif.threshold == round(0.43210987 * 4096) / 4096
    # A step too far stays within what the chip has.
    cast(Tensor, lif.raw_beta).data.fill_(1.7)
    cast(Tensor, lif.raw_threshold).data.fill_(-3.0)
    assert lif.beta == 1.0
    assert lif.threshold == 1 / 4096
    cast(Tensor, lif.raw_beta).data.fill_(float("nan"))
    with pytest.raises(ValueError, match="LIF: the learned beta must be a number, got nan"):
        lif(torch.zeros(2, 1, 3))


def test_decay_and_bias_of_a_teacher_are_learned() -> None:
    profile = hw_profiles.load("generic16")
    teacher = quant.LI(profile, beta=0.8, bias=2)
    learner = quant.LI(profile, beta=0.95, bias=2, learn_beta=True)
    assert teacher.bias is not None
    teacher.bias.data.copy_(torch.tensor([0.1, -0.2]))
    optimiser = torch.optim.Adam(learner.parameters(), lr=0.02)
    torch.manual_seed(0)
    for step in range(300):
        current = torch.rand(20, 16, 2) - 0.5
        loss = (learner(current) - teacher(current)).square().mean()
        optimiser.param_groups[0]["lr"] = 0.02 * (1 - step / 300)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert learner.beta == pytest.approx(teacher.beta, abs=1e-3)
    assert learner.bias is not None
    torch.testing.assert_close(learner.bias, teacher.bias, rtol=0, atol=1e-3)


def test_the_threshold_of_a_teacher_is_learned() -> None:
    profile = hw_profiles.load("generic16")
    slope = quant.LUTSurrogate(Sigmoid(alpha=4.0), profile)
    teacher = quant.LIF(profile, slope, threshold=0.6)
    learner = quant.LIF(profile, slope, threshold=1.2, learn_threshold=True)
    optimiser = torch.optim.Adam(learner.parameters(), lr=0.02)
    torch.manual_seed(0)
    for step in range(200):
        current = torch.rand(20, 64, 1) * 0.6
        loss = (learner(current).mean() - teacher(current).mean()).square()
        optimiser.param_groups[0]["lr"] = 0.02 * (1 - step / 200)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert learner.threshold == pytest.approx(0.6, abs=0.02)


def test_recurrent_is_the_layer_with_its_spikes_fed_back() -> None:
    profile = hw_profiles.load("loihi2")
    torch.manual_seed(0)
    layer = Recurrent(quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), bias=4), 4, weight_bits=4)
    torch.nn.init.normal_(layer.linear.weight, 0.0, 0.8)
    current = currents(profile, 9, 2, 4, seed=5, wild=False).float()
    spikes = layer(current)
    weight = layer.linear.quant_weight().value
    assert isinstance(layer.neuron, quant.LIF)
    mem: Any = None
    last, trains = torch.zeros(2, 4), []
    for drive in current:
        last, mem = layer.neuron.step(drive + last @ weight.T, mem)
        trains.append(last)
    assert torch.equal(spikes, torch.stack(trains))
    assert not torch.equal(spikes, layer.neuron(current))
    first = layer.sequence(current[:5])
    second = layer.sequence(current[5:], first.mem, first.syn, first.out[-1])
    assert torch.equal(torch.cat([first.out, second.out]), spikes)


@pytest.mark.parametrize(
    ("profile", "options", "message"),
    [
        ("reckon", {"bias": 3}, "LIF: reckon has no bias, so bias must be None, got 3"),
        ("loihi2", {"bias": 0}, "LIF: bias must be an integer in 1..2147483648, got 0"),
        ("loihi2", {"truncate": 0}, "LIF: truncate must be an integer in 1..2147483648, got 0"),
        ("loihi2", {"beta": 0.99999}, "LIF: beta must not be rounded to 1, as loihi2 does, got 0.99999"),
        ("hls4ml", {"beta": 0.0001}, "LIF: beta must not be rounded to 0, as hls4ml does, got 0.0001"),
        ("loihi2", {"threshold": 1e-5}, "LIF: threshold must be in 0.000244141"),
    ],
)
def test_wrong_options(profile: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        quant.LIF(hw_profiles.load(profile), CURVE, **options)


def test_wrong_tensors() -> None:
    profile = hw_profiles.load("loihi2")
    lif = quant.LIF(profile, CURVE, bias=3)
    with pytest.raises(ValueError, match=r"LIF: current must be \[T, B, 3, ...\], as bias is"):
        lif(torch.zeros(2, 1, 4))
    assert lif.bias is not None
    lif.bias.data[1] = float("inf")
    with pytest.raises(ValueError, match="LIF: bias must be finite"):
        lif(torch.zeros(2, 1, 3))
    with pytest.raises(ValueError, match="LIF: mem must be on cpu, as current is, got 'meta'"):
        quant.LIF(profile, CURVE).sequence(torch.zeros(2, 1, 3), torch.zeros(1, 3, device="meta"))
    with pytest.raises(TypeError, match="Recurrent: neuron must be a LIF or a CubaLIF, got LI"):
        Recurrent(cast(Any, quant.LI(profile)), 3)
    with pytest.raises(ValueError, match=r"Recurrent: current must be \[T, B, 3\]"):
        Recurrent(quant.LIF(profile, CURVE), 3)(torch.zeros(2, 1, 4))
