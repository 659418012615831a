"""Lightning Fabric: devices, precision, processes."""

import atexit
import os
from typing import Any

import torch
from torch import nn

from spikelut._checks import require, require_type
from spikelut._extras import names_extra
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.event_layer import EventLayer
from spikelut.training.fitting.evaluate import evaluating, in_type_of
from spikelut.training.fitting.feed import Feed, Shard

EXACT = ("32-true", "64-true", "bf16-mixed")
"""Precisions in which the integers of layers are those of the chip: sums of weights are made in float32 at least."""


@names_extra
def make_fabric(accelerator: str, devices: int | str | list[int], num_nodes: int, precision: Any) -> Any:
    """A Fabric that has launched its processes: under torchrun those that torchrun started.

    ValueError for a precision in which integers are not exact, and for devices that there are not.
    """
    from lightning_fabric import Fabric

    check_precision(precision)
    if torch.distributed.is_available() and torch.distributed.is_torchelastic_launched():
        devices = int(os.environ["LOCAL_WORLD_SIZE"])
        num_nodes = int(os.environ["WORLD_SIZE"]) // devices
    try:
        fabric = Fabric(accelerator=accelerator, devices=devices, num_nodes=num_nodes, precision=precision)
    except (RuntimeError, ValueError, TypeError) as error:
        # Fabric's messages are of several lines.
        text = " ".join(str(error).split())
        raise ValueError(f"fit: accelerator, devices and num_nodes must be there and fit: {text}") from error
    fabric.launch()
    if fabric.world_size > 1:
        atexit.register(_leave)
    return fabric


def checked_fabric(fabric: Any) -> Any:
    """A Fabric that was made elsewhere; TypeError for anything else."""
    from lightning_fabric import Fabric

    require_type("fit", "fabric", fabric, Fabric, "a launched lightning_fabric.Fabric")
    return fabric


def _leave() -> None:
    """Close what joins the processes, whose threads would else end with an error; Fabric does it for NCCL alone."""
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


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
        x = in_type_of(model, x)
        plain = model(x)
        with fabric.autocast():
            found = model(x)
    same = isinstance(plain, torch.Tensor) and torch.equal(plain, found.to(plain.dtype))
    message = "precision must be 32-true for this model, which multiplies outside its layers of integers"
    require(same, "fit", message, "other outputs in half precision")
