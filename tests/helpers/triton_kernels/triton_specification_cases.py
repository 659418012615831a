"""Layers as Triton kernels against the scalar specification; `test_triton` runs these, interpreted and on a GPU."""

from typing import Any

import numpy as np
import pytest
import torch
from specified import CURVE, bias_codes_of, named, neuron_layers, specified
from torch import Tensor
from triton_cases import DEVICE, in_triton
from triton_float_cases import ROUNDED, in_floats

from spikelut.quant import FloatLIF
from spikelut.quant.dynamics.specification_backward import neuron_backward
from spikelut.quant.dynamics.specification_float import FloatNeuron, float_backward, float_steps
from spikelut.quant.tables.specification import slope_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # of NumPy, in which Triton interprets, at infinities
]

STEPS, NEURONS = 7, 12
LAYERS = {named(layer): layer for layer in neuron_layers("table", NEURONS, truncate=5)}


def real(codes: Any, layer: Any) -> Tensor:
    """Codes [..., N] as values [..., 1, N]."""
    values: Tensor = torch.from_numpy(np.asarray(codes, np.int64)).double() * layer.spec.membrane.step
    return values.float().unsqueeze(-2)


@pytest.mark.parametrize("name", LAYERS)
def test_integers_and_gradients(name: str) -> None:
    layer: Any = LAYERS[name]
    random = np.random.default_rng(0)
    currents = np.rint(random.normal(0.3, 0.8, (STEPS, NEURONS)) * 2**layer.spec.membrane.frac).astype(np.int64)
    currents[-2:, ::4] *= 2**6
    mem = np.clip(currents[0] // 2, layer.spec.membrane.min_code, layer.spec.membrane.max_code)
    syn = np.zeros_like(mem)
    made = specified(layer.spec, layer.synapse, currents, bias_codes_of(layer, NEURONS), mem, syn)
    given = [real(v, layer).requires_grad_() for v in (currents, mem, syn)]
    towards = [torch.from_numpy(random.normal(size=g.shape)).float() for g in given]
    outputs = in_triton(layer, *given)
    torch.autograd.backward([(out * g).sum() for out, g in zip(outputs, towards, strict=True)])
    reads_out = layer.surrogate is None
    expected = real(made.of("mem"), layer) if reads_out else torch.from_numpy(made.of("spikes")).float().unsqueeze(1)
    assert torch.equal(outputs[0], expected)
    assert torch.equal(outputs[1], real(made.of("mem")[-1], layer))
    assert torch.equal(outputs[2], real(made.syn[-1], layer))
    assert expected.count_nonzero() > 0.1 * expected.numel()
    grads = [g.squeeze(-2).numpy() for g in towards]
    for n, steps in enumerate(made.steps):
        slopes = None
        if not reads_out:
            slopes = [np.float32(float(slope_of(layer.surrogate.table, r.neuron.x))) for r in steps]
        ends = (grads[0][:, n].tolist(), grads[1][n], grads[2][n])
        of_out = [np.float32(g) for g in ends[0]]
        back = neuron_backward(
            layer.spec, layer.synapse, steps, slopes, of_out, *ends[1:], truncate=5, number=np.float32
        )
        found = [torch.as_tensor(g.grad)[..., 0, n].tolist() for g in given]
        assert found[0] == back.current
        assert found[1] == back.mem
        assert layer.synapse is None or found[2] == back.syn
    assert torch.as_tensor(given[0].grad).count_nonzero() > 0.1 * currents.size


@pytest.mark.parametrize("alpha", [None, 0.7])
@pytest.mark.parametrize(("reset", "several"), [("zero", 1), ("subtract", 1), ("subtract", 3)])
@pytest.mark.parametrize("order", ["leak-input-compare-reset", "input-compare-leak-reset"])
def test_floats(order: str, reset: Any, several: int, alpha: float | None) -> None:
    layer = FloatLIF(CURVE, beta=0.9, threshold=0.75, alpha=alpha, reset=reset, order=order, max_spikes=several)
    neuron = FloatNeuron(0.9, 0.75, reset, alpha, order.startswith("leak"), several)
    random = np.random.default_rng(0)
    currents, towards = (random.normal(0.3, 1, (STEPS, NEURONS)).astype(np.float32) for _ in range(2))
    given = torch.from_numpy(currents)[:, None].to(DEVICE).requires_grad_()
    out = in_floats(layer, given)
    torch.autograd.backward([(out * torch.from_numpy(towards)[:, None].to(DEVICE)).sum()])
    for n in range(NEURONS):
        steps = float_steps(neuron, currents[:, n], number=np.float32)
        assert out[:, 0, n].tolist() == [s.spikes for s in steps]
        slopes = list(CURVE.surrogate_grad(torch.tensor([float(s.x) for s in steps])).numpy())
        grads, _ = float_backward(neuron, steps, slopes, towards[:, n], np.float32)
        found = torch.as_tensor(given.grad)[:, 0, n].cpu().numpy()
        np.testing.assert_allclose(found, grads, rtol=ROUNDED, atol=ROUNDED)
    assert out.count_nonzero() > 0.2 * out.numel()
