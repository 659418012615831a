"""Float neurons, forward and backward, on each backend against the scalar specification, rounded as float32 is."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from looping import each
from specified import CURVE, slope

from spikelut import hw_profiles, native, quant
from spikelut.quant.arithmetic.specification import rounded
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.dynamics.specification_float import FloatNeuron, FloatStep, float_backward, float_steps
from spikelut.quant.tables.specification import slope_of

F32 = np.float32
STEPS, NEURONS = 12, 30
BACKENDS = ("torch", "unbranched") if native.reason_missing() else ("torch", "unbranched", "native")
KINDS = [
    {"reset": reset, "alpha": alpha, "order": order, "max_spikes": several, "beta": beta}
    for reset, alpha, order, several, beta in product(
        ("subtract", "zero"),
        (None, 0.7),
        ("leak-input-compare-reset", "input-compare-leak-reset"),
        (1, 3),
        (0.9, 0.625),
    )
    if reset == "subtract" or several == 1
]


def run(layer: Any, computes: str, current: Any, towards: Any) -> tuple[Any, Any, Any]:
    """What comes out of a layer, [T, N], and the gradients of its currents and its bias."""
    given = torch.from_numpy(current)[:, None].requires_grad_()
    layer.zero_grad()
    with backend("native" if computes == "native" else "torch"):
        if computes == "unbranched":
            with unbranched():
                out = layer(given)
        else:
            out = layer(given)
        torch.autograd.backward([(out * torch.from_numpy(towards)[:, None]).sum()])
    return out.detach()[:, 0].numpy(), torch.as_tensor(given.grad)[:, 0].numpy(), layer.bias.grad.numpy()


def slopes(layer: Any, steps: list[FloatStep]) -> list[Any] | None:
    """The surrogate's derivative at each step's x, in float32."""
    if layer.surrogate is None:
        return None
    if isinstance(layer.surrogate, quant.LUTSurrogate):
        table = layer.surrogate.table
        return [F32(float(slope_of(table, code_of(table, s.x)))) for s in steps]
    return list(layer.surrogate.surrogate_grad(torch.tensor([s.x for s in steps])).numpy())


def code_of(table: quant.Table, x: Any) -> int:
    """The membrane code nearest to a real x; steps are powers of two, so that the quotient is exact."""
    code = rounded(Fraction(float(x)) / Fraction(table.state_step), "half_even")
    return min(max(code, table.first_code), table.last_code)


@pytest.mark.parametrize("computes", BACKENDS)
@pytest.mark.parametrize("surrogate", ["table", "curve", "read-out"])
@each("kind", KINDS)
def test_float_neurons(kind: dict[str, Any], surrogate: str, computes: str) -> None:
    spike = {"table": slope(hw_profiles.load("generic16"), "table"), "curve": CURVE, "read-out": None}[surrogate]
    layer = quant.FloatLIF(spike, threshold=0.75, bias=NEURONS, **kind)
    assert layer.bias is not None
    random = np.random.default_rng(3)
    current, towards = (random.normal(0.3, 1, (STEPS, NEURONS)).astype(F32) for _ in range(2))
    bias = random.normal(0, 0.2, NEURONS).astype(F32)
    layer.bias.data = torch.from_numpy(bias)
    neuron = FloatNeuron(
        kind["beta"],
        None if spike is None else 0.75,
        kind["reset"],
        kind["alpha"],
        kind["order"] == "leak-input-compare-reset",
        kind["max_spikes"],
    )
    out, of_current, of_bias = run(layer, computes, current, towards)
    found = 0
    for n in range(NEURONS):
        steps = float_steps(neuron, current[:, n], bias[n], F32)
        expected = [s.full if spike is None else s.spikes for s in steps]
        assert out[:, n].tolist() == expected
        grads, grad_bias = float_backward(neuron, steps, slopes(layer, steps), towards[:, n], F32)
        # The curve times a gradient is computed in few passes, which round an operation or two differently.
        exact = surrogate != "curve"
        np.testing.assert_allclose(of_current[:, n], grads, rtol=0 if exact else 1e-6, atol=0 if exact else 1e-6)
        np.testing.assert_allclose(of_bias[n], grad_bias, rtol=0 if exact else 1e-6, atol=0 if exact else 1e-6)
        found += int(np.count_nonzero(expected))
    assert found > 0.2 * out.size
    assert np.count_nonzero(of_current) > 0.9 * of_current.size or surrogate == "table"
