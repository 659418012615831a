"""Torch's private names: none of them is needed. That they are read in one module is a test of test_layout.py."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, cast

import pytest
import torch
from private_names import private_uses
from torch import Tensor, nn

from spikelut import _torch, hw_profiles, native, quant, surrogates
from spikelut.surrogates import _base, _eager


def test_what_counts_as_private() -> None:
    lines = {
        "import torch._dynamo": ["torch._dynamo"],
        "from torch._C import _is_tracing": ["torch._C._is_tracing"],
        "x._version": ["x._version"],
        "getattr(m, '_modules')": ["_modules"],
        "'torch._dynamo' in sys.modules": ["torch._dynamo"],
        "self._modules = 1; self._modules": [],
        "from torch import nn; nn.Linear(1, 1).weight": [],
    }
    assert {line: private_uses(line) for line in lines} == lines


def test_this_torch_has_the_names() -> None:
    assert {name: path for name, path in _torch.NAMES.items() if _torch._found(path) is None} == {}


Results = tuple[list[Tensor], list[Tensor]]
PROFILE, CURVE = hw_profiles.load("loihi2"), surrogates.Arctan(alpha=2.0)


def models() -> Iterator[nn.Sequential]:
    """Networks in the integers of a chip, with a table and with a curve, and one in floats."""
    torch.manual_seed(0)
    for surrogate in (quant.LUTSurrogate(CURVE, PROFILE), CURVE):
        weights = [quant.QuantLinear(*sizes, profile=PROFILE) for sizes in ((20, 48), (48, 4))]
        neurons = quant.LIF(PROFILE, surrogate, beta=0.9, learn_beta=True)
        yield nn.Sequential(weights[0], neurons, weights[1], quant.LI(PROFILE, beta=0.9))
        conv = quant.QuantConv2d(1, 4, 3, profile=PROFILE)
        yield nn.Sequential(nn.Unflatten(-1, (1, 4, 5)), conv, quant.CubaLIF(PROFILE, surrogate))
    yield nn.Sequential(nn.Linear(20, 48), quant.FloatLIF(CURVE, beta=0.9), nn.Linear(48, 4))


def results() -> Results:
    """What the networks give and other functions that ask how torch runs them, and the gradients."""
    x = (torch.rand(6, 40, 20, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    found, slopes = [], []
    for model in models():
        for around in (nullcontext(), quant.packed_spikes()):  # the second call finds what is kept between calls
            with around:
                out = model(x)
            torch.autograd.backward(out, torch.arange(out.numel()).view_as(out) / out.numel())
            assert out.any()
            gradients = [cast(Tensor, p.grad) for p in model.parameters()]
            assert all(g.any() for g in gradients)
            found.append(out.detach())
            slopes += [g.clone() for g in gradients]
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.mul_(0.75)
    levels, mem = torch.tensor([-1.0, 0.0, 0.5]), torch.linspace(-2, 2, 50)
    found.append(quant.quantize_state(mem, levels))
    levels[2] = 1.0
    lut = quant.LUTSurrogate(CURVE, PROFILE)
    found += [quant.quantize_state(mem, levels), lut.values(torch.float32)]
    lut.codes[100:140] += 1
    return [*found, lut.values(torch.float32)], slopes


@pytest.fixture(scope="module")
def expected() -> Results:
    assert native.is_eager(torch.zeros(1))
    return results()


def assert_equal(found: Results, expected: Results) -> None:
    """Spikes, membranes and values to the last bit; gradients are sums of floats in other orders."""
    assert [len(kind) for kind in found] == [len(kind) for kind in expected]
    assert all(torch.equal(*pair) for pair in zip(found[0], expected[0], strict=True))
    for ours, theirs in zip(found[1], expected[1], strict=True):
        assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Has spikelut find a torch without a name; torch itself, which needs it, has it back at once."""

    def read_again(path: str) -> None:
        parent, _, name = path.rpartition(".")
        with monkeypatch.context() as hidden:
            hidden.delattr(pkgutil.resolve_name(parent), name)
            importlib.reload(_torch)

    yield read_again
    importlib.reload(_torch)


@pytest.mark.parametrize("name", _torch.NAMES)
def test_without_a_function(name: str, without: Callable[[str], None], expected: Results) -> None:
    asks = name in ("is_batched", "is_wrapped", "dispatch_modes", "transforms", "is_tracing")
    without(_torch.NAMES[name])
    assert native.is_eager(torch.zeros(1)) != asks
    assert_equal(results(), expected)


class Missing:
    """In a class, an attribute that instances lack."""

    def __get__(self, *_: Any) -> Any:
        raise AttributeError


@pytest.mark.parametrize(("thing", "name"), [(torch.Tensor, "_version"), (torch.UntypedStorage, "_cdata")])
def test_without_an_attribute(thing: type, name: str, monkeypatch: pytest.MonkeyPatch, expected: Results) -> None:
    monkeypatch.setattr(thing, name, Missing(), raising=False)
    assert_equal(results(), expected)


def test_what_is_packed_without_counts_may_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "_version", Missing(), raising=False)
    weight, kept = torch.ones(2000, requires_grad=True), torch.full((2000,), 0.5)
    with quant.packed_spikes():
        product = weight * kept
    kept.zero_()
    torch.autograd.backward(product.sum())
    assert weight.grad is not None
    assert (weight.grad == 0.5).all()


def test_without_what_modules_hold(monkeypatch: pytest.MonkeyPatch, expected: Results) -> None:
    model = nn.Sequential(nn.ReLU(), nn.Identity(), nn.Sequential(nn.Tanh()))
    model.append(model[0])
    assert list(_torch.children(model)) == ["0", "1", "2", "3"]

    class Hidden:
        named_modules = model.named_modules

    assert _torch.children(cast(Any, Hidden())) == _torch.children(model)
    lut = quant.LUTSurrogate(CURVE, PROFILE)
    assert _torch.buffer(lut, "codes") is lut.codes
    monkeypatch.setattr(_torch, "_knows_wiring", False)
    layer = quant.QuantLinear(4, 4, profile=PROFILE)
    assert not layer._is_as_made()
    assert_equal(results(), expected)


def test_without_a_shorter_way_to_apply(monkeypatch: pytest.MonkeyPatch, expected: Results) -> None:
    monkeypatch.setattr(_base, "eager_spike", _eager.EagerSpike.apply)
    x = torch.linspace(-1, 1, 4000).requires_grad_()
    spikes = CURVE(x)
    (gradient,) = torch.autograd.grad(spikes.sum(), x)
    torch.testing.assert_close(gradient, CURVE.surrogate_grad(x.detach()), rtol=1e-6, atol=0)
    assert spikes.sum() == 2000
