"""What a layer of neurons takes, computes with and notes, over all time steps."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from spikelut.quant.arithmetic.full_precision import exact, exact_dtype, spikes_dtype
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE, LIFSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import HasSurrogateGrad

LARGEST_CODE = 2**31 - 1
"""Of a membrane above threshold; stands for all there are of wider ones too."""


def flag(kind: Dynamics, register: str) -> int:
    """The bit by which flags say that a register saturated: no gradient passes there."""
    return 1 << kind.registers.index(register)


@dataclass(frozen=True, eq=False)
class LayerSpec:
    """What a layer computes besides its tensors.

    - `kind`: the neuron kind, with its integers.
    - `slope`: the surrogate; None for a read-out, which gives its membrane instead of spikes.
    - `kernel`: a compiled step, see `step_kernel`; None: the step is run operation by operation.
    - `truncate`: gradients do not go back over the start of every block of this many steps; None: they go all the way.
    - `largest`: the largest magnitude of a current, where it is known.
    - `known`: what backends found out about it, by name.
    """

    kind: Dynamics
    slope: HasSurrogateGrad | None
    truncate: int | None = None
    kernel: Any = None
    largest: float | None = None
    known: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Without what backends found out, which may be pointers: a copy finds it out again."""
        return {**vars(self), "known": {}}

    @property
    def spec(self) -> LIFSpec:
        """The integers of the membrane."""
        return self.kind.spec

    @property
    def wide(self) -> bool:
        """Whether its sums need more than 32 bits."""
        return self.kind.wide


class Inputs(NamedTuple):
    """The tensors of a layer, in real units; `current` and states float32 or float64.

    - `current` [T, B, ...]; `states` [B, ...] before the first step, in the order of the kind's.
    - `weight` [N, N]: recurrent weights on the grid, out by in; `last` [B, N]: the spikes before the first step.
    - `bias`: broadcast with a state. `beta`, `threshold`: real parameters; their quantised values are in `LayerSpec`.
    """

    current: Tensor
    states: tuple[Tensor, ...]
    weight: Tensor | None = None
    last: Tensor | None = None
    bias: Tensor | None = None
    beta: Tensor | None = None
    threshold: Tensor | None = None

    @property
    def flat(self) -> tuple[Any, ...]:
        """All of them, as autograd takes them."""
        return (self.current, *self.states, *self[2:])

    @classmethod
    def of(cls, kind: Dynamics, flat: tuple[Any, ...]) -> "Inputs":
        """From `flat` of a layer of a `kind`."""
        last = 1 + len(kind.states)
        return cls(flat[0], tuple(flat[1:last]), *flat[last:])

    def in_one_piece(self) -> "Inputs":
        """With currents and states whose memory lies in the order of their dimensions, as kernels read and write it.

        What is made in the form of these, such as spikes, lies so too.
        """
        states = tuple(state.contiguous() for state in self.states)
        return self._replace(current=self.current.contiguous(), states=states)


class Saved(NamedTuple):
    """What the way back needs of the way forth; of some, nothing if it is not needed.

    - `spikes`. `read`: where the surrogate was read: places in its table, or membrane codes above threshold.
    - `flags`: the registers that saturated; empty if none did, anywhere.
    - `leaking`: the states that the leak acted on, for a learned beta.
    - `noted`: codes [T, B, ...] of each of what the kind notes; see `Dynamics.notes`.
    """

    spikes: Tensor
    read: Tensor
    flags: Tensor
    leaking: Tensor
    noted: tuple[Tensor, ...] = ()

    @property
    def is_as_kernels_read(self) -> bool:
        """Whether all of it lies in one piece, in the types that kernels leave it in."""
        together = all(v.is_contiguous() for v in (*self[:-1], *self.noted))
        return together and all(codes.dtype is torch.int32 for codes in self.noted)


class Forward(NamedTuple):
    """What the forward pass gives: spikes, or membranes, [T, B, ...], the last states, and what the way back needs.

    `passes`: where registers kept their values, by step and register, of a pass that was recorded as a graph; or None.
    """

    out: Tensor
    states: tuple[Tensor, ...]
    saved: Saved
    passes: dict[tuple[int, int], Tensor] | None = None


class Upstream(NamedTuple):
    """The gradients that come to a layer, and what is wanted of it.

    - `out` [T, B, ...]; `states`: of the last ones, None where it is zero and not wanted; `kinds`: their types.
    - `wanted`: which inputs need a gradient. `weight`, `last`: as in `Inputs`. `passes`: as in `Forward`.
    - `may_reuse_saved`: what was saved is read for the last time, and may give its place to the gradients.
    """

    out: Tensor
    states: tuple[Tensor | None, ...]
    kinds: tuple[torch.dtype, ...]
    wanted: Inputs
    weight: Tensor | None = None
    last: Tensor | None = None
    passes: dict[tuple[int, int], Tensor] | None = None
    may_reuse_saved: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing is learned but weights before the layer and a bias, and nothing was recorded."""
        return self.weight is None and self.passes is None and not (self.wanted.beta or self.wanted.threshold)


def told_by(layer: LayerSpec) -> tuple[int, int] | None:
    """The least and the largest of what is kept where the surrogate is read, places or codes, where there was a spike.

    None where that does not tell spikes. Where no gradient passes it may tell one that there was not.
    """
    slope = layer.slope
    if slope is None or not layer.kind.tells_spikes:
        return None
    if isinstance(slope, LUTSurrogate) and slope.table.place_dtype is not None:
        return slope.spiking
    return 0, LARGEST_CODE


def with_spikes(layer: LayerSpec, saved: Saved, dtype: torch.dtype) -> Saved:
    """What was saved, with the spikes that it tells where they are needed and were not kept."""
    told = told_by(layer) if layer.kind.reads_spikes and not len(saved.spikes) else None
    if told is None:
        return saved
    first, last = told
    read = saved.read
    spikes = read >= first if last == LARGEST_CODE else (read >= first) & (read <= last)
    return saved._replace(spikes=spikes.to(dtype))


def given_dtype(layer: LayerSpec, current: Tensor) -> torch.dtype:
    """The type of what comes out: membranes at least float32; spikes as currents, where that holds their number."""
    output = layer.kind.output
    return exact_dtype(current) if output.kind == "membranes" else spikes_dtype(current, output.largest)


def largest_magnitude(x: Tensor) -> float:
    """The largest magnitude, which shows a NaN too: several times faster than `isfinite`."""
    if not x.numel():
        return 0.0
    least, most = (float(v) for v in x.detach().aminmax())
    return max(abs(least), abs(most))


def current_codes(x: Tensor, spec: LIFSpec, wide: bool | None = None) -> Tensor:
    """Codes of synaptic sums of real `x`, as `to_codes`."""
    return to_codes(x, spec, wide, spec.membrane.frac + spec.finer)


def to_codes(x: Tensor, spec: LIFSpec, wide: bool | None = None, frac: int | None = None) -> Tensor:
    """Membrane codes of real `x`, int32 or, for wide registers, int64; exact on the grid, half to even off it.

    `frac`: the fraction bits of other codes.
    """
    codes = torch.round(exact(x.detach()) * 2.0 ** (spec.membrane.frac if frac is None else frac))
    if spec.wide if wide is None else wide:
        return codes.clamp(-MAX_WIDE, MAX_WIDE).to(torch.int64)
    return codes.clamp(-MAX_CURRENT, MAX_CURRENT).to(torch.int32)
