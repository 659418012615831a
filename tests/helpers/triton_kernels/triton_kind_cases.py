"""A neuron kind of three states in the Triton kernels, beside torch; `test_triton` runs these."""

from dataclasses import replace
from typing import Any, cast

import pytest
import torch
from adaptive_kind import Adaptive
from torch import Tensor
from triton_cases import DEVICE, torch_alone

from spikelut import hw_profiles, quant
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.dispatch import run_layer
from spikelut.quant.backends.triton import support
from spikelut.quant.backends.triton.run import run_integers
from spikelut.quant.dynamics.graded.spec import graded_integers
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic8")
SPEC = LIFSpec.from_profile(PROFILE, 0.75, 1.0, "zero")
SHAPE = (3, 70)


def results(layer: LayerSpec, kernels: bool, states: float, bias: float | None = None) -> list[Tensor]:
    """Outputs, states and gradients, from first states of the order of `states`, or, of 0, from rest."""
    random = torch.Generator().manual_seed(3)
    # Some so large that registers saturate.
    size = 10 ** (torch.rand(SHAPE, generator=random) * 3 - 1)
    current = (torch.randn(11, *SHAPE, generator=random) * size + 0.3).requires_grad_()
    count = len(layer.kind.states)
    first = [(torch.randn(SHAPE, generator=random) * states).requires_grad_() for _ in range(count)]
    given: tuple[Any, ...] = tuple(first) if states else (None,) * count
    x = Inputs(current, given, bias=None if bias is None else torch.full(SHAPE, bias))
    if kernels:
        moved = [None if v is None else v.to(DEVICE) for v in (current, x.bias, *given)]
        x = Inputs(moved[0], tuple(moved[2:]), bias=moved[1])  # type: ignore[arg-type]  # the current is there
        assert support.takes(layer, x)
        out, ended = run_integers(layer, x, "a test")
    else:
        with torch_alone():
            out, ended = run_layer(layer, x, "a test")
    towards = [torch.randn(v.shape, generator=random).to(v.device) for v in (out, *ended)]
    torch.autograd.backward([(v * t).sum() for v, t in zip((out, *ended), towards, strict=True)])
    grads = [v.grad for v in (current, *(first if states else ())) if v.grad is not None]
    return [v.detach().cpu() for v in (out, *ended, *grads)]


@pytest.mark.parametrize("states", [0.0, 1.0])
@pytest.mark.parametrize("slope", ["curve", "table"])
@pytest.mark.parametrize("truncate", [None, 4])
def test_three_states(truncate: int | None, slope: str, states: float) -> None:
    kind = Adaptive(SPEC)
    surrogate = Arctan() if slope == "curve" else quant.LUTSurrogate(Arctan(), PROFILE)
    layer = LayerSpec(kind, surrogate, truncate)
    expected, got = (results(layer, kernels, states) for kernels in (False, True))
    assert len(got) == (8 if states else 5)
    for place, (a, b) in enumerate(zip(expected, got, strict=True)):
        # Over the start of a block, here the first step, no gradient goes.
        assert bool(a.any()) == (place < 5 or truncate is None)
        assert torch.equal(a, b)
    assert expected[4].count_nonzero() > expected[4].numel() // 2


@pytest.mark.parametrize("profile", ["generic8", "generic16", "reckon", "loihi2", "xylo", "spinnaker2", "hls4ml"])
def test_states_outside_their_registers(profile: str) -> None:
    """They count for what they are before the first step, as in torch; all results are compared."""
    chip = hw_profiles.load(profile)
    spec = LIFSpec.from_profile(chip, 0.75 if profile != "reckon" else 0.9, 1.0, None)
    synapse = SynapseSpec.from_profile(chip, 0.5, "a test") if chip.current_decay else None
    for kind in (dynamics_of(spec, synapse), dynamics_of(replace(spec, reset="zero", max_spikes=1), synapse)):
        layer = LayerSpec(kind, quant.LUTSurrogate(Arctan(), chip))
        limit = spec.membrane.max_code * spec.membrane.step
        expected, got = (results(layer, kernels, 2 * limit, 0.25) for kernels in (False, True))
        for a, b in zip(expected, got, strict=True):
            assert torch.equal(a, b)
        assert expected[0].any()


def test_a_kind_that_cannot_be_recorded_stays_with_torch() -> None:
    class Looks(Adaptive):
        def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> Any:
            return super().step(ops, states, arriving if (arriving > 0).any() else -arriving, bias)

    rest = torch.zeros(SHAPE)
    assert support.takes(LayerSpec(Adaptive(SPEC), Arctan()), Inputs(rest[None], (rest,) * 3))
    assert not support.takes(LayerSpec(Looks(SPEC), Arctan()), Inputs(rest[None], (rest,) * 3))


@pytest.mark.parametrize("bias", [None, 0.25])
@pytest.mark.parametrize("kind", ["sigma", "delta", "sigma_delta", "sigma_delta relu", "sigma_delta relu cumulative"])
@pytest.mark.parametrize("states", [0.0, 1.0])
def test_graded_spikes(kind: str, bias: float | None, states: float) -> None:
    name, cumulative, relu = kind.partition(" ")[0], "cumulative" in kind, "relu" in kind
    numbers: dict[str, Any] = {"message_step": 2.0**-6, "message_bits": 9, "cumulative": cumulative, "relu": relu}
    numbers |= {} if name == "sigma" else {"threshold": 0.5}
    numbers |= {"input_step": 2.0**-6} if name == "delta" else {}
    spec, graded = graded_integers(hw_profiles.load("loihi2"), cast(Any, name), **numbers)
    layer = LayerSpec(dynamics_of(spec, graded=graded), None)
    expected, got = (results(layer, kernels, states, bias) for kernels in (False, True))
    for a, b in zip(expected, got, strict=True):
        assert torch.equal(a, b)
    assert expected[0].any()


@pytest.mark.parametrize("truncate", [None, 4])
@pytest.mark.parametrize("name", ["loihi2", "generic8", "generic16"])
def test_kinds_with_further_parts(name: str, truncate: int | None) -> None:
    """Thresholds that adapt, whose states hand gradients back to the spikes, and refractory periods."""
    chip = hw_profiles.load(name)
    slope = quant.LUTSurrogate(Arctan(), chip)
    alpha = None if chip.current_decay is None else 0.5
    made = [quant.AdaptiveLIF(chip, slope, alpha=alpha, beta=0.75, threshold_step=0.25, threshold_beta=0.875)]
    kinds = [layer.dynamics for layer in (*made, quant.LIF(chip, slope, beta=0.75, refractory=2))]
    for kind in kinds:
        layer = LayerSpec(kind, slope, truncate)
        expected, got = (results(layer, kernels, 0.0, 0.25) for kernels in (False, True))
        for a, b in zip(expected, got, strict=True):
            assert torch.equal(a, b)
        assert 0.02 < expected[0].mean() < 0.6
        assert expected[-1].count_nonzero() > expected[-1].numel() // 4
