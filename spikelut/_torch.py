"""Torch's names that are not public, all of them. Where a torch lacks one, spikelut does without it, slower."""

import sys
from collections.abc import Callable, Sequence
from pkgutil import resolve_name
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.forward_ad import unpack_dual

NAMES = {
    "is_batched": "torch._C._functorch.is_legacy_batchedtensor",  # of batched gradients, vmapped in an older way
    "is_wrapped": "torch._C._functorch.is_functorch_wrapped_tensor",  # of a transform, which it may outlive
    "dispatch_modes": "torch._C._len_torch_dispatch_stack",
    "transforms": "torch._C._are_functorch_transforms_active",
    "is_tracing": "torch._C._is_tracing",
    "without_functions": "torch._C.DisableTorchFunctionSubclass",  # of a tensor's class
    "hooks_of_saved": "torch._C._autograd._top_saved_tensors_default_hooks",
    "graph_stays": "torch._C._autograd._get_current_graph_task_keep_graph",
    "graph_task": "torch._C._current_graph_task_id",  # of the pass backward that is under way
    "StorageWeakRef": "torch.multiprocessing.reductions.StorageWeakRef",  # where none looks for it, without a page
}
"""Functions and classes, by what they are called here."""


def _found(path: str) -> Any:
    """What torch has there, or None."""
    try:
        return resolve_name(path)
    except (ImportError, AttributeError):
        return None


_is_batched, _is_wrapped, _dispatch_modes, _transforms, _is_tracing = _asked = [
    _found(NAMES[name]) for name in ("is_batched", "is_wrapped", "dispatch_modes", "transforms", "is_tracing")
]
_knows_eager = None not in _asked
_hooks_of_saved, _graph_stays = _found(NAMES["hooks_of_saved"]), _found(NAMES["graph_stays"])
_graph_task = _found(NAMES["graph_task"])
_StorageWeakRef = _found(NAMES["StorageWeakRef"])

_PLAIN = (Tensor, nn.Parameter)


def without_functions() -> Any:
    """A context in which functions take tensors of subclasses as plain ones; RuntimeError where torch has none."""
    found = _found(NAMES["without_functions"])
    if found is None:
        raise RuntimeError("this torch lacks what models are read with")
    return found()


def is_eager(x: Tensor) -> bool:
    """Whether operations on `x` are carried out at once: nobody compiles, records, transforms or intercepts them.

    False where that cannot be known.
    """
    if torch.compiler.is_compiling() or not _knows_eager:
        return False
    if unpack_dual(x).tangent is not None:  # type: ignore[no-untyped-call]  # torch's; derivatives go forward
        return False
    if type(x) not in _PLAIN or _dispatch_modes() or _is_batched(x) or _is_wrapped(x):
        return False
    return not (_transforms() or _is_tracing())


def is_tracing() -> bool:
    """Whether `torch.jit.trace` records. False where it cannot be known, and while `torch.compile` asks."""
    if torch.compiler.is_compiling():
        return False
    return _is_tracing is not None and bool(_is_tracing())


def is_transformed() -> bool:
    """Whether a transform of `torch.func` is under way: grad, vmap, jvp. False as of `is_tracing`."""
    if torch.compiler.is_compiling():
        return False
    return _transforms is not None and bool(_transforms())


def break_graph(reason: str) -> None:
    """Have `torch.compile` run what follows as it is, or refuse it for this `reason` where it must not."""
    breaks = getattr(sys.modules.get("torch._dynamo"), "graph_break", None)
    if breaks is not None:
        breaks(msg=reason)


def no_saved_tensor_hooks() -> bool:
    """Whether autograd alone holds what a function saves now: no hooks of saved tensors see it.

    Asked as torch's own compiled functions ask, whose buffers are donated too. False as of `is_tracing`.
    """
    if torch.compiler.is_compiling():
        return False
    return _hooks_of_saved is not None and _hooks_of_saved(True) is None


def graph_is_freed() -> bool:
    """Whether what was saved is freed after the pass backward that is under way. False where it cannot be known."""
    return _graph_stays is not None and not _graph_stays()


def is_backward() -> bool:
    """Whether a pass backward is under way, in which checkpoints make calls again. False where it cannot be known."""
    return _graph_task is not None and _graph_task() != -1


def plain_apply(function: type[torch.autograd.Function]) -> Callable[..., Any]:
    """`function.apply` without the questions that `is_eager` has answered before."""
    apply: Callable[..., Any] = getattr(super(torch.autograd.Function, function), "apply", function.apply)
    return apply


def version(x: Tensor) -> int | None:
    """How often `x` was changed in place; None where torch does not count."""
    return getattr(x, "_version", None)


def weak_storage(x: Tensor) -> tuple[int, Any] | None:
    """The address of what holds the memory of `x`, and an object while which lives no other gets it, though memory is
    freed; None where torch tells neither."""
    storage = x.untyped_storage()
    place: int | None = getattr(storage, "_cdata", None)
    return None if place is None or _StorageWeakRef is None else (place, _StorageWeakRef(storage))


def may_compile() -> bool:
    """Whether the compiler is imported, which takes seconds; else nothing is compiled."""
    return "torch._dynamo" in sys.modules


def children(module: nn.Module | dict[str, Any]) -> dict[str, nn.Module | None]:
    """The modules that `module` has itself, by name; what it uses twice is there twice, unlike in `named_children`.

    Or those in the state of a module, as `__getstate__` gives it.
    """
    if isinstance(module, dict):
        return dict(module.get("_modules", {}))
    own: dict[str, nn.Module | None] | None = getattr(module, "_modules", None)
    if own is None:
        own = {n: m for n, m in module.named_modules(remove_duplicate=False) if n and "." not in n}
    return dict(own)


def with_children(state: dict[str, Any], modules: dict[str, nn.Module | None]) -> dict[str, Any]:
    """The state of a module with these as the modules that it has itself."""
    return state | {"_modules": dict(modules)}


Wiring = list[tuple[nn.Module, tuple[nn.Module | None, ...]]]
"""Modules, each with those that it uses itself."""

_knows_wiring = all(hasattr(nn.Module(), name) for name in ("_modules", "_forward_hooks", "_forward_pre_hooks"))


def wiring(module: nn.Module) -> Wiring:
    """Every module in `module`, itself first; empty where it cannot be known."""
    return [(part, tuple(part._modules.values())) for part in module.modules()] if _knows_wiring else []


def is_wired(parts: Wiring) -> bool:
    """Whether the modules still use what they used, and nobody waits for what one gives, but for the first's result.

    False where it cannot be known.
    """
    for part, uses in parts[1:]:
        if part._forward_hooks or part._forward_pre_hooks or tuple(part._modules.values()) != uses:
            return False
    return bool(parts) and tuple(parts[0][0]._modules.values()) == parts[0][1]


def has_forward_hooks(module: nn.Module) -> bool:
    """Whether somebody sees, and may change, what `module` is given or gives."""
    return any(getattr(module, name, None) for name in ("_forward_hooks", "_forward_pre_hooks"))


CALLING = ("_call_impl", "_wrapped_call_impl")
"""What a module is called by, besides `__call__`."""

STORING = ("_load_from_state_dict", "_save_to_state_dict")
"""What a module is stored by; whether it overrides them tells nothing of what it computes."""


def forward_hooks(module: nn.Module) -> tuple[list[Any], list[Any]]:
    """The hooks that see, and may change, what `module` gives, and those that do what it is given; none if unknown."""
    after, before = (getattr(module, name, None) or {} for name in ("_forward_hooks", "_forward_pre_hooks"))
    return list(after.values()), list(before.values())


def has_global_hooks() -> bool:
    """Whether somebody sees what any module gives or is given."""
    everywhere = nn.modules.module
    return any(getattr(everywhere, name, None) for name in ("_global_forward_hooks", "_global_forward_pre_hooks"))


def buffer(module: nn.Module, name: str) -> Tensor:
    """`module.name`, a buffer, which torch looks for last."""
    buffers = module.__dict__.get("_buffers")
    found: Tensor = getattr(module, name) if buffers is None else buffers[name]
    return found


def decompositions(operations: Sequence[Any]) -> dict[Any, Callable[..., Any]]:
    """What torch itself makes of these operations in simpler ones; of none where that cannot be known."""
    # Imported here, where it is needed: it takes a second.
    found = _found("torch._decomp.get_decompositions")
    return {} if found is None else dict(found(operations))
