"""Layers with graded spikes: in torch and NumPy as Lava has them, their gradients, a network that is one of ReLU."""

from typing import Any, cast

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different
from sigma_delta_vectors import FILE, PROFILE, SHIFT, recorded, recorded_nets
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.neurons.graded import GradedNeuron, graded_layer

UNIT = PROFILE.state_step * 2**SHIFT
"""The real value of a state's code."""
STEP = 2.0**-6


def run(layer: GradedNeuron, arriving: Ints) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """What arrives, in codes [time, neuron], gives in torch: the output of every step, and the last states.

    And states and output of every step of its integers.
    """
    worth = layer.input_step if isinstance(layer, quant.Delta) else layer.profile.state_step
    traced = layer.sequence(torch.from_numpy(arriving).double()[:, None] * worth)
    real = {name: state / UNIT for name, state in traced.states.items()}
    made = {name: value[0].detach().numpy() for name, value in real.items()}
    made["output"] = (traced.out / layer.message_step).detach().numpy()[:, 0]
    found_bias = layer.integer_bias()
    bias = None if found_bias is None else quant.IntegerBias(found_bias[0].numpy(), found_bias[1])
    integers = quant.IntegerLIF("n", layer.spec, None, None, bias=bias, others=layer.others)
    trace = {name: values[:, 0] for name, values in integers.trace(arriving[:, None]).items()}
    trace["output"] = integers.run(arriving[:, None])[0][:, 0]
    return made, trace


@pytest.mark.golden
def test_configurations_of_lava() -> None:
    for config in recorded():
        bias = np.asarray(config.bias)
        layer = graded_layer(PROFILE, config.kind.spec, config.kind.graded, bias.size if bias.ndim else None).double()
        if isinstance(layer, quant.Delta):
            layer.largest_input = 2**15
        if layer.bias is not None:
            layer.bias.data = torch.from_numpy(bias * UNIT)
        assert layer.dynamics == config.kind
        made, trace = run(layer, config.arriving)
        for name, expected in config.expected.items():
            assert different(FILE, trace[name], expected) == 0, name
            assert different(FILE, made[name], expected if name == "output" else expected[-1]) == 0, name


def layers_of(net: Any) -> nn.Sequential:
    """A recorded network as layers; weights are those that the simulator used."""
    encoder = graded_layer(PROFILE, net.encoder.spec, net.encoder.graded, None)
    hidden = graded_layer(PROFILE, net.hidden.spec, net.hidden.graded, len(net.bias))
    assert isinstance(encoder, quant.Delta)
    encoder.largest_input = 2**10
    assert hidden.bias is not None
    hidden.bias.data = torch.from_numpy(net.bias * UNIT)
    weights = []
    for integers, before in ((net.first, encoder), (net.second, hidden)):
        outputs, inputs = integers.codes.shape
        step = before.message_step
        made = quant.QuantLinear(inputs, outputs, profile=PROFILE, input_step=step, graded_input=True)
        real = integers.weight * 2.0 ** (integers.exponent + integers.shift) * PROFILE.state_step / before.message_step
        made.weight.data = torch.from_numpy(real)
        weights.append(made)
    return nn.Sequential(encoder, weights[0], hidden, weights[1], quant.Sigma(PROFILE)).double()


@pytest.mark.golden
def test_networks_of_lava() -> None:
    """In the simulator messages take a step. So an input begins with a step of zeros here, and outputs come earlier."""
    for net in recorded_nets():
        model, x = layers_of(net), np.pad(net.arrays["x"], ((1, 0), (0, 0)))[:, None]
        network = quant.integer(model)
        assert isinstance(model[0], quant.Delta)
        real = torch.from_numpy(x).double() * model[0].input_step
        out, hidden = model(real) / UNIT, model[:3](real) / model[2].message_step
        found = network.run(x, keep=("1", "3"))
        steps = len(net.arrays["x"])
        for values, name, late in (
            (found["0"], "delta_out", -1),
            (found["1"] >> SHIFT, "acc1", 0),
            (found["2"], "hidden_out", 0),
            (hidden.detach().numpy(), "hidden_out", 0),
            (found["3"] >> SHIFT, "acc2", 1),
            (found["4"], "sigma_out", 1),
            (out.detach().numpy(), "sigma_out", 1),
        ):
            expected = net.arrays[name][max(late, 0) :]
            assert np.count_nonzero(expected) > expected.size // 8
            start = max(-late, 0)
            assert different(FILE, values[start : start + len(expected), 0], expected) == 0, name
            assert len(expected) >= steps - 1


def smooth(*sizes: int, steps: int = 30) -> Tensor:
    """Signals on the grid of 1/64, [T, ...]."""
    phase = torch.arange(int(np.prod(sizes))).reshape(sizes)
    t = torch.arange(steps).reshape(-1, *[1] * len(sizes))
    return torch.round(64 * torch.sin(0.2 * t + 0.7 * phase)) / 64


def relu_network(seed: int = 0, threshold: float = 0.0, **options: Any) -> nn.Sequential:
    torch.manual_seed(seed)
    model = nn.Sequential(
        quant.Delta(PROFILE, threshold, largest_input=64),
        quant.QuantLinear(6, 10, profile=PROFILE, weight_bits=5, input_step=STEP, graded_input=True),
        quant.SigmaDelta(PROFILE, threshold, bias=10, **options),
        quant.QuantLinear(10, 3, profile=PROFILE, weight_bits=5, input_step=options["message_step"], graded_input=True),
        quant.Sigma(PROFILE),
    )
    first, hidden, second = cast(Any, model[1]), cast(Any, model[2]), cast(Any, model[3])
    with torch.no_grad():
        hidden.bias.uniform_(-0.5, 0.5)
        first.weight.mul_(4)
        second.weight.mul_(4)
    return model


def test_a_threshold_of_zero_is_a_network_of_relu() -> None:
    """Frame by frame, and so are the gradients; where messages drop no bits, nothing drifts."""
    model, x = relu_network(message_step=2.0**-11).double(), smooth(4, 6).double()
    first, second = (model[i].quant_weight().value.detach().requires_grad_() for i in (1, 3))  # type: ignore[operator]
    hidden: Any = model[2]
    mantissa, exponent = hidden.integer_bias()
    bias = (mantissa.double() * 2.0**exponent * UNIT).requires_grad_()
    mine, plain = x.clone().requires_grad_(), x.clone().requires_grad_()
    act = torch.relu(plain @ first.T + bias)
    expected = act @ second.T
    out = model(mine)
    assert act.count_nonzero() > act.numel() // 4
    assert expected.count_nonzero() == expected.numel()
    assert torch.equal(out, expected)
    towards = torch.randn(out.shape, dtype=torch.float64)
    torch.autograd.backward([out], [towards])
    torch.autograd.backward([expected], [towards])
    grads: Any = [(mine.grad, plain.grad), (hidden.bias.grad, bias.grad)]
    for weights, real in ((model[1].weight, first), (model[3].weight, second)):
        # The largest weight also sets the scale, and has the gradient of that.
        others: Any = weights.abs() < weights.abs().max()  # type: ignore[operator]  # the layers have some
        grads.append((weights.grad * others, real.grad * others))
    for found, wanted in grads:
        assert wanted.count_nonzero() > wanted.numel() // 4
        torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-12)  # sums in another order


@pytest.mark.parametrize("cum_error", [False, True])
def test_a_threshold_sends_less_and_comes_near(cum_error: bool) -> None:
    """What is not sent is less than the threshold, of each value."""
    x, shares, outs = smooth(4, 6), [], []
    for threshold in (0.0, 0.5):
        model = relu_network(threshold=threshold, cum_error=cum_error, message_step=2.0**-11)
        with torch.no_grad():
            messages = model[:3](x)
        shares.append(float((messages != 0).float().mean()))
        outs.append(model(x).detach())
    assert 0 < shares[1] < 0.6 * shares[0]
    assert 0 < float((outs[1] - outs[0]).abs().max()) < 4.0


def test_gradients_are_those_of_what_is_real() -> None:
    """Straight through: a message is the change, as autograd finds it for the same steps in real numbers."""
    layer = quant.SigmaDelta(PROFILE, 0.25, bias=5, message_step=2.0**-8).double()
    assert layer.bias is not None
    layer.bias.data = torch.linspace(-0.5, 0.5, 5).double()
    current = torch.randn(12, 3, 5, generator=torch.Generator().manual_seed(1)).double().requires_grad_()
    found = layer.sequence(current)
    loss = (found.out * torch.linspace(0, 1, found.out.numel()).reshape(found.out.shape)).sum() + found.states[
        "sigma"
    ].sum()
    grads = torch.autograd.grad(loss, [current, layer.bias])
    bias = layer.bias.detach().clone().requires_grad_()
    sigma, act, sent = torch.zeros(3, 5).double(), torch.zeros(3, 5).double(), []
    for arriving in current:
        sigma = sigma + arriving
        x = torch.relu(sigma + bias)
        sent.append(x - act)
        act = x
    out = torch.stack(sent)
    real = (out * torch.linspace(0, 1, out.numel()).reshape(out.shape)).sum() + sigma.sum()
    for ours, torchs in zip(grads, torch.autograd.grad(real, [current, bias]), strict=True):
        assert ours.count_nonzero() > ours.numel() // 2
        torch.testing.assert_close(ours, torchs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("layer", ["sigma", "delta", "sigma_delta"])
def test_states_are_handed_on(layer: str) -> None:
    made: dict[str, GradedNeuron] = {
        "sigma": quant.Sigma(PROFILE),
        "delta": quant.Delta(PROFILE, 0.25, cum_error=True),
        "sigma_delta": quant.SigmaDelta(PROFILE, 0.25, cum_error=True),
    }
    x, neurons = smooth(2, 5), made[layer]
    whole = neurons.sequence(x)
    first = neurons.sequence(x[:11])
    second = neurons.sequence(x[11:], first.states)
    assert whole.out.count_nonzero() > 20
    assert torch.equal(torch.cat([first.out, second.out]), whole.out)
    assert list(second.states) == list(whole.states)
    assert all(torch.equal(second.states[name], state) for name, state in whole.states.items())


def test_a_bias_is_the_nearest_that_the_chip_has() -> None:
    layer = quant.SigmaDelta(PROFILE, 0.0, bias=4, activation="unit")
    assert layer.bias is not None
    layer.bias.data = torch.tensor([0.6 * STEP, -0.6 * STEP, 1000.0, -1000.0])
    mantissa, exponent = layer.integer_bias() or (torch.zeros(0), 0)
    assert (mantissa.tolist(), exponent) == ([1, -1, 2**15 - 1, -(2**15)], 6)
    assert layer(torch.zeros(1, 1, 4)).flatten().tolist() == [STEP, -STEP, (2**15 - 1) * STEP, -512.0]


def test_thresholds_of_each_channel() -> None:
    layer = quant.SigmaDelta(PROFILE, [0.0, 0.5, 64.0], message_step=2.0**-8)
    out = layer(smooth(2, 3, 4, 4))
    share = (out != 0).float().mean((0, 1, 3, 4))
    assert share[0] > share[1] > share[2] == 0


def test_sums_of_large_messages_are_exact() -> None:
    """float32 would round them: with float64 inside, or it is said."""
    weights = quant.QuantLinear(64, 2, profile=PROFILE, input_step=STEP, graded_input=True)
    nn.init.constant_(weights.weight, 127 / 64)
    x = torch.where(torch.arange(64) % 32 < 17, 30001 * STEP, -30001 * STEP).reshape(1, 1, 64)
    with torch.no_grad():
        assert weights(x).flatten().tolist() == [4 * 30001 * STEP * 127 / 64] * 2
        with pytest.raises(ValueError, match=r"^QuantLinear: sums of weight codes must be at most 2\*\*24"):
            weights(x.abs() + torch.eye(64)[0] * STEP)


ONES = torch.ones(2, 1, 1)
REFUSED: dict[str, tuple[Any, str]] = {
    "no graded spikes": (
        lambda: quant.Sigma(hw_profiles.load("xylo")),
        "^Sigma: profile must have graded spikes, .*, got xylo",
    ),
    "threshold": (lambda: quant.Delta(PROFILE, -1.0), r"^Delta: threshold must be in 0\.\..* on loihi2 .*, got -1.0"),
    "a threshold": (lambda: quant.Delta(PROFILE, [0.5, np.nan]), r"^Delta: threshold\[1\] must be in 0\.\."),
    "message_step": (
        lambda: quant.SigmaDelta(PROFILE, 1.0, message_step=0.3),
        "^SigmaDelta: message_step must be a power of two in .*, got 0.3",
    ),
    "coarse messages": (
        lambda: quant.SigmaDelta(PROFILE, 1.0, message_step=1.0),
        r"message_step must be a power of two in 0\.000244141\.\.0\.03125 on loihi2, got 1",
    ),
    "message_bits": (
        lambda: quant.SigmaDelta(PROFILE, 1.0, message_bits=25),
        r"^SigmaDelta: message_bits must be an integer in 2\.\.24, got 25",
    ),
    "input_step": (
        lambda: quant.Delta(PROFILE, 1.0, input_step=STEP, message_step=2 * STEP),
        r"^Delta: input_step must be a power of two in 0\.03125\.\.4, from message_step on, got 0.015625",
    ),
    "activation": (
        lambda: quant.SigmaDelta(PROFILE, 1.0, activation="tanh"),  # type: ignore[arg-type]
        "^SigmaDelta: activation must be one of relu, unit, got 'tanh'",
    ),
    "bias": (lambda: quant.SigmaDelta(PROFILE, 1.0, bias=0), "^SigmaDelta: bias must be an integer in 1"),
    "off the grid": (
        lambda: quant.Delta(PROFILE, 1.0)(0.01 * ONES),
        "^Delta: inputs must be multiples of 0.015625 in .* round the data to multiples of it",
    ),
    "too large": (
        lambda: quant.Delta(PROFILE, 1.0, largest_input=9)(ONES),
        r"in -0\.140625\.\.0\.140625 \(largest_input= allows more than 9\), got 1",
    ),
    "below": (lambda: quant.Delta(PROFILE, 1.0, signed_input=False)(-ONES), r"in 0\.\.1023\.98 .*, got -1"),
    "no such state": (
        lambda: quant.Sigma(PROFILE).sequence(ONES, {"act": ONES[0]}),
        "^Sigma: states must be of sigma, got 'act'",
    ),
    "recurrent": (
        lambda: quant.Recurrent(quant.SigmaDelta(PROFILE, 1.0), 3),
        "^Recurrent: neuron must be a LIF or a CubaLIF, got SigmaDelta",
    ),
    "weights on xylo": (
        lambda: quant.QuantLinear(2, 2, profile=hw_profiles.load("xylo"), graded_input=True),
        "^QuantLinear: xylo has no graded spikes, so graded_input must be False, got True",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=message):
        make()
