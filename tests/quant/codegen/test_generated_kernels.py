"""The printed kernels of every structure of the shipped profiles, equal to NumPy forward and to torch backward."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from backends import needs_native, threads
from torch import Tensor

from spikelut import hw_profiles, native, quant
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.backends.contract import Inputs, LayerSpec, Upstream, to_codes
from spikelut.quant.backends.eager.reference import Backward
from spikelut.quant.backends.native.integer_lif import Kernels, kernels_of, run_backward, run_forward, takes_back
from spikelut.quant.codegen.files import further_layers, layers, shipped
from spikelut.quant.codegen.structures import structure_of
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.lif import LIFDynamics
from spikelut.surrogates import Arctan, SquarewaveFourierSeries

pytestmark = needs_native

STEPS, NEURONS = 7, 1500
"""Neurons end in the middle of a vector, and of a piece of a row."""


def structures() -> Iterator[tuple[Profile, Dynamics]]:
    """A layer of each structure, with its profile; where each neuron may have numbers of its own, with those too."""
    seen = set()
    for profile in map(hw_profiles.load, hw_profiles.names()):
        for one in (*layers(profile), *further_layers(profile)):
            for kind in (one, of_each(one)):
                made = structure_of(kind)
                known = made is not None and made[0].key in KEYS
                if made is not None and known and made[0].key not in seen:
                    seen.add(made[0].key)
                    yield profile, kind


KEYS = {structure.key for structure in shipped()}


def of_each(kind: Dynamics) -> Dynamics:
    """The kind with numbers of each neuron around its own."""
    made = structure_of(kind)
    assert made is not None
    random, ranges = np.random.default_rng(0), {"threshold": made[0].thresholds}
    ranges |= dict(zip(made[0].names, made[0].amounts, strict=True))

    def around(name: str, value: int) -> Any:
        spread = max(3, value // 4)
        return np.clip(value + random.integers(-spread, spread, NEURONS), *ranges[name])

    return kind.mapped(around)


STRUCTURES = list(structures())


def printed(kind: Dynamics) -> Kernels:
    """Its kernels."""
    kernels = kernels_of(kind)
    assert kernels is not None
    return kernels


def states(register: NumberFormat, step: float, generator: torch.Generator) -> Tensor:
    """Real states in a register, many of them near its ends and near zero, exact in float32."""
    ends = torch.tensor([register.min_code, register.max_code, 0])[torch.randint(3, (NEURONS,), generator=generator)]
    near = ends + torch.randint(-3, 4, (NEURONS,), generator=generator)
    inside = torch.rand(NEURONS, generator=generator, dtype=torch.float64) * (register.max_code - register.min_code)
    codes = torch.where(torch.rand(NEURONS, generator=generator) < 0.5, near, inside.long() + register.min_code)
    # Of 32 bits float32 holds those above.
    unit = 2 ** max(0, register.bits - 24)
    codes = codes.clamp(register.min_code, register.max_code).div(unit, rounding_mode="floor") * unit
    return torch.as_tensor((codes.double() * step).float())


def given(kind: Dynamics, gain: float) -> Inputs:
    """Currents around the threshold with some beyond all registers, states, and a bias."""
    generator, spec = torch.Generator().manual_seed(len(STRUCTURES)), kind.spec
    threshold = 0 if spec.threshold is None else float(np.mean(spec.threshold))
    size = gain * (threshold or spec.membrane.max_code / 64) * spec.membrane.step
    current = torch.randn(STEPS, NEURONS, generator=generator) * size
    current.view(-1)[:: 17 if gain > 1 else 10**9] *= 1e6
    first = tuple(states(state.register, spec.membrane.step, generator) for state in kind.states)
    return Inputs(current, first, bias=torch.randn(NEURONS, generator=generator) * size)


def reference(kind: Dynamics, x: Inputs) -> tuple[Any, ...]:
    """Spikes or membranes, x and flags [T, N], and the last states, step by step in NumPy."""
    held = tuple(to_codes(state, kind.spec).numpy() for state in x.states)
    outs, xs, flags = [], [], []
    for row in to_codes(x.current, kind.spec).numpy():
        step = kind.step(NumpyOps, held, row, to_codes(torch.as_tensor(x.bias), kind.spec).numpy())
        held = step.states
        outs.append(step.mem if step.spikes is None else step.spikes)
        xs.append(step.x)
        flags.append(sum(np.where(passes, 0, 1 << k) for k, passes in enumerate(step.passes)) + np.zeros_like(row))
    return np.stack(outs), xs, np.stack(flags), held


def reals(codes: Any, kind: Dynamics) -> Tensor:
    return torch.as_tensor(torch.from_numpy(codes).float() * kind.spec.membrane.step)


def table_of(profile: Profile) -> quant.LUTSurrogate:
    return quant.LUTSurrogate(Arctan(alpha=2.0), profile, saturate=True)


def slopes_of(profile: Profile, kind: Dynamics) -> list[Any]:
    """Of a layer that spikes: its table, a curve, and one without a kernel."""
    return [None] if kind.reads_out else [table_of(profile), Arctan(alpha=2.0), SquarewaveFourierSeries()]


def test_forward_equals_numpy() -> None:
    nonzero = compared = cut = 0
    for profile, kind in STRUCTURES:
        for gain in (0.4, 3.0):
            x = given(kind, gain)
            outs, xs, flags, held = reference(kind, x)
            for slope in slopes_of(profile, kind)[:2]:
                with threads(2):
                    done = run_forward(LayerSpec(kind, slope), x, printed(kind))
                assert done is not None
                out, trace = done.out, done.saved
                expected = reals(outs, kind) if slope is None else torch.from_numpy(outs).float()
                assert torch.equal(out, expected), (profile.name, kind, "outputs")
                for state, a, b in zip(kind.states, done.states, held, strict=True):
                    assert torch.equal(a, reals(b, kind)), (profile.name, kind, state.name)
                noted = trace.flags if len(trace.flags) else torch.zeros(out.shape)
                assert np.array_equal(noted.numpy(), flags), (profile.name, kind, "flags")
                if slope is not None:
                    codes = torch.from_numpy(np.stack(xs))
                    places = isinstance(slope, quant.LUTSurrogate) and slope.table.place_dtype is not None
                    read = slope.table.place(codes) if places else codes
                    assert torch.equal(trace.read.long(), read.long()), (profile.name, kind, "x")
                compared += out.numel()
                nonzero += int(out.count_nonzero())
                cut += int(np.count_nonzero(flags))
    assert nonzero > 0.3 * compared
    assert cut > 0.05 * compared


def test_backward_equals_torch() -> None:
    nonzero = compared = 0
    generator = torch.Generator().manual_seed(1)
    for profile, kind in STRUCTURES:
        for gain, truncate, bias in ((0.4, None, False), (3.0, 3, True), (0.4, 3, True), (3.0, None, False)):
            for slope in slopes_of(profile, kind)[::2]:
                cell = LayerSpec(kind, slope, truncate)
                done = run_forward(cell, given(kind, gain), printed(kind))
                assert done is not None
                grad, *grads = (torch.randn(shape, generator=generator) for shape in shapes(kind))
                wanted = Inputs(*(bias,) * 7)  # type: ignore[arg-type]  # truth values
                kinds = (torch.float32,) * len(grads)
                up = Upstream(grad, tuple(grads), kinds, wanted._replace(beta=None, threshold=None))
                found = run_backward(cell, done.saved, up, takes_back(cell, done.saved, up))
                expected = Backward(cell, done.saved, want_bias=bias).run(grad, tuple(grads))
                pairs = [*zip(found.states, expected.states, strict=True), (found.current, expected.current)]
                for a, b in [*pairs, *[(found.bias, expected.bias)] * bias]:
                    assert a is not None
                    assert b is not None
                    assert torch.equal(a, b), (profile.name, kind)
                    compared += a.numel()
                    nonzero += int(a.count_nonzero())
    assert nonzero > 0.6 * compared  # what waits has no gradient


def shapes(kind: Dynamics) -> list[tuple[int, ...]]:
    """Of the gradients of what comes out and of the last states."""
    return [(STEPS, NEURONS), *[(NEURONS,)] * len(kind.states)]


def test_a_state_outside_its_register_is_left_to_torch() -> None:
    profile, kind = STRUCTURES[0]
    x = given(kind, 0.4)
    outside = x.states[0].clone()
    outside[3] = (kind.spec.membrane.max_code + 1) * kind.spec.membrane.step
    cell = LayerSpec(kind, table_of(profile))
    assert run_forward(cell, x, printed(cell.kind)) is not None
    assert run_forward(cell, x._replace(states=(outside,)), printed(cell.kind)) is None


def test_a_structure_of_ones_own_is_left_to_torch() -> None:
    kind = STRUCTURES[0][1]
    spec = kind.spec
    assert kernels_of(kind) is not None
    for other in (
        replace(spec, membrane=replace(spec.membrane, bits=13)),
        replace(spec, threshold=spec.membrane.max_code + 1),
        replace(spec, leak=replace(spec.leak, amount=-1)),
    ):
        assert kernels_of(kind.with_spec(other)) is None


def test_a_kind_of_ones_own_is_left_to_torch() -> None:
    @dataclass(frozen=True)
    class Mine(LIFDynamics):
        """With the same integers, and another step."""

    spec = STRUCTURES[0][1].spec
    assert kernels_of(LIFDynamics(spec)) is not None
    assert kernels_of(Mine(spec)) is None


def test_every_kernel_is_reached() -> None:
    reached: dict[str, set[int]] = {"step": set(), "back": set()}
    for _, kind in STRUCTURES:
        kernels = kernels_of(kind)
        assert kernels is not None
        reached["step"].add(kernels.step)
        reached["back"].add(kernels.back)
    assert reached == {which: set(native.kernels(which).values()) for which in ("step", "back")}
