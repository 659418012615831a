"""What a GPU computes is what the CPU does: spikes, integers and the gradients of tables to the last bit."""

import copy
from typing import Any

import pytest
import torch
from backends import backend, equal, gradients
from lif_profiles import fed_back, with_lif
from sample_networks import CUBA, CURVE, KINDS, convolutional, dense, neurons
from torch import Tensor, nn

import spikelut
from spikelut import hw_profiles, quant, surrogates
from spikelut.hw_profiles import Profile
from spikelut.quant.backends.triton import support as triton_backend
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.surrogates import Arctan, CrossingSurrogate, Learnable, Surrogate

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
    pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning"),
]

BACKENDS = ["torch", "auto"]
CLOSE = {torch.float64: 1e-12, torch.float32: 1e-6, torch.bfloat16: 2**-7, torch.float16: 2**-10}
"""Exponentials differ by units in the last place between devices; a rounding to half precision by one such unit."""


def test_layers_run_in_triton_kernels() -> None:
    assert spikelut.get_backend() == "auto"
    assert triton_backend.takes_tensor(torch.zeros(3, 2, 4, device="cuda"))
    assert not triton_backend.takes_tensor(torch.zeros(3, 2, 4))
    with backend("torch"):
        assert not triton_backend.takes_tensor(torch.zeros(3, 2, 4, device="cuda"))


def test_transforms_go_another_way() -> None:
    layer = quant.FloatLIF(Arctan())
    x = random(3, 9, 2, 4).cuda()
    assert torch.equal(torch.vmap(layer)(x), torch.stack([layer(row) for row in x]))


def random(*shape: int, scale: float = 1.0, dtype: torch.dtype = torch.float32) -> Tensor:
    return (torch.randn(shape, generator=torch.Generator().manual_seed(0)) * scale).to(dtype)


def on_both(model: Any, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Output and gradients of `model` on the CPU and, brought back, on the GPU."""
    grad = random(*model(x).shape, dtype=x.dtype)
    here = gradients(model, x, grad)
    there = copy.deepcopy(model).cuda() if isinstance(model, nn.Module) else model
    return here, [t.cpu() for t in gradients(there, x.cuda(), grad.cuda())]


@pytest.mark.parametrize("dtype", list(CLOSE))
@pytest.mark.parametrize("kind", surrogates.ALL)
def test_curves(kind: type[Surrogate], dtype: torch.dtype) -> None:
    x = torch.cat([random(100_000, scale=2.0, dtype=dtype), torch.tensor([0.0, -0.0, 30.0, -30.0], dtype=dtype)])
    (spikes, grad), (got, got_grad) = on_both(kind(), x)
    assert torch.equal(spikes, got)
    torch.testing.assert_close(got_grad, grad, rtol=CLOSE[dtype], atol=CLOSE[dtype])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.compile, of itself
@pytest.mark.parametrize("kind", surrogates.ALL)
@pytest.mark.parametrize("table", [False, True])
def test_compiled(table: bool, kind: type[Surrogate]) -> None:
    curve = kind()
    spike: Any = quant.LUTSurrogate(curve, hw_profiles.load("generic16"), saturate=True) if table else curve
    x = random(2**16, scale=3.0)
    spikes, grad = gradients(spike, x, torch.ones_like(x))
    moved = spike.cuda() if table else spike
    torch.compiler.reset()  # else all of them count as versions of one function
    compiled: Any = torch.compile(moved, fullgraph=True)
    got, got_grad = (t.cpu() for t in gradients(lambda v: compiled(v), x.cuda(), torch.ones_like(x).cuda()))
    assert torch.equal(spikes, got)
    torch.testing.assert_close(got_grad, grad, rtol=0 if table else 1e-6, atol=0 if table else 1e-6)


@pytest.mark.parametrize("kind", surrogates.ALL_TWO_INPUT)
def test_curves_of_two_inputs(kind: type[CrossingSurrogate]) -> None:
    old = random(1000).flip(0)
    (spikes, grad), (got, got_grad) = on_both(lambda x: kind()(x, old.to(x.device)), random(1000))
    assert torch.equal(spikes, got)
    torch.testing.assert_close(got_grad, grad, rtol=1e-6, atol=1e-6)


def test_learned_curves() -> None:
    for a, b in zip(*on_both(Learnable(Arctan(), "alpha"), random(1000)), strict=True):
        torch.testing.assert_close(b, a, rtol=1e-5, atol=1e-5)  # a sum in another order


@pytest.mark.parametrize("dtype", list(CLOSE))
@pytest.mark.parametrize("profile", [hw_profiles.load(name) for name in hw_profiles.names()], ids=lambda p: p.name)
def test_tables(profile: Profile, dtype: torch.dtype) -> None:
    lut = quant.LUTSurrogate(Arctan(alpha=2.0), profile, saturate=True)
    ends = torch.tensor([0.0, -0.0, 1e-30, -1e-30, 1e4, -1e4], dtype=dtype)
    for a, b in zip(*on_both(lut, torch.cat([random(100_000, scale=2.0, dtype=dtype), ends])), strict=True):
        assert torch.equal(a, b)


def layers(profile: Profile) -> list[Any]:
    curve = quant.LIF(profile, CURVE)
    found: list[Any] = [neurons(profile, False, 6), curve, quant.LI(profile), fed_back(neurons(profile, False, 6), 6)]
    if profile in CUBA:
        found += [neurons(profile, True, 6), Recurrent(neurons(profile, True, 6), 6)]
    return found


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("profile", with_lif(), ids=lambda p: p.name)
def test_neurons(profile: Profile, name: str) -> None:
    torch.manual_seed(0)
    with backend(name):
        for layer in layers(profile):
            (out, grad, *rest), (got, got_grad, *got_rest) = on_both(layer, random(33, 7, 6, scale=1.5))
            assert torch.equal(out, got)
            assert out.any()
            if isinstance(layer, Recurrent) or not isinstance(layer.surrogate, quant.LUTSurrogate):
                torch.testing.assert_close(got_grad, grad, rtol=1e-5, atol=1e-5)  # products and curves are rounded
            else:
                assert torch.equal(grad, got_grad)
            for a, b in zip(rest, got_rest, strict=True):
                torch.testing.assert_close(b, a, rtol=1e-4, atol=1e-4)  # sums in another order


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("alpha", [None, 0.5])
def test_float_neurons(alpha: float | None, reset: Any, name: str) -> None:
    layer = quant.FloatLIF(Arctan(alpha=2.0), beta=0.5, alpha=alpha, reset=reset)
    with backend(name):
        (out, grad), (got, got_grad) = on_both(layer, random(33, 7, 150, scale=2.0))
    assert torch.equal(out, got)
    torch.testing.assert_close(got_grad, grad, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize(("profile", "cuba"), KINDS, ids=lambda k: getattr(k, "name", k))
@pytest.mark.parametrize("kind", [dense, convolutional])
def test_networks(kind: Any, profile: Profile, cuba: bool, name: str) -> None:
    model = kind(profile, cuba, 0)
    shape = (6, 3, 5) if kind is dense else (1, 3, 2, 6, 8)
    events = (random(*shape) > 0.3).float() * (1.0 if kind is dense else 0.25)
    with backend(name):
        (out, *grads), (got, *got_grads) = on_both(model, events)
    assert torch.equal(out, got)
    for a, b in zip(grads, got_grads, strict=True):
        torch.testing.assert_close(b, a, rtol=1e-3, atol=1e-4 * float(a.abs().max()))
    here, there = quant.integer(model), quant.integer(copy.deepcopy(model).cuda())
    counts = (events / (1.0 if kind is dense else 0.25)).numpy()
    for mine, other in zip(here.run(counts).values(), there.run(counts).values(), strict=True):
        assert (mine == other).all()


@pytest.mark.parametrize("dtype", list(CLOSE))
def test_states(dtype: torch.dtype) -> None:
    x = random(10_000, scale=0.6, dtype=dtype)
    for levels in (quant.FixedPoint(8, 6), quant.threshold_levels(8), quant.threshold_levels(2)):

        def quantise(mem: Tensor, levels: Any = levels) -> Tensor:
            return quant.quantize_state(mem, levels.to(mem.device) if isinstance(levels, Tensor) else levels)

        for a, b in zip(*on_both(quantise, x), strict=True):
            assert equal(a, b)


def test_packed_spikes() -> None:
    table = quant.LUTSurrogate(Arctan(alpha=2.0), hw_profiles.load("generic8"))
    model = nn.Sequential(quant.LIF(hw_profiles.load("generic8"), table), nn.Linear(40, 10)).cuda()
    x, grad = random(20, 8, 40, scale=2.0).cuda(), random(20, 8, 10).cuda()
    plain = gradients(model, x, grad)
    with quant.packed_spikes():
        packed = gradients(model, x, grad)
    for a, b in zip(plain, packed, strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("name", BACKENDS)
def test_mixed_precision(name: str) -> None:
    """Under autocast the neurons take what the linear layer gives, in half precision."""
    profile = hw_profiles.load("loihi2")
    model = nn.Sequential(
        nn.Linear(20, 64), quant.LIF(profile, quant.LUTSurrogate(CURVE, profile)), nn.Linear(64, 4)
    ).cuda()
    x = random(9, 5, 20).cuda()
    with backend(name), torch.autocast("cuda", torch.bfloat16):
        out = model(x)
        out.float().square().sum().backward()
    weight: Any = model[0].weight
    assert bool(weight.grad.isfinite().all())
    assert weight.grad.any()


def test_a_training_step_in_a_graph() -> None:
    """A captured step replayed on other data gives what it gives outside of a graph."""
    profile = hw_profiles.load("loihi2")
    layer = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), beta=0.5).cuda()
    first, second, grad = (random(9, 64, 64, scale=scale).cuda() for scale in (1.0, 40.0, 1.0))
    with backend("auto"):
        expected = gradients(layer, second, grad)
        x = first.clone().requires_grad_()
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                torch.autograd.grad(layer(x), x, grad)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            out = layer(x)
            (got,) = torch.autograd.grad(out, x, grad)
        with torch.no_grad():
            x.copy_(second)
        graph.replay()
    assert torch.equal(out, expected[0])
    assert torch.equal(got, expected[1])
