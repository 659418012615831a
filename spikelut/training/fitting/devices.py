"""Lightning Fabric: devices, precision, processes."""

import os
from typing import Any

import torch
from torch import nn

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.event_layer import EventLayer
from spikelut.training.fitting.evaluate import evaluating
from spikelut.training.fitting.feed import Feed, Shard

EXACT = ("32-true", "64-true", "bf16-mixed")
"""Precisions in which the integers of layers are those of the chip: sums of weights are made in float32 at least."""


@names_extra
def make_fabric(accelerator: str, devices: int | str | list[int], num_nodes: int, precision: Any) -> Any:
    """A Fabric that has launched its processes: under torchrun those that torchrun started.

    ValueError for a precision in which integers are not exact, and for devices that there are not.
    """
    from lightning_fabric import Fabric
    from lightning_fabric.strategies.ddp import DDPStrategy

    check_precision(precision)
    if torch.distributed.is_available() and torch.distributed.is_torchelastic_launched():
        devices = int(os.environ["LOCAL_WORLD_SIZE"])
        num_nodes = int(os.environ["WORLD_SIZE"]) // devices
    several = num_nodes > 1 or (devices not in (1, "1") and not (isinstance(devices, list) and len(devices) == 1))
    options: dict[str, Any] = {"devices": devices, "num_nodes": num_nodes, "precision": precision}
    if several and devices not in ("auto", -1):
        # A layer that a batch does not reach, as with gates, has no gradient.
        options["strategy"] = DDPStrategy(find_unused_parameters=True)
    try:
        fabric = Fabric(accelerator=accelerator, **options)
    except (RuntimeError, ValueError, TypeError) as error:
        # Fabric's messages are of several lines.
        text = " ".join(str(error).split())
        raise ValueError(f"fit: accelerator, devices and num_nodes must be there and fit: {text}") from error
    fabric.launch()
    return fabric


def check_precision(precision: Any) -> None:
    """ValueError for one that rounds what must stay whole numbers."""
    allowed = ", ".join(EXACT)
    instead = "bf16-mixed computes float layers in half precision, and those of integers exactly"
    require(precision in EXACT, "fit", f"precision must be one of {allowed} ({instead})", precision)


def check_exact(fabric: Any, model: nn.Module, feed: Feed) -> None:
    """ValueError if a model with layers of integers gives something else under Fabric's autocast than without."""
    mixed = "mixed" in str(fabric.strategy.precision.precision)
    if not mixed or not any(isinstance(module, Neuron | EventLayer) for module in model.modules()):
        return
    x = next(feed.once(Shard())).batch.to(fabric.device).x
    with evaluating(model):
        plain = model(x)
        with fabric.autocast():
            found = model(x)
    same = isinstance(plain, torch.Tensor) and torch.equal(plain, found.to(plain.dtype))
    message = "precision must be 32-true for this model, which multiplies outside its layers of integers"
    require(same, "fit", message, "other outputs in half precision")
