"""The compiled kernel for events that come one after the other, against the same in torch."""

from typing import Any

import pytest
import torch
from backends import backend
from event_networks import CHIPS, conv, dense, events
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from watched_kernels import at_most

from spikelut import hw_profiles, native, quant
from spikelut.quant.backends.native import event_steps
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason=f"no kernels: {native.reason_missing()}")


def both(layer: Any, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Spikes, and gradients of weights and of the input, once they are found to be the same on both backends."""
    probe, found = None, []
    for name in ("native", "torch"):
        with backend(name):
            given_x = x.clone().requires_grad_()
            spikes = layer(given_x)
            probe = torch.randn(spikes.shape, generator=torch.Generator().manual_seed(3)) if probe is None else probe
            grads = torch.autograd.grad((spikes * probe).sum(), [layer.weights.weight, given_x])
            found.append((spikes.detach(), *grads))
    assert torch.equal(found[0][0], found[1][0])
    for one, other in zip(*(grads[1:] for grads in found), strict=True):
        # Products of matrices add up in an order that other work of the kernels may change.
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6 * max(1.0, float(other.abs().max())))
    return found[0]


GEOMETRIES: list[dict[str, Any]] = [
    {"stride": 1, "padding": 0},
    {"stride": (2, 1), "padding": (1, 2), "groups": 2},
    {"stride": (1, 3), "padding": 2, "dilation": (1, 2)},
]


@settings(max_examples=25)
@given(
    name=st.sampled_from(CHIPS),
    seed=st.integers(0, 2**16),
    gain=st.sampled_from([0.2, 0.6, 3.0, 60.0]),
    largest=st.integers(1, 6),
    geometry=st.sampled_from(GEOMETRIES),
)
def test_convolutions(name: str, seed: int, gain: float, largest: int, geometry: dict[str, Any]) -> None:
    profile = hw_profiles.load(name)
    layer = conv(name, gain, seed, bias=profile.bias is not None and seed % 2 == 0, **geometry)
    both(layer, events((5, 2, 2, 6, 7), 0.6, largest, seed))


@pytest.mark.parametrize("name", CHIPS)
def test_kernels_are_taken_and_spikes_and_gradients_are_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    run = event_steps.Kernel.run

    def noted(*given: Any) -> event_steps.Events:
        ran.append(1)
        return run(*given)

    monkeypatch.setattr(event_steps.Kernel, "run", noted)
    for layer, x in ((conv(name), events((5, 2, 2, 6, 7))), (dense(name, 12, 300), events((5, 3, 12)))):
        spikes, weight, given_x = both(layer, x)
        assert spikes.any()
        assert weight.any()
        assert given_x.any()
    assert len(ran) == 10


@pytest.mark.parametrize("width", [64, 32, 16])
@pytest.mark.parametrize("name", CHIPS)
def test_every_width_of_vectors(name: str, width: int) -> None:
    """Whole vectors and what is left of them, inputs that come often, and more events than are listed at once."""
    layer = dense(name, 90, 83)
    for _ in at_most(width):
        spikes, *_ = both(layer, events((3, 2, 90), 16.0, 40))
    assert spikes.any()


@pytest.mark.parametrize("name", CHIPS)
def test_more_neurons_than_are_gone_through_at_once(name: str) -> None:
    """That is 512, of which some are left over."""
    spikes, weight, _ = both(dense(name, 5, 2 * 512 + 37), events((2, 2, 5), 4.0, 3))
    assert spikes[..., 512:1024].any()
    assert spikes[..., 1024:].any()
    assert weight[1024:].any()


def test_several_threads_give_the_same() -> None:
    layer, x = conv("speck2f", groups=2), events((2, 8, 2, 40, 40), 0.3)
    alone, threads = layer(x), torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert torch.equal(layer(x), alone)
    finally:
        torch.set_num_threads(threads)
    assert alone.detach().any()


def test_what_the_kernel_does_not_take_is_run_in_torch() -> None:
    layer = quant.EventLIF(4, 3, profile=hw_profiles.load("odin"), surrogate=Arctan())
    counts = torch.ones(2, 1, 4)
    made = (layer.events, None, layer.unit_codes(), torch.zeros(2, 1, 3), layer.layer_spec)
    assert event_steps.kernel_of(*made) is not None
    assert event_steps.kernel_of(*made[:2], layer.unit_codes() + 2**9, *made[3:]) is None  # beyond the register of sums
    assert event_steps.kernel_of(*made[:3], torch.zeros(2, 1, 3).double(), made[4]) is None
    with backend("torch"):
        assert event_steps.kernel_of(*made) is None
    assert torch.equal(layer.double()(counts.double()).float(), layer.float()(counts))
