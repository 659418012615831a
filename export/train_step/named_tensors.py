"""What a training step takes and gives by name: a tensor, or several in a tuple or a dict."""

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require

Example = Tensor | tuple[int, ...]
"""A tensor, or its shape."""

Examples = Example | tuple[Example, ...] | Mapping[str, Example]
"""What a model takes: one of them, or several in the order, or by the names, of its `forward`."""


def zeros_of(given: Any) -> Any:
    """Tensors, and zeros in place of shapes, in the form of `given`."""
    if isinstance(given, Tensor):
        return given
    if isinstance(given, Mapping):
        return {name: zeros_of(value) for name, value in given.items()}
    if isinstance(given, tuple | list) and not all(isinstance(n, int) for n in given):
        return tuple(zeros_of(value) for value in given)
    return torch.zeros(given)


def by_name(stem: str, given: Any) -> dict[str, Any]:
    """What `given` holds: `stem` of one value; of several `stem.0`, `stem.1`, or `stem.NAME`, in depth."""
    if isinstance(given, Mapping):
        parts = {str(name): value for name, value in given.items()}
    elif isinstance(given, tuple | list):
        parts = dict(zip(getattr(given, "_fields", map(str, range(len(given)))), given, strict=True))
    else:
        return {stem: given}
    return {name: value for part, held in parts.items() for name, value in by_name(f"{stem}.{part}", held).items()}


def put_back(like: Any, values: list[Tensor]) -> Any:
    """The form of `like`, an input of a model, with these tensors in their order."""
    if isinstance(like, Tensor):
        return values[0]
    return dict(zip(like, values, strict=True)) if isinstance(like, Mapping) else tuple(values)


def call(model: nn.Module, x: Any) -> Any:
    """What `model` gives for one input, for several in their order, or for several by name."""
    if isinstance(x, Tensor):
        return model(x)
    return model(**x) if isinstance(x, Mapping) else model(*x)


def check_inputs(model: nn.Module, x: Any) -> None:
    """ValueError unless `x` is what `forward` takes: float32 [T, B, ...], all of the same batch."""
    who, tensors = "to_train_step", by_name("example_input", x)
    for name, tensor in tensors.items():
        fits = tensor.dtype == torch.float32 and tensor.ndim >= 2 and min(tensor.shape[:2]) > 0
        message = f"{name} must be float32 [T, B, ...] with a step and a sample"
        require(fits, who, message, f"{tensor.dtype} {tuple(tensor.shape)}")
    sizes = {tensor.shape[1] for tensor in tensors.values()}
    require(len(sizes) == 1, who, "example_input must be tensors of one batch", sorted(sizes) or "none")
    if isinstance(x, Tensor):
        return
    given = dict(x) if isinstance(x, Mapping) else x
    try:
        taken = inspect.signature(model.forward)
        taken.bind(**given) if isinstance(given, dict) else taken.bind(*given)
    except TypeError as error:
        names = ", ".join(tensors)
        raise ValueError(f"{who}: example_input must be what forward takes ({error}), got {names}") from error
