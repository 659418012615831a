"""Spikes that autograd keeps for the backward pass, as bits."""

from dataclasses import dataclass
from operator import methodcaller
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from spikelut import native
from spikelut._backend import uses_native
from spikelut._torch import may_compile, version, weak_storage

_BYTES = 128
_GROUP = 8 * _BYTES
"""Bit k of byte j of a group is its value 128 k + j; the last group is filled up with zeros."""

_CODES: dict[torch.dtype, tuple[torch.dtype, int]] = {
    torch.float32: (torch.int32, 0x3F80_0000),
    torch.float64: (torch.int64, 0x3FF0_0000_0000_0000),
    torch.bfloat16: (torch.int16, 0x3F80),
    torch.float16: (torch.int16, 0x3C00),
}
"""The integers that the types are read as, and what a one is there; -0.0 is not what a zero is."""


def packed_spikes() -> saved_tensors_hooks:
    """A context that saves memory: tensors of only 0 and 1 are kept for the backward pass as bits.

    A spike then costs 1/8 byte instead of the 4 that the layer behind it keeps for the gradient of its weights. In the
    backward pass it is unpacked, so that gradients are the same to the last bit. What was packed may be changed in
    place before that. Everything else is kept as it is, and changing it is an error, as it is without the context:

    - parameters, and tensors with another value anywhere; the first values tell of most, which makes it cheap;
    - those of fewer than 1024 elements, or with gaps or overlaps between elements;
    - whatever is recorded, vmapped, or in the first call of compiled code.

    Only the forward pass must be inside. It is a `torch.autograd.graph.saved_tensors_hooks`: of nested ones torch
    applies the innermost, and `torch.func`'s gradients refuse them all.

    ```pycon
    >>> weight = torch.randn(64, 8, requires_grad=True)
    >>> with quant.packed_spikes():
    ...     y = (torch.rand(100, 64) < 0.1).float() @ weight
    >>> y.sum().backward()
    >>> weight.grad.shape
    torch.Size([64, 8])
    ```
    """
    pack, unpack = _Packer().pack, methodcaller("unpack")
    if may_compile():
        pack = torch.compiler.disable(pack)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return saved_tensors_hooks(pack, unpack)


@dataclass(frozen=True, eq=False, slots=True)
class _Kept:
    """A tensor as it is, `held`, and autograd's check of it, which hooks do without."""

    held: Tensor
    version: int | None

    def unpack(self) -> Tensor:
        """RuntimeError if it was changed."""
        if (now := version(self.held)) != self.version:
            raise RuntimeError(
                "packed_spikes: a tensor that the gradient needs has been modified by an inplace operation: "
                f"{tuple(self.held.shape)}, expected version {self.version}, got {now}"
            )
        return self.held


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class _Bits:
    """Bits of memory that `storage`, which is not kept alive, had or has; its address is not given out meanwhile."""

    held: Tensor
    storage: Any


@dataclass(frozen=True, eq=False, slots=True)
class _Packed:
    """A tensor that was packed."""

    bits: _Bits
    shape: torch.Size
    stride: tuple[int, ...]
    dtype: torch.dtype

    @property
    def held(self) -> Tensor:
        """The bits."""
        return self.bits.held

    def unpack(self) -> Tensor:
        """The same values in the same order, in memory of their own."""
        return _unpack(self.held, self.shape, self.stride, self.dtype)


class _Packer:
    """Packs; what several nodes save is packed once."""

    def __init__(self) -> None:
        self._packed: WeakValueDictionary[tuple[Any, ...], _Bits] = WeakValueDictionary()

    def pack(self, tensor: Tensor) -> _Kept | _Packed:
        """What autograd keeps; never the tensor itself, whose graph would hold itself."""
        packed = self._bits(tensor) if _fits(tensor) else None
        if packed is None:
            held, now = tensor.detach(), version(tensor)
            return _Kept(held.clone() if now is None else held, now)
        return _Packed(packed, tensor.shape, tensor.stride(), tensor.dtype)

    def _bits(self, tensor: Tensor) -> _Bits | None:
        storage, now, count = weak_storage(tensor), version(tensor), tensor.numel()
        place, reference = storage or (0, None)
        key = (place, tensor.storage_offset(), count, tensor.dtype, now)
        # Others than results may share memory with NumPy, which changes it without a new version.
        is_told = tensor.grad_fn is not None and storage is not None and now is not None
        known = self._packed.get(key) if is_told else None
        if known is not None:
            return known
        bits = _pack(tensor.detach().as_strided((count,), (1,)))
        if bits is None:
            return None
        packed = _Bits(bits, reference)
        if is_told:
            self._packed[key] = packed
        return packed


def _fits(x: Tensor) -> bool:
    """Whether `x` may be packed if its values allow it."""
    if not native.is_eager(x) or x.dtype not in _CODES or x.is_nested or x.is_meta or x.numel() < _GROUP:
        return False
    there_anyway = isinstance(x, nn.Parameter) or (x.is_leaf and x.requires_grad)
    return not there_anyway and x.layout is torch.strided and not x.is_neg() and _is_dense(x)


def _is_dense(x: Tensor) -> bool:
    """Whether the elements of `x` lie one beside the other, in whatever order."""
    if x.is_contiguous():
        return True
    expected = 1
    for stride, size in sorted(zip(x.stride(), x.shape, strict=True)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def _pack(x: Tensor) -> Tensor | None:
    """The bits of `x` [N], at least a group, as bytes; None if it holds another value than 0 and 1."""
    if native.in_memory(x):
        bits = torch.empty(-(-len(x) // _GROUP) * _BYTES, dtype=torch.uint8, device=x.device)
        failed = native.library().spikelut_pack(x.data_ptr(), bits.data_ptr(), len(x), torch.get_num_threads())
        return None if failed else bits
    kind, one = _CODES[x.dtype]
    codes, whole = x.view(kind), len(x) // _GROUP * _GROUP
    if not torch.equal(codes[:_GROUP].bool(), codes[:_GROUP] == one):
        return None
    parts = [codes[:whole]]
    if whole < len(x):
        parts.append(nn.functional.pad(codes[whole:], (0, whole + _GROUP - len(x))))
    packed, wrong = zip(*(_pack_groups(part.view(-1, 8, _BYTES), one) for part in parts), strict=True)
    return None if bool(torch.stack(wrong).any()) else torch.cat(packed)


def _pack_groups(codes: Tensor, one: int) -> tuple[Tensor, Tensor]:
    """Bytes for groups of codes [G, 8, 128], and whether there is a code of another value."""
    bits = torch.zeros((len(codes), _BYTES), dtype=torch.uint8, device=codes.device)
    wrong = torch.zeros_like(bits, dtype=torch.bool)
    for k, row in enumerate(codes.unbind(1)):
        ones = row == one
        wrong |= row.bool() ^ ones
        bits |= ones.view(torch.uint8) << k
    return bits.view(-1), wrong.any()


def _unpack(bits: Tensor, shape: torch.Size, stride: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """What `_pack` was given, as a tensor of that shape."""
    if dtype is torch.float32 and bits.is_cpu and uses_native() and native.is_eager(bits):
        out = torch.empty_strided(shape, stride, dtype=dtype, device=bits.device)
        native.library().spikelut_unpack(bits.data_ptr(), out.data_ptr(), out.numel(), torch.get_num_threads())
        return out
    full = torch.empty((len(bits) // _BYTES, 8, _BYTES), dtype=dtype, device=bits.device)
    for k, row in enumerate(full.unbind(1)):
        row.copy_(bits.view(-1, _BYTES) >> k & 1)
    return full.as_strided(shape, stride)
