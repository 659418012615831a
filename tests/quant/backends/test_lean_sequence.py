"""Plain layers of neurons in exact floats, beside the integers of `lif_step` that they stand for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

import spikelut
from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.backends import dispatch
from spikelut.quant.backends.eager import exact_states
from spikelut.surrogates import Arctan, Surrogate

LEAN = ("generic8", "generic16", "loihi2", "cortexm_q15", "hls4ml")
SMALL, LARGE = (7, 6), (150, 6, 55)


@pytest.fixture(autouse=True)
def on_torch() -> Iterator[None]:
    before = spikelut.get_backend()
    spikelut.set_backend("torch")
    yield
    spikelut.set_backend(before)


def layer(profile: Profile, slope: str = "table", beta: float = 0.5, **options: Any) -> Any:
    if slope == "read-out":
        return quant.LI(profile, beta=beta, **options)
    curve = Arctan(alpha=2.0)
    return quant.LIF(profile, quant.LUTSurrogate(curve, profile) if slope == "table" else curve, beta=beta, **options)


def traces(neuron: Any, current: Tensor, mem: Tensor | None, syn: Tensor | None, with_state: bool) -> list[Tensor]:
    """Spikes, the last states, and the gradients of all inputs."""
    inputs = [v.requires_grad_() for v in (current, mem, syn) if v is not None] + list(neuron.parameters())
    out = neuron.run(current, mem, syn)
    ended = [out[0], *out.states.values()]
    probes = [torch.randn(v.shape, generator=torch.Generator().manual_seed(3)).to(v.dtype) for v in ended]
    outs, given = (ended, probes) if with_state else (ended[:1], probes[:1])
    return [out[0], out[1], out[2], *torch.autograd.grad(outs, inputs, given, allow_unused=not with_state)]


def swap(patch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    """Change what says whether exact floats take a layer, forward and backward."""
    for name in ("FORWARD", "BACKWARD"):
        backends = getattr(dispatch, name)
        mine = [b._replace(takes=change(b.takes)) if b.name == "exact floats" else b for b in backends]
        patch.setattr(dispatch, name, tuple(mine))


def compare(
    neuron: Any,
    current: Tensor,
    mem: Tensor | None = None,
    with_state: bool = True,
    lean: bool = True,
    syn: Tensor | None = None,
) -> list[Tensor]:
    """The traces, which are those of `lif_step` and of the derivative stated for it, to the last bit."""
    calls = []

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            made = function(*args)
            calls.append(bool(made))
            return made

        return call

    with pytest.MonkeyPatch.context() as patch:
        swap(patch, counted)
        found = traces(neuron, current, mem, syn, with_state)
    assert calls[0] == lean
    with pytest.MonkeyPatch.context() as patch:
        swap(patch, lambda _: lambda *_: False)
        wanted = traces(neuron, current, mem, syn, with_state)
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)
    assert not (found[1].signbit() & (found[1] == 0)).any()
    return found


def currents(shape: tuple[int, ...], size: float = 0.8, dtype: torch.dtype = torch.float32, steps: int = 11) -> Tensor:
    random = torch.Generator().manual_seed(0)
    return (torch.randn(steps, *shape, generator=random) * size).clamp(-7, 7).to(dtype)


@pytest.mark.parametrize("slope", ["table", "analytic", "read-out"])
@pytest.mark.parametrize("name", LEAN)
def test_chips(name: str, slope: str) -> None:
    profile = hw_profiles.load(name)
    assert profile.step is not None
    for reset, beta, dtype in product(profile.step.resets, (0.5, 0.9), (torch.float32, torch.float64)):
        options = {} if slope == "read-out" else {"reset": reset}
        found = compare(layer(profile, slope, beta, **options), currents(SMALL, dtype=dtype), torch.randn(SMALL) / 3)
        assert slope == "read-out" or 0 < found[0].mean() < 1
        compare(layer(profile, slope, beta, **options), currents(LARGE, dtype=dtype))


def behind_current(name: str, slope: str = "table", **options: Any) -> Any:
    profile = hw_profiles.load(name)
    curve = Arctan(alpha=2.0)
    if slope == "read-out":
        return quant.LI(profile, **options)
    return quant.CubaLIF(profile, quant.LUTSurrogate(curve, profile) if slope == "table" else curve, **options)


@pytest.mark.parametrize("slope", ["table", "analytic", "read-out"])
@pytest.mark.parametrize("name", ["generic8", "loihi2"])
def test_currents_that_decay(name: str, slope: str) -> None:
    for alpha, beta, dtype in ((0.5, 0.9, torch.float32), (0.75, 0.5, torch.float64)):
        neuron = behind_current(name, slope, alpha=alpha, beta=beta)
        states = torch.randn(2, *SMALL, generator=torch.Generator().manual_seed(5)) / 3
        found = compare(neuron, currents(SMALL, 0.5, dtype), states[0], syn=states[1])
        assert slope == "read-out" or 0 < found[0].mean() < 1
        compare(neuron, currents(LARGE, 0.5, dtype), with_state=False)


@pytest.mark.parametrize("name", ["generic8", "loihi2"])  # whose currents saturate, and wrap
def test_currents_that_leave_their_register(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cut, flagged = exact_states.cut, list[int]()

    def noted(*args: Any) -> Tensor:
        flags = cut(*args)
        flagged.append(int(flags.max()) if len(flags) else 0)
        return flags

    monkeypatch.setattr(exact_states, "cut", noted)
    large = currents(SMALL, 3.0, steps=30).abs() * (12.0 if name == "loihi2" else 1.0)
    neuron = behind_current(name, alpha=0.9, beta=0.9, bias=6, truncate=7)
    neuron.bias.data.copy_(torch.linspace(-0.5, 0.5, 6))
    for with_state in (True, False):
        compare(neuron, large, torch.randn(SMALL) / 3, with_state, syn=torch.randn(SMALL) / 3)
    small = (
        0.3 if name == "generic8" else 1.5
    )  # of which a current of ten times as much is made, and of that a membrane
    compare(neuron, torch.full((60, *SMALL), -small))
    syn = 1 << neuron.dynamics.registers.index("syn")
    assert flagged
    assert any(flags & syn for flags in flagged) == (name == "generic8")


@pytest.mark.parametrize("reset", ["zero", "subtract"])
def test_membranes_that_leave_their_register(reset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cut, flagged = exact_states.cut, []

    def noted(*args: Any) -> Tensor:
        flags = cut(*args)
        flagged.append(bool(flags.any()))
        return flags

    monkeypatch.setattr(exact_states, "cut", noted)
    for name, beta in (("generic8", 0.9), ("hls4ml", 0.99), ("generic16", 0.99)):
        profile, flagged[:] = hw_profiles.load(name), []
        assert profile.membrane is not None
        if reset in (profile.step.resets if profile.step else ()):
            compare(layer(profile, beta=beta, reset=reset), -currents(SMALL, 2.0, steps=40).abs())
            assert flagged
            assert any(flagged) == (profile.membrane.overflow == "saturate")


def test_bias_truncation_and_states_without_gradients() -> None:
    profile = hw_profiles.load("loihi2")
    neuron = layer(profile, bias=6, truncate=4)
    neuron.bias.data.copy_(torch.linspace(-0.5, 0.5, 6))
    for with_state in (True, False):
        compare(neuron, currents(SMALL), torch.randn(SMALL) / 3, with_state)
        compare(layer(profile, "analytic", truncate=4), currents(LARGE), torch.randn(LARGE) / 3, with_state)


def test_only_the_state_has_a_gradient() -> None:
    neuron, current = layer(hw_profiles.load("generic8")), currents(SMALL).requires_grad_()
    (found,) = torch.autograd.grad(neuron.sequence(current)[1].sum(), current)
    zero = torch.zeros_like(current)
    (wanted,) = torch.autograd.grad(neuron.sequence(current), current, [zero, torch.ones_like(current[0])])
    assert torch.equal(found, wanted)
    assert bool(found[0].any())


def test_gradients_that_are_spread_out_or_transposed() -> None:
    neuron, current = layer(hw_profiles.load("loihi2")), currents((5, 4)).requires_grad_()
    (spread,) = torch.autograd.grad(neuron(current).sum(), current)
    (whole,) = torch.autograd.grad(neuron(current), current, torch.ones_like(current))
    assert torch.equal(spread, whole)
    turned = current.detach().transpose(1, 2).contiguous().transpose(1, 2).requires_grad_()
    assert torch.equal(neuron(turned), neuron(current))
    (other,) = torch.autograd.grad(neuron(turned).sum(), turned)
    assert torch.equal(other, whole)


def test_half_precision_is_computed_in_float32() -> None:
    for dtype in (torch.bfloat16, torch.float16):
        found = compare(layer(hw_profiles.load("generic8")), currents(SMALL, dtype=dtype))
        assert [v.dtype for v in found[:3]] == [dtype, torch.float32, torch.float32]


def test_what_is_not_lean() -> None:
    profile = hw_profiles.load("generic8")
    assert profile.table is not None
    before = replace(profile, table=replace(profile.table, read="after_reset"))
    compare(layer(before, "analytic"), currents(SMALL), lean=False)
    compare(layer(profile, learn_beta=True), currents(SMALL), lean=False)
    compare(layer(profile, learn_threshold=True), currents(SMALL), lean=False)
    compare(layer(profile), currents(SMALL) * 40, lean=False)  # a current beyond its register
    compare(layer(profile), currents(SMALL), torch.full(SMALL, 9.0), lean=False)  # a membrane beyond its register
    compare(layer(hw_profiles.load("reckon"), beta=0.9), currents(SMALL), lean=False)
    compare(layer(hw_profiles.load("spinnaker1"), beta=0.9), currents(SMALL), lean=False)
    compare(behind_current("xylo"), currents(SMALL), lean=False)
    loihi2 = hw_profiles.load("loihi2")
    assert loihi2.current is not None
    first = replace(loihi2, current=replace(loihi2.current, input_first=True))
    compare(quant.CubaLIF(first, Arctan(alpha=2.0)), currents(SMALL), lean=False)
    compare(behind_current("loihi2"), currents(SMALL), syn=torch.full(SMALL, 33.0), lean=False)


@dataclass(frozen=True)
class Own(Surrogate):
    """Looks at all steps at once."""

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return x - x.mean()


def test_slopes_that_depend_on_other_steps() -> None:
    compare(quant.LIF(hw_profiles.load("generic8"), Own(), beta=0.5), currents(SMALL))


@pytest.mark.parametrize("name", ["generic8", "loihi2"])
def test_memory_of_the_way_back(name: str) -> None:
    """No buffer of the size of a step stands beside the rows of the result."""
    neuron, current = layer(hw_profiles.load(name)), currents((4, 2**14), steps=2).requires_grad_()
    out = neuron(current)
    grad = torch.ones_like(out)
    torch.autograd.grad(out, current, grad, retain_graph=True)  # which leaves a table of pairs
    with torch.profiler.profile(profile_memory=True) as profile:
        torch.autograd.grad(out, current, grad)
    assert profile.profiler is not None
    events: Any = profile.profiler.kineto_results.events()
    rows = [e.nbytes() for e in events if e.name() == "[memory]" and e.nbytes() >= 4 * 2**16]
    limit = 2  # the places as wider integers, and once memory for a row
    assert len(rows) <= limit
