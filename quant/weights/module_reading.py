"""When a module may be read by its attributes: where it computes what the class that is known to us computes."""

import copy
import inspect
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from threading import RLock
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from spikelut._torch import CALLING, STORING, forward_hooks, has_global_hooks

_CALLS = frozenset({"__call__", *CALLING, "__getattr__", "__getattribute__", "forward"})
"""What every module computes with."""

READING = RLock()
"""Held while functions of classes, which all threads share, are looked at or intercepted: of two threads that put back
what they found one would leave the other's for good, and a third would take it for the class's own."""

_HARMLESS = frozenset(
    {
        "__init__",
        "__new__",
        "__init_subclass__",
        "__subclasshook__",
        "__class_getitem__",
        "__repr__",
        "extra_repr",
        "_also",
        "__dict__",
        "__weakref__",
        "__dir__",
        "__getstate__",
        "__setstate__",
        "__reduce__",
        "__reduce_ex__",
        "__copy__",
        "__deepcopy__",
        *STORING,
        "reset_parameters",
        "reset_running_stats",
    }
)
"""What a subclass may override: how it is made, shown and stored."""

_MAKE_WEIGHTS = {
    prune.BasePruningMethod: prune.BasePruningMethod.__call__,
    WeightNorm: WeightNorm.__call__,
    SpectralNorm: SpectralNorm.__call__,
}
"""Hooks of torch that set a parameter before `forward` and change nothing else."""

WEIGHTS = "put what it does to its weights into torch.nn.utils.parametrize, and the rest into layers of their own"
LAYERS = "use the class as it is, and put what is added to it into layers of their own"


def copy_of(model: nn.Module) -> Any:
    """A deep copy, also of what torch refuses to copy: weights and states that are results of a computation.

    Such are the weights of `torch.nn.utils.prune`, which its hook sets before each call.
    """
    memo: dict[int, Any] = {}
    for module in model.modules():
        for tensor in _tensors(list(vars(module).values())):
            if not tensor.is_leaf:
                memo[id(tensor)] = tensor.detach().clone()
    return copy.deepcopy(model, memo)


def _tensors(value: Any, depth: int = 3) -> Iterator[Tensor]:
    """The tensors in `value` and in its lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict | list | tuple) and depth:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part, depth - 1)


def kind_of(module: object, kinds: Iterable[type]) -> type | None:
    """The class among `kinds` that `module` is of, the nearest where it is of several."""
    known = set(kinds)
    return next((cls for cls in type(module).__mro__ if cls in known), None)


def classes_of(path: str, *names: str) -> tuple[type, ...]:
    """Classes of another library, by the module that publishes them; none where it is not imported."""
    found = sys.modules.get(path)
    return tuple(cls for cls in (getattr(found, name, None) for name in names) if isinstance(cls, type))


def require_plain(where: str, module: Any, kind: type, instead: str) -> None:
    """ValueError, which says what to do `instead`, unless `module` computes just what its class `kind` does.

    That is so where each function of `kind` is the one that `kind` has, in the module's class and in the module itself,
    and nobody hooked into its `forward`: a subclass may add, not override. Hooks of torch that make a weight
    (`torch.nn.utils.prune`, `weight_norm`, `spectral_norm`) and parametrizations stay: they are read through.
    """
    own = own_part(module, kind)
    if own is not None:
        raise ValueError(f"{where}: must compute what {kind.__name__} does; {instead}, got {_name(module)} with {own}")


def own_part(module: Any, kind: type) -> str | None:
    """What `module` computes otherwise than its class `kind`, in words; None if nothing is known to."""
    with READING:
        functions = _functions(kind)
        for name, known in functions.items():
            if inspect.getattr_static(type(module), name, None) is not known:
                return f"a {name} of its own"
    # A cached property lies in the module by right.
    replaceable = {name for name, known in functions.items() if not isinstance(known, cached_property)}
    shadowed = sorted(replaceable & vars(module).keys())
    if shadowed:
        return f"a {shadowed[0]} of its own"
    if not isinstance(module, nn.Module):
        return None
    after, before = forward_hooks(module)
    hooks = [*after, *(hook for hook in before if not _makes_weight(hook))]
    if hooks:
        return f"a forward hook ({_name(hooks[0])}), which handle.remove() takes away"
    if has_global_hooks():
        return "a forward hook for all modules (torch.nn.modules.module), which handle.remove() takes away"
    return None


@contextmanager
def as_evaluated(model: nn.Module) -> Iterator[None]:
    """In the block every module is in evaluation mode, and weights are those that `forward` would use there.

    Reading a weight of `spectral_norm` in training mode would be a step of its power iteration.
    """
    modes = {module: module.training for module in model.modules()}
    try:
        for module in modes:
            module.training = False
            make_weights(module)
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def make_weights(module: nn.Module, *, grad: bool = False) -> None:
    """Have torch's own hooks of `module` set its weights, as they do before `forward`: till then they are old ones."""
    for hook in forward_hooks(module)[1]:
        if _makes_weight(hook):
            with torch.set_grad_enabled(grad and torch.is_grad_enabled()):
                hook(module, ())


def _makes_weight(hook: object) -> bool:
    return any(isinstance(hook, cls) and type(hook).__call__ is call for cls, call in _MAKE_WEIGHTS.items())


@lru_cache(maxsize=256)
def _functions(kind: type) -> dict[str, Any]:
    """The functions and properties of a class, its bases' included, that can bear on what it computes."""
    names = set(_CALLS) if issubclass(kind, nn.Module) else set()
    for cls in kind.__mro__:
        if cls not in (nn.Module, object):
            names |= {n for n, value in vars(cls).items() if callable(value) or hasattr(value, "__get__")}
    found = {name: inspect.getattr_static(kind, name, None) for name in names - _HARMLESS}
    return {name: value for name, value in found.items() if value is not None}


def _name(value: Any) -> str:
    named = value if isinstance(value, type) or inspect.isroutine(value) else type(value)
    return f"{named.__module__.partition('.')[0]}'s {named.__qualname__}"
