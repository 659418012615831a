"""Gradients that take the place of what the forward pass kept: only where nobody sees it again."""

from typing import Any

import pytest
import torch
from backends import backend, equal, needs_native
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from spikelut import _torch, hw_profiles, quant
from spikelut.surrogates import Arctan

CURVE = Arctan(alpha=2.0)
LAYERS: dict[str, Any] = {
    "float": quant.FloatLIF(CURVE, beta=0.9),
    "float to zero": quant.FloatLIF(CURVE, beta=0.9, reset="zero"),
    "float CubaLIF": quant.FloatLIF(CURVE, beta=0.9, alpha=0.5),
    "integer": quant.LIF(hw_profiles.load("generic8"), CURVE, beta=0.9),
    "integer CubaLIF": quant.CubaLIF(hw_profiles.load("loihi2"), CURVE),
}
both_backends = pytest.mark.parametrize("kind", ["torch", pytest.param("native", marks=needs_native)])
every_layer = pytest.mark.parametrize("name", LAYERS)


def drive() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = (torch.randn(20, 4, 300, generator=generator) * 64).round() / 64
    return x.requires_grad_(), torch.randn(20, 4, 300, generator=generator)


def slopes(name: str) -> Tensor:
    """The gradient by torch's operations, of a graph that stays."""
    x, grad = drive()
    with backend("torch"):
        return torch.autograd.grad(LAYERS[name](x), x, grad, retain_graph=True)[0]


def close(found: Tensor, name: str) -> None:
    torch.testing.assert_close(found, slopes(name), rtol=1e-5, atol=1e-5)


def saved_by(out: Tensor) -> list[int]:
    """Where the tensors lie that the function of `out` has saved."""
    function: Any = out.grad_fn
    while not hasattr(function, "saved_tensors"):
        function = function.next_functions[0][0]
    return [v.data_ptr() for v in function.saved_tensors if v is not None and v.numel()]


@every_layer
@both_backends
def test_it_takes_the_place(name: str, kind: str) -> None:
    x, grad = drive()
    with backend(kind):
        out = LAYERS[name](x)
        places = saved_by(out)
        (found,) = torch.autograd.grad(out, x, grad)
    assert (found.data_ptr() in places) == (kind == "native" or "float" in name)
    close(found, name)


@every_layer
@both_backends
def test_a_graph_that_stays_keeps_what_it_has(name: str, kind: str) -> None:
    x, grad = drive()
    with backend(kind):
        out = LAYERS[name](x)
        first, second = (torch.autograd.grad(out, x, grad, retain_graph=True)[0] for _ in range(2))
        (last,) = torch.autograd.grad(out, x, grad)
    assert equal(first, second)
    assert equal(first, last)
    assert len({v.data_ptr() for v in (first, second, last)}) == 3
    close(first, name)


@every_layer
@both_backends
def test_hooks_of_saved_tensors_keep_what_they_saw(name: str, kind: str) -> None:
    x, grad = drive()
    seen: list[tuple[Tensor, Tensor]] = []

    def pack(saved: Tensor) -> Tensor:
        seen.append((saved.detach(), saved.detach().clone()))
        return saved

    with backend(kind):
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved):
            out = LAYERS[name](x)
        (found,) = torch.autograd.grad(out, x, grad)
    assert seen
    assert all(torch.equal(now, then) for now, then in seen)
    close(found, name)


@every_layer
@both_backends
@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoints(name: str, reentrant: bool, kind: str) -> None:
    x, grad = drive()
    with backend(kind):
        checkpoint(LAYERS[name], x, use_reentrant=reentrant).backward(grad)
    assert x.grad is not None
    close(x.grad, name)


@both_backends
def test_gradients_of_steps_are_apart(kind: str) -> None:
    """Those of one step stay as they are while the next one is computed."""
    x, grad = drive()
    with backend(kind):
        LAYERS["float"](x).backward(grad)
        assert x.grad is not None
        first = x.grad.clone()
        LAYERS["float"](x).backward(grad)
    assert equal(x.grad, 2 * first)


@both_backends
def test_without_torchs_word_nothing_is_overwritten(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_torch, "_graph_stays", None)
    x, grad = drive()
    with backend(kind):
        out = LAYERS["float"](x)
        places = saved_by(out)
        (found,) = torch.autograd.grad(out, x, grad)
    assert found.data_ptr() not in places
    close(found, "float")


@needs_native
@pytest.mark.parametrize("name", ["float", "integer"])
def test_memory(name: str) -> None:
    """Spikes and gradients, and nothing besides: eight bytes for a neuron and step."""
    x, grad = drive()
    with backend("native"), torch.profiler.profile(profile_memory=True) as profile:
        torch.autograd.grad(LAYERS[name](x), x, grad)
    assert profile.profiler is not None
    events: Any = profile.profiler.kineto_results.events()
    large = [e.nbytes() for e in events if e.name() == "[memory]" and e.nbytes() >= 4 * x.numel()]
    assert large == [4 * x.numel()] * 2
