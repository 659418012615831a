"""torch.export, torch.jit.trace, torch.compile and torch.func on layers: the same values, or one line why not."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, jvp, stack_module_state, vmap

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

P, LOIHI, XYLO, ODIN = (hw_profiles.load(name) for name in ("generic16", "loihi2", "xylo", "odin"))
X = (torch.rand(6, 4, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()
IMAGES = (torch.rand(4, 3, 2, 6, 6, generator=torch.Generator().manual_seed(0)) < 0.5).float()

pytestmark = pytest.mark.filterwarnings("ignore")  # recorders warn of themselves


def spike(profile: Any = P) -> quant.LUTSurrogate:
    return quant.LUTSurrogate(Arctan(alpha=2.0), profile, saturate=True)


def lively(model: Any, gain: float = 0.5) -> Any:
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * gain)
    return model


def dense() -> Any:
    first: Any = quant.QuantLinear(12, 10, profile=P, per_channel=True)
    hidden = quant.LIF(P, spike(), beta=0.9, bias=10)
    return lively(nn.Sequential(first, hidden, quant.QuantLinear(10, 3, profile=P), quant.LI(P, beta=0.9)))


def images() -> Any:
    conv: Any = quant.QuantConv2d(2, 4, 3, profile=P)
    return lively(nn.Sequential(conv, quant.LIF(P, Arctan(), beta=0.9), quant.SumPool2d(2), nn.Flatten(2)))


def learned() -> Any:
    return quant.LIF(P, spike(), beta=0.9, learn_beta=True)


def events() -> Any:
    return lively(quant.EventLIF(12, 5, profile=ODIN, surrogate=spike(ODIN)), 3.0)


KINDS: dict[str, tuple[Callable[[], Any], Tensor]] = {
    "dense": (dense, X),
    "images": (images, IMAGES),
    "recurrent": (lambda: lively(quant.Recurrent(quant.LIF(P, spike(), beta=0.9), 12)), X),
    "synapse": (lambda: quant.CubaLIF(LOIHI, spike(LOIHI), alpha=0.5), X),
    "several spikes": (lambda: quant.CubaLIF(XYLO, spike(XYLO)), X * 3),
    "floats": (lambda: quant.FloatLIF(spike(), beta=0.9), X),
    "recurrent floats": (lambda: lively(quant.FloatRecurrent(quant.FloatLIF(spike(), beta=0.9), 12)), X),
}
INTEGERS = ["dense", "images", "recurrent", "synapse"]
ONE_LINE = r"^\w+: torch.func's grad, vmap and jvp must not go through layers of integers; use loss.backward\(\) .*$"


def traced(model: Any, inputs: Any) -> Any:
    jit: Any = torch.jit
    return jit.trace(model, inputs, check_trace=False)


def expected(model: Any, *inputs: Tensor) -> list[Tensor]:
    with torch.no_grad():
        found = [model(x) for x in inputs]
    assert float((found[0] != 0).double().mean()) > 0.02
    assert not torch.equal(found[0], found[1])
    return found


@pytest.mark.parametrize("name", KINDS)
def test_exported_programs_give_the_same(name: str) -> None:
    build, x = KINDS[name]
    model = build()
    wider, other = torch.cat([x, x.flip(0)], 1), x.flip(0)
    made = torch.export.export(model, (x,), dynamic_shapes=({1: torch.export.Dim("batch")},)).module()
    for found, want in zip([made(x), made(other), made(wider)], expected(model, x, other, wider), strict=True):
        assert torch.equal(found, want)


def test_strict_export_gives_the_same() -> None:
    model = dense()
    made = torch.export.export(model, (X,), strict=True).module()
    assert torch.equal(made(X.flip(0)), expected(model, X.flip(0), X)[0])


@pytest.mark.parametrize("name", KINDS)
def test_traces_give_the_same_and_take_no_other_number_of_steps(name: str) -> None:
    build, x = KINDS[name]
    model = build()
    made = traced(model, (x,))
    wider = torch.cat([x, x.flip(0)], 1)
    for found, want in zip([made(x), made(wider)], expected(model, x, wider), strict=True):
        assert torch.equal(found, want)
    with pytest.raises(RuntimeError, match=r"shape .* is invalid for input of size"):
        made(torch.cat([x, x]))


@pytest.mark.parametrize("build", [learned, events])
def test_what_looks_at_values_is_not_recorded(build: Callable[[], Any]) -> None:
    for record in (torch.export.export, traced):
        with pytest.raises(ValueError, match=r"^\w+: must not be recorded, as it looks at values; \w+") as error:
            record(build(), (X,))
        assert "\n" not in str(error.value)
    fixed = quant.from_integer(quant.integer(nn.Sequential(quant.QuantLinear(12, 12, profile=P), learned())))
    assert torch.equal(torch.export.export(fixed, (X,)).module()(X), fixed(X))


@pytest.mark.parametrize("name", INTEGERS)
def test_transforms_are_refused_and_functional_calls_are_not(name: str) -> None:
    build, x = KINDS[name]
    model = build()
    weights = dict(model.named_parameters())
    others = {key: value.detach().flip(0).requires_grad_() for key, value in weights.items()}
    out = functional_call(model, others, (x,))
    again = build()
    again.load_state_dict(others, strict=False)
    assert torch.equal(out, again(x))
    if others:
        found = torch.autograd.grad(out.square().sum(), list(others.values()))
        want = torch.autograd.grad(again(x).square().sum(), list(again.parameters()))
        assert all(torch.equal(a, b) for a, b in zip(found, want, strict=True))
        assert any(bool(a.any()) for a in found)
    for transform in (
        lambda: grad(lambda y: model(y).sum())(x),
        lambda: vmap(model)(torch.stack([x, x])),
        lambda: jvp(model, (x,), (x,)),
    ):
        with pytest.raises(ValueError, match=ONE_LINE):
            transform()


def test_an_ensemble_is_refused_of_integers_and_runs_of_floats() -> None:
    for build, integers in ((dense, True), (KINDS["recurrent floats"][0], False)):
        models = [build(), build()]
        state, buffers = stack_module_state(models)

        def run(state: Any, buffers: Any, model: Any = models[0]) -> Tensor:
            return functional_call(model, (state, buffers), (X,))  # type: ignore[no-any-return]

        if integers:
            with pytest.raises(ValueError, match=ONE_LINE):
                vmap(run)(state, buffers)
        else:
            assert torch.equal(vmap(run)(state, buffers), torch.stack([model(X) for model in models]))


@pytest.mark.parametrize("name", ["floats", "recurrent floats"])
def test_transforms_of_floats(name: str) -> None:
    model = KINDS[name][0]()
    x = X.clone().requires_grad_()
    scale = torch.linspace(0, 1, X.numel()).reshape(X.shape)
    (want,) = torch.autograd.grad((model(x) * scale).sum(), x)
    assert want.any()
    assert torch.equal(grad(lambda y: (model(y) * scale).sum())(X), want)
    assert torch.equal(vmap(model)(torch.stack([X, X.flip(0)])), torch.stack([model(X), model(X.flip(0))]))
    with pytest.raises(NotImplementedError, match=r"spike: has no forward-mode derivative; use torch\.func's vjp"):
        jvp(model, (X,), (X,))


def test_compiled_models_give_the_same_and_say_what_full_graphs_need() -> None:
    model, x = quant.LIF(P, Arctan(), beta=0.9), X[:2]
    torch.compiler.reset()
    compiled: Any = torch.compile(model, backend="eager")
    assert torch.equal(compiled(x), model(x))
    assert model(x).any()
    reason = "spikelut's layers of integers run between the graphs of torch.compile, in kernels of their own"
    for build in (lambda: model, learned, events):
        torch.compiler.reset()
        whole: Any = torch.compile(build(), backend="eager", fullgraph=True)
        with pytest.raises(Exception, match=re.escape(reason)):
            whole(X)
    torch.compiler.reset()
    floats = quant.FloatLIF(spike(), beta=0.9)
    full: Any = torch.compile(floats, backend="eager", fullgraph=True)
    assert torch.equal(full(X), floats(X))
