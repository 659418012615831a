"""The processes a training runs in: one, those that torchrun started, or those that Fabric starts."""

import os
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Processes:
    """This process among those of a training; `fabric`: None where there is one process, and `fit` makes its own."""

    fabric: Any = None

    @property
    def first(self) -> bool:
        """Whether this is the one that prints and writes."""
        return self.fabric is None or self.fabric.global_rank == 0

    def wait(self) -> None:
        """Until all are here."""
        if self.fabric is not None:
            self.fabric.barrier()


def start_processes(device: torch.device, devices: int, nodes: int, precision: str) -> Processes:
    """The processes of a run. ValueError for devices that there are not."""
    launched = "LOCAL_RANK" in os.environ or "RANK" in os.environ
    if devices == 1 and nodes == 1 and not launched:
        return Processes()
    from spikelut.training.fitting.devices import make_fabric

    if device.index is not None:
        raise ValueError(f"device must be cpu or cuda for several processes, which share them out, got {device}")
    return Processes(make_fabric(device.type, devices, nodes, precision))
