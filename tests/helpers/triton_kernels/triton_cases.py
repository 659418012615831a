"""The Triton kernels beside torch on the CPU: on a GPU or, in Triton's interpreter, without one.

`test_triton` runs these and sets TRITON_INTERPRET or does not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
import triton
from lif_profiles import with_lif
from torch import Tensor, nn

import spikelut
from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.full_precision import exact
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.backends.triton import support as triton_backend
from spikelut.quant.backends.triton.run import run_integers
from spikelut.surrogates import Arctan, Surrogate

pytestmark = [
    pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # of NumPy, in which Triton interprets, at infinities
]

ARCTAN = Arctan(alpha=2.0)
DEVICE = "cuda" if torch.cuda.is_available() and not triton.knobs.runtime.interpret else "cpu"
Run = Callable[..., tuple[Tensor, Tensor, Tensor]]


def cell_of(layer: Any) -> LayerSpec:
    return LayerSpec(layer.dynamics, layer.surrogate, layer.truncate)


@contextmanager
def torch_alone() -> Iterator[None]:
    before = spikelut.get_backend()
    spikelut.set_backend("torch")
    try:
        yield
    finally:
        spikelut.set_backend(before)


def in_torch(layer: Any, current: Tensor, mem: Tensor, syn: Tensor) -> Any:
    with torch_alone():
        return layer.run(current, mem, syn)


def in_triton(layer: Any, current: Tensor, mem: Tensor, syn: Tensor) -> Any:
    bias = layer._on_grid(layer.real_bias(), current.shape[1:])
    bias = None if bias is None else bias.to(DEVICE)
    current, mem, syn = (x.to(DEVICE) for x in (current, mem, syn))
    cell = cell_of(layer)
    inputs = Inputs(current, (mem, syn)[: len(cell.kind.states)], bias=bias)
    assert triton_backend.takes(cell, inputs)
    out, states = run_integers(cell, inputs, type(layer).__name__)
    # A current that the neurons do not have is handed on.
    return tuple(x.cpu() for x in (out, *(*states, exact(syn))[:2]))


def results(
    run: Run,
    layer: Any,
    steps: int,
    shape: tuple[int, ...],
    dtype: torch.dtype = torch.float32,
    grid: float | None = None,
) -> list[Any]:
    """Outputs and gradients for inputs of all sizes, so that some registers saturate and others do not.

    `grid`: currents and states are multiples of it.
    """
    random = torch.Generator().manual_seed(steps)
    size = 10 ** (torch.rand(shape, generator=random) * 5 - 2)
    current = torch.randn(steps, *shape, generator=random) * size
    states = [torch.randn(shape, generator=random) for _ in range(2)]
    if grid is not None:
        current, *states = ((x / grid).round() * grid for x in (current, *states))
    current = current.to(dtype).requires_grad_()
    states = [state.requires_grad_() for state in states]
    layer.zero_grad()
    outputs = run(layer, current, *states)
    torch.autograd.backward([(out * torch.randn(out.shape, generator=random).to(dtype)).sum() for out in outputs])
    learned = [p.grad for p in layer.parameters()]
    return [*(out.detach() for out in outputs), current.grad, *(state.grad for state in states), *learned]


def integer_layers() -> list[Any]:
    """Every profile, neuron and reset, with its table; some with the curve and with truncation."""
    arctan = Arctan(alpha=2.0)
    layers: list[Any] = []
    for profile in with_lif():
        lut = quant.LUTSurrogate(arctan, profile)
        bias = 3 if profile.bias else None
        assert profile.step is not None
        layers += [quant.LIF(profile, lut, reset=reset, bias=bias) for reset in profile.step.resets]
    for name in ("loihi2", "xylo"):
        profile = hw_profiles.load(name)
        layers.append(quant.CubaLIF(profile, quant.LUTSurrogate(arctan, profile), bias=3, truncate=4))
        layers.append(quant.LI(profile, alpha=0.75))
    layers += [quant.LIF(hw_profiles.load(name), arctan, truncate=3) for name in ("generic8", "reckon", "spinnaker2")]
    return layers


@pytest.mark.parametrize("layer", integer_layers(), ids=str)
def test_integers_are_those_of_torch(layer: Any) -> None:
    if layer.bias is not None:
        nn.init.normal_(layer.bias, 0.0, 0.2, generator=torch.Generator().manual_seed(0))
    expected, got = (results(run, layer, 9, (2, 3, 23)) for run in (in_torch, in_triton))
    *exact, bias = expected if layer.bias is not None else (*expected, None)
    for a, b in zip(exact, got, strict=False):
        assert torch.equal(a, b)
    if bias is not None:  # summed in another order
        torch.testing.assert_close(got[-1], bias, rtol=1e-5, atol=1e-5)
    assert expected[0].any()
    assert expected[3].any()


@pytest.mark.parametrize("leak_first", [True, False])
@pytest.mark.parametrize("read", ["before_leak", "after_leak", "after_reset"])
@pytest.mark.parametrize("slope", ["curve", "table", "folded"])
def test_spikes_are_told_from_what_was_read_where_it_says(slope: str, read: str, leak_first: bool) -> None:
    """A reset to zero stops the gradient, wherever the surrogate is read; a folded table has one place for x and -x."""
    profile = hw_profiles.load("spinnaker1" if slope == "folded" else "generic8")
    lut = quant.LUTSurrogate(ARCTAN, profile)
    layer = quant.LIF(profile, ARCTAN if slope == "curve" else lut, reset="zero", beta=0.5)
    layer._spec = replace(layer._spec, read=read, leak_first=leak_first)
    # On a grid so coarse that many are at the threshold, which is where a spike and none are told apart.
    for a, b in zip(*(results(run, layer, 5, (90, 1), grid=0.5) for run in (in_torch, in_triton)), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize(("steps", "size"), [(0, 5), (9, 0), (1, 129), (7, 128), (8, 1), (17, 129)])
def test_any_number_of_steps_and_neurons(steps: int, size: int) -> None:
    profile = hw_profiles.load("loihi2")
    layer = quant.CubaLIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile))
    for a, b in zip(*(results(run, layer, steps, (size, 1)) for run in (in_torch, in_triton)), strict=True):
        assert a.shape == b.shape
        assert torch.equal(a, b)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_how_things_are_stored(dtype: torch.dtype) -> None:
    profile = hw_profiles.load("generic16")
    layer = quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile), reset="zero")
    random = torch.Generator().manual_seed(0)
    values, towards = (torch.randn(9, 4, 40, generator=random).to(dtype) for _ in range(2))
    rest = torch.zeros(4, 40)
    outs, grads = [], []
    for kind in (dtype, torch.float32):
        current = values.to(kind, copy=True).requires_grad_()
        out = in_triton(layer, current, rest, rest)[0]
        torch.autograd.backward((out * towards.to(kind)).sum())
        assert out.dtype == kind
        assert current.grad is not None
        outs.append(out.detach().float())
        grads.append(current.grad)
    assert torch.equal(*outs)
    assert outs[0].any()
    if dtype == torch.bfloat16:  # which Triton's interpreter, not its compiler, rounds towards zero
        torch.testing.assert_close(grads[0], grads[1].to(dtype), rtol=2**-7, atol=0)
    else:
        assert torch.equal(grads[0], grads[1].to(dtype))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_what_half_precision_does_not_hold_comes_in_float32(dtype: torch.dtype) -> None:
    """Membranes of a read-out and states; those that come in count for what they are."""
    profile = hw_profiles.load("generic16")
    for layer in (quant.LI(profile), quant.LIF(profile, ARCTAN, reset="zero")):
        random = torch.Generator().manual_seed(0)
        current, mem = (torch.randn(*shape, generator=random).to(dtype) for shape in ((9, 4, 40), (4, 40)))
        outs: list[list[Any]] = []
        runs: tuple[Run, Run] = (in_torch, in_triton)
        for run in runs:
            inputs = [x.clone().requires_grad_() for x in (current, mem)]
            made = run(layer, *inputs, torch.zeros_like(mem))
            torch.autograd.backward([out.float().square().sum() for out in made[:2]])
            outs.append([*(out.detach() for out in made), *(x.grad for x in inputs)])
        spikes = torch.float32 if layer.surrogate is None else dtype
        assert [x.dtype for x in outs[1][:3]] == [spikes, torch.float32, torch.float32]
        for a, b in zip(*outs, strict=True):
            assert a.dtype == b.dtype
            assert bool(a.any()) or a is outs[0][2]
            # Triton's interpreter, not its compiler, rounds to bfloat16 towards zero; curves are within 1e-6.
            exact = a.dtype == torch.float32
            torch.testing.assert_close(
                b, a, rtol=0 if exact else 2 * torch.finfo(a.dtype).eps, atol=0 if exact else 1e-6
            )


def test_a_byte_for_each_neuron_and_step_is_kept() -> None:
    profile = hw_profiles.load("loihi2")
    layer = quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile), reset="zero")
    kept: list[int] = []

    def count(x: Tensor) -> Tensor:
        kept.append(x.numel() * x.element_size())
        return x

    rest = torch.zeros(4, 40)
    current = torch.rand(10, 4, 40, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(count, lambda x: x):
        in_triton(layer, current, rest, rest)
    assert sum(kept) == current.numel()


def test_values_that_are_not_finite_are_refused() -> None:
    profile = hw_profiles.load("generic8")
    layer = quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile))
    rest = torch.zeros(2, 70)
    broken, full = torch.zeros(9, 2, 70), torch.full((9, 2, 70), 1e30)
    for value in (float("nan"), float("-inf")):
        broken[8, 1, 69] = value
        for current, mem in ((broken, rest), (rest.expand(9, 2, 70), broken[8])):
            with pytest.raises(ValueError, match=r"^LIF: current and states must be finite, got 'NaN or infinity'"):
                in_triton(layer, current, mem, rest)
    assert in_triton(layer, full, rest, rest)[0].all()


def test_any_layout_and_any_part_of_the_results() -> None:
    profile = hw_profiles.load("generic8")
    layer = quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile))
    rest = torch.zeros(3, 5)
    for part in range(2):
        grads = []
        for run in (in_torch, in_triton):
            leaf = torch.randn(5, 3, 10, generator=torch.Generator().manual_seed(1)).requires_grad_()
            torch.autograd.backward(run(layer, leaf.permute(2, 1, 0), rest, rest)[part].sum())
            grads.append(leaf.grad)
        assert torch.equal(*grads)  # type: ignore[arg-type]  # there are
        assert grads[0] is not None
        assert grads[0].any()


@dataclass(frozen=True)
class Own(Surrogate):
    """A user's curve."""

    function: Any

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.as_tensor(self.function(x))


def test_curves_of_the_users_own() -> None:
    profile = hw_profiles.load("generic8")
    good = quant.LIF(profile, Own(lambda x: torch.where(x.abs() < 0.5, 1.0, 0.25) / (1 + x * x)))
    expected, got = (results(run, good, 9, (4, 40)) for run in (in_torch, in_triton))
    assert torch.equal(expected[3], got[3])
    functions: list[Any] = [
        lambda x: torch.special.i0(x),
        lambda x: x.cumsum(0),
        lambda x: x if bool((x > 0).any()) else -x,
        lambda x: x**3,
        lambda x: x.double().sin().float(),
        lambda x: torch.arange(5.0) * x,
    ]
    rest = torch.zeros(1, 1)
    for function in functions:
        layer = quant.LIF(profile, Own(function))
        assert not triton_backend.takes(cell_of(layer), Inputs(rest[None], (rest,)))
        assert not triton_backend.takes_floats(FloatSpec(Own(function), 0.9), rest)
    no_hash = Own([])
    assert not triton_backend.takes(cell_of(quant.LIF(profile, no_hash)), Inputs(rest[None], (rest,)))
    assert not triton_backend.takes_floats(FloatSpec(no_hash, 0.9), rest)


def test_what_stays_with_torch() -> None:
    layer = quant.LIF(hw_profiles.load("generic8"), ARCTAN)
    rest, cell = torch.zeros(2, 3), cell_of(layer)
    current = torch.zeros(4, 2, 3)
    takes = triton_backend.takes
    assert takes(cell, Inputs(current, (rest,)))
    for name in ("weight", "beta", "threshold"):
        assert not takes(cell, Inputs(current, (rest,), **{name: torch.zeros(())}))
    assert not takes(cell, Inputs(current.double(), (rest,)))
    huge = torch.zeros(1).expand(1, 2**14, 2**14 + 1)
    assert not takes(cell, Inputs(huge, (rest,)))
    with torch_alone():
        assert not takes(cell, Inputs(current, (rest,)))
    with unbranched():
        assert not takes(cell, Inputs(current, (rest,)))
    many = LayerSpec(cell.kind.with_spec(replace(cell.spec, threshold=torch.ones(3))), ARCTAN)
    assert not takes(many, Inputs(current, (rest,)))
