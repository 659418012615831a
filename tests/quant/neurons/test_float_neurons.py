"""The float neurons: their formula step by step, their gradient, and wrong input."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import quant
from spikelut.surrogates import Arctan, Sigmoid

SPIKE = Arctan(alpha=2.0)


def current(*shape: int) -> Tensor:
    return (torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 0.6) + 0.2


@pytest.mark.parametrize("alpha", [None, 0.7])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("order", ["leak-input-compare-reset", "input-compare-leak-reset"])
def test_the_formula(alpha: float | None, reset: str, order: str) -> None:
    x, beta, threshold = current(12, 3, 4), 0.85, 0.9
    neuron = quant.FloatLIF(SPIKE, beta=beta, threshold=threshold, reset=reset, alpha=alpha, order=order)
    for b in range(3):
        for n in range(4):
            v = i = 0.0
            for t in range(12):
                i = (0.0 if alpha is None else alpha * i) + float(x[t, b, n])
                v += i
                spike = v >= threshold
                assert float(neuron(x)[t, b, n]) == spike
                if order == "input-compare-leak-reset":
                    v *= beta
                    v = v if not spike else 0.0 if reset == "zero" else v - threshold
                else:
                    v = (v if not spike else 0.0 if reset == "zero" else v - threshold) * beta


def test_several_spikes_and_a_bias() -> None:
    neuron = quant.FloatLIF(SPIKE, beta=0.5, threshold=0.25, max_spikes=3, bias=2).double()
    assert neuron.bias is not None
    neuron.bias.data.copy_(torch.tensor([0.125, 0.0]))
    x = torch.tensor([[[0.5, 0.5]], [[0.0, 2.0]], [[0.0, 0.0]]], dtype=torch.float64)
    # 0.625 is two thresholds and 0.125; then 0.0625 + 0.125; then 0.09375 + 0.125.
    # 0.5 is two thresholds; 2.0 is eight of which three are taken, and 0.5 of 1.25 is two and a half.
    assert neuron(x)[:, 0].tolist() == [[2, 2], [0, 3], [0, 2]]


def test_a_readout_gives_its_membrane() -> None:
    x = current(6, 2, 3)
    expected, mem = [], torch.zeros(2, 3, dtype=torch.float64)
    for drive in x:
        mem = 0.9 * mem + drive
        expected.append(mem)
    torch.testing.assert_close(quant.FloatLIF(None)(x), torch.stack(expected))


def test_the_gradient_is_that_of_the_surrogate_with_the_reset_held() -> None:
    x = current(2, 1, 1).requires_grad_()
    neuron = quant.FloatLIF(SPIKE, beta=0.8, bias=1).double()
    assert neuron.bias is not None
    spikes = neuron(x)
    before = spikes[0].detach()
    mem = [x[0], 0.8 * (x[0] - before) + x[1]]
    slopes = [SPIKE.surrogate_grad((m - 1).detach()) for m in mem]
    grad = torch.autograd.grad((spikes * torch.tensor([[[1.0]], [[3.0]]])).sum(), (x, neuron.bias))
    torch.testing.assert_close(grad[0][0], slopes[0] + 3 * slopes[1] * 0.8)
    torch.testing.assert_close(grad[0][1], 3 * slopes[1])
    torch.testing.assert_close(grad[1], (slopes[0] + 3 * slopes[1] * 1.8)[0])


def test_recurrent_and_time_distributed() -> None:
    layer = quant.FloatRecurrent(quant.FloatLIF(SPIKE), 4).double()
    x = current(7, 2, 4)
    last, spikes = torch.zeros(2, 4, dtype=torch.float64), layer(x)
    mem = torch.zeros_like(last)
    for t, drive in enumerate(x):
        mem = 0.9 * mem + drive + layer.linear(last)
        last = (mem >= 1).double()
        mem = mem - last
        assert torch.equal(last, spikes[t])
    conv = nn.Conv2d(2, 3, 3).double()
    images = current(5, 2, 2, 6, 6)
    torch.testing.assert_close(quant.TimeDistributed(conv)(images), torch.stack([conv(i) for i in images]))
    assert quant.FloatLIF(SPIKE)(current(0, 2, 3)).shape == (0, 2, 3)
    assert "beta=0.9, threshold=1, reset='subtract', Sigmoid(alpha=4.0)" in repr(quant.FloatLIF(Sigmoid()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beta": 1.5}, r"FloatLIF: beta must be in 0\.\.1, got 1\.5"),
        ({"beta": float("nan")}, r"FloatLIF: beta must be in 0\.\.1, got nan"),
        ({"alpha": -0.1}, r"FloatLIF: alpha must be in 0\.\.1, got -0\.1"),
        ({"threshold": 0.0}, r"FloatLIF: threshold must be > 0, got 0\.0"),
        ({"reset": "none"}, "FloatLIF: reset must be subtract or zero, got 'none'"),
        (
            {"order": "event-compare-reset"},
            "FloatLIF: order must be leak-input-compare-reset or input-compare-leak-reset",
        ),
        ({"max_spikes": 0}, r"FloatLIF: max_spikes must be an integer in 1\.\.65536, got 0"),
        ({"max_spikes": 2, "reset": "zero"}, "FloatLIF: reset must be subtract with several spikes, got 'zero'"),
        ({"bias": 0}, r"FloatLIF: bias must be an integer in 1\.\.2147483648, got 0"),
    ],
)
def test_wrong_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quant.FloatLIF(SPIKE, **options)


def test_wrong_surrogate() -> None:
    with pytest.raises(TypeError, match="FloatLIF: surrogate must be a Surrogate, a LUTSurrogate or None, got str"):
        quant.FloatLIF("arctan")  # type: ignore[arg-type]  # on purpose
