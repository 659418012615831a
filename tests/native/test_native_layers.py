"""Layers in a chip's integers: the compiled kernels and the readable path, equal to the last bit."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from backends import backend, both, equal, gradients, needs_native, threads
from kernel_library import built, kernels_of
from lif_profiles import with_lif
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.backends import dispatch
from spikelut.quant.codegen.structures import structure_of
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.surrogates import Arctan, SquarewaveFourierSeries, Surrogate

pytestmark = needs_native

WITH_SYNAPSE = [p for p in map(hw_profiles.load, hw_profiles.names()) if p.current_decay is not None]
CURVE = Arctan(alpha=2.0)


@pytest.fixture(autouse=True)
def native_runs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Counts the kernel's calls, so that no test compares the readable path with itself."""
    runs = {"forward": 0, "backward": 0}

    def counted(run: Any, way: str) -> Any:
        def call(*args: Any) -> Any:
            made = run(*args)
            runs[way] += made is not None
            return made

        return call

    for name in ("FORWARD", "BACKWARD"):
        native, *others = getattr(dispatch, name)
        assert native.name == "native"
        monkeypatch.setattr(dispatch, name, (native._replace(run=counted(native.run, name.lower())), *others))
    with threads(1):
        yield runs


def drive(shape: tuple[int, ...], gain: float = 0.6, wild: str = "always") -> tuple[Tensor, Tensor]:
    """Currents, some of them off the grid, and a gradient of the output.

    `wild` says when some are beyond the registers: until one is, the kernels take a shorter way.
    """
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(shape, generator=generator) * gain
    late = x[{"always": 0, "late": 2 * len(x) // 3, "never": len(x)}[wild] :]
    late.view(-1)[::97] *= 1000
    return x, torch.randn(shape, generator=generator)


def slopes(profile: Profile) -> list[Any]:
    return [quant.LUTSurrogate(CURVE, profile, saturate=True), CURVE, SquarewaveFourierSeries()]


def compare(layer: Any, x: Tensor, grad: Tensor, exact: int | bool = True) -> None:
    """The output is equal, and so are gradients; those after the first `exact` of all these are close."""
    readable, compiled = both(lambda: gradients(layer, x, grad))
    same = (len(readable) if exact else 1) if isinstance(exact, bool) else exact
    for i, (a, b) in enumerate(zip(readable, compiled, strict=True)):
        if i < same:
            assert equal(a, b), (i, (a - b).abs().max())
        else:
            # The curve's kernel rounds an operation or two differently, and a sum over weights has another order.
            torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("profile", with_lif(), ids=lambda p: p.name)
@pytest.mark.parametrize("kind", ["table", "curve", "no kernel"])
@pytest.mark.parametrize("reset", [0, 1])
@pytest.mark.parametrize("wild", ["always", "late", "never"])
def test_lif(profile: Profile, kind: str, reset: int, wild: str, native_runs: dict[str, int]) -> None:
    assert profile.step is not None
    if reset >= len(profile.step.resets):
        pytest.skip("the chip has one reset")
    slope = slopes(profile)[["table", "curve", "no kernel"].index(kind)]
    layer = quant.LIF(
        profile,
        slope,
        reset=profile.step.resets[reset],
        bias=5 if profile.bias else None,
        truncate=4,
    )
    if layer.bias is not None:
        torch.nn.init.normal_(layer.bias, 0.0, 0.3, generator=torch.Generator().manual_seed(2))
    x, grad = drive((9, 3, 5, 7), 0.6 if wild == "always" else 0.4, wild)
    compare(layer, x, grad, exact=kind != "curve")
    assert native_runs == {"forward": 1, "backward": 1}


@pytest.mark.parametrize("profile", WITH_SYNAPSE, ids=lambda p: p.name)
@pytest.mark.parametrize("alpha", [0.5, 0.9])
def test_cuba(profile: Profile, alpha: float, native_runs: dict[str, int]) -> None:
    layer = quant.CubaLIF(profile, slopes(profile)[0], alpha=alpha, bias=5 if profile.bias else None)
    compare(layer, *drive((11, 3, 5)))
    assert native_runs == {"forward": 1, "backward": 1}


@pytest.mark.parametrize("profile", [*with_lif(), *WITH_SYNAPSE], ids=lambda p: p.name)
def test_readout(profile: Profile, native_runs: dict[str, int]) -> None:
    layer = quant.LI(profile, alpha=0.5 if profile.current_decay else None)
    compare(layer, *drive((11, 3, 5)))
    assert native_runs == {"forward": 1, "backward": 1}


DECAYS = [
    {"kind": kind, "frac": frac, "min": 0, "max": high, "rounding": rounding, "minimum_step": minimum}
    for (kind, frac, high), rounding, minimum in product(
        [("multiply", 12, 4096), ("multiply", 15, 36863), ("relax", 15, 32768), ("shift", 0, 15)],
        ["floor", "trunc0", "half_up", "half_away", "half_even", "dpu"],
        [False, True],
    )
    if kind == "shift" or not minimum
] + [{"kind": "linear", "min": 0, "max": 127}]
ORDERS: list[Any] = ["leak-input-compare-reset", "input-compare-leak-reset"]
REGISTERS = [(15, False), (16, False), (16, True), (24, False)]
OVERFLOWS: list[Any] = list(product(["saturate", "wrap"], repeat=2))
STEPS: list[dict[str, Any]] = [{"max_spikes": 5, "resets": ("subtract",)}, {"change_saturates": True}]


def betas(decay: dict[str, Any]) -> list[float]:
    return [*([0.5] if decay["kind"] != "linear" else []), 1 - 100 / 4096]


def with_leak(decay: dict[str, Any], overflow: Any, order: Any) -> Profile:
    """`generic8` with another leak, order, and overflow of its registers."""
    profile = hw_profiles.load("generic8")
    assert profile.decay is not None
    assert profile.step is not None
    return replace(
        profile,
        decay=replace(profile.decay, overflow=overflow, **decay),
        membrane=replace(profile.membrane, overflow=overflow),
        step=replace(profile.step, order=order, reset_overflow=overflow),
        table=replace(profile.table, read="after_reset"),
    )


def with_registers(order: Any, bits: int, signed: bool, overflow: tuple[Any, Any]) -> Profile:
    """`generic8` with other registers and another order."""
    profile = hw_profiles.load("generic8")
    assert profile.step is not None
    return replace(
        profile,
        membrane=replace(profile.membrane, signed=signed, bits=bits, overflow=overflow[0]),
        current=replace(profile.current, bits=24, overflow="saturate") if profile.current else None,
        step=replace(profile.step, order=order, reset_overflow=overflow[1]),
        table=replace(profile.table, read="after_reset" if order.startswith("leak") else "before_leak"),
    )


def with_step(step: dict[str, Any]) -> Profile:
    """`generic8` with a step of another kind."""
    profile = hw_profiles.load("generic8")
    assert profile.step is not None
    return replace(profile, step=replace(profile.step, **step))


def other_layers() -> Iterator[tuple[Profile, float]]:
    """What no shipped profile has: layers with their decay factors."""
    for decay, overflow, order in product(DECAYS, ("saturate", "wrap"), ORDERS):
        if decay["kind"] != "relax" or order == ORDERS[0]:
            yield from ((with_leak(decay, overflow, order), beta) for beta in betas(decay))
    for order, (bits, signed), overflows in product(ORDERS, REGISTERS, OVERFLOWS):
        yield with_registers(order, bits, signed, overflows), 0.5
    yield from ((with_step(step), 0.5) for step in STEPS)


@pytest.fixture(scope="module")
def other_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernels of these layers, in a library of their own."""
    specs = [LIFSpec.from_profile(profile, beta, 1.0, "subtract") for profile, beta in other_layers()]
    found = [structure_of(dynamics_of(spec)) for spec in specs]
    return built([made[0] for made in found if made is not None], tmp_path_factory.mktemp("kernels"))


@pytest.fixture
def other_structures(other_library: Path) -> Iterator[None]:
    with kernels_of(other_library):
        yield


@pytest.mark.parametrize("decay", DECAYS, ids=str)
@pytest.mark.parametrize("overflow", ["saturate", "wrap"])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.usefixtures("other_structures")
def test_every_leak(decay: dict[str, Any], overflow: Any, order: Any, native_runs: dict[str, int]) -> None:
    if decay["kind"] == "relax" and order != ORDERS[0]:
        pytest.skip("a membrane relaxes before its input is there")
    profile = with_leak(decay, overflow, order)
    for beta in betas(decay):
        for wild in ("always", "late", "never"):
            compare(quant.LIF(profile, slopes(profile)[0], beta=beta), *drive((12, 40, 3), wild=wild))
    assert native_runs["forward"] == native_runs["backward"] >= 1


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("bits", "signed"), REGISTERS)
@pytest.mark.parametrize("overflow", OVERFLOWS, ids=str)
@pytest.mark.usefixtures("other_structures")
def test_registers(order: Any, bits: int, signed: bool, overflow: tuple[Any, Any], native_runs: dict[str, int]) -> None:
    """With input that no register cuts, and with one that fills the membrane little by little."""
    profile = with_registers(order, bits, signed, overflow)
    x, grad = drive((12, 40, 3), wild="never")
    for beta, gain in ((0.5, 1.0), (0.9, 7.0)):
        compare(quant.LIF(profile, slopes(profile)[0], beta=beta, reset="subtract"), gain * x.abs(), grad)
    assert native_runs == {"forward": 2, "backward": 2}


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.usefixtures("other_structures")
def test_steps_of_other_kinds(step: dict[str, Any], native_runs: dict[str, int]) -> None:
    profile = with_step(step)
    # Several thresholds in a step, and changes beyond half of the register, without a sum that leaves it.
    x, grad = drive((12, 40, 3), wild="never")
    compare(quant.LIF(profile, slopes(profile)[0], beta=0.5, reset="subtract"), x.abs() * 4, grad)
    x = torch.where(torch.arange(12) % 2 == 0, 7.9, -7.9)[:, None, None].expand(12, 40, 3).contiguous()
    compare(quant.LIF(profile, slopes(profile)[0], beta=0.5, reset="subtract"), x, grad)
    assert native_runs == {"forward": 2, "backward": 2}


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("shape", [(3, 0), (0, 4, 3), (1, 1, 1), (3, 4095), (2, 5, 4097), (2, 70001)], ids=str)
def test_sizes_and_threads(shape: tuple[int, ...], count: int) -> None:
    profile = hw_profiles.load("loihi2")
    x, grad = drive(shape)
    with threads(count):
        compare(quant.LIF(profile, slopes(profile)[0]), x, grad)


def test_states_go_in_and_come_out() -> None:
    profile = hw_profiles.load("xylo")
    layer = quant.CubaLIF(profile, slopes(profile)[0])
    x, grad = drive((6, 4, 5))
    mem, syn = drive((4, 5))[0].requires_grad_(), drive((4, 5), 0.2)[0].requires_grad_()

    def run() -> list[Tensor]:
        out, last, held = layer.sequence(x, mem, syn)
        total = (out * grad).sum() + (last * grad[0]).sum() + (held * grad[1]).sum()
        return [out, last, held, *torch.autograd.grad(total, [mem, syn])]

    readable, compiled = both(run)
    assert all(equal(a, b) for a, b in zip(readable, compiled, strict=True))


@pytest.mark.parametrize("kind", ["float64", "learned beta", "learned threshold", "recurrent"])
def test_what_has_no_kernel_is_the_same(kind: str, native_runs: dict[str, int]) -> None:
    profile = hw_profiles.load("generic16")
    slope = slopes(profile)[0]
    layer: Any = quant.LIF(profile, slope, learn_beta=kind == "learned beta", learn_threshold="thr" in kind)
    x, grad = drive((6, 5, 5))
    if kind == "float64":
        x, grad = x.double(), grad.double()
    if kind == "recurrent":
        layer = quant.Recurrent(layer, 5)
    # The scale of recurrent weights gets a sum over all of them, which goes to the largest.
    compare(layer, x, grad, exact=2 if kind == "recurrent" else True)
    # The forward pass of a learned threshold has a kernel.
    assert native_runs["backward"] == 0


STRIDED: dict[str, tuple[type, str, dict[str, Any]]] = {
    "to zero": (quant.LIF, "generic16", {"reset": "zero"}),
    "current": (quant.CubaLIF, "loihi2", {"alpha": 0.6, "beta": 0.875}),
    "refractory": (quant.LIF, "generic16", {"reset": "zero", "refractory": 1}),
    "adapts": (quant.AdaptiveLIF, "loihi2", {"beta": 0.875, "threshold_step": 0.25}),
}


@pytest.mark.parametrize("key", STRIDED)
@pytest.mark.parametrize("gain", [0.6, 40.0])
def test_currents_and_states_that_do_not_lie_in_one_piece(key: str, gain: float, native_runs: dict[str, int]) -> None:
    """As of batches that come first, or of images whose channels come last: kernels read and write in order."""
    make, name, options = STRIDED[key]
    profile, shape = hw_profiles.load(name), (3, 7, 4, 5)
    layer = make(profile, CURVE if key == "adapts" else slopes(profile)[0], **options)
    x, grad = drive((9, *shape), gain)
    random, step = torch.Generator().manual_seed(1), profile.state_step
    before = [(torch.rand(shape, generator=random) * 0.25 / step).round() * step for _ in range(2)]
    held = dict(zip([name for name in layer.state_names if name != "wait"], before, strict=False))

    def run(current: Tensor, states: dict[str, Tensor], given: Tensor) -> list[Tensor]:
        leaves = [v.detach().requires_grad_() for v in (current, *states.values())]
        ended = layer.run(leaves[0], states=dict(zip(states, leaves[1:], strict=True)))
        outs = [ended.out, *(ended.states[name] for name in states)]
        back = torch.autograd.grad(outs, leaves, [given, *states.values()])
        return [*(out.detach() for out in outs), *ended.states.values(), *back]

    def turned(v: Tensor) -> Tensor:
        return v.movedim(-3, -1).contiguous().movedim(-1, -3)

    wanted = run(x, held, grad)
    assert native_runs == {"forward": 1, "backward": 1}
    assert all(v.any() for v in wanted)
    for current in (x.transpose(0, 1).contiguous().transpose(0, 1), turned(x)):
        for states in (held, {name: turned(v) for name, v in held.items()}):
            assert not current.is_contiguous()
            found = both(lambda c=current, s=states: run(c, s, grad))  # type: ignore[misc]  # as they are now
            for readable, compiled, one in zip(*found, wanted, strict=True):
                torch.testing.assert_close(readable, compiled, rtol=1e-6, atol=1e-6 if key == "adapts" else 0)
                assert equal(compiled, one)
    assert native_runs == {"forward": 5, "backward": 5}


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_has_the_kernels_of_float32(dtype: torch.dtype, native_runs: dict[str, int]) -> None:
    profile = hw_profiles.load("generic16")
    x, grad = drive((6, 5, 5))
    compare(quant.LIF(profile, slopes(profile)[0]), x.to(dtype), grad.to(dtype))
    assert native_runs["forward"] == native_runs["backward"] == 1


def test_saturation_is_noted() -> None:
    profile = hw_profiles.load("generic8")
    layer = quant.LIF(profile, slopes(profile)[0])
    x = torch.full((3, 2), 1e4, requires_grad=True)
    with backend("native"):
        layer(x).sum().backward()
    assert torch.equal(torch.as_tensor(x.grad), torch.zeros(3, 2))


def test_a_block_that_saturates_late_and_one_that_never_does(native_runs: dict[str, int]) -> None:
    x, grad = drive((4, 1, 9000), 0.1, "never")
    x[2, 0, 8500] = 1e4
    profile = hw_profiles.load("generic8")
    compare(quant.LIF(profile, slopes(profile)[0]), x, grad)
    assert native_runs == {"forward": 1, "backward": 1}


@pytest.mark.parametrize("profile", ["generic8", "spinnaker1"])  # with a register that shows it, and without
@pytest.mark.parametrize("saturates", [False, True])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_finite_currents_are_asked_for(profile: str, saturates: bool, bad: float) -> None:
    layer = quant.LIF(hw_profiles.load(profile), CURVE)
    x = torch.zeros(2, 1, 5000)
    x[0, 0, 4200] = 1e4 if saturates else 0.0
    x[1, 0, 4999] = bad
    message = "LIF: current and states must be finite, got 'NaN or infinity'"
    with backend("native"), pytest.raises(ValueError, match=message):
        layer(x)


def test_currents_are_read_once(monkeypatch: pytest.MonkeyPatch, native_runs: dict[str, int]) -> None:
    monkeypatch.delattr(dispatch, "largest_magnitude")  # the pass that the other backends are preceded by
    layer = quant.LIF(hw_profiles.load("generic8"), CURVE)
    with backend("native"):
        layer(torch.zeros(2, 3, 4))
    with backend("torch"), pytest.raises(NameError):
        layer(torch.zeros(2, 3, 4))
    assert native_runs["forward"] == 1


def test_a_curve_of_ones_own() -> None:
    class Mine(Surrogate):
        def surrogate_grad(self, x: Tensor) -> Tensor:
            return torch.where(x.abs() < x.abs().mean(), 0.5, 0.1)  # of all x, so not in pieces

    compare(quant.LIF(hw_profiles.load("loihi2"), Mine()), *drive((5, 70000)))


def test_without_a_time_step_the_states_stay() -> None:
    with backend("native"):
        layer = quant.CubaLIF(hw_profiles.load("loihi2"), CURVE)
        states: list[Any] = [torch.full((2, 3), 0.5, requires_grad=True) for _ in range(2)]
        traces = layer.run(torch.zeros(0, 2, 3), *states)
        assert traces.out.shape == (0, 2, 3)
        assert torch.equal(traces.mem, states[0])
        assert torch.equal(traces.syn, states[1])
        traces.mem.sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        assert torch.equal(states[0].grad, torch.ones(2, 3))
