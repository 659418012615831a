"""The printed kernels of every structure of the shipped profiles, equal to NumPy forward and to torch backward."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from backends import needs_native, threads
from torch import Tensor

from spikelut import hw_profiles, native, quant
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.backends.contract import CURRENT, MEMBRANE, SYNAPSE, Cell, Inputs, Trace, to_codes
from spikelut.quant.backends.eager.reference import Backward
from spikelut.quant.backends.native.integer_lif import kernels_of, run_backward, run_forward
from spikelut.quant.codegen.files import layers
from spikelut.quant.codegen.structures import structure_of
from spikelut.quant.dynamics.step import lif_step, synapse_step
from spikelut.surrogates import Arctan, SquarewaveFourierSeries

pytestmark = needs_native

STEPS, NEURONS = 7, 1500
"""Neurons end in the middle of a vector, and of a piece of a row."""


def structures() -> Iterator[tuple[Profile, Any, Any]]:
    """A layer of each structure, with its profile."""
    seen = set()
    for profile in map(hw_profiles.load, hw_profiles.names()):
        for spec, synapse in layers(profile):
            made = structure_of(spec, synapse)
            if made is not None and made[0].key not in seen:
                seen.add(made[0].key)
                yield profile, spec, synapse


STRUCTURES = list(structures())


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


def given(spec: Any, synapse: Any, gain: float) -> Inputs:
    """Currents around the threshold with some beyond all registers, states, and a bias."""
    generator = torch.Generator().manual_seed(len(STRUCTURES))
    size = gain * (spec.threshold or spec.membrane.max_code / 64) * spec.membrane.step
    current = torch.randn(STEPS, NEURONS, generator=generator) * size
    current.view(-1)[:: 17 if gain > 1 else 10**9] *= 1e6
    mem = states(spec.membrane, spec.membrane.step, generator)
    syn = states(synapse.register if synapse else NumberFormat(24), spec.membrane.step, generator)
    return Inputs(current, mem, syn, bias=torch.randn(NEURONS, generator=generator) * size)


def reference(spec: Any, synapse: Any, x: Inputs) -> tuple[Any, ...]:
    """Spikes or membranes, x and flags [T, N], and the last states, step by step in NumPy."""
    mem, syn, bias = (to_codes(v, spec).numpy() for v in (x.mem, x.syn, x.bias) if v is not None)
    outs, xs, flags = [], [], []
    for row in to_codes(x.current, spec).numpy():
        arriving, syn_passes = row, True
        if synapse is not None:
            syn, syn_passes = synapse_step(NumpyOps, synapse, syn, row)
            arriving = syn
        step = lif_step(NumpyOps, spec, mem, arriving, bias)
        mem = step.mem
        outs.append(mem if step.spikes is None else step.spikes)
        xs.append(step.x)
        registers = ((MEMBRANE, step.mem_passes), (CURRENT, step.current_passes), (SYNAPSE, syn_passes))
        flags.append(sum(np.where(passes, 0, bit) for bit, passes in registers) + np.zeros_like(row))
    return np.stack(outs), xs, np.stack(flags), mem, syn


def reals(codes: Any, spec: Any) -> Tensor:
    return torch.as_tensor(torch.from_numpy(codes).float() * spec.membrane.step)


def table_of(profile: Profile) -> quant.LUTSurrogate:
    return quant.LUTSurrogate(Arctan(alpha=2.0), profile, saturate=True)


def slopes_of(profile: Profile, spec: Any) -> list[Any]:
    """Of a layer that spikes: its table, a curve, and one without a kernel."""
    return [None] if spec.threshold is None else [table_of(profile), Arctan(alpha=2.0), SquarewaveFourierSeries()]


def test_forward_equals_numpy() -> None:
    nonzero = compared = cut = 0
    for profile, spec, synapse in STRUCTURES:
        for gain in (0.4, 3.0):
            x = given(spec, synapse, gain)
            outs, xs, flags, mem, syn = reference(spec, synapse, x)
            for slope in slopes_of(profile, spec)[:2]:
                with threads(2):
                    done = run_forward(Cell(spec, synapse, slope), x)
                assert done is not None
                out, last_mem, last_syn, trace, _ = done
                expected = reals(outs, spec) if slope is None else torch.from_numpy(outs).float()
                assert torch.equal(out, expected), (profile.name, spec, "outputs")
                assert torch.equal(last_mem, reals(mem, spec)), (profile.name, spec, "membranes")
                assert torch.equal(last_syn, reals(syn, spec)), (profile.name, spec, "currents")
                noted = trace.flags if len(trace.flags) else torch.zeros(out.shape)
                assert np.array_equal(noted.numpy(), flags), (profile.name, spec, "flags")
                if slope is not None:
                    codes = torch.from_numpy(np.stack(xs))
                    places = isinstance(slope, quant.LUTSurrogate) and slope.table.place_dtype is not None
                    read = slope.table.place(codes) if places else codes
                    assert torch.equal(trace.read.long(), read.long()), (profile.name, spec, "x")
                compared += out.numel()
                nonzero += int(out.count_nonzero())
                cut += int(np.count_nonzero(flags))
    assert nonzero > 0.1 * compared
    assert cut > 0.05 * compared


def test_backward_equals_torch() -> None:
    nonzero = compared = 0
    generator = torch.Generator().manual_seed(1)
    for profile, spec, synapse in STRUCTURES:
        for gain, truncate, bias in ((0.4, None, False), (3.0, 3, True), (0.4, 3, True), (3.0, None, False)):
            for slope in slopes_of(profile, spec)[::2]:
                cell = Cell(spec, synapse, slope, truncate)
                done = run_forward(cell, given(spec, synapse, gain))
                assert done is not None
                trace: Trace = done[3]
                grad, mem, syn = (
                    torch.randn(shape, generator=generator) for shape in ((STEPS, NEURONS), NEURONS, NEURONS)
                )
                found = run_backward(cell, trace, bias, False, grad, mem, syn)
                expected = Backward(cell, trace, want_bias=bias).run(grad, mem, syn)
                assert found is not None
                for name in ("current", "mem", "syn", *["bias"] * bias):
                    a, b = getattr(found, name), getattr(expected, name)
                    assert torch.equal(a, b), (profile.name, spec, name)
                    compared += a.numel()
                    nonzero += int(a.count_nonzero())
    assert nonzero > 0.5 * compared


def test_a_state_outside_its_register_is_left_to_torch() -> None:
    profile, spec, synapse = STRUCTURES[0]
    x = given(spec, synapse, 0.4)
    outside = x._replace(mem=x.mem.clone())
    outside.mem[3] = (spec.membrane.max_code + 1) * spec.membrane.step
    assert run_forward(Cell(spec, synapse, table_of(profile)), x) is not None
    assert run_forward(Cell(spec, synapse, table_of(profile)), outside) is None


def test_a_structure_of_ones_own_is_left_to_torch() -> None:
    spec = STRUCTURES[0][1]
    assert kernels_of(spec, None) is not None
    assert kernels_of(replace(spec, membrane=replace(spec.membrane, bits=13)), None) is None
    assert kernels_of(replace(spec, threshold=spec.membrane.max_code + 1), None) is None
    assert kernels_of(replace(spec, leak=replace(spec.leak, amount=-1)), None) is None


def test_every_kernel_is_reached() -> None:
    reached: dict[str, set[int]] = {"step": set(), "back": set()}
    for _, spec, synapse in STRUCTURES:
        kernels = kernels_of(spec, synapse)
        assert kernels is not None
        reached["step"].add(kernels.step)
        reached["back"].add(kernels.back)
    assert reached == {kind: set(native.kernels(kind).values()) for kind in ("step", "back")}
